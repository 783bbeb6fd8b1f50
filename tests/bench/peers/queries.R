# queries.R - the questions of the query benchmark, asked of data.table on two threads, categories as factors.
#
# usage: Rscript queries.R FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER (see queries.lua)
suppressPackageStartupMessages(library(data.table))
setDTthreads(2)
args <- commandArgs(trailingOnly = TRUE)
p <- fread(args[1], sep = ";", na.strings = "", showProgress = FALSE, colClasses = list(
  character = "pseudoniem", integer = c("in_sonar", "klantprofiel", "zichtbaar", "uren"),
  factor = c("gemeente", "arbeidsmarktregio", "doelgroep", "leeftijdsklasse", "opleiding", "geslacht", "peilmaand")))
for (name in c("in_sonar", "klantprofiel", "zichtbaar")) set(p, j = name, value = p[[name]] == 1L)

pair <- c("arbeidsmarktregio", "doelgroep")
tasks <- list(
  d1 = function() p[, .(n = .N), by = arbeidsmarktregio],
  d2 = function() p[, .(n = .N, known = sum(in_sonar)), by = gemeente][, share := known / n],
  d3 = function() p[in_sonar == TRUE, .(n = .N), by = .(arbeidsmarktregio, doelgroep, leeftijdsklasse)],
  d4 = function() cube(p, .(n = .N), by = pair, id = TRUE),
  d4_steps = function() cube(p[, .(n = .N), by = pair], .(n = sum(n)), by = pair, id = TRUE),
  d5 = function() p[, .(n = sum(uren, na.rm = TRUE), average = mean(uren, na.rm = TRUE), known = min(uren, na.rm = TRUE),
                        most = max(uren, na.rm = TRUE)), by = .(gemeente, peilmaand)],
  d6 = function() p[is.na(opleiding) & !zichtbaar, .(n = .N), by = gemeente],
  d8 = function() unique(p[, .(arbeidsmarktregio, pseudoniem)])[, .(n = .N), by = arbeidsmarktregio], # uniqueN is slower
  d9 = function() p[, .(n = 2 * median(uren, na.rm = TRUE)), by = gemeente])

# The answer, of rows in the order of their keys: by code point, null last, a total (a bit of the column grouping) after
# its parts. A group without a known number has infinite extremes, and no median, here.
weighed <- function(r) {
  keys <- intersect(names(r), c("arbeidsmarktregio", "gemeente", "doelgroep", "leeftijdsklasse", "peilmaand"))
  by <- list()
  for (i in seq_along(keys)) {
    total <- if ("grouping" %in% names(r)) bitwAnd(r$grouping, bitwShiftL(1L, length(keys) - i)) else 0L
    text <- as.character(r[[keys[i]]])
    by <- c(by, list(as.integer(total > 0) * 2L + is.na(text), text))
  }
  places <- do.call(order, c(by, list(method = "radix"))) # outside of [], where data.table has an order of its own
  r <- r[places]
  figure <- function(name) {
    x <- if (is.null(r[[name]])) 0 else as.numeric(r[[name]])
    x[!is.finite(x)] <- 0
    x
  }
  sprintf("%d %.0f", nrow(r), sum(seq_len(nrow(r)) * (figure("n") + 3 * figure("known") + 7 * figure("most"))))
}

wanted <- if (length(args) > 2) args[-(1:2)] else names(tasks)
for (name in wanted) {
  for (run in seq_len(as.integer(args[2]))) {
    invisible(gc())
    start <- Sys.time()
    made <- suppressWarnings(tasks[[name]]())
    took <- as.numeric(Sys.time() - start, units = "secs")
    cat(sprintf("%s %.6f %s\n", name, took, weighed(made)))
  }
}
