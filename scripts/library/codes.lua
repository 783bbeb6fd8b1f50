---@meta

-- codes.lua - Code lists
--
-- A code list says what codes mean: `1` is `ja`. A column that has one keeps its codes; labels are shown to people. `#codes` is how
-- many there are. [codes.md](codes.md) says what sees codes and what sees labels.

--- Codes with labels, in an order. Made by `dk.codes`.
---@class dk.Codes
local codes = {}

--- The codes, in order.
---@return string[]
function codes:levels() end

--- The labels by code.
---@return table<string, string>
function codes:labels() end
