---@meta

-- breakdown.lua - Breakdowns
--
-- A breakdown is a question as a value: dimensions, measures, a condition, margins. `coverage(t)` asks it, and gives a table, whose
-- rows are in the order of their keys with each total behind its group. It never changes: its methods give others. Measures are
-- written in the language of [expressions.md](expressions.md).

--- What a breakdown is made of.
---@class dk.BreakdownSpec
--- Its name. `dk.breakdown "name" { ... }` gives it before the table, and registers the breakdown.
---@field name? string
--- What it tells.
---@field doc? string
--- The dimensions: columns, or expressions with a name. Without them the result is one row.
---@field by? dk.Entry|dk.Entry[]
--- Which rows take part, in every measure.
---@field where? dk.Condition
--- The measures, with names, in order; a later one may use the names of earlier ones.
---@field measures dk.Entry|dk.Entry[]
--- Totals: over everything, over the last dimension, the last two and so on, over all combinations, or sets of dimensions such as
--- `{ { "regio" }, {} }`. None without it.
---@field margins? "none"|"totals"|"rollup"|"cube"|string[][]
--- `"all"`, or a list of dimensions: show groups that could occur and have no rows, with count 0.
---@field levels? "all"|string[]
--- Measures or dimensions that say in which order groups stand, `"dekking desc"`; `"none"` asks for no particular one. By key without it.
---@field order? string|string[]
--- How many groups are shown, the first ones; totals cover the others too.
---@field limit? integer
--- The name of one row for the groups beyond the limit.
---@field rest? string

--- A dimension or a measure: its text, an expression object, or a `dk.EntryTable`, which says more.
---@alias dk.Entry string|dk.Expr|dk.EntryTable

--- `{ "dekking = bekend / register", format = "0.0 %" }`
---@class dk.EntryTable
--- The text.
---@field [1] string
--- How its numbers are shown: `"0.0 %"`. Of what is no number it is an error.
---@field format? string
--- What stands above the column in the place of its name.
---@field label? string
--- What it tells.
---@field doc? string

--- A question. Called with a table, and with values of its parameters, it gives the answer as a table.
---@class dk.Breakdown
---@operator call(dk.Table): dk.Table
local breakdown = {}

-- Other questions ----------------------------------------------------------------------------------------------------

--- The same measures by other dimensions, in the place of those that there are.
---@param by dk.Entry|dk.Entry[] `{}` for the total alone
---@return dk.Breakdown
function breakdown:by(by) end

--- The same of fewer rows: those of its own condition for which this one holds too.
---@param condition dk.Condition
---@return dk.Breakdown
function breakdown:where(condition) end

--- The same with other parts: `where` narrows, the others replace; `dk.null` takes a part away.
---
--- ```lua
--- local counted = dk.breakdown { by = "gemeente", measures = "n = count()", margins = "totals" }
--- print(counted:with { margins = dk.null, where = "leeftijd < 27" })
--- ```
--- ```text
--- breakdown
---   by        gemeente
---   where     leeftijd < 27
---   measures  n = count()
--- ```
---@param changes dk.BreakdownSpec
---@return dk.Breakdown
function breakdown:with(changes) end

--- The same with one measure more.
---@param entry dk.Entry
---@return dk.Breakdown
function breakdown:measure(entry) end

--- The same by a finer level, in the place of a dimension.
---@param level string
---@param dimension? string the dimension that gives way, of several
---@return dk.Breakdown
function breakdown:drill_down(level, dimension) end

--- The same by a coarser level, in the place of a dimension.
---@param level string
---@param dimension? string the dimension that gives way, of several
---@return dk.Breakdown
function breakdown:roll_up(level, dimension) end

-- What if ------------------------------------------------------------------------------------------------------------

--- How a comparison is laid out.
---@class dk.ComparisonForm
--- A row for each group, measure and scenario: the dimensions, `measure`, `scenario`, `base`, `value`, `difference`.
---@field long? boolean
--- With the difference as a share of the base, `M_NAME_relative` or `relative`; null where the base is 0.
---@field relative? boolean

--- How two tables are compared.
---@class dk.CompareOptions : dk.ComparisonForm
--- What the other table is called in the names of columns; without it its own name, or `other`.
---@field name? string
--- Values of parameters.
---@field params? dk.Params

--- The result as it is and as it would be: for each measure M the columns `M_base`, `M_NAME` and `M_NAME_difference`.
---
--- Rows are the groups of all sides. A group that a side does not have counts 0 there, and its other measures are null.
---
--- ```lua
--- local persons = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Duiven" } }, { "in_sonar", { true, false, true, false } } }
--- local known = dk.breakdown { by = "gemeente", measures = "bekend = count() where in_sonar" }
--- local half = dk.scenario "half" { { "register half", where = "not in_sonar", share = 0.5, set = { in_sonar = true } } }
--- print(known:compare(persons, half))
--- ```
--- ```text
--- gemeente  bekend_base  bekend_half  bekend_half_difference
--- category      integer      decimal                 decimal
--- ──────────────────────────────────────────────────────────
--- Arnhem              1          1.5                     0.5
--- Duiven              1          1.5                     0.5
--- 2 rows, 4 columns
--- ```
---@param base dk.Table
---@param against dk.Scenario|dk.Scenario[]|dk.Table what is beside it: scenarios, or another delivery
---@param options? dk.Params|dk.CompareOptions|dk.ComparisonForm with scenarios parameters or the form; with a table its options
---@param form? dk.ComparisonForm with scenarios and values of parameters
---@return dk.Table
function breakdown:compare(base, against, options, form) end

--- What is to be reached.
---@class dk.SolveSpec
--- The parameter of the scenario that is varied.
---@field vary string
--- A condition on the result: `"dekking >= 0.90"`.
---@field target dk.Condition
--- The cell that it is about: `dk.total`, or values of dimensions. This, or `each`.
---@field at? dk.Total|table<string, dk.Value|dk.Total>
--- A dimension, of which every group is solved on its own.
---@field each? string
--- Values of the other parameters.
---@field params? dk.Params

--- The least value of a parameter with which a target is reached, in persons first. What cannot be reached is said in the answer.
---
--- ```lua
--- local persons = dk.table { { "in_sonar", { true, false, false, false } } }
--- local rate = dk.breakdown { measures = { "n = count()", "dekking = (count() where in_sonar) / n" } }
--- local some = dk.scenario "some" { params = { deel = { 0, min = 0, max = 1 } },
---   { "register some", where = "not in_sonar", share = "$deel", whole = true, set = { in_sonar = true } } }
--- print(rate:solve(persons, some, { vary = "deel", target = "dekking >= 0.5", at = dk.total }).answer[1])
--- ```
--- ```text
--- 1 person, 33.33 % of 3, gives 50.00 %
--- ```
---@param base dk.Table
---@param scenario dk.Scenario
---@param question dk.SolveSpec
---@return dk.Table
function breakdown:solve(base, scenario, question) end

-- About --------------------------------------------------------------------------------------------------------------

--- Its name.
---@return string? # nil where it has none
function breakdown:name() end

--- What it tells, as it was defined with.
---@return string? # nil where that was not said
function breakdown:doc() end

--- The text that defines it again: `dk.breakdown "coverage" { ... }`.
---@return string
function breakdown:definition() end

--- The columns that a table must have for it, in the order in which it mentions them.
---@return string[]
function breakdown:columns() end

--- The names of the parameters that it mentions, without the `$`.
---@return string[]
function breakdown:params() end

--- Asks it, and tells how the answer was computed, with rows and times of each step.
---
--- With a scenario, or a list of them, it tells how the comparison is: the columns of the cells, how many were expected and how
--- many there are, whether they were kept from before, and where rows are taken in the place of cells, why.
---@param data dk.Table
---@param asked? dk.Params|dk.Scenario|dk.Scenario[] values of parameters, or what it is compared under
---@param params? dk.Params with scenarios: values of parameters
---@return dk.Plan
function breakdown:plan(data, asked, params) end
