# datatable.R - data.table on two threads, categories as factors.
#
# usage: Rscript datatable.R typed|found FILE RUNS
suppressPackageStartupMessages(library(data.table))
setDTthreads(2)
args <- commandArgs(trailingOnly = TRUE)
types <- if (args[1] == "typed") {
  list(character = "pseudoniem",
       factor = c("gemeente", "arbeidsmarktregio", "doelgroep", "leeftijdsklasse", "opleiding", "geslacht", "peilmaand"),
       integer = c("in_sonar", "klantprofiel", "zichtbaar", "uren"))
}
for (run in seq_len(as.integer(args[3]))) {
  start <- proc.time()[["elapsed"]]
  p <- fread(args[2], sep = ";", colClasses = types, na.strings = "", showProgress = FALSE)
  took <- proc.time()[["elapsed"]] - start
  cat(sprintf("%.6f %.0f %.0f %.0f %.0f %.0f\n", took, nrow(p), sum(p$in_sonar), sum(is.na(p$opleiding)),
              sum(p$uren, na.rm = TRUE), uniqueN(p$gemeente)))
}
