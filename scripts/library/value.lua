---@meta

-- value.lua - Values
--
-- What Lua does not have: dates, timestamps, periods, decimals, ratios, sets, and levels of a category with a stated order or labels.
-- `c:to_lua()` gives them, `dk.table` and parameters take them, and so does what takes the text of a date, a period or a level. They
-- never change, compare and compute exactly, and print as an expression or a table reads them back. Three traps: `==` beside a
-- number or string of Lua is always false (`<=` and `>=` compare), `dk.null` is true in a condition, and two equal values are two
-- keys of a Lua table.

--- A value that Lua does not have. Which members it has depends on its type; another is an error that names those there are.
---@class dk.ExactValue
--- `"date"`, `"timestamp"`, `"month"`, `"quarter"`, `"year"`, `"decimal(2)"`, `"ratio"`, `"set"` or `"category"`.
---@field type string
--- Of a date, a timestamp and a period: its year, 1 to 9999.
---@field year? integer
--- Of a date, a timestamp, a month and a quarter: 1 to 4.
---@field quarter? integer
--- Of a date, a timestamp and a month: 1 to 12.
---@field month? integer
--- Of a date and a timestamp: the day of the month.
---@field day? integer
--- Of a date and a timestamp: 1 for Monday to 7 for Sunday.
---@field weekday? integer
--- Of a timestamp.
---@field hour? integer
--- Of a timestamp.
---@field minute? integer
--- Of a timestamp, whole.
---@field second? integer
--- Of a timestamp, behind the whole second.
---@field microsecond? integer
--- Of a timestamp: its day.
---@field date? dk.ExactValue
--- Of a period: its first day.
---@field first? dk.ExactValue
--- Of a period: its last day.
---@field last? dk.ExactValue
--- Of a decimal and a ratio: the nearest float.
---@field number? number
--- Of a decimal: how many stand after the point.
---@field digits? integer
--- Of a ratio, in lowest terms.
---@field numerator? integer
--- Of a ratio, in lowest terms; never 0 or less.
---@field denominator? integer
--- Of a level: its text.
---@field code? string
--- Of a level of a code list: what it means.
---@field label? string
--- Of a level: its place in the order of levels, from 1.
---@field place? integer
--- Of a set: a list of its members, by code point.
---@field members? string[]
local v = {}

--- The period that a date, a timestamp or a finer period lies in.
---@param frequency "month"|"quarter"|"year"
---@return dk.ExactValue
function v:period(frequency) end

--- Whether a set has the members, all of them.
---@param ... string|dk.ExactValue members, or sets of them
---@return boolean
function v:has(...) end

--- Whether a set has the members, all of them: the same as `has`, for who has a set of them.
---@param ... string|dk.ExactValue members, or sets of them
---@return boolean
function v:has_all(...) end

--- Whether a set has one of the members.
---@param ... string|dk.ExactValue members, or sets of them
---@return boolean
function v:has_any(...) end

---@class dk
local dk = {}

--- A date: of a text, of a year, a month and a day, or of a timestamp. `date + 1` is the day after, `date - date` a number of days.
---
--- ```lua
--- local d = dk.date "2024-12-31"
--- print(d + 1, d - dk.date(2024, 1, 1), d.weekday, d:period "quarter")
--- ```
--- ```text
--- 2025-01-01	365	2	2024Q4
--- ```
---@param text string|integer|dk.ExactValue `"2024-12-31"`, a year, or a timestamp
---@param month? integer
---@param day? integer
---@return dk.ExactValue
function dk.date(text, month, day) end

--- A moment, without a zone: of a text, or the midnight of a date.
---@param text string|dk.ExactValue `"2024-12-31T10:30:00"`, or a date
---@return dk.ExactValue
function dk.timestamp(text) end

--- A month, a quarter or a year: `"2024-03"`, `"2024Q1"` (also with a dash, or K for Q), `"2024"`; or of a date. `p + 1` is the
--- one after, `p - q` how many lie between.
---@param text string|integer|dk.ExactValue a text, a year, or a date, a timestamp or a finer period
---@param frequency? "month"|"quarter"|"year" as the text tells without it; of a date it must be said
---@return dk.ExactValue
function dk.period(text, frequency) end

--- An exact number with a point, of at most 18 digits. A float enters as its shortest decimal.
---
--- `+`, `-` and `*` are exact, and what does not fit is an error; `/` gives a ratio.
---
--- ```lua
--- print(dk.decimal "12.50" + 0.1, dk.decimal "12.50" / 3, dk.decimal(dk.ratio(1, 3), 2))
--- ```
--- ```text
--- 12.60	25/6	0.33
--- ```
---@param x string|number|dk.ExactValue
---@param digits? integer rounds to so many, half away from zero; without it x must have an exact decimal
---@return dk.ExactValue
function dk.decimal(x, digits) end

--- A ratio of two whole numbers, in lowest terms.
---@param numerator integer|string a text such as `"1/3"` is both
---@param denominator? integer
---@return dk.ExactValue
function dk.ratio(numerator, denominator) end

--- A set of texts, whatever their order. `a | b` is both, `a & b` what they share, `a - b` what b lacks, `#s` how many members there
--- are, `s[1]` the first by code point.
---
--- ```lua
--- print(dk.set { "lassen", "koken" } - dk.set("koken"))
--- ```
--- ```text
--- lassen
--- ```
---@param members? string|string[]
---@return dk.ExactValue
function dk.set(members) end

--- A level of a category that has a stated order or labels: compared by that order, printed as its text.
---
--- ```lua
--- local mbo = dk.level("mbo", { "vmbo", "mbo", "hbo" })
--- print(mbo, mbo.place, mbo > "vmbo", dk.level("2", dk.codes { ["1"] = "ja", ["2"] = "nee" }).label)
--- ```
--- ```text
--- mbo	2	true	nee
--- ```
---@param text string
---@param levels string[]|dk.Column|dk.Codes the levels in their order, a column that has one, or a code list
---@return dk.ExactValue
function dk.level(text, levels) end
