-- dk is there without require in the program; everything else is plain Lua 5.4.
std = "lua54"
read_globals = { "dk" }
max_line_length = 124
exclude_files = { "tests/lua/stock/**" }
-- Annotations: functions without a body.
files["scripts/library"] = { globals = { "dk" }, ignore = { "211", "212", "241" }, max_line_length = 140 }
