---@meta

-- allocate.lua - Allocations
--
-- How a limited budget is spread best over groups: how many persons of each the last step of a scenario takes. What is asked, how the
-- answer is found and what its numbers mean is told in [allocation.md](allocation.md).

---@class dk.Breakdown
local breakdown = {}

--- What a target is, and where: `{ "dekking >= 0.9", each = "gemeente" }`. A condition alone is one at the grand total.
---@class dk.AllocateTarget
--- Comparisons of measures, joined by `and`.
---@field [1] dk.Condition
--- The cell: `dk.total`, or values of dimensions. This, or `each`.
---@field at? dk.Total|table<string, dk.Value|dk.Total>
--- A dimension, each group of which must meet it.
---@field each? string

--- What a budget is spent on, and what limits it. Exactly one of `maximise`, `minimise` and `gain`.
---@class dk.AllocateSpec
--- The columns whose groups get a number each.
---@field per string|string[]
--- What all persons together may cost; none without it.
---@field budget? number|dk.Expression
--- What a person costs: a number, an expression that is the same within a group or is an aggregate of all of it, or a table of numbers
--- by group; 1 without it.
---@field cost? number|dk.Expression|table<dk.Value, number>
--- A measure that is to be as great as can be, over all groups together.
---@field maximise? string
--- A measure that is to be as little as can be, or `"cost"`.
---@field minimise? string
--- What a person gains, where that is to be as much as can be; as `cost`.
---@field gain? number|dk.Expression|table<dk.Value, number>
--- How many of a group at most, as `"count() / 2"`; all there are without it.
---@field capacity? number|dk.Expression|table<dk.Value, number>
--- How many of a group at least; 0 without it.
---@field minimum? number|dk.Expression|table<dk.Value, number>
--- Conditions that the result must meet.
---@field targets? dk.Condition|(dk.Condition|dk.AllocateTarget)[]
--- Whole persons; as the last step says without it.
---@field whole? boolean
--- Values of parameters.
---@field params? dk.Params

--- Spreads a budget over groups: how many each gets, so that a measure, a gain or the cost is best and every limit holds. Limits that
--- contradict each other are an error, which says which and how much can be reached.
---
--- ```lua
--- local persons = dk.table { { "groep", { "A", "B", "C" } }, { "bereikt", { false, false, false } }, { "uren", { 2, 1, 3 } },
---   { "kans", { 0.8, 0.3, 0.9 } }, { "n", { 100, 50, 80 } } }:with { weight = "n" }
--- local reach = dk.breakdown { by = "groep", measures = "n_bereikt = count() where bereikt" }
--- local visit = dk.scenario "visit" { { "visit", where = "not bereikt", all = true, set = { bereikt = true } } }
--- print(reach:allocate(persons, visit, { budget = 230, cost = "uren", gain = "kans", per = "groep", whole = true }):table()
---   :select { "groep", "available", "allocated", "cost", "gain" })
--- ```
--- ```text
--- groep     available  allocated     cost     gain
--- category    integer    integer  integer  integer
--- ────────────────────────────────────────────────
--- A               100        100      200       80
--- B                50         30       30        9
--- C                80          0        0        0
--- 3 rows, 5 columns
--- ```
---@param base dk.Table
---@param scenario dk.Scenario whose last step takes a share, a count or all
---@param question dk.AllocateSpec
---@return dk.Allocation
function breakdown:allocate(base, scenario, question) end

--- How a budget is spread. `tostring` gives its table, what it costs and gains, and its notes.
---@class dk.Allocation
local allocation = {}

--- A row for each group: the columns of `per`; `available`, `capacity` and `minimum` (where they were given), `allocated`, `cost`, `gain`
--- (but where the cost is minimised); `shadow_price`, what one more of its capacity, or one less of its minimum, would bring where that
--- is what binds; then each measure M as it is, `M_base`, and as it would be, `M`.
---@return dk.Table
function allocation:table() end

--- A row for the budget and for each target: `limit`; `cell`, where a target is asked; `slack`, what is left of it, in cost or in what
--- the target compares; `binds`; `shadow_price`, what one more of it would bring.
---@return dk.Table
function allocation:limits() end

--- The steps of the scenario with the numbers of the allocation: what comes before the last step as it was, and for each group that gets
--- something a step that takes so many. `compare` shows the numbers of the table under it.
---@param name? string what it is called; as the scenario without it
---@return dk.Scenario
function allocation:scenario(name) end

--- All groups together: `{ allocated =, cost =, gain = }`.
---@return table<string, dk.Value>
function allocation:total() end

--- What the reader must know of it, as that nothing better is proved to be.
---@return string[]
function allocation:notes() end
