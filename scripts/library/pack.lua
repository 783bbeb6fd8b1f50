---@meta

-- pack.lua - Packs
--
-- A pack is a file of Lua, or a folder of such files, that defines breakdowns, scenarios and datasets by name. `dekking list`,
-- `dekking run` and `dekking check` use it from the command line ([packs.md](packs.md)); `dk.pack` in a script.

---@class dk
local dk = {}

--- What a pack defines. Of each kind: names by number, in the order of definition, and each value under its name.
---@class dk.Definitions
--- The paths of the files that were run.
---@field files string[]
--- Its breakdowns.
---@field breakdowns table<integer|string, string|dk.Breakdown>
--- Its scenarios.
---@field scenarios table<integer|string, string|dk.Scenario>
--- Its datasets.
---@field datasets table<integer|string, string|dk.Dataset>
--- What it defines by `dk.aggregate`: the names, and the `doc` of each.
---@field aggregates table<integer|string, string>
--- What it defines by `dk.define`, the same way.
---@field functions table<integer|string, string>

--- Runs packs and gives what they define. A folder is all its `.lua` files, in the order of their names. What is wrong raises: a
--- file that cannot be loaded, what it raised, a name that is defined twice, a global that is read and nowhere set.
---
--- ```lua
--- local pack = dk.pack "scripts/packs"
--- print(table.concat(pack.breakdowns, " "), table.concat(pack.breakdowns.coverage:columns(), " "))
--- ```
--- ```text
--- coverage chain from_age	gemeente in_sonar
--- ```
---@param ... string files and folders; without any the folder `packs`, or else `~/.config/dekking/packs`
---@return dk.Definitions
function dk.pack(...) end

--- What a dataset is made of.
---@class dk.DatasetSpec
--- What it tells.
---@field doc? string
--- What its files are called, as `--data NAME=FILE` names them.
---@field files string|(string|dk.DatasetFile)[]
--- Gets a table for each file, under its name, and gives the table.
---@field build fun(files: table<string, dk.Table>): dk.Table

--- `{ "sonar", doc = "extract of Sonar", read = { types = { zichtbaar = "boolean" } } }`
---@class dk.DatasetFile
--- Its name.
---@field [1] string
--- What it holds, for who must provide it.
---@field doc? string
--- How it is read: options of `dk.read`, or a function that gets the path and gives what `build` is to get. A snapshot (`.dk`) has
--- its types already, and options do not count for it.
---@field read? dk.ReadOptions|fun(path: string): any
--- Whether `build` can do without.
---@field optional? boolean

--- Defines a dataset: which files there must be, and what table is made of them. `dk.dataset "name" { ... }` registers it.
---
--- ```lua
--- local persons = dk.dataset "persons" {
---   files = { "register", "sonar" },
---   build = function(files) return files.register:link(files.sonar, "id", { as = "in_sonar" }) end,
--- }
--- print(persons { register = dk.table { { id = 1 }, { id = 2 } }, sonar = dk.table { { id = 2 } } })
--- ```
--- ```text
---      id  in_sonar
--- integer  boolean
--- ─────────────────
---       1  false
---       2  true
--- 2 rows, 2 columns
--- 1 of 2 rows matched; 0 have no key; 0 keys of the other table match no row
--- ```
---@param name string
---@return fun(spec: dk.DatasetSpec): dk.Dataset
function dk.dataset(name) end

--- The datasets that were defined: their names by number, in the order of definition, and each under its name.
---@return table<integer|string, string|dk.Dataset>
function dk.datasets() end

--- A table to be made of files. Called with them, by name, as paths or tables, it gives the table; a file that is missing, or that it
--- does not have, is named.
---@class dk.Dataset
---@operator call(table<string, string|dk.Table>): dk.Table
local dataset = {}

--- Its name.
---@return string
function dataset:name() end

--- What it tells, as it was defined with.
---@return string? # nil where that was not said
function dataset:doc() end

--- What its files are called, in order, and under each name `{ doc =, optional = }`.
---@return table<integer|string, string|table>
function dataset:files() end

--- The names of those of its files that are not given and not optional.
---@param given table<string, any> files by name
---@return string[]
function dataset:lacks(given) end
