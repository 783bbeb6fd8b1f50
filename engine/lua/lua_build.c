/* lua_build.c - the builder: operators and methods of columns and expressions that put texts together.
 *
 * `t.leeftijd:lt(27) & t.gemeente:eq "Arnhem"` is the text `leeftijd < 27 and gemeente == "Arnhem"`. A value of Lua is
 * never pasted but quoted as a literal. Lua's own comparisons can only give true or false, so they say what to write, and
 * a boolean where an expression belongs is taken for what they left behind.
 */
#include <string.h>

#include "lua_expr.h"
#include "lua_options.h"
#include "lua_scalar.h"
#include "lua_table.h"
#include "lua_value.h"

/* Operands. ------------------------------------------------------------------------------------------------------- */

/* Puts brackets around the text on top of the stack. */
static void bracket(lua_State *L)
{
    lua_pushliteral(L, "(");
    lua_insert(L, -2);
    lua_pushliteral(L, ")");
    lua_concat(L, 3);
}

/* Pushes the condition that the string at index is. */
static dkl_level push_condition(lua_State *L, int index, const char *what)
{
    const char *text = dkl_check_text(L, index, what);
    dkl_level level = dkl_level_of(dkl_push_condition(L, text, what));

    lua_pop(L, 1);
    lua_pushvalue(L, index);
    return level;
}

static void fail_operand(lua_State *L, int index, const char *what, int takes)
{
    if (lua_isnoneornil(L, index))
        dkl_fail(L, "%s wants a value, a column or an expression; got %s (was a variable nil?)", what,
                 dkl_push_kind(L, index));
    else if (lua_isboolean(L, index))
        dkl_fail(
            L,
            "%s: a boolean is no expression: == between a column and a value is computed by Lua at once (write "
            "t.gemeente:eq \"Arnhem\")",
            what);
    else if (dkl_is_null(L, index) && !(takes & DKL_TAKES_NULL))
        dkl_fail(L, "%s: nothing is equal to null, which means \"not known\" (write x:is_null())", what);
    else if (lua_type(L, index) == LUA_TNUMBER)
        dkl_fail(L, "%s: %s is no number to compute with", what, luaL_tolstring(L, index, NULL));
    else
        dkl_fail(L, "%s wants a value, a column or an expression; got %s", what, dkl_push_kind(L, index));
}

void dkl_push_operand(lua_State *L, int index, const char *what, dkl_level wanted, int takes)
{
    dkl_level level = DKL_PRIMARY;
    dk_value value;

    index = lua_absindex(L, index);
    luaL_checkstack(L, 8, "too many values");
    if (dkl_push_expr_text(L, index, &level)) {
        if (level == DKL_ENDED)
            dkl_fail(L, "%s: '%s' cannot be part of something: a name or an order is given last", what,
                     lua_tostring(L, -1));
    } else if (lua_type(L, index) == LUA_TSTRING && takes & DKL_TAKES_CONDITION) {
        level = push_condition(L, index, what);
    } else if ((lua_isboolean(L, index) && !(takes & DKL_TAKES_BOOLEAN)) ||
               (dkl_is_null(L, index) && !(takes & DKL_TAKES_NULL)) || !dkl_to_value(L, index, &value)) {
        fail_operand(L, index, what, takes);
    } else {
        dkl_push_literal(L, &value);
        if (lua_tostring(L, -1)[0] == '-')
            level = DKL_SIGNED;
    }
    if (level < wanted)
        bracket(L);
}

/* Operators. ------------------------------------------------------------------------------------------------------ */

static const struct operator
{
    const char *event, *sign; /* __add, "+"; also what messages call it */
    dkl_level level, left, right;
    int takes;
}
operators[] = {
    { "__add", " + ", DKL_SUM, DKL_SUM, DKL_PRODUCT, 0 },
    { "__sub", " - ", DKL_SUM, DKL_SUM, DKL_PRODUCT, 0 },
    { "__mul", " * ", DKL_PRODUCT, DKL_PRODUCT, DKL_SIGNED, 0 },
    { "__div", " / ", DKL_PRODUCT, DKL_PRODUCT, DKL_SIGNED, 0 },
    { "__idiv", " // ", DKL_PRODUCT, DKL_PRODUCT, DKL_SIGNED, 0 },
    { "__mod", " % ", DKL_PRODUCT, DKL_PRODUCT, DKL_SIGNED, 0 },
    { "__band", " and ", DKL_AND, DKL_AND, DKL_TEST, DKL_TAKES_CONDITION },
    { "__bor", " or ", DKL_OR, DKL_OR, DKL_AND, DKL_TAKES_CONDITION },
};
#define N_OPERATORS (sizeof operators / sizeof *operators)

/* Upvalues: the operator's number, and its sign as Lua writes it */
static int operate(lua_State *L)
{
    const struct operator* op = & operators[lua_tointeger(L, lua_upvalueindex(1))];
    const char *sign = lua_tostring(L, lua_upvalueindex(2));

    lua_settop(L, 2);
    for (int i = 1; i <= 2 && op->takes == 0; i++)
        if (lua_type(L, i) == LUA_TSTRING)
            return dkl_fail(L, "%s: the text \"%s\" is nothing to compute with (a column is dk.col \"%s\")", sign,
                            lua_tostring(L, i), lua_tostring(L, i));
    dkl_push_operand(L, 1, sign, op->left, op->takes);
    lua_pushstring(L, op->sign);
    dkl_push_operand(L, 2, sign, op->right, op->takes);
    lua_concat(L, 3);
    dkl_new_expr(L, op->level);
    return 1;
}

static int negate(lua_State *L)
{
    lua_settop(L, 1);
    lua_pushliteral(L, "-");
    dkl_push_operand(L, 1, "-", DKL_PRIMARY, 0);
    lua_concat(L, 2);
    dkl_new_expr(L, DKL_SIGNED);
    return 1;
}

static int deny(lua_State *L)
{
    lua_settop(L, 1);
    lua_pushliteral(L, "not ");
    dkl_push_operand(L, 1, "~", DKL_SIGNED, 0);
    lua_concat(L, 2);
    dkl_new_expr(L, DKL_TEST);
    return 1;
}

static int fail_less(lua_State *L)
{
    return dkl_fail(L, "< and > give true or false at once: write t.leeftijd:lt(27) or t.leeftijd:gt(27), or the "
                       "condition as a string, \"leeftijd < 27\"");
}

static int fail_at_most(lua_State *L)
{
    return dkl_fail(L, "<= and >= give true or false at once: write t.leeftijd:le(27) or t.leeftijd:ge(27), or the "
                       "condition as a string, \"leeftijd <= 27\"");
}

static int fail_concat(lua_State *L)
{
    return dkl_fail(L,
                    ".. would paste texts: write t.voornaam:concat(t.achternaam), or the expression as a string, "
                    "\"voornaam .. achternaam\"");
}

static int fail_power(lua_State *L)
{
    return dkl_fail(L, "there are no powers: write x * x");
}

static int fail_xor(lua_State *L)
{
    return dkl_fail(L, "a ~ b is none of the language's operators: not equal is x:ne(y), and not is ~x");
}

static bool is_built(lua_State *L, int index)
{
    return dkl_is_expr(L, index) || dkl_is_object(L, index, DKL_COLUMN);
}

bool dkl_defer_operator(lua_State *L, const char *event)
{
    if (!is_built(L, 2) || luaL_getmetafield(L, 2, event) == LUA_TNIL)
        return false;
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
    return true;
}

/* Called for two userdata that are not the same object. dk.null and the like may be asked for by whoever has any value. */
static int equal(lua_State *L)
{
    for (int i = 1; i <= 2; i++)
        if (!is_built(L, i) && dkl_test_scalar(L, i) == NULL) {
            lua_pushboolean(L, 0);
            return 1;
        }
    return dkl_fail(L,
                    "== and ~= give true or false at once: write x:eq(y) or x:ne(y), or the condition as a string, "
                    "\"x == y\"");
}

void dkl_add_operators(lua_State *L)
{
    static const luaL_Reg others[] = { { "__unm", negate },         { "__bnot", deny },     { "__lt", fail_less },
                                       { "__le", fail_at_most },    { "__eq", equal },      { "__pow", fail_power },
                                       { "__concat", fail_concat }, { "__bxor", fail_xor }, { NULL, NULL } };

    luaL_setfuncs(L, others, 0);
    for (size_t i = 0; i < N_OPERATORS; i++) {
        const char *sign = operators[i].sign;

        lua_pushinteger(L, (lua_Integer)i);
        if (operators[i].takes)
            lua_pushstring(L, operators[i].level == DKL_AND ? "&" : "|");
        else
            lua_pushlstring(L, sign + 1, strlen(sign) - 2);
        lua_pushcclosure(L, operate, 2);
        lua_setfield(L, -2, operators[i].event);
    }
}

/* Methods. -------------------------------------------------------------------------------------------------------- */

static const char *const comparisons[][2] = { { "eq", " == " }, { "ne", " ~= " }, { "lt", " < " },
                                              { "le", " <= " }, { "gt", " > " },  { "ge", " >= " } };
#define N_COMPARISONS (sizeof comparisons / sizeof *comparisons)

/* A column that is compared with itself was meant to be one of another table. */
static void check_sides(lua_State *L, const char *what)
{
    if (!dkl_is_object(L, 1, DKL_COLUMN) || !dkl_is_object(L, 2, DKL_COLUMN))
        return;
    lua_getiuservalue(L, 1, 1);
    lua_getiuservalue(L, 2, 1);
    if (lua_rawequal(L, -1, -2))
        dkl_fail(
            L,
            "%s: both sides are the column %s; an expression knows columns by name, and those of two tables meet "
            "in a join",
            what, lua_tostring(L, -1));
    lua_pop(L, 2);
}

/* x:eq(y), x:lt(y), ...; upvalue: the comparison's number */
static int compare(lua_State *L)
{
    const char *const *how = comparisons[lua_tointeger(L, lua_upvalueindex(1))];
    bool is_equality = how[0][0] == 'e' || how[0][0] == 'n';

    lua_settop(L, 2);
    check_sides(L, how[0]);
    dkl_push_operand(L, 1, how[0], DKL_JOINED, 0);
    lua_pushstring(L, how[1]);
    dkl_push_operand(L, 2, how[0], DKL_JOINED, is_equality ? DKL_TAKES_BOOLEAN : 0);
    lua_concat(L, 3);
    dkl_new_expr(L, DKL_TEST);
    return 1;
}

/* x:between(a, b) */
static int between(lua_State *L)
{
    lua_settop(L, 3);
    dkl_push_operand(L, 1, "between", DKL_JOINED, 0);
    lua_pushliteral(L, " between ");
    dkl_push_operand(L, 2, "between", DKL_JOINED, 0);
    lua_pushliteral(L, " and ");
    dkl_push_operand(L, 3, "between", DKL_JOINED, 0);
    lua_concat(L, 5);
    dkl_new_expr(L, DKL_TEST);
    return 1;
}

/* x:is_in { a, b }, x:is_in(a, b); upvalues: " in " or " not in ", the method's name */
static int is_in(lua_State *L)
{
    const char *what = lua_tostring(L, lua_upvalueindex(2)), *self;
    int n = lua_gettop(L) - 1, first = 2;
    luaL_Buffer text;

    if (n == 1 && lua_istable(L, 2)) {
        n = (int)dkl_check_list(L, 2, what, false);
        luaL_checkstack(L, n + 16, "too many values");
        for (int i = 1; i <= n; i++)
            lua_rawgeti(L, 2, i);
        first = 3;
    }
    if (n < 1)
        return dkl_fail(L, "%s wants the values, such as { \"Arnhem\", \"Duiven\" }", what);
    luaL_checkstack(L, 16, "too many values");
    dkl_push_operand(L, 1, what, DKL_JOINED, 0);
    self = lua_tostring(L, -1); /* stays on the stack */
    luaL_buffinit(L, &text);
    luaL_addstring(&text, self);
    luaL_addstring(&text, lua_tostring(L, lua_upvalueindex(1)));
    for (int i = 0; i < n; i++) {
        if (dkl_is_object(L, first + i, DKL_COLUMN))
            return dkl_fail(L,
                            "%s wants values, and not a column (rows whose key another table has: "
                            "t:join(other, key, { kind = \"semi\" }))",
                            what);
        luaL_addstring(&text, i ? ", " : "(");
        dkl_push_operand(L, first + i, what, DKL_OR, DKL_TAKES_NULL | DKL_TAKES_BOOLEAN);
        luaL_addvalue(&text);
    }
    luaL_addchar(&text, ')');
    luaL_pushresult(&text);
    dkl_new_expr(L, DKL_TEST);
    return 1;
}

/* x:is_null() and the like; upvalues: " is null", the method's name */
static int is_what(lua_State *L)
{
    lua_settop(L, 1);
    dkl_push_operand(L, 1, lua_tostring(L, lua_upvalueindex(2)), DKL_JOINED, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_concat(L, 2);
    dkl_new_expr(L, DKL_TEST);
    return 1;
}

/* x:concat(y, ...) */
static int concat(lua_State *L)
{
    int n = lua_gettop(L);

    if (n < 2)
        return dkl_fail(L, "concat wants what comes behind: t.voornaam:concat(\" \", t.achternaam)");
    luaL_checkstack(L, 2 * n + 8, "too many values");
    for (int i = 1; i <= n; i++) {
        if (i > 1)
            lua_pushliteral(L, " .. ");
        dkl_push_operand(L, i, "concat", i == 1 ? DKL_JOINED : DKL_SUM, 0);
    }
    lua_concat(L, 2 * n - 1);
    dkl_new_expr(L, DKL_JOINED);
    return 1;
}

/* sum:where(condition) - the aggregates in it, of the rows for which it holds */
static int where(lua_State *L)
{
    lua_settop(L, 2);
    dkl_push_operand(L, 1, "where", DKL_OR, 0);
    lua_pushliteral(L, " where ");
    dkl_push_operand(L, 2, "where", DKL_OR, DKL_TAKES_CONDITION);
    lua_concat(L, 3);
    dkl_check_syntax(L);
    dkl_new_expr(L, DKL_LIMITED);
    return 1;
}

/* x:as "name" */
static int as(lua_State *L)
{
    const char *name;

    lua_settop(L, 2);
    if (lua_type(L, 2) != LUA_TSTRING)
        return dkl_fail(L, "as wants the name, a string; got %s", dkl_push_kind(L, 2));
    name = dkl_check_text(L, 2, "as: the name");
    if (*name == '\0')
        return dkl_fail(L, "as: a name has at least one character");
    dkl_push_quoted_name(L, name);
    lua_pushliteral(L, " = ");
    dkl_push_operand(L, 1, "as", DKL_LIMITED, 0);
    lua_concat(L, 3);
    dkl_new_expr(L, DKL_ENDED);
    return 1;
}

/* x:desc(), for sort and order; upvalues: " desc", the method's name */
static int direction(lua_State *L)
{
    lua_settop(L, 1);
    dkl_push_operand(L, 1, lua_tostring(L, lua_upvalueindex(2)), DKL_LIMITED, 0); /* raises what it has to */
    (void)dkl_push_name_text(L, 1); /* a name goes without quotes there */
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_concat(L, 2);
    dkl_new_expr(L, DKL_ENDED);
    return 1;
}

/* Sets the method on top of the table on top of the stack, with its text and name as upvalues. */
static void add_method(lua_State *L, lua_CFunction function, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_pushstring(L, name);
    lua_pushcclosure(L, function, 2);
    lua_setfield(L, -2, name);
}

void dkl_add_builders(lua_State *L)
{
    static const luaL_Reg methods[] = {
        { "between", between }, { "concat", concat }, { "where", where }, { "as", as }, { NULL, NULL }
    };
    static const char *const tests[][2] = {
        { "is_null", " is null" },      { "not_null", " is not null" }, { "is_true", " is true" },
        { "not_true", " is not true" }, { "is_total", " is total" },    { "not_total", " is not total" },
    };

    luaL_setfuncs(L, methods, 0);
    for (size_t i = 0; i < N_COMPARISONS; i++) {
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushcclosure(L, compare, 1);
        lua_setfield(L, -2, comparisons[i][0]);
    }
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        add_method(L, is_what, tests[i][0], tests[i][1]);
    add_method(L, is_in, "is_in", " in ");
    add_method(L, is_in, "not_in", " not in ");
    add_method(L, direction, "asc", " asc");
    add_method(L, direction, "desc", " desc");
}
