---@meta

-- process.lua - The process
--
-- What holds for all that a script does: help, how tables are shown, threads and memory.

--- Shows what a function, a method, a class or an option is and takes, on standard output.
---
--- At the prompt of the program it is the global `help`, unless the script has one. A name without what it belongs to finds all
--- that are called so.
---
--- ```lua
--- dk.help "dk.clock"
--- ```
--- ```text
--- dk.clock() -> number
---
--- Seconds since some moment, to time what takes long: `os.clock` adds up what
--- every thread did.
--- ```
---@param what? any a function (`dk.read`, `t.where`), an object, or a name (`"t:where"`, `"where"`); without it an overview
function dk.help(what) end

--- How tables are shown where a call does not say.
---@class dk.DisplayOptions
--- Decimal point or decimal comma; in Dutch style dates are day-month-year. Notes and messages are English in either.
---@field style? "international"|"nl"
--- How many rows are shown, cut in the middle; `"auto"` is as many as fit; 0 is all, and all columns.
---@field rows? integer|"auto"
--- How many columns of the screen a table takes; `"auto"` is those of the terminal; 0 is no limit.
---@field width? integer|"auto"
--- How many columns of the screen one text takes; 0 is no limit.
---@field cell? integer
--- Whether the types stand below the names.
---@field types? boolean
--- Whether the number of rows and columns is said.
---@field count? boolean
--- Whether the notes stand below the table.
---@field notes? boolean
--- What of a code list is shown; `"usual"` is labels.
---@field codes? "usual"|"label"|"code"|"both"
--- What a total is called.
---@field total_label? string
--- What null looks like.
---@field null? string
--- What stands between the members of a set.
---@field between? string
--- Whether names and totals are bold; `"auto"` where the terminal has colours. Never with `NO_COLOR`.
---@field colour? boolean|"auto"

--- Says how tables are shown from now on, and without options gives all that hold.
---
--- They hold for what people read: text, Markdown, HTML and workbooks. CSV and JSON take options in the call alone. What was can be set
--- back: `local before = dk.options()`, and later `dk.options(before)`.
---
--- ```lua
--- dk.options { style = "nl", types = false }
--- print(dk.table({ { "gemeente", { "Arnhem" } }, { "bekend", { 2983 } } }):format { bekend = "#,##0 personen" })
--- dk.options { style = "international", types = true }
--- ```
--- ```text
--- gemeente          bekend
--- ────────────────────────
--- Arnhem    2.983 personen
--- 1 rij, 2 kolommen
--- ```
---@param options? dk.DisplayOptions
---@return dk.DisplayOptions? # without options
function dk.options(options) end

--- How many threads a call may use, and sets it.
---
--- Results do not depend on it.
---@param n? integer from 0, one for each processor, to 1024
---@return integer
function dk.threads(n) end

--- Seconds since some moment, to time what takes long: `os.clock` adds up what every thread did.
---@return number
function dk.clock() end

--- The tables that the globals hold: their names in order, with rows, columns and bytes.
---@return dk.Table
function dk.tables() end

--- How many bytes tables and calls use.
---@return integer # now
---@return integer # at most, so far
function dk.memory() end

--- How many bytes tables and calls may use, and sets it; 0 is no limit. A call that would need more raises, and changes nothing.
---@param bytes? integer
---@return integer
function dk.budget(bytes) end

--- Hands out a whole number in proportion to weights: whole parts that add up to it, by largest remainder, ties to the first.
---
--- ```lua
--- print(table.concat(dk.apportion({ 2983, 184, 249 }, 100), " "))
--- ```
--- ```text
--- 87 6 7
--- ```
---@param weights integer[]
---@param total integer
---@return integer[]
function dk.apportion(weights, total) end

return dk
