/* infer.c - which type a column has, from all of its values, and how the marks of a file are to be read.
 *
 * A column of numbers settles the decimal mark when all of its values can be read with one mark and not all with the
 * other (12,5 or 1.758.000 or 1.5); of dates the order in the same way (31-12-2024). What one column settles holds for
 * the file, unless another settles the opposite: then each goes by itself, and what is open stays open.
 *
 * Precedence for one column: the option for the file; its own values; the rest of the file; for a stated decimal or
 * real that a lone mark is the decimal mark; else doubt. A stated integer takes the mark with which all are integers.
 *
 * Cost: O(different values) for coded columns, O(rows) for others. Poll: once per block.
 */
#include "infer.h"

#include <string.h>

#include "base/memory.h"
#include "tokens.h"

/* Profiles. ------------------------------------------------------------------------------------------------------- */

/* DKI_NO_ROW is greater than any row. */
static void first(uint64_t *row, uint64_t candidate)
{
    if (candidate < *row)
        *row = candidate;
}

void dki_profile_begin(dki_profile *profile)
{
    *profile = (dki_profile){ .percent_row = DKI_NO_ROW,
                              .plain_row = DKI_NO_ROW,
                              .dot_row = DKI_NO_ROW,
                              .comma_row = DKI_NO_ROW,
                              .order_row = DKI_NO_ROW,
                              .word_row = DKI_NO_ROW };
    for (int i = 0; i < DKI_N_READINGS; i++)
        profile->misfit[i] = DKI_NO_ROW;
}

void dki_profile_add_unreadable(dki_profile *profile, uint64_t row, uint64_t n)
{
    profile->n_values += n;
    for (int i = 0; i < DKI_N_READINGS; i++)
        first(&profile->misfit[i], row);
}

void dki_profile_add_canonical(dki_profile *p, uint64_t row, uint64_t n, char mark, uint8_t scale,
                               uint8_t whole_digits)
{
    p->n_values += n;
    first(&p->plain_row, row);
    for (int i = 0; i < DKI_N_READINGS; i++) {
        bool number = i == DKI_READ_NUMBER + DKI_POINT || i == DKI_READ_NUMBER + DKI_COMMA,
             integer = i == DKI_READ_INTEGER + DKI_POINT || i == DKI_READ_INTEGER + DKI_COMMA;
        if (scale == 0 ? number || integer : i == DKI_READ_NUMBER + (mark == ',' ? DKI_COMMA : DKI_POINT))
            p->n_read[i] += n;
        else
            first(&p->misfit[i], row);
    }
    for (int i = 0; i < DKI_N_MARKS; i++) {
        if (scale > 0 && (mark == ',') != (i == DKI_COMMA))
            continue;
        p->scale[i] = scale > p->scale[i] ? scale : p->scale[i];
        p->whole_digits[i] = whole_digits > p->whole_digits[i] ? whole_digits : p->whole_digits[i];
    }
}

void dki_profile_merge(dki_profile *profile, const dki_profile *other)
{
    profile->n_values += other->n_values;
    profile->n_empty += other->n_empty;
    profile->n_words += other->n_words;
    first(&profile->word_row, other->word_row);
    for (int i = 0; i < DKI_N_READINGS; i++) {
        profile->n_read[i] += other->n_read[i];
        first(&profile->misfit[i], other->misfit[i]);
    }
    first(&profile->percent_row, other->percent_row);
    first(&profile->plain_row, other->plain_row);
    for (int mark = 0; mark < DKI_N_MARKS; mark++) {
        if (other->scale[mark] > profile->scale[mark])
            profile->scale[mark] = other->scale[mark];
        if (other->whole_digits[mark] > profile->whole_digits[mark])
            profile->whole_digits[mark] = other->whole_digits[mark];
        profile->exponent[mark] = profile->exponent[mark] || other->exponent[mark];
    }
    first(&profile->dot_row, other->dot_row);
    first(&profile->comma_row, other->comma_row);
    first(&profile->order_row, other->order_row);
    profile->has_time = profile->has_time || other->has_time;
}

static void shift(uint64_t *row, uint64_t n)
{
    if (*row != DKI_NO_ROW)
        *row -= n;
}

void dki_profile_shift(dki_profile *profile, uint64_t n)
{
    for (int i = 0; i < DKI_N_READINGS; i++)
        shift(&profile->misfit[i], n);
    shift(&profile->percent_row, n);
    shift(&profile->plain_row, n);
    shift(&profile->dot_row, n);
    shift(&profile->comma_row, n);
    shift(&profile->order_row, n);
    shift(&profile->word_row, n);
}

void dki_profile_add(dki_profile *p, const char *text, size_t size, uint64_t row, uint64_t times, bool loose)
{
    dki_facts facts;

    if (size == 0) {
        p->n_empty += times;
        return;
    }
    if (dki_null_word(text, size)) {
        p->n_words += times;
        first(&p->word_row, row);
        return;
    }
    p->n_values += times;
    dki_facts_find(text, size, loose, &facts);
    for (int i = 0; i < DKI_N_READINGS; i++) {
        if (facts.readings >> i & 1)
            p->n_read[i] += times;
        else
            first(&p->misfit[i], row);
    }
    for (int mark = 0; mark < DKI_N_MARKS; mark++) {
        const dki_number *number = &facts.number[mark];
        bool percent = facts.readings >> (DKI_READ_PERCENT + mark) & 1;
        if (!percent && !(facts.readings >> (DKI_READ_NUMBER + mark) & 1))
            continue;
        first(percent ? &p->percent_row : &p->plain_row, row);
        if (number->exponent || number->wide) {
            p->exponent[mark] = true;
            continue;
        }
        p->scale[mark] = number->scale > p->scale[mark] ? number->scale : p->scale[mark];
        p->whole_digits[mark] =
            number->whole_digits > p->whole_digits[mark] ? number->whole_digits : p->whole_digits[mark];
    }
    if (facts.mark_differs)
        first(memchr(text, '.', size) ? &p->dot_row : &p->comma_row, row);
    if (facts.order_differs)
        first(&p->order_row, row);
    if ((facts.readings >> DKI_READ_TIME & 7) && !facts.midnight)
        p->has_time = true;
}

dk_status dki_profile_find(const dki_raw *raw, const dk_csv_column *stated, dki_profile *out, dk_error *err)
{
    const bool loose = stated != NULL;
    dki_profile profile;
    const char *text;
    size_t size;
    dk_status status = DK_OK;

    dki_profile_begin(&profile);
    if (raw->is_coded) {
        uint64_t *counts = dki_alloc_array(raw->context, raw->map.n, sizeof *counts, err);
        if (!counts)
            return DK_ERR_MEMORY;
        dki_raw_count(raw, counts);
        for (size_t i = 0; i < raw->map.n; i++) {
            text = dki_text_map_get(&raw->map, (uint32_t)i, &size);
            dki_profile_add(&profile, text, size, raw->first_rows[i], counts[i], loose);
        }
        profile.n_different = raw->map.n;
        dki_free(raw->context, counts);
    } else {
        for (uint64_t row = 0; row < raw->n_rows && status == DK_OK; row++) {
            if (row % 4096 == 0)
                status = dki_poll(raw->context, err);
            if (dki_raw_get(raw, row, &text, &size))
                dki_profile_add(&profile, text, size, row, 1, loose);
        }
        profile.n_different = UINT64_MAX;
    }
    if (status == DK_OK)
        *out = profile;
    return status;
}

/* The marks of the file. ------------------------------------------------------------------------------------------ */

static bool all_read(const dki_profile *p, int reading)
{
    return p->n_values > 0 && p->n_read[reading] == p->n_values;
}

/* All values are numbers with that mark: plain ones, or percentages. */
static bool all_numbers(const dki_profile *p, int mark)
{
    return all_read(p, DKI_READ_NUMBER + mark) || all_read(p, DKI_READ_PERCENT + mark);
}

/* All values are dates or times, where a date is its midnight; with a stated type also ISO dates among others. */
static bool all_dates(const dki_profile *p, int order, bool loose)
{
    uint64_t n = p->n_read[DKI_READ_DATE + order] + p->n_read[DKI_READ_TIME + order];

    if (!loose)
        return n > 0 && n == p->n_values;
    return n > 0 && n + p->n_read[DKI_READ_DATE + DKI_YMD] + p->n_read[DKI_READ_TIME + DKI_YMD] == p->n_values;
}

static bool is_number_type(dk_type type)
{
    return type == DK_INTEGER || type == DK_DECIMAL || type == DK_REAL;
}
static bool is_date_type(dk_type type)
{
    return type == DK_DATE || type == DK_TIMESTAMP;
}

/* A column says what the mark, or the order, is. */
static void settle(int *value, dki_settled_by *by, size_t *column, size_t *against, int says, size_t i)
{
    if (*by == DKI_BY_NOTHING) {
        *by = DKI_BY_COLUMN;
        *value = says;
        *column = i;
    } else if (*by == DKI_BY_COLUMN && *value != says) {
        *by = DKI_CONTRADICTED;
        *value = -1;
        *against = i;
    }
}

void dki_marks_find(const dki_profile *profiles, const dk_csv_column *const *stated, size_t n,
                    const dk_csv_options *options, dki_marks *out)
{
    dki_marks marks = { .mark = -1, .order = -1, .has_words = dki_has_null_words(options) };

    if (options->decimal_mark != DK_MARK_DETECT) {
        marks.mark_by = DKI_BY_OPTION;
        marks.mark = options->decimal_mark == DK_MARK_COMMA ? DKI_COMMA : DKI_POINT;
    }
    if (options->date_order != DK_DATES_DETECT) {
        marks.order_by = DKI_BY_OPTION;
        marks.order = options->date_order == DK_DATES_DMY   ? DKI_DMY
                      : options->date_order == DK_DATES_MDY ? DKI_MDY
                                                            : DKI_YMD;
    }
    for (size_t i = 0; i < n; i++) {
        const dki_profile *p = &profiles[i];
        if (!stated[i] || is_number_type(stated[i]->type)) {
            bool point = all_numbers(p, DKI_POINT), comma = all_numbers(p, DKI_COMMA);
            if (point != comma && marks.mark_by != DKI_BY_OPTION)
                settle(&marks.mark, &marks.mark_by, &marks.mark_column, &marks.mark_against,
                       point ? DKI_POINT : DKI_COMMA, i);
        }
        if (!stated[i] || is_date_type(stated[i]->type)) {
            bool dmy = all_dates(p, DKI_DMY, stated[i] != NULL), mdy = all_dates(p, DKI_MDY, stated[i] != NULL);
            if (dmy != mdy && marks.order_by != DKI_BY_OPTION)
                settle(&marks.order, &marks.order_by, &marks.order_column, &marks.order_against,
                       dmy ? DKI_DMY : DKI_MDY, i);
        }
    }
    *out = marks;
}

/* Plans. ---------------------------------------------------------------------------------------------------------- */

static void doubt(dki_plan *plan, dki_doubt what, uint64_t row)
{
    plan->doubt = what;
    plan->doubt_row = row;
}

static uint64_t doubtful_number(const dki_profile *p)
{
    return p->dot_row < p->comma_row ? p->dot_row : p->comma_row;
}

/* Which mark a column without stated type is read with, where all of its values are numbers of the kind `reading`.
 * False where they are not. */
static bool choose_mark(const dki_profile *p, int reading, const dki_marks *marks, dki_plan *plan)
{
    bool point = all_read(p, reading + DKI_POINT), comma = all_read(p, reading + DKI_COMMA);

    if (marks->mark_by == DKI_BY_OPTION) {
        plan->mark = marks->mark;
        return marks->mark == DKI_POINT ? point : comma;
    }
    if (!point && !comma)
        return false;
    plan->mark = point ? DKI_POINT : DKI_COMMA;
    if (point && comma && doubtful_number(p) != DKI_NO_ROW) {
        if (marks->mark >= 0)
            plan->mark = marks->mark;
        else
            doubt(plan, DKI_TWO_MARKS, doubtful_number(p));
    }
    return true;
}

static bool plan_number(const dki_profile *p, int reading, const dki_marks *marks, dki_plan *plan)
{
    dki_plan found = *plan;

    if (!choose_mark(p, reading, marks, &found))
        return false;
    found.percent = reading == DKI_READ_PERCENT;
    found.scale = p->scale[found.mark];
    if (p->exponent[found.mark]) {
        found.type = DK_REAL;
        found.scale = 0;
    } else if (found.scale == 0 && !found.percent) {
        found.type = DK_INTEGER;
    } else {
        found.type = DK_DECIMAL;
        if (found.doubt == DKI_SURE && p->whole_digits[found.mark] + found.scale > DK_DECIMAL_MAX_SCALE)
            return false; /* more digits than are exact */
    }
    *plan = found;
    return true;
}

static bool plan_date(const dki_profile *p, const dki_marks *marks, dki_plan *plan)
{
    bool dmy = all_dates(p, DKI_DMY, false), mdy = all_dates(p, DKI_MDY, false);

    if (all_dates(p, DKI_YMD, false)) {
        plan->order = DKI_YMD;
    } else if (marks->order_by == DKI_BY_OPTION) {
        if (marks->order == DKI_YMD || !all_dates(p, marks->order, false))
            return false;
        plan->order = marks->order;
    } else if (dmy && mdy && p->order_row != DKI_NO_ROW) {
        plan->order = marks->order >= 0 ? marks->order : DKI_DMY;
        if (marks->order < 0)
            doubt(plan, DKI_TWO_ORDERS, p->order_row);
    } else if (dmy || mdy) {
        plan->order = dmy ? DKI_DMY : DKI_MDY;
    } else {
        return false;
    }
    plan->type = p->has_time ? DK_TIMESTAMP : DK_DATE;
    return true;
}

static bool plan_period(const dki_profile *p, dki_plan *plan)
{
    if (!all_read(p, DKI_READ_QUARTER) && !all_read(p, DKI_READ_MONTH))
        return false;
    plan->type = DK_PERIOD;
    plan->scale = all_read(p, DKI_READ_QUARTER) ? DK_QUARTER : DK_MONTH;
    return true;
}

static void plan_text(const dki_profile *p, const dki_marks *marks, dki_plan *plan)
{
    static const struct {
        int reading, n;
        const char *name;
    } better[] = { { DKI_READ_NUMBER, DKI_N_MARKS, "numbers" }, { DKI_READ_PERCENT, DKI_N_MARKS, "percentages" },
                   { DKI_READ_DATE, DKI_N_ORDERS, "dates" },    { DKI_READ_TIME, DKI_N_ORDERS, "times" },
                   { DKI_READ_QUARTER, 1, "quarters" },         { DKI_READ_MONTH, 1, "months" } };
    uint64_t n_rows = p->n_values + p->n_empty + p->n_words, best = 0;
    uint64_t n_words = marks->has_words ? 0 : p->n_words; /* which are odd ones */

    plan->type = n_rows > 0 && p->n_different <= dki_category_most(n_rows) ? DK_CATEGORY : DK_TEXT;
    for (size_t i = 0; i < sizeof better / sizeof *better; i++)
        for (int r = better[i].reading; r < better[i].reading + better[i].n; r++)
            if (p->n_read[r] > best) {
                best = p->n_read[r];
                plan->almost = better[i].name;
                plan->almost_reading = r;
                plan->n_odd = p->n_values - best + n_words;
                plan->odd_row = p->misfit[r];
                if (n_words > 0)
                    first(&plan->odd_row, p->word_row);
            }
    /* All of them, and yet no number: too many digits, or against an option; that is worth a note too. */
    if (best * 2 < p->n_values + n_words || p->n_values + n_words < 2)
        plan->almost = NULL;
}

static void plan_found(const dki_profile *p, const dki_marks *marks, dki_plan *plan)
{
    plan->type = DK_TEXT;
    if (p->n_values == 0 || (p->n_words > 0 && !marks->has_words)) {
        if (p->n_values + p->n_empty + p->n_words > 0)
            plan_text(p, marks, plan);
        return;
    }
    for (int pair = 0; pair < 4; pair++)
        if (all_read(p, DKI_READ_BOOLEAN + pair)) {
            plan->type = DK_BOOLEAN;
            return;
        }
    if (plan_number(p, DKI_READ_NUMBER, marks, plan) || plan_number(p, DKI_READ_PERCENT, marks, plan) ||
        plan_date(p, marks, plan) || plan_period(p, plan))
        return;
    plan_text(p, marks, plan);
}

/* In a column of anything but text, words that say so are null. */
static void plan_words(const dki_profile *p, const dki_marks *marks, dki_plan *plan)
{
    if (!marks->has_words || plan->type == DK_TEXT || plan->type == DK_CATEGORY)
        return;
    plan->n_words = p->n_words;
    plan->word_row = p->word_row;
}

/* The mark of a column that is stated to hold numbers, also where not all of its values are. */
static void plan_stated_mark(const dki_profile *p, const dk_csv_column *stated, const dki_marks *marks,
                             dki_plan *plan)
{
    dk_type type = stated->type;
    int reading = type == DK_INTEGER ? DKI_READ_INTEGER : DKI_READ_NUMBER;
    uint64_t n[DKI_N_MARKS];
    bool doubtful = doubtful_number(p) != DKI_NO_ROW;

    for (int mark = 0; mark < DKI_N_MARKS; mark++)
        n[mark] = p->n_read[reading + mark] + (type == DK_INTEGER ? 0 : p->n_read[DKI_READ_PERCENT + mark]);
    plan->mark = n[DKI_COMMA] > n[DKI_POINT] ? DKI_COMMA : DKI_POINT;
    if (marks->mark_by == DKI_BY_OPTION) {
        plan->mark = marks->mark;
    } else if (p->n_values > 0 && (n[DKI_POINT] == p->n_values) != (n[DKI_COMMA] == p->n_values)) {
        return; /* its own values say it */
    } else if (marks->mark >= 0) {
        plan->mark = marks->mark;
    } else if (doubtful && n[DKI_POINT] == n[DKI_COMMA]) {
        bool point_fits = p->scale[DKI_POINT] <= stated->scale, comma_fits = p->scale[DKI_COMMA] <= stated->scale;
        if (type == DK_DECIMAL && stated->has_scale && point_fits != comma_fits)
            plan->mark = point_fits ? DKI_POINT : DKI_COMMA; /* 1.758 with two digits is 1758.00 */
        else if (type != DK_INTEGER && type != DK_INTERVAL &&
                 (p->dot_row == DKI_NO_ROW || p->comma_row == DKI_NO_ROW))
            plan->mark = p->dot_row != DKI_NO_ROW ? DKI_POINT : DKI_COMMA;
        else
            doubt(plan, DKI_TWO_MARKS, doubtful_number(p));
    }
}

static void plan_stated_order(const dki_profile *p, const dki_marks *marks, dki_plan *plan)
{
    uint64_t n[DKI_N_ORDERS];

    for (int order = 0; order < DKI_N_ORDERS; order++)
        n[order] = p->n_read[DKI_READ_DATE + order] + p->n_read[DKI_READ_TIME + order];
    plan->order = n[DKI_MDY] > n[DKI_DMY] ? DKI_MDY : DKI_DMY;
    if (marks->order_by == DKI_BY_OPTION)
        plan->order = marks->order;
    else if (all_dates(p, DKI_DMY, true) != all_dates(p, DKI_MDY, true))
        return;
    else if (marks->order >= 0)
        plan->order = marks->order;
    else if (p->order_row != DKI_NO_ROW && n[DKI_DMY] == n[DKI_MDY])
        doubt(plan, DKI_TWO_ORDERS, p->order_row);
}

void dki_profile_plan(const dki_profile *profile, const dk_csv_column *stated, const dki_marks *marks,
                      dki_plan *out)
{
    dki_plan plan = { .doubt_row = DKI_NO_ROW, .odd_row = DKI_NO_ROW };

    if (!stated) {
        plan_found(profile, marks, &plan);
        plan_words(profile, marks, &plan);
        *out = plan;
        return;
    }
    plan.type = stated->type;
    plan.loose = true;
    plan_words(profile, marks, &plan);
    plan.levels = stated->type == DK_CATEGORY ? stated->levels : NULL;
    plan.other = plan.levels ? stated->other : 0;
    plan.split = stated->type == DK_CATEGORY ? stated->split : NULL;
    if (is_number_type(stated->type)) {
        plan_stated_mark(profile, stated, marks, &plan);
        plan.percent = profile->percent_row < profile->plain_row;
    }
    if (stated->type == DK_DECIMAL) {
        plan.fixed_scale = stated->has_scale;
        plan.scale = stated->has_scale ? stated->scale : profile->scale[plan.mark];
    }
    if (stated->type == DK_INTERVAL) {
        plan_stated_mark(profile, stated, marks, &plan);
        plan.bounds = stated->bounds;
        plan.fixed_scale = stated->has_scale;
        plan.scale = stated->has_scale ? stated->scale : 0;
    }
    if (stated->type == DK_PERIOD)
        plan.scale = stated->scale;
    if (is_date_type(stated->type))
        plan_stated_order(profile, marks, &plan);
    *out = plan;
}
