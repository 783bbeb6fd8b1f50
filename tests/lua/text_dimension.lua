-- text_dimension.lua - dimensions whose texts few codes give, beside the same texts stored in a column.

local test = ...

local random = math.random
local LEVELS = { "a", "ab", "b", "é", "Z", "" }
local NUMBERS = { -3, 0, 12 }

-- Enough rows for each combination of codes that looking up pays.
local function random_table(dk, n)
  local g, c, n_hours, b = {}, {}, {}, {}
  for i = 1, n do
    g[i] = random() < 0.1 and dk.null or LEVELS[random(#LEVELS)]
    c[i] = random() < 0.1 and dk.null or LEVELS[random(3)]
    n_hours[i] = random() < 0.1 and dk.null or NUMBERS[random(#NUMBERS)]
    b[i] = random() < 0.1 and dk.null or random() < 0.5
  end
  return dk.table({ { "g", g }, { "c", c }, { "n", n_hours }, { "b", b } },
    { types = { g = "category", c = "category", n = "integer", b = "boolean" } })
end

local TEXTS = {
  "g .. c", "c .. '-' .. g", "upper(c .. g)", "text(n) .. c", "coalesce(g .. c, 'none')", "case(b, g .. 'x', c .. 'x')",
  "sub(g .. c, 1, 1)", "replace(c .. g, 'a', '')", "text(n)", "case(b, 'yes', n > 0, text(n))",
}
local REST = {
  { margins = "totals" }, { where = "n > -1" }, { where = "b" },
  { also = "c", margins = "cube" }, { also = "b", margins = "rollup" },
  { also = "n", before = true, margins = "cube" }, {},
}
local MEASURES = { "rows = count()", "hours = sum(n)", "middle = median(n)", "part = count() / all(rows)" }

local function ask(t, by, rest)
  local dims = rest.also and (rest.before and { rest.also, by } or { by, rest.also }) or { by }
  local lines = {}
  for row in t:breakdown { by = dims, where = rest.where, margins = rest.margins, measures = MEASURES }:rows() do
    local words = {}
    for _, name in ipairs { "k", rest.also or "k", "rows", "hours", "middle", "part" } do
      words[#words + 1] = tostring(row[name])
    end
    lines[#lines + 1] = table.concat(words, "|")
  end
  return table.concat(lines, "\n")
end

test("texts of few codes are grouped as the texts of a column are", function(t, dk)
  for round = 1, os.getenv "DEKKING_TEST_QUICK" and 2 or 12 do
    math.randomseed(round)
    local rows = random_table(dk, 4000)
    for _, text in ipairs(TEXTS) do
      local stored = rows:derive { "k = " .. text }
      t.eq(stored:schema():where "name == 'k'":column("type")[1], "text")
      -- Of these few rows no texts are looked up.
      t.eq(tostring(rows:head(40):derive { "k = " .. text }), tostring(stored:head(40)))
      local rest = REST[random(#REST)]
      t.eq(ask(rows, "k = " .. text, rest), ask(stored, "k", rest))
      t.eq(stored:where("k is not null and k ~= " .. text):rows()(), nil)
    end
  end
end)

test("texts of few codes are looked up, and known beforehand", function(t, dk)
  math.randomseed(7)
  local steps = dk.breakdown { by = "k = g .. c", measures = "rows = count()" }:plan(random_table(dk, 4000)):table()
  t.has(tostring(steps:where "step == 'dimension'":column("how")[1]), "looked up by 28 codes of g and c: known beforehand")
end)
