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

-- Tables together ----------------------------------------------------------------------------------------------------

--- How rows of two tables meet.
---@class dk.JoinOptions
--- Which rows: those of the left table (without it), those that match, and so on; `"semi"` and `"anti"` only choose among the left ones.
---@field kind? "inner"|"left"|"right"|"full"|"semi"|"anti"
--- What of a key that the other table has more than once; an error without it.
---@field multiple? "error"|"all"|"first"|"last"
--- What is put behind the name of a column of the other table that the left one has too; an error without it.
---@field suffix? string
--- The columns of the other table to take; all but its keys without it.
---@field columns? string|string[]
--- A column of dates, timestamps, periods or whole numbers: each row gets the row of the other table that is nearest in time.
---@field as_of? dk.Key
--- The last one at or before (without it), the first one at or after, or the nearer.
---@field direction? "backward"|"forward"|"nearest"
--- How far it may be: days of dates and timestamps, else what the column counts.
---@field tolerance? number

--- Puts columns of another table beside the rows, by a key.
---
--- Null matches nothing. Rows keep the order of the left table. A key that the other table has twice raises, with examples, unless
--- `multiple` says what to take; so does a name that both have, unless there is a `suffix`.
---
--- ```lua
--- local visits = dk.table { { "nr", { "p1", "p2" } }, { "uren", { 3, 5 } } }
--- print(visits:join(dk.table { { "nr", { "p2" } }, { "plaats", { "Ede" } } }, "nr"))
--- ```
--- ```text
--- nr           uren  plaats
--- category  integer  category
--- ───────────────────────────
--- p1              3  –
--- p2              5  Ede
--- 2 rows, 3 columns
--- ```
---@param other dk.Table
---@param key dk.Key? nil with `as_of`, where time alone decides
---@param options? dk.JoinOptions
---@return dk.Table
function t:join(other, key, options) end

--- How a table is marked.
---@class dk.LinkOptions
--- The name of the mark.
---@field as string
--- Columns of the other table that come along; none without it.
---@field columns? string|string[]
--- Of a key that the other table has more than once: which row gives the columns; an error without it.
---@field multiple? "error"|"all"|"first"|"last"

--- Keeps all rows, and marks which of them another table has: true, false, or null where there is no key.
---
--- ```lua
--- local register = dk.table { { "nr", { "p1", "p2", dk.null } } }
--- print(register:link(dk.table { { "nr", { "p2" } } }, "nr", { as = "in_sonar" }))
--- ```
--- ```text
--- nr        in_sonar
--- category  boolean
--- ──────────────────
--- p1        false
--- p2        true
--- –         –
--- 3 rows, 2 columns
--- 1 of 3 rows matched; 1 has no key; 0 keys of the other table match no row
--- ```
---@param other dk.Table
---@param key dk.Key
---@param options dk.LinkOptions
---@return dk.Table
function t:link(other, key, options) end

--- How sets are collected.
---@class dk.CollectOptions
--- The name of the new column; that of the members without it.
---@field as? string
--- The other table is complete: who has no row there has the empty set, and not null.
---@field empty? boolean

--- Adds a column of sets, from a second table with a row for each member: persons and skills.
---@param other dk.Table
---@param key dk.Key
---@param value string the column of members
---@param options? dk.CollectOptions
---@return dk.Table
function t:collect(other, key, value, options) end

--- What a report shows.
---@class dk.ReconcileOptions
--- So many keys of each finding; 0 without it.
---@field examples? integer

--- Reports how two tables agree that should describe the same: keys in both, in one alone, twice, and columns that differ.
---@param other dk.Table
---@param key dk.Key
---@param options? dk.ReconcileOptions
---@return dk.Table # a row for each finding: finding, name, left_rows, right_rows, keys, examples
function t:reconcile(other, key, options) end

--- Puts a table of figures beside the rows, so that `attached(m)` in a breakdown is the measure m over its rows.
---
--- Several tables are attached one after the other, each by its own columns: `attached(m)` is about the one that has the columns
--- of m. They stay with tables made from this one and with snapshots; a result does not have them. `t:attach(dk.null)` takes all
--- of them away.
---
--- ```lua
--- local in_sonar = dk.table { { "regio", { "Midden", "Midden", "Rivier" } } }
--- local registers = dk.table { { "regio", { "Midden", "Rivier" } }, { "register", { 10, 4 } } }
--- print(in_sonar:attach(registers, "regio"):breakdown { by = "regio", measures = { "dekking = count() / attached(register)" } })
--- ```
--- ```text
--- regio     dekking
--- category    ratio
--- ─────────────────
--- Midden     0.2000
--- Rivier     0.2500
--- 2 rows, 2 columns
--- ```
---@param other dk.Table|dk.Null
---@param by? string|string[] the columns by which its figures are known
---@return dk.Table
function t:attach(other, by) end

--- How tables are put below each other.
---@class dk.AppendOptions
--- A column that one of them lacks: an error (without this), or null there.
---@field missing? "error"|"null"

--- Puts other tables below this one. Columns are matched by name, types and levels are reconciled.
---@param other dk.Table|dk.Table[]
---@param options? dk.AppendOptions
---@return dk.Table
function t:append(other, options) end

--- How rows are put together.
---@class dk.UnionOptions
--- Rows as often as they occur; false without it: each once.
---@field all? boolean

--- The rows of this table or another, each once.
---@param other dk.Table
---@param options? dk.UnionOptions
---@return dk.Table
function t:union(other, options) end

--- The rows of this table that another has too, each once.
---@param other dk.Table
---@return dk.Table
function t:intersect(other) end

--- The rows of this table that another does not have, each once.
---@param other dk.Table
---@return dk.Table
function t:except(other) end

-- Long and wide ------------------------------------------------------------------------------------------------------

--- A long table made wide.
---@class dk.PivotSpec
--- The columns that tell the rows of the result apart.
---@field rows? string|string[]
--- The columns whose values become columns.
---@field columns string|string[]
--- The columns that fill them.
---@field values string|string[]
--- What becomes of two rows for one cell: `"sum"`, `"mean"`, `"min"` or any aggregate of one argument; an error without it.
---@field aggregate? string
--- How many new columns there may be; 1000 without it.
---@field limit? integer

--- Makes a column of each value of a column. A cell that no row fills is null.
---
--- ```lua
--- local long = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Duiven" } }, { "jaar", { "2023", "2024", "2024" } },
---   { "n", { 5, 6, 2 } } }
--- print(long:pivot { rows = "gemeente", columns = "jaar", values = "n" })
--- ```
--- ```text
--- gemeente     2023     2024
--- category  integer  integer
--- ──────────────────────────
--- Arnhem          5        6
--- Duiven          –        2
--- 2 rows, 3 columns
--- ```
---@param spec dk.PivotSpec
---@return dk.Table
function t:pivot(spec) end

--- A wide table made long.
---@class dk.UnpivotSpec
--- The columns that stay, beside those that become rows; this, or `columns`.
---@field rows? string|string[]
--- The columns that become rows; all but `rows` without it.
---@field columns? string|string[]
--- The column of their names; `"name"` without it.
---@field name? string
--- The column of their values; `"value"` without it.
---@field value? string
--- `"drop"` leaves out cells that are null.
---@field nulls? "keep"|"drop"

--- Makes rows of columns: one for each of them, with its name and its value.
---@param spec dk.UnpivotSpec
---@return dk.Table
function t:unpivot(spec) end

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
--- A dimension that the cell leaves out, or `dk.total`, is totalled. A cell that the result does not have raises, with the nearest
--- value.
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
---@return string
---@return dk.ExplainedCell? # with a cell: what is behind it
function t:explain(cell) end

--- Computes an expression, or breakdowns together, and tells how that was done.
---@param asked dk.Expression|table<integer|string, dk.Breakdown|dk.BreakdownSpec>
---@param params? dk.Params
---@return dk.Plan
function t:plan(asked, params) end

--- Makes a result by a coarser level of a hierarchy, without its table. What is no sum of its parts is refused, by name.
---@param level string
---@param dimension? string the dimension that gives way, of several
---@return dk.Table
function t:roll_up(level, dimension) end

--- How bounds are made narrower.
---@class dk.TightenSpec
--- The columns of numbers; all integers, decimals and intervals without it.
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
---@param column string|dk.Step a column; or a step of `dk.merge` alone
---@param recode? dk.Recode
---@param options? dk.RecodeOptions
---@return dk.Table
function t:recode(column, recode, options) end

-- About --------------------------------------------------------------------------------------------------------------

--- The columns as a table: name, type, nulls, levels, bytes. Notes say how many rows there are and what one takes.
---@return dk.Table
function t:schema() end

--- The notes of the table: what was found while it was read, what a condition left out.
---@return string[]
function t:notes() end

--- The same table with one more note.
---@param sentence string
---@return dk.Table
function t:note(sentence) end

--- What the table is as a whole; absent where it is not stated.
---@class dk.Properties
--- Its name, in notes and explanations.
---@field name? string
--- Where it comes from: a file.
---@field source? string
--- What a row is, such as `"persons"`.
---@field unit? string
--- The column that says how many each row stands for.
---@field weight? string
--- The columns that tell rows apart; in `t:with` also one name.
---@field key? string|string[]
--- The day that the data tell of.
---@field as_of? string
--- The day on which they were published.
---@field published? string

--- What is stated of the table as a whole.
---@return dk.Properties
function t:properties() end

--- The same table with other properties; `dk.null` takes one away. A key must tell all rows apart.
---
--- ```lua
--- print(dk.table { { "nr", { 1, 2 } } }:with { key = "nr", unit = "persons" }:properties().unit)
--- ```
--- ```text
--- persons
--- ```
---@param properties dk.Properties
---@return dk.Table
function t:with(properties) end

--- Says how numbers are shown, by column; `dk.null` takes a pattern away.
---
--- Patterns are such as `"0.0"`, `"#,##0"`, `"0.0 %"`, `"+0.0 pp"` and, with a unit, `"#,##0 persons"`. What is shown is rounded half
--- away from zero; the value stays.
---@param patterns table<string, string|dk.Null>
---@return dk.Table
function t:format(patterns) end

--- Gives columns headings, by name, which are shown in their place; `dk.null` takes one away.
---@param labels table<string, string|dk.Null>
---@return dk.Table
function t:label(labels) end

--- The records that a lenient reading left out: line, field (0: the record as a whole), value, reason, record.
---@return dk.Table # empty for other tables
function t:rejected() end

--- The sums that a published table states, with what its parts make: of, name, stated, computed, difference, holds.
---
--- With intervals `because` says why a sum holds. Raises for a table that does not come straight from `dk.read_published`.
---@return dk.Table
function t:check_totals() end

-- Out ----------------------------------------------------------------------------------------------------------------

--- How a table is written.
---@class dk.WriteOptions
--- Which form: aligned text, CSV, Markdown, HTML or JSON; of `t:write` also a workbook. That of the ending, or of `--format`, without it.
---@field format? "text"|"csv"|"md"|"html"|"json"|"xlsx"
--- Decimal point or decimal comma; CSV in Dutch style has semicolons.
---@field style? "international"|"nl"
--- What a total is called; `"totaal"` without it, or what `dk.options` says.
---@field total_label? string
--- What null looks like; `–` without it, or what `dk.options` says, and nothing in CSV.
---@field null? string
--- A line above the table.
---@field title? string
--- Whether the types stand below the names, in the formats that have such a line; true without it, but false in files.
---@field types? boolean
--- Whether the number of rows and columns is said; true without it, but false in files.
---@field count? boolean
--- Whether the notes stand below the table; true without it.
---@field notes? boolean
--- `"disarm"` puts a `'` before text of a CSV file that a spreadsheet would compute.
---@field formulas? "keep"|"disarm"
--- What of a code list is shown; `"usual"` is labels where people read, and codes in CSV and JSON.
---@field codes? "usual"|"label"|"code"|"both"
--- What stands between the members of a set; `|` without it.
---@field between? string
--- Columns of numbers that have a bar behind each number, in text and HTML.
---@field bars? string|string[]
--- The number for which a bar is full; without it the greatest of the column, or 100 %.
---@field full? number

--- How a table is shown on a screen or as a text.
---@class dk.PrintOptions : dk.WriteOptions
--- How many rows are shown; 0 is all, and all columns. As many as fit without it, of `t:text` all.
---@field rows? integer|"auto"
--- How many columns of the screen a cell takes; 0 is no limit. 60 without it, of `t:text` no limit.
---@field cell? integer
--- How many columns of the screen the table takes; 0 is no limit. Those of the terminal without it, of `t:text` no limit.
---@field width? integer|"auto"
--- Whether names and totals are bold and notes dim; where the terminal has colours without it. Never with `NO_COLOR`.
---@field colour? boolean|"auto"

--- The table as a string, whole, whatever the screen.
---
--- ```lua
--- print(dk.table { { "gemeente", { "Arnhem" } }, { "deel", { 0.7402 } } }:text { format = "csv" })
--- ```
--- ```text
--- gemeente,deel
--- Arnhem,0.7402
--- ```
---@param options? dk.PrintOptions
---@return string
function t:text(options) end

--- Prints the table on standard output.
---@param options? dk.PrintOptions
function t:print(options) end

--- Prints numbers with bars behind them, and what says which rows they are of: dimensions, or the texts before the numbers.
---
--- Bars begin at zero; a line below says from where to where they go. Percentages that are parts of a whole go to 100 %. Totals of
--- counts have none. Between the bounds of an interval a bar is light. A column that has no numbers raises.
---
--- ```lua
--- local persons = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Arnhem", "Duiven" } }, { "bekend", { true, true, false, true } } }
--- persons:breakdown { by = "gemeente", measures = "n = count()", margins = "totals" }:bars("n", { width = 30 })
--- ```
--- ```text
--- gemeente  n
--- ──────────────────────────────
--- Arnhem    3  █████████████████
--- Duiven    1  █████▋
--- ──────────────────────────────
--- totaal    4
--- bar of n: 0 to 3
--- ```
---@param columns string|string[]
---@param options? dk.PrintOptions
function t:bars(columns, options) end

--- How sparklines are drawn.
---@class dk.SparkOptions
--- What tells the rows apart; without it the other dimensions, or the texts before the numbers.
---@field by? string|string[]
--- What the column of sparklines is called; without it as the numbers.
---@field as? string
--- Whether each row has a scale of its own, or the table one; `"row"` without it.
---@field scale? "row"|"table"

--- A number along a period as one text, between its first value and its last: `▁▃▆█`.
---
--- The result has a row for each of `by`. A dot stands for what is not known. Of a result the details are taken, not the totals.
---
--- ```lua
--- local series = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Arnhem", "Duiven", "Duiven" } },
---   { "jaar", { 2022, 2023, 2024, 2022, 2024 } }, { "n", { 10, 14, 30, 7, 5 } } }
--- print(series:spark("n", "jaar", { by = "gemeente" }))
--- ```
--- ```text
--- gemeente     2022  n        2024
--- category  integer  text  integer
--- ────────────────────────────────
--- Arnhem         10  ▁▂█        30
--- Duiven          7  █·▁         5
--- 2 rows, 4 columns
--- ```
---@param value string a column of numbers
---@param along string a column, whose values are in order
---@param options? dk.SparkOptions
---@return dk.Table
function t:spark(value, along, options) end

--- Writes the table to a file, complete or not at all. The ending says in which form: .txt .csv .md .html .json .xlsx.
---@param path string
---@param options? dk.WriteOptions
function t:write(path, options) end

--- How a snapshot is saved.
---@class dk.SaveOptions
--- Compress with zstd: all columns, or these.
---@field compress? boolean|string|string[]
--- How hard zstd tries, 1 to 19; 3 without it.
---@field level? integer
--- The rows go behind those that the file has.
---@field append? boolean

--- Saves a snapshot, which `dk.open` opens at once; the file is complete or as it was.
---
--- Names, labels, formats, notes, properties, levels, totals and hierarchies are kept, and so are tables that are attached and how
--- the table came to be, which `t:explain()` tells.
---@param path string
---@param options? dk.SaveOptions
---@return dk.Table # the table itself
function t:save(path, options) end

--- 32 digits that tell the content of the table from any other, whatever its storage.
---@return string
function t:fingerprint() end
