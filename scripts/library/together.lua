---@meta

-- together.lua - Tables together
--
-- Methods of tables that take another table, and those that make rows of columns or columns of rows. [joins.md](joins.md) tells
-- what keys match.

---@class dk.Table
local t = {}

-- Tables together ----------------------------------------------------------------------------------------------------

--- How rows of two tables meet.
---@class dk.JoinOptions
--- Which rows: those of the left table (without it), those that match, and so on; `"semi"` and `"anti"` only choose among the left ones.
---@field kind? "inner"|"left"|"right"|"full"|"semi"|"anti"
--- What of a key that the other table has more than once; an error without it.
---@field multiple? "error"|"all"|"first"|"last"
--- What is put behind the name of a column of the other table that the left one has too; an error without it.
---@field suffix? string
--- The columns of the other table to take; all but its keys without it. `"semi"` and `"anti"` take none.
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
