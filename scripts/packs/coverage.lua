-- coverage.lua - a pack: the chain from the register to what can be seen, and what would make it longer.
--
--   dekking list scripts/packs
--   dekking run chain --pack scripts/packs --data register=build/data/register.csv --data sonar=build/data/sonar.csv
--
-- A pack only defines; nothing here reads or prints by itself.

dk.dataset "linked" {
  doc = "The register, with what Sonar has of those who are known there",
  files = {
    { "register", doc = "everybody in the target group, by pseudoniem", read = { unit = "persons" } },
    { "sonar", doc = "extract of Sonar, by pseudoniem",
      read = { types = { klantprofiel = "boolean", zichtbaar = "boolean" } } },
  },
  build = function(files)
    return files.register:link(files.sonar, "pseudoniem", { as = "in_sonar", columns = { "klantprofiel", "zichtbaar" } })
  end,
}

dk.breakdown "coverage" {
  doc = "Share of the register that is known in Sonar",
  by = "gemeente",
  measures = {
    { "register = count()", format = "#,##0" },
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "dekking = bekend / register", format = "0.0 %" },
  },
  margins = "totals",
}

dk.breakdown "chain" {
  doc = "From the register to a profile that can be seen: how many are left at each step, of those of the step before",
  by = "doelgroep",
  measures = {
    { "register = count()", format = "#,##0" },
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "profiel = count() where in_sonar and klantprofiel", format = "#,##0" },
    { "zichtbaar_n = count() where in_sonar and zichtbaar", format = "#,##0", label = "zichtbaar" },
    { "deel_bekend = bekend / register", format = "0.0 %", label = "bekend, %" },
    { "deel_profiel = profiel / bekend", format = "0.0 %", label = "profiel, %" },
    { "deel_zichtbaar = zichtbaar_n / profiel", format = "0.0 %", label = "zichtbaar, %" },
  },
  margins = "totals",
}

dk.breakdown "from_age" {
  doc = "How many of those of some age and over are known",
  by = "doelgroep",
  where = "leeftijd >= $leeftijd",
  measures = {
    { "register = count()", format = "#,##0" },
    { "dekking = (count() where in_sonar) / register", format = "0.0 %" },
  },
}

dk.scenario "outreach" {
  params = { aandeel = { 0.30, min = 0, max = 1, doc = "share of the unknown that registers" } },
  { "register the unknown", where = "not in_sonar", share = "$aandeel", whole = true, per = "gemeente",
    set = { in_sonar = true } },
}

dk.scenario "campaign" {
  params = { aantal = { 500, min = 0, unit = "persons", doc = "young people who register" } },
  { "register the young", where = "not in_sonar and leeftijd < 27", count = "$aantal", whole = true,
    set = { in_sonar = true } },
}
