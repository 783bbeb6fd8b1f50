/* convert.c - fields into values, and a column of text into a column of its type.
 *
 * The grammar is that of readings.c, which also chose the type: a column whose type was found has no field that does
 * not fit. Where values are numbered each is converted once.
 *
 * Cost: O(different values) conversions for coded columns, O(rows) for others. Poll: once per block.
 */
#include "convert.h"

#include <string.h>

#include "bounds.h"

#include "base/bitmap.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "canonical.h"
#include "data/column_parts.h"
#include "data/members.h"
#include "show.h"

/* One field. ------------------------------------------------------------------------------------------------------ */

/* A number of `scale` digits after the mark. */
dki_misfit dki_convert_exact(const dki_plan *plan, int64_t value, unsigned scale, dki_converted *out)
{
    if (plan->type == DK_REAL) {
        out->real = dki_decimal_real(value, scale);
        return DKI_FITS;
    }
    if (plan->type == DK_INTERVAL)
        return plan->fixed_scale && scale > plan->scale ? DKI_MORE_DIGITS : DKI_FITS;
    if (scale > plan->scale)
        return plan->type == DK_INTEGER ? DKI_FRACTION : DKI_MORE_DIGITS;
    return dki_rescale(value, scale, plan->scale, &out->integer) ? DKI_FITS : DKI_TOO_LARGE;
}

static dki_misfit convert_number(const dki_plan *plan, const char *text, size_t size, dki_converted *out)
{
    dki_number number;
    dki_canonical canonical;

    /* For speed alone. */
    if (!plan->percent && dki_canonical_read(text, size, &canonical) &&
        (canonical.scale == 0 || (canonical.mark == ',') == (plan->mark == DKI_COMMA)))
        return dki_convert_exact(plan, canonical.value, canonical.scale, out);
    if (!dki_number_read(text, size, plan->mark, plan->loose, &number))
        return dki_number_read(text, size, plan->mark == DKI_POINT ? DKI_COMMA : DKI_POINT, plan->loose, &number)
                   ? DKI_OTHER_MARK
                   : DKI_WRONG_FORM;
    if (number.percent != plan->percent)
        return DKI_MIXED;
    if (!number.wide && !number.exponent)
        return dki_convert_exact(plan, number.value, number.scale, out);
    if (plan->type == DK_REAL) {
        out->real = number.real;
        return DKI_FITS;
    }
    return number.wide ? DKI_TOO_LARGE : DKI_WRONG_FORM;
}

static dki_misfit convert_date(const dki_plan *plan, const char *text, size_t size, dki_converted *out)
{
    const int orders[] = { DKI_YMD, plan->order };
    int64_t when;

    /* A stated date may be written as ISO says whatever the order of the others is; a found one has one form. */
    for (size_t i = plan->loose ? 0 : 1; i < 2; i++) {
        if (dki_date_read(text, size, orders[i], &when)) {
            out->integer = plan->type == DK_DATE ? when : when * DKI_DAY_MICROSECONDS;
            return DKI_FITS;
        }
        if (dki_time_read(text, size, orders[i], &when)) {
            if (plan->type == DK_DATE && when % DKI_DAY_MICROSECONDS != 0)
                return DKI_HAS_TIME;
            out->integer = plan->type == DK_DATE ? when / DKI_DAY_MICROSECONDS : when;
            return DKI_FITS;
        }
    }
    for (int order = DKI_DMY; order <= DKI_MDY; order++)
        if (dki_date_read(text, size, order, &when) || dki_time_read(text, size, order, &when))
            return DKI_OTHER_MARK;
    return DKI_WRONG_FORM;
}

/* Whether it is a number in bounds, which are found when the whole column is known. */
static dki_misfit convert_bounds(const dki_plan *plan, const char *text, size_t size)
{
    static const dki_bounds_facts facts = { 0 };
    dk_interval bounds;
    uint8_t scale;

    if (dki_bounds_find(plan->bounds, text, size) != SIZE_MAX)
        return DKI_FITS;
    if (size == 0 || (plan->n_words > 0 && dki_null_word(text, size)))
        return DKI_FITS_NULL;
    return dki_bounds_read(plan->bounds, plan->mark, &facts, text, size, &bounds, &scale);
}

dki_misfit dki_convert(const dki_plan *plan, const char *text, size_t size, dki_converted *out)
{
    bool truth;

    if (dki_always_fits(plan))
        return DKI_FITS;
    if (plan->split) {
        dk_text stray;

        return dki_split_stray(plan->split, (dk_text){ .bytes = text, .size = size }, &stray) ? DKI_NO_MEMBER
                                                                                              : DKI_FITS;
    }
    if (plan->type == DK_CATEGORY) {
        out->integer = dk_dictionary_find(plan->levels, (dk_text){ .bytes = text, .size = size });
        if (out->integer == 0)
            out->integer = plan->other;
        return out->integer != 0 ? DKI_FITS : DKI_NO_LEVEL;
    }
    if (plan->type == DK_INTERVAL)
        return convert_bounds(plan, text, size);
    if (size == 0 || (plan->n_words > 0 && dki_null_word(text, size)))
        return DKI_FITS_NULL;
    switch (plan->type) {
    case DK_INTEGER:
    case DK_DECIMAL:
    case DK_REAL: return convert_number(plan, text, size, out);
    case DK_DATE:
    case DK_TIMESTAMP: return convert_date(plan, text, size, out);
    case DK_PERIOD: return dki_period_read(text, size, plan->scale, &out->integer) ? DKI_FITS : DKI_WRONG_FORM;
    default:
        if (!dki_boolean_read_any(text, size, &truth))
            return DKI_WRONG_FORM;
        out->integer = truth;
        return DKI_FITS;
    }
}

/* What is wrong. -------------------------------------------------------------------------------------------------- */

static const char *noun(const dki_plan *plan)
{
    switch (plan->type) {
    case DK_BOOLEAN: return "boolean";
    case DK_INTEGER: return "integer";
    case DK_DECIMAL: return "decimal number";
    case DK_REAL: return "number";
    case DK_INTERVAL: return "number in bounds";
    case DK_DATE: return "date";
    case DK_PERIOD: return dk_frequency_name(plan->scale);
    default: return "date and time";
    }
}

static void hint_form(const dki_plan *plan, const char *value, dk_text text, dk_error *err)
{
    const char *form = "";
    char shown[DKI_SHOW_BYTES];

    if (plan->type == DK_INTERVAL) {
        dki_hint(err,
                 "say what it means: markers = { [%s] = \"suppressed\" }, \"unavailable\" or \"impossible\"; "
                 "120, 115..125 and 3.. are read",
                 dki_show(shown, text.bytes, dki_bounds_marker_size(text.bytes, text.size)));
        return;
    }

    switch (plan->type) {
    case DK_BOOLEAN: form = "ja/nee, true/false, waar/onwaar, yes/no and 1/0 are read"; break;
    case DK_DATE: form = "2024-12-31 and 31-12-2024 are read"; break;
    case DK_PERIOD:
        form = plan->scale == DK_YEAR      ? "2024 is read"
               : plan->scale == DK_QUARTER ? "2024Q3, 2024-Q3 and 2024K3 are read"
                                           : "2024-03 is read";
        break;
    case DK_TIMESTAMP: form = "2024-12-31 14:30 and 31-12-2024 14:30:05 are read"; break;
    case DK_INTEGER: form = plan->mark == DKI_COMMA ? "1758 and 1.758 are read" : "1758 and 1,758 are read"; break;
    default:
        form = plan->mark == DKI_COMMA ? "1758, 1.758 and 12,5 are read" : "1758, 1,758 and 12.5 are read";
        break;
    }
    dki_hint(
        err,
        "correct the value, state that it means \"not known\" (nulls = { %s }), or read the column as text; %s",
        value, form);
}

/* Hints at the level that is nearest to the text; false where none is near. */
static bool hint_nearest(const dk_dictionary *levels, dk_text text, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];
    dki_nearest nearest;

    dki_nearest_init(&nearest, text.bytes, text.size);
    for (size_t code = 1; code <= dk_dictionary_n_levels(levels); code++) {
        dk_text level = dk_dictionary_level(levels, (uint32_t)code);
        dki_nearest_try(&nearest, level.bytes, level.size);
    }
    if (nearest.best)
        dki_hint(err, "did you mean %s?", dki_show(shown, nearest.best, nearest.best_size));
    return nearest.best != NULL;
}

/* What is wrong with a member of those that a field lists; name and value as they are shown. */
static void tell_member(const dki_plan *plan, const char *name, const char *value, dk_text text, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];
    dk_text stray = text;

    (void)dki_split_stray(plan->split, text, &stray);
    (void)dki_show(shown, stray.bytes, stray.size);
    if (dki_member_fault(stray)) {
        dki_fail(err, DK_ERR_DATA, "%s in column %s cannot be a member, of %s", shown, name, value);
        dki_hint(err, "\"|\" stands between members in what dekking shows: take another delimiter, or replace it");
        return;
    }
    dki_fail(err, DK_ERR_DATA, "%s in column %s is none of the %zu stated members, of %s", shown, name,
             dk_dictionary_n_levels(plan->split->members), value);
    if (!hint_nearest(plan->split->members, stray, err))
        dki_hint(err, "correct the value, or add it to the members");
}

dk_status dki_misfit_tell(dki_misfit misfit, const dki_plan *plan, const char *column, const char *text,
                          size_t size, dk_error *err)
{
    char shown[DKI_SHOW_BYTES], name[DKI_SHOW_BYTES], key[DKI_SHOW_BYTES];
    const char *value = dki_show(shown, text, size);
    bool is_date = plan->type == DK_DATE || plan->type == DK_TIMESTAMP;

    dki_show(name, column, strlen(column));
    switch (misfit) {
    case DKI_OTHER_MARK:
        if (is_date) {
            dki_fail(err, DK_ERR_DATA, "%s in column %s is no %s: the other dates have the %s first", value, name,
                     noun(plan),
                     plan->order == DKI_MDY   ? "month"
                     : plan->order == DKI_DMY ? "day"
                                              : "year");
            dki_hint(err, "correct the value, or state the order: dates = \"dmy\" or dates = \"mdy\"");
        } else {
            dki_fail(err, DK_ERR_DATA, "%s in column %s is no %s with a decimal %s", value, name, noun(plan),
                     plan->mark == DKI_COMMA ? "comma" : "point");
            dki_hint(err, "correct the value, or state the decimal mark of the file: decimal = \"%s\"",
                     plan->mark == DKI_COMMA ? "." : ",");
        }
        break;
    case DKI_FRACTION:
        dki_fail(err, DK_ERR_DATA, "%s in column %s is no integer", value, name);
        dki_hint(err, "correct the value, or read the column as decimal: types = { %s = \"decimal\" }",
                 dki_show_key(key, column));
        break;
    case DKI_MORE_DIGITS:
        dki_fail(err, DK_ERR_DATA, "%s in column %s has more digits than the %u that are stated", value, name,
                 plan->scale);
        dki_hint(err, "correct the value, or state more digits");
        break;
    case DKI_TOO_LARGE:
        dki_fail(err, DK_ERR_DATA, "%s in column %s does not fit in %s exactly", value, name,
                 plan->type == DK_INTEGER ? "an integer" : "a decimal number");
        dki_hint(err, "read the column as real, which rounds, or as text: types = { %s = \"real\" }",
                 dki_show_key(key, column));
        break;
    case DKI_NOT_ROUNDED:
        dki_fail(err, DK_ERR_DATA, "%s in column %s is not rounded as the others are", value, name);
        dki_bounds_hint_rounding(plan->bounds, err);
        break;
    case DKI_MIXED:
        dki_fail(err, DK_ERR_DATA, "%s in column %s is %s, and the values before it are not", value, name,
                 plan->percent ? "no percentage" : "a percentage");
        dki_hint(err, "write all values of the column in the same way, or read it as text");
        break;
    case DKI_HAS_TIME:
        dki_fail(err, DK_ERR_DATA, "%s in column %s has a time, and the column is stated as date", value, name);
        dki_hint(err, "read the column as timestamp: types = { %s = \"timestamp\" }", dki_show_key(key, column));
        break;
    case DKI_NO_MEMBER: tell_member(plan, name, value, (dk_text){ .bytes = text, .size = size }, err); break;
    case DKI_NO_LEVEL:
        if (dk_dictionary_has_labels(plan->levels))
            dki_fail(err, DK_ERR_DATA, "%s in column %s is no code of the list", value, name);
        else
            dki_fail(err, DK_ERR_DATA, "%s in column %s is none of the %zu stated levels", value, name,
                     dk_dictionary_n_levels(plan->levels));
        if (hint_nearest(plan->levels, (dk_text){ .bytes = text, .size = size }, err))
            break;
        if (dk_dictionary_has_labels(plan->levels))
            dki_hint(err, "add the code to the list, or say which code it counts as: other = \"...\"");
        else
            dki_hint(err, "correct the value, or add the level");
        break;
    default:
        dki_fail(err, DK_ERR_DATA, "%s in column %s is no %s", value, name, noun(plan));
        hint_form(plan, value, (dk_text){ text, size }, err);
        break;
    }
    return DK_ERR_DATA;
}

/* Whole columns. -------------------------------------------------------------------------------------------------- */

bool dki_always_fits(const dki_plan *plan)
{
    return plan->type == DK_TEXT || (plan->type == DK_CATEGORY && !plan->levels && !plan->split);
}

dk_status dki_convert_check(const dki_raw *raw, const dki_plan *plan, uint64_t *bad, uint64_t *n_bad, dk_error *err)
{
    bool *unfit = NULL;
    dk_status status = DK_OK;
    const char *text;
    size_t size;
    dki_converted value;

    if (dki_always_fits(plan))
        return DK_OK;
    if (raw->is_coded) {
        unfit = dki_calloc(raw->context, raw->map.n + 1, sizeof *unfit, err);
        if (!unfit)
            return DK_ERR_MEMORY;
        for (size_t i = 0; i < raw->map.n; i++) {
            text = dki_text_map_get(&raw->map, (uint32_t)i, &size);
            unfit[i + 1] = dki_convert(plan, text, size, &value) > DKI_FITS_NULL;
        }
    }
    for (uint64_t row = 0; row < raw->n_rows && status == DK_OK; row++) {
        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(raw->context, err);
        bool is_bad =
            unfit ? unfit[raw->codes[row]]
                  : dki_raw_get(raw, row, &text, &size) && dki_convert(plan, text, size, &value) > DKI_FITS_NULL;
        if (is_bad && !dki_bit(bad, row)) {
            dki_bit_set(bad, row);
            ++*n_bad;
        }
    }
    dki_free(raw->context, unfit);
    return status;
}

/* The levels found, in the order of their first appearance. */
static dk_status levels_of(const dki_raw *raw, dk_dictionary **out, dk_error *err)
{
    dk_text *levels = dki_alloc_array(raw->context, raw->map.n, sizeof *levels, err);

    if (!levels)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < raw->map.n; i++)
        levels[i].bytes = dki_text_map_get(&raw->map, (uint32_t)i, &levels[i].size);
    dk_status status = dk_dictionary_new(raw->context, levels, raw->map.n, false, out, err);
    dki_free(raw->context, levels);
    return status;
}

/* Appends text and categories row by row. */
static dk_status append_texts(const dki_raw *raw, dk_builder *builder, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < raw->n_rows && status == DK_OK; row++) {
        dk_text text;
        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(raw->context, err);
        if (status != DK_OK)
            break;
        if (dki_raw_get(raw, row, &text.bytes, &text.size))
            status = dk_builder_text(builder, text, err);
        else
            status = dk_builder_null(builder, 1, err);
    }
    return status;
}

static dk_status append_codes(const dki_raw *raw, dk_builder *builder, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < raw->n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        uint64_t n = raw->n_rows - row < DK_BLOCK_ROWS ? raw->n_rows - row : DK_BLOCK_ROWS;
        status = dki_poll(raw->context, err);
        if (status == DK_OK)
            status = dki_builder_codes(builder, raw->codes + row, n, err);
    }
    return status;
}

/* Scratch memory for one block, and the converted values of a coded column by code. */
typedef struct conversion {
    int64_t integers[DK_BLOCK_ROWS];
    double reals[DK_BLOCK_ROWS];
    uint32_t codes[DK_BLOCK_ROWS];
    uint64_t bits[DK_BLOCK_WORDS], valid[DK_BLOCK_WORDS];
} conversion;

static dk_status append_block(dk_builder *builder, const dki_plan *plan, conversion *c, size_t n, dk_error *err)
{
    switch (plan->type) {
    case DK_BOOLEAN:
        memset(c->bits, 0, sizeof c->bits);
        for (size_t i = 0; i < n; i++)
            dki_bit_put(c->bits, i, c->integers[i] != 0);
        return dki_builder_bits(builder, c->bits, c->valid, n, err);
    case DK_REAL: return dki_builder_reals(builder, c->reals, c->valid, n, err);
    case DK_CATEGORY:
        for (size_t i = 0; i < n; i++)
            c->codes[i] = dki_bit(c->valid, i) ? (uint32_t)c->integers[i] : 0;
        return dki_builder_codes(builder, c->codes, n, err);
    default: return dki_builder_integers(builder, c->integers, c->valid, n, err);
    }
}

static dk_status append_values(const dki_raw *raw, const dki_plan *plan, dk_builder *builder, dk_error *err)
{
    conversion *c = dki_alloc(raw->context, sizeof *c, err);
    size_t n_levels = raw->is_coded ? raw->map.n : 0;
    dki_converted *values = c ? dki_calloc(raw->context, n_levels + 1, sizeof *values, err) : NULL;
    bool *known = values ? dki_calloc(raw->context, n_levels + 1, sizeof *known, err) : NULL;
    dk_status status = known ? DK_OK : DK_ERR_MEMORY;
    const char *text;
    size_t size;

    for (size_t i = 0; i < n_levels && status == DK_OK; i++) {
        text = dki_text_map_get(&raw->map, (uint32_t)i, &size);
        known[i + 1] = dki_convert(plan, text, size, &values[i + 1]) == DKI_FITS;
    }
    for (uint64_t row = 0; row < raw->n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = raw->n_rows - row < DK_BLOCK_ROWS ? (size_t)(raw->n_rows - row) : DK_BLOCK_ROWS;
        status = dki_poll(raw->context, err);
        if (status != DK_OK)
            break;
        memset(c->valid, 0, sizeof c->valid);
        for (size_t i = 0; i < n; i++) {
            dki_converted value = { 0 };
            bool is_known;
            if (raw->is_coded) {
                uint32_t code = raw->codes[row + i];
                value = values[code];
                is_known = known[code];
            } else {
                is_known =
                    dki_raw_get(raw, row + i, &text, &size) && dki_convert(plan, text, size, &value) == DKI_FITS;
            }
            c->integers[i] = value.integer;
            c->reals[i] = value.real;
            dki_bit_put(c->valid, i, is_known);
        }
        status = append_block(builder, plan, c, n, err);
    }
    dki_free(raw->context, known);
    dki_free(raw->context, values);
    dki_free(raw->context, c);
    return status;
}

dk_status dki_convert_column(const dki_raw *raw, const dki_plan *plan, const dk_column **out, dk_error *err)
{
    dk_dictionary *found = NULL;
    dk_builder *builder = NULL;
    bool numbered = plan->type == DK_CATEGORY && !plan->levels && raw->is_coded;
    dk_status status = numbered ? levels_of(raw, &found, err) : DK_OK;

    if (status == DK_OK)
        status = dk_builder_new(raw->context, plan->type, dki_type_scale(plan->type, plan->scale),
                                plan->levels ? plan->levels : found, &builder, err);
    if (status == DK_OK) {
        if (numbered)
            status = append_codes(raw, builder, err);
        else if (dki_always_fits(plan))
            status = append_texts(raw, builder, err);
        else
            status = append_values(raw, plan, builder, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dk_dictionary_release(found);
    return status;
}
