-- wide.lua - characters of two columns in a line that is edited: what stands on the terminal is what was typed.

local screen = require "screen"

local SCRIPT = [[
set timeout 60
log_user 0
set stty_init {columns COLUMNS rows 24}
encoding system utf-8
log_file -a -noappend wide.log
set env(TERM) xterm
set env(LC_ALL) C.UTF-8
set env(NO_COLOR) 1
set env(XDG_STATE_HOME) /proc/none
spawn -noecho PROGRAM
expect "> "
STEPS
send "\003"
expect "> "
send "\004"
expect eof
]]

local STEP = [[
send -- "KEYS"
sleep 0.15
expect -timeout 0 -re {.+}
send_log "\001"
]]

-- Each: keys, the line that they make, and the column in which the cursor stands then. The cursor's places are Ctrl-A and
-- Ctrl-E, and arrows.
local LINE = "x = '" .. ("漢字"):rep(20) .. "é漢'"
local LEFT, RIGHT = "\\033\\[D", "\\033\\[C"

local steps = {
  columns = 40,
  { LINE, LINE },
  { "\\001y", "y" .. LINE },
  { "z", "yz" .. LINE },
  { "\\005q", "yz" .. LINE .. "q" },
  { "\\001\\004", "z" .. LINE .. "q" },
  { "\\004", LINE .. "q" },
  { RIGHT:rep(6) .. "a", "x = '漢a" .. LINE:sub(9) .. "q" },
  { "字", "x = '漢a字" .. LINE:sub(9) .. "q" },
  { "\\177\\177\\177", "x = '" .. LINE:sub(9) .. "q" },
  { "\\005" .. LEFT:rep(3) .. "漢", "x = '" .. LINE:sub(9, -5) .. "漢漢'q" },
  { "\\177\\177", "x = '" .. LINE:sub(9, -7) .. "漢'q" },
}

-- What goes or comes is half of a character in a row below.
local MANY = ("漢"):rep(15) .. ("字"):rep(18) .. "b漢a"
local halves = {
  columns = 37,
  { "漢b漢" .. MANY, "漢b漢" .. MANY },
  { "\\001" .. RIGHT:rep(3), "漢b漢" .. MANY },
  { "\\177", "漢b" .. MANY },
  { "漢", "漢b漢" .. MANY },
}

-- The cursor comes from the column in which there is the second half of the character before it.
local column = {
  columns = 40,
  { ("a"):rep(36) .. "b字", ("a"):rep(36) .. "b字" },
  { "\\001世", "世" .. ("a"):rep(36) .. "b字", at = 4 },
  { RIGHT:rep(38) .. "漢\\026\\t", "世" .. ("a"):rep(36) .. "b字漢" .. (" "):rep(3), at = 8 },
  { "\\005" .. LEFT, "世" .. ("a"):rep(36) .. "b字漢", at = 5 },
}

local function layout(text, columns)
  local window = screen.new(columns, 24)
  window:show(text)
  return window:text()
end

local function compare(shell, check, given)
  local sent = {}
  for i, step in ipairs(given) do
    sent[i] = STEP:gsub("KEYS", (step[1]:gsub("%%", "%%%%")))
  end
  local words = { COLUMNS = given.columns, PROGRAM = shell.program, STEPS = table.concat(sent) }
  shell.write("wide.exp", (SCRIPT:gsub("%u%u%u%u+", words)))
  check.same("wide", "status", 0, shell.run("LC_ALL=C.UTF-8 expect -f wide.exp").status)
  local window, n = screen.new(given.columns, 24), 0
  for text in shell.run("cat wide.log").out:gmatch "([^\1]*)\1" do
    window:show(text)
    n = n + 1
    local expected = layout("> " .. given[n][2], given.columns)
    check.same("wide: " .. given[n][2], "the line", expected, window:text():sub(-#expected))
    if given[n].at then
      check.same("wide: " .. given[n][2], "the cursor's column", given[n].at, window.column - 1)
    end
  end
  check.same("wide", "the number of steps", #given, n)
end

return function(shell, check)
  compare(shell, check, steps)
  compare(shell, check, halves)
  compare(shell, check, column)
end
