---@meta

-- summary.lua - Summaries
--
-- What is in the columns of a table, in figures and in words. `t:schema()` says how they are stored.

---@class dk.Table
local t = {}

--- Figures of each column: a table with one row for each, of `name`, `type`, `nulls`, `different`, `least`, `mean`, `median`,
--- `greatest`, `most` (the most frequent value, of several the least) and `times` (how often it occurs).
---
--- What a type does not have is null: a mean is for numbers, and not for rates, whose mean is no rate. Of numbers in bounds the
--- least, the median and the greatest are within bounds, too. Values are shown as texts, a category's least and greatest go by its
--- order. With a weight, `times` is the sum of weights. Totals are refused, as they would count double.
---
--- ```lua
--- local persons = dk.table { { "leeftijd", { 24, 31, 24, dk.null } }, { "gemeente", { "Ede", "Ede", "Arnhem", "Arnhem" } } }
--- print(persons:summary())
--- ```
--- ```text
--- name      type        nulls  different  least      mean  median  greatest  most      times
--- text      text      integer    integer  text       real  text    text      text    integer
--- ──────────────────────────────────────────────────────────────────────────────────────────
--- leeftijd  integer         1          2  24      26.3333  24      31        24            2
--- gemeente  category        0          2  Arnhem        –  –       Ede       Arnhem        2
--- 2 rows, 10 columns
--- ```
---@param columns? string|string[] of these alone; also one by one
---@return dk.Table
function t:summary(columns) end

--- What the columns hold, for who sees the table for the first time: a table with one row for each, of `name`, `heading`, `type`,
--- `known` (the share of rows where it is not null) and `values` (levels with their labels, or the least and the greatest). Its notes say
--- what the table is: of how many what, its key and date, where it comes from, and what it notes itself.
---
--- ```lua
--- print(dk.table({ { "k", { "1", dk.null } } }, { unit = "persons", types = { k = dk.codes "1 = ja, 2 = nee" } }):describe())
--- ```
--- ```text
--- name  heading  type       known  values
--- text  text     text       ratio  text
--- ────────────────────────────────────────────────
--- k     –        category  50.0 %  1 = ja, 2 = nee
--- 1 row, 5 columns
--- 2 persons
--- ```
---@return dk.Table
function t:describe() end
