-- demo.lua - the first questions about the coverage of a register, answered for the region Midden-Gelderland.
--
-- First from the published table; then the same from person-level files that are synthetic (scripts/data/synthetic.lua):
-- nobody in them exists, but their counts are the published ones.

local folder = (os.getenv "DEKKING_BUILD" or "build") .. "/data/"
local number = { format = "#,##0" }

local function heading(text) print(("\n%s\n"):format(text)) end
local function show(t) t:print { style = "nl" } end

heading "1  The published table: persons of the target group that are known in Sonar"

local published = dk.read_published("scripts/data/midden-gelderland.txt", {
  label = "gemeente",
  columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "totaal" },
})
show(published)

local checks = published:check_totals()
print(("%d of %d sums hold (%d rows, %d columns)."):format(#checks:where "holds", #checks, #checks:where "of == 'row'",
  #checks:where "of == 'column'"))

heading "2  What each municipality has of the region, and of its own total"

local shares = dk.breakdown {
  by = "gemeente",
  measures = {
    { "known = sum(totaal)", format = "#,##0" },
    { "share = known / all(known)", format = "0.0 %" },
    { "kolom_3_of_own = sum(kolom_3) / known", format = "0.0 %" },
  },
  margins = "totals",
}
show(shares(published:detail()))
print "Rozendaal has nobody: a share of nothing is not known, so it is a dash and no 0 %."
