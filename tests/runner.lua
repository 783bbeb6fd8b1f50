-- runner.lua - tests the runner: that no part passes which ran no test, stopped in the middle or failed.
--
-- A cmocka program with every way to end is compiled on the spot and run as a part of its own by tests/run.lua.

local build = assert(arg[1], "usage: lua5.4 tests/runner.lua BUILD")
local check, tally = dofile "tests/check.lua", dofile "tests/tally.lua"

-- What was said, and how it ended ---------------------------------------------------------------------------------

local function judge(name, text, ok, how, code, expected)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do
    lines[#lines + 1] = line
  end
  local p, f, wrong = tally.judge(lines, ok, how, code)
  local actual = ("%d %d %s"):format(p, f, wrong or "-")
  check.ok(name, actual == expected, ("%s, and not %s"):format(actual, expected))
end

judge("closing line", "12 passed, 0 failed\n", true, "exit", 0, "12 0 -")
judge("two closing lines", "12 passed, 0 failed\n3 passed, 0 failed\n", true, "exit", 0, "15 0 -")
judge("closing line with failures", "x is y\n12 passed, 2 failed\n", nil, "exit", 1, "12 2 2 failed")
judge("failures and status 0", "12 passed, 2 failed\n", true, "exit", 0, "12 2 2 failed")
judge("all passed and status 1", "12 passed, 0 failed\n", nil, "exit", 1, "12 1 exit 1")
judge("all passed and killed", "12 passed, 0 failed\n", nil, "signal", 9, "12 1 signal 9")
judge("nothing", "", true, "exit", 0, "0 1 said no number of tests")
judge("nothing and status 127", "sh: not found\n", nil, "exit", 127, "0 1 said no number of tests: exit 127")
judge("no test", "0 passed, 0 failed\n", true, "exit", 0, "0 1 ran no test")
judge("a line within a text", "it says: 3 passed, 0 failed\n3 passed, 0 failed!\n", true, "exit", 0,
  "0 1 said no number of tests")
judge("two groups, the second without its end",
  "[==========] Running 2 test(s).\n[==========] 2 test(s) run.\n[  PASSED  ] 2 test(s).\n"
    .. "[==========] Running 3 test(s).\n[ RUN      ] a\n", true, "exit", 0, "2 3 3 of its tests never ended")

-- Programs --------------------------------------------------------------------------------------------------------

local SOURCE = [[
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void holds(void **state) { (void)state; }
static void does_not(void **state) { (void)state; assert_true(0); }
static void crashes(void **state) { (void)state; *(volatile int *)8 = 0; }
static void aborts(void **state) { (void)state; abort(); }
static void leaves(void **state) { (void)state; exit(0); }
static void skips(void **state) { (void)state; skip(); }
static int refuses(void **state) { (void)state; return -1; }
#define RUN(...) \
    do { \
        const struct CMUnitTest tests[] = { __VA_ARGS__ }; \
        status += cmocka_run_group_tests(tests, NULL, NULL); \
    } while (0)
#define T(name) cmocka_unit_test(name)

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    int status = 0;

    if (strcmp(way, "silent") == 0)
        return 0;
    if (strcmp(way, "pass") == 0)
        RUN(T(holds), T(holds));
    if (strcmp(way, "fail") == 0)
        RUN(T(holds), T(does_not), T(holds));
    if (strcmp(way, "crash") == 0)
        RUN(T(holds), T(crashes), T(holds));
    if (strcmp(way, "abort") == 0)
        RUN(T(holds), T(aborts), T(holds));
    if (strcmp(way, "leave") == 0)
        RUN(T(holds), T(leaves), T(holds));
    if (strcmp(way, "skip") == 0)
        RUN(T(skips));
    if (strcmp(way, "skip some") == 0)
        RUN(T(holds), T(skips));
    if (strcmp(way, "set up") == 0)
        RUN(T(holds), cmocka_unit_test_setup(holds, refuses));
    if (strcmp(way, "tear down") == 0)
        RUN(T(holds), cmocka_unit_test_teardown(holds, refuses), T(does_not));
    if (strcmp(way, "two groups") == 0) {
        RUN(T(holds), T(holds));
        RUN(T(holds), T(does_not));
    }
    if (strcmp(way, "leave later") == 0) {
        RUN(T(holds), T(holds));
        RUN(T(holds), T(leaves), T(holds));
    }
    if (strcmp(way, "late") == 0) {
        RUN(T(holds));
        abort();
    }
    return status;
}
]]

local folder = build .. "/runner"
os.execute("mkdir -p '" .. folder .. "'")
local program = folder .. "/ends"
do
  local pipe = assert(io.popen(("%s -x c - -o '%s' $(pkg-config --cflags --libs cmocka)"):format(
    os.getenv "CC" or "cc", program), "w"))
  pipe:write(SOURCE)
  if not pipe:close() then
    print "a cmocka program could not be compiled"
  end
end

-- Runs parts by the runner. Returns what it printed, and its status.
local function run(arguments)
  local pipe = assert(io.popen(("lua5.4 tests/run.lua --build '%s' %s 2>&1"):format(folder, arguments)))
  local text = pipe:read "a"
  local _, _, code = pipe:close()
  return text, code
end

-- The last line, and the status, of a part with that command.
local function ends(name, command, summary, wrong)
  local text, code = run(("--part sample \"%s\" sample"):format(command))
  local last = text:match "([^\n]*)\n$"
  local status = summary:find " 0 failed" and 0 or 1
  check.ok(name, last == summary, ("ends with %q, and not with %q"):format(last or "", summary))
  check.ok(name, code == status, ("status %d, and not %d"):format(code, status))
  if wrong then
    check.ok(name, text:find(wrong, 1, true), ("there is no %q in\n%s"):format(wrong, text))
  end
end

ends("pass", program .. " pass", "2 passed, 0 failed")
ends("fail", program .. " fail", "2 passed, 1 failed", "ends fail: 1 failed")
ends("crash", program .. " crash", "2 passed, 1 failed", "ends crash: 1 failed") -- cmocka catches it
ends("abort", program .. " abort", "0 passed, 3 failed", "said no number of tests: exit 134")
ends("leave", program .. " leave", "0 passed, 3 failed", "said no number of tests")
ends("silent", program .. " silent", "0 passed, 1 failed", "said no number of tests")
ends("no group", program, "0 passed, 1 failed", "said no number of tests")
ends("skip", program .. " skip", "0 passed, 1 failed", "ran no test")
ends("skip some", program .. " 'skip some'", "1 passed, 0 failed")
ends("set up", program .. " 'set up'", "1 passed, 1 failed", "1 failed")
ends("tear down", program .. " 'tear down'", "1 passed, 2 failed", "2 failed")
ends("two groups", program .. " 'two groups'", "3 passed, 1 failed", "1 failed")
ends("leave later", program .. " 'leave later'", "2 passed, 3 failed", "3 of its tests never ended")
ends("late", program .. " late", "1 passed, 1 failed", "exit 134")
ends("missing program", folder .. "/none", "0 passed, 1 failed", "said no number of tests: exit 127")
ends("what is printed goes to the log", "echo 1 passed, 0 failed", "1 passed, 0 failed")
do
  local file = io.open(folder .. "/log/sample.log")
  local log = file and file:read "a" or ""
  check.ok("log", log:find "^%-%-%-%- %d+%.%d s: echo 1 passed, 0 failed\n1 passed, 0 failed\n$", "the log is " .. log)
end

-- One bad part fails the whole, wherever it stands.
local text, code = run "--part good 'echo 5 passed, 0 failed' --part bad 'echo 0 passed, 0 failed' good bad"
check.ok("two parts", text:find("\n5 passed, 1 failed\n$") and code == 1, text)
check.ok("two parts", text:find("\nfailed:\n  echo 0 passed, 0 failed: ran no test\n", 1, true), text)
text, code = run "--part good 'echo 5 passed, 0 failed' --part bad 'echo 0 passed, 0 failed' good"
check.ok("one of two parts", text:find("\n5 passed, 0 failed\n$") and code == 0, text)
text, code = run "--part good 'echo 5 passed, 0 failed' good nonsense"
check.ok("a part that is none", text:find("nonsense: no part has this name", 1, true) and code == 1, text)
text, code = run "--parts"
check.ok("an option that is none", text:find("there is no option --parts", 1, true) and code == 1, text)
text, code = run "--part good"
check.ok("an option without value", text:find("--part lacks a value", 1, true) and code == 1, text)

text, code = run "--jobs many"
check.ok("an option with a bad value", text:find("--jobs wants a number", 1, true) and code == 1, text)

-- Side by side --------------------------------------------------------------------------------------------------------

-- A command that says when it began and when it ended; it waits until `other` has begun, for at most five seconds.
local function meets(name, other)
  return ("echo begin %s >>%s/order; for i in $(seq 50); do grep -q %q %s/order && break; sleep 0.1; done; "
    .. "echo end %s >>%s/order; echo 1 passed, 0 failed"):format(name, folder, "begin " .. other, folder, name, folder)
end

local function order_of(arguments)
  os.remove(folder .. "/order")
  local printed, status = run(arguments)
  local file <close> = assert(io.open(folder .. "/order"))
  return file:read "a", printed, status
end

local function part(name, command) return ("--part %s '%s' "):format(name, command) end

local order
order, text, code = order_of("--jobs 2 a b " .. part("a", meets("a", "b")) .. part("b", meets("b", "a")))
check.ok("two at once", order:find "^begin .\nbegin .\n" and code == 0, order .. text)
check.ok("two at once", text:find "^a +1 passed[^\n]*\nb +1 passed", text)
order, text, code = order_of("--jobs 1 a b " .. part("a", meets("a", "a")) .. part("b", meets("b", "b")))
check.ok("one at once", order == "begin a\nend a\nbegin b\nend b\n" and code == 0, order .. text)
-- What ends first is shown in its place.
order, text, code = order_of("--jobs 2 a b " .. part("a", meets("a", "b") .. "; sleep 0.3") .. part("b", meets("b", "b")))
check.ok("the order of what is shown", text:find "^a +1 passed[^\n]*\nb +1 passed" and code == 0, order .. text)

-- Commands with one lock never meet, and others go on.
do
  local jobs = dofile "tests/jobs.lua"
  local list = {
    { command = meets("a", "c"), lock = "x" },
    { command = meets("b", "b"), lock = "x" },
    { command = meets("c", "c") .. "; exit 3" },
  }
  local n_ended = 0
  os.remove(folder .. "/order")
  jobs.run(list, 3, folder .. "/log", function() n_ended = n_ended + 1 end)
  local file <close> = assert(io.open(folder .. "/order"))
  order = file:read "a"
  check.ok("a lock", n_ended == 3 and order:find "end a\n.*begin b", order)
  check.ok("a lock", order:find "begin c\n.*end a", order)
  check.ok("status", list[1].status == 0 and list[3].status == 3, tostring(list[3].status))
end

check.finish()
