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
      if line:find "^%./program: " then messages = messages + 1 end
    end
    check.same(name, "the number of messages", 1, messages)
  end

  -- The super-user may read everything, so somebody else tries.
  local as_other = ""
  if shell.run("id -u").out == "0\n" then
    as_other = "setpriv --reuid=65534 --regid=65534 --clear-groups "
  end
  local function script(text) return "./program -e " .. shell.quote(text) end
  local function as_somebody(text) return as_other .. script(text) end

  shell.write("empty.csv", "")
  shell.write("blank.csv", "\n\n\n")
  shell.write("ragged.csv", "gemeente;totaal\nArnhem;2983\nDuiven;249;7\n")
  shell.write("quote.csv", 'gemeente;totaal\nArnhem;2983\n"Duiven;249\n')
  shell.write("binary.csv", ("\0\1\2\3\255\254PNG"):rep(100))
  shell.write("latin.csv", "gemeente;totaal\nS\xFAdwest\x81;3\n")
  shell.write("ambiguous.csv", "gemeente;totaal\nArnhem;1.758\nZevenaar;2.983\n")
  shell.write("dates.csv", "gemeente;datum\nArnhem;01-02-2024\n")
  shell.write("number.csv", "gemeente;totaal\nArnhem;2983\nDuiven;veel\n")
  shell.write("secret.csv", "gemeente;totaal\nArnhem;2983\n")
  shell.write("table.txt", "Arnhem   1  2  3\nDuiven   1  x  3\nTotaal   2  2  6\n")
  shell.write("sums.txt", "Arnhem   1  2  3\nDuiven   1  1  2\nTotaal   2  3  6\n")
  shell.run "mkdir data closed; cp ragged.csv closed; chmod 000 secret.csv; chmod 700 closed"

  -- Any file, in the two readers.
  for _, reader in ipairs { "read", "read_published" } do
    local function read(name, ...)
      refuse(reader .. " " .. name, as_somebody(("local t = dk.%s %q"):format(reader, name)), name, ...)
    end
    read("nosuch.csv", "the file does not exist")
    read("ragged.csv/x.csv", "the file does not exist")
    read("empty.csv", "is empty")
    read("blank.csv", "is empty")
    read("data", "is a directory, not a file")
    read("binary.csv", "NUL")
    read("secret.csv", "no permission to read it")
    read("closed/ragged.csv", "no permission to read it")
  end

  -- A row, with its place.
  local function read(name, options, ...)
    refuse(name, script(("local t = dk.read(%q%s)"):format(name, options)), ...)
  end
  read("ragged.csv", "", "ragged.csv:3", "3 fields", "2")
  read("quote.csv", "", "quote.csv:3", "quote")
  read("latin.csv", "", "latin.csv:2")
  read("ambiguous.csv", "", "ambiguous.csv:2", "1.758", "totaal", "types = {")
  read("dates.csv", "", "dates.csv:2", "01-02-2024", "datum", "types = {")
  read("number.csv", ", { types = { totaal = 'integer' } }", "number.csv:3", "totaal", "veel")
  read("ragged.csv", ", { delimeter = ';' }", "delimeter", "delimiter")
  refuse("a damaged row of a published table", script "local t = dk.read_published 'table.txt'", "table.txt:2")
  refuse("a published table whose sums differ", script "local t = dk.read_published 'sums.txt'", "sums.txt", "6", "5")

  -- Scripts, too.
  shell.write("secret.lua", "print 'secret'\n")
  shell.run "chmod 000 secret.lua"
  refuse("a script without permission", as_other .. "./program secret.lua", "cannot open secret.lua")
  refuse("a script that is a table", "./program ragged.csv", "ragged.csv:1:")

  -- What cannot be written leaves what was there, and nothing beside it.
  shell.write("kept.csv", "kept\n")
  shell.run "chmod 444 kept.csv"
  local function write(name, as, path, options, ...)
    refuse(name, as(("dk.table { { 'a', { 1 } } }:write(%q, { %s })"):format(path, options)), path, ...)
  end
  write("a full disk", script, "/dev/full", "format = 'csv'", "No space left on device")
  write("no such folder", script, "nosuch/x.csv", "", "the folder does not exist")
  write("no such format", script, "x.pdf", "", "does not end in")
  write("no name", script, "", "format = 'csv'", "")
  write("a directory", script, "data", "format = 'csv'", "is a directory")
  write("a folder without permission", as_somebody, "closed/x.csv", "", "no permission to write it")
  write("a file without permission", as_somebody, "kept.csv", "", "no permission to write it")
  -- Of a large table a part fits.
  local large = "local x = {} for i = 1, 1e5 do x[i] = i end dk.table { { 'a', x } }:write 'kept.csv'"
  refuse("a disk that is full half way", "trap '' XFSZ; ulimit -f 100; " .. script(large), "kept.csv", "File too large")
  check.same("what was there", "content", "kept\n", shell.run("cat kept.csv").out)
  local left = shell.run "find . -name '*.new' -o -name 'kept.csv?*' -o -name 'x.*'"
  check.same("nothing half written", "files", "", left.out)

  -- Errors carry the script's line.
  shell.write("line.lua", "local path = 'nosuch2.csv'\nlocal t = dk.read(path)\nprint(t)\n")
  refuse("the script's line", "./program line.lua", "line.lua:2:", "nosuch2.csv")

  -- A closed pipe ends the program without a word of its own.
  local closed = shell.run "./program -e 'for i = 1, 1e6 do print(i) end' | head -n 1"
  check.same("a closed pipe", "standard output", "1\n", closed.out)
  check.same("a closed pipe", "standard error", "", closed.err)
end
