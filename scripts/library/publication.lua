---@meta

-- publication.lua - Publications
--
-- A publication prints how many persons are known per municipality, and the size of the register for the region alone. So there is one
-- coverage rate, and there are bounds for each municipality.

--- What is known of a publication beside its table.
---@class dk.PublicationOptions
--- Of how many the register is, and for which level that is published: `{ level = "arbeidsmarktregio", value = 7676, stated = 0.74 }`.
---@field register dk.PublishedRegister
--- The name of the region that the table is of.
---@field region? string
--- The column of those who are known; the last one without it.
---@field known? string
--- The column of labels; the first one without it.
---@field label? string

--- The register of a publication.
---@class dk.PublishedRegister
--- The level for which its size is published.
---@field level string
--- How many persons it has.
---@field value integer
--- The share that is printed, which `coverage` checks: 0.74.
---@field stated? number

--- Says what follows from a published table and the size of a register, and what does not.
---
--- ```lua
--- local published = dk.read_published("scripts/data/midden-gelderland.txt", { label = "gemeente" })
--- print(dk.publication(published, { register = { level = "arbeidsmarktregio", value = 7676 }, region = "Midden-Gelderland" }))
--- ```
--- ```text
--- publication: 5682 of 7676 known in Midden-Gelderland, the register per arbeidsmarktregio, 9 rows per gemeente
--- ```
---@param published dk.Table as `dk.read_published` gives it
---@param options dk.PublicationOptions
---@return dk.Publication
function dk.publication(published, options) end

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
