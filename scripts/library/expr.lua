---@meta

-- expr.lua - Expressions
--
-- Where a method wants a condition or an expression, it is a string in the language of [expressions.md](expressions.md). Values of
-- the script go in as parameters, `$name`, never by pasting text. `dk.expr` makes an expression where a string would be a text.

--- A parsed expression. `tostring` gives its text.
---@class dk.Expr
local e = {}
