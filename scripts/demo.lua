-- demo.lua - the first questions about the coverage of a register, answered for the region Midden-Gelderland.
--
-- First from the published table; then the same from person-level files that are synthetic: nobody in them exists
-- (scripts/data/synthetic.lua), but their counts are the published ones. The demo checks that, says so, and ends
-- with status 1 where it is not so.

local region = dofile "scripts/data/region.lua"
local COUNT, SHARE, POINTS = "#,##0", "0.0 %", "0.0"
local TARGETS = { 0.80, 0.90, 0.95 }

local function heading(text) print(("\n\n%s\n%s"):format(text, ("="):rep(#text))) end

local function show(t)
  print ""
  t:print(region.nl)
end

local function say(text, ...)
  print ""
  region.say(text:format(...))
end

local held, failed = 0, 0
local function check(ok, text, ...)
  held, failed = held + (ok and 1 or 0), failed + (ok and 0 or 1)
  say((ok and "Checked: " or "NOT SO: ") .. text, ...)
end

-- How many numbers of t stand in other too, by municipality and column, and how many numbers t has.
local function agreement(t, other, columns)
  local rows, same, n = {}, 0, 0
  for row in other:rows() do
    rows[row.gemeente or "totaal"] = row
  end
  for row in t:rows() do
    local counterpart = rows[row.gemeente or "totaal"] or {}
    for _, column in ipairs(columns) do
      n, same = n + 1, same + (row[column] == counterpart[column] and 1 or 0)
    end
  end
  return same, n
end

print "Coverage of the register of the banenafspraak in the region Midden-Gelderland"

heading "1  The published table: persons of the target group who are known in Sonar"

local published = region.published()
show(published)

local sums = published:check_totals()
local holding = #sums:where "holds"
check(holding == #sums, "%d of %d sums hold: the totals of %d rows and of %d columns.", holding, #sums,
  #sums:where "of == 'row'", #sums:where "of == 'column'")

say [[The publication does not name its columns of counts: here they are kolom_1 to kolom_4, and totaal is their
  sum.]]

heading "2  The share of each municipality, and what its own total consists of"

local function part(kolom)
  return { ("%s_deel = sum(%s) / bekend"):format(kolom, kolom), format = SHARE, label = kolom }
end

local shares = dk.breakdown {
  by = "gemeente",
  measures = {
    { "bekend = sum(totaal)", format = COUNT },
    { "deel = bekend / all(bekend)", format = SHARE, label = "deel van regio" },
    part "kolom_1", part "kolom_2", part "kolom_3", part "kolom_4",
  },
  margins = "totals",
}
show(shares(published:detail()))
say [[kolom_1 to kolom_4 are shares of the municipality's own total. In Rozendaal nobody is known: that is 0,0 %% of
  the region, and a total of 0, of which no share can be taken: dashes.]]

heading "3  The coverage of the register"

local publication = region.publication(published)
local rate = publication:coverage()
local n_known, n_register = rate.numerator[1], rate.denominator[1]
show(rate:label { numerator = "bekend", denominator = "register", share = "dekking", stated = "gepubliceerd",
  agrees = "komt overeen" })
say("Of the %d persons in the register %d are known in Sonar, and %d are not.", n_register, n_known,
  n_register - n_known)
check(rate.agrees[1], "the share that the publication prints is this one, in whole percents.")

say "And the coverage of each municipality? Asked for it, the program refuses:"
local is_given, answer = pcall(function() return publication:coverage_by "gemeente" end)
say("\"%s\"", (tostring(answer):gsub("^%S+:%d+: ", "")))
check(not is_given, "that is an error; no rate was made with another denominator.")

heading "4  How many more must be registered for 80, 90 and 95 %"

local needed = publication:needed(TARGETS)
local more = needed.more:to_lua()
show(needed:label { target = "doel", needed = "nodig", more = "erbij" })

say "Over the municipalities, if those who are added are spread like those who are known:"
local spread = dk.table {
  { "gemeente", published:detail().gemeente },
  { "totaal", published:detail().totaal },
  { "n_80", publication:spread(more[1]).more },
  { "n_90", publication:spread(more[2]).more },
  { "n_95", publication:spread(more[3]).more },
}
show(spread:breakdown {
  by = "gemeente",
  measures = {
    { "bekend = sum(totaal)", format = COUNT },
    { "voor_80 = sum(n_80)", format = COUNT, label = "voor 80 %" },
    { "voor_90 = sum(n_90)", format = COUNT, label = "voor 90 %" },
    { "voor_95 = sum(n_95)", format = COUNT, label = "voor 95 %" },
  },
  margins = "totals",
})
say [[The rule is that of the largest remainder, in whole persons: each municipality gets its exact part rounded
  down; those who are left over go one by one to the largest fractions, and of equal ones to the municipality that
  comes first.]]

heading "5  The same questions, person by person, from SYNTHETIC files"

local persons = region.persons()
say([[The register has %d persons, made by scripts/data/synthetic.lua: nobody of them exists. It is linked with the
  Sonar extract by pseudonym: %s.]], #persons, persons:notes()[1])

local columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "totaal" }
local counted = dk.breakdown {
  by = "gemeente",
  levels = "all",
  measures = {
    { "kolom_1 = count() where in_sonar and kolom == 'kolom_1'", format = COUNT },
    { "kolom_2 = count() where in_sonar and kolom == 'kolom_2'", format = COUNT },
    { "kolom_3 = count() where in_sonar and kolom == 'kolom_3'", format = COUNT },
    { "kolom_4 = count() where in_sonar and kolom == 'kolom_4'", format = COUNT },
    { "totaal = count() where in_sonar", format = COUNT },
  },
  margins = "totals",
} (persons)
show(counted)
local same, cells = agreement(published, counted, columns)
check(same == cells and #counted == #published,
  "%d of the %d cells of the published table are the same when the persons are counted.", same, cells)

say "From persons the coverage of a municipality can be had. These rates are synthetic:"
local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  levels = "all",
  measures = {
    { "register = count()", format = COUNT },
    { "bekend = count() where in_sonar", format = COUNT },
    { "onbekend = count() where not in_sonar", format = COUNT },
    { "dekking = bekend / register", format = SHARE },
    { "deel = bekend / all(bekend)", format = SHARE, label = "deel van regio" },
  },
  margins = "totals",
}
local covered = coverage(persons)
show(covered)
say [[All are near 74 %% because the persons who are not known were spread like those who are: a rule of the
  generator, and no finding. Rozendaal has nobody in the register. Its row comes from the stated levels of the
  municipality, and its rate is a dash.]]
local total = covered:where "gemeente is total":rows()()
check(total.bekend == n_known and total.register == n_register,
  "%d of the %d persons are known, as in section 3.", total.bekend, total.register)

local outreach = dk.scenario "outreach" {
  params = { aandeel = { 0.30, min = 0, max = 1, doc = "share of the unknown who are registered" } },
  { "register the unknown", where = "not in_sonar", share = "$aandeel", whole = true, per = "gemeente",
    set = { in_sonar = true } },
}
local plan = dk.scenario "plan" {
  params = { erbij = { 0, min = 0, doc = "persons who are registered in the region" } },
  { "register the unknown", where = "not in_sonar", count = "$erbij", whole = true, per = "gemeente",
    set = { in_sonar = true } },
}
local solved, plans = {}, {}
for i, target in ipairs(TARGETS) do
  local solution = coverage:solve(persons, outreach,
    { vary = "aandeel", target = "dekking >= " .. target, at = dk.total })
  solved[i] = solution.persons[1]
  plans[i] = plan:with({ erbij = solved[i] }, ("voor_%.0f"):format(100 * target))
end
check(table.concat(solved, " ") == table.concat(more, " "),
  "80, 90 and 95 %% are reached with %d, %d and %d more, as in section 4.", solved[1], solved[2], solved[3])

say "Over the municipalities, if they are taken from the unknown of each (synthetic):"
show(coverage:compare(persons, plans)
  :select { "gemeente", "onbekend_base", "bekend_voor_80_difference", "bekend_voor_90_difference",
    "bekend_voor_95_difference" }
  :label { onbekend_base = "onbekend", bekend_voor_80_difference = "voor 80 %",
    bekend_voor_90_difference = "voor 90 %", bekend_voor_95_difference = "voor 95 %" })
say [[The rule is the same, but the weights are those who are not known, themselves whole persons. So a municipality
  can differ by one person from section 4; the totals do not.]]

heading "6  What if 30 % of the unknown of each municipality are registered? (synthetic)"

local compared = coverage:compare(persons, outreach)
show(compared
  :derive { "punten = 100 * dekking_outreach_difference" }
  :select { "gemeente", "register_base", "bekend_base", "bekend_outreach", "bekend_outreach_difference",
    "dekking_base", "dekking_outreach", "punten" }
  :label { register_base = "register", bekend_base = "bekend nu", bekend_outreach = "bekend dan",
    bekend_outreach_difference = "verschil", dekking_base = "dekking nu", dekking_outreach = "dekking dan" }
  :format { punten = POINTS })
local registered = compared:where "gemeente is total":rows()().bekend_outreach_difference
say([[nu is the base, dan the scenario; verschil is in persons, punten in percentage points. 30 %% of %d is %s: %d
  whole persons, handed out by the rule of section 4.]], total.onbekend,
  (("%.1f"):format(0.30 * total.onbekend):gsub("%.", ",")), registered)

print ""
if failed > 0 then
  io.stderr:write(("demo: %d of %d checks failed\n"):format(failed, held + failed))
  os.exit(false, true)
end
print(("All %d checks hold."):format(held))
