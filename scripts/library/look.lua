---@meta

-- look.lua - Looking at tables, and writing them
--
-- Methods of tables that tell what a table is, show it, and put it into files.

---@class dk.Table
local t = {}

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
--- Of a result: whether the numbers that its measures are made of go along, and of what scenarios were asked the question, for
--- `t:explain { ... }` of who opens it. Without it they do where nothing can be withheld in them; with true it is an error that
--- they cannot. With false the file has no columns either that were left out of a comparison, by which it could be rolled up.
---@field explain? boolean

--- Saves a snapshot, which `dk.open` opens at once; the file is complete or as it was.
---
--- Names, labels, formats, notes, properties, levels, totals and hierarchies are kept, and so are tables that are attached and how
--- the table came to be, which `t:explain()` tells. Levels of a category that no row has are left out, unless they were stated.
---@param path string not one that ends as the name of a file of `t:write`, such as .csv
---@param options? dk.SaveOptions
---@return dk.Table # the table itself
function t:save(path, options) end

--- 32 digits that tell the content of the table from any other, whatever its storage.
---@return string
function t:fingerprint() end
