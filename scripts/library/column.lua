---@meta

-- column.lua - Columns
--
-- A column is a name and a value for each row: `t.leeftijd`, or `t:column "leeftijd"`. `#c` is the number of rows, `c[i]` the value of
-- row i, nil where it is null; `pairs(c)` goes over all rows, where `ipairs(c)` ends at the first null. `c:sum()` and the like answer
-- at once over all rows. What is computed row by row is an expression, in
-- which the column stands for its name: all methods of [expressions](#expressions) are the column's too, and the functions of the
-- language as far as the column has no method of that name. `<` and `..` raise and say what to write; `==` between a column and a value is
-- false at once, whatever stands there, and is refused where it reaches a method that wants a condition.

--- A column of a table.
---@class dk.Column : dk.Expr
--- The value of a row, counted from 1.
---@field [integer] any
local c = {}

-- What it is ---------------------------------------------------------------------------------------------------------

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

--- How values come to Lua.
---@class dk.ToLuaOptions
--- As rows give them: the nearest float for a decimal or a ratio, a string for a date, a period or a level, a list for a set.
---@field plain? boolean

--- All values as a list, with `dk.null` where a row is null.
---
--- Nothing is lost: decimals, ratios, dates, timestamps, periods, sets, and levels with a stated order or labels are a `dk.ExactValue`,
--- intervals a `dk.Interval` with such bounds. Mind that `dk.null` is true in a condition, and that a decimal is never `==` to a number.
---
--- ```lua
--- local data = dk.table { { "n", { 3, dk.null } }, { "loon", { 12.5, 10.25 } } }
--- local n, loon = data.n:to_lua(), data.loon:to_lua()
--- print(#n, n[1], n[2] == dk.null, loon[1] + loon[2], loon[1] == 12.5)
--- print(data.loon:to_lua { plain = true }[1] == 12.5)
--- ```
--- ```text
--- 2	3	true	22.75	false
--- true
--- ```
---@param options? dk.ToLuaOptions
---@return any[]
function c:to_lua(options) end

--- The first values, as `to_lua` gives them.
---@param n? integer how many; 10 without it
---@return any[]
function c:head(n) end

-- What it says at once -----------------------------------------------------------------------------------------------

--- The sum of what is known; nil where nothing is.
---
--- This is what a breakdown without dimensions gives: exact, weighed in a table with a weight, and refused where rows are totals of
--- others.
---
--- ```lua
--- local age = dk.table { { "leeftijd", { 24, 31, dk.null, 41 } } }.leeftijd
--- print(age:sum(), age:mean(), age:quantile(0.5), age:count())
--- ```
--- ```text
--- 96	32.0	31.0	3
--- ```
---@return any
function c:sum() end

--- The mean of what is known.
---@return number?
function c:mean() end

--- The least value.
---@return any
function c:min() end

--- The greatest value.
---@return any
function c:max() end

--- How many rows are known; in a table with a weight the sum of their weights.
---@return number
function c:count() end

--- How many different values are known.
---@return integer
function c:distinct() end

--- The value in the middle, or halfway between the two there.
---@return number?
function c:median() end

--- The value below which a share of the rows lies (type 7 of Hyndman and Fan).
---@param share number 0 to 1
---@return number?
function c:quantile(share) end

--- The value that most rows have, of several the least.
---@return any
function c:mode() end

--- The first known value in the order of the rows.
---@return any
function c:first() end

--- The last known value in the order of the rows.
---@return any
function c:last() end

--- The variance, with divisor n - 1.
---@return number?
function c:variance() end

--- The standard deviation, with divisor n - 1.
---@return number?
function c:sd() end

--- A number that is known in bounds: a value of a column of intervals. `tostring` shows it as tables do.
---@class dk.Interval
--- The least that it can be; absent where that side is open.
---@field least? number
--- The greatest that it can be; absent where that side is open.
---@field greatest? number
--- What the source wrote in its place.
---@field marker? string
--- What that means; `"unbounded"` of a number of which nothing is known.
---@field meaning? "suppressed"|"estimate"|"unavailable"|"impossible"|"unbounded"
--- `true` of what is a number in these bounds, or null: a quotient whose denominator may be 0. Its marker ends in `"?"`.
---@field may_be_null? boolean
