-- join_types.lua - keys of every pair of types: they join, or the message says what to write, and that joins.

local test = ...

local kinds = { "boolean", "integer", "decimal", "real", "ratio", "date", "timestamp", "month", "quarter", "year",
  "category", "text" }

-- Of each pair, in that order: = joins, + is refused with what to write, r with how to read it, . is refused.
local pairs_of = {
  boolean   = "=++++.....++",
  integer   = "+====....+++",
  decimal   = "+====....+++",
  real      = "+====....+++",
  ratio     = "+====....+..",
  date      = ".....=++++++",
  timestamp = ".....+=+++rr",
  month     = ".....++=++++",
  quarter   = ".....+++=+++",
  year      = ".++++++++=++",
  category  = "++++.+r+++==",
  text      = "++++.+r+++==",
}

-- What stands for the same thing in all types that can have it: the first of January 2024, or the number 2024; true, or 1.
local values = { date = "2024-01-01", timestamp = "2024-01-01 10:30:00", month = "2024-01", quarter = "2024Q1",
  year = "2024", boolean = "true" }

-- A table of one row, whose key can be compared with one of another type.
local function make(dk, kind, other)
  local is_text = kind == "text" or kind == "category"
  local number = (other == "boolean" or kind == "boolean") and "1" or "2024"
  local value = values[kind] or number
  if is_text then
    value = other == "decimal" and "2024.00" or values[other] or number
  end
  if kind == "ratio" then
    return dk.read_text(("k\n%s\n"):format(number)):derive("ratio = k / 1"):select({ "ratio" })
      :rename { ratio = "sleutel dag" }
  end
  local is_decimal = kind == "decimal"
  return dk.read_text(("sleutel dag\n%s\n"):format(is_decimal and number .. ".00" or value),
    { types = { ["sleutel dag"] = is_decimal and "decimal(2)" or kind } })
end

local function follow(t, message, left, right)
  local expression, side, mine, theirs =
    message:match 'derive "(.-)" from the (%a+) table, and take the key { mine = "(.-)", theirs = "(.-)" }'
  t.ok(expression, message)
  if side == "first" then
    left = left:derive(expression)
  else
    right = right:derive(expression)
  end
  return #left:join(right, { mine = mine, theirs = theirs }, { kind = "inner", suffix = "_2" })
end

for _, a in ipairs(kinds) do
  test(("%s joins with every type, or says how"):format(a), function(t, dk)
    for i, b in ipairs(kinds) do
      local expected = pairs_of[a]:sub(i, i)
      local left, right = make(dk, a, b), make(dk, b, a)
      for _, name in ipairs { "sleutel dag", "dag" } do -- a name that is no word, and one that is
        if name == "dag" then
          left, right = left:rename { ["sleutel dag"] = name }, right:rename { ["sleutel dag"] = name }
        end
        local ok, made = pcall(function() return left:join(right, name, { kind = "inner" }) end)
        local what = ("%s with %s: %s"):format(a, b, made)
        if expected == "=" then
          t.ok(ok, what)
          t.eq(#made, 1)
          t.eq(#right:join(left, name, { kind = "semi" }), 1)
        else
          t.ok(not ok, what)
          t.has(tostring(made), "which cannot be compared", ("the key %s is %s and %s is %s"):format(name, a, name, b))
          if expected == "+" then
            t.eq(follow(t, tostring(made), left, right), 1)
          elseif expected == "r" then
            t.has(tostring(made), ("state the type of %s when reading it"):format(name),
              ('types = { ["%s"] = "timestamp" }'):format(name))
          else
            t.has(tostring(made), "there is no one way to bring the one to the other")
          end
        end
      end
    end
  end)
end

test("a timestamp's day is said, not guessed", function(t, dk)
  local visits = dk.read_text("wie;moment\na;2024-01-01 10:30:00\nb;2024-01-02 00:00:00\nc;\n")
  local days = dk.read_text("dag;feest\n2024-01-01;nieuwjaar\n2024-01-02;geen\n")
  t.raises(function() return visits:join(days, { mine = "moment", theirs = "dag" }) end,
    "moment is timestamp and dag is date",
    'derive "moment_key = date(moment)" from the first table, and take the key { mine = "moment_key", theirs = "dag" }')
  t.eq(visits:derive("moment_key = date(moment)"):join(days, { mine = "moment_key", theirs = "dag" }).feest:to_lua(),
    { "nieuwjaar", "geen", dk.null })
  t.raises(function() return visits:join(days, nil, { as_of = { mine = "moment", theirs = "dag" } }) end,
    "rows go by times of one type", 'derive "moment_key = date(moment)"')
end)
