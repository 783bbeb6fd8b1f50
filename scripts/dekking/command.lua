-- command.lua - the subcommands of the program: dekking list, run, check and replay, each in a part of its own.

local _, core = ...

core.part "pack" -- brings core.raised
local words_of = core.part "command_words"

local function main(name, ...)
  local command = core.part("command_" .. name)
  local words, options = words_of({ ... }, name, command.options)
  if options.help then
    io.write(command.usage)
    return true
  end
  return command.run(words, options)
end

-- command(name, argument, ...) -> whether all is well; what it raises is a text for whoever typed the command
return function(...)
  local done, result = pcall(main, ...)
  if not done then
    error(core.raised(result), 0)
  end
  return result
end
