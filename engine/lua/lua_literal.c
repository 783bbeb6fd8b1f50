/* lua_literal.c - values and names as text of an expression.
 */
#include "expr/literal.h"
#include "expr/quote.h"
#include "lua_value.h"

void dkl_push_literal(lua_State *L, const dk_value *value)
{
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, dki_literal_size(value));

    luaL_pushresultsize(&out, dki_literal_into(value, to));
}

void dkl_push_quoted_name(lua_State *L, const char *name)
{
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, dki_quote_size(name));

    luaL_pushresultsize(&out, dki_quote_into(name, to));
}
