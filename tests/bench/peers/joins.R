# joins.R - the questions of the join benchmark, asked of data.table on two threads.
#
# usage: Rscript joins.R FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER (see joins.lua)
suppressPackageStartupMessages(library(data.table))
setDTthreads(2)
args <- commandArgs(trailingOnly = TRUE)
p <- fread(args[1], sep = ";", na.strings = "", showProgress = FALSE,
           select = list(character = c("pseudoniem", "peilmaand"), factor = c("gemeente", "arbeidsmarktregio"),
                         integer = c("in_sonar", "uren")))
p[, m := as.integer(substr(peilmaand, 1, 4)) * 12L + as.integer(substr(peilmaand, 6, 7))]
p[, peilmaand := NULL]
s <- p[in_sonar == 1L, .(pseudoniem, u = uren)][order(pseudoniem)]
changes <- p[m %% 5L == 0L & !is.na(gemeente), .(n = .N), by = .(gemeente, m)]
setorder(changes, gemeente, m)
narrow <- p[, .(pseudoniem, gemeente, m)]
sums <- function(column) function(r) sprintf("%.0f %.0f", nrow(r), sum(as.numeric(r[[column]]), na.rm = TRUE))
weighed <- function(r) {
  # by code point, null last
  r <- r[order(as.character(arbeidsmarktregio), na.last = TRUE)]
  sprintf("%d %.0f", nrow(r), sum(seq_len(nrow(r)) * (as.numeric(r$n) + 3 * as.numeric(r$known))))
}
cover <- function() {
  marked <- p$pseudoniem %chin% s$pseudoniem
  p[, .(arbeidsmarktregio, marked)][, .(n = .N, known = sum(marked)), by = arbeidsmarktregio]
}
distinct <- function() p[, .(n = uniqueN(pseudoniem), known = 0), by = arbeidsmarktregio]
tasks <- list(
  d7_first = list(cover, weighed), d7_again = list(cover, weighed),
  d8_first = list(distinct, weighed), d8_again = list(distinct, weighed),
  inner = list(function() narrow[s, on = "pseudoniem", nomatch = NULL], sums("u")),
  left = list(function() s[narrow, on = "pseudoniem"], sums("u")),
  semi = list(function() narrow[pseudoniem %chin% s$pseudoniem], sums("m")),
  anti = list(function() narrow[!s, on = "pseudoniem"], sums("m")),
  as_of = list(function() changes[narrow, on = .(gemeente, m), roll = TRUE], sums("n")),
  sort = list(function() p[order(pseudoniem), .(pseudoniem, uren)],
              function(r) paste(r$pseudoniem[1], r$pseudoniem[nrow(r)])))
wanted <- if (length(args) > 2) args[-(1:2)] else names(tasks)
for (name in wanted) {
  for (run in seq_len(as.integer(args[2]))) {
    invisible(gc())
    start <- proc.time()[["elapsed"]]
    made <- tasks[[name]][[1]]()
    took <- proc.time()[["elapsed"]] - start
    cat(sprintf("%s %.6f %s\n", name, took, tasks[[name]][[2]](made)))
  }
}
