/* difference.c - how far a measure of a side is from the base's.
 *
 * Differences are those that the language of expressions computes, so that they are exact where the measure is. Numbers that are
 * exact are subtracted here, since a comparison of few groups would cost little but parsing. What is known in bounds is narrower
 * where it is known what the scenario did (untouched.h): a number differs by nothing from itself.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/marker.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "sides.h"
#include "untouched.h"

static bool is_exact(dk_type type)
{
    return dk_type_is_number(type) && type != DK_REAL;
}

static bool has_difference(dk_type type)
{
    return dk_type_is_number(type) || type == DK_INTERVAL || type == DK_DATE || type == DK_PERIOD;
}

/* By an expression ------------------------------------------------------------------------------------------------ */

/* Of columns a and b: what is meant, and the same in reals. */
struct formula {
    const char *exact, *rounded;
};

static const struct formula difference = { "a - b", "real(a) - real(b)" };
static const struct formula change = { "(a - b) / b", "(real(a) - real(b)) / real(b)" };
static const struct formula bound_change = { "a / b - 1",
                                             NULL }; /* each side once: what depends on itself would be wider */

/* Remembers a sentence for the result: a table loses its notes when it gets another column. */
static dk_status note_rounded(dki_comparison *c, size_t measure, size_t side, const struct formula *formula,
                              dk_error *err)
{
    bool is_long = c->form.is_long, is_difference = formula == &difference;
    dki_buffer note;
    uint32_t number;
    dk_status status;

    dki_buffer_init(&note, c->sides.context);
    status = dki_buffer_format(&note, err, "%s%s_%s%s is rounded: exact differences do not fit in 64 bits",
                               !is_long        ? ""
                               : is_difference ? "the difference of "
                                               : "the relative difference of ",
                               c->breakdown->measures[measure].name, c->names[side],
                               is_long         ? ""
                               : is_difference ? "_difference"
                                               : "_relative");
    if (status == DK_OK)
        status = dki_text_map_add(&c->notes, note.bytes, note.size, &number, err);
    dki_buffer_drop(&note);
    return status;
}

static dk_status eval(const dk_table *both, const char *text, const dk_column **out, dk_error *err)
{
    const dk_expr *expr = NULL;
    dk_status status = dk_expr_parse(dk_table_context(both), text, &expr, err);

    if (status == DK_OK)
        status = dk_table_eval(both, expr, NULL, out, err);
    dk_expr_release(expr);
    return status;
}

/* Of ratios it may be too fine for 64 bits: then it is rounded, once, and a note says so. */
static dk_status compute(dki_comparison *c, size_t measure, size_t side, const struct formula *formula,
                         const dk_column **out, dk_error *err)
{
    const dki_measured *base = &c->measured[measure * c->sides.n], *mine = base + side;
    const dk_field fields[] = { DK_FIELD("a", mine->value), DK_FIELD("b", base->value) };
    dk_type a = dk_column_type(mine->value), b = dk_column_type(base->value);
    bool may_round = is_exact(a) && is_exact(b) && (formula == &change || (a == DK_RATIO && b == DK_RATIO));
    const dk_table *both = NULL;
    dk_status status = dk_table_new(c->sides.context, fields, 2, dk_column_n_rows(base->value), &both, err);

    if (status == DK_OK)
        status = eval(both, formula->exact, out, err);
    if (status == DK_ERR_OVERFLOW && may_round) {
        status = note_rounded(c, measure, side, formula, err);
        if (status == DK_OK)
            status = eval(both, formula->rounded, out, err);
    }
    dk_table_release(both);
    return status;
}

/* Exact numbers --------------------------------------------------------------------------------------------------- */

static dk_ratio as_ratio(const dk_value *value)
{
    return value->type == DK_RATIO ? value->as.ratio : (dk_ratio){ value->as.integer, dki_power10[value->scale] };
}

/* What is left of some rows, which are known both; false: it does not fit. */
static bool subtract_rows(const dk_view *a, const dk_view *b, uint8_t scale, bool is_ratio, void *out,
                          uint64_t *known)
{
    bool fits = true;

    for (size_t i = 0; i < a->n && fits; i++) {
        dk_value x = dki_view_value(a, i), y = dki_view_value(b, i);

        dki_bit_put(known, i, !x.is_null && !y.is_null);
        if (x.is_null || y.is_null) {
            if (is_ratio)
                ((dk_ratio *)out)[i] = (dk_ratio){ 0, 1 };
            else
                ((int64_t *)out)[i] = 0;
        } else if (is_ratio) {
            fits = dki_ratio_sub(as_ratio(&x), as_ratio(&y), &((dk_ratio *)out)[i]);
        } else {
            dki_i128 left = (dki_i128)x.as.integer * dki_power10[scale - x.scale] -
                            (dki_i128)y.as.integer * dki_power10[scale - y.scale];

            fits = dki_fits_i64(left);
            ((int64_t *)out)[i] = (int64_t)left;
        }
    }
    return fits;
}

/* What comes out of two columns: its type, and as many digits as either has. */
struct left {
    dk_type type;
    uint8_t scale;
    bool is_ratio;
};

static struct left left_of(const dk_column *a, const dk_column *b)
{
    bool is_ratio = dk_column_type(a) == DK_RATIO || dk_column_type(b) == DK_RATIO;
    dk_type type = is_ratio ? DK_RATIO : dk_column_type(a) == DK_DECIMAL ? DK_DECIMAL : dk_column_type(b);
    uint8_t scale = dk_column_scale(a) > dk_column_scale(b) ? dk_column_scale(a) : dk_column_scale(b);

    return (struct left){ type, is_ratio ? 0 : scale, is_ratio };
}

/* a - b, both exact. *out is NULL where it does not fit: the expression says how. */
static dk_status subtract(const dk_column *a, const dk_column *b, const dk_column **out, dk_error *err)
{
    const dk_column *const columns[] = { a, b };
    struct left left = left_of(a, b);
    dki_blocks blocks = {
        .context = dk_column_context(a), .type = left.type, .scale = left.scale, .n_rows = dk_column_n_rows(a)
    };
    const dk_column *made = NULL;
    bool fits = true;
    dk_view views[2];
    dk_status status = DK_OK;

    for (size_t i = 0; i < 2; i++)
        dk_view_init(&views[i], blocks.context);
    for (uint64_t row = 0; fits && dki_columns_block(columns, 2, row, views, &status, err); row += views->n) {
        dk_ratio values[DK_BLOCK_ROWS]; /* or integers, where it has none */
        uint64_t known[DK_BLOCK_WORDS];

        fits = subtract_rows(&views[0], &views[1], left.scale, left.is_ratio, values, known);
        if (fits)
            status = dki_blocks_add(&blocks, values, known, views->n, err);
    }
    for (size_t i = 0; i < 2; i++)
        dk_view_release(&views[i]);
    status = dki_blocks_finish(&blocks, status, &made, err);
    if (status == DK_OK && fits)
        *out = made;
    else
        dk_column_release(made);
    return status;
}

/* What is within bounds ------------------------------------------------------------------------------------------- */

/* The end of an interval that is the nearer one: of least bounds the greater, of greatest bounds the less. */
static void nearer(int64_t *end, bool *is_open, int64_t other, bool other_open, int sign)
{
    if (!other_open && (*is_open || (other > *end) - (other < *end) == sign)) {
        *end = other;
        *is_open = false;
    }
}

/* A bound in other digits, rounded outward where these are fewer: down for sign -1. false: it does not fit. */
static bool in_digits(int64_t bound, uint8_t scale, uint8_t digits, int sign, int64_t *out)
{
    int64_t power, rest;

    if (digits >= scale)
        return dki_rescale(bound, scale, digits, out);
    power = (int64_t)dki_power10[scale - digits];
    rest = bound % power;
    *out = bound / power + (rest * sign > 0 ? sign : 0);
    return true;
}

/* What both have in common, in the digits of the first; false: it cannot be had. */
static bool intersect(dk_value *value, const dk_value *within)
{
    dk_interval *x = &value->as.interval;
    const dk_interval *y = &within->as.interval;
    int64_t least = 0, greatest = 0;

    if (!in_digits(y->least, within->scale, value->scale, -1, &least) ||
        !in_digits(y->greatest, within->scale, value->scale, 1, &greatest))
        return false;
    nearer(&x->least, &x->no_least, least, y->no_least, 1);
    nearer(&x->greatest, &x->no_greatest, greatest, y->no_greatest, -1);
    if (x->meaning == DK_MEANS_UNBOUNDED &&
        !(x->no_least && x->no_greatest)) /* else it is still any number, and not null */
        x->meaning = DK_MEANS_NOTHING;
    if (!x->no_least && !x->no_greatest && x->least == x->greatest) /* a number that is known */
        *x = (dk_interval){ .least = x->least, .greatest = x->greatest, .may_be_null = x->may_be_null };
    if (x->may_be_null)
        dki_interval_mark(x);
    return x->no_least || x->no_greatest || x->least <= x->greatest;
}

/* Gives what a row is within besides; is_null where that is nothing. */
typedef dk_status within_fn(void *arg, uint64_t row, dk_value *out, dk_error *err);

/* Bounds, each no wider than what they are within besides. *column is replaced. */
static dk_status narrow(const dk_column **column, within_fn *get, void *arg, dk_error *err)
{
    dk_context *context = dk_column_context(*column);
    dk_builder *builder = NULL;
    const dk_column *made = NULL;
    dk_status status = dk_builder_new(context, DK_INTERVAL, dk_column_scale(*column), NULL, &builder, err);

    DKI_FOR_ROWS(row, dk_column_n_rows(*column), context, status, err)
    {
        dk_value value, within, common;

        status = dk_column_get(*column, row, &value, err);
        if (status == DK_OK)
            status = get(arg, row, &within, err);
        common = value;
        if (status == DK_OK && !value.is_null && !within.is_null && intersect(&common, &within))
            value = common;
        if (status == DK_OK)
            status = dk_builder_interval(builder, &value.as.interval, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &made, err);
    dk_builder_release(builder);
    if (status == DK_OK) {
        dk_column_release(*column);
        *column = made;
    }
    return status;
}

struct place {
    const dki_comparison *c;
    size_t measure, side;
};

/* What the difference of a group is within, by what the scenario did. */
static dk_status found_within(void *arg, uint64_t row, dk_value *out, dk_error *err)
{
    const struct place *place = arg;
    const dki_sides *s = &place->c->sides;
    uint64_t base = s->as_they_are ? row : s->rows[0][s->order[row]];
    const dk_value *found = dki_untouched_get(place->c->untouched, place->measure, place->side, base);

    (void)err;
    *out = found ? *found : (dk_value){ .is_null = true };
    return DK_OK;
}

static dk_status column_within(void *arg, uint64_t row, dk_value *out, dk_error *err)
{
    return dk_column_get(arg, row, out, err);
}

/* In proportion a difference is within what it is of the base, too. */
static dk_status narrow_relative(const dki_comparison *c, const dki_measured *base, dki_measured *mine,
                                 dk_error *err)
{
    const dk_field fields[] = { DK_FIELD("d", mine->difference), DK_FIELD("b", base->value) };
    const dk_table *both = NULL;
    const dk_column *quotient = NULL;
    dk_status status = dk_table_new(c->sides.context, fields, 2, dk_column_n_rows(base->value), &both, err);

    if (status == DK_OK)
        status = eval(both, "d / b", &quotient, err);
    if (status == DK_OK)
        status = narrow(&mine->relative, column_within, (void *)(uintptr_t)quotient, err);
    dk_column_release(quotient);
    dk_table_release(both);
    return status;
}

dk_status dki_measure_differ(dki_comparison *c, size_t measure, size_t side, dk_error *err)
{
    dki_measured *base = &c->measured[measure * c->sides.n], *mine = base + side;
    dk_type a = dk_column_type(mine->value), b = dk_column_type(base->value);
    dk_type shown = dk_column_type(dk_table_field(c->sides.results[0], c->sides.n_by + measure)->column);
    dk_status status = DK_OK;
    bool is_narrower;

    if (!has_difference(shown))
        return DK_OK;
    if (is_exact(a) && is_exact(b))
        status = subtract(mine->value, base->value, &mine->difference, err);
    if (status == DK_OK && mine->difference == NULL)
        status = compute(c, measure, side, &difference, &mine->difference, err);
    is_narrower = status == DK_OK && dki_untouched_has(c->untouched, measure, side) &&
                  dk_column_type(mine->difference) == DK_INTERVAL;
    if (is_narrower)
        status = narrow(&mine->difference, found_within, &(struct place){ c, measure, side }, err);
    if (status == DK_OK && c->form.relative && (dk_type_is_number(b) || b == DK_INTERVAL))
        status = compute(c, measure, side, a == DK_INTERVAL || b == DK_INTERVAL ? &bound_change : &change,
                         &mine->relative, err);
    if (status == DK_OK && is_narrower && mine->relative && dk_column_type(mine->relative) == DK_INTERVAL)
        status = narrow_relative(c, base, mine, err);
    return status;
}
