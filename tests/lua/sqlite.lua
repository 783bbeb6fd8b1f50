-- sqlite.lua - the same questions to the sqlite3 program: breakdowns of the synthetic register and of its Sonar extract.
--
-- SQLite reads the files by itself, and knows nothing of dekking: what counts is that both give the same rows, with
-- totals, filters, nulls, joins and links.

local test = ...

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local PREPARE = [[
.bail on
.mode csv
.separator ;
.import %s raw_register
.import %s raw_sonar
.separator ","
.import %s region
create table register as select pseudoniem, gemeente, doelgroep, cast(leeftijd as integer) leeftijd, leeftijdsklasse,
  nullif(opleiding, '') opleiding from raw_register;
create table sonar as select pseudoniem, kolom, klantprofiel = 'ja' klantprofiel, zichtbaar = 'ja' zichtbaar from raw_sonar;
create table linked as select r.*, s.pseudoniem is not null in_sonar, s.kolom, s.klantprofiel, s.zichtbaar
  from register r left join sonar s using (pseudoniem);
.mode list
.separator "|" "\n"
.nullvalue -
]]

-- The rows that SQL gives, as lines, in any order.
local function ask_sqlite(t, queries)
  local script = t.file("ask.sql", PREPARE:format(t.built .. "/data/register.csv", t.built .. "/data/sonar.csv",
    t.file("region.csv", "plaats,streek\nArnhem,stad\nDuiven,Liemers\nWestervoort,Liemers\nZevenaar,Liemers\n"))
    .. table.concat(queries, "\nselect '==';\n") .. "\n")
  local pipe = assert(io.popen("sqlite3 -batch :memory: <" .. quote(script) .. " 2>&1"))
  local answers, lines = {}, {}
  for line in pipe:lines() do
    if line == "==" then
      answers[#answers + 1], lines = lines, {}
    else
      lines[#lines + 1] = line
    end
  end
  local ok = pipe:close()
  answers[#answers + 1] = lines
  if not ok then
    error("sqlite3: " .. table.concat(lines, "\n"))
  end
  for _, answer in ipairs(answers) do
    table.sort(answer)
  end
  return answers
end

-- One cell as SQL shows it; what is no whole number with nine digits, as SQL is asked for.
local function show(value)
  if value == nil then return "-" end
  if value == true then return "1" end
  if value == false then return "0" end
  return math.type(value) == "float" and ("%.9f"):format(value) or tostring(value)
end

-- The rows of a table as lines; a dimension that a row is a total over is shown as *.
local function lines_of(data, by)
  local names, lines = {}, {}
  for name in data:columns() do
    names[#names + 1] = name
  end
  local marks = {}
  for i, name in ipairs(by) do
    marks[i] = ("total_%s = %s is total"):format(name, name)
  end
  for row in (#marks > 0 and data:derive(marks) or data):rows() do
    local cells = {}
    for k, name in ipairs(names) do
      cells[k] = row["total_" .. name] and "*" or show(row[name])
    end
    lines[#lines + 1] = table.concat(cells, "|")
  end
  table.sort(lines)
  return lines
end

local function files(t, dk)
  local register = dk.read(t.built .. "/data/register.csv")
  local sonar = dk.read(t.built .. "/data/sonar.csv")
  local linked = register:link(sonar, "pseudoniem", { as = "in_sonar", columns = { "kolom", "klantprofiel", "zichtbaar" } })
  return register, sonar, linked
end

-- Asks both. SQL: select DIMENSIONS, MEASURES from SOURCE where CONDITION group by each set of dimensions.
local function compare(t, questions)
  local queries = {}
  for i, q in ipairs(questions) do
    local parts = {}
    for _, set in ipairs(q.sets or { q.by }) do -- set: the dimensions that are no totals
      local columns, keep = {}, {}
      for _, name in ipairs(set) do
        keep[name] = true
      end
      for _, name in ipairs(q.by) do
        columns[#columns + 1] = keep[name] and name or "'*'"
      end
      columns[#columns + 1] = q.sql
      parts[#parts + 1] = ("select %s from %s%s%s"):format(table.concat(columns, ", "), q.from or "linked",
        q.sql_where and " where " .. q.sql_where or "", #set > 0 and " group by " .. table.concat(set, ", ") or "")
    end
    queries[i] = table.concat(parts, "\nunion all ") .. ";"
  end
  local answers = ask_sqlite(t, queries)
  t.eq(#answers, #questions)
  for i, q in ipairs(questions) do
    local result = q.table:breakdown { by = q.by, where = q.where, measures = q.measures, margins = q.margins }
    local lines = lines_of(result, q.by)
    t.ok(#answers[i] > 0, "SQLite gave no row for question " .. i)
    t.eq(lines, answers[i], "question " .. i .. ":\n" .. queries[i] .. "\n")
  end
end

-- count, sum, mean, least and greatest, of all and of some, with a rate.
local MEASURES = {
  "n = count()", "bekend = count() where in_sonar", "dekking = bekend / n", "jaren = sum(leeftijd)",
  "gemiddeld = mean(leeftijd)", "jongste = min(leeftijd)", "oudste = max(leeftijd)",
  "jaren_bekend = sum(leeftijd) where in_sonar and leeftijd >= 27", "laagste = min(opleiding)",
}
local SQL = [[count(*), sum(in_sonar), printf('%.9f', 1.0 * sum(in_sonar) / count(*)), sum(leeftijd),
printf('%.9f', avg(leeftijd)), min(leeftijd), max(leeftijd),
sum(case when in_sonar and leeftijd >= 27 then leeftijd end), min(opleiding)]]

test("one, two and three dimensions", function(t, dk)
  local _, _, linked = files(t, dk)
  local questions = {}
  for _, by in ipairs {
    {}, { "gemeente" }, { "doelgroep" }, { "leeftijdsklasse" }, { "opleiding" }, { "in_sonar" }, { "kolom" },
    { "klantprofiel" }, { "leeftijd" }, { "gemeente", "doelgroep" }, { "opleiding", "klantprofiel" },
    { "kolom", "zichtbaar" }, { "gemeente", "leeftijd" }, { "gemeente", "opleiding", "klantprofiel" },
    { "doelgroep", "leeftijdsklasse", "zichtbaar" },
  } do
    questions[#questions + 1] = { table = linked, by = by, measures = MEASURES, sql = SQL }
  end
  compare(t, questions)
end)

test("filters, and what is null in them", function(t, dk)
  local _, _, linked = files(t, dk)
  local questions = {}
  for _, where in ipairs {
    "leeftijd < 27", "leeftijd between 27 and 49", "opleiding = 'mbo-1'", "opleiding <> 'mbo-1'", "opleiding is null",
    "not (klantprofiel and zichtbaar)", "klantprofiel or zichtbaar", "zichtbaar is null and in_sonar = 0",
    "gemeente in ('Arnhem', 'Duiven', 'Ede') and doelgroep not in ('Wajong')", "leeftijd * 2 > 100 or opleiding is null",
    "not in_sonar", "klantprofiel is not null",
  } do
    -- The same condition as dekking writes it.
    local ours = where:gsub("leeftijd between 27 and 49", "leeftijd >= 27 and leeftijd <= 49"):gsub(" = 0", " == false")
      :gsub(" = '", " == '"):gsub("<>", "~="):gsub("doelgroep not in %('Wajong'%)", "not (doelgroep in ('Wajong'))")
    questions[#questions + 1] = {
      table = linked, by = { "gemeente" }, measures = MEASURES, where = ours, sql = SQL, sql_where = where,
    }
  end
  compare(t, questions)
end)

test("totals, a rollup and a cube", function(t, dk)
  local _, _, linked = files(t, dk)
  compare(t, {
    {
      table = linked, by = { "gemeente" }, margins = "totals", sets = { { "gemeente" }, {} }, measures = MEASURES,
      sql = SQL,
    },
    {
      table = linked, by = { "gemeente", "opleiding" }, margins = "totals", sets = { { "gemeente", "opleiding" }, {} },
      measures = MEASURES, sql = SQL,
    },
    {
      table = linked, by = { "gemeente", "opleiding", "klantprofiel" }, margins = "rollup",
      sets = { { "gemeente", "opleiding", "klantprofiel" }, { "gemeente", "opleiding" }, { "gemeente" }, {} },
      measures = MEASURES, sql = SQL,
    },
    {
      table = linked, by = { "doelgroep", "opleiding", "in_sonar" }, margins = "cube", measures = MEASURES, sql = SQL,
      where = "leeftijd < 40", sql_where = "leeftijd < 40",
      sets = {
        { "doelgroep", "opleiding", "in_sonar" }, { "doelgroep", "opleiding" }, { "doelgroep", "in_sonar" },
        { "opleiding", "in_sonar" }, { "doelgroep" }, { "opleiding" }, { "in_sonar" }, {},
      },
    },
  })
end)

test("a join, inner and left", function(t, dk)
  local register = files(t, dk)
  local regions = dk.table {
    { "plaats", { "Arnhem", "Duiven", "Westervoort", "Zevenaar" } },
    { "streek", { "stad", "Liemers", "Liemers", "Liemers" } },
  }
  local key = { mine = "gemeente", theirs = "plaats" }
  local measures = { "n = count()", "jaren = sum(leeftijd)", "zonder = count() where opleiding is null" }
  local sql = "count(*), sum(leeftijd), sum(opleiding is null)"
  compare(t, {
    {
      table = register:join(regions, key), by = { "streek" }, measures = measures, sql = sql,
      from = "register left join region on gemeente = plaats",
    },
    {
      table = register:join(regions, key), by = { "streek", "gemeente" }, measures = measures, sql = sql,
      from = "register left join region on gemeente = plaats",
    },
    {
      table = register:join(regions, key, { kind = "inner" }), by = { "streek", "doelgroep" }, measures = measures,
      sql = sql, from = "register join region on gemeente = plaats",
    },
  })
end)

test("a link, and a table linked the other way round", function(t, dk)
  local register, sonar, linked = files(t, dk)
  local back = sonar:link(register, "pseudoniem", { as = "in_register", columns = { "gemeente", "leeftijd" } })
  compare(t, {
    { table = linked, by = { "in_sonar", "kolom" }, measures = { "n = count()" }, sql = "count(*)" },
    {
      table = back, by = { "kolom", "in_register" }, measures = { "n = count()", "jaren = sum(leeftijd)" },
      sql = "count(*), sum(leeftijd)",
      from = "(select s.kolom, r.leeftijd, r.pseudoniem is not null in_register from sonar s left join register r "
        .. "using (pseudoniem))",
    },
  })
end)

test("columns that are computed", function(t, dk)
  local _, _, linked = files(t, dk)
  local data = linked:derive {
    "decennium = leeftijd // 10 * 10", "rest = leeftijd % 7", "jong = leeftijd < 27", "half = leeftijd / 2",
  }
  compare(t, {
    {
      table = data, by = { "decennium", "jong" }, measures = { "n = count()", "s = sum(rest)", "h = sum(half)" },
      sql = "count(*), sum(rest), printf('%.9f', sum(half))",
      from = "(select leeftijd / 10 * 10 decennium, leeftijd % 7 rest, leeftijd < 27 jong, leeftijd / 2.0 half "
        .. "from linked)",
    },
  })
end)

test("rows and their order", function(t, dk)
  local _, _, linked = files(t, dk)
  local answers = ask_sqlite(t, {
    "select pseudoniem, gemeente, leeftijd from linked where leeftijd < 20 and not in_sonar order by leeftijd desc, "
      .. "gemeente, pseudoniem limit 50;",
  })
  local rows = linked:where "leeftijd < 20 and not in_sonar":sort { "leeftijd desc", "gemeente", "pseudoniem" }
    :select { "pseudoniem", "gemeente", "leeftijd" }:head(50)
  t.eq(#rows, 50)
  t.eq(lines_of(rows, {}), answers[1])
  local in_order = {}
  for row in rows:rows() do
    in_order[#in_order + 1] = row.leeftijd
  end
  for i = 2, #in_order do
    t.ok(in_order[i] <= in_order[i - 1])
  end
end)
