---@meta

-- aggregate.lua - Functions of a script
--
-- What a script brings to expressions: functions of values of a row, and aggregates over many rows; and columns that it makes itself.
-- [aggregates.md](aggregates.md) tells more, and what they cost.

--- Defines a function for expressions: `"groep = klasse(leeftijd)"` in columns, conditions, dimensions and measures.
---
--- What it gives must depend on its arguments alone: it is called once for each level of a category, and once for each number of a short
--- range, not once for each row. What it raises ends the question, and comes out as it was raised.
---
--- ```lua
--- dk.define "klasse" {
---   levels = { "jong", "oud" },
---   call   = function(leeftijd) return leeftijd < 27 and "jong" or "oud" end,
--- }
--- print(dk.table { { "leeftijd", { 19, 34, 61 } } }:breakdown { by = "groep = klasse(leeftijd)", measures = "n = count()" })
--- ```
--- ```text
--- groep           n
--- category  integer
--- ─────────────────
--- jong            1
--- oud             2
--- 2 rows, 2 columns
--- ```
---@param name string
---@return fun(spec: dk.FunctionSpec)
function dk.define(name) end

--- The names of the functions that were defined, in that order, and the `doc` of each under its name.
---@return table<integer|string, string>
function dk.functions() end

--- What a function of a script is.
---@class dk.FunctionSpec
--- What it is, for who reads `dk.functions()`.
---@field doc? string
--- Gives the value for those of the arguments, or nil; as `t:rows()` gives them, a set as the text of its members.
---@field call fun(...: any): any
--- The type of what it gives: `"boolean"`, `"integer"`, `"decimal(2)"`, `"real"`, `"text"`, `"date"` or `"timestamp"`.
---@field result? string
--- In its place: it gives a category with these levels, in this order, and nothing else.
---@field levels? string[]
--- How many arguments it takes, 1 to 8; as many as it has parameters without it.
---@field arguments? integer
--- Whether it is called with nil for what is not known; without it such an argument makes null.
---@field nulls? boolean

--- Defines an aggregate in Lua, which the measures of breakdowns call by its name.
---
--- ```lua
--- dk.aggregate "spread" {
---   result = "integer",
---   step   = function(s, x) s = s or { x, x } s[1], s[2] = math.min(s[1], x), math.max(s[2], x) return s end,
---   merge  = function(s, o) if not s or not o then return s or o end return { math.min(s[1], o[1]), math.max(s[2], o[2]) } end,
---   finish = function(s) return s and s[2] - s[1] end,
--- }
--- print(dk.table { { "leeftijd", { 24, 31, 58 } } }:breakdown { measures = "m = spread(leeftijd)" })
--- ```
--- ```text
---       m
--- integer
--- ───────
---      34
--- 1 row, 1 column
--- ```
---@param name string
---@return fun(spec: dk.AggregateSpec)
function dk.aggregate(name) end

--- The names of the aggregates that were defined, in that order, and the `doc` of each under its name.
---@return table<integer|string, string>
function dk.aggregates() end

--- What an aggregate of Lua is.
---
--- Without a first state it is nil. What a function returns is the state from then on; where it returns nil, it changed the state in its
--- place. Rows come in their order, without those in which an argument is null. An error in one of the functions ends the breakdown.
---@class dk.AggregateSpec
--- What it is, for who reads `dk.aggregates()`.
---@field doc? string
--- How many arguments it has; 1 without it.
---@field arguments? integer
--- The type of what `finish` gives: `"boolean"`, `"integer"`, `"decimal(2)"`, `"real"`, `"text"`, `"date"` or `"timestamp"`; real without
--- it.
---@field result? string
--- Whether `step` gets the weight of the row behind the arguments; without it tables with weights, and scenarios, are refused.
---@field weights? boolean
--- Gives the state of an empty group; or that state itself, where it is a number, a string or a truth value.
---@field start? any
--- Adds a row: gets the state and the arguments.
---@field step? fun(state: any, ...: any): any
--- In its place: adds many rows of a group; gets the state, a list of values for each argument, and how many they are. Some 25 ns a row.
---@field block? fun(state: any, ...: any): any
--- Puts two states together; without it margins are refused.
---@field merge? fun(state: any, other: any): any
--- Gives the value of a group; nil is null.
---@field finish fun(state: any): any

---@class dk.Table
local t = {}

--- How `t:map` makes its column.
---@class dk.MapOptions
--- The columns that the function looks at; all without it.
---@field columns? string|string[]
--- The type of the new column; found as `dk.table` finds it without it.
---@field type? dk.Type
--- In the place of a function of a row: gets a block of rows, as `t:blocks()` gives them, and gives a list with a value for each, the last
--- of which is there, or its `n` says how many they are.
---@field block? fun(block: dk.Block): any[]

--- The table with a column that a function gives, row by row or block by block.
---
--- The function gets a record as `t:rows()` gives it, and gives a value, nil or `dk.null`. A function of one or two columns is
--- faster as `dk.define`.
---
--- ```lua
--- local t = dk.table { { "naam", { "An", "Bo" } }, { "leeftijd", { 19, 34 } } }
--- print(t:map("wie", function(row) return row.naam .. " " .. row.leeftijd end))
--- ```
--- ```text
--- naam      leeftijd  wie
--- category   integer  category
--- ────────────────────────────
--- An              19  An 19
--- Bo              34  Bo 34
--- 2 rows, 3 columns
--- ```
---@param name string
---@param call? fun(row: table<string, any>): any without it the options have a `block`
---@param options? dk.MapOptions
---@return dk.Table
function t:map(name, call, options) end
