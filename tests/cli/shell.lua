-- shell.lua - runs commands in a folder of their own and gives what they printed and how they ended.

local shell = {}

function shell.quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

function shell.write(name, text)
  local file = assert(io.open(shell.folder .. "/" .. name, "wb"))
  file:write(text)
  file:close()
end

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
  return { out = read(shell.folder .. "/.out"), err = read(shell.folder .. "/.err"), status = status }
end

return shell
