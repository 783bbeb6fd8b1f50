-- public.lua - public data, and what R computes from it.
--
-- usage: dekking tests/cross/public.lua FOLDER        FOLDER has what public.R wrote
--
-- Exact figures of dekking must be R's to eleven digits, counts must be equal. Some are published: they stand here too.

local folder = assert(arg[1], "usage: dekking tests/cross/public.lua FOLDER")
local check = dofile "tests/check.lua"

local function near(a, b)
  if a == nil or b == nil then
    return a == b
  end
  if math.type(a) == "integer" and math.type(b) == "integer" then
    return a == b
  end
  return type(a) == "number" and math.abs(a - b) <= 1e-11 * math.max(math.abs(a), math.abs(b))
end

local function show(value)
  return value == nil and "null" or math.type(value) == "float" and ("%.17g"):format(value) or tostring(value)
end

-- Every row that R expects must be there, with the same figures, and no other row with persons in it.
local function compare(name, keys, result)
  local expected, columns = dk.read(("%s/expected-%s.csv"):format(folder, name), { delimiter = "," }), {}
  local function key_of(row)
    local parts = {}
    for i, key in ipairs(keys) do
      parts[i] = row[key] == nil and "null" or tostring(row[key])
    end
    return table.concat(parts, " / ")
  end
  for column in expected:columns() do
    columns[#columns + 1] = column
  end
  local found, n_found, n_expected = {}, 0, 0
  for row in result:rows() do
    local copy = {}
    for _, column in ipairs(columns) do
      copy[column] = row[column]
    end
    found[key_of(row)] = copy
    n_found = n_found + 1
  end
  for row in expected:rows() do
    local key = key_of(row)
    local ours = found[key]
    n_expected = n_expected + 1
    for _, column in ipairs(columns) do
      local is_key = false
      for _, other in ipairs(keys) do
        is_key = is_key or other == column
      end
      if not is_key then
        check.ok(("%s, %s, %s"):format(name, key, column), ours and near(ours[column], row[column]),
          ("%s, and R says %s"):format(ours and show(ours[column]) or "no such row", show(row[column])))
      end
    end
  end
  check.ok(name, n_found == n_expected, ("%d rows, and R says %d"):format(n_found, n_expected))
end

local function file(name, options)
  options = options or {}
  options.delimiter = ","
  return dk.read(("%s/%s.csv"):format(folder, name), options)
end

-- Tables of counts, as they are and person by person --------------------------------------------------------------------

local saved = { "n = count()", "saved = count() where Survived == 'Yes'", "rate = saved / n" }
local texts = { Survived = "category" }
local titanic = file("titanic", { weight = "Freq", unit = "persons", types = texts })
local persons = file("titanic-persons", { types = texts })
check.ok("titanic", #persons == 2201, ("%d persons, not 2201"):format(#persons))
for _, data in ipairs { titanic:where "Freq > 0", persons } do
  compare("titanic-class-sex", { "Class", "Sex" }, data:breakdown { by = { "Class", "Sex" }, measures = saved })
  compare("titanic-class", { "Class" }, data:breakdown { by = "Class", measures = saved })
end

local berkeley = file("berkeley", { weight = "Freq" })
local admitted = { "n = count()", "rate = (count() where Admit == 'Admitted') / count()" }
compare("berkeley-dept-gender", { "Dept", "Gender" }, berkeley:breakdown { by = { "Dept", "Gender" }, measures = admitted })
local by_gender = berkeley:breakdown { by = "Gender", measures = admitted }
compare("berkeley-gender", { "Gender" }, by_gender)
for row in by_gender:rows() do -- 44.5 % of 2691 men and 30.4 % of 1835 women, as Bickel and others published in 1975
  local n, rate = 1835, 0.304
  if row.Gender == "Male" then
    n, rate = 2691, 0.445
  end
  check.ok("berkeley, " .. row.Gender, row.n == n and math.abs(row.rate - rate) < 0.0005, show(row.rate))
end

-- Records with unknown values, by every road ------------------------------------------------------------------------------

local stops = file("stops", { types = {
  date = "timestamp", lat = "real", long = "real", personSearch = "category", citationIssued = "category",
} })
check.ok("stops", #stops == 51920, ("%d records, not 51920"):format(#stops))
stops:save(folder .. "/stops.dk")
local halves = { stops:head(20000), stops:where "idNum is not null":slice(20001) }
for road, data in pairs {
  file = stops,
  snapshot = dk.open(folder .. "/stops.dk"),
  deliveries = halves[1]:append(halves[2]),
} do
  for threads = 1, 2 do
    dk.threads(threads)
    check.ok(("stops by the road %s"):format(road), data:fingerprint() == stops:fingerprint(), "another fingerprint")
    compare("stops-race-problem", { "race", "problem" }, data:breakdown {
      by = { "race", "problem" }, measures = "n = count()",
    })
    compare("stops-race", { "race" }, data:breakdown {
      by = "race",
      measures = {
        "n = count()", "searched = count() where personSearch == 'YES'", "known = count() where personSearch is not null",
        "places = distinct(neighborhood)", "north = max(lat)", "middle = median(lat)", "decile = quantile(long, 0.9)",
        "east = mean(long)",
      },
    })
    compare("stops-month", { "month" }, data:breakdown {
      by = "month = text(period(date, 'month'))",
      measures = { "n = count()", "cited = count() where citationIssued == 'YES'" },
    })
  end
end
dk.threads(0)

-- Samples with weights ---------------------------------------------------------------------------------------------------

local nhanes = file("nhanes", { weight = "WTMEC2YR", types = { WTMEC2YR = "decimal" } })
local chol = { "persons = count()", "high = mean(HI_CHOL)" }
compare("nhanes-race-sex", { "race", "RIAGENDR" }, nhanes:breakdown { by = { "race", "RIAGENDR" }, measures = chol })
compare("nhanes", {}, nhanes:breakdown { by = {}, measures = chol })

local spread = {
  "middle = median(number)", "decile = quantile(number, 0.1)", "spread = variance(number)", "sd = sd(number)",
  "together = cov(number, saved)", "r = corr(number, saved)", "most = mode(number)",
}
compare("titanic-spread", { "Sex" }, file("titanic-number", { weight = "Freq", types = texts })
  :derive("saved = integer(Survived == 'Yes')"):breakdown { by = "Sex", measures = spread })

local schools = file("schools", { weight = "pw", types = { pw = "decimal" } })
compare("schools-type", { "stype" }, schools:breakdown {
  by = "stype",
  measures = { "pupils = sum(enroll)", "score00 = mean(api00)", "score99 = mean(api99)", "acs = mean(`acs.core`)" },
})
local whole = schools:breakdown {
  by = {}, measures = { "pupils = sum(enroll)", "score00 = mean(api00)", "ratio = sum(api00) / sum(api99)" },
}
compare("schools", {}, whole)
local row = whole:rows()() -- as the manual of the survey package prints them
check.ok("schools, published", math.abs(row.pupils - 3687178) < 1 and math.abs(row.score00 - 662.29) < 0.01,
  show(row.pupils) .. ", " .. show(row.score00))

check.finish()
