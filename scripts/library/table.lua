---@meta

-- table.lua - Tables
--
-- A table never changes: each method gives a new one, which shares the columns that stay what they were. `#t` is the number of rows,
-- `tostring(t)` what `print` shows, `t.name` a column, and `t:column "name"` the column where a method is called so. `pairs(t)` goes
-- over the columns in their order. Rows that are totals, as a breakdown has them, are known as such: what would count them double is
-- refused, and names `t:detail()`.

--- Rows and columns, with names and types. Made by `dk.read`, `dk.open`, `dk.table`, breakdowns, and by the methods of other tables.
---@class dk.Table
local t = {}

-- Rows ---------------------------------------------------------------------------------------------------------------

--- Keeps the rows for which a condition is true.
---
--- Rows where it is false or not known (null) are left out; a note says how many were not known. Totals for which it holds stay. An
--- unknown name raises, with its place and the nearest name.
---
--- ```lua
--- local persons = dk.table { { "gemeente", { "Arnhem", "Duiven", "Duiven" } }, { "leeftijd", { 24, 31, dk.null } } }
--- print(persons:where("leeftijd < $grens", { grens = 27 }))
--- ```
--- ```text
--- gemeente  leeftijd
--- category   integer
--- ──────────────────
--- Arnhem          24
--- 1 row, 2 columns
--- 1 row left out because the condition was not known (null)
--- ```
---@param condition dk.Condition
---@param params? dk.Params
---@return dk.Table
function t:where(condition, params) end

--- The first rows.
---@param n? integer how many; 10 without it
---@return dk.Table
function t:head(n) end

--- The last rows.
---@param n? integer how many; 10 without it
---@return dk.Table
function t:tail(n) end

--- Rows by number, counted from 1, or from the end where it is negative, as `string.sub` does: `t:slice(-3)`.
---@param from integer
---@param to? integer the last row; -1 without it
---@return dk.Table
function t:slice(from, to) end

--- The rows that are no totals.
---@return dk.Table
function t:detail() end

--- Which of equal rows stays.
---@class dk.DistinctOptions
--- The first or the last in the order of the table; the first without it.
---@field keep? "first"|"last"

--- Each row once: rows that are equal in all columns, or in those that are named. Two nulls are equal here.
---
--- `t:distinct("gemeente", "jaar")` names them one by one.
---@param columns? string|string[] all without it
---@param options? dk.DistinctOptions
---@return dk.Table
---@overload fun(self: dk.Table, column: string, ...: string): dk.Table
function t:distinct(columns, options) end

--- What is drawn. The same seed draws the same rows on every machine.
---@class dk.SampleSpec
--- How many rows; this, or a share.
---@field n? integer
--- Which share of the rows, 0 to 1; rounded half up.
---@field share? number
--- A whole number.
---@field seed integer
--- Columns: draw from each of their groups.
---@field within? string|string[]
--- A column or expression: draw in proportion to it.
---@field weight? dk.Expression

--- Draws rows without replacement; they stay in their order.
---
--- ```lua
--- local many = dk.table { { "nr", { 1, 2, 3, 4, 5, 6 } } }
--- print(table.concat(many:sample { n = 3, seed = 1 }.nr:to_lua(), " "))
--- ```
--- ```text
--- 1 4 5
--- ```
---@param spec dk.SampleSpec
---@param params? dk.Params
---@return dk.Table
function t:sample(spec, params) end

--- By what rows are put in another order.
---@class dk.ShuffleSpec
--- A whole number.
---@field seed integer

--- All rows in another order, the same for the same seed.
---@param spec dk.ShuffleSpec
---@return dk.Table
function t:shuffle(spec) end

--- Goes over the rows as records: a Lua table for each, in which what is null is absent.
---
--- Decimals and ratios are the nearest floats, dates and periods strings, sets lists of strings, intervals a `dk.Interval`.
---
--- ```lua
--- for row in dk.table { { "gemeente", { "Arnhem", "Duiven" } }, { "bekend", { 2983, 249 } } }:rows() do
---   print(row.gemeente, row.bekend)
--- end
--- ```
--- ```text
--- Arnhem	2983
--- Duiven	249
--- ```
---@return fun(): table<string, any>? # the iterator of a `for`
function t:rows() end

-- Columns ------------------------------------------------------------------------------------------------------------

--- Adds columns, or replaces them, by expressions with a name. Later ones see earlier ones.
---
--- An item may be a table that says how the column is shown, and what it is, which becomes a note:
--- `{ "deel = n / totaal", format = "0.0 %", label = "Deel", doc = "..." }`.
---
--- ```lua
--- print(dk.table { { "leeftijd", { 24, 31 } } }:derive { "maanden = leeftijd * 12", "jong = leeftijd < 27" })
--- ```
--- ```text
--- leeftijd  maanden  jong
---  integer  integer  boolean
--- ──────────────────────────
---       24      288  true
---       31      372  false
--- 2 rows, 3 columns
--- ```
---@param expressions dk.Entry|dk.Entry[] a list, so that the order of columns is stated
---@param params? dk.Params
---@return dk.Table
function t:derive(expressions, params) end

--- Keeps these columns, in this order. `t:select("a", "b")` is the same.
---@param columns string|string[]
---@return dk.Table
---@overload fun(self: dk.Table, column: string, ...: string): dk.Table
function t:select(columns) end

--- Leaves these columns out. `t:drop("a", "b")` is the same.
---@param columns string|string[]
---@return dk.Table
---@overload fun(self: dk.Table, column: string, ...: string): dk.Table
function t:drop(columns) end

--- Gives columns other names: `t:rename { old = "new" }`.
---@param names table<string, string>
---@return dk.Table
function t:rename(names) end

--- A column by name, also where a method is called so.
---@param name string
---@return dk.Column
function t:column(name) end

--- Goes over the columns in their order: `for name, column in t:columns() do`.
---@return (fun(): string?, dk.Column?) # the iterator of a `for`
function t:columns() end

--- States levels of columns and their order, or gives them a code list; `dk.null` takes order and labels away.
---
--- A value that is no level raises, with the rows.
---
--- ```lua
--- print(dk.table { { "klasse", { "hoog", "laag" } } }:with_levels { klasse = { "laag", "midden", "hoog" } }:sort "klasse")
--- ```
--- ```text
--- klasse
--- category
--- ────────
--- laag
--- hoog
--- 2 rows, 1 column
--- ```
---@param levels table<string, string[]|dk.Codes|dk.Column|dk.Null> by column
---@return dk.Table
function t:with_levels(levels) end

--- How texts of a column list the members of a set.
---@class dk.SplitSpec
--- What stands between members; `"|"` without it.
---@field [1]? string
--- Which members there can be, in which order.
---@field members? string[]|dk.Codes|dk.Column
--- Whether an empty text is the empty set, and not null.
---@field empty? boolean

--- Makes sets of columns whose texts list members; a column of sets gets stated members.
---@param columns table<string, string|dk.SplitSpec> by column what stands between members: `{ vaardigheden = ";" }`
---@return dk.Table
function t:with_sets(columns) end

-- Order and windows --------------------------------------------------------------------------------------------------

--- The keys of an order.
---@class dk.SortSpec
--- Columns or expressions, each with `desc` behind it or not.
---@field [integer] dk.Expression
--- How many rows, the first ones; all without it.
---@field limit? integer

--- Puts rows in order. Ties keep the order of the table, null comes last, categories go by their levels, a total stays behind its group.
---
--- `t:sort("gemeente", "leeftijd desc")` names the keys one by one.
---
--- ```lua
--- print(dk.table { { "gemeente", { "Arnhem", "Duiven", "Ede" } }, { "n", { 10, 30, 20 } } }:sort { "n desc", limit = 2 })
--- ```
--- ```text
--- gemeente        n
--- category  integer
--- ─────────────────
--- Duiven         30
--- Ede            20
--- 2 rows, 2 columns
--- ```
---@param keys string|dk.SortSpec
---@param params? dk.Params
---@return dk.Table
---@overload fun(self: dk.Table, key: string, ...: string): dk.Table
function t:sort(keys, params) end

--- The first rows of each group.
---@class dk.TopSpec
--- How many of each group.
---@field n integer
--- The keys that say which are first: `"uren desc"`.
---@field by string|string[]
--- The columns of the groups; one group without it.
---@field within? string|string[]
--- `"all"` takes also those that are as good as the last; without it those that come first in the table.
---@field ties? "first"|"all"
--- `"table"` keeps the order of the table; without it they stand by group and place.
---@field order? "groups"|"table"

--- The first `n` rows of each group, by keys, without sorting the others.
---@param spec dk.TopSpec
---@param params? dk.Params
---@return dk.Table
function t:top(spec, params) end

--- Columns that look at other rows.
---@class dk.WindowSpec
--- The columns: `"vorige = previous(n)"`, `"plaats = rank()"`, `"deel = share(n)"`.
---@field [integer] dk.NamedExpression
--- The columns or expressions of the groups; one group without it.
---@field within? string|string[]
--- The keys of the order within a group; that of the table without it.
---@field order? string|string[]

--- Adds columns whose expressions look at the other rows of a group: rows before, ranks, running sums, shares.
---
--- The table keeps its rows and their order. The functions are listed in [windows.md](windows.md).
---
--- ```lua
--- print(dk.table({ { "maand", { "2024-01", "2024-02" } }, { "n", { 10, 14 } } }, { types = { maand = "month" } })
---   :window { order = "maand", "erbij = change(n)", "tot_nu = running_sum(n)" })
--- ```
--- ```text
--- maand          n    erbij   tot_nu
--- month    integer  integer  integer
--- ──────────────────────────────────
--- 2024-01       10        –       10
--- 2024-02       14        4       24
--- 2 rows, 4 columns
--- ```
---@param spec dk.WindowSpec
---@param params? dk.Params
---@return dk.Table
function t:window(spec, params) end

-- Questions ----------------------------------------------------------------------------------------------------------

--- Asks a breakdown once, without a name: `t:breakdown { by = "gemeente", measures = "n = count()" }`.
---
--- ```lua
--- local persons = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Duiven" } }, { "leeftijd", { 24, 40, 31 } } }
--- print(persons:breakdown { by = "gemeente", measures = { "n = count()", "oudste = max(leeftijd)" }, margins = "totals" })
--- ```
--- ```text
--- gemeente        n   oudste
--- category  integer  integer
--- ──────────────────────────
--- Arnhem          2       40
--- Duiven          1       31
--- ──────────────────────────
--- totaal          3       40
--- 3 rows, 3 columns
--- ```
---@param spec dk.BreakdownSpec
---@param params? dk.Params
---@return dk.Table
function t:breakdown(spec, params) end

--- Asks several breakdowns in one pass over the rows. Each result stands where its breakdown did, under its number or name.
---@param asked table<integer|string, dk.Breakdown|dk.BreakdownSpec>
---@param params? dk.Params
---@return table<integer|string, dk.Table>
function t:breakdowns(asked, params) end

--- Tells in words how the table came to be; of a result with a cell also where its numbers come from.
---
--- A dimension that the cell leaves out, or that is `dk.total`, is totalled; `t:explain(dk.total)` is about the total over all, and an
--- empty table raises. A cell that the result does not have raises, with the nearest
--- value. Every aggregate in its measures is told with its number and rows, every quotient with numerator and denominator, where
--- the script still has the table that was asked, or gives it. Of a comparison with scenarios both also tell what each step did, and
--- of one of two tables which cells gained and lost.
---
--- A cell of a pivot is told by its row and the values of its columns, and without these every column of the row; one of an unpivot by
--- the column that it was; one of a sweep, and of what else scenarios were asked, by parameters and dimensions, as a comparison at
--- that point tells it. Of a table that no breakdown gave a cell is a row: values of its columns that leave one.
---
--- ```lua
--- local persons = dk.table({ { "gemeente", { "Arnhem", "Arnhem", "Duiven" } } }, { name = "personen" })
--- print(persons:breakdown { by = "gemeente", measures = "n = count()" }:explain())
--- ```
--- ```text
--- The table personen: 3 rows.
--- The breakdown counts these rows by group: 2 rows.
---   by gemeente
---   n: count()
--- ```
---@param cell? table<string, dk.Value|dk.Total>|dk.Total values of dimensions: `{ gemeente = "Duiven" }`
---@param source? dk.Table what was asked, or that was made of: numbers that the result does not have are of it
---@return string
---@return dk.ExplainedCell? # with a cell: what is behind it
function t:explain(cell, source) end

--- Computes an expression, or breakdowns together, and tells how that was done.
---@param asked dk.Expression|table<integer|string, dk.Breakdown|dk.BreakdownSpec>
---@param params? dk.Params
---@return dk.Plan
function t:plan(asked, params) end

--- Makes a result by a coarser level of a hierarchy, without its table; also a comparison, whatever columns it shows, or a pivot
--- of a result. What is no sum of its parts is refused, by name.
---@param level string
---@param dimension? string the dimension that gives way, of several
---@return dk.Table
function t:roll_up(level, dimension) end

--- How bounds are made narrower.
---@class dk.TightenSpec
--- The columns of numbers; all integers, decimals and intervals without it, but for shares, means and the like of a result.
---@field values? string|string[]
--- A column that in each row is the sum of `values`; a table of `dk.read_published`, as it was read, knows it.
---@field total? string
--- Dimensions, of which some rows are totals: those with `total_word` in the place of a value.
---@field by? string|string[]
--- `"totaal"` without it, in any case.
---@field total_word? string
--- Totals are equal to the sum of their parts (without it), or at least that.
---@field totals? "equal"|"at least"
--- All sums together, which is a linear program for each bound, or one by one, which is quicker and less narrow.
---@field sums? "together"|"one by one"

--- Makes the bounds of numbers as narrow as the totals of the table allow. Totals that their parts cannot reach raise.
---
--- Measures of a result that are made of these numbers, such as shares, rates and differences, are made anew of them, also from
--- totals, `n / all(n)`; no bounds get wider. A note names them, and those that stay as they were.
---@param spec? dk.TightenSpec
---@return dk.Table
function t:tighten(spec) end

-- Hierarchies --------------------------------------------------------------------------------------------------------

--- How a table is put into a hierarchy.
---@class dk.UseOptions
--- The column of members; without it the finest level that is called as a column.
---@field column? string
--- The level that the column is of; that of its name without it.
---@field level? string
--- A column of days: each row takes the hierarchy of its own day.
---@field on? string

--- Adds the coarser levels of a hierarchy as columns. Rows whose member it does not know are null there; a note counts them.
--- A column of sets gets sets of regions: by `member(regio)` everybody counts once in each.
--- Codes for which the hierarchy has labels are shown by these from then on, as those of a code list are.
---
--- ```lua
--- local geo = dk.hierarchy("scripts/data/arbeidsmarktregio-2015.csv", { "gemeente", "arbeidsmarktregio" })
--- print(dk.table { { "gemeente", { "Arnhem", "Ede" } } }:use(geo))
--- ```
--- ```text
--- gemeente  arbeidsmarktregio
--- category  category
--- ───────────────────────────
--- Arnhem    Midden-Gelderland
--- Ede       Food Valley
--- 2 rows, 2 columns
--- ```
---@param hierarchy dk.Hierarchy
---@param options? dk.UseOptions
---@return dk.Table
function t:use(hierarchy, options) end

--- How rows are divided.
---@class dk.RecodeOptions
--- Columns of counts that are divided along with a row.
---@field divide? string|string[]
--- The column of the weight, where the table has none as a property.
---@field weight? string

--- Makes members of a column others: those of another day, or of a merger. A member that is divided divides its rows, as an estimate.
--- Of sets the members are recoded, and none of them can be divided.
---@param column string|dk.Step a column; or a step of `dk.merge` alone
---@param recode? dk.Recode|string[] what members become; or a list of those that become one
---@param options? dk.RecodeOptions|string of a list: the name of that one
---@param more? dk.RecodeOptions of a list: its options
---@return dk.Table
function t:recode(column, recode, options, more) end
