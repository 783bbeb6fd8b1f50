-- period.lua - months, quarters and years: read, stated, computed with, broken down by, written, saved.

local test = ...

local CSV = "id;peilmaand;kwartaal;jaar\na;2023-12;2023Q4;2023\nb;2024-03;2024-K1;2024\nc;;;\nd;2024-03; 2024K1;2024\n"

local function data(dk)
  return dk.read_text(CSV, { types = { id = "text", jaar = "year" } })
end

test("months and quarters are found, years are stated", function(t, dk)
  local read = data(dk)
  t.eq({ read.peilmaand:type(), read.kwartaal:type(), read.jaar:type() }, { "month", "quarter", "year" })
  t.eq(t.records(read), {
    { id = "a", peilmaand = "2023-12", kwartaal = "2023Q4", jaar = "2023" },
    { id = "b", peilmaand = "2024-03", kwartaal = "2024Q1", jaar = "2024" },
    { id = "c" },
    { id = "d", peilmaand = "2024-03", kwartaal = "2024Q1", jaar = "2024" },
  })
  t.eq(read.peilmaand:to_lua { plain = true }, { "2023-12", "2024-03", dk.null, "2024-03" })
  t.eq(dk.read_text("jaar\n2024\n2023\n").jaar:type(), "integer")
  t.eq(dk.read_text("m\n2024-03\n2024-13\n").m:type(), "category")
  t.has(dk.read_text("m\n2024-03\n2024-01\n2024-13\n"):notes()[2], "all of its values are months but 1", '"2024-13"',
    "line 4")
  local types = {}
  for row in read:schema():rows() do
    types[row.name] = row.type
  end
  t.eq(types, { id = "text", peilmaand = "month", kwartaal = "quarter", jaar = "year" })
end)

test("a stated period refuses what is none, with its place", function(t, dk)
  t.raises(function() return dk.read_text("m;n\n2024-03;1\n2024Q1;2\n", { types = { m = "month" } }) end,
    '"2024Q1" in column "m" is no month', ":3:1", "2024-03 is read")
  local read = dk.read_text("m;n\n2024-03;1\n2024Q1;2\n", { types = { m = "month" }, lenient = true })
  t.eq(read.m:to_lua { plain = true }, { "2024-03" })
  t.eq(read:rejected().value[1], "2024Q1")
  t.eq(dk.read_text("m\n2024-03\n", { types = { m = "category" } }).m:type(), "category")
  t.raises(function() return dk.read_text("m\n1\n", { types = { m = "period" } }) end,
    'a period is "month", "quarter" or "year": say which')
  t.raises(function() return dk.read_text("m\n1\n", { types = { m = "monht" } }) end, "did you mean 'month'?")
end)

test("tables are made of their texts, and years of numbers too", function(t, dk)
  local function make(type, ...)
    return { { "p", { ... } } }, { types = { p = type } }
  end
  local function made(...)
    return dk.table(make(...)).p
  end
  t.eq(made("month", "2024-03", dk.null, "0001-01"):to_lua { plain = true }, { "2024-03", dk.null, "0001-01" })
  t.eq(made("quarter", "2024Q3", "2024-K4", "9999Q4"):to_lua { plain = true }, { "2024Q3", "2024Q4", "9999Q4" })
  t.eq(made("year", 2024, "1999", dk.null):to_lua { plain = true }, { "2024", "1999", dk.null })
  t.eq(dk.table({ { p = "2024-03" } }, { types = { p = "month" } }).p:type(), "month")
  t.raises(function() dk.table(make("month", "2024-03", "2024Q1")) end, 'column p, row 2: "2024Q1" cannot be read as month')
  t.raises(function() dk.table(make("month", "2024-03\0")) end, "column p, row 1")
  t.raises(function() dk.table(make("month", 2024)) end, "column p, row 1", "integer cannot go into a column of type month")
  t.raises(function() dk.table(make("year", 24)) end, "column p, row 1", "type year")
  t.raises(function() dk.table(make("year", 12345)) end, "column p, row 1", "type year")
  t.raises(function() dk.table(make("quarter", true)) end, "column p, row 1", "boolean")
end)

test("expressions and conditions take them", function(t, dk)
  local read = data(dk)
  t.eq(read:where("peilmaand >= '2024-01'").id:to_lua(), { "b", "d" })
  t.eq(read:where("peilmaand >= $van", { van = "2024-01" }).id:to_lua(), { "b", "d" })
  t.eq(read:where("kwartaal in ('2023Q4', '2025Q1')").id:to_lua(), { "a" })
  t.eq(read:where("jaar between '2024' and '2030'").id:to_lua(), { "b", "d" })
  local made = read:derive {
    "volgende = peilmaand + 1", "k = period(peilmaand, 'quarter')", "eerste = first_day(kwartaal)",
    "laatste = last_day(peilmaand)", "maanden = peilmaand - period('2023-01', 'month')",
  }
  t.eq(made.volgende:type(), "month")
  t.eq(made.k:type(), "quarter")
  t.eq(t.records(made:select { "volgende", "k", "eerste", "laatste", "maanden" })[1],
    { volgende = "2024-01", k = "2023Q4", eerste = "2023-10-01", laatste = "2023-12-31", maanden = 11 })
  t.raises(function() return read:derive "x = peilmaand == kwartaal" end,
    "month and quarter do not go together", 'period(x, "quarter")')
end)

test("breakdowns, sorting and margins keep their order", function(t, dk)
  local read = dk.read_text "m;n\n2024-10;1\n2023-12;2\n2024-09;4\n;8\n2023-12;16\n"
  local asked = dk.breakdown {
    by = { "m" }, measures = { "som = sum(n)", "laatste = max(m)", "verschillend = distinct(m)" }, margins = "rollup",
  }
  local result = asked(read)
  t.eq(result.m:type(), "month")
  t.eq(result.m:to_lua { plain = true }, { "2023-12", "2024-09", "2024-10", dk.null, dk.null }) -- the last is a total
  t.eq(result.som:to_lua(), { 18, 4, 1, 8, 31 })
  t.eq(result.laatste:to_lua { plain = true }, { "2023-12", "2024-09", "2024-10", dk.null, "2024-10" })
  t.eq(result.verschillend:to_lua(), { 1, 1, 1, 0, 3 })
  t.eq(read:sort("m desc").n:to_lua(), { 1, 4, 2, 16, 8 })
  t.raises(function() return dk.breakdown { by = { "n" }, measures = { "x = sum(m)" } }(read) end, "sum() takes a number")
end)

test("two deliveries are compared, joined and appended in one frequency", function(t, dk)
  local old = dk.read_text "m;n\n2024-01;1\n2024-02;2\n"
  local new = dk.read_text "m;n\n2024-02;3\n2024-03;4\n"
  local quarters = dk.read_text "m;n\n2024Q1;3\n2024Q1;4\n"
  local asked = dk.breakdown { by = { "m" }, measures = { "som = sum(n)", "laatste = max(m)" } }
  local rows = t.records(asked:compare(old, new, { name = "nieuw" }))
  t.eq(rows[2].m, "2024-02")
  t.eq(rows[2].som_nieuw_difference, 1)
  t.eq(rows[2].laatste_nieuw_difference, 0)
  t.raises(function() return asked:compare(old, quarters) end, "m is month in one table and quarter in the other")
  t.eq(old:append(new).m:to_lua { plain = true }, { "2024-01", "2024-02", "2024-02", "2024-03" })
  t.raises(function() return old:append(quarters) end, "column m is month", "quarter")
  t.raises(function() return old:join(quarters, "m") end, "month", "quarter", "cannot be compared")
end)

test("a scenario moves persons to another month", function(t, dk)
  local read = dk.read_text "m;n\n2024-01;1\n2024-01;2\n2024-02;2\n"
  local later = dk.scenario "later" {
    { "one later", where = "m == '2024-01'", all = true, set = { m = dk.expr "m + 2" } },
  }
  local rows = t.records(dk.breakdown { by = { "m" }, measures = { "n = count()" } }:compare(read, later))
  t.eq({ rows[1].m, rows[2].m, rows[3].m }, { "2024-01", "2024-02", "2024-03" })
  t.eq({ rows[1].n_later, rows[2].n_later, rows[3].n_later }, { 0, 1, 2 })
  local stated = dk.scenario "stated" { { "to March", where = "m == '2024-01'", all = true, set = { m = "2024-03" } } }
  rows = t.records(dk.breakdown { by = { "m" }, measures = { "n = count()" } }:compare(read, stated))
  t.eq({ rows[1].n_stated, rows[2].n_stated, rows[3].n_stated }, { 0, 1, 2 })
  for _, wrong in ipairs { "2024Q1", "maart" } do
    local odd = dk.scenario "odd" { { "to it", all = true, set = { m = wrong } } }
    t.raises(function() return dk.breakdown { by = { "m" }, measures = { "n = count()" } }:compare(read, odd) end,
      "m is month, and cannot be set to")
  end
end)

test("a group of a solved rate is named by the text of its month or day", function(t, dk)
  local read = dk.read_text("m;d;k\n2024-01;2024-01-31;ja\n2024-01;2024-01-31;nee\n2024-02;2024-02-29;nee\n")
  local outreach = dk.scenario "o" {
    params = { aandeel = { 0, min = 0, max = 1 } },
    { "r", where = "not k", share = "$aandeel", set = { k = true } },
  }
  for _, by in ipairs { "m", "d" } do
    local rate = dk.breakdown { by = { by }, measures = { "n = count()", "bekend = count() where k", "r = bekend / n" } }
    local at = { [by] = by == "m" and "2024-01" or "2024-01-31" }
    local answer = t.records(rate:solve(read, outreach, { vary = "aandeel", target = "r >= 0.75", at = at }))[1]
    t.near(answer.aandeel, 0.5) -- one and a half of two are known
  end
end)

test("every format writes the text form, in both styles", function(t, dk)
  local read = data(dk):select { "peilmaand", "kwartaal", "jaar" }
  for _, style in ipairs { "international", "nl" } do
    local path = t.path "p.csv"
    read:write(path, { style = style })
    local mark = style == "nl" and ";" or ","
    t.has(t.read(path), ("2023-12;2023Q4;2023"):gsub(";", mark), ("2024-03;2024Q1;2024"):gsub(";", mark), mark .. mark)
    t.eq(t.records(dk.read(path, { types = { jaar = "year" } })), t.records(read))
  end
  local path = t.path "p.json"
  read:write(path)
  t.has(t.read(path), '{ "name": "kwartaal", "type": "quarter" }',
    '{ "peilmaand": "2023-12", "kwartaal": "2023Q4", "jaar": "2023" }',
    '{ "peilmaand": null, "kwartaal": null, "jaar": null }')
  path = t.path "p.md"
  read:write(path)
  t.has(t.read(path), "| 2024-03 | 2024Q1 | 2024 |")
  path = t.path "p.html"
  read:write(path)
  t.has(t.read(path), '<td class="d">2024Q1</td>')
  path = t.path "p.xlsx"
  read:write(path)
  local opened = dk.read(path, { types = { jaar = "year" } }) -- a row of nothing but nulls is blank there
  t.eq({ opened.peilmaand:type(), opened.kwartaal:type(), opened.jaar:type() }, { "month", "quarter", "year" })
  t.eq(t.records(opened), t.records(read:where "jaar is not null"))
end)

test("snapshots keep them", function(t, dk)
  local path = t.path "p.dk"
  local read = data(dk)
  read:save(path)
  local opened = dk.open(path)
  t.eq({ opened.peilmaand:type(), opened.kwartaal:type(), opened.jaar:type() }, { "month", "quarter", "year" })
  t.eq(t.records(opened), t.records(read))
  t.eq(opened:fingerprint(), read:fingerprint())
  read:save(path, { append = true })
  t.eq(#dk.open(path), 8)
  local quarter = read:derive { "peilmaand = period(peilmaand, 'quarter')" }
  t.raises(function() quarter:save(path, { append = true }) end, "peilmaand is quarter, and the snapshot has month",
    'types = { peilmaand = "month" }')
end)
