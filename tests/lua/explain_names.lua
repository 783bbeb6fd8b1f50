-- explain_names.lua - what columns and measures are called means nothing to what is told of a cell.

local test = ...

-- Words that the explanation, its questions and the language have for things of their own.
local NAMES = { "name", "value", "kind", "text", "others", "of", "renames", "added", "rows", "cell", "cell_", "measures",
  "again", "where", "shown", "columns", "n", "dims", "shapes", "total", "params", "place", "again_", "v1", "row", "step",
  "true", "a, b", "type", "gone" }

local function quoted(name) return "`" .. name .. "`" end

local function people(dk, name)
  local records = {}
  for i = 1, 60 do
    records[i] = { [name] = i % 3 == 0 and "x" or "y", other = i % 2 == 0 and "p" or "q", uren = i % 7 }
  end
  return dk.table(records, { name = "people" })
end

-- The cell is told, and what gives the measure again, of the people, gives the number.
local function check(t, result, cell, measure, people_, number, what)
  local _, told = result:explain(cell)
  t.eq(told.again(measure, people_):column("cell")[1], number, what)
end

test("a dimension may be called like anything", function(t, dk)
  for _, name in ipairs(NAMES) do
    local persons = people(dk, name)
    local sum = persons:where(quoted(name) .. " == 'x' and other == 'p'"):column("uren"):sum()
    local asked = { by = { quoted(name), "other" }, measures = { "aantal = count()", "som = sum(uren)" } }
    local result = persons:breakdown(asked)
    local cell = { other = "p", [name] = "x" }
    local function same(made, what) check(t, made, cell, "som", persons, sum, name .. ": " .. what) end
    same(result, "breakdown")
    same(result:pivot { rows = "other", columns = name, values = "som" }, "pivot")
    same(result:pivot { rows = name, columns = "other", values = { "som", "aantal" } }, "pivot of two")
    cell.wat = "som"
    same(result:unpivot { rows = { name, "other" }, columns = { "som", "aantal" }, name = "wat", value = "w" }, "unpivot")
    if name ~= "name" and name ~= "value" then
      cell.wat, cell.name = nil, "som"
      same(result:unpivot { rows = { name, "other" }, columns = { "som", "aantal" } }, "unpivot with the usual names")
    end
  end
end)

test("a measure may be called like anything", function(t, dk)
  for _, name in ipairs(NAMES) do
    local persons = people(dk, "wie")
    local sum = persons:where "wie == 'x' and other == 'p'":column("uren"):sum()
    local result = persons:breakdown { by = { "wie", "other" }, measures = quoted(name) .. " = sum(uren)" }
    local cell = { wie = "x", other = "p" }
    local function same(made, measure, what) check(t, made, cell, measure, persons, sum, name .. ": " .. what) end
    same(result, name, "breakdown")
    same(result:pivot { rows = "wie", columns = "other", values = name }, name, "pivot")
    same(result:join(result:rename { [name] = "zij" }, { "wie", "other" }), "zij", "join")
    same(result:where "wie == 'x'":append(result:where "wie == 'y'"), name, "append")
  end
end)

test("a dimension of a sweep may be called like anything", function(t, dk)
  local reach = dk.scenario "reach" { params = { f = { 0.5, min = 0, max = 1 } },
    { "bereik", where = "other == 'q'", share = "$f", set = { other = "p" } } }
  for _, name in ipairs(NAMES) do
    local persons = people(dk, name)
    local asked = dk.breakdown { by = quoted(name), measures = "som = sum(uren) where other == 'p'" }
    local swept = asked:sweep(persons, reach, { f = { 0, 1 } })
    local all = persons:where(quoted(name) .. " == 'x'"):column("uren"):sum()
    check(t, swept, { f = 1, [name] = "x" }, "som", persons, all, name)
  end
end)

test("a value of another type than the column is refused", function(t, dk)
  local result = people(dk, "wie"):breakdown { by = { "wie", "uren" }, measures = "n = count()" }
  t.raises(function() result:explain { wie = "x", uren = "3" } end, "uren is integer here, which a string cannot be")
  t.raises(function() result:explain { wie = 5, uren = 3 } end, "wie is category here, which a number cannot be")
  t.raises(function() result:explain { wie = { "x" }, uren = 3 } end, "wie is category here, which a Lua table cannot be")
end)
