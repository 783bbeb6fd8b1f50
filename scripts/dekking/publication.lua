-- publication.lua - dk.publication: what can be said from a published table, and what cannot.
--
-- The publication prints, per municipality, how many persons of the target group are known; the size of the register
-- it prints for the region alone. So there is one coverage rate, the region's, and per municipality there are bounds.
-- All figures are exact: whole numbers, and ratios of whole numbers.

local dk, core = ...

local given_shown = core.part "given".shown

local OPTIONS = { "register", "region", "known", "label" }
local REGISTER = { "level", "value", "stated" }
local MOST_PERSONS = 1000000000 -- a share of nine digits of so many persons fits in 64 bits
local MOST_DIGITS = 9
local COUNT, RATE = "#,##0", "0.0 %"

local states = setmetatable({}, { __mode = "k" })

local function state_of(self, method)
  return states[self] or core.fail(("%s: called on %s, and not on a publication (call it with a colon)")
    :format(method, core.what(self)))
end

local function text_option(options, key, otherwise)
  local value = options[key]
  if value == nil then
    return otherwise
  end
  if type(value) ~= "string" then
    core.fail(("publication: %s is a string, not %s"):format(key, core.what(value)))
  end
  return value
end

local function count_of(value, what)
  local count = type(value) == "number" and math.tointeger(value)
  if not count or count < 0 or count > MOST_PERSONS then
    core.fail(("%s must be a whole number of persons from 0 to %d, not %s"):format(what, MOST_PERSONS, given_shown(value)))
  end
  return count
end

-- A share of Lua as a whole number over a power of ten, by its shortest decimal.
local function share_of(value, what)
  local digits, scale
  if core.is_number(value) then
    digits, scale = core.decimal(value)
  end
  if not digits or value < 0 or value > 1 or scale > MOST_DIGITS then
    core.fail(("%s must be a share from 0 to 1 with at most %d digits, not %s"):format(what, MOST_DIGITS,
      given_shown(value)))
  end
  return digits, math.tointeger(10 ^ scale), scale
end

-- The pattern that shows every digit of a share that is stated with so many: 0.74 is 74 %, 0.7402 is 74.02 %.
local function pattern_of(scale)
  return scale <= 2 and "0 %" or ("0.%s %%"):format(("0"):rep(scale - 2))
end

local methods = {}

-- The rate of the region: numerator, denominator, share; with `stated`, whether the share that is printed agrees
-- with it when rounded to as many digits.
function methods:coverage()
  local p = state_of(self, "coverage")
  local expressions = { "share = numerator / denominator" }
  local patterns = { numerator = COUNT, denominator = COUNT, share = RATE }
  if p.stated then
    local digits, power, scale = share_of(p.stated, "publication: stated")
    -- |known / register - digits / power| is at most half a unit of the last digit
    local agrees = p.n_register > 0 and 2 * math.abs(p.n_known * power - digits * p.n_register) <= p.n_register
    expressions[2] = "stated = " .. core.literal(p.stated)
    expressions[3] = "agrees = " .. core.literal(agrees)
    patterns.stated = pattern_of(scale)
  end
  local result = dk.table {
    { p.level, { p.region or dk.null } },
    { "numerator", { p.n_known } },
    { "denominator", { p.n_register } },
  }
  return result:derive(expressions):format(patterns)
end

-- Coverage per `dimension`: only the level for which the register is published has one.
function methods:coverage_by(dimension)
  local p, name = state_of(self, "coverage_by"), core.name(dimension)
  if name == p.level then
    return self:coverage()
  elseif not name then
    core.fail(('coverage_by wants the name of a level, such as "arbeidsmarktregio", not %s'):format(core.what(dimension)))
  end
  core.fail(("the register is published per %s only, so coverage per %s cannot be had from the publication "
    .. "(bounds() tells between which limits it lies)"):format(p.level, name))
end

-- Between which limits the coverage of each place lies: those who are known are S; of the region's unknown, U, all or
-- none may live there. So it is at least S / (S + U) and at most 1; where nobody is known it is 0, or undefined.
function methods:bounds()
  local p = state_of(self, "bounds")
  local can_be_whole = {}
  for i, n in ipairs(p.known_counts) do
    can_be_whole[i] = n > 0 and 1 or 0
  end
  local result = dk.table({ { p.label, p.labels }, { "known", p.known_counts }, { "greatest", can_be_whole } })
    :derive { ("least = known / (known + %d)"):format(p.n_register - p.n_known), "greatest = greatest / 1" }
    :select { p.label, "known", "least", "greatest" }
    :format { known = COUNT, least = RATE, greatest = RATE }
  return result:note("where nobody is known the coverage is 0, or undefined when the register has nobody there")
end

-- How many persons must be known for each target, and how many more that are: pub:needed { 0.80, 0.90 }
function methods:needed(targets)
  local p = state_of(self, "needed")
  if type(targets) ~= "table" then
    targets = { targets }
  end
  if core.list(targets, "needed") == 0 then
    core.fail "needed wants shares, such as { 0.80, 0.90 }"
  end
  local totals, more, most_scale = {}, {}, 0
  for i, target in ipairs(targets) do
    local digits, power, scale = share_of(target, "needed: a target")
    -- reached when known / register >= digits / power, in whole persons: rounded up
    totals[i] = (digits * p.n_register + power - 1) // power
    more[i] = math.max(0, totals[i] - p.n_known)
    most_scale = math.max(most_scale, scale)
  end
  return dk.table({ { "target", targets }, { "needed", totals }, { "more", more } })
    :format { target = pattern_of(most_scale), needed = COUNT, more = COUNT }
end

-- n persons over the places, in proportion to those who are known: whole persons by largest remainder, ties to the
-- place that comes first.
function methods:spread(n)
  local p = state_of(self, "spread")
  n = count_of(n, "spread: the number")
  local unknown = p.n_register - p.n_known
  if n > unknown then
    core.fail(("spread: of the %d persons in the register %d are not known, so %d more cannot become known")
      :format(p.n_register, unknown, n))
  end
  local more = dk.apportion(p.known_counts, n)
  local after = {}
  for i, known in ipairs(p.known_counts) do
    after[i] = known + more[i]
  end
  return dk.table({ { p.label, p.labels }, { "known", p.known_counts }, { "more", more }, { "after", after } })
    :format { known = COUNT, more = COUNT, after = COUNT }
end

-- The share of each place in all who are known, and of each column in the place's own total (null where that is 0).
function methods:shares()
  local p = state_of(self, "shares")
  local known = core.quoted(p.known)
  local expressions = { ("share = %s / %d"):format(known, p.n_known) }
  local columns, patterns = { p.label, p.known, "share" }, { [p.known] = COUNT, share = RATE }
  for _, name in ipairs(p.parts) do
    local share = name .. "_share"
    expressions[#expressions + 1] = ("%s = %s / %s"):format(core.quoted(share), core.quoted(name), known)
    columns[#columns + 1] = share
    patterns[share] = RATE
  end
  return p.detail:derive(expressions):select(columns):format(patterns)
end

core.methods["dk.Publication"] = core.export(methods)
local class = { __name = "dk.publication", __metatable = "dk.publication" }

function class.__index(_, name) return core.member(nil, name, methods, "a publication") end

function class.__newindex()
  core.fail "a publication never changes"
end

function class.__tostring(self)
  local p = states[self]
  return ("publication: %d of %d known%s, the register per %s, %d rows per %s"):format(p.n_known, p.n_register,
    p.region and " in " .. p.region or "", p.level, #p.labels, p.label)
end

core.export(class)

-- dk.publication(table, { register = { level = "arbeidsmarktregio", value = 7676, stated = 0.74 }, region = "...",
-- known = "totaal", label = "gemeente" })
return core.export(function(published, options)
  if core.kind(published) ~= "table" then
    core.fail(("publication wants a published table, as dk.read_published gives it, not %s"):format(core.what(published)))
  end
  if type(options) ~= "table" then
    core.fail 'publication wants options, such as { register = { level = "arbeidsmarktregio", value = 7676 } }'
  end
  core.check(options, "publication", OPTIONS)
  local register = options.register
  if type(register) ~= "table" then
    core.fail 'publication: say what is known of the register: register = { level = "arbeidsmarktregio", value = 7676 }'
  end
  core.check(register, "publication: register", REGISTER)
  if type(register.level) ~= "string" then
    core.fail "publication: register.level names the level for which the register is published"
  end
  local detail = published:detail()
  local names = {}
  for name in detail:columns() do
    names[#names + 1] = name
  end
  local p = {
    detail = detail,
    level = register.level,
    region = text_option(options, "region"),
    label = text_option(options, "label", names[1]),
    known = text_option(options, "known", names[#names]),
    n_register = count_of(register.value, "publication: register.value"),
    n_known = 0,
    stated = register.stated,
    parts = {},
  }
  if p.stated ~= nil then
    share_of(p.stated, "publication: register.stated")
  end
  p.labels = detail:column(p.label)
  local known = detail:column(p.known)
  if known:type() ~= "integer" or known:nulls() > 0 then
    core.fail(("publication: column %s must hold a number of persons in every row"):format(p.known))
  end
  p.known_counts = known:to_lua()
  for _, n in ipairs(p.known_counts) do
    p.n_known = p.n_known + count_of(n, "publication: " .. p.known)
  end
  if p.n_known > p.n_register then
    core.fail(("publication: %d persons are known, and the register holds only %d"):format(p.n_known, p.n_register))
  end
  for name, column in detail:columns() do
    if name ~= p.label and name ~= p.known and column:type() == "integer" then
      p.parts[#p.parts + 1] = name
    end
  end
  local self = setmetatable({}, class)
  states[self] = p
  return self
end)
