/* almost.c - which rows keep a column from being a better type.
 *
 *   column "uren" is category: all of its values are numbers but 5: "n.v.t." on lines 51, 101, 151; "x" on line 201 and 1 more
 *
 * Cost: the rows from the first odd one to the last that is shown are looked at. Poll: once per block.
 */
#include "almost.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "show.h"

#define VALUES_SHOWN 4
#define ROWS_SHOWN 10

typedef struct odd_values {
    struct {
        char text[DKI_SHOW_BYTES];
        size_t size; /* of the value */
        uint64_t rows[ROWS_SHOWN];
        size_t n_rows;
    } values[VALUES_SHOWN];
    size_t n_values;
    uint64_t n_rows;
} odd_values;

/* False where there is no room for it. */
static bool add(odd_values *odd, dk_text text, uint64_t row)
{
    char shown[DKI_SHOW_BYTES];
    size_t k = 0;

    dki_show(shown, text.bytes, text.size);
    while (k < odd->n_values && !(odd->values[k].size == text.size && strcmp(odd->values[k].text, shown) == 0))
        k++;
    if (k == VALUES_SHOWN || odd->n_rows == ROWS_SHOWN)
        return false;
    if (k == odd->n_values) {
        odd->n_values++;
        memcpy(odd->values[k].text, shown, sizeof shown);
        odd->values[k].size = text.size;
    }
    odd->values[k].rows[odd->values[k].n_rows++] = row;
    odd->n_rows++;
    return true;
}

typedef struct search {
    const dki_records *records;
    const dki_plan *plan;
    unsigned char *levels; /* of a category what is known of its levels, by code */
    odd_values odd;
    bool is_full;
} search;
enum { UNKNOWN, ODD, EVEN };

static bool is_odd(const search *s, dk_text text)
{
    dki_facts facts;

    if (text.size == 0 || (dki_has_null_words(s->records->options) && dki_null_word(text.bytes, text.size)))
        return false;
    dki_facts_find(text.bytes, text.size, false, &facts);
    return (facts.readings >> s->plan->almost_reading & 1) == 0;
}

static void look(search *s, const dk_view *view, uint64_t row)
{
    for (size_t k = 0; k < view->n && !s->is_full; k++) {
        unsigned char *level, kind = UNKNOWN;

        if (dki_view_is_null(view, k))
            continue;
        level = s->levels ? &s->levels[dki_view_code(view, k)] : &kind;
        if (*level == UNKNOWN)
            *level = is_odd(s, dki_view_text(view, k)) ? ODD : EVEN;
        if (*level == ODD)
            s->is_full = !add(&s->odd, dki_view_text(view, k), row + k) || s->odd.n_rows == s->plan->n_odd;
    }
}

static dk_status find(search *s, const dk_column *column, dk_error *err)
{
    dk_context *context = s->records->context;
    const dk_dictionary *levels = dk_column_levels(column);
    uint64_t n_rows = dk_column_n_rows(column);
    dk_status status = DK_OK;
    dk_view view;

    if (levels) {
        s->levels = dki_calloc(context, dk_dictionary_n_levels(levels) + 1, 1, err);
        status = s->levels ? DK_OK : DK_ERR_MEMORY;
    }
    dk_view_init(&view, context);
    for (uint64_t row = s->plan->odd_row; row < n_rows && !s->is_full && status == DK_OK; row += DK_BLOCK_ROWS) {
        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dk_column_view(
                column, row, n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS, &view, err);
        if (status == DK_OK)
            look(s, &view, row);
    }
    dk_view_release(&view);
    dki_free(context, s->levels);
    return status;
}

/* "n.v.t." on lines 51, 101; "x" on line 201 and 3 more. It fits in DKI_ALMOST_BYTES. */
static void tell(const search *s, const char *place, char *out, size_t size)
{
    const odd_values *odd = &s->odd;
    size_t used = 0;

    for (size_t k = 0; k < odd->n_values; k++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s %s%s ", k > 0 ? "; " : "", odd->values[k].text,
                                 place, odd->values[k].n_rows > 1 ? "s" : "");
        for (size_t j = 0; j < odd->values[k].n_rows; j++)
            used += (size_t)snprintf(out + used, size - used, "%s%llu", j > 0 ? ", " : "",
                                     (unsigned long long)dki_records_line(s->records, odd->values[k].rows[j]));
    }
    if (odd->n_rows < s->plan->n_odd)
        snprintf(out + used, size - used, " and %llu more", (unsigned long long)(s->plan->n_odd - odd->n_rows));
    else if (odd->n_values == 1)
        snprintf(out + used, size - used, " (if it means \"not known\", state it: nulls = { %s })",
                 odd->values[0].text);
}

dk_status dki_almost_tell(const dki_records *records, size_t i, const dki_plan *plan, const dk_column *column,
                          char out[DKI_ALMOST_BYTES], dk_error *err)
{
    search s = { .records = records, .plan = plan };
    char name[DKI_SHOW_BYTES];
    int n;
    dk_status status;

    dki_show(name, records->names[i], strlen(records->names[i]));
    if (plan->n_odd == 0) {
        snprintf(out, DKI_ALMOST_BYTES,
                 "column %s is %s: its values look like %s, and do not fit exactly or are "
                 "written otherwise than stated for the file",
                 name, dk_type_name(plan->type), plan->almost);
        return DK_OK;
    }
    status = find(&s, column, err);
    if (status != DK_OK)
        return status;
    n = snprintf(out, DKI_ALMOST_BYTES, "column %s is %s: all of its values are %s but %llu: ", name,
                 dk_type_name(plan->type), plan->almost, (unsigned long long)plan->n_odd);
    tell(&s, records->origin ? "in row" : "on line", out + n, DKI_ALMOST_BYTES - (size_t)n);
    return DK_OK;
}
