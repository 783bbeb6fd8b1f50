-- explain_saved.lua - results that were saved and opened again: their cells are told as those of the results themselves.

local test = ...

local few = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/persons.lua")

local function persons(dk)
  return few(dk, { { "jaren", { 3, dk.null, 5, 7, 2, 2, dk.null } }, { "gewicht", { 2, 1, 1, 3, 1, 1, 1 } } },
    { types = { jaren = "integer" } }):with { as_of = "2024-12-31" }
end

local function coverage(dk)
  return dk.breakdown "dekking" { by = { "regio", "gemeente" }, margins = "rollup", measures = { "n = count()",
    { "onbekend = 1 - (count() where in_sonar) / n", format = "0.0 %" }, "gemiddeld = sum(jaren) / count() where jaren > 2",
    "deel = n / all(n, regio)" } }
end

-- As another script would open it, which has nothing of what was asked.
local function opened(dk, make, options)
  local path = os.tmpname()
  make():save(path, options)
  local made = dk.open(path, { check = true })
  os.remove(path)
  return made
end

local function without(text)
  return (text:gsub("Then opened from [^\n]*\n?", "")
    :gsub("\n  compared with [^\n]* gives [^\n]*", ""):gsub("\n  asked of [^\n]* gives [^\n]*", "")
    :gsub("\nUnder .*$", ""):gsub("\nFrom base to .*$", ""):gsub(" *under [^\n]*\n", ""))
end

test("numbers that a result does not show are told of one that was opened", function(t, dk)
  local data = persons(dk)
  local text, cell = opened(dk, function() return coverage(dk)(data) end):explain { gemeente = "Arnhem" }
  t.has(text, "onbekend is 66.7 %: 1 - (count() where in_sonar) / n",
    "(count() where in_sonar) / n is 0.3333, which is 1 of 3",
    "sum(jaren) where jaren > 2 is 8, of 2 rows", "The cell has 3 of 7 rows.", "as of 2024-12-31",
    'deel is 0.7500, which is 3 of 4', "The same on its own, asked of the table personen:")
  for _, part in ipairs(cell.parts.onbekend) do
    t.near(part.value, part.text == "(count() where in_sonar) / n" and 1 / 3 or part.text == "n" and 3 or 1)
  end
  t.near(cell.again("onbekend", data).cell[1], 2 / 3)
end)

test("cells of what was opened are told as those of what was saved", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;M\nDuiven;M\nTiel;R\n", { "gemeente", "regio" })
  local register = dk.table { { "regio", { "M", "R" } }, { "register", { 9, 4 } } }
  local later = persons(dk):where "gemeente ~= 'Duiven' or jaren is null":with { name = "later" }
  local half = dk.scenario "half" { { "half", where = "not in_sonar", share = 0.5, set = { in_sonar = true } } }
  local half_moved = half .. dk.scenario "weg" { { "weg", where = "gemeente == 'Duiven'", all = true,
    set = { gemeente = "Arnhem", regio = "M" } } }
  local plain = dk.breakdown { by = "gemeente",
    measures = { "n = count()", "onbekend = 1 - (count() where in_sonar) / n" } }
  local sets = dk.read_text("id;v\n1;a|b\n2;a\n3;\n4;b|c\n", { types = { v = { "set", "|" } } })
  local data, weighted = persons(dk), persons(dk):with { weight = "gewicht" }
  local placed, attached, doubled = data:use(geo), data:attach(register, "regio"), data:derive "twee = jaren * 2"
  local made = {
    function() return coverage(dk)(data), { gemeente = "Tiel" }, { regio = "M" }, dk.total end,
    function() return coverage(dk):with { margins = "cube" } (weighted), { gemeente = "Arnhem" }, dk.total end,
    function()
      return coverage(dk):where "jaren is not null" (doubled):where "n > 1":sort "n desc", { regio = "M" }
    end,
    function()
      return dk.breakdown { by = "gemeente", measures = "n = count()" } (placed):roll_up "regio", { regio = "M" }
    end,
    function() return plain(data):rename { n = "aantal", gemeente = "plaats" }, { plaats = "Tiel" } end,
    function()
      return dk.breakdown { by = "m = member(v)", margins = "totals", measures = { "n = count()",
        "d = 1 - n / all(n)" } } (sets),
        { m = "b" }, { m = dk.null }, dk.total
    end,
    function()
      return dk.breakdown { by = "regio", measures = { "d = 1 - (count() where in_sonar) / attached(register)" } }
        (attached), { regio = "R" }
    end,
    function() return dk.breakdown { measures = "d = 1 - (count() where in_sonar) / count()" } (data), {} end,
    function() return coverage(dk):compare(data, { half, half_moved }), { gemeente = "Arnhem" }, dk.total end,
    function() return coverage(dk):compare(data, half, { relative = true }), { gemeente = "Tiel" } end,
    function()
      return coverage(dk):compare(data, later), { gemeente = "Tiel" }, { regio = "M" }, { gemeente = "Arnhem" }
    end,
    function() return plain:compare(data, half, { long = true }), { gemeente = "Arnhem" } end,
    function() return plain:compare(data, later, { long = true }), { gemeente = "Tiel" } end,
  }
  for i, make in ipairs(made) do
    local live = table.pack(make())
    local other = opened(dk, make)
    for k = 2, live.n do
      local text = live[1]:explain(live[k])
      t.eq(without(other:explain(live[k])), without(text), i)
      t.eq(text:find("Not all numbers", 1, true), nil, i)
    end
    local twice = opened(dk, function() return other:where "true" end)
    local function bare(text) return (without(text):gsub("Only where true[^\n]*\n", ""):gsub("Note: [^\n]*\n", "")) end
    t.eq(bare(twice:explain(live[2])), bare(live[1]:explain(live[2])), i)
  end
end)

test("what is done to a result that was opened takes along what is told of its rows", function(t, dk)
  local data = persons(dk)
  local other = opened(dk, function() return coverage(dk)(data):where "gemeente ~= 'Duiven'" end)
  local text = other:where "n > 1":sort "n":explain { regio = "R", gemeente = "Tiel" }
  t.has(text, "(count() where in_sonar) / n is 0.3333, which is 1 of 3", "The cell has 3 of 7 rows.")
  t.has((other:derive("n = n + 1"):explain { gemeente = "Tiel" }), "n is 4",
    "Not all numbers behind these can be told: n is 4, and when it was saved it was 3")
  local again = other:detail():breakdown { by = { "regio", "gemeente" }, measures = "k = 1 - sum(n) / 10" }
  t.eq(again:explain({ gemeente = "Tiel" }):find("The cell has 3 of 7 rows", 1, true), nil)
  local plain = opened(dk, function() return coverage(dk)(data) end, { explain = false })
  t.has((plain:explain { gemeente = "Tiel" }), "Not all numbers behind these can be told")
  plain = opened(dk, function() return other end, { explain = false })
  t.has((plain:explain { gemeente = "Tiel" }), "Not all numbers behind these can be told")
  local path = os.tmpname()
  t.raises(function() other:save(path, { append = true, explain = true }) end,
    "save: explain is said of a table that is saved, and not of rows that are appended")
  t.raises(function() other:save(path, { explain = 1 }) end, "explain")
  t.raises(function() data:save(path, { explain = true }) end,
    "save: explain = true: the table is no result of a breakdown")
  os.remove(path)
end)

local function bytes_of(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- A result of which less is shown than was asked is often there to be handed out.
test("what may have been withheld from a result does not go along", function(t, dk)
  local data, path = persons(dk), t.path "uit.dk"
  local result = coverage(dk)(data)
  local half = dk.scenario "half" { { "half", where = "not in_sonar", share = 0.5, set = { in_sonar = true } } }
  local both, long = coverage(dk):compare(data, half), coverage(dk):compare(data, half, { long = true })
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;M\nDuiven;M\nTiel;R\n", { "gemeente", "regio" })
  local function asked(...) return dk.breakdown { by = "gemeente", measures = { ... } } (data) end
  local rounded = "%s does more with its numbers than + - * and /, which may be to withhold them"
  local cases = {
    { result:drop "n", "n was left out of the result" },
    { result:drop "gemeente", "gemeente was left out of the result" },
    { result:select { "gemeente", "regio", "onbekend" }, "n was left out of the result" },
    { result:derive "n = round(n / 5) * 5", "n was changed after the breakdown gave it" },
    { result:derive("n5 = round(n / 5) * 5"):drop "n", "n was left out of the result" },
    { result:derive "n = case(n >= 3, n)", "n was changed after the breakdown gave it" },
    { asked "n = round(count() / 5) * 5", rounded:format "n" },
    { asked "groot = count() >= 3", rounded:format "groot" },
    { asked("k = sum(jaren)", "n = case(count() >= 3, count())"), rounded:format "n" },
    { asked "n = count() // 5", rounded:format "n" },
    { both:drop "n_base", "columns of the comparison were left out of the result" },
    { both:drop "n_half", "columns of the comparison were left out of the result" },
    { both:drop "n_half_difference", "columns of the comparison were left out of the result" },
    { long:where "measure ~= 'n'", "rows of the long comparison were left out" },
    { long:derive "value = round(value)", "columns of the long comparison were added or changed" },
    { dk.breakdown { by = "gemeente", measures = { "n = count()", "k = rows()" } } (data:use(geo)):drop "k":roll_up "regio",
      "k was left out of the result" },
  }
  for i, case in ipairs(cases) do
    local made, why = case[1], case[2]
    made:save(path)
    local bytes, other = bytes_of(path), dk.open(path, { check = true })
    for _, name in ipairs { ":sum(", ":count()", ":rows()", "=n" } do
      t.eq(bytes:find(name, 1, true), nil, i)
    end
    if pcall(made.explain, made, { gemeente = "Tiel" }) then
      t.has((other:explain { gemeente = "Tiel" }),
        ("  Not all numbers behind these can be told: what the result is made of was not saved along, because %s (")
          :format(why))
    end
    os.remove(path)
    t.raises(function() made:save(path, { explain = true }) end, "save: explain = true: " .. why)
    t.eq(io.open(path), nil)
    if i ~= 2 then -- and so on, from file to file
      other:where("true"):save(path)
      t.raises(function() dk.open(path):save(path, { explain = true }) end, "save: explain = true: " .. why)
    end
  end
  -- Nor after it was opened.
  result:save(path, { explain = true })
  for _, case in ipairs { cases[1], cases[4] } do
    local other = dk.open(path)
    other = case == cases[1] and other:drop "n" or other:derive "n = round(n / 5) * 5"
    t.raises(function() other:save(t.path "weer.dk", { explain = true }) end, "save: explain = true: " .. case[2])
  end
  -- Groups that the result has no more, and their numbers, are not in what goes along.
  local secret = dk.table { { "g", { "A", "B" } }, { "k", { 1, 1234567 } } }
  local all = dk.breakdown { by = "g", measures = "d = 1 - 1 / sum(k)" } (secret)
  for i, made in ipairs { all, all:where "g == 'A'" } do
    made:save(path, { explain = true })
    t.has((dk.open(path):explain { g = "A" }), "     sum(k) is 1")
    t.eq(bytes_of(path):find(string.pack("<I3", 1234567), 1, true) ~= nil, i == 1)
  end
end)

test("columns that were left out of a comparison are in its file where it may be rolled up", function(t, dk)
  local place = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;M\nDuiven;M\n", { "gemeente", "regio" })
  local rows = dk.read_text("gemeente;k\nArnhem;7654321\nDuiven;5\n"):use(place)
  local half = dk.scenario "half" { { "half", where = "gemeente == 'Duiven'", all = true, set = { k = 6 } } }
  local some = dk.breakdown { by = "gemeente", measures = "s = sum(k)" } :compare(rows, half)
    :select { "gemeente", "s_half_difference" }
  local secret = string.pack("<I3", 7654321)
  local path = t.path "verschil.dk"
  for i, explain in ipairs { { explain = false }, {} } do
    some:save(path, explain)
    t.eq(bytes_of(path):find(secret, 1, true) ~= nil, i == 2)
    local other = dk.open(path)
    t.eq(other.s_half_difference:to_lua(), { 0, 1 })
    local done, rolled = pcall(other.roll_up, other, "regio")
    t.eq(done, i == 2)
    t.eq(done and rolled.s_half_difference[1] or 1, 1)
  end
end)

test("the file says nothing more of where its table is", function(t, dk)
  local csv, path, bytes = t.path "geheime-map.csv", t.path "uit.dk", {}
  local file <close> = assert(io.open(csv, "wb"))
  file:write "g;k\nA;1\nA;2\nB;3\n"
  file:close()
  local data = dk.read(csv)
  for i, explain in ipairs { true, false } do
    dk.breakdown { by = "g", measures = "d = sum(k) / count()" } (data):save(path, { explain = explain })
    bytes[i] = select(2, bytes_of(path):gsub("geheime%-map", ""))
  end
  t.eq(bytes[1], bytes[2]) -- the lineage tells its source
end)

test("that what a result is made of cannot be asked again is said", function(t, dk)
  local path, data, n = t.path "uit.dk", dk.table { { "g", { "A", "B" } }, { "k", { 1, 2 } } }, 0
  dk.define "eens" { result = "integer", call = function(k)
    n = n + 1
    if n > 2 then
      error(("no more than once: %d"):format(k))
    end
    return k
  end }
  dk.define "telkens" { result = "integer", call = function(k)
    n = n + 1
    return k + n
  end }
  local function says(make, why)
    n = 0
    local made = make()
    made:save(path)
    t.has(dk.open(path):explain { g = "A" }, ("Not all numbers behind these can be told: what the result is made of was "
      .. "not saved along, because %s (give the table that was asked, as explain(cell, table))."):format(why))
    t.raises(function() made:save(path, { explain = true }) end, "save: explain = true: " .. why)
  end
  local function of(text) return dk.breakdown { by = "g", measures = { "s = sum(k)", text } } end
  local once = of "e = 1 - 1 / sum(eens(k))" (data)
  t.raises(function() once:save(path, { explain = true }) end,
    "save: explain = true: what the result is made of cannot be asked again: no more than once: 1")
  t.eq(io.open(path), nil)
  once:save(path) -- without a number that the error has
  t.has((dk.open(path):explain { g = "A" }),
    "was not saved along, because it could not be asked again when it was saved (give")
  says(function() return of "e = 1 - 1 / sum(telkens(k))" (data) end,
    "e came out otherwise when it was asked again to be saved")
  says(function() return of "e = 1 - 1 / sum(k)" (dk.table { { "g", { "A" } }, { "k", { 1 } } }) end,
    "the table that was asked was not kept until the result was saved")
end)
