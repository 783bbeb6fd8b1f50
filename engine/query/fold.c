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
    if (op->run == dki_run_is_total)
        found->many = true;
    if (op->run == dki_run_column) {
        if (found->column && found->column->column != op->column)
            found->many = true;
        found->column = op;
    }
    for (size_t i = 0; i < op->n_args; i++)
        find_sources(op->args[i], found);
}

/* Evaluates op alone, for n rows that begin at row 0 (or at the codes of overrides). */
static dk_status run_alone(dki_eval *eval, const dki_op *op, const uint32_t *overrides, size_t n, dk_error *err)
{
    uint64_t selection[DK_BLOCK_WORDS];

    memset(selection, 0, sizeof selection);
    dki_bits_fill(selection, n);
    dki_eval_begin(eval, 0, n);
    eval->overrides = overrides;
    return dki_eval_op(eval, op, selection, err);
}

static dk_status fold_constant(dki_binder *b, dki_op **op)
{
    dki_eval *eval;
    dk_error quiet = DK_ERROR_INIT;
    dk_status status = dki_eval_make(b->bound, &eval, b->err);

    if (status != DK_OK)
        return status;
    status = run_alone(eval, *op, NULL, 1, &quiet);
    if (status == DK_OK) {
        dk_value value = dki_vector_value(*op, dki_op_vector(eval, *op), 0);
        const dk_dictionary *levels = (*op)->levels;
        dk_type type = (*op)->type;
        dki_op *made = dki_op_constant(b, (*op)->node, value);

        if (made == NULL) {
            status = DK_ERR_MEMORY;
        } else {
            made->type = type;
            made->value.type = type;
            made->levels = levels;
            *op = made;
        }
    }
    dki_eval_release(eval);
    return status == DK_ERR_MEMORY && b->err && b->err->code != DK_ERR_MEMORY
               ? dki_fail(b->err, DK_ERR_MEMORY, "%s", quiet.message)
           : status == DK_ERR_MEMORY ? status
                                     : DK_OK;
}

/* Truth by code: 0 false, 1 true, 2 null. */
static dk_status fill_truth(dki_eval *eval, const dki_op *op, const uint32_t *codes, size_t n, uint8_t *truth,
                            dk_error *err)
{
    dki_vector vector;
    dk_status status = run_alone(eval, op, codes, n, err);

    if (status != DK_OK)
        return status;
    vector = dki_op_vector(eval, op);
    for (size_t i = 0; i < n; i++)
        truth[codes[i]] = dki_vector_is_null(op, vector, i) ? 2 : dki_bit(vector.values, i);
    return DK_OK;
}

static dk_status fill_texts(dki_eval *eval, const dki_op *op, const uint32_t *codes, size_t n, uint32_t *map,
                            dki_text_map *texts, dk_error *err)
{
    dki_vector vector;
    dk_status status = run_alone(eval, op, codes, n, err);

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

static dk_status fold_levels(dki_binder *b, dki_op **op, dki_op *column)
{
    size_t n_codes = dk_dictionary_n_levels(column->levels) + 1;
    bool text = (*op)->type == DK_TEXT;
    uint32_t codes[DK_BLOCK_ROWS];
    dk_error quiet = DK_ERROR_INIT;
    dki_text_map texts;
    dki_eval *eval = NULL;
    dki_op *made = dki_op_new(b, (*op)->node, text ? dki_run_code_map : dki_run_truth_table,
                              text ? DK_CATEGORY : DK_BOOLEAN, 0, 1);
    void *table = dki_arena_array(&b->bound->arena, n_codes, text ? sizeof(uint32_t) : 1, b->err);
    dk_status status = made && table ? dki_eval_make(b->bound, &eval, b->err) : DK_ERR_MEMORY;
    bool folded;

    if (status != DK_OK)
        return status;
    dki_text_map_init(&texts, b->bound->context);
    for (size_t done = 0; done < n_codes && status == DK_OK;) {
        size_t n = n_codes - done < DK_BLOCK_ROWS ? n_codes - done : DK_BLOCK_ROWS;

        for (size_t i = 0; i < n; i++)
            codes[i] = (uint32_t)(done + i);
        status = text ? fill_texts(eval, *op, codes, n, table, &texts, &quiet)
                      : fill_truth(eval, *op, codes, n, table, &quiet);
        done += n;
    }
    folded = status == DK_OK;
    if (status == DK_ERR_MEMORY)
        dki_fail(b->err, DK_ERR_MEMORY, "%s", quiet.message);
    else
        status = DK_OK;
    if (folded && text)
        status = make_levels(b, made, &texts);
    if (folded && status == DK_OK) {
        made->args[0] = column;
        made->truth = text ? NULL : table;
        made->codes = text ? table : NULL;
        *op = made;
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
    if (found.column->type == DK_CATEGORY && ((*op)->type == DK_BOOLEAN || (*op)->type == DK_TEXT))
        return fold_levels(b, op, found.column);
    return DK_OK;
}
