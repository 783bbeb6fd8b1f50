/* lua_scalar_new.c - dk.date, dk.timestamp, dk.period, dk.decimal, dk.ratio, dk.set and dk.level: values that Lua does not have. */
#include <string.h>

#include "base/calendar.h"
#include "base/number.h"
#include "base/period.h"
#include "base/types.h"
#include "lua_options.h"
#include "lua_scalar.h"
#include "lua_types.h"
#include "lua_value.h"

/* The text of argument 1, which is a string. */
static dk_text get_text(lua_State *L)
{
    dk_text text;

    text.bytes = lua_tolstring(L, 1, &text.size);
    return text;
}

static int fail_text(lua_State *L, const char *what, const char *example)
{
    return dkl_fail(L, "%s: \"%s\" is none; one is written as \"%s\"", what, lua_tostring(L, 1), example);
}

/* dk.date "2024-12-31", dk.date(2024, 12, 31), dk.date(timestamp) */
static int new_date(lua_State *L)
{
    const dkl_scalar *from = dkl_test_scalar(L, 1);
    dk_value made = { .type = DK_DATE };
    lua_Integer parts[3];

    if (from && (from->type == DK_DATE || from->type == DK_TIMESTAMP)) {
        made.as.integer = from->type == DK_DATE ? from->integer : dki_day_of_time(from->integer);
    } else if (lua_type(L, 1) == LUA_TSTRING) {
        if (!dki_type_parse(DK_DATE, 0, get_text(L), &made.as.integer))
            return fail_text(L, "date", "2024-12-31");
    } else if (lua_isinteger(L, 1)) {
        for (int i = 0; i < 3; i++) {
            if (!lua_isinteger(L, i + 1))
                return dkl_arg_fail(L, i + 1, "a whole number: date takes year, month and day");
            parts[i] = lua_tointeger(L, i + 1);
            if (parts[i] < 1 || parts[i] > 9999)
                parts[i] = 0; /* there is none */
        }
        if (!dki_date_make((int)parts[0], (int)parts[1], (int)parts[2], &made.as.integer))
            return dkl_fail(L, "date: there is no day %I-%I-%I in the years 1 to 9999",
                            (LUAI_UACINT)lua_tointeger(L, 1), (LUAI_UACINT)lua_tointeger(L, 2),
                            (LUAI_UACINT)lua_tointeger(L, 3));
    } else {
        return dkl_arg_fail(L, 1, "a text such as \"2024-12-31\", a year, month and day, or a timestamp");
    }
    if (!lua_isinteger(L, 1) && !(lua_isnoneornil(L, 2) && lua_isnoneornil(L, 3)))
        return dkl_fail(L, "date: a month and a day stand behind a year: dk.date(2024, 12, 31)");
    dkl_push_scalar(L, &made);
    return 1;
}

/* dk.timestamp "2024-12-31T10:30:00", dk.timestamp(date): its midnight */
static int new_timestamp(lua_State *L)
{
    const dkl_scalar *from = dkl_test_scalar(L, 1);
    dk_value made = { .type = DK_TIMESTAMP };

    if (from && (from->type == DK_DATE || from->type == DK_TIMESTAMP))
        made.as.integer = from->type == DK_DATE ? from->integer * DKI_DAY_MICROSECONDS : from->integer;
    else if (lua_type(L, 1) != LUA_TSTRING)
        return dkl_arg_fail(L, 1, "a text such as \"2024-12-31T10:30:00\", or a date");
    else if (!dki_type_parse(DK_TIMESTAMP, 0, get_text(L), &made.as.integer))
        return fail_text(L, "timestamp", "2024-12-31T10:30:00");
    dkl_push_scalar(L, &made);
    return 1;
}

/* The period of argument 1, a text, of the frequency, or (DK_N_FREQUENCIES) of the one that its form tells. */
static int parse_period(lua_State *L, dk_frequency frequency, dk_value *out)
{
    bool is_any = frequency == DK_N_FREQUENCIES;

    for (dk_frequency f = DK_YEAR; f < DK_N_FREQUENCIES; f++)
        if ((is_any || f == frequency) &&
            dki_parse_period(lua_tostring(L, 1), lua_rawlen(L, 1), f, &out->as.integer)) {
            out->scale = (uint8_t)f;
            return 0;
        }
    if (!is_any)
        return fail_text(L, dk_frequency_name(frequency), dki_period_example(frequency));
    return dkl_fail(L, "period: \"%s\" is none; one is written as \"2024-03\", \"2024Q3\" or \"2024\"",
                    lua_tostring(L, 1));
}

/* dk.period "2024-03", "2024Q3" or "2024", dk.period(2024), dk.period(date, "month") */
static int new_period(lua_State *L)
{
    const dkl_scalar *from = dkl_test_scalar(L, 1);
    dk_frequency frequency = DK_N_FREQUENCIES;
    dk_value made = { .type = DK_PERIOD, .scale = DK_YEAR };
    int64_t least, greatest;

    if (!lua_isnoneornil(L, 2) &&
        (lua_type(L, 2) != LUA_TSTRING || !dk_frequency_find(lua_tostring(L, 2), &frequency)))
        return dkl_arg_fail(L, 2, "\"month\", \"quarter\" or \"year\"");
    if (from && from->type == DK_PERIOD && (frequency == DK_N_FREQUENCIES || frequency == from->scale)) {
        lua_settop(L, 1);
        return 1;
    }
    if (from && dki_type_is_calendar(from->type)) {
        if (frequency == DK_N_FREQUENCIES)
            return dkl_arg_fail(L, 2, "\"month\", \"quarter\" or \"year\"");
        lua_settop(L, 2);
        lua_getfield(L, 1, "period");
        lua_insert(L, 1);
        lua_call(L, 2, 1);
        return 1;
    }
    if (lua_isinteger(L, 1) && (frequency == DK_N_FREQUENCIES || frequency == DK_YEAR)) {
        dki_period_bounds(DK_YEAR, &least, &greatest);
        if (lua_tointeger(L, 1) < 1 || lua_tointeger(L, 1) > 9999)
            return dkl_fail(L, "period: %I lies outside the years 1 to 9999", (LUAI_UACINT)lua_tointeger(L, 1));
        made.as.integer = least + lua_tointeger(L, 1) - 1;
    } else if (lua_type(L, 1) == LUA_TSTRING) {
        parse_period(L, frequency, &made);
    } else {
        return dkl_arg_fail(L, 1, "a text such as \"2024-03\" or \"2024Q3\", a year, or a date");
    }
    dkl_push_scalar(L, &made);
    return 1;
}

/* The number in argument 1, exactly. */
static int get_number(lua_State *L, const char *what, dk_value *out)
{
    *out = (dk_value){ .type = DK_DECIMAL };
    if (lua_type(L, 1) == LUA_TSTRING) {
        if (!dki_parse_decimal(lua_tostring(L, 1), lua_rawlen(L, 1), '.', &out->as.integer, &out->scale))
            return dkl_fail(L, "%s: \"%s\" is no number such as \"12.50\" of at most 18 digits", what,
                            lua_tostring(L, 1));
        return 0;
    }
    if (!dkl_exact_number(L, 1, out))
        return dkl_arg_fail(L, 1, "a number, or a text such as \"12.50\"");
    return 0;
}

/* A ratio as a decimal, where it has an end as one. */
static bool end_ratio(dk_value *value)
{
    for (uint8_t scale = 0; scale <= DK_DECIMAL_MAX_SCALE; scale++)
        if (dki_power10[scale] % value->as.ratio.denominator == 0) {
            dki_i128 scaled =
                (dki_i128)value->as.ratio.numerator * (dki_power10[scale] / value->as.ratio.denominator);

            if (!dki_fits_i64(scaled))
                return false;
            *value = (dk_value){ .type = DK_DECIMAL, .scale = scale, .as.integer = (int64_t)scaled };
            return true;
        }
    return false;
}

/* dk.decimal "12.50", dk.decimal(0.1), dk.decimal(x, digits): rounded, half away from zero */
static int new_decimal(lua_State *L)
{
    dk_value value;
    dki_i128 rounded;
    int exact;
    lua_Integer digits = lua_tointegerx(L, 2, &exact);

    get_number(L, "decimal", &value);
    if (!lua_isnoneornil(L, 2)) {
        if (lua_type(L, 2) != LUA_TNUMBER || !exact || digits < 0 || digits > DK_DECIMAL_MAX_SCALE)
            return dkl_arg_fail(L, 2, "a number of digits, 0 to 18");
        if (!dki_round_value(&value, (unsigned)digits, &rounded) || !dki_fits_i64(rounded))
            return dkl_fail(L, "decimal: %s with %I digits does not fit", luaL_tolstring(L, 1, NULL),
                            (LUAI_UACINT)digits);
        value = (dk_value){ .type = DK_DECIMAL, .scale = (uint8_t)digits, .as.integer = (int64_t)rounded };
    } else if (value.type == DK_REAL || (value.type == DK_RATIO && !end_ratio(&value))) {
        return dkl_fail(L, "decimal: %s has no exact decimal of 18 digits (dk.decimal(x, digits) rounds)",
                        luaL_tolstring(L, 1, NULL));
    }
    value.type = DK_DECIMAL;
    dkl_push_scalar(L, &value);
    return 1;
}

static bool parse_whole(const char *text, size_t size, int64_t *out)
{
    uint8_t scale;

    return dki_parse_decimal(text, size, '.', out, &scale) && scale == 0;
}

bool dkl_parse_ratio(dk_text text, dk_ratio *out)
{
    const char *mark = memchr(text.bytes, '/', text.size);
    size_t size = mark ? (size_t)(mark - text.bytes) : 0;

    return mark && parse_whole(text.bytes, size, &out->numerator) &&
           parse_whole(mark + 1, text.size - size - 1, &out->denominator);
}

/* dk.ratio(1, 3), dk.ratio "1/3" */
static int new_ratio(lua_State *L)
{
    dk_value made = { .type = DK_RATIO };
    int64_t parts[2];
    dk_ratio given;

    if (lua_type(L, 1) == LUA_TSTRING && lua_gettop(L) == 1) {
        if (!dkl_parse_ratio(get_text(L), &given))
            return fail_text(L, "ratio", "1/3");
        parts[0] = given.numerator;
        parts[1] = given.denominator;
    } else {
        for (int i = 0; i < 2; i++) {
            if (!lua_isinteger(L, i + 1))
                return dkl_arg_fail(L, i + 1, "a whole number: ratio takes a numerator and a denominator");
            parts[i] = lua_tointeger(L, i + 1);
        }
    }
    if (parts[1] == 0)
        return dkl_fail(L, "ratio: the denominator is 0");
    if (!dki_ratio_make(parts[0], parts[1], &made.as.ratio))
        return dkl_fail(L, "ratio: in lowest terms its parts do not fit in 64 bits");
    dkl_push_scalar(L, &made);
    return 1;
}

/* dk.set { "lassen", "koken" }, dk.set("lassen"), dk.set {} */
static int new_set(lua_State *L)
{
    const char *alone, *kind = dkl_kind(L, 1);
    dkl_names names;
    dk_text *members;

    if (kind && (strcmp(kind, "column") == 0 || strcmp(kind, "expr") == 0))
        return dkl_fail(L, "set wants texts, and not %s (the levels of a column: dk.set(t.vaardigheid:levels()))",
                        dkl_push_kind(L, 1));
    names = dkl_check_arguments(L, 1, "set", &alone);
    members = dkl_array(L, names.n, sizeof *members);
    for (size_t i = 0; i < names.n; i++)
        members[i] = (dk_text){ names.items[i], strlen(names.items[i]) };
    dkl_push_members(L, members, names.n);
    return 1;
}

/* dk.level("mbo", { "vmbo", "mbo", "hbo" }), dk.level("mbo", t.klasse), dk.level("1", codes) */
static int new_level(lua_State *L)
{
    const char *text = dkl_check_text(L, 1, "level: its text");
    const dk_column *column = dkl_test_object(L, 2, DKL_COLUMN);
    const dk_dictionary *levels;
    uint32_t code, other = 0;

    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        return dkl_fail(
            L, "level wants the levels that \"%s\" is one of: a list, a column, or a code list (dk.codes)", text);
    if (column && dk_column_type(column) == DK_CATEGORY) /* levels of one column share what they compare by */
        levels = dk_column_levels(column);
    else
        levels = dkl_check_levels(L, 2, "level", text, &other);
    if (!dkl_has_level_values(levels))
        return dkl_fail(
            L,
            "level: the column has no stated order of levels and no labels, and a string such as \"%s\" is "
            "all that there is to its levels",
            text);
    code = dkl_find_level(L, levels, (dk_text){ text, strlen(text) });
    dkl_push_level_holder(L, levels);
    dkl_push_level(L, -1, code);
    return 1;
}

void dkl_open_scalar_new(lua_State *L)
{
    static const luaL_Reg makers[] = { { "date", new_date },     { "timestamp", new_timestamp },
                                       { "period", new_period }, { "decimal", new_decimal },
                                       { "ratio", new_ratio },   { "set", new_set },
                                       { "level", new_level },   { NULL, NULL } };

    lua_pushvalue(L, 1);
    luaL_setfuncs(L, makers, 0);
    lua_pop(L, 1);
}
