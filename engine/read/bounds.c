/* bounds.c - fields that are numbers in bounds: markers, rounded numbers, 115..125.
 *
 * A field is read once for each different text of its column. What a marker means stands in the rule alone; nothing is
 * guessed from how it looks, but that <5 is less than 5 where the rule gives it no bounds. A field may have its own behind it:
 * <5 (1..4).
 */
#include "bounds.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/marker.h"
#include "show.h"

#define ESTIMATE "~"    /* before a number: how estimates are written */
#define MAY_BE_NULL "?" /* behind bounds: what may be null */

size_t dki_bounds_find(const dk_bounds_rule *rule, const char *text, size_t size)
{
    for (size_t i = 0; rule && i < rule->n_markers; i++)
        if (rule->markers[i].marker.size == size && memcmp(rule->markers[i].marker.bytes, text, size) == 0)
            return i;
    return SIZE_MAX;
}

bool dki_bounds_rescale(const dk_interval *bounds, unsigned from, unsigned to, dk_interval *out)
{
    dk_interval scaled = *bounds;

    if ((!bounds->no_least && !dki_rescale(bounds->least, from, to, &scaled.least)) ||
        (!bounds->no_greatest && !dki_rescale(bounds->greatest, from, to, &scaled.greatest)))
        return false;
    *out = scaled;
    return true;
}

static dki_misfit read_number(const char *text, size_t size, int mark, int64_t *out, uint8_t *scale)
{
    dki_number number;

    if (!dki_number_read(text, size, mark, true, &number))
        return dki_number_read(text, size, mark == DKI_POINT ? DKI_COMMA : DKI_POINT, true, &number)
                   ? DKI_OTHER_MARK
                   : DKI_WRONG_FORM;
    if (number.percent || number.exponent)
        return DKI_WRONG_FORM;
    if (number.wide)
        return DKI_TOO_LARGE;
    *out = number.value;
    *scale = number.scale;
    return DKI_FITS;
}

bool dki_bounds_is_withheld(const dk_interval *bounds)
{
    return bounds->meaning == DK_MEANS_SUPPRESSED && bounds->no_least && bounds->no_greatest;
}

bool dki_bounds_limit(dk_text marker, int mark, int64_t *limit, uint8_t *digits)
{
    return marker.size > 1 && *marker.bytes == '<' &&
           read_number(marker.bytes + 1, marker.size - 1, mark, limit, digits) == DKI_FITS && *limit > 0;
}

/* A number that is withheld, and of which the rule says no more: 0 or more; where it is written <5 the greatest that its column
 * could show below 5, and not 0 where the column shows zeros. */
void dki_bounds_default(const dki_bounds_facts *facts, int mark, dk_interval *bounds, uint8_t *scale)
{
    int64_t limit;
    uint8_t digits, shown;

    bounds->no_least = false;
    if (!dki_bounds_limit(bounds->marker, mark, &limit, &digits))
        return;
    shown = facts->digits > digits ? facts->digits : digits;
    if (!dki_rescale(limit, digits, shown, &limit))
        return;
    *scale = shown;
    bounds->no_greatest = false;
    bounds->greatest = limit - 1;
    if (facts->has_zero && bounds->greatest > 0)
        bounds->least = 1;
}

static dk_interval of_marker(const dk_bounds_rule *rule, size_t i, int mark, const dki_bounds_facts *facts,
                             uint8_t *scale)
{
    dk_interval bounds = rule->markers[i];

    *scale = rule->scale;
    if (dki_bounds_is_withheld(&bounds))
        dki_bounds_default(facts, mark, &bounds, scale);
    if (bounds.meaning == DK_MEANS_NOTHING)
        bounds.marker = (dk_text){ "", 0 };
    return bounds;
}

/* 120, to the nearest ten, is 115..125; no count is below 0. */
static dki_misfit round_bounds(const dk_bounds_rule *rule, const dki_bounds_facts *facts, int64_t value,
                               dk_interval *out, uint8_t *scale)
{
    unsigned digits = rule->scale + (rule->rounded % 2 != 0);
    int64_t step, middle;

    digits = digits > *scale ? digits : *scale;
    if (!dki_rescale(rule->rounded, rule->scale, digits, &step) || !dki_rescale(value, *scale, digits, &middle) ||
        __builtin_sub_overflow(middle, step / 2, &out->least) ||
        __builtin_add_overflow(middle, step / 2, &out->greatest))
        return DKI_TOO_LARGE;
    if (middle % step != 0)
        return DKI_NOT_ROUNDED;
    if (value >= 0 && out->least < 0 && !facts->has_negative)
        out->least = 0;
    *scale = (uint8_t)digits;
    return DKI_FITS;
}

void dki_bounds_hint_rounding(const dk_bounds_rule *rule, dk_error *err)
{
    char step[32];

    dki_format_decimal(rule->rounded, rule->scale, step, sizeof step);
    dki_hint(err, "rounded = %s says that numbers are multiples of %s: correct the value, or what is said", step,
             step);
}

/* One side of 115..125, which may be open. */
static dki_misfit read_side(const char *text, size_t size, int mark, bool *is_open, int64_t *out, uint8_t *scale)
{
    *is_open = size == 0;
    *out = 0;
    *scale = 0;
    return size == 0 ? DKI_FITS : read_number(text, size, mark, out, scale);
}

static dki_misfit read_both(const char *text, size_t size, const char *dots, int mark, dk_interval *out,
                            uint8_t *scale)
{
    uint8_t least_scale, greatest_scale;
    dki_misfit misfit = read_side(text, (size_t)(dots - text), mark, &out->no_least, &out->least, &least_scale);

    if (misfit == DKI_FITS)
        misfit = read_side(dots + 2, (size_t)(text + size - dots - 2), mark, &out->no_greatest, &out->greatest,
                           &greatest_scale);
    if (misfit != DKI_FITS)
        return misfit;
    *scale = least_scale > greatest_scale ? least_scale : greatest_scale;
    if ((!out->no_least && !dki_rescale(out->least, least_scale, *scale, &out->least)) ||
        (!out->no_greatest && !dki_rescale(out->greatest, greatest_scale, *scale, &out->greatest)))
        return DKI_TOO_LARGE;
    if (out->no_least && out->no_greatest) { /* ".." */
        if (out->meaning != DK_MEANS_NOTHING)
            return DKI_WRONG_FORM;
        out->meaning = DK_MEANS_UNBOUNDED;
    } else if (!out->no_least && !out->no_greatest && out->least > out->greatest) {
        return DKI_WRONG_FORM;
    }
    return DKI_FITS;
}

size_t dki_bounds_marker_size(const char *text, size_t size)
{
    const char *at = size > 0 && text[size - 1] == ')' ? memrchr(text, '(', size) : NULL;

    return at && at - text >= 2 && at[-1] == ' ' ? (size_t)(at - text) - 1 : size;
}

/* The marker of what is suppressed before " (1..4)", whose bytes are *n; SIZE_MAX where it is none. */
static size_t find_with_bounds(const dk_bounds_rule *rule, const char *text, size_t size, size_t *n)
{
    size_t marker;

    *n = dki_bounds_marker_size(text, size);
    marker = *n < size ? dki_bounds_find(rule, text, *n) : SIZE_MAX;
    return marker != SIZE_MAX && rule->markers[marker].meaning == DK_MEANS_SUPPRESSED ? marker : SIZE_MAX;
}

static dki_misfit read_with_bounds(dk_text marker, const char *text, size_t size, int mark, dk_interval *out,
                                   uint8_t *scale)
{
    const char *dots = memmem(text, size, "..", 2);
    dk_interval bounds = { .meaning = DK_MEANS_NOTHING };
    dki_misfit misfit = dots ? read_both(text, size, dots, mark, &bounds, scale) : DKI_WRONG_FORM;

    bounds.marker = marker;
    bounds.meaning = DK_MEANS_SUPPRESSED;
    if (misfit == DKI_FITS)
        *out = bounds;
    return misfit;
}

dki_misfit dki_bounds_read(const dk_bounds_rule *rule, int mark, const dki_bounds_facts *facts, const char *text,
                           size_t size, dk_interval *out, uint8_t *scale)
{
    size_t marker = dki_bounds_find(rule, text, size), n;
    const char *dots;
    dk_interval bounds = { .meaning = DK_MEANS_NOTHING, .marker = { "", 0 } };
    dki_misfit misfit;

    if (marker != SIZE_MAX) {
        *out = of_marker(rule, marker, mark, facts, scale);
        return DKI_FITS;
    }
    marker = find_with_bounds(rule, text, size, &n);
    if (marker != SIZE_MAX)
        return read_with_bounds(rule->markers[marker].marker, text + n + 2, size - n - 3, mark, out, scale);
    if (size > 1 && *text == *ESTIMATE) {
        bounds.meaning = DK_MEANS_ESTIMATE;
        text++;
        size--;
    }
    dots = memmem(text, size, "..", 2);
    bounds.may_be_null = dots && text[size - 1] == *MAY_BE_NULL;
    size -= bounds.may_be_null;
    if (dots) {
        misfit = read_both(text, size, dots, mark, &bounds, scale);
    } else {
        misfit = read_number(text, size, mark, &bounds.least, scale);
        bounds.greatest = bounds.least;
        if (misfit == DKI_FITS && rule && rule->rounded > 0 && bounds.meaning == DK_MEANS_NOTHING &&
            !bounds.may_be_null)
            misfit = round_bounds(rule, facts, bounds.least, &bounds, scale);
    }
    dki_interval_mark(&bounds);
    if (misfit == DKI_FITS)
        *out = bounds;
    return misfit;
}

void dki_bounds_note(const dk_bounds_rule *rule, int mark, const char *text, size_t size, dki_bounds_facts *facts)
{
    uint8_t scale;
    int64_t value;

    if (dki_bounds_find(rule, text, size) != SIZE_MAX || read_number(text, size, mark, &value, &scale) != DKI_FITS)
        return;
    if (value == 0 && rule && rule->rounded > 0) /* it may stand for more */
        facts->digits = scale > facts->digits ? scale : facts->digits;
    else
        dki_bounds_note_number(value, scale, facts);
}

void dki_bounds_note_number(int64_t value, uint8_t scale, dki_bounds_facts *facts)
{
    facts->digits = scale > facts->digits ? scale : facts->digits;
    facts->has_zero |= value == 0;
    facts->has_negative |= value < 0;
}

/* Columns. ----------------------------------------------------------------------------------------------------------- */

/* The bounds of each level of a category of fields. */
struct made {
    dk_context *context;
    const char *name; /* of the column, for messages */
    const dki_plan *plan;
    const dk_dictionary *levels;
    dk_interval *bounds; /* by code; of code 0 nothing */
    uint8_t *scales;
    uint8_t scale; /* of all */
};

static dk_status no_bounds(const struct made *made, dk_text field, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];

    (void)dki_fail(err, DK_ERR_DATA, "%s in column %s has bounds of more digits than fit",
                   dki_show(shown, field.bytes, field.size), made->name);
    dki_hint(err, "bounds of a column have 18 digits together; read it as text, and round it");
    return DK_ERR_DATA;
}

/* Of a count that is withheld without a word of its bounds it is known that it is 0 or more; of other numbers nothing is. */
static dk_status no_count(const struct made *made, dk_text field, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];

    (void)dki_fail(err, DK_ERR_DATA,
                   "%s in column %s is suppressed and has no bounds, and the column has numbers below 0",
                   dki_show(shown, field.bytes, field.size), made->name);
    dki_hint(err, "say its bounds: { \"suppressed\", -4, 4 }");
    return DK_ERR_DATA;
}

static bool is_null(const dki_plan *plan, dk_text field)
{
    return dki_bounds_find(plan->bounds, field.bytes, field.size) == SIZE_MAX &&
           (field.size == 0 || (plan->n_words > 0 && dki_null_word(field.bytes, field.size)));
}

uint8_t dki_bounds_digits(const dk_interval *bounds, uint8_t scale)
{
    int64_t least = bounds->least, greatest = bounds->greatest; /* 0 where open */

    for (; scale > 0 && least % 10 == 0 && greatest % 10 == 0; scale--) {
        least /= 10;
        greatest /= 10;
    }
    return scale;
}

static dk_status read_levels(struct made *made, dk_error *err)
{
    const dki_plan *plan = made->plan;
    size_t n = dk_dictionary_n_levels(made->levels);
    dki_bounds_facts facts = { .digits = plan->fixed_scale ? plan->scale : 0 };
    dk_status status = DK_OK;

    for (uint32_t code = 1; code <= n; code++) {
        dk_text field = dk_dictionary_level(made->levels, code);

        if (!is_null(plan, field))
            dki_bounds_note(plan->bounds, plan->mark, field.bytes, field.size, &facts);
    }
    for (uint32_t code = 0; code <= n && status == DK_OK; code++) {
        dk_text field = code > 0 ? dk_dictionary_level(made->levels, code) : (dk_text){ "", 0 };
        size_t marker;
        uint8_t digits;

        made->bounds[code] = (dk_interval){ .no_least = true, .no_greatest = true };
        if (code == 0 || is_null(plan, field))
            continue;
        marker = dki_bounds_find(plan->bounds, field.bytes, field.size);
        if (facts.has_negative && marker != SIZE_MAX && dki_bounds_is_withheld(&plan->bounds->markers[marker]))
            return no_count(made, field, err);
        if (dki_bounds_read(plan->bounds, plan->mark, &facts, field.bytes, field.size, &made->bounds[code],
                            &made->scales[code]) != DKI_FITS)
            status = no_bounds(made, field, err);
        digits = dki_bounds_digits(&made->bounds[code], made->scales[code]);
        made->scale = digits > made->scale ? digits : made->scale;
    }
    if (plan->fixed_scale && made->scale > plan->scale)
        return dki_fail(err, DK_ERR_DATA, "a value in column %s has more digits than the %u that are stated",
                        made->name, plan->scale);
    if (plan->fixed_scale)
        made->scale = plan->scale;
    for (uint32_t code = 0; code <= n && status == DK_OK; code++)
        if (!dki_bounds_rescale(&made->bounds[code], made->scales[code], made->scale, &made->bounds[code]))
            status = no_bounds(made, dk_dictionary_level(made->levels, code), err);
    return status;
}

static dk_status append_rows(const struct made *made, const dk_column *fields, dk_builder *builder, dk_error *err)
{
    uint32_t codes[DK_BLOCK_ROWS];
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, made->context);
    for (uint64_t row = 0; dki_column_block(fields, row, &view, &status, err); row += view.n) {
        dki_view_codes(&view, codes);
        for (size_t i = 0; status == DK_OK && i < view.n; i++)
            status = dk_builder_interval(builder, &made->bounds[codes[i]], err);
    }
    dk_view_release(&view);
    return status;
}

dk_status dki_bounds_column(const dk_column *fields, const char *name, const dki_plan *plan, const dk_column **out,
                            dk_error *err)
{
    struct made made = {
        .context = dk_column_context(fields), .name = name, .plan = plan, .levels = dk_column_levels(fields)
    };
    size_t n = dk_dictionary_n_levels(made.levels);
    dk_builder *builder = NULL;
    dk_status status;

    made.bounds = dki_calloc(made.context, n + 1, sizeof *made.bounds, err);
    made.scales = made.bounds ? dki_calloc(made.context, n + 1, sizeof *made.scales, err) : NULL;
    status = made.scales ? read_levels(&made, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dk_builder_new(made.context, DK_INTERVAL, made.scale, NULL, &builder, err);
    if (status == DK_OK)
        status = append_rows(&made, fields, builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_free(made.context, made.scales);
    dki_free(made.context, made.bounds);
    return status;
}
