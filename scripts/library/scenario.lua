---@meta

-- scenario.lua - Scenarios
--
-- A scenario is an ordered list of steps, each on what the one before left. It changes no table: it says what would be. `a .. b` are
-- the steps of a, then those of b; a parameter that both have must be defined the same. A scenario never changes: its methods give
-- others.

--- What a scenario is made of.
---@class dk.ScenarioSpec
--- The steps, in order. A scenario among them stands for its own steps and parameters.
---@field [integer] dk.Step|dk.Scenario
--- Parameters by name: a value, or a `dk.Parameter`, which says more.
---@field params? table<string, dk.Value|dk.Parameter>
--- What it is for.
---@field doc? string
--- What is taken for granted, each in words: shown wherever the scenario is.
---@field assumptions? string|string[]
--- The seed of steps that draw, 0 without it: the same seed draws the same.
---@field seed? integer

--- `{ 0.30, min = 0, max = 1, doc = "share of the unknown" }`
---@class dk.Parameter
--- Its value.
---@field [1] dk.Value
--- The least that it may be.
---@field min? number
--- The greatest that it may be.
---@field max? number
--- What it is counted in, `"persons"`: shown, and allowed behind a number on the command line.
---@field unit? string
--- What it is.
---@field doc? string

--- What if.
---@class dk.Scenario
---@operator concat(dk.Scenario): dk.Scenario
local scenario = {}

--- Its name, which the columns of a comparison have; of a composed one both with a `+`.
---@return string
function scenario:name() end

--- Its parameters by name: `{ value =, min =, max =, unit =, doc = }`.
---@return table<string, table>
function scenario:params() end

--- What it is for; of a composed one both.
---@return string?
function scenario:doc() end

--- What it takes for granted, in order; of a composed one all, each once.
---@return string[]
function scenario:assumptions() end

--- The text that defines it again, of composed ones all steps: `dk.scenario "outreach" { ... }`.
---@return string
function scenario:definition() end

--- The columns that a table must have for it, in the order in which its steps mention them.
---@return string[]
function scenario:columns() end

--- The same steps with other values of parameters.
---
--- ```lua
--- local outreach = dk.scenario "outreach" { params = { deel = 0.3 },
---   { "register", where = "not in_sonar", share = "$deel", set = { in_sonar = true } } }
--- print(outreach:with({ deel = 0.5 }, "half"):params().deel.value)
--- ```
--- ```text
--- 0.5
--- ```
---@param values dk.Params
---@param name? string what it is called; as before without it
---@return dk.Scenario
function scenario:with(values, name) end

--- The same under another name.
---@param name string
---@return dk.Scenario
function scenario:named(name) end

--- The weighted cells as they are after the steps: a table with a weight, of the columns that the scenario mentions.
---@param data dk.Table
---@param params? dk.Params
---@return dk.Table
function scenario:apply(data, params) end

--- What each step took from each stratum, and of how many; whether it moved, added or removed them, and what they became.
---
--- ```lua
--- local persons = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Duiven" } }, { "in_sonar", { false, false, true } } }
--- print(dk.scenario "half" { { "register half", where = "not in_sonar", share = 0.5, per = "gemeente", set = { in_sonar = true } } }
---   :moved(persons))
--- ```
--- ```text
---    step  name           stratum            available    taken  effect  set
--- integer  text           text                 decimal  decimal  text    text
--- ──────────────────────────────────────────────────────────────────────────────────────
---       1  register half  gemeente = Arnhem          2        1  moves   in_sonar = true
--- 1 row, 7 columns
--- ```
---@param data dk.Table
---@param params? dk.Params
---@return dk.Table
function scenario:moved(data, params) end
