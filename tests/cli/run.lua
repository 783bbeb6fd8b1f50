-- run.lua - the program from outside: invocations beside stock lua, bad input, and the prompt.
--
-- usage: lua5.4 tests/cli/run.lua BUILD

local build = assert(arg[1], "which build?")
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path

local shell = require "shell"
local check = dofile "tests/check.lua"

shell.prepare(build)
for _, part in ipairs {
  "stock", "options", "bad_input", "modules", "packs", "replay", "patterns", "collect", "memory", "interrupt", "prompt",
  "prompt_interrupt", "resize", "wide", "start",
} do
  require(part)(shell, check)
end
shell.clean()

check.finish()
