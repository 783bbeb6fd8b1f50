-- persons.lua - seven persons of three municipalities in two regions, two of whom are known; with more columns if given.
--
-- usage: local persons = dofile "persons.lua"
--        local data = persons(dk, { { "jaren", { ... } } }, options)

return function(dk, more, options)
  local columns = {
    { "regio", { "M", "M", "M", "M", "R", "R", "R" } },
    { "gemeente", { "Arnhem", "Arnhem", "Arnhem", "Duiven", "Tiel", "Tiel", "Tiel" } },
    { "in_sonar", { true, false, false, false, true, false, false } },
  }
  table.move(more or {}, 1, more and #more or 0, #columns + 1, columns)
  return dk.table(columns, options):with { name = "personen", unit = "persons" }
end
