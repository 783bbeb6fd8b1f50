-- Names of functions that people bring from SQL, dplyr, data.table and pandas: the message says what does the same here.

local test = ...

-- What was asked, what the message says, and what that is in a table of people; where it is none of a measure, in `derive`.
local measures = {
  { "avg(x)", "that is mean(x)", "mean(x)" },
  { "AVG(x)", "that is mean(x)", "mean(x)" },
  { "n()", "that is count()", "count()" },
  { "countif(x > 1)", "count() where x > 1", "count() where x > 1" },
  { "sumif(x, y > 1)", "sum(x) where y > 1", "sum(x) where y > 1" },
  { "minimum(x)", "min(x)", "min(x)" },
  { "maximum(x)", "max(x)", "max(x)" },
  { "stddev(x)", "sd(x)", "sd(x)" },
  { "var(x)", "variance(x)", "variance(x)" },
  { "covar(x, y)", "cov(x, y)", "cov(x, y)" },
  { "uniqueN(x)", "distinct(x)", "distinct(x)" },
  { "percentile(x, 0.9)", "quantile(x, 0.9)", "quantile(x, 0.9)" },
  { "any_value(x)", "first(x)", "first(x)" },
  { "entries()", "rows(), which counts a row for each member of its set", "rows()" },
  { "share(x)", "a share is n / all(n), or n / all(n, d) within", "count() / all(count())" },
}

local values = {
  { "any(v, 'a')", "has_any(v, 'x', 'y')", "has_any(v, 'a')" },
  { "every(v, 'a')", "has_all(v, 'x', 'y')", "has_all(v, 'a')" },
  { "ifelse(x > 1, y, x)", "case(x > 1, a, b)", "case(x > 1, y, x)" },
  { "nvl(x, y)", "coalesce(a, b)", "coalesce(x, y)" },
  { "nullif(x, y)", "case(a ~= b, a)", "case(x ~= y, x)" },
  { "isnull(x)", "x is null", "x is null" },
  { "is_not_null(x)", "x is not null", "x is not null" },
  { "cast(x)", "decimal(x, 2), real(x), text(x)", "decimal(x, 2)" },
  { "int(x)", "integer(x)", "integer(x)" },
  { "double(x)", "real(x)", "real(x)" },
  { "tonumber(s)", "integer(x), decimal(x, 2) or real(x)", "real('1.5')" },
  { "tostring(x)", "text(x)", "text(x)" },
  { "str(x)", "text(x)", "text(x)" },
  { "date_trunc(d, 'month')", "period(d, 'month')", "period(d, 'month')" },
  { "to_date(s)", "date(x)", "date('2024-12-31')" },
  { "datediff(d, d)", "d - e, in days; age(d, e) is in whole years", "d - date '2020-01-01'" },
  { "today()", "date '2024-12-31', or a parameter such as $day", "age(d, date '2024-12-31')" },
  { "len(s)", "length(s)", "length(s)" },
  { "substr(s, 1, 3)", "sub(s, 1, 3)", "sub(s, 1, 3)" },
  { "concat(s, s)", "a .. b", "s .. s" },
  { "begins_with(s, 'a')", "starts_with(s, t)", "starts_with(s, 'a')" },
  { "str_ends(s, 'a')", "ends_with(s, t)", "ends_with(s, 'a')" },
  { "includes(s, 'a')", "contains(s, t)", "contains(s, 'a')" },
  { "toupper(s)", "upper(s)", "upper(s)" },
  { "lcase(s)", "lower(s)", "lower(s)" },
  { "ltrim(s)", "trim_left(s)", "trim_left(s)" },
  { "rtrim(s)", "trim_right(s)", "trim_right(s)" },
  { "lpad(s, 8)", "pad_left(s, 8)", "pad_left(s, 8)" },
  { "rpad(s, 8)", "pad_right(s, 8)", "pad_right(s, 8)" },
  { "gsub(s, 'a', 'b')", "pattern_replace(s, p, r)", "pattern_replace(s, 'a', 'b')" },
  { "grepl('a', s)", "contains(s, t), pattern_matches(s, p) or regexp_matches(s, p)", "pattern_matches(s, 'a')" },
  { "match(s, '.')", "pattern_extract(s, p) or regexp_extract(s, p)", "pattern_extract(s, '.')" },
  { "rlike(s, 'a')", "regexp_matches(s, p)", "regexp_matches(s, 'a')" },
  { "sqrt(x)", "no roots, powers and logarithms: t:map calls a function of Lua", "x" },
  { "ceiling(x)", "ceil(x)", "ceil(x)" },
  { "cut(x, 18, 27)", "bin(x, 18, 27, 50)", "bin(x, 18, 27, 50)" },
}

local dimensions = {
  { "combinations(v)", "by a column of sets itself a breakdown counts combinations", "v" },
  { "unnest(v)", "by member(v) a breakdown has each row in the group of every member of its set", "member(v)" },
}

local windows = {
  { "lag(x)", "previous(x)", "previous(x)" },
  { "lead(x)", "next(x)", "next(x)" },
  { "cumsum(x)", "running_sum(x)", "running_sum(x)" },
  { "cumcount()", "running_count()", "running_count()" },
  { "rollmean(x, 3)", "moving_mean(x, 3)", "moving_mean(x, 3)" },
}

-- Words and signs rather than functions.
local written = {
  { "all(v, 'a')", "a set has all of some members where has_all(v, 'x', 'y'); measures belong in a breakdown",
    "has_all(v, 'a')" },
  { "case when x > 1 then y else x end", "case(x > 1, a, b)", "case(x > 1, y, x)" },
  { "x if x > 1 else y", "case(x > 1, a, b)", "case(x > 1, x, y)" },
  { "x > 1 ? x : y", "a choice is case(x > 1, a, b)", "case(x > 1, x, y)" },
  { "x ?? y", "b where a is null is coalesce(a, b)", "coalesce(x, y)" },
  { "s like 'a%'", "pattern_matches(s, p) or regexp_matches(s, p)", "pattern_matches(s, '^a')" },
  { "s NOT LIKE 'a%'", "words of the language are written small: not", "not pattern_matches(s, '^a')" },
  { "s not like 'a%'", "pattern_matches(s, p) or regexp_matches(s, p)", "not pattern_matches(s, '^a')" },
  { "v has 'a'", "has(v, 'x'), has_any(v, 'x', 'y') or has_all(v, 'x', 'y')", "has(v, 'a')" },
  { "s contains 'a'", "a text by contains(s, t)", "contains(s, 'a')" },
  { "cast(x as text)", "integer(x), decimal(x, 2), real(x), text(x)", "text(x)" },
  { "x::text", "integer(x), decimal(x, 2), real(x), text(x)", "text(x)" },
  { "x is distinct from y", "x ~= y tells whether two do", "x ~= y" },
  { "extract(year from d)", "year(d), quarter(d), month(d) or day(d)", "year(d)" },
  { "d + interval 3 day", "days are added as a number: d + 30", "d + 3" },
  { "d < 2024-12-31", "a date is written date '2024-12-31'", "d < date '2024-12-31'" },
  { "s || 'x'", "texts are joined by ..", "s .. 'x'" },
  { "x ** 2", "there are no powers: write x * x", "x * x" },
  { "x ^ 2", "there are no powers: write x * x", "x * x" },
  { "x div 2", "a whole quotient is x // y", "x // 2" },
  { "x mod 2", "a remainder is x % y", "x % 2" },
  { "x > 1 xor y > 4", "one of two is a ~= b", "(x > 1) ~= (y > 4)" },
  { "s:upper()", "a function has its text in parentheses: upper(s), sub(s, 1, 3)", "upper(s)" },
  { "#s", "the length of a text is length(s)", "length(s)" },
  { "math.floor(x)", "columns and functions have plain names: x and not t.x, floor(x) and not math.floor(x)", "floor(x)" },
  { "x is nil", "what is not known is null here: x is null", "x is null" },
  { "x > 1,5", "a number has a decimal point: 1.5", "x > 1.5" },
  { "x > 74%", "% gives the remainder of a division, and a percentage is a fraction: 74 % is 0.74", "x > 0.74" },
  { "x > 74 % and y > 3", "a percentage is a fraction: 74 % is 0.74", "x > 0.74 and y > 3" },
  { "(x > 0.5%)", "a percentage is a fraction", "(x > 0.005)" },
}

local written_of_groups = {
  { "count(*)", "rows are counted by count()", "count()" },
  { "count(distinct x)", "distinct(x) counts the values that differ", "distinct(x)" },
  { "count() filter (where x > 1)", "count() where x > 1", "count() where x > 1" },
  { "sum(x) over (order by y)", "for t:window: running_sum(x)", "sum(x)" },
}

local function people(dk)
  return dk.table({
    { "x", { 1, 2, 3 } }, { "y", { 4, 5, 4 } }, { "s", { "ab", "bc", "ca" } },
    { "d", { "2001-02-03", "2002-03-04", "2003-04-05" } }, { "v", { { "a", "b" }, { "a" }, {} } },
  }, { types = { d = "date" } })
end

-- What is suggested can be asked. said: what every message begins with, where that is the same.
local function try(t, cases, ask, said)
  for _, case in ipairs(cases) do
    t.has(select(2, pcall(ask, case[1])), said or "", case[2])
    t.eq(#ask(case[3]) > 0, true)
  end
end

test("a name of elsewhere is told in a measure, a dimension, a column and a window", function(t, dk)
  local data = people(dk)
  try(t, measures, function(e) return data:breakdown { measures = "m = " .. e } end, "unknown function")
  try(t, dimensions, function(e) return data:breakdown { by = "g = " .. e, measures = "n = count()" } end,
    "unknown function")
  try(t, values, function(e) return data:derive("m = " .. e) end, "unknown function")
  try(t, windows, function(e) return data:window { order = "x", "m = " .. e } end, "unknown function")
end)

test("what is written otherwise elsewhere is told where it stands", function(t, dk)
  local data = people(dk)
  try(t, written, function(e) return data:derive("m = " .. e) end)
  try(t, written_of_groups, function(e) return data:breakdown { measures = "m = " .. e } end)
end)

test("what is none is near to another name, or to none", function(t, dk)
  local data = people(dk)
  t.raises(function() data:derive "m = lenght(s)" end, "did you mean length()?")
  t.raises(function() data:derive "m = substrin(s)" end, "unknown function substrin()")
  local message = select(2, pcall(data.derive, data, "m = substrin(s)"))
  t.eq(message:find "here that is", nil)
end)

test("a total is no value of its dimension, and is told how it is asked for", function(t, dk)
  local totals = people(dk):breakdown { by = { "s", "y" }, measures = "n = count()", margins = "totals" }
  local over = "rows that are totals over "
  t.raises(function() totals:where "s == totaal" end, "unknown column totaal",
    "(rows that are totals over d are those where d is total)")
  t.raises(function() totals:where "s ~= Total" end, "unknown column Total", "(" .. over)
  t.eq(totals:where "s == 'totaal'":notes(), { 'no s is "totaal"; ' .. over .. "it are those where s is total" })
  t.eq(totals:where "s in ('ab', 'Totaal')":notes(), { 'no s is "Totaal"; ' .. over .. "it are those where s is total" })
  t.eq(#totals:where "s is total", 1)
  t.eq(people(dk):where "s == 'totaal'":notes(), { 'no s is "totaal"' })
end)

test("a value without quotes is told from a name of a column", function(t, dk)
  local data = people(dk)
  t.raises(function() data:where "s == ab" end, "unknown column ab", "(a value of s is a text: 'ab')")
  t.raises(function() data:where "s in ('bc', ca)" end, "(a value of s is a text: 'ca')")
  local message = select(2, pcall(data.where, data, "s == abc"))
  t.eq(message:find "is a text", nil)
end)

-- A name of a method, and what is suggested for it, which is called; t is the table.
local methods = {
  { "filter", 't:where "x > 1"' }, { "mutate", 't:derive "name = x + 1"' },
  { "group_by", 't:breakdown { by = "x", measures = "n = count()" }' }, { "order_by", 't:sort { "x", "y desc" }' },
  { "limit", "t:head(10)" }, { "last", "t:tail(10)" }, { "nlargest", 't:top { n = 10, by = "x desc" }' },
  { "left_join", 't:join(other, "key", { kind = "left" })' }, { "union_all", "t:append(other)" },
  { "pivot_wider", 't:pivot { rows = "x", columns = "y", values = "z" }' }, { "melt", 't:unpivot { rows = "x" }' },
  { "drop_duplicates", "t:distinct()" }, { "sample_n", "t:sample { n = 10, seed = 1 }" }, { "nrow", "#t" },
  { "glimpse", "t:schema()" }, { "iterrows", "for row in t:rows() do ... end" },
  { "compare", "b:compare(t, other)" },
  { "cumsum", 't:window { order = "x", "total = running_sum(x)" }' }, { "to_csv", 't:write "name.csv"' },
  { "to_parquet", 't:save "name.dk"' }, { "show", "print(t)" }, { "to_list", "t:rows() and t.x:to_lua()" },
}

local library = {
  { "read_csv", 'dk.read "name.csv"' }, { "load", 'dk.open "name.dk"' },
  { "DataFrame", 'dk.table { { "name", { 1, 2 } } }' }, { "write_csv", 't:write "name.csv"' },
  { "save", 't:save "name.dk"' }, { "nil", "dk.null" }, { "concat", "t:append(other)" },
  { "today", 'dk.date "2024-12-31"' },
}

test("a method or function of elsewhere is told, and what is suggested runs", function(t, dk)
  local data = dk.table { { "x", { 1, 2 } }, { "y", { 5, 6 } }, { "z", { 3, 4 } }, { "key", { 7, 8 } } }
  local others = { join = dk.table { { "key", { 7 } }, { "w", { 5 } } }, append = data, compare = data }
  for _, case in ipairs(methods) do
    local said, call = select(2, pcall(function() return data[case[1]] end)), case[2]
    t.has(said, ("the table has no column or method '%s'"):format(case[1]), call)
    if not call:find "%.%.%." and not call:find " and " and not call:find "name%." then
      local env = { t = data, other = others[call:match "^%w:(%w+)%(.*other"], dk = dk,
        b = dk.breakdown { measures = "n = count()" }, print = tostring }
      t.ok(assert(load("return " .. call, "=call", "t", env))())
    end
  end
  for _, case in ipairs(library) do
    t.has(select(2, pcall(function() return dk[case[1]] end)), ("dk has no '%s'"):format(case[1]), case[2])
  end
  t.has(select(2, pcall(function() return data.x:average() end)), "a column has no method 'average' (here that is mean(x))")
  t.has(select(2, pcall(function() return dk.fn.nvl end)), "dk.fn has no function 'nvl' (here that is coalesce(a, b))")
  t.has(select(2, pcall(function() return dk.expr "x":len() end)), "method 'len' (here that is length(s))")
end)

test("a column of such a name is itself", function(t, dk)
  t.eq(dk.table { { "filter", { 3 } }, { "nrow", { 4 } } }.filter[1], 3)
end)
