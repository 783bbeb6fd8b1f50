-- wide.lua - characters of two columns in a line that is edited: what stands on the terminal is what was typed.

local screen = require "screen"

local COLUMNS = 40

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

-- Each: keys, and the line that they make. The cursor's places are Ctrl-A and Ctrl-E, and arrows.
local LINE = "x = '" .. ("漢字"):rep(20) .. "é漢'"
local LEFT, RIGHT = "\\033\\[D", "\\033\\[C"

local steps = {
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

local function layout(text)
  local window = screen.new(COLUMNS, 24)
  window:show(text)
  return window:text()
end

return function(shell, check)
  local sent = {}
  for i, step in ipairs(steps) do
    sent[i] = STEP:gsub("KEYS", (step[1]:gsub("%%", "%%%%")))
  end
  local words = { COLUMNS = COLUMNS, PROGRAM = shell.program, STEPS = table.concat(sent) }
  shell.write("wide.exp", (SCRIPT:gsub("%u%u%u%u+", words)))
  check.same("wide", "status", 0, shell.run("LC_ALL=C.UTF-8 expect -f wide.exp").status)
  local window, n = screen.new(COLUMNS, 24), 0
  for text in shell.run("cat wide.log").out:gmatch "([^\1]*)\1" do
    window:show(text)
    n = n + 1
    local expected = layout("> " .. steps[n][2])
    check.same("wide: " .. steps[n][2], "the line", expected, window:text():sub(-#expected))
  end
  check.same("wide", "the number of steps", #steps, n)
end
