-- bad_input.lua - input that is wrong gives one clear message, exit status 1, and nothing else.

return function(shell, check)
  local function refuse(name, command, ...)
    local result = shell.run(command)
    check.same(name, "exit status", 1, result.status)
    check.same(name, "standard output", "", result.out)
    for _, part in ipairs { ... } do
      check.has(name, result.err, part)
    end
    local messages = 0
    for line in result.err:gmatch "[^\n]+" do
      if line:find("^./program: ") then messages = messages + 1 end
    end
    check.same(name, "the number of messages", 1, messages)
  end

  local function read(name, ...) refuse(name, "./program -e 'dk.read \"" .. name .. "\"'", ...) end

  shell.write("empty.csv", "")
  shell.write("blank.csv", "\n\n\n")
  shell.write("ragged.csv", "gemeente;totaal\nArnhem;2983\nDuiven;249;7\n")
  shell.write("quote.csv", 'gemeente;totaal\nArnhem;2983\n"Duiven;249\n')
  shell.write("binary.csv", ("\0\1\2\3\255\254PNG"):rep(100))
  shell.write("latin.csv", "gemeente;totaal\nS\xFAdwest\x81;3\n")
  shell.write("ambiguous.csv", "gemeente;totaal\nArnhem;1.758\nZevenaar;2.983\n")
  shell.write("dates.csv", "gemeente;datum\nArnhem;01-02-2024\n")
  shell.write("secret.csv", "gemeente;totaal\nArnhem;2983\n")
  shell.run "mkdir -p data && chmod 000 secret.csv"

  read("nosuch.csv", "nosuch.csv", "does not exist")
  read("empty.csv", "empty.csv", "is empty")
  read("blank.csv", "blank.csv", "is empty")
  read("data", "data", "directory")
  read("ragged.csv", "ragged.csv:3", "3 fields", "2")
  read("quote.csv", "quote.csv:3", "quote")
  read("binary.csv", "binary.csv", "NUL")
  read("latin.csv", "latin.csv")
  read("ambiguous.csv", "ambiguous.csv:2", "1.758", "totaal", "types = {")
  read("dates.csv", "dates.csv:2", "01-02-2024", "datum")
  refuse("a bad number", "./program -e 'dk.read(\"ragged2.csv\", { types = { totaal = \"integer\" } })'", "ragged2.csv",
    "does not exist")
  shell.write("number.csv", "gemeente;totaal\nArnhem;2983\nDuiven;veel\n")
  refuse("a bad number in a typed column",
    "./program -e 'dk.read(\"number.csv\", { types = { totaal = \"integer\" } })'", "number.csv:3", "totaal", "veel")

  -- The super-user may read everything, so somebody else tries.
  local id = shell.run "id -u"
  local as_other = id.out == "0\n" and "setpriv --reuid=65534 --regid=65534 --clear-groups " or ""
  refuse("a file without permission", as_other .. "./program -e 'dk.read \"secret.csv\"'", "secret.csv", "permission")
  refuse("a folder without permission",
    as_other .. "./program -e 'dk.table({{\"a\",{1}}}):write \"/root/x.csv\"'", "/root/x.csv")

  -- What cannot be written leaves what was there.
  shell.write("kept.csv", "kept\n")
  refuse("a full disk", "./program -e 'dk.table({{\"a\",{1}}}):write \"/dev/full\"'", "/dev/full")
  refuse("no such folder", "./program -e 'dk.table({{\"a\",{1}}}):write \"nosuch/x.csv\"'", "nosuch/x.csv")
  refuse("no such format", "./program -e 'dk.table({{\"a\",{1}}}):write \"x.pdf\"'", "x.pdf")
  refuse("a bad option", "./program -e 'dk.read(\"kept.csv\", { delimeter = \";\" })'", "delimeter", "delimiter")

  -- Errors carry the script's line.
  shell.write("line.lua", "local t = dk.read 'secret2.csv'\nprint(t)\n")
  refuse("the script's line", "./program line.lua", "line.lua:1:", "secret2.csv")

  -- A closed pipe ends the program without a word of its own.
  local closed = shell.run "./program -e 'for i = 1, 1e6 do print(i) end' | head -n 1"
  check.same("a closed pipe", "standard output", "1\n", closed.out)
end
