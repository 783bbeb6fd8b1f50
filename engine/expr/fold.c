/* fold.c - what does not depend on rows is computed once.
 *
 * An expression without columns becomes its value. An expression that depends on one category alone, and on nothing else of
 * the row, has one value for each level: a condition becomes a table of truth by code, a text a map of codes. So text
 * functions run once for each level. What fails while it is folded is left as it was: it may never be reached.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/hash.h"
#include "base/status.h"
#include "bound.h"

struct sources {
    dki_op *column; /* the one column that the op depends on */
    bool many;      /* or several, or what is not a column */
};

static void find_sources(dki_op *op, struct sources *found)
{
    if (op->run == dki_run_is_total || op->run == dki_run_common || op->run == dki_run_child)
        found->many = true;
    if (op->run == dki_run_column) {
        if (found->column && found->column->column != op->column)
            found->many = true;
        found->column = op;
    }
    for (size_t i = 0; i < op->n_args; i++)
        find_sources(op->args[i], found);
}

/* Evaluates for n codes of a column; without codes for one row that is none. */
static dk_status run_alone(dki_eval *eval, const dki_op *column, const uint32_t *codes, size_t n, dk_error *err)
{
    uint64_t selection[DK_BLOCK_WORDS];
    dki_override override = { column ? column->column : DK_NO_COLUMN, { codes, NULL } };

    memset(selection, 0, sizeof selection);
    dki_bits_fill(selection, n);
    return dki_eval_run(eval, 0, n, &override, column != NULL, selection, err);
}

/* A failure that is not the expression's own ends binding. Any other is left to the row that reaches it. */
static dk_status pass_on(dki_binder *b, dk_status status, const dk_error *quiet)
{
    if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
        return DK_OK;
    if (b->err)
        *b->err = *quiet;
    return status;
}

static dk_status fold_constant(dki_binder *b, dki_op **op)
{
    dki_eval *eval;
    dk_error quiet = DK_ERROR_INIT;
    dk_status status = dki_eval_make(b->bound, *op, dki_op_number(*op, 0), 1, &eval, b->err);

    if (status != DK_OK)
        return status;
    status = run_alone(eval, NULL, NULL, 1, &quiet);
    if (status == DK_OK) {
        dki_op *made = dki_op_constant(b, (*op)->node, dki_vector_value(*op, dki_op_vector(eval, *op), 0));

        if (made) {
            made->type = (*op)->type; /* a category stays one */
            made->value.type = (*op)->type;
            made->levels = (*op)->levels;
            *op = made;
        } else {
            status = DK_ERR_MEMORY;
        }
    } else {
        status = pass_on(b, status, &quiet);
    }
    dki_eval_release(eval);
    return status;
}

/* Truth by code: 0 false, 1 true, 2 null. */
static dk_status fill_truth(dki_eval *eval, const dki_op *op, const dki_op *column, const uint32_t *codes, size_t n,
                            uint8_t *truth, dk_error *err)
{
    dki_vector vector;
    dk_status status = run_alone(eval, column, codes, n, err);

    if (status != DK_OK)
        return status;
    vector = dki_op_vector(eval, op);
    for (size_t i = 0; i < n; i++)
        truth[codes[i]] = dki_vector_is_null(op, vector, i) ? 2 : dki_bit(vector.values, i);
    return DK_OK;
}

static dk_status fill_texts(dki_eval *eval, const dki_op *op, const dki_op *column, const uint32_t *codes, size_t n,
                            uint32_t *map, dki_text_map *texts, dk_error *err)
{
    dki_vector vector;
    dk_status status = run_alone(eval, column, codes, n, err);

    if (status != DK_OK)
        return status;
    vector = dki_op_vector(eval, op);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dk_value value = dki_vector_value(op, vector, i);
        uint32_t number = 0;

        map[codes[i]] = 0;
        if (value.is_null)
            continue;
        status = dki_text_map_add(texts, value.as.text.bytes, value.as.text.size, &number, err);
        map[codes[i]] = number + 1;
    }
    return status;
}

static dk_status make_levels(dki_binder *b, dki_op *op, const dki_text_map *texts)
{
    dk_dictionary *levels = NULL;
    dk_text *list = dki_arena_array(&b->bound->arena, texts->n, sizeof *list, b->err);
    dk_status status = list ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; list && i < texts->n; i++)
        list[i].bytes = dki_text_map_get(texts, (uint32_t)i, &list[i].size);
    if (status == DK_OK)
        status = dk_dictionary_new(b->bound->context, list, texts->n, false, &levels, b->err);
    if (status == DK_OK)
        status = dki_bound_keep(b->bound, levels, b->err);
    if (status == DK_OK)
        op->levels = levels;
    return status;
}

/* A category is one text, or is not: the table without looking at each level, for speed alone. *done: it was that. */
static dk_status fold_level(dki_binder *b, dki_op **op, dki_op *column, bool *done)
{
    size_t n_codes = dk_dictionary_n_levels(column->levels) + 1;
    const dki_op *text = (*op)->run == dki_run_compare ? (*op)->args[1] : NULL;
    bool is_same = (*op)->sign == '=';
    dki_op *made;
    uint8_t *table;
    uint32_t code;

    *done = text && (*op)->args[0] == column && dki_compares_level(column, text, (*op)->sign);
    if (!*done)
        return DK_OK;
    made = dki_op_new(b, (*op)->node, dki_run_truth_table, DK_BOOLEAN, 0, 1);
    table = dki_arena_array(&b->bound->arena, n_codes, 1, b->err);
    if (made == NULL || table == NULL)
        return DK_ERR_MEMORY;
    memset(table, !is_same, n_codes);
    table[0] = 2;
    code = dk_dictionary_find(column->levels, text->value.as.text);
    if (code)
        table[code] = is_same;
    made->args[0] = column;
    made->truth = table;
    *op = made;
    return DK_OK;
}

static dk_status fold_levels(dki_binder *b, dki_op **op, dki_op *column)
{
    size_t n_codes = dk_dictionary_n_levels(column->levels) + 1, done = 0, n;
    size_t block = n_codes < DK_BLOCK_ROWS ? n_codes : DK_BLOCK_ROWS;
    bool text = (*op)->type == DK_TEXT;
    uint32_t codes[DK_BLOCK_ROWS];
    dk_error quiet = DK_ERROR_INIT;
    dki_text_map texts;
    dki_eval *eval = NULL;
    dki_op *made = dki_op_new(b, (*op)->node, text ? dki_run_code_map : dki_run_truth_table,
                              text ? DK_CATEGORY : DK_BOOLEAN, 0, 1);
    void *table = dki_arena_array(&b->bound->arena, n_codes, text ? sizeof(uint32_t) : 1, b->err);
    dk_status status =
        made && table ? dki_eval_make(b->bound, *op, dki_op_number(*op, 0), block, &eval, b->err) : DK_ERR_MEMORY;

    if (status != DK_OK)
        return status;
    dki_text_map_init(&texts, b->bound->context);
    for (; done < n_codes && status == DK_OK; done += n) {
        n = n_codes - done < block ? n_codes - done : block;
        for (size_t i = 0; i < n; i++)
            codes[i] = (uint32_t)(done + i);
        status = dki_poll(b->bound->context, &quiet);
        if (status == DK_OK)
            status = text ? fill_texts(eval, *op, column, codes, n, table, &texts, &quiet)
                          : fill_truth(eval, *op, column, codes, n, table, &quiet);
    }
    if (status == DK_OK) {
        made->args[0] = column;
        made->truth = text ? NULL : table;
        made->codes = text ? table : NULL;
        status = text ? make_levels(b, made, &texts) : DK_OK;
        if (status == DK_OK)
            *op = made;
    } else {
        status = pass_on(b, status, &quiet);
    }
    dki_text_map_drop(&texts);
    dki_eval_release(eval);
    return status;
}

dk_status dki_fold(dki_binder *b, dki_op **op)
{
    struct sources found = { NULL, false };

    if ((*op)->is_constant || (*op)->run == dki_run_column)
        return DK_OK;
    find_sources(*op, &found);
    if (found.many)
        return DK_OK;
    if (found.column == NULL)
        return fold_constant(b, op);
    if (found.column->type == DK_CATEGORY && ((*op)->type == DK_BOOLEAN || (*op)->type == DK_TEXT)) {
        bool done;
        dk_status status = fold_level(b, op, found.column, &done);

        return status == DK_OK && !done ? fold_levels(b, op, found.column) : status;
    }
    return DK_OK;
}
