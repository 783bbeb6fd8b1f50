---@meta

-- hierarchy.lua - Hierarchies
--
-- A hierarchy knows which members belong to which, on which day: municipalities, regions, the country. `t:use(geo)` puts a table into
-- it. [hierarchies.md](hierarchies.md) has the whole story.

--- Members of levels, from the finest on.
---@class dk.Hierarchy
local geo = {}

--- What holds on one day. One that does not change with time stays what it is.
---@param day string such as `"2018-01-01"`
---@return dk.Hierarchy
function geo:at(day) end

--- The names of its levels, from the finest on.
---@return string[]
function geo:levels() end

--- The members of a level on all days, in order.
---@param level string
---@return string[]
function geo:members(level) end

--- A row for each member of the finest level and each time in which nothing changes.
---@return dk.Table
function geo:table() end

--- The day that it holds on.
---@return string? # nil where it is of all days
function geo:vintage() end

--- By what members are divided.
---@class dk.RecodeWeights
--- Weights of the members of the day that is recoded to: a table with a column called as the level and one called `weight`.
---@field weights? dk.Table

--- Which days are put on one.
---@class dk.RecodeSpec : dk.RecodeWeights
--- A column of days: each row is of its own day.
---@field on string
--- The day that is recoded to.
---@field to string

--- What members of one day are on another; `geo:recode { on = "peildatum", to = "2018-01-01" }` takes the day of each row.
---
--- Mergers are exact. A member that is divided needs weights, and makes an estimate; without them tables that have
--- it are refused, and so are `recode:pairs()`, `recode:exact()` and `dk.merge`, which ask for all members.
---@param from string the day that is recoded from
---@param to string the day that is recoded to
---@param options? dk.RecodeWeights
---@return dk.Recode
---@overload fun(self: dk.Hierarchy, spec: dk.RecodeSpec): dk.Recode
function geo:recode(from, to, options) end

--- What members become. For `t:recode` and `dk.merge`.
---@class dk.Recode
local recode = {}

--- Whether no member is divided.
---@return boolean
function recode:exact() end

--- The members that change: a list of `{ old =, new =, share = }`.
---@return table[]
function recode:pairs() end
