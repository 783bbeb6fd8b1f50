/* lua_scalar_math.c - arithmetic of values that Lua does not have, with the results that an expression has.
 *
 * Whole numbers and decimals are exact: a sum has the digits of the longer one, a product those of both, and what does
 * not fit is an error. `/` gives a ratio in lowest terms, `//` a whole number and `%` what is left. A float of Lua
 * enters as its shortest decimal. Dates and periods move by whole days and periods; sets are joined by |, met by & and
 * lessened by -.
 */
#include <string.h>

#include "base/number.h"
#include "base/types.h"
#include "data/members.h"
#include "lua_expr.h"
#include "lua_scalar.h"
#include "lua_value.h"

/* Both operands as they are shown, for messages. */
static const char *show(lua_State *L, int index)
{
    return luaL_tolstring(L, index, NULL);
}

/* `//` is '~' within. */
static const char *sign_text(char sign)
{
    static const char *const signs[] = { "+", "-", "*", "/", "%", "|", "&" };

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (*signs[i] == sign)
            return signs[i];
    return "//";
}

/* An expression is computed from a value too. */
static int fail_operands(lua_State *L, char sign)
{
    static const char signs[] = "+-*/~%|&";
    static const char *const events[] = {
        "__add", "__sub", "__mul", "__div", "__idiv", "__mod", "__bor", "__band"
    };
    const char *a, *b;

    lua_settop(L, 2);
    if (dkl_defer_operator(L, events[strchr(signs, sign) - signs]))
        return 1;
    if (dkl_is_null(L, 1) || dkl_is_null(L, 2))
        return dkl_fail(L, "null is not known, and nothing is computed from it (test with == dk.null)");
    a = dkl_push_kind(L, 1);
    b = dkl_push_kind(L, 2);
    return dkl_fail(L, "%s %s %s has no meaning", a, sign_text(sign), b);
}

static int fail_result(lua_State *L, char sign, const char *why)
{
    const char *a, *b;

    lua_settop(L, 2);
    a = show(L, 1);
    b = show(L, 2);
    return dkl_fail(L, "%s %s %s %s", a, sign_text(sign), b, why);
}

/* Numbers. -------------------------------------------------------------------------------------------------------- */

static dk_ratio as_ratio(const dk_value *value)
{
    if (value->type == DK_RATIO)
        return value->as.ratio;
    return (dk_ratio){ value->as.integer, dki_power10[value->scale] };
}

static int push_ratio(lua_State *L, char sign, dk_ratio a, dk_ratio b)
{
    dk_value made = { .type = DK_RATIO };
    bool fits;

    if (sign == '/' && b.numerator == 0)
        return fail_result(L, sign, "is a division by zero");
    switch (sign) {
    case '+': fits = dki_ratio_add(a, b, &made.as.ratio); break;
    case '-': fits = dki_ratio_sub(a, b, &made.as.ratio); break;
    case '*': fits = dki_ratio_mul(a, b, &made.as.ratio); break;
    default: fits = dki_ratio_div(a, b, &made.as.ratio);
    }
    if (!fits)
        return fail_result(L, sign, "does not fit: the exact ratio needs more than 64 bits");
    dkl_push_scalar(L, &made);
    return 1;
}

static int push_decimal(lua_State *L, char sign, const dk_value *a, const dk_value *b)
{
    dk_value made = { .type = DK_DECIMAL, .scale = a->scale > b->scale ? a->scale : b->scale };
    dki_i128 left = (dki_i128)a->as.integer * dki_power10[made.scale - a->scale];
    dki_i128 right = (dki_i128)b->as.integer * dki_power10[made.scale - b->scale], result;

    if (sign == '*') {
        if (a->scale + b->scale > DK_DECIMAL_MAX_SCALE)
            return fail_result(L, sign, "has more than 18 digits after the point (dk.decimal(x, digits) rounds)");
        made.scale = (uint8_t)(a->scale + b->scale);
        result = (dki_i128)a->as.integer * b->as.integer;
    } else if (sign == '~' || sign == '%') { /* towards the lower side, as Lua does */
        if (right == 0)
            return fail_result(L, sign, "is a division by zero");
        result = left / right - (left % right != 0 && (left < 0) != (right < 0));
        if (sign == '%')
            result = left - result * right;
    } else {
        result = sign == '+' ? left + right : left - right;
    }
    if (!dki_fits_i64(result))
        return fail_result(L, sign, "does not fit");
    if (sign == '~') {
        lua_pushinteger(L, (lua_Integer)result);
        return 1;
    }
    made.as.integer = (int64_t)result;
    dkl_push_scalar(L, &made);
    return 1;
}

/* Whether both are exact numbers; then pushes what they make. */
static int push_number(lua_State *L, char sign, const dk_value *a, const dk_value *b)
{
    if (a->type == DK_REAL || b->type == DK_REAL)
        return fail_result(L, sign, "is not exact: the float has no short decimal (x.number computes with floats)");
    if ((sign == '~' || sign == '%') && (a->type == DK_RATIO || b->type == DK_RATIO))
        return fail_operands(L, sign);
    if (sign == '/' || a->type == DK_RATIO || b->type == DK_RATIO)
        return push_ratio(L, sign, as_ratio(a), as_ratio(b));
    return push_decimal(L, sign, a, b);
}

/* Dates, periods, sets. ------------------------------------------------------------------------------------------- */

/* The date or period `from`, moved by so many. */
static int push_moved(lua_State *L, char sign, const dkl_scalar *from, int by)
{
    dk_value made = { .type = from->type, .scale = from->scale };
    int64_t least, greatest;
    int exact;
    lua_Integer steps = lua_tointegerx(L, by, &exact);

    if (dkl_is_null(L, by))
        return fail_operands(L, sign);
    if (lua_type(L, by) != LUA_TNUMBER || !exact)
        return dkl_fail(L, "a %s moves by a whole number of %ss, not by %s",
                        dki_type_shown(from->type, from->scale),
                        from->type == DK_DATE ? "day" : dki_type_shown(from->type, from->scale),
                        lua_type(L, by) == LUA_TNUMBER ? show(L, by) : dkl_push_kind(L, by));
    (void)dki_type_bounds(from->type, from->scale, &least, &greatest);
    if ((sign == '+' ? dki_add_i64(from->integer, steps, &made.as.integer)
                     : dki_sub_i64(from->integer, steps, &made.as.integer)) ||
        made.as.integer < least || made.as.integer > greatest)
        return fail_result(L, sign, "lies outside the years 1 to 9999");
    dkl_push_scalar(L, &made);
    return 1;
}

static bool moves(const dkl_scalar *scalar)
{
    return scalar && (scalar->type == DK_DATE || scalar->type == DK_PERIOD);
}

static int push_time(lua_State *L, char sign, const dkl_scalar *a, const dkl_scalar *b)
{
    if (a && b && a->type == b->type && sign == '-') {
        if (a->scale != b->scale)
            return dkl_fail(L, "a %s and a %s do not go together (p:period \"%s\" makes the coarser one)",
                            dk_frequency_name(a->scale), dk_frequency_name(b->scale),
                            dk_frequency_name(a->scale < b->scale ? a->scale : b->scale));
        lua_pushinteger(L, a->integer - b->integer);
        return 1;
    }
    if (moves(a) && (sign == '+' || sign == '-'))
        return push_moved(L, sign, a, 2);
    if (sign == '+' && moves(b) && lua_type(L, 1) == LUA_TNUMBER)
        return push_moved(L, sign, b, 1);
    return fail_operands(L, sign);
}

static int push_sets(lua_State *L, char sign, const dkl_scalar *a, const dkl_scalar *b)
{
    dk_text *members = dkl_array(L, (size_t)(a->integer + b->integer) + 2, sizeof *members), member;
    dk_text left = { a->text, (size_t)a->integer }, right = { b->text, (size_t)b->integer };
    size_t n = 0;

    for (size_t at = 0; dki_next_member(left, &at, &member);)
        if (sign == '|' || dkl_set_has(b, member) == (sign == '&'))
            members[n++] = member;
    for (size_t at = 0; sign == '|' && dki_next_member(right, &at, &member);)
        members[n++] = member;
    dkl_push_members(L, members, n);
    return 1;
}

/* Metamethods. ---------------------------------------------------------------------------------------------------- */

/* dkl_exact_number of what has been looked at already, which is what costs. */
static bool get_number(lua_State *L, int index, const dkl_scalar *scalar, dk_value *out)
{
    if (scalar && scalar->type == DK_DECIMAL)
        dkl_scalar_value(L, index, out);
    else
        return dkl_exact_number(L, index, out);
    return true;
}

static int compute(lua_State *L, char sign)
{
    const dkl_scalar *a = dkl_test_scalar(L, 1), *b = dkl_test_scalar(L, 2);
    dk_value left, right;

    if (a && b && a->type == DKL_SET && b->type == DKL_SET && strchr("|&-", sign))
        return push_sets(L, sign, a, b);
    if (strchr("+-*/~%", sign) && get_number(L, 1, a, &left) && get_number(L, 2, b, &right))
        return push_number(L, sign, &left, &right);
    return push_time(L, sign, a, b);
}

static int scalar_add(lua_State *L)
{
    return compute(L, '+');
}
static int scalar_sub(lua_State *L)
{
    return compute(L, '-');
}
static int scalar_mul(lua_State *L)
{
    return compute(L, '*');
}
static int scalar_div(lua_State *L)
{
    return compute(L, '/');
}
static int scalar_idiv(lua_State *L)
{
    return compute(L, '~');
}
static int scalar_mod(lua_State *L)
{
    return compute(L, '%');
}
static int scalar_bor(lua_State *L)
{
    return compute(L, '|');
}
static int scalar_band(lua_State *L)
{
    return compute(L, '&');
}

static int scalar_unm(lua_State *L)
{
    dk_value zero = { .type = DK_INTEGER }, value;

    if (!dkl_exact_number(L, 1, &value))
        return dkl_fail(L, "%s has no negative", dkl_push_kind(L, 1));
    lua_settop(L, 1);
    lua_pushinteger(L, 0); /* so that a result that does not fit shows as 0 - x */
    lua_insert(L, 1);
    return push_number(L, '-', &zero, &value);
}

const luaL_Reg dkl_scalar_arithmetic[] = {
    { "__add", scalar_add },   { "__sub", scalar_sub }, { "__mul", scalar_mul }, { "__div", scalar_div },
    { "__idiv", scalar_idiv }, { "__mod", scalar_mod }, { "__unm", scalar_unm }, { "__bor", scalar_bor },
    { "__band", scalar_band }, { NULL, NULL },
};
