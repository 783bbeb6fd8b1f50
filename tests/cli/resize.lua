-- resize.lua - a window that changes its width, on a terminal that breaks no rows anew: what stood above stays, and the
-- line is there as a whole.

local screen = require "screen"

local SCRIPT = [[
set timeout 60
log_user 0
set stty_init {columns FIRST rows 24}
log_file -a -noappend window.log
ENVIRONMENT
spawn -noecho PROGRAM
expect "> "
send {for i = 1, 8 do print('above ' .. i) end}
send "\r"
expect "8\r\n> "
send {TYPED}
sleep 0.3
expect -timeout 0 -re {.+}
RESIZES
send "'\r"
expect -re {\n[0-9]+\r\n> }
send_log "\001 end\001"
send "\004"
expect eof
]]

local RESIZE = [[
send_log "\001 COLUMNS\001"
stty columns COLUMNS < $spawn_out(slave,name)
sleep 0.3
expect -timeout 0 -re {.+}
]]

local TYPED = "#'" .. ("abcdefghi "):rep(10)

-- Each: the widths one after the other. Where the kind of the terminal is known, nothing is left of the line as it was.
local cases = {
  { 80, 40 },
  { 80, 40, 25 },
  { 120, 60 },
  { 40, 80 },
  { 40, 80, 30 },
  { 100, 103 },
  { known = true, 80, 40, 25 },
  { known = true, 40, 80, 30, 110 },
}

return function(shell, check)
  for _, case in ipairs(cases) do
    local name = "resize: " .. table.concat(case, ", ") .. (case.known and ", xterm" or "")
    local environment = "set env(TERM) xterm\nset env(LC_ALL) C.UTF-8\nset env(NO_COLOR) 1\n"
      .. "set env(XDG_STATE_HOME) /proc/none\narray unset env TMUX\n"
      .. "array unset env *_VERSION\narray unset env TERM_PROGRAM\narray unset env WT_SESSION\n"
      .. (case.known and "set env(XTERM_VERSION) {XTerm(379)}\n" or "")
    local resizes = {}
    for i = 2, #case do
      resizes[#resizes + 1] = (RESIZE:gsub("COLUMNS", case[i]))
    end
    shell.write("resize.exp", (SCRIPT:gsub("%u%u%u+", { FIRST = case[1], ENVIRONMENT = environment, PROGRAM = shell.program,
      TYPED = TYPED, RESIZES = table.concat(resizes) })))
    check.same(name, "status", 0, shell.run("LC_ALL=C.UTF-8 expect -f resize.exp").status)
    local window = screen.new(case[1], 24)
    local seen = shell.run("cat window.log").out
    local at = 1
    for text, marker, after in seen:gmatch "([^\1]*)\1 (%w+)\1()" do
      window:show(text)
      if marker ~= "end" then
        window:resize(tonumber(marker))
      end
      at = after
    end
    check.ok(name, at > 1, "no end: " .. seen)
    local text = window:text()
    for i = 1, 8 do
      check.has(name, text, ("\nabove %d\n"):format(i))
    end
    local line = text:match "\nabove 8\n(.*)\n100\n>$" or text
    local whole = ("> " .. TYPED .. "'"):gsub(("."):rep(case[#case]), "%0\n"):gsub(" *\n", "\n")
    check.same(name, "the line", whole, case.known and line or line:sub(-#whole))
  end
end
