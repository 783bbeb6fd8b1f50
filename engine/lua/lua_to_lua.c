/* lua_to_lua.c - a column as a list of Lua that loses nothing.
 *
 * What Lua has is plain; what it does not have is a value of lua_scalar.h, and null is dk.null, so that the list has no hole. Rows
 * with one level of a category share its value.
 */
#include "base/memory.h"
#include "data/column_parts.h"
#include "data/members.h"
#include "lua_interval.h"
#include "lua_options.h"
#include "lua_scalar.h"
#include "lua_value.h"

/* A view in memory of the engine: the collector may close a slot after what Lua held. */
static dk_status new_view(dk_context *context, dk_view **out, dk_error *err)
{
    dk_view *view = dki_alloc(context, sizeof *view, err);

    if (view == NULL)
        return DK_ERR_MEMORY;
    dk_view_init(view, context);
    *out = view;
    return DK_OK;
}

static void drop_view(void *object)
{
    dk_view *view = object;
    dk_context *context = view->context;

    dk_view_release(view);
    dki_free(context, view);
}

/* Of levels with an order or labels, the value of the code: one for all rows. made: index of those that there are. */
static void push_level(lua_State *L, uint32_t code, int holder, int made)
{
    if (lua_rawgeti(L, made, code) != LUA_TNIL)
        return;
    lua_pop(L, 1);
    dkl_push_level(L, holder, code);
    lua_pushvalue(L, -1);
    lua_rawseti(L, made, code);
}

/* Row i of the view as rows have it, but for null. */
static void push_plain(lua_State *L, const dk_view *view, size_t i)
{
    dkl_push_view(L, view, i);
    if (!lua_isnil(L, -1))
        return;
    lua_pop(L, 1);
    dkl_push_null(L);
}

/* Row i of the view. holder and made: of a category whose levels are values; else 0. */
static void push_exact(lua_State *L, const dk_view *view, size_t i, int holder, int made)
{
    dk_value value = dki_view_value(view, i);

    if (value.type == DK_INTERVAL) {
        dkl_push_interval(L, &value, true);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            dkl_push_null(L);
        }
        return;
    }
    if (value.is_null) {
        dkl_push_null(L);
        return;
    }
    switch (value.type) {
    case DK_DECIMAL:
    case DK_RATIO:
    case DK_DATE:
    case DK_TIMESTAMP:
    case DK_PERIOD: dkl_push_scalar(L, &value); break;
    case DK_CATEGORY:
        if (holder != 0)
            push_level(L, dki_view_code(view, i), holder, made);
        else if (dk_dictionary_members(view->levels))
            dkl_push_set(L, value.as.text);
        else
            dkl_push_value(L, &value);
        break;
    default: dkl_push_value(L, &value);
    }
}

int dkl_push_values(lua_State *L, const dk_column *column, uint64_t n, bool plain)
{
    dk_error err = DK_ERROR_INIT;
    void **slot;
    dk_view *view;
    int holder = 0, made = 0, list;
    bool counts;

    luaL_checkstack(L, 12, "too many values");
    lua_createtable(L, n < 100000000 ? (int)n : 0, 0);
    list = lua_gettop(L);
    if (!plain && dkl_has_level_values(dk_column_levels(column))) {
        dkl_push_level_holder(L, dk_column_levels(column));
        lua_newtable(L);
        holder = list + 1;
        made = list + 2;
    }
    slot = dkl_slot(L, drop_view);
    DKL_TRY(new_view(dk_column_context(column), (dk_view **)slot, &err));
    view = *slot;
    counts = n > DK_BLOCK_ROWS && dkl_busy(L);
    for (uint64_t row = 0; row < n;) {
        size_t n_block = n - row < DK_BLOCK_ROWS ? (size_t)(n - row) : DK_BLOCK_ROWS;

        if (counts)
            dki_progress_count(dk_column_context(column), row, n);
        dkl_poll(L);
        DKL_TRY(dk_column_view(column, row, n_block, view, &err));
        for (size_t i = 0; i < n_block; i++) {
            if (plain)
                push_plain(L, view, i);
            else
                push_exact(L, view, i, holder, made);
            lua_rawseti(L, list, (lua_Integer)(++row));
        }
    }
    lua_pushvalue(L, list);
    return 1;
}

/* c:to_lua([{ plain = true }]) -> a list of all values, dk.null where a row is null */
int dkl_column_to_lua(lua_State *L)
{
    static const char *const options[] = { "plain", NULL };
    const dk_column *column = dkl_check_object(L, 1, DKL_COLUMN, "a column");

    lua_settop(L, 2);
    dkl_check_options(L, 2, "to_lua", options);
    return dkl_push_values(L, column, dk_column_n_rows(column), dkl_option_boolean(L, 2, "to_lua", "plain", false));
}
