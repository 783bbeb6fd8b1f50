/* lua_literal.c - values and names as text of an expression.
 *
 * What a script gives as a value becomes text that the parser reads back as exactly that value, whatever is in it: every
 * byte that could end or change a literal is escaped.
 */
#include <string.h>

#include "base/number.h"
#include "expr/quote.h"
#include "lua_value.h"

static void push_string(lua_State *L, dk_text text)
{
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    luaL_addchar(&out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.bytes[i];

        if (c == '"' || c == '\\') {
            luaL_addchar(&out, '\\');
            luaL_addchar(&out, (char)c);
        } else if (c < 32 || c == 127) {
            char escape[8];

            lua_Integer code = c;
            escape[0] = '\\';
            escape[1] = (char)('0' + code / 100);
            escape[2] = (char)('0' + code / 10 % 10);
            escape[3] = (char)('0' + code % 10);
            luaL_addlstring(&out, escape, 4);
        } else {
            luaL_addchar(&out, (char)c);
        }
    }
    luaL_addchar(&out, '"');
    luaL_pushresult(&out);
}

void dkl_push_literal(lua_State *L, const dk_value *value)
{
    const uint8_t scale = value->type == DK_DECIMAL ? value->scale : 0;
    char text[64];

    if (value->is_null) {
        lua_pushliteral(L, "null");
        return;
    }
    switch (value->type) {
    case DK_BOOLEAN: lua_pushstring(L, value->as.boolean ? "true" : "false"); break;
    case DK_INTEGER:
    case DK_DECIMAL:
        if (value->as.integer == INT64_MIN) { /* its digits without the sign do not fit */
            char last[64];

            dki_format_decimal(INT64_MIN + 1, scale, text, sizeof text);
            dki_format_decimal(1, scale, last, sizeof last);
            lua_pushfstring(L, "(%s - %s)", text, last);
        } else {
            dki_format_decimal(value->as.integer, scale, text, sizeof text);
            lua_pushstring(L, text);
        }
        break;
    case DK_REAL:
        dki_format_real(value->as.real, text, sizeof text);
        lua_pushstring(L, text);
        break;
    case DK_RATIO: /* a literal has no sign, and the least integer no negative */
        if (value->as.ratio.numerator < -INT64_MAX)
            lua_pushfstring(L, "((-9223372036854775807 - 1) / %I)", (LUAI_UACINT)value->as.ratio.denominator);
        else
            lua_pushfstring(L, "(%I / %I)", (LUAI_UACINT)value->as.ratio.numerator,
                            (LUAI_UACINT)value->as.ratio.denominator);
        break;
    case DK_DATE:
    case DK_TIMESTAMP:
    case DK_PERIOD: {
        size_t size = dk_value_format(value, text, sizeof text);

        if (value->type == DK_TIMESTAMP) /* beside a timestamp a string is one */
            push_string(L, (dk_text){ text, size });
        else if (value->type == DK_DATE)
            lua_pushfstring(L, "date '%s'", text);
        else
            lua_pushfstring(L, "period('%s', '%s')", text, dk_frequency_name(value->scale));
        break;
    }
    default: push_string(L, value->as.text); break;
    }
}

void dkl_push_quoted_name(lua_State *L, const char *name)
{
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, dki_quote_size(name));

    luaL_pushresultsize(&out, dki_quote_into(name, to));
}
