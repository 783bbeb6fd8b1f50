-- check.lua - counts what holds and says what does not.

local check = { passed = 0, failed = 0 }

function check.that(holds, complaint)
  if holds then
    check.passed = check.passed + 1
  else
    check.failed = check.failed + 1
    print(complaint)
  end
end

function check.ok(name, holds, complaint) check.that(holds, not holds and name .. ": " .. complaint) end

function check.same(name, what, expected, actual)
  check.ok(name, expected == actual, ("%s is\n%s\n  and not\n%s"):format(what, actual, expected))
end

function check.has(name, text, part)
  check.ok(name, text:find(part, 1, true) ~= nil, ("there is no %q in\n%s"):format(part, text))
end

-- The closing line, by which tests/run.lua counts. No test at all is a failure.
function check.finish()
  print(("%d passed, %d failed"):format(check.passed, check.failed))
  os.exit(check.failed == 0 and check.passed > 0)
end

return check
