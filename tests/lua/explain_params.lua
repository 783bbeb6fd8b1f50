-- explain_params.lua - conditions with parameters: what is told of a cell gives its numbers again, whatever the values are.

local test = ...

local MEASURES = { "n = count()", "som = sum(x)", "deel = n / all(n)" }

local function data(dk)
  local lines = { "id;g;x;d;s;m;naam" }
  for i = 1, 40 do
    lines[i + 1] = ("%d;%s;%d;2024-%02d-11;2024-%02d-11T10:%02d;2024-%02d;naam%d"):format(i, i % 3 == 0 and "Arnhem"
      or "Duiven", i - 20, i % 12 + 1, i % 12 + 1, i, i % 12 + 1, i % 5)
  end
  return dk.read_text(table.concat(lines, "\n") .. "\n", { types = { m = "month" } })
end

-- The condition in each place where one can be.
local function questions(condition)
  return {
    { by = { "g" }, where = condition, measures = MEASURES },
    { by = { "g" }, measures = { "n = count() where " .. condition, ("som = sum(case(%s, x, 0))"):format(condition),
      "deel = n / all(n)" } },
    { by = { "g", "k = " .. condition }, measures = MEASURES, margins = "totals" },
  }
end

-- Every number of the result, saved and opened, from what is told of its cell.
local function check(t, dk, rows, spec, value)
  local path = t.path "params.dk"
  dk.breakdown "gevraagd" (spec)(rows, { p = value }):save(path)
  local result = dk.open(path)
  for i = 1, #result do
    local at = { g = result.g[i] or dk.total }
    if spec.by[2] then
      local k = result.k[i]
      at.k = at.g == dk.total and dk.total or k == nil and dk.null or k
    end
    local _, cell = result:explain(at)
    for _, name in ipairs { "n", "som", "deel" } do
      t.eq({ spec.by[2] or spec.where or spec.measures[1], name, cell.again(name, rows).cell[1] },
        { spec.by[2] or spec.where or spec.measures[1], name, result[name][i] })
    end
  end
end

test("parameters of every type stand in questions as what they are", function(t, dk)
  local rows = data(dk)
  local function of(text)
    return dk.table { { "x", { 1 } } }:derive("v = " .. text).v:to_lua()[1]
  end
  for _, case in ipairs {
    { "x > $p", -3 }, { "x-$p > 2", -3 }, { "-$p < x", -3 }, { "x > -$p", 3 }, { "x between $p and 5", -4 },
    { "x in ($p, 3)", -4 }, { "x > $p", math.mininteger }, { "x * 1.0 > $p", -0.5 }, { "x * 1e0 > $p", 1e-20 },
    { "x < $p", of "1 / 3" }, { "x > $p", of "-1 / 3" }, { "$p or x > 3", true }, { "x < $p or $p is null", dk.null },
    { "x < $p", dk.null }, { "d >= $p", dk.date "2024-06-01" }, { "d - $p < 50", dk.date "2024-06-01" },
    { "s < $p", of "timestamp('2024-06-11T10:30')" }, { "date($p) < d", of "timestamp('2024-06-11T10:30')" },
    { "m >= $p", of "period('2024-04', 'month')" }, { "naam ~= $p", "naam1" }, { "naam ~= $p", 'a "b" \\c\n\0d' },
    { "naam .. $p ~= 'naam1'", ("x"):rep(300) },
  } do
    for _, spec in ipairs(questions(case[1])) do
      check(t, dk, rows, spec, case[2])
    end
  end
end)

test("what a parameter was is told as an expression has it", function(t, dk)
  local rows = data(dk)
  local text = rows:where("d >= $vanaf and x > $min", { vanaf = dk.date "2024-06-01", min = -3 }):explain()
  t.has(text, "Only where d >= $vanaf and x > $min", "$vanaf is date '2024-06-01'", "$min is (-3)")
  local told = rows:where("naam == $p", { p = 'zeg "hoi"' }):explain()
  t.has(told, [[$p is "zeg \"hoi\""]])
end)
