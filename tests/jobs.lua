-- jobs.lua - runs commands side by side.
--
-- xargs starts them, so that Ctrl-C ends all; through a pipe it is told which is the next as soon as that may begin.
-- What a command prints goes to a file.

local jobs = {}

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- $0 is the number of a job: its command lies in a file of that name. When it has ended a line says how.
local ONE = "a=$(date +%s%N); sh $0 >$0.out 2>&1 </dev/null; s=$?; b=$(date +%s%N); echo $0 $s $((b - a))"

-- Runs the commands of list, n at once, in a folder of their own below `folder`; each gets `status`, `seconds` and
-- `output` (the name of a file) before ended(it) is called. A command with a lock runs beside no other that has the
-- same one.
function jobs.run(list, n, folder, ended)
  local place = folder .. "/jobs"
  assert(os.execute(("rm -rf %s && mkdir -p %s && mkfifo %s"):format(quote(place), quote(place), quote(place .. "/next"))))
  local waiting, locked, n_running = {}, {}, 0
  for i, job in ipairs(list) do
    waiting[i] = i
    job.output = ("%s/%d.out"):format(place, i)
    local file <close> = assert(io.open(("%s/%d"):format(place, i), "w"))
    file:write(("cd %s || exit 1\n%s\n"):format(quote(os.getenv "PWD"), job.command))
  end
  local xargs = assert(io.popen(("cd %s && xargs -n 1 -P %d sh -c %s <next"):format(quote(place), n, quote(ONE))))
  local next_job = assert(io.open(place .. "/next", "w"))

  -- Begins what may begin, the first first.
  local function begin()
    local k = 1
    while n_running < n and waiting[k] do
      local lock = list[waiting[k]].lock
      if lock and locked[lock] then
        k = k + 1
      else
        if lock then locked[lock] = true end
        n_running = n_running + 1
        next_job:write(table.remove(waiting, k), "\n")
        next_job:flush()
      end
    end
  end

  begin()
  while n_running > 0 do
    local id, status, nanoseconds = assert(xargs:read "l", "xargs ended too early"):match "^(%d+) (%d+) (%d+)$"
    local job = list[tonumber(id)]
    job.status, job.seconds = tonumber(status), tonumber(nanoseconds) / 1e9
    if job.lock then locked[job.lock] = nil end
    n_running = n_running - 1
    begin()
    ended(job)
  end
  next_job:close()
  xargs:close()
end

return jobs
