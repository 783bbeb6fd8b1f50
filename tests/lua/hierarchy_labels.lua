-- hierarchy_labels.lua - what members are called on each day.

local test = ...

local rows_of = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/hierarchies.lua").rows_of

-- G2 is called otherwise from 2016 on, its region from 2018 on, and G3 is called then what G2 was.
local function renamed(dk, more)
  local text = "g;naam;r;rnaam;van;tot\nG1;Rijnwaarden;X;Midden;;2018-01-01\nG2;Zevenaar;X;Midden;;2016-01-01\n"
    .. "G2;Groot Zevenaar;X;Midden;2016-01-01;2018-01-01\nG2;Groot Zevenaar;X;Nieuw Midden;2018-01-01;\n"
    .. "G3;Zevenaar;Y;Rest;2018-01-01;\n"
  return dk.read_text(text .. (more or ""), { types = { van = "date", tot = "date" } }), { "g", "r" },
    { from = "van", to = "tot", labels = { g = "naam", r = "rnaam" },
      changes = { { date = "2018-01-01", old = "Rijnwaarden", new = "Groot Zevenaar" } } }
end

-- The rows of a table by labels.
local function shown(table, ...)
  for _, name in ipairs { ... } do
    local ok, labelled = pcall(table.derive, table, ("%s = text(label(%s))"):format(name, name))
    table = ok and labelled or table -- else it has none
  end
  return rows_of(table, ...)
end

test("a member is called what it was called on the day", function(t, dk)
  local places = dk.hierarchy(renamed(dk))
  t.eq(shown(places:at("2015-12-31"):table(), "g", "r"), { "Rijnwaarden/Midden", "Zevenaar/Midden" })
  t.eq(shown(places:at("2016-01-01"):table(), "g", "r"), { "Rijnwaarden/Midden", "Groot Zevenaar/Midden" })
  t.eq(shown(places:at("2018-01-01"):table(), "g", "r"), { "Groot Zevenaar/Nieuw Midden", "Zevenaar/Rest" })
  local function vintage(day)
    return dk.read_text "g;n\nG2;1\n":use(places:at(day))
  end
  t.eq(shown(vintage "2017-01-01", "g", "r"), { "Groot Zevenaar/Midden" })
  t.eq(shown(vintage "2018-01-01":breakdown { by = "r", measures = "som = sum(n)" }, "r", "som"),
    { "Nieuw Midden/1" })
  -- values that are labels stand for who is called so on the day
  local rows = dk.read_text("dag;plaats;n\n2015-01-01;Zevenaar;1\n2017-01-01;Groot Zevenaar;2\n2018-01-01;Zevenaar;4\n"
    .. "2015-01-01;G1;8\n2015-01-01;Groot Zevenaar;16\n", { types = { plaats = "category" } })
  local told = rows:use(places, { column = "plaats", level = "g", on = "dag" })
  t.eq(rows_of(told, "plaats", "r"), { "Zevenaar/X", "Groot Zevenaar/X", "Zevenaar/Y", "G1/X", "Groot Zevenaar/-" })
  t.eq(told:notes(), { "1 row has a plaats that the hierarchy does not know on its day: Groot Zevenaar" })
  t.eq(rows_of(told:use(places, { column = "plaats", level = "g", on = "dag" }), "r"), { "X", "X", "Y", "X", "-" })
  t.eq(shown(told:head(3), "r"), { "Nieuw Midden", "Nieuw Midden", "Rest" }) -- of all days: the last label
  local old = rows:where "dag < date('2016-01-01')":use(places:at "2015-01-01", { column = "plaats", level = "g" })
  t.eq(rows_of(old, "r"), { "X", "X", "-" })
  -- a recode tells labels of the one day by those of the other
  local three = dk.read_text "plaats\nRijnwaarden\nZevenaar\nG2\n"
  t.eq(rows_of(three:recode("plaats", places:recode("2015-01-01", "2018-01-01")), "plaats"),
    { "Groot Zevenaar", "Groot Zevenaar", "G2" })
  t.eq(rows_of(rows:where "n < 8":recode("plaats", places:recode { on = "dag", to = "2018-01-01" }), "plaats"),
    { "Groot Zevenaar", "Groot Zevenaar", "Zevenaar" })
end)

test("labels of days are kept, and what vintages call otherwise is put together", function(t, dk)
  local places = dk.hierarchy(renamed(dk))
  local first = dk.read_text "g;n\nG1;1\nG2;2\n":use(places:at "2015-01-01")
  local later = dk.read_text "g;n\nG2;4\n":use(places:at "2018-01-01")
  for _, both in ipairs { first:append(later), later:append(first) } do
    t.eq(shown(both:breakdown { by = "r", measures = "som = sum(n)" }, "r", "som"), { "Nieuw Midden/7" })
  end
  -- also where both have the same codes
  local whole = dk.read_text "g;n\nG1;1\nG2;2\n":use(places:at "2018-01-01")
  for _, both in ipairs { first:append(whole), whole:append(first) } do
    t.eq(shown(both:breakdown { by = "r", measures = "som = sum(n)" }, "r", "som"), { "Nieuw Midden/5", "-/1" })
  end
  local path = t.path "vintages.dk"
  first:save(path)
  later:save(path, { append = true })
  t.eq(shown(dk.open(path), "g", "r"),
    { "Rijnwaarden/Nieuw Midden", "Groot Zevenaar/Nieuw Midden", "Groot Zevenaar/Nieuw Midden" })
  -- a table of all days keeps the labels of each
  local rows = dk.read_text("dag;g;n\n2015-01-01;G2;1\n2018-01-01;G3;2\n", { types = { g = "category" } })
  rows:use(places, { on = "dag" }):save(path)
  local opened = dk.open(path)
  t.eq(shown(opened:append(rows:use(places, { on = "dag" })):breakdown { by = "r", measures = "som = sum(n)" }, "r", "som"),
    { "Nieuw Midden/2", "Rest/4" })
  -- the same division under another name is the same division
  local by = dk.breakdown { by = "g", measures = "som = sum(n)" }
  local named = dk.hierarchy(dk.read_text "g;r;rnaam;van;tot\nA;X;Oud;;2018-01-01\nA;X;Nieuw;2018-01-01;\n", { "g", "r" },
    { from = "van", to = "tot", labels = { r = "rnaam" } })
  local rolled = by:compare(dk.read_text "g;n\nA;1\n":use(named:at "2017-01-01"),
    dk.read_text "g;n\nA;2\n":use(named:at "2018-01-01")):roll_up "r"
  t.eq(rows_of(rolled, "r", "som_base", "som_other"), { "X/1/2" })
end)

test("a column of codes is called as the hierarchy calls them, and stays one of codes", function(t, dk)
  local places = dk.hierarchy(dk.read_text [[
code;naam;regio
0202;Arnhem;MG
0226;Duiven;MG
0268;Nijmegen;RN
]], { "code", "regio" }, { labels = { code = "naam" } })
  local plain = dk.read_text "id;code\na;0202\nb;0226\nc;0999\nd;\n"
  local used = plain:use(places)
  t.eq(shown(used, "code"), { "Arnhem", "Duiven", "0999", "-" })
  t.eq(shown(used:breakdown { by = "code", measures = "n = count()", levels = "all" }, "code", "n"),
    { "Arnhem/1", "Duiven/1", "Nijmegen/0", "0999/1", "-/1" })
  -- what is asked, joined and written is codes
  t.eq(rows_of(used, "code"), { "0202", "0226", "0999", "-" })
  t.eq(used:select { "id", "code" }:text { format = "csv" }, plain:text { format = "csv" })
  t.eq(used:select { "id", "code" }:fingerprint(), plain:fingerprint())
  t.eq(#used:where "code == '0202'", 1)
  t.eq(rows_of(used:join(dk.read_text "code;x\n0202;1\n0226;2\n", "code"), "code", "x"),
    { "0202/1", "0226/2", "0999/-", "-/-" })
  t.raises(function() return used:where "code == 'Arnhem'" end, "\"Arnhem\" is a label of code", "write '0202'")
  t.eq(shown(used:append(plain, { missing = "null" }):slice(4, 6), "code"), { "-", "Arnhem", "Duiven" })
  -- a code list of its own goes before, and a text gets labels too
  local own = plain:with_levels { code = dk.codes "0202 = Arnhem (Gld), 0226 = Duiven (Gld), 0999 = elders" }
  t.eq(shown(own:use(places), "code"), { "Arnhem (Gld)", "Duiven (Gld)", "elders", "-" })
  t.eq(shown(plain:derive "code = text(code)":use(places), "code"), { "Arnhem", "Duiven", "0999", "-" })
  -- where some values are labels, nothing is called so twice
  local mixed = dk.read_text "code\n0202\nArnhem\n0226\n":use(places)
  t.eq(mixed:text { notes = false }:match "\n(0202.*\n)3 rows", "0202      MG\nArnhem    MG\n0226      MG\n")
  -- members of sets
  local sets = dk.read_text("code\n0202|0226\n0268\n", { types = { code = { "set", "|" } } }):use(places)
  t.eq(sets:select "code":text { format = "csv", codes = "label" }, "code\nArnhem|Duiven\nNijmegen\n")
  t.eq(shown(sets:breakdown { by = "code = member(code)", measures = "n = count()" }, "code", "n"),
    { "Arnhem/1", "Duiven/1", "Nijmegen/1" })
end)

test("codes are called as on the day of the division that they are put into", function(t, dk)
  local places = dk.hierarchy(renamed(dk))
  local plain = dk.read_text "g\nG1\nG2\n"
  local old, back = plain:use(places:at "2015-01-01"), places:recode("2015-01-01", "2018-01-01")
  t.eq(shown(old, "g", "r"), { "Rijnwaarden/Midden", "Zevenaar/Midden" })
  t.eq(shown(old:use(places:at "2017-01-01"), "g", "r"), { "Rijnwaarden/Midden", "Groot Zevenaar/Midden" })
  t.eq(shown(old:use(places:at "2017-01-01"):use(places:at "2015-01-01"), "g"), { "Rijnwaarden", "Zevenaar" })
  t.eq(shown(old:use(places:at "2018-01-01"), "g", "r"), { "Rijnwaarden/Nieuw Midden", "Groot Zevenaar/Nieuw Midden" })
  -- what codes become is called as on the day that is recoded to, where codes are called anything
  local split = dk.hierarchy(dk.read_text([[
g;naam;r;van;tot
G1;Een;X;;
G2;Twee;X;;2018-01-01
G3;Drie;X;2018-01-01;
G4;Vier;X;;2018-01-01
G4;Groot Vier;X;2018-01-01;
]], { types = { van = "date", tot = "date" } }), { "g", "r" }, { from = "van", to = "tot", labels = { g = "naam" },
    changes = { { date = "2018-01-01", old = "G2", new = "G3" } } })
  local four = dk.read_text "g\nG1\nG2\nG4\n"
  local recode = split:recode("2017-01-01", "2018-01-01")
  t.eq(shown(four:use(split:at "2017-01-01"):recode("g", recode), "g"), { "Een", "Drie", "Groot Vier" })
  t.eq(shown(four:recode("g", recode), "g"), { "G1", "G3", "G4" })
  local own = four:with_levels { g = dk.codes { { "G1", "een" }, { "G2", "twee" }, { "G4", "vier" } } }
  t.eq(shown(own:recode("g", recode), "g"), { "een", "Drie", "vier" })
  local sets = dk.read_text("g\nG1|G2\nG4\n", { types = { g = { "set", "|" } } }):use(split:at "2017-01-01")
  t.eq(sets:recode("g", recode):select "g":text { format = "csv", codes = "label" }, "g\nEen|Drie\nGroot Vier\n")
  t.eq(rows_of(old:recode("g", back), "g"), { "G2", "G2" })
end)

test("a member with two labels on one day is refused", function(t, dk)
  t.raises(function() dk.hierarchy(renamed(dk, "G2;Zuid;X;Nieuw Midden;2019-01-01;2020-01-01\n")) end,
    "G2 has the labels \"Groot Zevenaar\" and \"Zuid\" on one day, 2019-01-01",
    "a member has one label at a time: end the one before the other begins")
  t.raises(function() dk.hierarchy(renamed(dk, "G4;Vier;X;Midden;2017-06-01;2018-06-01\n")) end,
    "X has the labels \"Midden\" and \"Nieuw Midden\" on one day, 2018-01-01")
  t.raises(function() dk.hierarchy(renamed(dk, "G4;Zevenaar;Y;Rest;2019-01-01;\n")) end,
    "the label \"Zevenaar\" stands for G3 and for G4 on one day, 2019-01-01")
  -- the long form too, and without days
  local function long(text)
    return dk.read_text("code;naam;boven;soort;van;tot\n" .. text), { "g", "r" },
      { member = "code", parent = "boven", level = "soort", labels = "naam", from = "van", to = "tot" }
  end
  local places = dk.hierarchy(long("X;Midden;;r;;2018-01-01\nX;Nieuw;;r;2018-01-01;\n"
    .. "A;Een;X;g;;2017-01-01\nA;Twee;X;g;2017-01-01;\n"))
  t.eq(shown(places:at("2016-01-01"):table(), "g", "r"), { "Een/Midden" })
  t.eq(shown(places:at("2017-06-01"):table(), "g", "r"), { "Twee/Midden" })
  t.eq(shown(places:at("2018-06-01"):table(), "g", "r"), { "Twee/Nieuw" })
  t.raises(function() dk.hierarchy(long "X;Midden;;r;;\nX;Nieuw;;r;;\nA;Een;X;g;;\n") end,
    "X has the labels \"Midden\" and \"Nieuw\" on one day")
end)

-- Codes that are called this and that, one after the other; of each day who is called what.
local function draw(pick)
  local days, codes, names, called = 6, 3 + pick(3), 4, {}
  for d = 0, days - 1 do
    called[d] = {}
    local taken = {}
    for c = 1, codes do
      local name = d > 0 and pick(3) > 0 and called[d - 1][c] or "naam" .. pick(names) + 1
      if name and not taken[name] and pick(12) > 0 then called[d][c], taken[name] = name, c end
    end
  end
  return days, codes, called
end

local function day(d) return ("2016-01-%02d"):format(d + 1) end

test("random names of codes stand for who is called so on each day", function(t, dk)
  local pick = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_numbers.lua")(31)
  for _ = 1, os.getenv "DEKKING_TEST_QUICK" and 30 or 200 do
    local days, codes, called = draw(pick)
    local lines = { "code;naam;r;van;tot" }
    for c = 1, codes do
      local start = 0
      for d = 0, days - 1 do
        if d + 1 == days or called[d][c] ~= called[d + 1][c] or pick(6) == 0 then
          lines[#lines + 1] = ("G%d;%s;R%d;%s;%s"):format(c, called[d][c] or "", c, start > 0 and day(start) or "",
            d + 1 < days and day(d + 1) or "")
          start = d + 1
        end
      end
    end
    local source = dk.read_text(table.concat(lines, "\n") .. "\n", { types = { code = "category", naam = "category",
      r = "category", van = "date", tot = "date" } })
    local geo = dk.hierarchy(source, { "code", "r" }, { from = "van", to = "tot", labels = { code = "naam" } })
    local dated = tostring(geo):find "of all days" ~= nil
    local rows, expected, forth = { "dag;plaats" }, {}, {}
    local to = pick(days)
    for i = 1, 12 do
      local d, value = pick(days), pick(3) == 0 and "G" .. pick(codes) + 1 or "naam" .. pick(4) + 1
      local code = tonumber(value:match "^G(%d)")
      for c = 1, codes do code = code or called[d][c] == value and c or nil end
      rows[i + 1], expected[i] = day(d) .. ";" .. value, code and "R" .. code or "-"
      forth[i] = code and value:find "^naam" and called[to][code] or value
      for c = 1, codes do -- another is called so by then
        if code and c ~= code and called[to][c] == value and forth[i] == value then forth[i] = "G" .. code end
      end
    end
    local read = dk.read_text(table.concat(rows, "\n") .. "\n", { types = { dag = "date", plaats = "category" } })
    if dated then
      t.eq(rows_of(read:use(geo, { column = "plaats", level = "code", on = "dag" }), "r"), expected)
      t.eq(rows_of(read:recode("plaats", geo:recode { on = "dag", to = day(to) }), "plaats"), forth)
    end
    for d = 0, days - 1 do
      local then_ = geo:at(day(d))
      local names = {}
      for c = 1, codes do names[c] = called[d][c] or "G" .. c end
      t.eq(shown(then_:table(), "code"), names)
      local one = read:where("dag == $d", { d = dk.date(day(d)) })
      local list, recoded = {}, {}
      for i, row in ipairs(rows) do
        if row:sub(1, 10) == day(d) then
          list[#list + 1], recoded[#recoded + 1] = expected[i - 1], forth[i - 1]
        end
      end
      t.eq(rows_of(one:use(then_, { column = "plaats", level = "code" }), "r"), list)
      if dated then
        t.eq(rows_of(one:recode("plaats", geo:recode(day(d), day(to))), "plaats"), recoded)
      end
    end
  end
end)
