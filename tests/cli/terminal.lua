-- terminal.lua - runs the program in a real pseudo-terminal, through expect.
--
-- A session is a list of steps, each: what is typed, and what must then appear; \\r is the return key, \\003 Ctrl-C,
-- \\004 Ctrl-D. What is typed comes back as it is echoed, so that an answer is looked for with what stands around it.
-- Other steps: a new width of the window, a signal to the program.

local terminal = {}

local function brace(text) return "{" .. text:gsub("[{}\\]", "\\%0") .. "}" end

-- A word of Tcl in which \r and the like are what they stand for.
local function substituted(text)
  return "[subst -nocommands -novariables " .. brace(text):gsub("\\\\", "\\") .. "]"
end

local HEAD = [[
set timeout 60
log_user 0
set stty_init {columns COLUMNS rows 24}
encoding system utf-8
proc fail {why} { puts $why; catch {exec kill -KILL $::pid}; exit 1 }
# What came that nothing has taken.
proc unread {} {
  global expect_out
  set expect_out(buffer) {}
  expect -timeout 0 -re .+ {}
  return $expect_out(buffer) }
proc wait_for {what} { global expect_out; expect {
  -ex $what {}
  timeout { fail "no [list $what] in [list [unread] ]" }
  eof { fail "the program ended before [list $what]: [list $expect_out(buffer)]" } } }
proc program {} { exec pgrep -n -f $::program }
# Until no SIGINT waits for the program: the next would be one with it.
proc taken {} { catch { while {[regexp {ShdPnd:\s*[0-9a-f]*[2367abef]\n} [exec cat /proc/$::pid/status] ]} { sleep 0.1 } } }
set expect_out(buffer) {}
]]

local TAIL = [[
expect {
  eof {}
  timeout { fail "it did not end" } }
lassign [wait] pid spawn system status how signal
if {$how eq ""} { set signal none }
if {$status != STATUS && $how eq ""} { puts "ended with status $status"; exit 1 }
if {$signal ne "SIGNAL"} { puts "ended by signal $signal"; exit 1 }
exit 0
]]

local function script_of(session, program, home)
  local lines = { (HEAD:gsub("COLUMNS", session.columns or 100)) }
  local environment = { XDG_STATE_HOME = home, TERM = "xterm", LC_ALL = "C.UTF-8", NO_COLOR = "1" }
  for name, value in pairs(session.environment or {}) do
    environment[name] = value
  end
  for name, value in pairs(environment) do
    lines[#lines + 1] = ("set env(%s) {%s}"):format(name, value)
  end
  lines[#lines + 1] = ("set program {%s}"):format(program)
  if session.shell then
    local command = session.shell:gsub("PROGRAM", program)
    lines[#lines + 1] = ("spawn -noecho sh %s -c {%s}"):format(session.shell_options or "", command)
  else
    lines[#lines + 1] = ("spawn -noecho %s"):format(program)
  end
  lines[#lines + 1] = "set pid [exp_pid]"
  lines[#lines + 1] = 'wait_for "Lua.org"'
  if session.greeting then
    lines[#lines + 1] = "wait_for " .. brace(session.greeting)
  end
  lines[#lines + 1] = 'wait_for "> "'
  for _, step in ipairs(session) do
    local awaited = step[2]
    if step.width then
      lines[#lines + 1] = ("stty columns %d < $spawn_out(slave,name)"):format(step.width)
      awaited = step[1]
    elseif step.rows then
      lines[#lines + 1] = ("stty rows %d < $spawn_out(slave,name)"):format(step.rows)
      awaited = step[1]
    elseif step.kill then
      lines[#lines + 1] = ("exec kill -%s [program]"):format(step.kill)
      awaited = step[1]
    elseif step.bytes then
      lines[#lines + 1] = "fconfigure $spawn_id -encoding iso8859-1"
      lines[#lines + 1] = "send -- " .. substituted(step.bytes)
      lines[#lines + 1] = "fconfigure $spawn_id -encoding utf-8"
      awaited = step[1]
    elseif step[1] ~= "" then
      if step[1] == "\\003" then -- what is to be interrupted has begun, or the Ctrl-C before has been answered
        lines[#lines + 1] = "sleep 0.2; taken"
      end
      lines[#lines + 1] = "send -- " .. substituted(step[1])
    end
    if awaited ~= "" then
      awaited = awaited:gsub("\r", "\\r"):gsub("\n", "\\n"):gsub("\027", "\\033"):gsub("%[", "\\[")
      lines[#lines + 1] = "wait_for " .. substituted(awaited)
    end
  end
  if not session.ends and not session.signal then
    lines[#lines + 1] = 'send "\\004"'
  end
  lines[#lines + 1] = TAIL:gsub("SIGNAL", session.signal or "none"):gsub("STATUS", "0")
  return table.concat(lines, "\n") .. "\n"
end

-- Runs the session, whose history stands below `state`.
function terminal.run(shell, check, session, state)
  shell.write("session.exp", script_of(session, shell.program, state))
  local result = shell.run "LC_ALL=C.UTF-8 expect -f session.exp"
  check.ok("prompt: " .. session.name, result.status == 0, result.out .. result.err)
end

return terminal
