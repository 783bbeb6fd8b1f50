-- publication.lua - what a published table says, and what it does not. Figures: the published table of Midden-Gelderland.

local test = ...

local function published(t, dk)
  return dk.read_published(t.data .. "midden-gelderland.txt", {
    label = "gemeente",
    columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "totaal" },
  })
end

local function publication(t, dk)
  return dk.publication(published(t, dk), {
    register = { level = "arbeidsmarktregio", value = 7676, stated = 0.74 },
    region = "Midden-Gelderland",
    known = "totaal",
    label = "gemeente",
  })
end

test("the table is read, and every sum of it is checked", function(t, dk)
  local data = published(t, dk)
  t.eq(#data:detail(), 9)
  t.eq(#data, 10)
  t.eq(data:column "gemeente":levels(), { "Arnhem", "Doesburg", "Duiven", "Lingewaard", "Overbetuwe", "Rheden", "Rozendaal",
    "Westervoort", "Zevenaar" })
  local n = 0 -- nothing is lost: each line that is no remark is a row
  for line in io.lines(t.data .. "midden-gelderland.txt") do
    n = n + (line:find "^%s*#" == nil and line:find "%S" and 1 or 0)
  end
  t.eq(n, #data)
  local checks = data:check_totals()
  t.eq(#checks, 15) -- ten rows and five columns
  t.eq(#checks:where "not holds", 0)
  t.eq(#data:with({ unit = "persons" }):check_totals(), 15)
  t.raises(function() return data:detail():check_totals() end, "dk.read_published")
end)

test("sums that do not add up are an error, or notes", function(t, dk)
  local path = t.file("wrong.txt", "Arnhem 12 724 1.758 489 2.984\nTOTAAL 12 724 1.758 489 2.984\n")
  t.raises(function() return dk.read_published(path) end, "2984", "2983")
  local data = dk.read_published(path, { mismatch = "note" })
  t.eq(#data:detail(), 1)
  t.eq(#data:check_totals():where "not holds", 2)
  t.raises(function() return dk.read_published(path, { mismatch = "ignore" }) end, "error or note")
  t.raises(function() return dk.read_published(path, { colums = {} }) end, "colums", "columns")
end)

test("the region has a rate, which agrees with what is stated", function(t, dk)
  local row = t.records(publication(t, dk):coverage())[1]
  t.eq(row, { arbeidsmarktregio = "Midden-Gelderland", numerator = 5682, denominator = 7676, share = 5682 / 7676,
    stated = 0.74, agrees = true })
  t.has(publication(t, dk):coverage():text(), "74.0 %")
  local other = dk.publication(published(t, dk), { register = { level = "regio", value = 7676, stated = 0.75 } })
  t.eq(other:coverage():column "agrees"[1], false)
end)

-- A column of a publication reads 5.682 and not 5682, and a share as the publication prints it.
test("counts and shares have patterns", function(t, dk)
  local pub = publication(t, dk)
  local plain = { style = "nl", types = false, count = false, notes = false }
  t.has(pub:coverage():text(plain), "5.682", "7.676", "74,0 %", "74 %")
  t.ok(not pub:coverage():text(plain):find("0,74", 1, true))
  t.has(pub:bounds():text(plain), "2.983")
  t.has(pub:needed({ 0.90 }):text(plain), "6.909", "1.227")
  t.has(pub:spread(1227):text(plain), "2.983", "3.627")
  t.has(pub:shares():text(plain), "2.983")
  local finer = dk.publication(published(t, dk), { register = { level = "regio", value = 7676, stated = 0.7402 } })
  t.has(finer:coverage():text(plain), "74,02 %")
  t.has(finer:needed({ 0.9, 0.90125 }):text(plain), "90,125 %", "6.918") -- 0.90125 of 7676 is 6917.995
end)

test("coverage per municipality cannot be had", function(t, dk)
  local pub = publication(t, dk)
  t.raises(function() return pub:coverage_by "gemeente" end,
    "the register is published per arbeidsmarktregio only, so coverage per gemeente cannot be had", "bounds()")
  t.eq(#pub:coverage_by "arbeidsmarktregio", 1)
end)

test("bounds are what is certain per municipality", function(t, dk)
  local rows = t.records(publication(t, dk):bounds())
  t.eq(rows[3].gemeente, "Duiven")
  t.near(rows[3].least, 249 / (249 + 1994)) -- 11.10 %
  t.near(rows[3].greatest, 1)
  t.eq(rows[7], { gemeente = "Rozendaal", known = 0, least = 0.0, greatest = 0.0 })
end)

test("what is needed for a target is exact", function(t, dk)
  local needed = publication(t, dk):needed { 0.80, 0.90, 0.95 }
  t.eq(t.records(needed), {
    { target = 0.8, needed = 6141, more = 459 },
    { target = 0.9, needed = 6909, more = 1227 },
    { target = 0.95, needed = 7293, more = 1611 },
  })
  t.eq(t.records(publication(t, dk):needed(0.5))[1], { target = 0.5, needed = 3838, more = 0 })
  -- 0.07 of 100 is 7: not 8, as the product of floats would have it
  local small = dk.publication(dk.table { { "g", { "x" } }, { "n", { 1 } } }, { register = { level = "r", value = 100 } })
  t.eq(small:needed { 0.07 } :column "needed"[1], 7)
  t.raises(function() return small:needed { 1.5 } end, "from 0 to 1")
  t.raises(function() return small:needed { 0.8, nil, 0.9 } end, "needed: item 2 of the list is nil")
  t.raises(function() return small:needed {} end, "needed wants shares")
  t.raises(function() return small:needed { "x" } end, "not x")
end)

test("more persons are spread in whole persons like the known", function(t, dk)
  local spread = publication(t, dk):spread(1227)
  t.eq(spread:column "more":to_lua(), { 644, 40, 54, 80, 89, 150, 0, 44, 126 })
  t.eq(spread:column "after"[1], 2983 + 644)
  t.raises(function() return publication(t, dk):spread(1995) end, "1994 are not known")
  t.raises(function() return publication(t, dk):spread(1.5) end, "whole number")
  t.raises(function() return publication(t, dk):spread "459" end, "whole number", "not 459")
  t.raises(function() return publication(t, dk):spread(-1) end, "whole number")
  -- 918 / 2 is a float in Lua, and a whole number of persons all the same
  t.eq(publication(t, dk):spread(918 / 2):column "more":to_lua(), { 241, 15, 20, 30, 34, 56, 0, 16, 47 })
end)

test("shares of an empty total are null", function(t, dk)
  local shares = publication(t, dk):shares()
  local rows = t.records(shares)
  t.near(rows[1].share, 2983 / 5682)
  t.near(rows[1].kolom_3_share, 1758 / 2983)
  t.eq(rows[7], { gemeente = "Rozendaal", totaal = 0, share = 0.0 })
  t.ok(not shares:text():find("nan", 1, true))
end)

test("columns may have any name", function(t, dk)
  local data = dk.table { { "naam plaats", { "x", "y" } }, { "kolom 1", { 1, 0 } }, { "where", { 3, 0 } } }
  local pub = dk.publication(data, { register = { level = "regio", value = 10 } })
  local rows = t.records(pub:shares())
  t.near(rows[1]["kolom 1_share"], 1 / 3)
  t.eq(rows[2], { ["naam plaats"] = "y", where = 0, share = 0.0 })
  local odd = dk.publication(data:rename { where = "a`b" }, { register = { level = "regio", value = 10 } })
  t.near(t.records(odd:shares())[1]["kolom 1_share"], 1 / 3)
end)

test("what is no publication is an error that says why", function(t, dk)
  local data = published(t, dk)
  t.raises(function() return dk.publication(5) end, "wants a published table")
  t.raises(function() return dk.publication(data) end, "wants options")
  t.raises(function() return dk.publication(data, { register = { level = "r", value = 7676 }, regoin = "x" }) end, "regoin",
    "region")
  t.raises(function() return dk.publication(data, { register = { level = "r", valeu = 7676 } }) end, "valeu", "value")
  t.raises(function() return dk.publication(data, { register = { level = "r", value = 5000 } }) end, "5682", "5000")
  t.raises(function() return dk.publication(data, { register = { level = "r", value = 1.5 } }) end, "whole number")
  t.raises(function() return dk.publication(data, { register = { level = "r", value = 7676 }, known = "gemeente" }) end,
    "gemeente")
  t.raises(function() return dk.publication(data, { register = { level = "r", value = 7676 }, known = "totaa" }) end,
    "totaal")
  local pub = publication(t, dk)
  t.raises(function() return pub:converage() end, "converage", "coverage")
  t.raises(function() return pub.x end, "(there are: bounds, coverage, coverage_by, needed, shares and spread)")
  t.raises(function() return pub.coverage() end, "not on a publication")
  t.raises(function() pub.x = 1 end, "never changes")
  t.has(tostring(pub), "5682", "7676", "Midden-Gelderland")
end)
