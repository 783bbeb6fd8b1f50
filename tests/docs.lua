-- docs.lua - runs every code block of README.md and docs/*.md, and compares what it prints with the page.
--
-- usage: lua5.4 tests/docs.lua BUILD
--
-- A block's kind stands behind its fence:
--
--   lua     the blocks of a page are one script, run by the program in the folder of the project
--   sh      commands, run in the folder of the project with the program in PATH; lines that begin with make, apt-get,
--           git, cd or sudo are not run: a target of make is looked up instead
--   repl    lines after "> " and ">> " are typed at the prompt, the others are what it answers
--   c       must compile against the public headers
--   text    what the lua or sh block before it prints
--   r, sql  how others write it, to be read beside a lua block: not run
--   plain   not code: a grammar, a drawing of bytes
--
-- A fence without a kind, or a text block that nothing prints, is an error.

local build = assert(arg[1], "which build?")

local check, files = dofile "tests/check.lua", dofile "tests/files.lua"
local read, write, output_of = files.read, files.write, files.output_of

-- Blanks at the ends of lines, and blank lines at the ends of a block, are not part of a page.
local function tidy(text)
  return (text:gsub("[ \t]+\n", "\n"):gsub("[ \t]+$", ""):gsub("^\n+", ""):gsub("\n+$", ""))
end

local function same(where, expected, actual)
  expected, actual = tidy(expected), tidy(actual)
  check.ok(where, expected == actual, ("the page says\n%s\n  and printed is\n%s"):format(expected, actual))
end

local function blocks_of(path)
  local blocks, block, number = {}, nil, 0
  for line in (read(path) .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local fence = line:match "^```(.*)$"
    if block and fence == "" then
      block.text = table.concat(block, "\n") .. "\n"
      blocks[#blocks + 1] = block
      block = nil
    elseif block then
      block[#block + 1] = line
    elseif fence then
      block = { kind = fence, where = path .. ":" .. number }
    end
  end
  check.ok(path, block == nil, "a code block does not end")
  return blocks
end

local scratch = os.tmpname()
local program = build .. "/dekking"

-- All lua blocks of a page as one script. What each prints is told apart by a mark between them.
local function run_lua(blocks)
  local parts, mark = {}, "\1end of block\1"
  local ran = {}
  for _, block in ipairs(blocks) do
    if block.kind == "lua" then
      ran[#ran + 1] = block
      parts[#parts + 1] = block.text .. (" io.write %q\n"):format(mark)
    end
  end
  if #ran == 0 then return end
  write(scratch, table.concat(parts))
  local text = output_of(program .. " " .. scratch)
  local at = 1
  for i, block in ipairs(ran) do
    local from, to = text:find(mark, at, true)
    if not from then
      check.ok(block.where, false, "the page's script stops here:\n" .. text:sub(at))
      for k = i + 1, #ran do
        check.ok(ran[k].where, false, "was not reached")
      end
      return
    end
    check.ok(block.where, true)
    block.output = text:sub(at, from - 1)
    at = to + 1
  end
end

local NOT_RUN = { ["apt-get"] = true, git = true, cd = true, sudo = true }

local function run_sh(block)
  local commands = {}
  for line in block.text:gmatch "[^\n]+" do
    local word, rest = line:match "^%s*(%S+)%s*(.-)%s*$"
    if word == "make" then
      local target = rest:match "^[%w_-]+" or "all"
      local _, ok = output_of("make -q -p 2>/dev/null | grep -q '^" .. target .. ":'")
      check.ok(block.where, ok, "make has no target " .. target)
    elseif not NOT_RUN[word] then
      commands[#commands + 1] = line
    end
  end
  if #commands == 0 then return end
  write(scratch, ("export PATH=%s:$PATH DEKKING_BUILD=%s\nset -e\n%s\n"):format(build, build,
    table.concat(commands, "\n")))
  local text, ok = output_of("sh " .. scratch)
  check.ok(block.where, ok, "failed:\n" .. text)
  block.output = text
end

local function run_repl(block)
  local typed = {}
  for line in block.text:gmatch "(.-)\n" do
    typed[#typed + 1] = line:match "^>>? ?(.*)$"
  end
  write(scratch, table.concat(typed, "\n") .. "\n")
  local text = output_of(program .. " -i <" .. scratch)
  text = text:gsub("^dekking[^\n]*\n", "")
  same(block.where, block.text .. "> ", text)
end

local function run_c(block)
  write(scratch .. ".c", block.text)
  local text, ok = output_of("gcc -std=c17 -Wall -Wextra -Werror -fsyntax-only -Iinclude " .. scratch .. ".c")
  os.remove(scratch .. ".c")
  check.ok(block.where, ok, text)
end

local KINDS = { lua = true, sh = true, repl = true, c = true, text = true, r = true, sql = true, plain = true }

local function run_page(path)
  local blocks = blocks_of(path)
  run_lua(blocks)
  for i, block in ipairs(blocks) do
    check.ok(block.where, KINDS[block.kind], "a block of the kind '" .. block.kind .. "'")
    if block.kind == "sh" then
      run_sh(block)
    elseif block.kind == "repl" then
      run_repl(block)
    elseif block.kind == "c" then
      run_c(block)
    elseif block.kind == "text" then
      local before = blocks[i - 1]
      check.ok(block.where, before and (before.kind == "lua" or before.kind == "sh"), "nothing prints this")
      if before and before.output then
        same(block.where, block.text, before.output)
      end
    end
  end
end

run_page "README.md"
for _, path in ipairs(files.lines_of "ls docs/*.md") do
  run_page(path)
end
os.remove(scratch)

check.finish()
