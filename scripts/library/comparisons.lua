---@meta

-- comparisons.lua - What changed and why
--
-- What a comparison shows is taken apart: by the steps of the scenario, by their order, by the parameters. All of it is asked of a
-- breakdown or a scenario, and runs on cells as `compare` does, so that the numbers are those that a comparison shows.

---@class dk.Breakdown
local breakdown = {}

--- Of which measure, where, and how.
---@class dk.ContributionSpec
--- The measure; it need not be said of a breakdown that has one.
---@field measure? string
--- The cell: `dk.total`, or values of dimensions. This, or `each`; without both all groups and totals that the breakdown has.
---@field at? dk.Total|table<string, dk.Value|dk.Total>
--- A dimension, each group of which has contributions of its own.
---@field each? string
--- `"order"`: what a step adds to those before it; `"shapley"`: the mean of that over all orders, of at most 8 steps. In order without it.
---@field method? "order"|"shapley"
--- Whether a step that matches nobody, as may be without the others, does nothing; without it that is an error.
---@field allow_none? boolean
--- Values of parameters.
---@field params? dk.Params

--- What each step of a scenario contributes to a difference: a row for each step, in order, then the whole as a total. Contributions
--- add up to the whole exactly.
---
--- ```lua
--- local persons = dk.table { { "in_sonar", { true, false, false, false, false } } }
--- local known = dk.breakdown { measures = "bekend = count() where in_sonar" }
--- local twice = dk.scenario "twice" {
---   { "call", where = "not in_sonar", share = 0.5, set = { in_sonar = true } },
---   { "visit", where = "not in_sonar", share = 0.5, set = { in_sonar = true } },
--- }
--- print(known:contributions(persons, twice))
--- print(known:contributions(persons, twice, { method = "shapley" }))
--- ```
--- ```text
---    step  name    contribution
--- integer  text         integer
--- ─────────────────────────────
---       1  call               2
---       2  visit              1
--- ─────────────────────────────
---  totaal  totaal             3
--- 3 rows, 3 columns
---    step  name    contribution
--- integer  text         decimal
--- ─────────────────────────────
---       1  call             1.5
---       2  visit            1.5
--- ─────────────────────────────
---  totaal  totaal           3.0
--- 3 rows, 3 columns
--- ```
---@param base dk.Table
---@param scenario dk.Scenario
---@param question? dk.ContributionSpec
---@return dk.Table
function breakdown:contributions(base, scenario, question) end

--- Of which measure, where, and from which value to which.
---@class dk.SensitivitySpec
--- The measure; it need not be said of a breakdown that has one.
---@field measure? string
--- The cell: `dk.total`, or values of dimensions. This, or `each`; without both all groups and totals that the breakdown has.
---@field at? dk.Total|table<string, dk.Value|dk.Total>
--- A dimension, each group of which is asked on its own.
---@field each? string
--- From where to where each parameter might be: `{ deel = { 0.2, 0.4 } }`. Without it every parameter with `min` and `max`, from the one
--- to the other.
---@field ranges? table<string, number[]>
--- Values of parameters at the base.
---@field params? dk.Params

--- Which parameter matters most: the measure with each at its low and high value, the others as they are, the widest swing first. Where one
--- end has no answer, as when more is to be taken than there is, `problem` says why.
---
--- ```lua
--- local persons = dk.table { { "in_sonar", { true, false, false, false } } }
--- local known = dk.breakdown { measures = "bekend = count() where in_sonar" }
--- local plan = dk.scenario "plan" { params = { deel = 0.5, terug = 0 },
---   { "register", where = "not in_sonar", share = "$deel", set = { in_sonar = true } },
---   { "leave", where = "in_sonar", share = "$terug", set = { in_sonar = false } } }
--- print(known:sensitivity(persons, plan, { ranges = { terug = { 0, 0.1 }, deel = { 0.4, 0.6 } } }))
--- ```
--- ```text
--- parameter      low     high   at_low  at_base  at_high    swing  problem
--- text       decimal  decimal  decimal  decimal  decimal  decimal  text
--- ────────────────────────────────────────────────────────────────────────
--- deel           0.4      0.6      2.2      2.5     2.80     0.60  –
--- terug          0.0      0.1      2.5      2.5     2.25     0.25  –
--- 2 rows, 8 columns
--- ```
---@param base dk.Table
---@param scenario dk.Scenario
---@param question? dk.SensitivitySpec
---@return dk.Table
function breakdown:sensitivity(base, scenario, question) end

---@class dk.Scenario
local scenario = {}

--- Whether the order of steps matters: for each pair whether exchanging the two changes a number, and by how much at most. Without a
--- breakdown the numbers are those of the cells; with one those of its result, `M_most` for each measure M. `problem` says why steps cannot
--- run the other way round.
---
--- ```lua
--- local persons = dk.table { { "in_sonar", { true, false, false, false } } }
--- local plan = dk.scenario "plan" {
---   { "register", where = "not in_sonar", share = 0.5, set = { in_sonar = true } },
---   { "leave", where = "in_sonar", share = 0.2, set = { in_sonar = false } } }
--- print(plan:order(persons))
--- ```
--- ```text
---   first  first_name   second  second_name  changes     most  problem
--- integer  text        integer  text         boolean  decimal  text
--- ────────────────────────────────────────────────────────────────────
---       1  register          2  leave        true         0.4  –
--- 1 row, 7 columns
--- ```
---@param base dk.Table
---@param asked? dk.Breakdown
---@param params? dk.Params
---@return dk.Table
function scenario:order(base, asked, params) end
