/* lua_expr.h - expressions as Lua sees them: objects that hold a text, and what puts such texts together.
 *
 * An expression object is its text, and how loosely the outermost operator in it binds, so that brackets are put where the
 * parser needs them and nowhere else: what is built has the tree of what would have been written. It holds nothing of the
 * engine's; the text is parsed where it is used.
 */
#ifndef DKL_LUA_EXPR_H
#define DKL_LUA_EXPR_H

#include "bind.h"

/* From what cannot be part of anything to what stands anywhere. */
typedef enum dkl_level {
    DKL_ENDED,   /* name = x, x desc */
    DKL_LIMITED, /* x where y; and a text of which no more is known */
    DKL_OR,
    DKL_AND,
    DKL_TEST,   /* a comparison, or its negation */
    DKL_JOINED, /* a .. b */
    DKL_SUM,
    DKL_PRODUCT,
    DKL_SIGNED, /* -x */
    DKL_PRIMARY
} dkl_level;

/* How loosely a parsed text binds. */
dkl_level dkl_level_of(const dk_expr *expr);
/* Replaces the text on top of the stack by an expression. */
void dkl_new_expr(lua_State *L, dkl_level level);
/* Pushes the text of the expression, or of the column, at index; false, and nothing is pushed, where it is neither. */
bool dkl_push_expr_text(lua_State *L, int index, dkl_level *level);
/* Pushes what stands for a name where one is wanted: a column's, or that of an expression that is nothing but a name;
 * of another expression its text. false, and nothing is pushed, where the value is neither. */
bool dkl_push_name_text(lua_State *L, int index);

/* What may stand beside columns and expressions. */
enum { DKL_TAKES_NULL = 1, DKL_TAKES_BOOLEAN = 2, DKL_TAKES_CONDITION = 4 };
/* Pushes the text of the value at index: of an expression or a column, in brackets where it binds looser than `level`; of a
 * value of Lua its literal, but of a string with DKL_TAKES_CONDITION the expression that it is. what: "lt", for messages. */
void dkl_push_operand(lua_State *L, int index, const char *what, dkl_level level, int takes);
/* Raises where the text on top of the stack is no expression. */
void dkl_check_syntax(lua_State *L);

/* Adds to the metatable on top of the stack the operators that make expressions, and those that say what to write. */
void dkl_add_operators(lua_State *L);
/* For metamethods of values: where the second operand is an expression or a column, calls its metamethod instead, and pushes
 * what that gives. */
bool dkl_defer_operator(lua_State *L, const char *event);
/* Adds to the table on top of the stack the methods that make expressions. */
void dkl_add_builders(lua_State *L);
/* Pushes dk.fn, in which what calls a function of the language is kept when it was first asked for. */
void dkl_push_functions(lua_State *L);
/* Pushes what calls the function of that name; functions: index of dk.fn. false: there is none. */
bool dkl_find_function(lua_State *L, int functions, const char *name);
/* "what has no kind 'name'", with the nearest of the keys of the table at index and of the functions of the language. */
int dkl_fail_function(lua_State *L, int index, const char *what, const char *kind, const char *name);

#endif
