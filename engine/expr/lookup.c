/* lookup.c - what depends on few codes is looked up.
 *
 * An expression over columns whose values are few (categories, booleans, numbers and dates of a short range) has
 * one value for each combination of their codes. Where these are few beside the rows of the table it is computed
 * once for each of them, and a row costs finding its code and one look into a table. So "opleiding is null and not
 * zichtbaar" is one table of truth over the codes of two columns, and bin(leeftijd, 18, 27) one of classes over
 * ages.
 *
 * Looking goes from the root down, so that the whole is looked up where that is possible, and else its parts. What
 * fails for a combination stays as it was: no row may have it. Conditions joined by and, or, not are joined as
 * words of bits where their combined codes are more than a byte holds: 64 rows at a time beat looking up one by
 * one.
 *
 * Invariants: every row of a block has its value, selected or not, and no row fails.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "bound.h"
#include "lookup.h"

#define MOST_CODES 65536
#define FEW_CODES 256         /* codes of a byte */
#define MOST_TEXT_BYTES 65536 /* of 4096 codes */
#define SHARE 4               /* so many rows for each code, or computing codes beforehand does not pay */

/* Sources. ----------------------------------------------------------------------------------------------------- */

/* Codes that a column has; 0: they are not known, or many. */
static uint64_t count_codes(const dki_binder *b, const dki_op *op, dki_coding *coding)
{
    const dk_column *column = dk_table_field(b->bound->table, op->column)->column;
    int64_t least, greatest;

    *coding = (dki_coding){ .type = op->type };
    switch (op->type) {
    case DK_CATEGORY: return dk_dictionary_n_levels(op->levels) + 1;
    case DK_BOOLEAN: return 3;
    case DK_INTEGER:
    case DK_DECIMAL:
    case DK_DATE:
    case DK_TIMESTAMP:
    case DK_PERIOD: break;
    default: return 0;
    }
    if (!dk_column_bounds(column, &least, &greatest) || (uint64_t)greatest - (uint64_t)least >= MOST_CODES)
        return 0;
    coding->least = least;
    return (uint64_t)greatest - (uint64_t)least + 2;
}

/* Adds the columns below op; false where not all have few codes. */
static bool add_sources(const dki_binder *b, dki_op *op, dki_lookup *lookup, dki_op **columns)
{
    if (op->run == dki_run_is_total || op->run == dki_run_common || op->run == dki_run_child)
        return false;
    if (op->run == dki_run_column) {
        dki_lookup_source *source = &lookup->sources[lookup->n_sources];
        uint64_t n_codes;

        for (size_t i = 0; i < lookup->n_sources; i++)
            if (columns[i]->column == op->column)
                return true;
        if (lookup->n_sources == DKI_LOOKUP_COLUMNS)
            return false;
        n_codes = count_codes(b, op, &source->coding);
        if (n_codes == 0 || n_codes > UINT32_MAX || n_codes * lookup->n > UINT32_MAX)
            return false;
        source->n_codes = (uint32_t)n_codes;
        source->factor = lookup->n;
        source->never_null = dk_column_n_nulls(dk_table_field(b->bound->table, op->column)->column) == 0;
        lookup->n *= (uint32_t)n_codes;
        columns[lookup->n_sources++] = op;
        return true;
    }
    for (size_t i = 0; i < op->n_args; i++)
        if (!add_sources(b, op->args[i], lookup, columns))
            return false;
    return true;
}

/* Conditions that are joined by words of bits. */
static bool is_junction(const dki_op *op)
{
    return op->run == dki_run_and || op->run == dki_run_or || op->run == dki_run_not || op->run == dki_run_is_true;
}

/* What is computed from words of bits alone. */
static bool is_words(const dki_op *op)
{
    if (op->run == dki_run_column)
        return op->type == DK_BOOLEAN;
    for (size_t i = 0; i < op->n_args; i++)
        if (!is_words(op->args[i]))
            return false;
    return op->n_args > 0 && (is_junction(op) || op->run == dki_run_is_null);
}

static bool can_hold(dk_type type)
{
    return type != DK_INTERVAL;
}

/* It is a table by the codes of a column already. */
static bool is_table(const dki_op *op)
{
    return (op->run == dki_run_truth_table || op->run == dki_run_code_map) && op->args[0]->run == dki_run_column;
}

static bool pays(const dki_binder *b, const dki_op *op, const dki_lookup *lookup)
{
    if (lookup->n_sources == 0)
        return false;
    if (is_table(op))
        return true;
    return lookup->n <= (is_junction(op) ? FEW_CODES : MOST_CODES) &&
           lookup->n <= dk_table_n_rows(b->bound->table) / SHARE;
}

/* Filling. ----------------------------------------------------------------------------------------------------- */

/* What the columns hold for a block of codes: values as evaluators want them. */
struct columns {
    void *values[DKI_LOOKUP_COLUMNS]; /* DK_BLOCK_ROWS words each */
    uint64_t *valid[DKI_LOOKUP_COLUMNS];
    dki_override overrides[DKI_LOOKUP_COLUMNS];
};

/* Room for blocks of n rows at most: whole words of bits, since what looks at bits looks at words. */
static dk_status columns_init(dki_arena *arena, const dki_lookup *lookup, size_t n, struct columns *columns,
                              dk_error *err)
{
    size_t n_words = dki_bit_words(n);

    for (size_t k = 0; k < lookup->n_sources; k++) {
        columns->values[k] = dki_arena_array(arena, n_words * 64, sizeof(int64_t), err);
        columns->valid[k] = dki_arena_array(arena, n_words, sizeof(uint64_t), err);
        if (columns->values[k] == NULL || columns->valid[k] == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

static void fill_columns(const dki_lookup *lookup, dki_op *const *ops, struct columns *columns, uint32_t first,
                         size_t n)
{
    for (size_t k = 0; k < lookup->n_sources; k++) {
        const dki_lookup_source *source = &lookup->sources[k];
        dki_vector vector = { columns->values[k], columns->valid[k] };

        for (size_t i = 0; i < n; i++) {
            uint32_t code = (first + (uint32_t)i) / source->factor % source->n_codes;

            dki_bit_put(columns->valid[k], i, code > 0);
            if (ops[k]->type == DK_CATEGORY)
                ((uint32_t *)columns->values[k])[i] = code;
            else if (ops[k]->type == DK_BOOLEAN)
                dki_bit_put(columns->values[k], i, code == 2);
            else
                ((int64_t *)columns->values[k])[i] =
                    code ? (int64_t)((uint64_t)source->coding.least + code - 1) : 0;
        }
        if (ops[k]->type == DK_CATEGORY)
            vector.valid = NULL;
        columns->overrides[k] = (dki_override){ ops[k]->column, vector };
    }
}

static size_t value_bytes(dk_type type)
{
    switch (type) {
    case DK_RATIO: return sizeof(dk_ratio);
    case DK_TEXT: return sizeof(dk_text);
    case DK_CATEGORY: return sizeof(uint32_t);
    default: return sizeof(int64_t);
    }
}

static dk_status lookup_room(dki_binder *b, dki_lookup *lookup, const dki_op *op)
{
    dki_arena *arena = &b->bound->arena;

    if (op->type == DK_BOOLEAN) {
        lookup->truth = dki_arena_array(arena, lookup->n, 1, b->err);
        lookup->null = dki_arena_array(arena, lookup->n, 1, b->err);
        return lookup->truth && lookup->null ? DK_OK : DK_ERR_MEMORY;
    }
    lookup->values = dki_arena_alloc(arena, lookup->n * value_bytes(op->type), b->err);
    lookup->null = dki_arena_array(arena, lookup->n, 1, b->err);
    return lookup->values && lookup->null ? DK_OK : DK_ERR_MEMORY;
}

/* Whether a row can have the code: not where a column that is never null would be. */
static bool can_occur(const dki_lookup *lookup, uint32_t code)
{
    for (size_t k = 0; k < lookup->n_sources; k++) {
        const dki_lookup_source *source = &lookup->sources[k];

        if (source->never_null && code / source->factor % source->n_codes == 0)
            return false;
    }
    return true;
}

/* Puts the values of a block of codes into the table. */
static void put_values(dki_lookup *lookup, const dki_op *op, dki_vector vector, uint32_t first, size_t n)
{
    size_t bytes = value_bytes(op->type);

    for (size_t i = 0; i < n; i++) {
        bool is_null = dki_vector_is_null(op, vector, i);

        lookup->null[first + i] = is_null;
        lookup->any_null = lookup->any_null || (is_null && can_occur(lookup, first + (uint32_t)i));
        if (op->type == DK_BOOLEAN)
            lookup->truth[first + i] = !is_null && dki_bit(vector.values, i);
        else if (is_null)
            memset((char *)lookup->values + (first + i) * bytes, 0, bytes);
        else
            memcpy((char *)lookup->values + (first + i) * bytes, (const char *)vector.values + i * bytes, bytes);
        if (is_null && op->type == DK_RATIO)
            ((dk_ratio *)lookup->values)[first + i] = (dk_ratio){ 0, 1 };
    }
}

/* The texts of a block of codes are the evaluator's until its next block: what is kept of them is a copy. */
static dk_status keep_texts(dki_binder *b, dki_lookup *lookup, uint32_t first, size_t n, dk_error *err)
{
    dk_text *texts = (dk_text *)lookup->values + first;
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++) {
        const char *copy = "";

        bytes += texts[i].size;
        if (bytes > MOST_TEXT_BYTES)
            return DK_ERR_OVERFLOW; /* of the table: rows compute them */
        if (texts[i].size > 0 &&
            (copy = dki_arena_text(&b->bound->arena, texts[i].bytes, texts[i].size, err)) == NULL)
            return DK_ERR_MEMORY;
        texts[i].bytes = copy;
    }
    return DK_OK;
}

/* DK_OK with *done false where a combination fails. */
static dk_status evaluate(dki_binder *b, dki_lookup *lookup, dki_op *op, dki_op *const *ops, bool *done)
{
    size_t block = lookup->n < DK_BLOCK_ROWS ? lookup->n : DK_BLOCK_ROWS;
    dk_context *context = b->bound->context;
    dk_error quiet = DK_ERROR_INIT;
    struct columns columns;
    dki_arena arena;
    dki_eval *eval = NULL;
    dk_status status;

    dki_arena_init(&arena, context);
    status = columns_init(&arena, lookup, block < lookup->n ? block : lookup->n, &columns, &quiet);
    if (status == DK_OK)
        status = dki_eval_make(b->bound, op, dki_op_number(op, 0), block, &eval, &quiet);
    for (uint32_t first = 0; status == DK_OK && first < lookup->n; first += (uint32_t)block) {
        size_t n = lookup->n - first < block ? lookup->n - first : block;
        uint64_t all[DK_BLOCK_WORDS] = { 0 };

        dki_bits_fill(all, n);
        fill_columns(lookup, ops, &columns, first, n);
        status = dki_poll(context, &quiet);
        if (status == DK_OK)
            status = dki_eval_run(eval, 0, n, columns.overrides, lookup->n_sources, all, &quiet);
        if (status == DK_OK)
            put_values(lookup, op, dki_op_vector(eval, op), first, n);
        if (status == DK_OK && op->type == DK_TEXT)
            status = keep_texts(b, lookup, first, n, &quiet);
    }
    dki_eval_release(eval);
    dki_arena_drop(&arena);
    *done = status == DK_OK;
    if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
        return DK_OK;
    if (b->err)
        *b->err = quiet;
    return status;
}

/* A table by the codes of one category is taken over. */
static void take_over(dki_lookup *lookup, const dki_op *op)
{
    for (uint32_t code = 0; code < lookup->n; code++) {
        if (op->run == dki_run_truth_table) {
            lookup->truth[code] = op->truth[code] == 1;
            lookup->null[code] = op->truth[code] == 2;
        } else {
            ((uint32_t *)lookup->values)[code] = op->codes[code];
            lookup->null[code] = op->codes[code] == 0;
        }
        lookup->any_null = lookup->any_null || (lookup->null[code] && can_occur(lookup, code));
    }
}

static void find_bounds(dki_lookup *lookup, const dki_op *op)
{
    const int64_t *values = lookup->values;

    if (op->type == DK_BOOLEAN || op->type == DK_CATEGORY || op->type == DK_REAL || op->type == DK_RATIO ||
        op->type == DK_TEXT)
        return;
    for (uint32_t code = 0; code < lookup->n; code++) {
        if (lookup->null[code])
            continue;
        lookup->least = !lookup->has_bounds || values[code] < lookup->least ? values[code] : lookup->least;
        lookup->greatest = !lookup->has_bounds || values[code] > lookup->greatest ? values[code] : lookup->greatest;
        lookup->has_bounds = true;
    }
    lookup->has_bounds = true; /* where nothing is known every bound holds */
}

/* Levels that are few are given as they are stored. */
static dk_status make_narrow(dki_binder *b, dki_lookup *lookup, const dki_op *op)
{
    if (op->type != DK_CATEGORY)
        return DK_OK;
    lookup->narrow_width = dki_width_for(dk_dictionary_n_levels(op->levels) + 1);
    lookup->narrow = dki_arena_alloc(&b->bound->arena, (size_t)lookup->n << lookup->narrow_width, b->err);
    if (lookup->narrow == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 0; code < lookup->n; code++) {
        uint32_t value = ((const uint32_t *)lookup->values)[code];

        switch (lookup->narrow_width) {
        case 0: ((uint8_t *)lookup->narrow)[code] = (uint8_t)value; break;
        case 1: ((uint16_t *)lookup->narrow)[code] = (uint16_t)value; break;
        default: ((uint32_t *)lookup->narrow)[code] = value;
        }
    }
    return DK_OK;
}

static dk_status put_lookup(dki_binder *b, dki_lookup *lookup, dki_op *const *columns, dki_op **op)
{
    dki_op *made = dki_op_new(b, (*op)->node, dki_run_lookup, (*op)->type, (*op)->scale, lookup->n_sources);
    dk_status status = made ? make_narrow(b, lookup, *op) : DK_ERR_MEMORY;

    if (status != DK_OK)
        return status;
    find_bounds(lookup, *op);
    if (lookup->truth) {
        dki_code_set_init(&lookup->is_true, lookup->truth, lookup->n);
        dki_code_set_init(&lookup->is_null, lookup->null, lookup->n);
    } else {
        dki_code_set_init(&lookup->is_null, lookup->null, lookup->n);
    }
    lookup->width = dki_width_for(lookup->n);
    memcpy(made->args, columns, lookup->n_sources * sizeof *columns);
    made->levels = (*op)->levels;
    made->data = lookup;
    *op = made;
    return DK_OK;
}

static dk_status look_up(dki_binder *b, dki_op **op, bool *done)
{
    dki_op *columns[DKI_LOOKUP_COLUMNS];
    dki_lookup *lookup = dki_arena_array(&b->bound->arena, 1, sizeof *lookup, b->err);
    dk_status status;

    *done = false;
    if (lookup == NULL)
        return DK_ERR_MEMORY;
    lookup->n = 1;
    if (!can_hold((*op)->type) || !add_sources(b, *op, lookup, columns) || !pays(b, *op, lookup))
        return DK_OK;
    status = lookup_room(b, lookup, *op);
    if (status != DK_OK)
        return status;
    if (is_table(*op)) {
        take_over(lookup, *op);
        *done = true;
    } else {
        status = evaluate(b, lookup, *op, columns, done);
    }
    return status == DK_OK && *done ? put_lookup(b, lookup, columns, op) : status;
}

dk_status dki_look_up(dki_binder *b, dki_op **op)
{
    bool done;
    dk_status status;

    if ((*op)->is_constant || (*op)->run == dki_run_column || is_words(*op))
        return DK_OK;
    status = look_up(b, op, &done);
    for (size_t i = 0; status == DK_OK && !done && i < (*op)->n_args; i++)
        status = dki_look_up(b, &(*op)->args[i]);
    return status;
}
