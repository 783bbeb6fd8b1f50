-- flows.lua - what moves where: shares of the values of a column, for steps.
--
--   { Arnhem = { Duiven = 0.10, Rheden = "$deel" }, Duiven = { Arnhem = 0.05 } }      from each, to others
--   { { from = "Arnhem", to = "Duiven", share = 0.10 }, ... }                        a row for each
--   a table of dekking with columns from, to and share

local dk, core = ...

local given_as = core.part "given".kind

local flows = {}

-- A value as the engine wants it.
local function value_of(value, what)
  return core.literal(value)
    or core.fail(("scenario: shares: %s cannot be %s (a text, a number, true, false or dk.null)"):format(what,
      given_as(value)))
end

local function flow(from, to, share)
  local text
  if core.is_number(share) then
    text = core.literal(share)
  elseif share ~= nil then
    text = core.condition(share, "scenario: a share wants a number or an expression")
  end
  if text == nil then
    core.fail(("scenario: shares: %s -> %s has no share but %s: write 0.10 or \"$deel\""):format(tostring(from),
      tostring(to), given_as(share)))
  end
  return { from = value_of(from, "where it comes from"), to = value_of(to, "where it goes"), share = text }
end

-- Keys in an order that is not Lua's: as they are shown.
local function ordered(t)
  local keys = {}
  for key in pairs(t) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    if type(a) == "number" and type(b) == "number" then
      return a < b
    end
    return tostring(a) < tostring(b)
  end)
  return keys
end

-- Rows of a table, and of a table of tables.
local function rows_of(t)
  local rows = {}
  for row in t:select { "from", "to", "share" }:rows() do
    rows[#rows + 1] = { from = row.from == nil and dk.null or row.from, to = row.to == nil and dk.null or row.to,
      share = row.share }
  end
  return rows
end

local function map_rows(map)
  local rows = {}
  for _, from in ipairs(ordered(map)) do
    if type(map[from]) ~= "table" or core.kind(map[from]) then
      core.fail(("scenario: shares of %s are a table such as { Duiven = 0.10 }, not %s"):format(tostring(from),
        given_as(map[from])))
    end
    for _, to in ipairs(ordered(map[from])) do
      rows[#rows + 1] = { from = from, to = to, share = map[from][to] }
    end
  end
  return rows
end

-- The rows that shares are, in whatever form.
local function as_rows(shares)
  local first = type(shares) == "table" and shares[1]
  if core.kind(shares) == "table" then
    return rows_of(shares)
  elseif type(first) == "table" and first.share ~= nil then
    return shares
  end
  return map_rows(shares)
end

local function of_rows(rows)
  local list = {}
  for i = 1, core.list(rows, "scenario: shares") do
    local row = rows[i]
    if type(row) ~= "table" then
      core.fail(("scenario: shares: row %d is { from = \"Arnhem\", to = \"Duiven\", share = 0.10 }, not %s"):format(i,
        given_as(row)))
    end
    core.check(row, ("scenario: row %d of shares"):format(i), { "from", "to", "share" })
    list[i] = flow(row.from, row.to, row.share)
  end
  return list
end

-- Shares as a script would write them, without tables of dekking and values as keys: as they are, or as rows.
function flows.plain(shares)
  local plain = core.kind(shares) ~= "table"
  for from, row in pairs(plain and shares or {}) do
    plain = plain and type(from) ~= "userdata"
    for to in pairs(row) do
      plain = plain and type(to) ~= "userdata"
    end
  end
  return plain and shares or as_rows(shares)
end

-- A list of { from =, to =, share = }, each a text of the engine's.
function flows.read(shares)
  if core.kind(shares) ~= "table" and (type(shares) ~= "table" or core.kind(shares)) then
    core.fail(("scenario: shares are a table such as { Arnhem = { Duiven = 0.10 } }, not %s"):format(given_as(shares)))
  end
  local list = of_rows(as_rows(shares))
  if #list == 0 then
    core.fail "scenario: shares move nothing: the table is empty"
  end
  return list
end

function flows.show(list)
  local texts = {}
  for i, one in ipairs(list) do
    texts[i] = i <= 4 and ("%s -> %s %s"):format(one.from, one.to, one.share) or nil
  end
  return table.concat(texts, ", ") .. (#list > 4 and (" and %d more"):format(#list - 4) or "")
end

return flows
