-- command_words.lua - what stands behind a subcommand: words, and options with their values.
--
-- An option is "--name value" or "--name=value"; "--" ends them. options says what each is: "flag", "one", or "list"
-- for one that may come several times.

local _, core = ...

-- words(args, command, options) -> { word, ... }, { name = true or value or { value, ... } }
return function(args, command, options)
  local names, words, given = {}, {}, {}
  for name in pairs(options) do
    names[#names + 1] = "--" .. name
  end
  table.sort(names)

  local i = 1
  local function value_of(name, value)
    if value == nil then
      i = i + 1
      value = args[i]
    end
    if value == nil then
      core.fail(("%s: '--%s' wants a value"):format(command, name))
    end
    return value
  end

  while args[i] do
    local word = args[i]
    local name, value = word:match "^%-%-([^=]+)=?(.*)$"
    if word == "--" then
      table.move(args, i + 1, #args, #words + 1, words)
      break
    elseif not name and word:find "^%-." then
      core.fail(("%s: '%s' is no option (%s)"):format(command, word, table.concat(names, ", ")))
    elseif not name then
      words[#words + 1] = word
    else
      local kind = options[name]
      if not word:find("=", 1, true) then
        value = nil
      end
      if not kind then
        core.check({ ["--" .. name] = true }, command, names)
      elseif kind == "flag" then
        if value then
          core.fail(("%s: '--%s' takes no value"):format(command, name))
        end
        given[name] = true
      elseif kind == "list" then
        given[name] = given[name] or {}
        table.insert(given[name], value_of(name, value))
      else
        if given[name] then
          core.fail(("%s: '--%s' is given twice"):format(command, name))
        end
        given[name] = value_of(name, value)
      end
    end
    i = i + 1
  end
  return words, given
end
