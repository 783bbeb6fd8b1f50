-- dk is there without require in the program; everything else is plain Lua 5.4.
std = "lua54"
read_globals = { "dk" }
max_line_length = 124
exclude_files = { "tests/lua/stock/**" }
