/* finish.c - from columns of text to the table: types, doubts, values that do not fit.
 *
 * The text is either raw columns, which plain reading makes, or what several threads collected; what is said of it is the
 * same.
 */
#include "finish.h"

#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "base/status.h"
#include "bounds.h"
#include "data/members.h"
#include "finish_parts.h"
#include "merge.h"
#include "show.h"
#include "unfit.h"

static bool get_field(const dki_records *r, size_t i, uint64_t row, const char **bytes, size_t *size)
{
    return r->collected ? dki_collected_get(r->collected, i, row, bytes, size)
                        : dki_raw_get(&r->columns[i], row, bytes, size);
}

/* Doubt. ---------------------------------------------------------------------------------------------------------- */

static void tell_two_marks(const dki_plan *plan, const char *text, size_t size, const char *name,
                           const dki_marks *marks, dk_error *err)
{
    char shown[DKI_SHOW_BYTES], column[DKI_SHOW_BYTES], key[DKI_SHOW_BYTES], point[64] = "", comma[64] = "";
    char elsewhere[160] = "nothing in the file decides";
    bool dot = memchr(text, '.', size) != NULL;
    dki_number number;

    /* Both readings in the international form. */
    for (int mark = 0; mark < DKI_N_MARKS; mark++) {
        char *out = mark == DKI_POINT ? point : comma, digits[24];
        if (!dki_number_read(text, size, mark, true, &number))
            continue;
        unsigned scale = number.scale - (number.percent ? 2u : 0u);
        int64_t magnitude = number.value < 0 ? -number.value : number.value;
        int n = snprintf(digits, sizeof digits, "%0*lld", (int)scale + 1, (long long)magnitude);
        snprintf(out, 64, "%s%.*s%s%s%s", number.value < 0 ? "-" : "", n - (int)scale, digits, scale ? "." : "",
                 digits + (n - (int)scale), number.percent ? " %" : "");
    }
    if (marks->mark_by == DKI_CONTRADICTED)
        snprintf(elsewhere, sizeof elsewhere, "columns %zu and %zu contradict each other", marks->mark_column + 1,
                 marks->mark_against + 1);
    dki_show(column, name, strlen(name));
    dki_fail(err, DK_ERR_DATA,
             "column %s can be read in two ways: %s is %s (%s between thousands) or %s (a decimal %s), and %s",
             column, dki_show(shown, text, size), dot ? comma : point, dot ? "a dot" : "a comma",
             dot ? point : comma, dot ? "point" : "comma", elsewhere);
    dki_show_key(key, name);
    if (plan->loose || plan->percent)
        dki_hint(err, "state the decimal mark: decimal = \"%s\" makes it %s, decimal = \"%s\" %s", dot ? "," : ".",
                 dot ? comma : point, dot ? "." : ",", dot ? point : comma);
    else
        dki_hint(err,
                 "state it: types = { %s = \"integer\" } for %s, types = { %s = \"decimal\" } for %s, or "
                 "decimal = \"%s\" or \"%s\" for the whole file",
                 key, dot ? comma : point, key, dot ? point : comma, dot ? "," : ".", dot ? "." : ",");
}

static void tell_two_orders(const char *text, size_t size, const char *name, const dki_marks *marks, dk_error *err)
{
    char shown[DKI_SHOW_BYTES], column[DKI_SHOW_BYTES], key[DKI_SHOW_BYTES];
    char elsewhere[160] = "nothing in the file decides", iso[DKI_N_ORDERS][32] = { "", "", "" };
    int64_t when;

    for (int order = DKI_DMY; order <= DKI_MDY; order++) {
        if (dki_date_read(text, size, order, &when))
            dki_format_date(when, iso[order], sizeof iso[order]);
        else if (dki_time_read(text, size, order, &when))
            dki_format_timestamp(when, iso[order], sizeof iso[order]);
    }
    if (marks->order_by == DKI_CONTRADICTED)
        snprintf(elsewhere, sizeof elsewhere, "columns %zu and %zu contradict each other", marks->order_column + 1,
                 marks->order_against + 1);
    dki_fail(
        err, DK_ERR_DATA, "column %s can be read in two ways: %s is %s (day first) or %s (month first), and %s",
        dki_show(column, name, strlen(name)), dki_show(shown, text, size), iso[DKI_DMY], iso[DKI_MDY], elsewhere);
    dki_hint(
        err,
        "state the order: dates = \"dmy\" or dates = \"mdy\"; or types = { %s = \"text\" } to keep it as it is",
        dki_show_key(key, name));
}

static dk_status refuse_doubt(const dki_records *r, size_t i, const dki_plan *plan, const dki_marks *marks,
                              dk_error *err)
{
    const char *text = "";
    size_t size = 0;

    if (r->found)
        r->found->doubt = plan->doubt;
    get_field(r, i, plan->doubt_row, &text, &size);
    if (plan->doubt == DKI_TWO_MARKS)
        tell_two_marks(plan, text, size, r->names[i], marks, err);
    else
        tell_two_orders(text, size, r->names[i], marks, err);
    dki_at(err, r->name, dki_records_line(r, plan->doubt_row), dki_records_column(r, i));
    return DK_ERR_DATA;
}

/* Types. ---------------------------------------------------------------------------------------------------------- */

static dk_status find_profiles(const dki_records *r, const dki_levels *levels, dki_profile *profiles, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++)
        status = r->collected ? dki_collected_profile(r->collected, i, &levels[i], r->stated[i], &profiles[i], err)
                              : dki_profile_find(&r->columns[i], r->stated[i], &profiles[i], err);
    return status;
}

/* Plans of the columns whose type is stated (or of the others); what is in doubt is refused, first column first. */
static dk_status find_plans(const dki_records *r, const dki_profile *profiles, const dki_marks *marks, bool stated,
                            dki_plan *plans, dk_error *err)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        if ((r->stated[i] != NULL) != stated)
            continue;
        dki_profile_plan(&profiles[i], r->stated[i], marks, &plans[i]);
        if (plans[i].doubt != DKI_SURE)
            return refuse_doubt(r, i, &plans[i], marks, err);
    }
    return DK_OK;
}

/* A column that is text as far as is known, because its values were not counted, may be a category: they are counted. */
static dk_status count_given_up(const dki_records *r, size_t i, const dki_marks *marks, dki_levels *levels,
                                dki_plan *plan, dk_error *err)
{
    dki_collected *c = r->collected;
    uint64_t most = dki_category_most(r->n_rows), n_met = c ? atomic_load(&c->n_given_up[i]) : 0;
    dki_profile profile;
    bool few = false;

    if (n_met == 0 || r->stated[i] || plan->type != DK_TEXT || (n_met > most && !c->has_odd))
        return DK_OK;
    dk_status status = dki_collected_number(c, i, (size_t)most, &few, err);
    if (status != DK_OK || !few)
        return status;
    status = dki_levels_find(c, i, levels, err);
    if (status == DK_OK)
        status = dki_collected_profile(c, i, levels, NULL, &profile, err);
    if (status == DK_OK)
        dki_profile_plan(&profile, NULL, marks, plan);
    return status;
}

/* Whether the field is none of the levels that are stated, or lists a member that is not: *stray is that. */
static bool is_stray(const dki_plan *plan, dk_text field, dk_text *stray)
{
    *stray = field;
    return plan->split ? dki_split_stray(plan->split, field, stray) : dk_dictionary_find(plan->levels, field) == 0;
}

/* Of the rows whose bit is set, those that have a value in the column that is none of its levels. */
static dk_status find_strays(const dki_records *r, size_t i, const dki_plan *plan, const uint64_t *bad,
                             dki_strays *out, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < r->n_rows && status == DK_OK; row++) {
        dk_text field, stray;

        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(r->context, err);
        if (dki_bit(bad, row) && get_field(r, i, row, &field.bytes, &field.size) && is_stray(plan, field, &stray))
            dki_strays_add(out, stray, 1, out->n < DKI_STRAYS_SHOWN ? dki_records_line(r, row) : 0);
    }
    return status;
}

/* A column whose levels are stated: how many other rows do not fit either, and with what. */
static dk_status tell_strays(const dki_records *r, size_t i, const dki_plan *plan, const uint64_t *bad,
                             dk_error *err)
{
    dki_strays strays = { .n_rows = 0 };
    char shown[DKI_STRAYS_BYTES];
    dk_status status = err ? find_strays(r, i, plan, bad, &strays, err) : DK_OK;
    size_t used = err ? strlen(err->message) : 0;

    if (status == DK_OK && strays.n_rows > 1) /* it fits: what stands before is cut to less than half of the room */
        snprintf(err->message + used, sizeof err->message - used, "; %llu rows have such a value: %s",
                 (unsigned long long)strays.n_rows,
                 dki_strays_shown(&strays, r->origin ? "in row" : "on line", shown));
    return status;
}

/* Strict: the first row with a value that does not fit is the error. */
static dk_status refuse_misfit(const dki_records *r, const dki_plan *plans, const uint64_t *bad, uint64_t row,
                               dk_error *err)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        const char *text;
        size_t size;
        dki_converted value;
        if (!r->stated[i] || !get_field(r, i, row, &text, &size))
            continue;
        dki_misfit misfit = dki_convert(&plans[i], text, size, &value);
        if (misfit <= DKI_FITS_NULL)
            continue;
        dki_misfit_tell(misfit, &plans[i], r->names[i], text, size, err);
        if (misfit == DKI_NO_LEVEL || misfit == DKI_NO_MEMBER) {
            dk_status status = tell_strays(r, i, &plans[i], bad, err);

            if (status != DK_OK)
                return status;
        }
        dki_at(err, r->name, dki_records_line(r, row), dki_records_column(r, i));
        return DK_ERR_DATA;
    }
    return DK_OK; /* not reached: the row has a value that does not fit */
}

static dk_status find_levels(dki_records *r, dki_levels *levels, dk_error *err)
{
    dk_status status = r->collected ? dki_collected_settle(r->collected, err) : DK_OK;

    for (size_t i = 0; i < r->n_columns && r->collected && status == DK_OK; i++) {
        dki_levels_drop(&levels[i]);
        status = dki_levels_find(r->collected, i, &levels[i], err);
    }
    return status;
}

/* Leaves out the rows that do not fit, and finds anew what was found with them. */
static dk_status reject_misfits(dki_records *r, const uint64_t *bad, uint64_t n_bad, const dki_plan *plans,
                                dki_levels *levels, dki_profile *profiles, dk_error *err)
{
    dk_status status =
        r->collected ? dki_unfit_drop(r, bad, n_bad, plans, err) : dki_records_read(r, bad, plans, err);

    if (status == DK_OK)
        status = find_levels(r, levels, err);
    if (status == DK_OK)
        status = find_profiles(r, levels, profiles, err);
    return status;
}

/* Sets the bits of the rows in which a stated column has a value that does not fit. */
static dk_status check_column(const dki_records *r, size_t i, const dki_plan *plan, uint64_t *bad, uint64_t *n_bad,
                              dk_error *err)
{
    return r->collected ? dki_collected_check(r->collected, i, plan, bad, n_bad, err)
                        : dki_convert_check(&r->columns[i], plan, bad, n_bad, err);
}

/* Checks the stated columns. Strict: the first misfit is the error. Lenient: what does not fit is left out; where it cannot
 * be, *is_again says so. */
static dk_status check_stated(dki_records *r, const dki_plan *plans, dki_levels *levels, dki_profile *profiles,
                              bool *is_again, dk_error *err)
{
    uint64_t *bad = NULL, n_bad = 0, row = 0;
    dk_status status = DK_OK;

    if (r->options->n_columns == 0 || r->n_rows == 0)
        return DK_OK;
    bad = dki_calloc(r->context, dki_bit_words(r->n_rows), sizeof *bad, err);
    if (!bad)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++)
        if (r->stated[i])
            status = check_column(r, i, &plans[i], bad, &n_bad, err);
    if (status == DK_OK && n_bad > 0 && !r->options->lenient) {
        while (!dki_bit(bad, row))
            row++;
        status = refuse_misfit(r, plans, bad, row, err);
    } else if (status == DK_OK && n_bad > 0) {
        *is_again = r->collected && !dki_unfit_can_go(r->collected, bad);
        if (!*is_again)
            status = reject_misfits(r, bad, n_bad, plans, levels, profiles, err);
    }
    dki_free(r->context, bad);
    return status;
}

/* Of each column, what counts as another code, because the list does not have it; asked before columns are made, which
 * drops their text. */
static dk_status count_others(const dki_records *r, const dki_plan *plans, dki_strays *out, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++) {
        dki_plan plan = plans[i];
        uint64_t n = 0, *bad;

        if (plan.other == 0 || r->n_rows == 0)
            continue;
        plan.other = 0;
        bad = dki_calloc(r->context, dki_bit_words(r->n_rows), sizeof *bad, err);
        status = bad ? check_column(r, i, &plan, bad, &n, err) : DK_ERR_MEMORY;
        if (status == DK_OK && n > 0)
            status = find_strays(r, i, &plan, bad, &out[i], err);
        dki_free(r->context, bad);
    }
    return status;
}

/* The table. ------------------------------------------------------------------------------------------------------ */

/* A column of its type; one of intervals is made of the category of its fields. */
static dk_status make_column(dki_records *r, size_t i, const dki_levels *levels, const dki_plan *plan,
                             const dk_column **out, dk_error *err)
{
    const dk_column *made = NULL;
    dki_plan as_text = *plan;
    char name[DKI_SHOW_BYTES];
    dk_status status;

    if (plan->type == DK_INTERVAL)
        as_text = (dki_plan){ .type = DK_CATEGORY };
    status = r->collected ? dki_collected_column(r->collected, i, levels, &as_text, &made, err)
                          : dki_convert_column(&r->columns[i], &as_text, &made, err);
    if (status != DK_OK || plan->type != DK_INTERVAL) {
        *out = made;
        return status;
    }
    status = dki_bounds_column(made, dki_show(name, r->names[i], strlen(r->names[i])), plan, out, err);
    if (status == DK_ERR_DATA)
        dki_at(err, r->name, 0, dki_records_column(r, i));
    dk_column_release(made);
    return status;
}

static dk_status make_table(dki_records *r, dki_levels *levels, dk_encoding encoding, bool has_mark,
                            const dki_marks *marks, dki_plan *plans, const dk_table **out, dk_error *err)
{
    const dk_table *table = NULL, *with = NULL;
    dk_field *fields = dki_calloc(r->context, r->n_columns, sizeof *fields, err);
    dki_strays *others = fields ? dki_calloc(r->context, r->n_columns, sizeof *others, err) : NULL;
    dk_properties properties = { .source = r->name };
    dk_status status = others ? count_others(r, plans, others, err) : DK_ERR_MEMORY;

    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++) {
        fields[i] = DK_FIELD(r->names[i], NULL);
        status = count_given_up(r, i, marks, &levels[i], &plans[i], err);
        if (status != DK_OK)
            break;
        status = make_column(r, i, &levels[i], &plans[i], &fields[i].column, err);
        dki_raw_drop(&r->columns[i]);
        dki_levels_drop(&levels[i]); /* there are thousands of columns in some tables */
    }
    if (status == DK_OK)
        status = dk_table_new(r->context, fields, r->n_columns, r->n_rows, &table, err);
    for (size_t i = 0; fields && i < r->n_columns; i++)
        dk_column_release(fields[i].column);
    dki_free(r->context, fields);
    if (status == DK_OK)
        status = dk_table_with_properties(table, &properties, &with, err);
    dk_table_release(table);
    if (status == DK_OK)
        status = dki_finish_notes(r, encoding, has_mark, marks, plans, &with, err);
    if (status == DK_OK)
        status = dki_finish_note_others(r, plans, others, &with, err);
    if (status == DK_OK)
        status = dki_finish_note_totals(&with, err);
    dki_free(r->context, others);
    if (status == DK_OK)
        *out = with;
    else
        dk_table_release(with);
    return status;
}

static dk_status finish_rejects(dki_records *r, const dk_table **rejected, dk_error *err)
{
    dk_status status = r->options->lenient ? DK_OK : dki_rejects_begin(&r->rejects, r->context, err);

    if (status == DK_OK)
        status = dki_rejects_finish(&r->rejects, rejected, err);
    if (status == DK_OK)
        status = dki_rejects_note(rejected, r->name, r->n_rows, err);
    return status;
}

dk_status dki_finish(dki_records *records, dk_encoding encoding, bool has_mark, bool *is_again,
                     const dk_table **out, const dk_table **rejected, dk_error *err)
{
    dki_records *r = records;
    const dk_table *table = NULL, *rejects = NULL;
    dki_marks marks;
    dki_levels *levels = dki_calloc(r->context, r->n_columns, sizeof *levels, err);
    dki_profile *profiles = levels ? dki_alloc_array(r->context, r->n_columns, sizeof *profiles, err) : NULL;
    dki_plan *plans = profiles ? dki_calloc(r->context, r->n_columns, sizeof *plans, err) : NULL;
    dk_status status = plans ? find_levels(r, levels, err) : DK_ERR_MEMORY;

    *is_again = false;
    if (status == DK_OK)
        status = find_profiles(r, levels, profiles, err);
    if (status == DK_OK) {
        dki_marks_find(profiles, r->stated, r->n_columns, r->options, &marks);
        if (r->found)
            r->found->marks = marks;
        status = find_plans(r, profiles, &marks, true, plans, err);
    }
    if (status == DK_OK)
        status = check_stated(r, plans, levels, profiles, is_again, err);
    if (status == DK_OK && !*is_again) {
        status = find_plans(r, profiles, &marks, false, plans, err);
        if (status == DK_OK)
            status = make_table(r, levels, encoding, has_mark, &marks, plans, &table, err);
        if (status == DK_OK && rejected)
            status = finish_rejects(r, &rejects, err);
        if (status == DK_OK) {
            *out = table;
            if (rejected)
                *rejected = rejects;
        } else {
            dk_table_release(table);
            dk_table_release(rejects);
        }
    }
    for (size_t i = 0; levels && i < r->n_columns; i++)
        dki_levels_drop(&levels[i]);
    dki_free(r->context, plans);
    dki_free(r->context, profiles);
    dki_free(r->context, levels);
    return status;
}
