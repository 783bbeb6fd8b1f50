-- scenario_region.lua - what if, with the region's figures: the tour's plan, merger and questions.

local test = ...

local PLACES = { "Arnhem", "Doesburg", "Duiven", "Lingewaard", "Overbetuwe", "Rheden", "Rozendaal", "Westervoort",
  "Zevenaar" }
local KNOWN = { 2983, 184, 249, 369, 415, 696, 0, 204, 582 }
local UNKNOWN = { 1047, 65, 87, 129, 146, 244, 0, 72, 204 } -- 1994 spread like the known, by largest remainder

-- One row for each person.
local function region(dk)
  local gemeente, in_sonar = {}, {}
  for i, place in ipairs(PLACES) do
    for n = 1, KNOWN[i] + UNKNOWN[i] do
      gemeente[#gemeente + 1] = place
      in_sonar[#in_sonar + 1] = n <= KNOWN[i]
    end
  end
  return dk.table { { "gemeente", gemeente }, { "in_sonar", in_sonar } }
end

local function tour(dk)
  local asked = dk.breakdown "coverage" {
    by = { "gemeente" },
    measures = {
      "register = count()",
      "known    = count() where in_sonar",
      { "dekking = known / register", format = "0.0 %", label = "Bekend in Sonar" },
    },
    margins = "rollup",
  }
  local plan = dk.scenario "outreach" {
    params = { aandeel = { 0.30, min = 0, max = 1, doc = "share of the unknown that registers" } },
    { "register the unknown", where = "not in_sonar", share = "$aandeel", whole = true, per = "gemeente",
      set = { in_sonar = true } },
  }
  local merger = dk.scenario "merger" { dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort") }
  return asked, plan, merger
end

test("the tour's comparison has 598 persons more, and a merger", function(t, dk)
  local asked, plan, merger = tour(dk)
  local data = region(dk)
  local rows = t.records(asked:compare(data, { plan, plan .. merger }))
  local more = { 314, 19, 26, 39, 44, 73, 22, 61 }
  local i = 0
  for _, row in ipairs(rows) do
    if row.gemeente and row.gemeente ~= "Duiven-Westervoort" then
      i = i + 1
      t.eq(row.known_outreach_difference, more[i], row.gemeente)
    end
  end
  t.eq(i, 8)
  local last = rows[#rows]
  t.eq(last.known_base, 5682)
  t.eq(last.known_outreach, 6280)
  t.eq(last["known_outreach+merger"], 6280)
  t.near(last.dekking_outreach, 6280 / 7676)
  local merged = t.records(asked:compare(data, { plan, plan .. merger }):where "gemeente == 'Duiven-Westervoort'")[1]
  t.eq(merged.register_base, 0)
  t.eq(merged.dekking_base, nil)
  t.eq(merged["known_outreach+merger"], 453 + 26 + 22)
end)

test("the tour's questions have the region's answers", function(t, dk)
  local asked, plan = tour(dk)
  local data = region(dk)
  for target, persons in pairs { ["dekking >= 0.80"] = 459, ["dekking >= 0.90"] = 1227, ["dekking >= 0.95"] = 1611 } do
    local row = t.records(asked:solve(data, plan, { vary = "aandeel", target = target, at = dk.total }))[1]
    t.eq(row.persons, persons)
    t.near(row.aandeel, persons / 1994)
  end
  local goal = "dekking >= 0.90"
  local result = asked:solve(data, plan, { vary = "aandeel", target = goal, at = dk.total })
  t.eq(result:column "answer"[1], "1227 persons, 61.53 % of 1994, give 90.01 %")
  t.has(tostring(result), "90.0 %") -- the measure's own format
  local each = asked:solve(data, plan, { vary = "aandeel", target = goal, each = "gemeente" })
  t.eq(each:column "persons":to_lua(), { 644, 41, 54, 80, 90, 150, 45, 126 })
  local arnhem = dk.scenario "arnhem" {
    params = { aandeel = { 0.3, min = 0, max = 1 } },
    { "Arnhem alone", where = "not in_sonar and gemeente == 'Arnhem'", share = "$aandeel", set = { in_sonar = true } },
  }
  local row = t.records(asked:solve(data, arnhem, { vary = "aandeel", target = goal, at = dk.total }))[1]
  t.eq(row.reachable, false)
  t.eq(row.persons, nil)
  t.eq(row.available, 1047)
  t.eq(row.known, 6729)
  t.eq(row.answer, "cannot be reached: at most 87.66 %")
end)
