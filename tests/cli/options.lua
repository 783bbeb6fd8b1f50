-- options.lua - what the program has beyond stock lua.

return function(shell, check)
  local function run(line, input) return shell.run("./program " .. line, input) end

  local help = run "--help"
  check.same("--help", "exit status", 0, help.status)
  for _, option in ipairs { "-e stat", "-l g=mod", "--threads N", "--format NAME", "--version" } do
    check.has("--help", help.out, option)
  end
  check.same("--help", "standard error", "", help.err)

  local version = run "--version"
  check.same("--version", "exit status", 0, version.status)
  check.has("--version", version.out, "dekking 0.")
  check.has("--version", version.out, "Lua 5.4")

  local dk = run [[-e 'print(type(dk), dk == require "dekking", dk.version)']]
  check.ok("dk", dk.out:find "^table\ttrue\t%d+%.%d+%.%d+\n$", "printed " .. dk.out .. dk.err)

  local printed = run [[-e 'a = dk.table { { a = 1 } } dk.options { types = false, count = false } print(1, a, a, 2, 3)']]
  check.same("print", "tables begin on a line of their own", "1\na\n─\n1\na\n─\n1\n2\t3\n", printed.out)

  local bars = run [[--format csv -e 't = dk.table { { "g", { "a" } }, { "n", { 1 } } } t:bars "n" t:print { bars = "n" }']]
  check.same("--format csv", "bars are numbers", "g,n\na,1\ng,n\na,1\n", bars.out)

  for _, entry in ipairs {
    { "--threads", "'--threads' needs argument" },
    { "--threads=", "'--threads' needs argument" },
    { "--threads 0", "not '0'" },
    { "--threads x", "not 'x'" },
    { "--threads 2x", "not '2x'" },
    { "--threads 99999999999999999999", "not '99999999999999999999'" },
    { "--format", "'--format' needs argument" },
    { "--format pdf", "not 'pdf'" },
    { "--formats csv", "unrecognized option '--formats'" },
  } do
    local refused = run(entry[1])
    check.same(entry[1], "exit status", 1, refused.status)
    check.has(entry[1], refused.err, entry[2])
    check.has(entry[1], refused.err, "usage: ./program [options]")
    check.same(entry[1], "standard output", "", refused.out)
  end

  local threads = run "--threads 2 -e 'print(dk.threads())'"
  check.same("--threads", "standard output", "2\n", threads.out)
  threads = run "--threads=1 -e 'print(dk.threads())'"
  check.same("--threads=", "standard output", "1\n", threads.out)

  shell.write("small.lua", [[
local t = dk.table { { "k", { "a", "b", "a" } }, { "g", { "x", "y", "y" } }, { "n", { 1, 2, 3 } } }
local function threads()
  for line in io.lines "/proc/self/status" do
    if line:find "^Threads:" then return line end
  end
end
local before = threads()
t:pivot { rows = "k", columns = "g", values = "n" }
t:unpivot { columns = { "k", "g" } }
t:sort { "g", "n" }
t:distinct()
t:join(t:select { "k", "g" }, { "k", "g" }, { kind = "inner" })
t:breakdown { by = { "k", "g" }, measures = { "s = sum(n)", "m = median(n)" }, margins = "cube" }
t:fingerprint()
print(threads() == before)
]])
  local small = run "--threads 4 small.lua"
  check.same("a few rows wake no thread", "standard output", "true\n", small.out .. small.err)

  shell.write("table.lua", [[print(dk.table({ { "naam", { "Arnhem", "Duiven" } }, { "n", { 2983, 249 } } }))]])
  local csv = run "--format csv table.lua"
  check.same("--format csv", "standard output", "naam,n\nArnhem,2983\nDuiven,249\n", (csv.out:gsub("\n\n$", "\n")))
  local md = run "--format=md table.lua"
  check.has("--format md", md.out, "| Arnhem |")
  local json = run "--format json table.lua"
  check.has("--format json", json.out, '"Arnhem"')
  local html = run "--format html table.lua"
  check.has("--format html", html.out, '<th scope="row">Arnhem</th><td class="n">2983</td>')
end
