-- monthly-plan.lua - How many persons a month must be registered to know 90 % of the register after a year?
--
-- Figures of the publication. First with a register that stays as it is, then with one that grows by 20 persons a
-- month, all of them unknown at first. Lua computes; dk.table makes a table of what it computed.

local region = dofile "scripts/data/region.lua"
local rate = region.publication(region.published()):coverage()
local register, known = rate.denominator[1], rate.numerator[1]
local MONTHS = 12

local function plan(growth)
  local last = register + growth * MONTHS
  local needed = (9 * last + 9) // 10 - known -- 90 %, rounded up to whole persons
  local a_month = (needed + MONTHS - 1) // MONTHS
  print(("%d persons more in a register of %d: %d a month"):format(needed, last, a_month))
  local rows = {}
  for month = 0, MONTHS do
    rows[#rows + 1] = { maand = month, register = register + growth * month, bekend = known + a_month * month }
  end
  return dk.table(rows, { "maand", "register", "bekend" })
    :derive { "dekking = bekend / register", "gehaald = dekking >= 0.90" }
    :format { register = "#,##0", bekend = "#,##0", dekking = "0.00 %" }
end

for _, growth in ipairs { 0, 20 } do
  print(("Growth of the register: %d a month"):format(growth))
  local months = plan(growth)
  print ""
  months:where "maand in (0, 6, 11, 12)":print(region.nl)
  print(("\nReached in month %d.\n"):format(months:where "gehaald".maand[1]))
end
