# groupby.R - the group-by benchmark's questions, asked of data.table on two threads, with factors.
#
# usage: Rscript groupby.R FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER (see groupby.lua)
suppressPackageStartupMessages(library(data.table))
setDTthreads(2)
args <- commandArgs(trailingOnly = TRUE)
x <- fread(args[1], colClasses = list(factor = c("id1", "id2", "id3")), showProgress = FALSE)
tasks <- list(
  q1 = function() x[, .(a = sum(v1)), by = id1],
  q2 = function() x[, .(a = sum(v1)), by = .(id1, id2)],
  q3 = function() x[, .(a = sum(v1), b = mean(v3)), by = id3],
  q4 = function() x[, .(a = mean(v1), b = mean(v2), c = mean(v3)), by = id4],
  q5 = function() x[, .(a = sum(v1), b = sum(v2), c = sum(v3)), by = id6],
  q6 = function() x[, .(a = median(v3), b = sd(v3)), by = .(id4, id5)],
  q7 = function() x[, .(a = max(v1) - min(v2)), by = id3],
  q8 = function() x[order(-v3), .(a = head(v3, 2L)), by = id6],
  q9 = function() x[, .(a = cor(v1, v2)^2), by = .(id2, id4)],
  q10 = function() x[, .(a = sum(v3), b = .N), by = .(id1, id2, id3, id4, id5, id6)]
)
wanted <- if (length(args) > 2) args[-(1:2)] else names(tasks)
for (name in wanted) {
  for (run in seq_len(as.integer(args[2]))) {
    start <- proc.time()[["elapsed"]]
    ans <- tasks[[name]]()
    took <- proc.time()[["elapsed"]] - start
    sums <- vapply(intersect(c("a", "b", "c"), names(ans)), function(m) sum(as.numeric(ans[[m]])), 0)
    cat(sprintf("%s %.6f %s\n", name, took, paste(sprintf("%.14g", c(nrow(ans), signif(sums, 7))), collapse = " ")))
  }
}
