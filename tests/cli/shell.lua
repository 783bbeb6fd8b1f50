-- shell.lua - runs commands in a folder of their own and gives what they printed and how they ended.

local files = dofile "tests/files.lua"

local shell = {}

function shell.quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

function shell.write(name, text) files.write(shell.folder .. "/" .. name, text) end

function shell.prepare(build)
  local pipe = assert(io.popen("mktemp -d && cd " .. shell.quote(build) .. " && pwd"))
  shell.folder, shell.build = pipe:read "l", pipe:read "l"
  pipe:close()
  shell.program = shell.build .. "/dekking"
  -- Everybody may run the program there: bad input is tried under another user id.
  os.execute(("chmod 755 %s && cp %s %s/program"):format(shell.folder, shell.program, shell.folder))
end

function shell.clean() os.execute("rm -rf " .. shell.quote(shell.folder)) end

-- command runs in the folder; input is what it reads. Returns { out, err, status }.
function shell.run(command, input)
  shell.write(".in", input or "")
  local line = ("cd %s && { %s; } <.in >.out 2>.err; echo $?"):format(shell.quote(shell.folder), command)
  local pipe = assert(io.popen(line))
  local status = tonumber(pipe:read "a")
  pipe:close()
  return { out = files.read(shell.folder .. "/.out"), err = files.read(shell.folder .. "/.err"), status = status }
end

return shell
