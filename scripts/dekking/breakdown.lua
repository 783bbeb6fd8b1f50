-- breakdown.lua - dk.breakdown: questions as values.
--
-- A breakdown is parsed once and called with a table. Its methods give new breakdowns; none changes. What stands
-- in it is kept as a plain table (its spec), in which every entry of `by` and `measures` is { text =, label =, format =,
-- doc = }.

local dk, core = ...

local registry = core.part "registry"
local register, registered = registry.new "breakdown"
local form = core.part "breakdown_spec"
local OPTIONS, say, entry_of, read = form.OPTIONS, form.say, form.entry_of, form.read
local changed, name_of, add_docs = form.changed, form.name_of, form.add_docs

local function make(spec)
  if not spec.measures or #spec.measures == 0 then
    core.fail 'a breakdown wants measures, such as { "n = count()" }'
  end
  spec.notes = add_docs(add_docs({}, spec.by), spec.measures)
  return core.breakdown(spec)
end

local function narrowed(old, new)
  return old and ("(%s) and (%s)"):format(old, new) or new
end

-- The result of core.run_all with what the script says of its columns as notes, as core.run gives it.
local function documented(asked, result)
  local notes = core.spec(asked).notes or {}
  for i = 1, #notes do
    result = result:note(notes[i])
  end
  return result
end

-- Methods -----------------------------------------------------------------------------------------------------------

local methods = {}

-- coverage:by { "klasse" } - the same measures over other dimensions
function methods:by(by, more)
  local spec = core.spec(self, "breakdown", "by")
  if more ~= nil then
    core.fail 'by takes one list of dimensions: by { "gemeente", "klasse" }'
  end
  if by == nil then
    core.fail 'by wants dimensions, such as { "gemeente" }; {} for the total alone; got nil (was a variable nil?)'
  end
  return make(changed(spec, { by = by }))
end

-- coverage:where "leeftijd < 27" - of those rows only, beside the condition that is there
function methods:where(condition, more)
  local spec = core.spec(self, "breakdown", "where")
  if more ~= nil then
    core.fail('where takes one condition, as "leeftijd < $grens and in_sonar"; values of parameters stand behind '
      .. "the table that is asked: coverage(t, { grens = 27 })")
  end
  local copy = changed(spec, {})
  copy.where = narrowed(spec.where, read.where(condition))
  return make(copy)
end

-- coverage:with { margins = "none" } - other parts; where narrows, the others replace
function methods:with(changes)
  local spec = core.spec(self, "breakdown", "with")
  if type(changes) ~= "table" then
    core.fail(('with wants a table such as { margins = "none" }, not %s'):format(core.what(changes)))
  end
  if next(changes) == nil then
    core.fail 'with changes nothing: the table is empty (was a variable nil?)'
  end
  core.check(changes, "a breakdown", OPTIONS)
  local copy = changed(spec, changes)
  if changes.where ~= nil and changes.where ~= dk.null then
    copy.where = narrowed(spec.where, copy.where)
  end
  return make(copy)
end

-- coverage:measure "oudste = max(leeftijd)" - one measure more
function methods:measure(entry, more)
  local spec = core.spec(self, "breakdown", "measure")
  if more ~= nil then
    core.fail "measure adds one measure: call it once for each"
  end
  local list = table.move(spec.measures, 1, #spec.measures, 1, {})
  list[#list + 1] = entry_of(entry, "measures")
  local copy = changed(spec, {})
  copy.measures = list
  return make(copy)
end

-- The spec with another column in the place of a dimension, wherever the dimension is named.
local function replaced(self, method, level, dimension)
  local spec = core.spec(self, "breakdown", method)
  local function check(name, what)
    return name ~= nil and (core.name(name)
      or core.fail(("%s: the %s is the name of a column, not %s"):format(method, what, core.what(name)))) or nil
  end
  level, dimension = check(level, "level"), check(dimension, "dimension")
  if level == nil then
    core.fail(("%s wants the name of a level, such as \"arbeidsmarktregio\""):format(method))
  end
  local by = spec.by or {}
  local place
  for i, entry in ipairs(by) do
    if dimension == nil and #by == 1 or dimension ~= nil and name_of(entry) == dimension then
      place = i
    end
  end
  if not place then
    local texts = {}
    for i, entry in ipairs(by) do
      texts[i] = name_of(entry)
    end
    core.fail(("%s: which dimension does %s take the place of? It has %s: %s(%q, %q)"):format(method, level,
      #by == 0 and "none" or table.concat(texts, ", "), method, level, texts[#texts] or "gemeente"))
  end
  local old = name_of(by[place])
  local function renamed(list)
    local copy = {}
    for i, name in ipairs(list) do
      copy[i] = type(name) == "table" and renamed(name) or name == old and level
        or name == old .. " desc" and level .. " desc" or name == old .. " asc" and level .. " asc" or name
    end
    return copy
  end
  local copy = changed(spec, {})
  copy.by = table.move(by, 1, #by, 1, {})
  copy.by[place] = { text = core.quoted(level) }
  for _, key in ipairs { "margins", "levels", "order" } do
    if type(copy[key]) == "table" then
      copy[key] = renamed(copy[key])
    end
  end
  return make(copy)
end

-- coverage:drill_down("gemeente" [, "arbeidsmarktregio"]) - the same by a finer level, in the place of a dimension
-- coverage:roll_up("arbeidsmarktregio" [, "gemeente"]) - the same by a coarser one
for _, name in ipairs { "drill_down", "roll_up" } do
  methods[name] = function(self, level, dimension) return replaced(self, name, level, dimension) end
end

-- coverage:plan(table [, params]) - asks, and tells how the answer was computed, with rows and times of each step
-- coverage:plan(table, scenario [, params]) - the same of a comparison with a scenario, or a list of them
function methods:plan(data, params, more)
  core.spec(self, "breakdown", "plan")
  if core.kind(data) ~= "table" then
    core.fail(("plan wants a table of dekking, not %s"):format(core.what(data)))
  end
  if core.kind(params) == "scenario" or (type(params) == "table" and not core.kind(params) and params[1] ~= nil) then
    return core.part("ask").plan(self, data, params, more)
  end
  return core.part "explain" and core.plan_of(core.plan(self, data, params))
end

function methods:name() return core.spec(self, "breakdown", "name").name end

function methods:doc() return core.spec(self, "breakdown", "doc").doc end

-- The text that defines it again.
function methods:definition()
  core.spec(self, "breakdown", "definition")
  return core.part "notation".breakdown(self)
end

-- The columns that a table must have for it, in the order in which it mentions them.
function methods:columns()
  core.spec(self, "breakdown", "columns")
  return (core.needs(self))
end

-- The names of the parameters that it mentions, without the $.
function methods:params()
  core.spec(self, "breakdown", "params")
  return (select(2, core.needs(self)))
end

-- What if, and how many more: these are loaded when they are first asked for.
--   coverage:compare(table, scenario or { scenarios } [, params])
--   coverage:compare(table, other_table [, { name = "later", params = {} }])
--   coverage:solve(table, scenario, { vary = "aandeel", target = "dekking >= 0.90", at = dk.total })
--   coverage:allocate(table, scenario, { budget = 500, per = "gemeente", maximise = "known" })
--   coverage:contributions(table, scenario, { measure = "dekking", at = dk.total, method = "shapley" })
--   coverage:sweep(table, scenario, { aandeel = dk.range(0, 1, 0.1) } [, options])
--   coverage:bands(table, scenario, { draws = 1000, quantiles = { 0.025, 0.5, 0.975 } })
--   coverage:sensitivity(table, scenario, { measure = "dekking", at = dk.total, ranges = { aandeel = { 0.2, 0.4 } } })
local asked_in = {
  allocate = "allocate",
  bands = "bands",
  compare = "ask",
  contributions = "contributions",
  sensitivity = "sensitivity",
  solve = "ask",
  sweep = "sweep",
}
for name, part in pairs(asked_in) do
  methods[name] = function(self, ...)
    core.spec(self, "breakdown", name)
    return core.part(part)[name](self, ...)
  end
end

-- Metamethods --------------------------------------------------------------------------------------------------------

core.record(core.export(methods))
local meta = {}

function meta.__index(self, name) return core.member(self, name, methods, "a breakdown") end

function meta.__newindex()
  core.fail "a breakdown never changes: breakdown:with { ... } gives another"
end

function meta.__tostring(self)
  local spec = core.spec(self, "breakdown", "__tostring")
  local lines = { "breakdown" .. (spec.name and (" %q"):format(spec.name) or "") }
  local function add(label, text)
    lines[#lines + 1] = ("  %-9s %s"):format(label, text)
  end
  local function add_entries(label, entries)
    for i, entry in ipairs(entries or {}) do
      add(i == 1 and label or "", entry.text .. (entry.doc and (" -- %s"):format(entry.doc) or ""))
    end
  end
  if spec.doc then
    add("doc", spec.doc)
  end
  add_entries("by", spec.by)
  if spec.where then
    add("where", spec.where)
  end
  add_entries("measures", spec.measures)
  if type(spec.margins) == "table" then
    local sets = {}
    for i, set in ipairs(spec.margins) do
      sets[i] = #set == 0 and "{}" or ("{ %s }"):format(table.concat(set, ", "))
    end
    add("margins", table.concat(sets, ", "))
  end
  for _, key in ipairs { "margins", "levels", "limit", "rest" } do
    if spec[key] and type(spec[key]) ~= "table" then
      add(key, tostring(spec[key]))
    end
  end
  if type(spec.levels) == "table" then
    add("levels", table.concat(spec.levels, ", "))
  end
  if spec.order then
    add("order", table.concat(spec.order, ", "))
  end
  return table.concat(lines, "\n")
end

local class = core.class "dk.breakdown"
for event, handler in pairs(core.export(meta)) do
  class[event] = handler
end
class.__call = core.record("__call", core.ask)

-- dk -----------------------------------------------------------------------------------------------------------------

local function define(options)
  if type(options) ~= "table" then
    core.fail(('breakdown wants a table such as { by = "gemeente", measures = "n = count()" }, not %s%s'):format(
      core.what(options), core.kind(options) == "breakdown" and ", which is called with a table: coverage(t)" or ""))
  end
  core.check(options, "a breakdown", OPTIONS)
  return make(changed({}, options))
end

-- dk.breakdown "name" { ... }, which registers it, or dk.breakdown { ... }
local function breakdown(first, ...)
  if type(first) ~= "string" then
    return define(first)
  end
  registry.alone("breakdown", first, ...)
  return core.export(function(options)
    if type(options) == "table" and options.name ~= nil then
      core.fail "breakdown: the name stands before the table"
    end
    local copy = {}
    if type(options) ~= "table" then
      define(options) -- says what is wrong
    end
    for key, value in pairs(options) do
      copy[key] = value
    end
    copy.name = first
    local made = define(copy)
    register(first, made)
    return made
  end)
end

-- The names of the registered breakdowns, in order of definition, and each breakdown under its name.
dk.breakdowns = registered

-- t:breakdown { ... } - asked once, without a name
core.table_methods.breakdown = core.record("breakdown", core.export(function(self, options, params)
  if core.kind(self) ~= "table" then
    core.fail "breakdown: call it on a table, with a colon: t:breakdown { ... }"
  end
  return core.run(define(options), self, params)
end))

-- The keys of what is asked together: 1, 2, ... or names, in their order.
local function keys_of(asked)
  local keys = {}
  if #asked > 0 then
    core.list(asked, "breakdowns")
    for i = 1, #asked do
      keys[i] = i
    end
    return keys
  end
  for key in pairs(asked) do
    if type(key) ~= "string" then
      core.fail(("breakdowns wants a list, or breakdowns by name; %s is neither a place in it nor a name")
        :format(say(key)))
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  if #keys == 0 then
    core.fail "breakdowns wants breakdowns, such as t:breakdowns { coverage, coverage:by \"regio\" }"
  end
  return keys
end

-- Those of the parameters that the breakdown mentions.
local function own_params(asked, params)
  local own = {}
  for _, name in ipairs(params and select(2, core.needs(asked)) or {}) do
    own[name] = params[name]
  end
  return params and own
end

-- t:breakdowns { coverage, coverage:by "regio" } - asked together, in one pass over the rows; each result stands where its
-- breakdown did, under its number or name
local function ask_all(self, asked, params, planned)
  if type(asked) ~= "table" then
    core.fail(("breakdowns wants a list of breakdowns, not %s"):format(core.what(asked)))
  end
  local keys, list = keys_of(asked), {}
  for i, key in ipairs(keys) do
    local one = asked[key]
    if core.kind(one) ~= "breakdown" and (type(one) ~= "table" or core.kind(one)) then
      core.fail(("breakdowns: %s is %s, and no breakdown"):format(say(key), core.what(one)))
    end
    list[i] = core.kind(one) == "breakdown" and one or define(one)
  end
  local results = {}
  for i, result in ipairs(core.run_all(list, self, params, planned)) do
    results[keys[i]] = planned and result or documented(list[i], result)
    if not planned then
      core.remember(results[keys[i]], "__call", list[i], self, own_params(list[i], params))
    end
  end
  return results, keys
end

core.table_methods.breakdowns = core.export(function(self, asked, params)
  if core.kind(self) ~= "table" then
    core.fail "breakdowns: call it on a table, with a colon: t:breakdowns { coverage, ... }"
  end
  return (ask_all(self, asked, params))
end)

-- What t:plan { coverage, coverage:by "regio" } shows: the steps of each, by key, and the keys in their order.
function core.plan_all(self, asked, params) return ask_all(self, asked, params, true) end

return core.export(breakdown)
