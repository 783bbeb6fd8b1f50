---@meta

-- sweep.lua - Sweeps
--
-- One scenario at many values of its parameters, as one long table. [sweeps.md](sweeps.md) tells what a sweep costs.

---@class dk.Breakdown
local breakdown = {}

---@class dk
local dk = {}

--- What a sweep leaves as it is.
---@class dk.SweepOptions
--- Values of the other parameters, of the scenario and of the breakdown.
---@field params? dk.Params

--- Asks the breakdown under a scenario at many values of its parameters.
---
--- A list for each parameter: every combination is a point, that of the scenario's last parameter changing fastest. Or a table, whose
--- columns are parameters and whose rows are points. The result has the parameters, what the breakdown gives at each point, and
--- `problem`: why a point has no answer, null where it has one. Its numbers are those of a comparison at that point alone.
---
--- ```lua
--- local persons = dk.table { { "in_sonar", { true, false, false, false } } }
--- local known = dk.breakdown { measures = "bekend = count() where in_sonar" }
--- local plan = dk.scenario "plan" { params = { deel = 0.5, n = 1 },
---   { "a share", where = "not in_sonar", share = "$deel", set = { in_sonar = true } },
---   { "and some more", where = "not in_sonar", count = "$n", set = { in_sonar = true } } }
--- print(known:sweep(persons, plan, { deel = dk.range(0, 1, 0.5), n = 1 }))
--- ```
--- ```text
---    deel        n   bekend  problem
--- decimal  integer  decimal  text
--- ─────────────────────────────────────────────────────────────────────
---     0.0        1      2.0  –
---     0.5        1      3.5  –
---     1.0        1        –  and some more: nobody matches not in_sonar
--- 3 rows, 4 columns
--- ```
---@param base dk.Table
---@param scenario dk.Scenario
---@param over table<string, dk.Value[]|dk.Value>|dk.Table
---@param options? dk.SweepOptions
---@return dk.Table
function breakdown:sweep(base, scenario, over, options) end

--- Numbers at even distances, both ends included where steps arrive there.
---
--- Each is the number that is written: `dk.range(0, 1, 0.1)` are eleven, of which the fourth is 0.3.
---
--- ```lua
--- print(table.concat(dk.range(0, 1, 0.25), " ") .. "   " .. table.concat(dk.range(3, 1, -1), " "))
--- ```
--- ```text
--- 0.0 0.25 0.5 0.75 1.0   3 2 1
--- ```
---@param from number
---@param to number
---@param step? number 1 without it; below 0 where it goes down
---@return number[]
function dk.range(from, to, step) end

--- The range of a parameter: two numbers.
---@class dk.LatinRange
--- The least.
---@field [1] number
--- The greatest.
---@field [2] number
--- Whole numbers, of which the greatest is one.
---@field whole? boolean

--- A sample of points that fills ranges evenly, a Latin hypercube: of n equal parts of each range each holds one point.
---
--- The same seed gives the same points, and another parameter more changes none of the others'.
---
--- ```lua
--- local points = dk.latin(5, { deel = { 0, 1 }, n = { 1, 5, whole = true } }, 1)
--- print(points:sort "n":breakdown { measures = { "punten = count()", "som = sum(n)" } })
--- ```
--- ```text
---  punten      som
--- integer  integer
--- ────────────────
---       5       15
--- 1 row, 2 columns
--- ```
---@param n integer how many points
---@param ranges table<string, dk.LatinRange>
---@param seed? integer 1 without it
---@return dk.Table
function dk.latin(n, ranges, seed) end
