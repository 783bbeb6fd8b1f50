# pages.R - what R answers to the tasks of docs/coming-from.md.
#
# usage: Rscript pages.R dplyr|data.table FOLDER        (in the folder of the project)
#
# All code of the page for that package is run, one task after the other. What the last line of task i gives is written to
# FOLDER/PACKAGE-i.tsv: its rows, without names, numbers with 17 digits, a null as \\N.
arguments <- commandArgs(trailingOnly = TRUE)
package <- arguments[1]
folder <- arguments[2]
first <- if (package == "dplyr") "^# (dplyr|tidyr)" else "^# data[.]table"

task <- 0
block <- NULL
code <- list()
for (line in readLines("docs/coming-from.md", encoding = "UTF-8")) {
  if (grepl("^## [0-9]", line)) task <- as.integer(sub("^## ([0-9]+).*", "\\1", line))
  if (line == "```r") block <- character()
  else if (line == "```" && !is.null(block)) {
    if (grepl(first, block[1])) code[[task]] <- block
    block <- NULL
  } else if (!is.null(block)) block <- c(block, line)
}

field <- function(x) {
  text <- if (is.double(x) && !inherits(x, c("Date", "IDate"))) sprintf("%.17g", x) else as.character(x)
  ifelse(is.na(x), "\\N", text)
}
for (i in seq_along(code)) {
  answer <- suppressPackageStartupMessages(eval(parse(text = code[[i]]), globalenv()))
  answer <- as.data.frame(answer)
  fields <- do.call(paste, c(lapply(seq_along(answer), function(k) field(answer[[k]])), sep = "\t"))
  writeLines(fields, file.path(folder, sprintf("%s-%d.tsv", package, i)))
}
cat(length(code), "tasks by", package, as.character(packageVersion(package)), "\n")
