/* keys.c - keys as texts become columns. */
#include "keys.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "expr/eval.h"
#include "interval_order.h"

bool dki_key_direction(const char *text, size_t *size, bool *descending)
{
    size_t end = *size, word;

    while (end > 0 && text[end - 1] == ' ')
        end--;
    word = end;
    while (word > 0 && text[word - 1] != ' ')
        word--;
    if (word == 0)
        return false;
    if (end - word == 4 && memcmp(text + word, "desc", 4) == 0)
        *descending = true;
    else if (end - word == 3 && memcmp(text + word, "asc", 3) == 0)
        *descending = false;
    else
        return false;
    while (word > 0 && text[word - 1] == ' ')
        word--;
    *size = word;
    return word > 0;
}

static const dk_column *find_column(const dk_table *table, const char *name)
{
    size_t at = dk_table_find(table, name);

    return at == DK_NO_COLUMN ? NULL : dk_table_field(table, at)->column;
}

/* "dekking descending": a column, and a word that is no direction. */
static dk_status check_word(const dk_table *table, char *text, const char *what, dk_error *err)
{
    char *blank = strrchr(text, ' ');
    bool is_column;

    if (blank == NULL)
        return DK_OK;
    *blank = '\0';
    is_column = find_column(table, text) != NULL;
    *blank = ' ';
    if (!is_column)
        return DK_OK;
    return dki_fail(err, DK_ERR_ARGUMENT, "%s: '%s': behind the name stands asc or desc, not '%s'", what, text,
                    blank + 1);
}

static dk_status eval_key(const dk_table *table, const char *text, const char *what, const dk_params *params,
                          const dk_column **out, dk_error *err)
{
    const dk_expr *expr;
    dk_status status = dk_expr_parse(dk_table_context(table), text, &expr, err);
    size_t at;

    if (status != DK_OK)
        return status;
    if (dk_expr_name(expr)) {
        status = dki_fail(err, DK_ERR_ARGUMENT, "%s: '%s' gives a key a name", what, text);
        dki_hint(err, "make it a column first: t:derive \"%s\"", text);
    } else if (dki_expr_root(expr)->kind == DKI_NODE_NAME) { /* a column, or said as for any column */
        status = dk_table_get(table, dki_expr_root(expr)->text, &at, err);
        if (status == DK_OK)
            *out = dk_column_retain(dk_table_field(table, at)->column);
    } else {
        status = dk_table_eval(table, expr, params, out, err);
    }
    dk_expr_release(expr);
    return status;
}

/* A key of intervals puts rows in order, and tells no groups apart. */
static dk_status settle_key(const char *text, bool may_direct, const char *what, dki_order_key *key, dk_error *err)
{
    const dk_column *column = key->column;
    dk_status status = DK_OK;

    if (dk_column_type(column) != DK_INTERVAL)
        return DK_OK;
    key->column = NULL;
    if (may_direct) {
        status = dki_order_column(column, &key->column, err);
    } else {
        status =
            dki_fail(err, DK_ERR_TYPE, "%s: %s is known in bounds only, which tell no groups apart", what, text);
        dki_hint(err, "group by what is known, such as greatest(%s) < 5", text);
    }
    dk_column_release(column);
    return status;
}

static dk_status bind_key(const dk_table *table, const char *text, bool may_direct, const char *what,
                          const dk_params *params, dki_order_key *key, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    size_t size = strlen(text);
    const dk_column *column = find_column(table, text);
    dk_status status;
    char *cut;

    key->descending = false;
    if (column == NULL && may_direct)
        (void)dki_key_direction(text, &size, &key->descending);
    cut = dki_strndup(context, text, size, err);
    if (cut == NULL)
        return DK_ERR_MEMORY;
    if (column == NULL)
        column = find_column(table, cut);
    if (column) {
        key->column = dk_column_retain(column);
        status = DK_OK;
    } else {
        status = may_direct ? check_word(table, cut, what, err) : DK_OK;
        if (status == DK_OK)
            status = eval_key(table, cut, what, params, &key->column, err);
    }
    dki_free(context, cut);
    return status == DK_OK ? settle_key(text, may_direct, what, key, err) : status;
}

/* sort("dekking", "desc"): a direction, where no column is called so, and the key before. */
static dk_status check_alone(const dk_table *table, const char *const *texts, size_t i, const char *what,
                             dk_error *err)
{
    bool is_direction = strcmp(texts[i], "desc") == 0 || strcmp(texts[i], "asc") == 0;

    if (i == 0 || !is_direction || find_column(table, texts[i]))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "%s: '%s' is no key, and stands in the text of one", what, texts[i]);
    dki_hint(err, "write \"%s %s\"", texts[i - 1], texts[i]);
    return DK_ERR_ARGUMENT;
}

dk_status dki_keys_bind(const dk_table *table, const char *const *texts, size_t n, bool may_direct,
                        const char *what, const dk_params *params, dki_order_key *keys, dk_error *err)
{
    dk_status status = DK_OK;
    size_t done = 0;

    while (done < n && status == DK_OK) {
        if (may_direct)
            status = check_alone(table, texts, done, what, err);
        if (status == DK_OK)
            status = bind_key(table, texts[done], may_direct, what, params, &keys[done], err);
        done += status == DK_OK;
    }
    if (status != DK_OK)
        dki_keys_release(keys, done);
    return status;
}

void dki_keys_release(dki_order_key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dk_column_release(keys[i].column);
}
