/* lua_rows.c - going over a table in Lua: its rows as records, its blocks of rows, its columns in order.
 *
 * Rows are read from views of a block each; a record is a fresh Lua table, in which null is absent. The iterator
 * keeps the table alive and frees its views when the loop ends or is left; a block ends with its turn.
 */
#include "lua_block.h"
#include "lua_table.h"
#include "lua_value.h"

#define ROWS "dk.rows"

/* User values of an iterator's object: its memory, and the block that is shown, which the collector leaves alone so. */
enum { MEMORY = 1, SHOWN = 2, ROWS_VALUES = 2 };

/* Memory of Lua, which the iterator's object holds. */
typedef struct rows {
    const dk_table *table; /* NULL: nothing is left to go over */
    uint64_t next;         /* row */
    uint64_t block;        /* first row that the views show */
    size_t n_block;        /* rows that they show */
    size_t n_views;        /* those that were prepared */
    dkl_block *shown;      /* to a script; NULL: none */
    dk_view views[];
} rows;

static void drop_rows(void *object)
{
    rows *r = object;

    dkl_block_end(r->shown);
    r->shown = NULL;
    for (size_t i = 0; i < r->n_views; i++)
        dk_view_release(&r->views[i]);
    r->n_views = 0;
    dk_table_release(r->table);
    r->table = NULL;
}

static int show_block(lua_State *L, rows *r)
{
    uint64_t left = dk_table_n_rows(r->table) - r->next;
    size_t n = left < DK_BLOCK_ROWS ? (size_t)left : DK_BLOCK_ROWS;
    dk_error err = DK_ERROR_INIT;

    dkl_poll(L);
    r->n_block = 0;
    for (size_t i = 0; i < r->n_views; i++)
        DKL_TRY(dk_column_view(dk_table_field(r->table, i)->column, r->next, n, &r->views[i], &err));
    r->block = r->next;
    r->n_block = n;
    return 0;
}

/* The iterator over rows. Upvalues: rows, names */
static int next_row(lua_State *L)
{
    const dkl_object *object = lua_touserdata(L, lua_upvalueindex(1));
    rows *r = dkl_held(object); /* NULL: was closed */
    size_t at;

    lua_settop(L, 0);
    if (r == NULL || r->table == NULL || r->next >= dk_table_n_rows(r->table)) {
        if (r)
            drop_rows(r); /* nobody may close an iterator that is called by hand */
        lua_pushnil(L);
        return 1;
    }
    if (r->n_block == 0 || r->next >= r->block + r->n_block)
        show_block(L, r);
    at = (size_t)(r->next - r->block);
    r->next++;
    lua_createtable(L, 0, r->n_views < 1000000 ? (int)r->n_views : 0);
    for (size_t i = 0; i < r->n_views; i++) {
        lua_rawgeti(L, lua_upvalueindex(2), (lua_Integer)i + 1);
        dkl_push_view(L, &r->views[i], at); /* record name value */
        lua_rawset(L, 1);
    }
    return 1;
}

/* The iterator over blocks. Upvalues: rows, frame */
static int next_block(lua_State *L)
{
    const dkl_object *object = lua_touserdata(L, lua_upvalueindex(1));
    rows *r = dkl_held(object);

    lua_settop(L, 0);
    if (r == NULL || r->table == NULL || r->next >= dk_table_n_rows(r->table)) {
        if (r)
            drop_rows(r);
        lua_pushnil(L);
        return 1;
    }
    dkl_block_end(r->shown);
    r->shown = NULL;
    show_block(L, r);
    r->next += r->n_block;
    r->shown = dkl_push_block(L, lua_upvalueindex(2), r->views, r->n_block, r->block);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, lua_upvalueindex(1), SHOWN);
    return 1;
}

/* Pushes the names of the columns as a list. */
static void push_names(lua_State *L, const dk_table *table)
{
    size_t n = dk_table_n_columns(table);

    lua_createtable(L, n < 1000000 ? (int)n : 0, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, dk_table_field(table, i)->name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* Pushes them as the frame of blocks. */
static void push_frame(lua_State *L, const dk_table *table)
{
    size_t n = dk_table_n_columns(table);
    const char **names = dkl_array(L, n, sizeof *names);

    for (size_t i = 0; i < n; i++)
        names[i] = dk_table_field(table, i)->name;
    dkl_push_frame(L, names, n);
    lua_remove(L, -2);
}

/* Pushes the four values that a loop over the table takes; the function gets the object and the names as upvalues. */
static int push_loop(lua_State *L, lua_CFunction next, void (*push)(lua_State *L, const dk_table *table))
{
    const dk_table *table = dkl_check_table(L, 1);
    size_t n = dk_table_n_columns(table);
    void **held = dkl_new_holder(L, ROWS, ROWS_VALUES, drop_rows);
    rows *r = dkl_array(L, 1, sizeof *r + n * sizeof(dk_view));
    int object = lua_gettop(L) - 1;

    lua_setiuservalue(L, object, MEMORY);
    *held = r;
    r->table = dk_table_retain(table);
    for (; r->n_views < n; r->n_views++)
        dk_view_init(&r->views[r->n_views], dk_table_context(table));
    luaL_checkstack(L, 8, "too many values");
    lua_pushvalue(L, object);
    push(L, table);
    lua_pushcclosure(L, next, 2);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, object); /* iterator nil nil rows: the loop closes the last */
    return 4;
}

static void check_alone(lua_State *L, const char *method)
{
    if (lua_gettop(L) > 1 && dkl_is_object(L, 1, DKL_TABLE))
        dkl_fail(L, "%s takes no argument and goes over every column: t:select(...):%s() goes over some", method,
                 method);
}

/* t:rows() -> an iterator over records { column = value }; a fresh one for each row, without what is null */
static int table_rows(lua_State *L)
{
    check_alone(L, "rows");
    return push_loop(L, next_row, push_names);
}

/* t:blocks() -> an iterator over blocks of rows, each of which is over when the next one comes */
static int table_blocks(lua_State *L)
{
    check_alone(L, "blocks");
    return push_loop(L, next_block, push_frame);
}

/* Upvalues: table, how many columns were given */
static int next_column(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, lua_upvalueindex(1)); /* may have been closed meanwhile */
    size_t i = (size_t)lua_tointeger(L, lua_upvalueindex(2));
    const dk_field *field;

    if (i >= dk_table_n_columns(table)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, (lua_Integer)i + 1);
    lua_replace(L, lua_upvalueindex(2));
    field = dk_table_field(table, i);
    lua_pushstring(L, field->name);
    dkl_push_column(L, lua_upvalueindex(1), i);
    return 2;
}

int dkl_table_columns(lua_State *L)
{
    dkl_check_table(L, 1);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_column, 2);
    return 1;
}

const luaL_Reg dkl_row_methods[] = {
    { "rows", table_rows }, { "blocks", table_blocks }, { "columns", dkl_table_columns }, { NULL, NULL }
};

void dkl_open_rows(lua_State *L)
{
    static const luaL_Reg none[] = { { NULL, NULL } };

    dkl_object_class(L, ROWS, none);
    dkl_close_lightly(L, ROWS);
    dkl_open_block(L);
}
