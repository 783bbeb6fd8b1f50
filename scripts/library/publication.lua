---@meta

-- publication.lua - Publications
--
-- A publication prints how many persons are known per municipality, and the size of the register for the region alone. So there is one
-- coverage rate, and there are bounds for each municipality.

--- What can be said from a published table. Made by `dk.publication`.
---@class dk.Publication
local publication = {}

--- The rate of the region: numerator, denominator, share; where a share is stated, whether it agrees with that.
---@return dk.Table
function publication:coverage() end

--- The rate by a dimension: only the level for which the register is published has one, any other raises.
---@param dimension string
---@return dk.Table
function publication:coverage_by(dimension) end

--- Between which limits the rate of each place lies: all or none of the region's unknown may live there.
---@return dk.Table
function publication:bounds() end

--- How many persons must be known for each share, and how many more that is than now.
---@param targets number|number[] shares, 0 to 1
---@return dk.Table
function publication:needed(targets) end

--- Persons over the places, in proportion to those who are known: whole persons by largest remainder.
---@param n integer
---@return dk.Table
function publication:spread(n) end

--- The share of each place in all who are known, and of each column in the place's own total.
---@return dk.Table
function publication:shares() end
