---@meta dekking

-- dk.lua - The module
--
-- `dk` is there without `require` in the program; stock Lua gets it by `local dk = require "dekking"`. What reads and makes tables
-- is here, and what makes the other objects: expressions, breakdowns, scenarios, hierarchies, code lists. Options are taken by
-- name; one that does not exist is an error that offers the nearest.

--- What every function of dekking is found in. `print(dk)` shows its names, `dk.help` what they do.
---@class dk
--- The version, such as `"0.1.0"`.
---@field version string
--- "Not known" where Lua has no value for it: in lists of values, as a parameter, and to take a part away. `nil` would end the list.
---@field null dk.Null
--- The total over a dimension, where a cell of a result is named: `solve { at = dk.total }`.
---@field total dk.Total
--- The functions of expressions, and the aggregates: `dk.fn.bin(t.leeftijd, 18, 27)`, `dk.fn.count():where(t.in_sonar)`.
--- `dk.define "name" { ... }` makes one of the script's own.
---@field fn table<string, fun(...: dk.Operand): dk.Expr>
dk = {}

--- The value of `dk.null`. It is true in a condition of Lua: compare with `x == dk.null`.
---@class dk.Null

--- The value of `dk.total`.
---@class dk.Total

--- A value of a table in Lua: a whole number, a number (as its shortest decimal), a string, a truth value, a date or another value that
--- Lua does not have, or `dk.null`.
---@alias dk.Value integer|number|string|boolean|dk.ExactValue|dk.Null

--- What is true, false or not known for each row: `"leeftijd < 27 and gemeente == 'Arnhem'"`.
---@alias dk.Condition string|dk.Expr

--- What has a value for each row: `"leeftijd + 1"`, a column's name, or a `dk.expr`.
---@alias dk.Expression string|dk.Expr

--- What stands beside a column or an expression: another one, or a value, which is quoted. A string is a text.
---@alias dk.Operand dk.Expr|dk.Value

--- An expression with a name for its result: `"klasse = bin(leeftijd, 18, 27)"`.
---@alias dk.NamedExpression string|dk.Expr

--- Values of the `$name` parameters of expressions. They are never pasted into the text. One that no expression of the call uses is an
--- error; a breakdown and the scenarios that it is asked under share theirs.
---@alias dk.Params table<string, dk.Value>

--- A key of two tables: the name of a column that both have, a list of names that are one key together, or
--- `{ mine = ..., theirs = ... }` where the tables call it differently.
---@alias dk.Key string|string[]|{ mine: string|string[], theirs: string|string[] }

--- The type of a column: `"boolean"`, `"integer"`, `"decimal"` or `"decimal(2)"`, `"real"`, `"date"`, `"timestamp"`, `"month"`,
--- `"quarter"`, `"year"`, `"category"`, `"text"`, `"set"`, `"interval"`; a code list; or a table that says more.
---@alias dk.Type string|dk.Codes|dk.CategoryType|dk.SetType|dk.IntervalType

--- `{ "category", levels = { "laag", "midden", "hoog" } }`: a category whose levels are stated, in this order. Any other is refused.
---@class dk.CategoryType
---@field [1] "category"
--- A list of levels, a code list, or a column, whose levels they then are.
---@field levels? string[]|dk.Codes|dk.Column

--- `{ "set", ";" }`: a field lists several categories, with a text between them; `"|"` where nothing is said.
---@class dk.SetType
---@field [1] "set"
---@field [2]? string
--- Which members there can be, in which order; any other is refused. Found when they are not stated.
---@field members? string[]|dk.Codes|dk.Column
--- Whether an empty field is the empty set, and not null.
---@field empty? boolean

--- `{ "interval", markers = { ["<5"] = "suppressed" }, rounded = 10 }`: numbers that are known in bounds.
---@class dk.IntervalType
---@field [1] "interval"
--- What stands for a number, and what it means.
---@field markers? table<string, dk.Marker>
--- Numbers are rounded to multiples of this: of 10, 120 is 115..125.
---@field rounded? number

--- What a marker means: `"suppressed"`, `"estimate"`, `"unavailable"`, `"impossible"` or `"unbounded"`; `{ "suppressed", 0, 4 }` with
--- its bounds; `{ 0, 4 }`, bounds alone; or a number.
---@alias dk.Marker string|number|any[]

-- Reading ------------------------------------------------------------------------------------------------------------

--- How a file is read. What is not stated is found out from the whole file, or refused where it can be two things.
---@class dk.ReadOptions
--- What stands between fields, one ASCII character. Found among `;` `,` tab and `|`.
---@field delimiter? string
--- `"any"` where records end in different ways; otherwise all end as the first line does.
---@field line_ends? "same"|"any"
--- What encloses a field, one ASCII character: `"`, or `'` where the file tells.
---@field quote? string
--- With several files: a column that one of them lacks is null there, and no error.
---@field missing? "null"
--- Whether the first record names the columns; of a workbook also how many rows do. Found.
---@field header? boolean|integer
--- The names of the columns, one for each field, in the place of those of the file.
---@field names? string[]
--- UTF-8, Windows-1252 or UTF-16. Found.
---@field encoding? "utf-8"|"windows-1252"|"utf-16"
--- The decimal mark; the other one stands between thousands.
---@field decimal? "."|","
--- What comes first in a date such as 01-02-2024; dates that begin with the year are read whatever this says.
---@field dates? "ymd"|"dmy"|"mdy"
--- Texts that mean null, beside the empty field and words such as `NA`; `{}` says that nothing else does.
---@field nulls? string|string[]
--- The types of columns by name; the others are found. A value that does not fit is an error with its line.
---@field types? table<string, dk.Type>
--- Stated levels of columns, which are categories then, by name.
---@field levels? table<string, string[]|dk.Codes|dk.Column>
--- Markers of all intervals that have none of their own.
---@field markers? table<string, dk.Marker>
--- Rounding of all intervals that have none of their own.
---@field rounded? number
--- Keep records with a fault apart, for `t:rejected()`, and read on; false without this: the first fault is an error.
---@field lenient? boolean
--- The most bytes of a field; 16 MiB without it.
---@field max_field? integer
--- The most bytes that a compressed file may unpack to.
---@field max_unpacked? integer
--- Keep a snapshot beside the file, and open that as long as the file and the options stay what they are. Not for texts.
---@field cache? boolean
--- The name of the table, in notes and explanations; without it that of the file.
---@field name? string
--- What a row is, such as `"persons"`.
---@field unit? string
--- The column that says how many each row stands for; `count()` is its sum then.
---@field weight? string
--- The columns that tell rows apart. A key that occurs twice is an error.
---@field key? string|string[]
--- The day that the data tell of.
---@field as_of? string
--- The day on which they were published.
---@field published? string
--- Of a workbook: the name or the number of the sheet; the first one without it.
---@field sheet? string|integer
--- Of a workbook: the cells, `"B3:F20"`, `"B3"` (all from there on) or `"B:F"`.
---@field range? string

--- Reads a CSV file or a sheet of a workbook as a table.
---
--- Encoding, delimiter, header and types are found from the whole file; the notes of the table say what was found. A file may be
--- compressed with gzip or zstd. The path is that of a file, a pattern (`"deliveries/*.csv"`) or a list of them, whose files come
--- one below the other, matched by the names of their columns; `"-"` is standard input. What is not there, or could mean two things,
--- raises with file, line, value and what to write. What every byte of a file means is written down in [csv.md](csv.md).
---
--- ```lua
--- local register = dk.read("build/data/register.csv", { key = "pseudoniem", unit = "persons" })
--- print(#register, register.leeftijd:type())
--- ```
--- ```text
--- 7676	integer
--- ```
---@param path string|string[] a path, a pattern, or a list of them
---@param options? dk.ReadOptions
---@return dk.Table
function dk.read(path, options) end

--- Reads a text as `dk.read` reads a file.
---
--- ```lua
--- print(dk.read_text("gemeente;bekend\nArnhem;2.983\nDuiven;249\n", { decimal = "," }))
--- ```
--- ```text
--- gemeente   bekend
--- category  integer
--- ─────────────────
--- Arnhem       2983
--- Duiven        249
--- 2 rows, 2 columns
--- read as UTF-8, delimiter semicolon, decimal comma
--- ```
---@param text string what a file would hold
---@param options? dk.ReadOptions without `cache`, `sheet` and `range`; `name` is what messages call the text
---@return dk.Table
function dk.read_text(text, options) end

--- How a published table is read.
---@class dk.PublishedOptions
--- The name of the column of labels; `"label"` without it.
---@field label? string
--- The names of the columns of numbers, all of them; without it `kolom_1`, `kolom_2` ... and `totaal`.
---@field columns? string[]
--- The word with which the line of the total begins; `"totaal"` without it.
---@field total_word? string
--- Whether the last number of a line is the sum of those before it; true without this.
---@field row_totals? boolean
--- `"at_most"` where parts may make less than their total, as some persons are of no class that is shown.
---@field parts? "all"|"at_most"
--- `"note"` keeps a table whose sums do not hold, with a note of each; without it that is an error.
---@field mismatch? "error"|"note"
--- What stands for a number, and what it means. All columns are intervals then.
---@field markers? table<string, dk.Marker>
--- Numbers are rounded to multiples of this.
---@field rounded? number
--- The name of the table.
---@field name? string
--- What is counted, such as `"persons"`.
---@field unit? string
--- The columns that tell rows apart.
---@field key? string|string[]
--- The day that the data tell of.
---@field as_of? string
--- The day on which they were published.
---@field published? string

--- Reads a table as a publication prints it, in the form that `pdftotext -layout` leaves, and checks its sums.
---
--- A line is a label and whole numbers with dots between thousands. The line of the total becomes a margin row. The first sum that
--- does not hold raises with both numbers; `t:check_totals()` shows all of them.
---
--- ```lua
--- print(dk.read_published("scripts/data/midden-gelderland.txt", { label = "gemeente" }):tail(2))
--- ```
--- ```text
--- gemeente  kolom_1  kolom_2  kolom_3  kolom_4   totaal
--- category  integer  integer  integer  integer  integer
--- ─────────────────────────────────────────────────────
--- Zevenaar       12      133      324      113      582
--- ─────────────────────────────────────────────────────
--- totaal         62     1322     3263     1035     5682
--- 2 rows, 6 columns
--- ```
---@param path string
---@param options? dk.PublishedOptions
---@return dk.Table
function dk.read_published(path, options) end

--- How a snapshot is opened.
---@class dk.OpenOptions
--- Bytes that values may take when nobody looks at them; a quarter of the machine's without it.
---@field memory? integer
--- Read and check the whole file first; without it each part is checked when it is first needed.
---@field check? boolean

--- Opens a snapshot that `t:save` made, in less than a millisecond: values are read when they are needed.
---
--- Raises where the file is no snapshot, is damaged, or was made by a later version.
---@param path string
---@param options? dk.OpenOptions
---@return dk.Table
function dk.open(path, options) end

-- Making -------------------------------------------------------------------------------------------------------------

--- What a table made of Lua values is.
---@class dk.TableOptions
--- Of records: the columns, in this order; without it by name.
---@field columns? string[]
--- Types of columns by name; the others come from all values of a column.
---@field types? table<string, dk.Type>
--- Stated levels of columns by name.
---@field levels? table<string, string[]|dk.Codes|dk.Column>
--- The name of the table, in notes and explanations.
---@field name? string
--- What a row is, such as `"persons"`.
---@field unit? string
--- The column that says how many each row stands for.
---@field weight? string
--- The columns that tell rows apart.
---@field key? string|string[]
--- The day that the data tell of.
---@field as_of? string
--- The day on which they were published.
---@field published? string

--- Makes a table of Lua values: a list of records, a list of columns in their order, or a function that gives one record each time,
--- until it gives nil.
---
--- A Lua table has no order of its own, so the columns of records come by name, or as `columns` says. Whole numbers are integers;
--- among floats decimals, or reals where no decimals hold them; strings a category, or text where most differ; lists of strings
--- sets; `{ least = 0, greatest = 4 }` an interval; dates and their like are what they are. A text is read where a number is stated. A
--- function may also give the values of the columns that are stated, as `gmatch` does. Null is `dk.null`, and what a record does not
--- have. Values of two kinds in a column raise, with the row.
---
--- ```lua
--- print(dk.table { { "gemeente", { "Arnhem", "Duiven" } }, { "bekend", { 2983, 249 } } })
--- print(dk.table({ { gemeente = "Arnhem", bekend = 2983 }, { gemeente = "Duiven" } }, { columns = { "gemeente", "bekend" } }))
--- ```
--- ```text
--- gemeente   bekend
--- category  integer
--- ─────────────────
--- Arnhem       2983
--- Duiven        249
--- 2 rows, 2 columns
--- gemeente   bekend
--- category  integer
--- ─────────────────
--- Arnhem       2983
--- Duiven          –
--- 2 rows, 2 columns
--- ```
---@param data any[]|function records `{ { a = 1 }, ... }`, columns `{ { "a", { 1, 2 } }, ... }` (values may be a column), or a function
---@param options? dk.TableOptions|string[] a list alone is `columns`
---@return dk.Table
function dk.table(data, options) end

--- Makes an expression of a text, where a string would be a value: in `set` of a scenario's step.
---
--- It is parsed at once, so a mistake shows where it is written.
---
--- ```lua
--- print(dk.expr "leeftijd + 1")
--- ```
--- ```text
--- leeftijd + 1
--- ```
---@param text string
---@return dk.Expr
function dk.expr(text) end

--- The column of a name, as an expression: of whatever table it is used with.
---
--- ```lua
--- print(dk.col "in sonar" & dk.col "leeftijd":lt(27))
--- ```
--- ```text
--- `in sonar` and leeftijd < 27
--- ```
---@param name string
---@return dk.Expr
function dk.col(name) end

--- A parameter as an expression: `$name`, whose value comes with the call.
---
--- ```lua
--- local persons = dk.table { { "leeftijd", { 24, 31 } } }
--- print(#persons:where(persons.leeftijd:lt(dk.param "grens"), { grens = 27 }))
--- ```
--- ```text
--- 1
--- ```
---@param name string
---@return dk.Expr
function dk.param(name) end

--- How a code list is made.
---@class dk.CodesOptions
--- Of a table: the column of codes; `code`, or the first of two.
---@field code? string
--- Of a table: the column of labels; `label`, or the second of two.
---@field label? string
--- The code as which values count that the list does not have; without it they are an error.
---@field other? string|integer
--- `"keep"` allows two codes with one label.
---@field repeated? "error"|"keep"

--- Makes a code list: codes with a label each, in an order, for `types` of a reading or `t:with_levels`.
---
--- A text keeps its order, and so do pairs and the rows of a table; a Lua table by code is ordered by number, then by text. A code
--- stays as it is written: `0193` keeps its zero. A code that occurs twice raises.
---
--- ```lua
--- print(dk.codes "1 = man, 2 = vrouw, 9 = onbekend")
--- print(dk.codes { { "0202", "Arnhem" }, { "0226", "Duiven" } })
--- ```
--- ```text
--- code list: 1 = man, 2 = vrouw, 9 = onbekend
--- code list: 0202 = Arnhem, 0226 = Duiven
--- ```
---@param list string|table|dk.Table `"1 = ja, 2 = nee"`, `{ ["1"] = "ja" }`, `{ { "1", "ja" } }`, or a table of dekking
---@param options? dk.CodesOptions
---@return dk.Codes
function dk.codes(list, options) end

--- How a hierarchy is made.
---@class dk.HierarchyOptions
--- What messages call it.
---@field name? string
--- The column of the day from which a row holds; null: always before.
---@field from? string
--- The column of the day from which it holds no longer; null: no end.
---@field to? string
--- Columns of labels, `{ gemeentecode = "gemeente" }`; where each row is a member, the name of one column.
---@field labels? table<string, string>|string
--- Where each row is a member of any level: the column of members, beside `parent` and `level`.
---@field member? string
--- The column of the member that it belongs to.
---@field parent? string
--- The column of the name of its level.
---@field level? string
--- What becomes of members: a table with the columns date, old, new and share, a file of one, or a list of such rows.
---@field changes? dk.Table|string|dk.Change[]

--- `{ date = "2018-01-01", old = "Rijnwaarden", new = "Zevenaar" }`: what became of a member.
---@class dk.Change
--- The first day on which it is so.
---@field date string
--- The member that was.
---@field old string
--- What it became.
---@field new string
--- Which part of it, where it became several.
---@field share? number

--- Makes a hierarchy: members, and whom they belong to, on which day.
---
--- Each row of the source has a member of the finest level and all that it belongs to. Raises where a member belongs to two parents
--- on one day, where there is a cycle, or where a label stands for two members.
---
--- ```lua
--- print(dk.hierarchy("scripts/data/arbeidsmarktregio-2015.csv", { "gemeente", "arbeidsmarktregio" }))
--- ```
--- ```text
--- hierarchy: gemeente (397) -> arbeidsmarktregio (35)
--- ```
---@param source dk.Table|string a table, or the path of a file
---@param levels string[] their names, from the finest on, which are columns of the source
---@param options? dk.HierarchyOptions
---@return dk.Hierarchy
function dk.hierarchy(source, levels, options) end

-- Questions ----------------------------------------------------------------------------------------------------------

--- Makes a breakdown: a question that any table with its columns can be asked. With a name it is registered.
---
--- It is parsed at once and called with a table. `dk.breakdown { ... }` has no name; the name of `dk.breakdown "name" { ... }` stands
--- in messages and explanations.
---
--- ```lua
--- local coverage = dk.breakdown "coverage" {
---   by = "gemeente",
---   measures = { "register = count()", "bekend = count() where in_sonar", { "dekking = bekend / register", format = "0.0 %" } },
---   margins = "totals",
--- }
--- local persons = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Duiven" } }, { "in_sonar", { true, false, true } } }
--- print(coverage(persons))
--- ```
--- ```text
--- gemeente  register   bekend  dekking
--- category   integer  integer    ratio
--- ────────────────────────────────────
--- Arnhem           2        1   50.0 %
--- Duiven           1        1  100.0 %
--- ────────────────────────────────────
--- totaal           3        2   66.7 %
--- 3 rows, 4 columns
--- ```
---@param spec dk.BreakdownSpec
---@return dk.Breakdown
---@overload fun(name: string): fun(spec: dk.BreakdownSpec): dk.Breakdown
function dk.breakdown(spec) end

--- The names of the registered breakdowns, in the order in which they were defined, and each breakdown under its name.
---@return table<integer|string, string|dk.Breakdown>
function dk.breakdowns() end

--- Makes a scenario, what if: a list of steps, each of which says who, how many, and what becomes of them.
---
--- No table is changed: `breakdown:compare`, `breakdown:solve` and `scenario:apply` say what would be. The name becomes part of the
--- names of columns. `dk.scenario { a, b }` is `a .. b`: the steps of a, then those of b.
---
--- ```lua
--- print(dk.scenario "outreach" {
---   params = { aandeel = { 0.30, min = 0, max = 1, doc = "share of the unknown" } },
---   { "register the unknown", where = "not in_sonar", share = "$aandeel", per = "gemeente", set = { in_sonar = true } },
--- })
--- ```
--- ```text
--- scenario "outreach"
---   $aandeel = 0.3 (0 to 1): share of the unknown
---   1. register the unknown: share $aandeel where not in_sonar, per gemeente, set in_sonar = true
--- ```
---@param name string
---@return fun(spec: dk.ScenarioSpec): dk.Scenario
---@overload fun(parts: dk.Scenario[]): dk.Scenario
function dk.scenario(name) end

--- The names of the scenarios, in the order in which they were defined, and each scenario under its name.
---@return table<integer|string, string|dk.Scenario>
function dk.scenarios() end
