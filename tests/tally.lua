-- tally.lua - how many tests of a command passed and failed, by what it printed and how it ended.
--
-- A command says so in cmocka's lines, or in closing lines "N passed, N failed". cmocka has three kinds of tests
-- that did not pass: failed, failed to be set up or torn down ("error"), and skipped; its line "N FAILED TEST(S)"
-- counts the first two, "[  FAILED  ] N test(s), listed below" the first only. Of a program that ended in the
-- middle the lines at the end are missing.

local tally = {}

-- Passed, failed, and begun but never ended; nil where nothing was said.
local function count(lines)
  local passed, failed, begun, ended = nil, 0, 0, 0
  for _, line in ipairs(lines) do
    local p, f = line:match "^(%d+) passed, (%d+) failed$"
    p = p or line:match "%[  PASSED  %] (%d+) test%(s%)"
    f = f or line:match "^%s*(%d+) FAILED TEST%(S%)"
    if p or f then
      passed, failed = (passed or 0) + tonumber(p or 0), failed + tonumber(f or 0)
    end
    begun = begun + tonumber(line:match "%[==========%] Running (%d+) test%(s%)" or 0)
    ended = ended + tonumber(line:match "%[==========%] (%d+) test%(s%) run" or 0)
  end
  return passed, failed, begun - ended
end

-- Judges a command by its lines, and by what io.popen's close gives. Returns how many of its tests passed, how many
-- failed (at least one where anything is wrong), and what is wrong (nil where nothing is).
function tally.judge(lines, ok, how, code)
  local passed, failed, lost = count(lines)
  local wrong
  if not passed then
    wrong = ok and "said no number of tests" or ("said no number of tests: %s %d"):format(how, code)
  elseif lost > 0 then
    wrong = ("%d of its tests never ended"):format(lost)
  elseif passed + failed == 0 then
    wrong = "ran no test"
  elseif failed > 0 then
    wrong = ("%d failed"):format(failed)
  elseif not ok then
    wrong = ("%s %d"):format(how, code)
  end
  return passed or 0, wrong and math.max(failed, lost, 1) or 0, wrong
end

return tally
