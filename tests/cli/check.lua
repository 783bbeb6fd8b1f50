-- check.lua - counts what holds and says what does not.

local check = { passed = 0, failed = 0 }

function check.ok(name, holds, complaint)
  if holds then
    check.passed = check.passed + 1
  else
    check.failed = check.failed + 1
    print(name .. ": " .. complaint)
  end
end

function check.same(name, what, expected, actual)
  check.ok(name, expected == actual, ("%s is\n%s\n  and not\n%s"):format(what, actual, expected))
end

function check.has(name, text, part)
  check.ok(name, text:find(part, 1, true) ~= nil, ("there is no %q in\n%s"):format(part, text))
end

return check
