-- dekking-dev-1.rockspec - `luarocks make` in the tree builds the module and installs it into a tree of rocks.
rockspec_format = "3.0"
package = "dekking"
version = "dev-1"
source = { url = "git+file://." }
description = {
  summary = "Coverage of a register: breakdowns, what-ifs and published tables",
  detailed = "The module `dekking` for Lua 5.4: a columnar engine in C that reads, joins, counts and explains.",
  license = "MIT",
}
dependencies = { "lua ~> 5.4" }
build = {
  type = "make",
  build_target = "module",
  install_target = "install-module",
  build_variables = { CC = "$(CC)", LUA = "$(LUA)" },
  install_variables = { moddir = "$(LIBDIR)" },
}
