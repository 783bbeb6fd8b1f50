/* allocate_answer.c - an allocation as tables: a row for each group, and a row for each limit. */
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"

/* Columns on their way into a table. */
struct fields {
    dki_allocation *a;
    dk_field items[DKI_MAX_DIMENSIONS + 8];
    size_t n;
};

static void drop_fields(struct fields *f)
{
    for (size_t i = 0; i < f->n; i++)
        dk_column_release(f->items[i].column);
    f->n = 0;
}

/* Ends a builder (given) as the next field, without digits that nobody needs. */
static dk_status end_field(struct fields *f, const char *name, dk_builder *builder, dk_status status, dk_error *err)
{
    const dk_column *column = NULL, *trimmed = NULL;

    if (status == DK_OK)
        status = dk_builder_finish(builder, &column, err);
    if (status == DK_OK)
        status = dki_trim_column(column, 0, &trimmed, err);
    if (status == DK_OK)
        f->items[f->n++] = DK_FIELD(name, trimmed);
    dk_column_release(column);
    dk_builder_release(builder);
    return status;
}

/* Persons: numbers of the program, or with unit 1 of weight. */
static dk_status add_persons(struct fields *f, const char *name, const int64_t *numbers, int64_t unit,
                             dk_error *err)
{
    dki_allocation *a = f->a;
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(a->context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &builder, err);

    for (size_t k = 0; k < a->n && status == DK_OK; k++)
        status = dk_builder_integer(builder, numbers[k] * unit, err);
    return end_field(f, name, builder, status, err);
}

/* Whether ratios are decimals with up to nine digits, and fit as such. */
static bool are_decimals(const dk_ratio *ratios, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        dki_i128 scaled = (dki_i128)ratios[k].numerator * DKI_PERSON;

        if (scaled % ratios[k].denominator != 0 || !dki_fits_i64(scaled / ratios[k].denominator))
            return false;
    }
    return true;
}

static dk_status add_ratios(struct fields *f, const char *name, const dk_ratio *ratios, size_t n, dk_error *err)
{
    bool decimal = are_decimals(ratios, n);
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(f->a->context, decimal ? DK_DECIMAL : DK_RATIO, decimal ? DK_WEIGHT_SCALE : 0,
                                      NULL, &builder, err);

    for (size_t k = 0; k < n && status == DK_OK; k++)
        status = decimal ? dk_builder_integer(
                               builder,
                               (int64_t)((dki_i128)ratios[k].numerator * DKI_PERSON / ratios[k].denominator), err)
                         : dk_builder_ratio(builder, ratios[k], err);
    return end_field(f, name, builder, status, err);
}

/* count * unit, or the nearest billionth where that has more digits than fit. */
static bool times_unit(dki_i128 count, dk_ratio unit, dk_ratio *out)
{
    dki_i128 whole = count / unit.denominator, rest = count % unit.denominator, top;

    if (!dki_mul_i128(count, unit.numerator, &top) && dki_ratio_make(top, unit.denominator, out))
        return true;
    return !dki_mul_i128(whole * DKI_PERSON, unit.numerator, &whole) &&
           !dki_mul_i128(rest * DKI_PERSON, unit.numerator, &rest) &&
           dki_ratio_make(whole + dki_divide_round(rest, unit.denominator), DKI_PERSON, out);
}

/* factors[k] * numbers[k] * unit: costs, or gains; sign -1 where less is what is sought. */
static dk_status add_products(struct fields *f, const char *name, const int64_t *factors, dk_ratio unit, int sign,
                              dk_error *err)
{
    dki_allocation *a = f->a;
    dk_ratio *products = dki_alloc_array(a->context, a->n, sizeof *products, err);
    dk_status status = products ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < a->n && status == DK_OK; k++) {
        if (!times_unit((dki_i128)factors[k] * a->numbers[k] * sign, unit, &products[k]))
            status = dki_form_fail(err);
    }
    if (status == DK_OK)
        status = add_ratios(f, name, products, a->n, err);
    dki_free(a->context, products);
    return status;
}

/* What binds a group: its capacity, or its minimum; 0 where neither does. */
static dk_status add_group_prices(struct fields *f, dk_error *err)
{
    dki_allocation *a = f->a;
    const dki_program *p = &a->program;

    for (size_t k = 0; k < a->n; k++) {
        dk_ratio *price = &a->prices[k];
        bool is_wanted = price->numerator > 0;

        if ((is_wanted && a->numbers[k] < p->greatest[k]) ||
            (!is_wanted && (a->numbers[k] > p->least[k] || p->least[k] == 0)))
            *price = (dk_ratio){ 0, 1 };
        if (price->numerator < 0)
            price->numerator = -price->numerator;
    }
    return add_ratios(f, "shadow_price", a->prices, a->n, err);
}

/* Names that the plan has for columns of its own. */
static dk_status check_names(const dki_allocation *a, dk_error *err)
{
    static const char *const own[] = { "available", "capacity", "minimum",     "allocated",
                                       "cost",      "gain",     "shadow_price" };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        for (size_t k = 0; k < a->spec->n_per; k++)
            if (strcmp(own[i], a->spec->per[k]) == 0)
                return dki_fail(err, DK_ERR_ARGUMENT,
                                "an allocation has a column %s of its own: give that of the table another name",
                                own[i]);
        if (dki_breakdown_find_measure(a->breakdown, own[i]) != SIZE_MAX)
            return dki_fail(err, DK_ERR_ARGUMENT,
                            "an allocation has a column %s of its own: give the measure another name", own[i]);
    }
    return DK_OK;
}

static dk_status finish(struct fields *f, uint64_t n, dki_text_map *notes, const dk_table **out, dk_error *err)
{
    const dk_table *made = NULL;
    dk_status status = dk_table_new(f->a->context, f->items, f->n, n, &made, err);

    if (status == DK_OK && notes)
        status = dki_put_notes(notes, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

dk_status dki_allocation_plan(dki_allocation *a, const dk_table **out, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    struct fields f = { .a = a };
    dk_status status = check_names(a, err);

    for (size_t i = 0; i < spec->n_per && status == DK_OK; i++) {
        const dk_field *key = dk_table_field(a->keys, i);

        f.items[f.n++] = DK_FIELD(key->name, dk_column_retain(key->column));
    }
    if (status == DK_OK)
        status = add_persons(&f, "available", a->available, 1, err);
    if (status == DK_OK && spec->capacity)
        status = add_persons(&f, "capacity", a->program.greatest, a->unit, err);
    if (status == DK_OK && spec->minimum)
        status = add_persons(&f, "minimum", a->program.least, a->unit, err);
    if (status == DK_OK)
        status = add_persons(&f, "allocated", a->numbers, a->unit, err);
    if (status == DK_OK)
        status = add_products(&f, "cost", a->cost_factors, a->cost_unit, 1, err);
    if (status == DK_OK && !a->by_cost)
        status = add_products(&f, "gain", a->gains, a->gain_unit, spec->minimise ? -1 : 1, err);
    if (status == DK_OK)
        status = add_group_prices(&f, err);
    if (status == DK_OK)
        status = finish(&f, a->n, &a->notes, out, err);
    drop_fields(&f);
    return status;
}

/* Limits --------------------------------------------------------------------------------------------------------- */

/* What is left of a limit. */
static dk_status slack_of(const dki_allocation *a, size_t i, dk_ratio *out, dk_error *err)
{
    const dki_program *p = &a->program;
    dki_i128 sum = 0;
    dk_ratio taken, most = a->limits[i].most;

    for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++)
        sum += (dki_i128)p->factors[t] * a->numbers[p->numbers[t]];
    if (!times_unit(sum, a->limits[i].unit, &taken))
        return dki_form_fail(err);
    if (dki_ratio_sub(most, taken, out) ||
        (dki_ratio_make(dki_divide_round((dki_i128)most.numerator * DKI_PERSON, most.denominator), DKI_PERSON,
                        &most) &&
         dki_ratio_make(dki_divide_round((dki_i128)taken.numerator * DKI_PERSON, taken.denominator), DKI_PERSON,
                        &taken) &&
         dki_ratio_sub(most, taken, out)))
        return DK_OK;
    return dki_form_fail(err);
}

static dk_status add_texts(struct fields *f, const char *name, bool of_cells, dk_error *err)
{
    dki_allocation *a = f->a;
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(a->context, DK_TEXT, 0, NULL, &builder, err);

    for (size_t i = 0; i < a->n_limits && status == DK_OK; i++) {
        const char *text = of_cells ? a->limits[i].cell : a->limits[i].text;

        status = text ? dk_builder_text(builder, (dk_text){ text, strlen(text) }, err)
                      : dk_builder_null(builder, 1, err);
    }
    return end_field(f, name, builder, status, err);
}

static dk_status add_limits(struct fields *f, dk_ratio *slack, dk_ratio *prices, dk_error *err)
{
    dki_allocation *a = f->a;
    dk_builder *binds = NULL;
    dk_status status = add_texts(f, "limit", false, err);

    if (status == DK_OK)
        status = add_texts(f, "cell", true, err);
    for (size_t i = 0; i < a->n_limits && status == DK_OK; i++) {
        prices[i] = a->limits[i].price;
        status = slack_of(a, i, &slack[i], err);
    }
    if (status == DK_OK)
        status = add_ratios(f, "slack", slack, a->n_limits, err);
    if (status == DK_OK)
        status = dk_builder_new(a->context, DK_BOOLEAN, 0, NULL, &binds, err);
    if (status == DK_OK) {
        for (size_t i = 0; i < a->n_limits && status == DK_OK; i++)
            status = dk_builder_boolean(binds, slack[i].numerator == 0 || prices[i].numerator != 0, err);
        status = end_field(f, "binds", binds, status, err);
    }
    return status == DK_OK ? add_ratios(f, "shadow_price", prices, a->n_limits, err) : status;
}

dk_status dki_allocation_limits(dki_allocation *a, const dk_table **out, dk_error *err)
{
    struct fields f = { .a = a };
    dk_ratio *slack = dki_calloc(a->context, a->n_limits, sizeof *slack, err);
    dk_ratio *prices = dki_calloc(a->context, a->n_limits, sizeof *prices, err);
    dk_status status = slack && prices ? add_limits(&f, slack, prices, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = finish(&f, a->n_limits, NULL, out, err);
    drop_fields(&f);
    dki_free(a->context, prices);
    dki_free(a->context, slack);
    return status;
}
