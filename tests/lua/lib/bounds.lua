-- bounds.lua - numbers of which only bounds are known, for tests that compute with each of those that may stand there.

local bounds = {}

-- The bounds of a value as numbers; nothing for null.
function bounds.closed(value)
  if type(value) == "number" then return value, value end
  if type(value) == "table" and not value.meaning then return value.least, value.greatest end
end

-- A value of a table: least or greatest may be nil.
function bounds.withheld(least, greatest) return { least = least, greatest = greatest } end

return bounds
