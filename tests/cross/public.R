# public.R - public data of R packages as CSV files, and what R itself computes from them.
#
# usage: Rscript public.R FOLDER
#
# UCBAdmissions and Titanic come with R, MplsStops with carData, nhanes and apistrat with survey. For each answer a file
# expected-NAME.csv is written: the columns of the groups, then the figures with 17 digits.
suppressPackageStartupMessages({
  library(carData)
  library(survey)
})
folder <- commandArgs(trailingOnly = TRUE)[1]

# As few digits as bring the same number back.
digits <- function(x) {
  short <- sprintf("%.15g", x)
  ifelse(is.na(x), NA, ifelse(suppressWarnings(as.numeric(short)) == x, short, sprintf("%.17g", x)))
}
put <- function(data, name) {
  for (column in names(data)) if (is.double(data[[column]]))
    data[[column]] <- digits(data[[column]])
  write.table(data, file.path(folder, paste0(name, ".csv")), sep = ",", na = "", row.names = FALSE, quote = TRUE,
              fileEncoding = "UTF-8")
}
expect <- function(data, name) put(data, paste0("expected-", name))

# Counts in a table: each row stands for Freq persons.
titanic <- as.data.frame(Titanic)
put(titanic, "titanic")
put(titanic[rep(seq_len(nrow(titanic)), titanic$Freq), 1:4], "titanic-persons")
survived <- xtabs(Freq ~ Class + Sex, titanic[titanic$Survived == "Yes", ])
aboard <- xtabs(Freq ~ Class + Sex, titanic)
cells <- as.data.frame(aboard, responseName = "n")
cells$saved <- as.data.frame(survived)$Freq
cells$rate <- cells$saved / cells$n
expect(cells, "titanic-class-sex")
classes <- data.frame(Class = rownames(aboard), n = rowSums(aboard), saved = rowSums(survived))
classes$rate <- classes$saved / classes$n
expect(classes, "titanic-class")

berkeley <- as.data.frame(UCBAdmissions)
put(berkeley, "berkeley")
applied <- xtabs(Freq ~ Dept + Gender, berkeley)
admitted <- xtabs(Freq ~ Dept + Gender, berkeley[berkeley$Admit == "Admitted", ])
cells <- as.data.frame(applied, responseName = "n")
cells$rate <- as.vector(admitted) / cells$n
expect(cells, "berkeley-dept-gender")
expect(data.frame(Gender = colnames(applied), n = colSums(applied), rate = colSums(admitted) / colSums(applied)),
       "berkeley-gender")

# Records with many unknown values.
data(MplsStops)
stops <- MplsStops
stops$date <- format(stops$date, "%Y-%m-%d %H:%M:%S", tz = "UTC")
put(stops, "stops")
counts <- as.data.frame(table(race = stops$race, problem = stops$problem, useNA = "ifany"), responseName = "n")
expect(counts[counts$n > 0, ], "stops-race-problem")
by_race <- split(stops, addNA(stops$race, ifany = TRUE))
expect(do.call(rbind, lapply(by_race, function(rows) data.frame(
  race = rows$race[1],
  n = nrow(rows),
  searched = sum(rows$personSearch == "YES", na.rm = TRUE),
  known = sum(!is.na(rows$personSearch)),
  places = length(unique(na.omit(as.character(rows$neighborhood)))),
  north = max(rows$lat), middle = median(rows$lat), decile = unname(quantile(rows$long, 0.9, type = 7)),
  east = mean(rows$long)))), "stops-race")
month <- substr(stops$date, 1, 7)
expect(data.frame(month = sort(unique(month)), n = as.vector(table(month)),
                  cited = as.vector(tapply(stops$citationIssued == "YES", month, sum, na.rm = TRUE))), "stops-month")

# Samples with weights: only the estimates, not their errors.
data(nhanes)
put(nhanes, "nhanes")
design <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
rates <- svyby(~HI_CHOL, ~race + RIAGENDR, design, svymean, na.rm = TRUE)
persons <- svyby(~I(1 + 0 * RIAGENDR), ~race + RIAGENDR, design, svytotal)
expect(data.frame(race = rates$race, RIAGENDR = rates$RIAGENDR, persons = persons[[3]], high = rates$HI_CHOL),
       "nhanes-race-sex")
expect(data.frame(persons = sum(weights(design)), high = coef(svymean(~HI_CHOL, design, na.rm = TRUE))), "nhanes")

# Whole weights are so many persons: what base R says of the records written out.
classes <- as.data.frame(Titanic)
classes$number <- as.integer(classes$Class)
put(classes, "titanic-number")
numbers <- rep(classes$number, classes$Freq)
saved <- as.numeric(rep(classes$Survived, classes$Freq) == "Yes")
sexes <- rep(classes$Sex, classes$Freq)
expect(do.call(rbind, lapply(levels(sexes), function(sex) {
  x <- numbers[sexes == sex]
  y <- saved[sexes == sex]
  data.frame(Sex = sex, middle = median(x), decile = unname(quantile(x, 0.1, type = 7)), spread = var(x), sd = sd(x),
             together = cov(x, y), r = cor(x, y), most = as.integer(names(which.max(table(x)))))
})), "titanic-spread")

data(api)
apistrat$pw <- round(apistrat$pw, 2) # single-precision images of 44.21, 15.1 and 20.36
put(apistrat[, c("cds", "stype", "api00", "api99", "enroll", "pw", "fpc", "awards", "acs.core")], "schools")
design <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
totals <- svyby(~enroll, ~stype, design, svytotal)
means <- svyby(~api00 + api99, ~stype, design, svymean)
classes <- svyby(~acs.core, ~stype, design, svymean, na.rm = TRUE)
expect(data.frame(stype = totals$stype, pupils = totals$enroll, score00 = means$api00, score99 = means$api99,
                  acs = classes$acs.core), "schools-type")
expect(data.frame(pupils = coef(svytotal(~enroll, design)), score00 = coef(svymean(~api00, design)),
                  ratio = coef(svyratio(~api00, ~api99, design))), "schools")
