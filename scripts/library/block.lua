---@meta

-- block.lua - Blocks
--
-- Some thousand rows of a table at a time, column by column: what `t:blocks()` goes over. `#b` is the number of rows, `b.name` a list
-- of a column's values, as `t:rows()` gives them; null is nil in it. A list may be kept; the block is over when the next one comes,
-- and everything asked of it then raises.

--- Rows of a table, for as long as a loop or a call is at them.
---@class dk.Block
local b = {}

--- The values of a column as a list, also where a method has its name. Made once for each block, when first asked for.
---@param name string
---@return any[]
function b:column(name) end

--- A row as a record, without what is null.
---@param i integer from 1 to `#b`
---@return table<string, any>
function b:row(i) end

--- The number that the block's first row has in the table, from 1.
---@return integer
function b:first() end

---@class dk.Table
local t = {}

--- Goes over the table some thousand rows at a time: `for b in t:blocks() do ... end`.
---
--- The fastest way to look at every row in Lua: a column of a block is a plain list.
---
--- ```lua
--- local persons = dk.table { { "leeftijd", { 24, 31, dk.null } } }
--- local sum = 0
--- for b in persons:blocks() do
---   local leeftijd = b.leeftijd
---   for i = 1, #b do sum = sum + (leeftijd[i] or 0) end
--- end
--- print(sum)
--- ```
--- ```text
--- 55
--- ```
---@return fun(): dk.Block?
function t:blocks() end
