-- prompt.lua - the prompt in a real pseudo-terminal, through expect.

-- Each step: what is typed, and what must then appear. \r is the return key, \003 Ctrl-C, \004 Ctrl-D.
local sessions = {
  {
    name = "values of expressions",
    { "1 + 1\\r", "2\r\n> " },
    { "x = 5\\r", "> " },
    { "x\\r", "\r\n5\r\n> " },
    { "= x * 2\\r", "10\r\n> " },
    { "nil, 'a'\\r", "nil\ta\r\n> " },
  },
  {
    name = "a table is shown with types and number of rows",
    { "t = dk.table { { 'naam', { 'Arnhem', 'Duiven' } }, { 'n', { 2983, 249 } } }\\r", "> " },
    { "t\\r", "Arnhem" },
    { "", "2 rows, 2 columns\r\n> " },
  },
  {
    name = "unfinished input goes on",
    { "for i = 1, 2 do\\r", ">> " },
    { "print(i * 7)\\r", ">> " },
    { "end\\r", "7\r\n14\r\n> " },
  },
  {
    name = "errors are survived",
    { "error('x')\\r", "stdin:1: x" },
    { "", "> " },
    { "y = = 1\\r", "unexpected symbol" },
    { "", "> " },
    { "1 + 2\\r", "3\r\n> " },
  },
  {
    name = "Ctrl-C throws the line away",
    { "abc def\\003", "^C\r\n" },
    { "", "> " },
    { "3 + 4\\r", "7\r\n> " },
  },
  {
    name = "Ctrl-C leaves unfinished input",
    { "for i = 1, 2 do\\r", ">> " },
    { "\\003", "> " },
    { "5 + 6\\r", "11\r\n> " },
  },
  {
    name = "Ctrl-C stops a loop and keeps what was defined",
    { "kept = 41\\r", "> " },
    { "while true do end\\r", "\r\n" },
    { "\\003", "interrupted!" },
    { "", "> " },
    { "kept + 1\\r", "42\r\n> " },
  },
  {
    name = "history",
    { "600 + 60 + 6\\r", "666\r\n> " },
    { "\\033\\[A\\r", "666\r\n> " },
  },
  {
    name = "characters of several bytes",
    { "#'€'\\r", "3\r\n> " },
    { "'S\xC3\xBAdwest'\\r", "S\xC3\xBAdwest\r\n> " },
  },
  {
    name = "a very long line",
    { "#'" .. ("x"):rep(3000) .. "'\\r", "3000\r\n> " },
  },
  {
    name = "a narrow terminal",
    columns = 40,
    { "t = dk.table { { 'gemeente', { 'Arnhem' } }, { 'kolom_een', { 1 } }, { 'kolom_twee', { 2 } }, "
      .. "{ 'kolom_drie', { 3 } } }\\r", "> " },
    { "t\\r", "kolom_een" },
    { "", "kolom_drie" },
    { "", "> " },
  },
}

local function brace(text) return "{" .. text:gsub("[{}\\]", "\\%0") .. "}" end

local function script_of(session, program, home)
  local lines = {
    "set timeout 20",
    "log_user 0",
    ("set env(XDG_STATE_HOME) %s"):format(home),
    "set env(TERM) xterm",
    "set env(LC_ALL) C.UTF-8",
    ("set stty_init {columns %d rows 24}"):format(session.columns or 100),
    "encoding system utf-8",
    ("spawn -noecho %s"):format(program),
    "set pid [exp_pid]",
    "proc fail {why} { puts $why; catch {exec kill -KILL $::pid}; exit 1 }",
    "proc wait_for {what} { expect {",
    "  -ex $what {}",
    "  timeout { fail \"no [list $what] after: $::expect_out(buffer)\" }",
    "  eof { fail \"the program ended before [list $what]\" } } }",
    "set expect_out(buffer) {}",
    'wait_for "Lua.org"',
    'wait_for "> "',
  }
  for _, step in ipairs(session) do
    if step[1] ~= "" then
      -- What is typed comes back as it is echoed, with the marks of the editor: only what follows it is looked at.
      lines[#lines + 1] = "send -- [subst -nocommands -novariables " .. brace(step[1]):gsub("\\\\", "\\") .. "]"
    end
    lines[#lines + 1] = "wait_for [subst -nocommands -novariables "
      .. brace(step[2]:gsub("\r", "\\r"):gsub("\n", "\\n")):gsub("\\\\", "\\") .. "]"
  end
  lines[#lines + 1] = 'send "\\004"'
  lines[#lines + 1] = "expect {\n  eof {}\n  timeout { fail {Ctrl-D did not end it} } }"
  lines[#lines + 1] = "lassign [wait] pid spawn system status"
  lines[#lines + 1] = "if {$status != 0} { puts \"ended with status $status\"; exit 1 }"
  lines[#lines + 1] = "exit 0"
  return table.concat(lines, "\n") .. "\n"
end

return function(shell, check)
  for i, session in ipairs(sessions) do
    shell.write("session.exp", script_of(session, shell.program, shell.folder .. "/state" .. i))
    local result = shell.run "expect -f session.exp"
    check.ok("prompt: " .. session.name, result.status == 0, result.out .. result.err)
  end

  -- The history outlives the program, and is its owner's alone.
  local mode = shell.run "stat -c %a state1/dekking/history"
  check.same("prompt: history file", "mode", "600\n", mode.out)
  local kept = shell.run "cat state8/dekking/history"
  check.has("prompt: history file", kept.out:gsub("\\040", " "), "600 + 60 + 6")
end
