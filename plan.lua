local folder = os.getenv "DEKKING_BUILD" .. "/data/"
local register = dk.read(folder .. "register.csv", { key = "pseudoniem", unit = "persons" })
local linked = register:link(dk.read(folder .. "sonar.csv"), "pseudoniem", { as = "in_sonar" })
local coverage = dk.breakdown "coverage" {
  by = "gemeente", margins = "totals",
  measures = { "register = count()", "bekend = count() where in_sonar", { "dekking = bekend / register", format = "0.0 %" } },
}
local outreach = dk.scenario "outreach" {
  assumptions = "nobody leaves the register meanwhile",
  params = { aandeel = { 0.30, min = 0, max = 1, doc = "share of the unknown who are registered" } },
  { "register the unknown", where = "not in_sonar", share = "$aandeel", whole = true, per = "gemeente",
    set = { in_sonar = true } },
}
local result = coverage:compare(linked, outreach)
result:write "plan.csv"
result:write_receipt "plan.receipt"
