---@meta

-- column.lua - Columns
--
-- A column is a name and a value for each row: `t.leeftijd`, or `t:column "leeftijd"`. `#c` is the number of rows, `c[i]` the value of
-- row i, nil where it is null. What is computed row by row is an expression, written as a string. A column is not compared or
-- computed with in Lua: `<` and `+` raise and say what to write; `==` between a column and a value is false at once, whatever stands
-- there, and is refused where it reaches a method that wants a condition.

--- A column of a table.
---@class dk.Column
--- The value of a row, counted from 1.
---@field [integer] any
local c = {}

--- Its name.
---@return string
function c:name() end

--- Its type: `"integer"`, `"decimal(2)"`, `"category"`.
---@return string
function c:type() end

--- How many rows are null.
---@return integer
function c:nulls() end

--- The levels of a category in their order, of a set its members.
---
--- ```lua
--- print(table.concat(dk.table { { "klasse", { "laag", "hoog", "laag" } } }.klasse:levels(), " "))
--- ```
--- ```text
--- hoog laag
--- ```
---@return string[]? # nil for other types
function c:levels() end

--- The labels of its code list, by code.
---@return table<string, string>? # nil where there is none
function c:labels() end

--- All values as a list, with `dk.null` where a row is null.
---
--- Decimals and ratios are the nearest floats, dates and periods strings, sets lists of strings, intervals a `dk.Interval`.
---
--- ```lua
--- local values = dk.table { { "n", { 3, dk.null } } }.n:to_lua()
--- print(#values, values[1], values[2] == dk.null)
--- ```
--- ```text
--- 2	3	true
--- ```
---@return any[]
function c:to_lua() end

--- A number that is known in bounds: a value of a column of intervals. `tostring` shows it as tables do.
---@class dk.Interval
--- The least that it can be; absent where that side is open.
---@field least? number
--- The greatest that it can be; absent where that side is open.
---@field greatest? number
--- What the source wrote in its place.
---@field marker? string
--- What that means.
---@field meaning? "suppressed"|"estimate"|"unavailable"|"impossible"
