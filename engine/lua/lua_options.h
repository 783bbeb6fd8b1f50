/* lua_options.h - option tables and lists: read in one place, strictly.
 *
 * An unknown option is an error that offers the nearest one. Tables are read raw: no metamethod runs while a binding
 * borrows texts from them. Lists and names are read in lua_names.c.
 */
#ifndef DKL_LUA_OPTIONS_H
#define DKL_LUA_OPTIONS_H

#include "bind.h"

typedef struct dkl_names {
    const char **items;
    size_t n;
} dkl_names;

/* Checks that the value at index is nil, none, or a table with only these options (names ends with NULL); what is for
 * messages: "read". */
void dkl_check_options(lua_State *L, int index, const char *what, const char *const *names);
/* The same for keys that are called something else: "parameter". */
void dkl_check_keys(lua_State *L, int index, const char *what, const char *kind, const char *const *names);
/* The first string key of the table at index, in order, that is not among the names, or NULL: Lua's own order differs from run to
 * run, and of two mistakes the same is to be reported always. The table keeps it. */
const char *dkl_find_unknown(lua_State *L, int index, const char *const *names);
/* Raises "what has no kind 'wanted'", with the nearest of names, or with all of them where none is near. */
int dkl_fail_unknown(lua_State *L, const char *what, const char *kind, const char *wanted, size_t size,
                     const char *const *names);

/* Raises where the table of changes at index has none: a variable in it may have been nil. what: the method. */
void dkl_check_changes(lua_State *L, int index, const char *what);
/* The string keys of the table at index in order, ending with NULL: what the order of Lua's own differs in from run to
 * run. Pushes one anchor; the table keeps the strings. */
const char **dkl_sorted_keys(lua_State *L, int index, size_t *n);

/* Pushes the option; false where it is nil, or there is no table. */
bool dkl_option(lua_State *L, int index, const char *key);
/* These push nothing. A text is borrowed from the table; NULL where the option is not given. */
const char *dkl_option_text(lua_State *L, int index, const char *what, const char *key);
bool dkl_option_boolean(lua_State *L, int index, const char *what, const char *key, bool otherwise);
lua_Integer dkl_option_integer(lua_State *L, int index, const char *what, const char *key, lua_Integer least,
                               lua_Integer otherwise);
/* The place of the text in names. */
int dkl_option_choice(lua_State *L, int index, const char *what, const char *key, const char *const *names,
                      int otherwise);

/* The number of rows that the argument says, 10 where there is none. */
uint64_t dkl_check_rows(lua_State *L, int arg);
/* A string without a zero byte, or the text of a date, a timestamp, a period or a level; else raises: what is "select: a
 * column's name". */
const char *dkl_check_text(lua_State *L, int index, const char *what);
/* The length of the list, a table, at index. Raises where it has a hole (its length could then be any) or another key. With
 * may_state_n a member n says how many items there are, and those that are not there are nil. */
size_t dkl_check_list(lua_State *L, int index, const char *what, bool may_state_n);
/* The length of a list that the library has checked; nil is an empty one. Raises for what is no table at all: primitives are
 * within reach of whoever looks into functions. */
size_t dkl_length(lua_State *L, int index);
/* The same, or the name that a column or an expression stands for. */
const char *dkl_check_name(lua_State *L, int index, const char *what);
const char *dkl_option_name(lua_State *L, int index, const char *what, const char *key);
/* A string or a list of strings at index, as an array. Pushes one anchor; n is 0 for nil and none. */
dkl_names dkl_check_names(lua_State *L, int index, const char *what);
dkl_names dkl_option_names(lua_State *L, int index, const char *what, const char *key);
/* The same from arguments first .. top: one list, or so many strings. alone: room for a name that stands alone, which costs no
 * memory then. */
dkl_names dkl_check_arguments(lua_State *L, int first, const char *what, const char **alone);

/* Names in the caller's own memory, as long as there are no more than these. */
#define DKL_FEW 8
typedef struct dkl_few {
    const char *items[DKL_FEW];
} dkl_few;
/* As dkl_check_names. */
dkl_names dkl_few_names(lua_State *L, int index, const char *what, dkl_few *few);

/* Of texts that are values, and no names: raises where a column or an expression stands for one. */
void dkl_check_values(lua_State *L, int index, const char *what);

/* Of lua_params.c, where there are parameters. */
void dkl_check_each_used(lua_State *L, const dk_params *params, const dk_expr *const *exprs, size_t n_exprs,
                         const dkl_names *texts, size_t n_texts);
void dkl_check_each_asked(lua_State *L, const dk_params *params, const dk_breakdown *const *asked, size_t n);
/* Raises where a parameter is given that none of the expressions and texts of expressions uses. */
static inline void dkl_check_used(lua_State *L, const dk_params *params, const dk_expr *const *exprs,
                                  size_t n_exprs, const dkl_names *texts, size_t n_texts)
{
    if (params->n > 0)
        dkl_check_each_used(L, params, exprs, n_exprs, texts, n_texts);
}
/* The same of breakdowns that are asked together: none of them uses it. */
static inline void dkl_check_asked(lua_State *L, const dk_params *params, const dk_breakdown *const *asked,
                                   size_t n)
{
    if (params->n > 0)
        dkl_check_each_asked(L, params, asked, n);
}

/* Spreads options on the stack, for what is called often: the table is gone through once, for the recipe too where the result is made by
 * dkl_new_table_given. Checks as dkl_check_options does; index is from the bottom. */
void dkl_spread(lua_State *L, int index, const char *what, const char *const *names, dkl_options *o);
static inline bool dkl_is_given(const dkl_options *o, int i)
{
    return o->given >> i & 1;
}
/* Options that a method has read itself: texts by names, both of which the table at index keeps. More than DKL_MOST_OPTIONS are none:
 * the recipe goes through the table again. */
void dkl_list_texts(dkl_options *o, int index, const char *const *names, const char *const *texts, size_t n);
/* Of one that is given. */
const char *dkl_read_text(lua_State *L, const dkl_options *o, int i);
bool dkl_read_boolean(lua_State *L, const dkl_options *o, int i);
lua_Integer dkl_read_integer(lua_State *L, const dkl_options *o, int i, lua_Integer least);
int dkl_read_choice(lua_State *L, const dkl_options *o, int i, const char *const *names);
dkl_names dkl_read_names(lua_State *L, dkl_options *o, int i, dkl_few *few);

/* As those of a table. What is not given, or is a plain text or an integer, costs no call. */
static inline const char *dkl_given_text(lua_State *L, const dkl_options *o, int i)
{
    if (!dkl_is_given(o, i))
        return NULL;
    return o->values[i].text ? o->values[i].text : dkl_read_text(L, o, i);
}
static inline bool dkl_given_boolean(lua_State *L, const dkl_options *o, int i, bool otherwise)
{
    return dkl_is_given(o, i) ? dkl_read_boolean(L, o, i) : otherwise;
}
static inline lua_Integer dkl_given_integer(lua_State *L, const dkl_options *o, int i, lua_Integer least,
                                            lua_Integer otherwise)
{
    if (!dkl_is_given(o, i))
        return otherwise;
    return o->values[i].is_integer && o->values[i].integer >= least ? o->values[i].integer
                                                                    : dkl_read_integer(L, o, i, least);
}
static inline int dkl_given_choice(lua_State *L, const dkl_options *o, int i, const char *const *names,
                                   int otherwise)
{
    return dkl_is_given(o, i) ? dkl_read_choice(L, o, i, names) : otherwise;
}
static inline dkl_names dkl_given_names(lua_State *L, dkl_options *o, int i, dkl_few *few)
{
    if (!dkl_is_given(o, i))
        return (dkl_names){ NULL, 0 };
    if (o->values[i].text == NULL)
        return dkl_read_names(L, o, i, few);
    few->items[0] = o->values[i].text;
    return (dkl_names){ few->items, 1 };
}

#endif
