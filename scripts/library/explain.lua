---@meta

-- explain.lua - Explanations
--
-- Where a number comes from, and how it was computed.

--- A cell of a result that `t:explain { ... }` explained.
---@class dk.ExplainedCell
--- The conditions and columns before the question: `{ kind = "where" or "derive", text =, name = }`.
---@field steps table[]
--- What gives each measure again, by name: `{ text =, where = }`. Of a pivot also by the names of its columns; of a comparison with
--- scenarios `dekking_plan` has also `under`, the scenario, and `params`. Empty of a row of a table that no breakdown gave.
---@field measures table<string, table>
--- The rows of the cell, as a condition; nil where they are all, or none tells them.
---@field where? string
--- Of which numbers each measure is made, by the name of its column: `{ text =, kind =, value =, rows = }`, where kind is
--- `"aggregate"`, `"name"` (of a measure), `"figure"` (attached) or `"quotient"`. Empty where the table that was asked is gone.
---@field parts table<string, table[]>
--- Of a comparison, by scenario what each step did to the cell: `{ name =, cells = dk.Table, measures = dk.Table }`, the cells whose
--- weight differs, and the measures before and after. Of two tables, under the name of the later one, a list of one such, which has
--- also `contributions`: by measure, which cells explain how much of its difference.
---@field changes? table<string, table[]>
--- Asks a measure again, of a table, and gives a table of one cell. A column that no question of one cell gives is taken from all of
--- it, asked again of that table.
---@field again fun(name: string, source: dk.Table): dk.Table

--- How a question was computed. `tostring` gives a line for each step, with rows and milliseconds.
---@class dk.Plan
local plan = {}

--- The steps as a table: step, what, how, shared, rows, out, ms; of several breakdowns with their names before.
---@return dk.Table
function plan:table() end
