---@meta

-- expr.lua - Expressions
--
-- `t.gemeente == "Arnhem"` is `false` at once, before anybody can build something of it; so are `and`, `or` and `not` of Lua computed at
-- once, and `<` raises: [builder.md](builder.md) tells what to write instead. Where a method wants a condition or an expression, it is a
-- string in the language of [expressions.md](expressions.md), or one that is built of columns and the methods here, which makes the same
-- tree: `t.leeftijd:lt(27) & t.gemeente:eq "Arnhem"`. Values are quoted, never pasted. `+ - * / // %` and unary `-` compute, `&`, `|` and
-- `~` are and, or and not; beside these a string is a condition, elsewhere it is a text. All functions of the language are methods too:
-- `e:bin(18, 27)`.

--- An expression: a text that has been checked, or was built. `tostring` gives its text.
---@class dk.Expr
---@operator add(any): dk.Expr
---@operator sub(any): dk.Expr
---@operator mul(any): dk.Expr
---@operator div(any): dk.Expr
---@operator idiv(any): dk.Expr
---@operator mod(any): dk.Expr
---@operator unm: dk.Expr
---@operator band(any): dk.Expr
---@operator bor(any): dk.Expr
---@operator bnot: dk.Expr
local e = {}

-- Conditions ---------------------------------------------------------------------------------------------------------

--- Equal to a value, a column or an expression. Nothing is equal to null: that is `is_null`.
---
--- ```lua
--- print(dk.col "gemeente":eq "Arnhem" & dk.col "leeftijd":lt(27))
--- ```
--- ```text
--- gemeente == "Arnhem" and leeftijd < 27
--- ```
---@param value dk.Operand
---@return dk.Expr
function e:eq(value) end

--- Not equal.
---@param value dk.Operand
---@return dk.Expr
function e:ne(value) end

--- Less than.
---@param value dk.Operand
---@return dk.Expr
function e:lt(value) end

--- Less than, or equal.
---@param value dk.Operand
---@return dk.Expr
function e:le(value) end

--- More than.
---@param value dk.Operand
---@return dk.Expr
function e:gt(value) end

--- More than, or equal.
---@param value dk.Operand
---@return dk.Expr
function e:ge(value) end

--- From the first to the second, both included.
---@param least dk.Operand
---@param greatest dk.Operand
---@return dk.Expr
function e:between(least, greatest) end

--- One of these values.
---
--- ```lua
--- print(dk.col "gemeente":is_in { "Arnhem", "Duiven" })
--- ```
--- ```text
--- gemeente in ("Arnhem", "Duiven")
--- ```
---@param values dk.Operand|dk.Operand[] a list, or one by one
---@param ... dk.Operand
---@return dk.Expr
function e:is_in(values, ...) end

--- None of these values.
---@param values dk.Operand|dk.Operand[] a list, or one by one
---@param ... dk.Operand
---@return dk.Expr
function e:not_in(values, ...) end

--- Not known.
---@return dk.Expr
function e:is_null() end

--- Known.
---@return dk.Expr
function e:not_null() end

--- True, and neither false nor not known.
---@return dk.Expr
function e:is_true() end

--- False, or not known.
---@return dk.Expr
function e:not_true() end

--- A total over this dimension, in a result with margins.
---@return dk.Expr
function e:is_total() end

--- No total over this dimension.
---@return dk.Expr
function e:not_total() end

-- Putting together ---------------------------------------------------------------------------------------------------

--- Texts one behind the other: `..` in a string.
---@param ... dk.Operand
---@return dk.Expr
function e:concat(...) end

--- The aggregates in it, of the rows for which a condition holds: `count() where in_sonar`.
---
--- ```lua
--- print(dk.fn.count():where(dk.col "in_sonar"):as "bekend")
--- ```
--- ```text
--- bekend = count() where in_sonar
--- ```
---@param condition dk.Condition
---@return dk.Expr
function e:where(condition) end

--- Gives it a name, as a column to derive or a measure has one. The name comes last.
---@param name string
---@return dk.Expr
function e:as(name) end

--- To sort by, the least first.
---@return dk.Expr
function e:asc() end

--- To sort by, the greatest first; null stays last.
---@return dk.Expr
function e:desc() end
