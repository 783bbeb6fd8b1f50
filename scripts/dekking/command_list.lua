-- command_list.lua - dekking list: what packs define, for people or as JSON.

local dk, core = ...

core.part "pack" -- brings core.examine

local USAGE = [[
usage: dekking list [FILE ...] [--format text|json]
Shows the breakdowns, scenarios and datasets of packs: files, or folders of files.
Without FILE: of packs/, or else of ~/.config/dekking/packs/.
]]

-- For people ---------------------------------------------------------------------------------------------------------

local function add_needs(lines, columns, params)
  if #columns > 0 then
    lines[#lines + 1] = "  columns   " .. table.concat(columns, ", ")
  end
  if #params > 0 then
    lines[#lines + 1] = "  params    $" .. table.concat(params, ", $")
  end
end

local function show_text(pack)
  local texts = {}
  for _, name in ipairs(pack.datasets) do
    texts[#texts + 1] = tostring(pack.datasets[name])
  end
  for _, name in ipairs(pack.breakdowns) do
    local breakdown = pack.breakdowns[name]
    local lines = { tostring(breakdown) }
    add_needs(lines, breakdown:columns(), breakdown:params())
    texts[#texts + 1] = table.concat(lines, "\n")
  end
  for _, name in ipairs(pack.scenarios) do
    local scenario = pack.scenarios[name] -- tells its parameters itself
    local lines = { tostring(scenario) }
    add_needs(lines, scenario:columns(), {})
    texts[#texts + 1] = table.concat(lines, "\n")
  end
  for _, kind in ipairs { "aggregate", "function" } do
    for _, name in ipairs(pack[kind .. "s"]) do
      local doc = pack[kind .. "s"][name]
      texts[#texts + 1] = ("%s %q%s"):format(kind, name, doc ~= "" and "\n  doc       " .. doc or "")
    end
  end
  io.write(#texts > 0 and table.concat(texts, "\n\n") or "nothing is defined in " .. table.concat(pack.files, ", "), "\n")
end

-- JSON ---------------------------------------------------------------------------------------------------------------

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }

local function text_json(text)
  return '"' .. text:gsub('[%c"\\]', function(sign) return ESCAPES[sign] or ("\\u%04x"):format(sign:byte()) end) .. '"'
end

-- list(values) is an array, and fields(key, value, ...) an object in that order, without what is nil.
local function list(values)
  return { array = values }
end

local function fields(...)
  return { object = table.pack(...) }
end

local function json(value, indent)
  if type(value) == "table" and (value.array or value.object) then
    local parts, within = {}, indent .. "  "
    for _, item in ipairs(value.array or {}) do
      parts[#parts + 1] = within .. json(item, within)
    end
    local object = value.object or { n = 0 }
    for i = 1, object.n, 2 do
      if object[i + 1] ~= nil then
        parts[#parts + 1] = within .. text_json(object[i]) .. ": " .. json(object[i + 1], within)
      end
    end
    local left, right = "[", "]"
    if value.object then
      left, right = "{", "}"
    end
    return #parts == 0 and left .. right or left .. "\n" .. table.concat(parts, ",\n") .. "\n" .. indent .. right
  elseif type(value) == "number" then
    return core.literal(value)
  elseif type(value) == "boolean" then
    return tostring(value)
  end
  return value == dk.null and "null" or text_json(tostring(value))
end

local function each(items, make)
  local made = {}
  for i, item in ipairs(items) do
    made[i] = make(item)
  end
  return list(made)
end

local function entry_json(entry)
  return fields("expression", entry.text, "label", entry.label, "format", entry.format, "doc", entry.doc)
end

local function breakdown_json(pack, name)
  local breakdown = pack.breakdowns[name]
  local spec = core.spec(breakdown)
  return fields("name", name, "doc", spec.doc, "place", pack.places["breakdown " .. name],
    "by", each(spec.by or {}, entry_json), "where", spec.where, "measures", each(spec.measures, entry_json),
    "columns", list(breakdown:columns()), "params", list(breakdown:params()))
end

local function scenario_json(pack, name)
  local scenario = pack.scenarios[name]
  local spec = core.spec(scenario)
  return fields("name", name, "doc", spec.doc, "place", pack.places["scenario " .. name],
    "assumptions", list(spec.assumptions),
    "steps", each(spec.steps, function(step) return step.name end), "columns", list(scenario:columns()),
    "params", each(spec.params, function(param)
      return fields("name", param.name, "value", param.value, "min", param.min, "max", param.max, "unit", param.unit,
        "doc", param.doc)
    end))
end

local function dataset_json(pack, name)
  local dataset = pack.datasets[name]
  local files = dataset:files()
  return fields("name", name, "doc", dataset:doc(), "place", pack.places["dataset " .. name],
    "files", each(files, function(file)
      return fields("name", file, "doc", files[file].doc, "optional", files[file].optional)
    end))
end

-- An aggregate or a function of the script's own: what is kept of it is its doc.
local function own_json(kind)
  return function(pack, name)
    local doc = pack[kind .. "s"][name]
    return fields("name", name, "doc", doc ~= "" and doc or nil, "place", pack.places[kind .. " " .. name])
  end
end

local function show_json(pack)
  local function all(kind, make)
    return each(pack[kind], function(name) return make(pack, name) end)
  end
  io.write(json(fields("files", list(pack.files), "datasets", all("datasets", dataset_json),
    "breakdowns", all("breakdowns", breakdown_json), "scenarios", all("scenarios", scenario_json),
    "aggregates", all("aggregates", own_json "aggregate"), "functions", all("functions", own_json "function")), ""), "\n")
end

local FORMATS = { text = show_text, json = show_json }

local function run(words, options)
  local show = FORMATS[options.format or "text"]
    or core.fail(("list: '--format' wants text or json, not '%s'"):format(options.format))
  local pack = core.examine(words)
  if #pack.problems > 0 then
    core.fail(table.concat(pack.problems, "\n"))
  end
  show(pack)
  return true
end

return { usage = USAGE, options = { format = "one", help = "flag" }, run = run }
