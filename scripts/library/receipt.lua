---@meta

-- receipt.lua - Receipts
--
-- A receipt tells what was asked, of which data, and what came of it, so that the same can be asked again elsewhere:
-- `dekking replay FILE` ([receipts.md](receipts.md)).

--- What a result says of how it was asked. It prints as the text that `write_receipt` writes.
---@class dk.Receipt
--- The program and its version.
---@field program string
--- The number of the rules by which the figures were made.
---@field rules integer
--- The script that asked, or the files of the pack: `{ path =, line =, bytes =, fingerprint = }`.
---@field scripts table[]
--- The files that were read: `{ name =, path =, bytes =, fingerprint = }`.
---@field files table[]
--- What was asked, from the files on, each as a script would write it.
---@field statements string[]
--- The parameters in force: `{ name =, value =, min =, max =, unit =, doc =, scenario = }`.
---@field parameters table[]
--- The seeds of what was drawn.
---@field seeds any[]
--- What the scenarios take for granted.
---@field assumptions string[]
--- The tables that were asked: `{ table =, rows =, fingerprint =, columns = { { name =, type =, fingerprint = }, ... } }`, of columns
--- those that the question mentions.
---@field data table[]
--- What was written of the result: `{ path =, bytes =, fingerprint =, options = }`.
---@field written table[]
--- `{ table =, rows =, columns =, fingerprint =, cells = }`; cells is the result in CSV, where it has 100,000 cells at most.
---@field result table

---@class dk.Table
local t = {}

--- What was asked to get this table, and of which data. A table that was made of a result tells that too.
---
--- The data are looked at for their fingerprints, and read again where nobody holds them any more. What cannot be told raises: a
--- table that a function of the script made.
---
--- ```lua
--- local asked = dk.breakdown { measures = "n = count() where leeftijd < $grens" }
--- local receipt = asked(dk.table { { "leeftijd", { 20, 30 } } }, { grens = 27 }):receipt()
--- print(receipt.statements[3], receipt.parameters[1].value, receipt.data[1].rows)
--- ```
--- ```text
--- t2 = b1(t1, { grens = 27 })	27	2
--- ```
---@return dk.Receipt
function t:receipt() end

--- Writes the receipt, complete or not at all.
---@param path string
function t:write_receipt(path) end
