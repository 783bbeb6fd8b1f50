/* both_paths.h - reads a CSV text by the parallel path and by the plain one, and tells where they differ. For tests and
 * fuzzers: it needs nothing of either. */
#ifndef TESTS_UNIT_BOTH_PATHS_H
#define TESTS_UNIT_BOTH_PATHS_H

#include <stdio.h>
#include <string.h>

#include <dekking/csv.h>

#include "read/csv_source.h"

typedef struct both_reading {
    dk_status status;
    const dk_table *table, *rejected;
    dk_error err;
} both_reading;

static inline void both_read(dk_context *context, const char *text, size_t size, const dk_csv_options *o,
                             bool plainly, both_reading *out)
{
    dki_source source;

    memset(out, 0, sizeof *out);
    dki_source_of_bytes(text, size, "x.csv", &source);
    out->status = dki_read_csv_source(context, &source, o, plainly, &out->table, &out->rejected, &out->err);
}

static inline void both_drop(both_reading *r)
{
    dk_table_release(r->table);
    dk_table_release(r->rejected);
    r->table = r->rejected = NULL;
}

static inline bool both_same_value(const dk_value *a, const dk_value *b)
{
    if (a->type != b->type || a->is_null != b->is_null)
        return false;
    if (a->is_null)
        return true;
    if (a->type == DK_TEXT || a->type == DK_CATEGORY)
        return a->as.text.size == b->as.text.size &&
               (a->as.text.size == 0 || memcmp(a->as.text.bytes, b->as.text.bytes, a->as.text.size) == 0);
    return a->scale == b->scale && dk_value_compare(a, b) == 0;
}

static inline bool both_same_levels(const dk_dictionary *a, const dk_dictionary *b)
{
    if (!a || !b)
        return a == b;
    if (dk_dictionary_n_levels(a) != dk_dictionary_n_levels(b) ||
        dk_dictionary_is_declared(a) != dk_dictionary_is_declared(b))
        return false;
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(a); code++) {
        dk_text x = dk_dictionary_level(a, code), y = dk_dictionary_level(b, code);
        if (x.size != y.size || memcmp(x.bytes, y.bytes, x.size) != 0 ||
            dk_dictionary_rank(a, code) != dk_dictionary_rank(b, code))
            return false;
        bool has_x = dk_dictionary_label(a, code, &x), has_y = dk_dictionary_label(b, code, &y);
        if (has_x != has_y || (has_x && (x.size != y.size || memcmp(x.bytes, y.bytes, x.size) != 0)))
            return false;
    }
    return true;
}

/* Writes what differs into why; true where nothing does. */
static inline bool both_same_tables(const dk_table *a, const dk_table *b, char *why, size_t size)
{
    if (!a || !b) {
        snprintf(why, size, "one is missing");
        return a == b;
    }
    if (dk_table_n_rows(a) != dk_table_n_rows(b) || dk_table_n_columns(a) != dk_table_n_columns(b)) {
        snprintf(why, size, "%llu rows and %zu columns, %llu and %zu", (unsigned long long)dk_table_n_rows(a),
                 dk_table_n_columns(a), (unsigned long long)dk_table_n_rows(b), dk_table_n_columns(b));
        return false;
    }
    for (size_t i = 0; i < dk_table_n_columns(a); i++) {
        const dk_column *x = dk_table_field(a, i)->column, *y = dk_table_field(b, i)->column;
        int64_t bounds[4] = { 0 };
        bool has_x = dk_column_bounds(x, &bounds[0], &bounds[1]),
             has_y = dk_column_bounds(y, &bounds[2], &bounds[3]);
        if (strcmp(dk_table_field(a, i)->name, dk_table_field(b, i)->name) != 0 ||
            dk_column_type(x) != dk_column_type(y) || dk_column_scale(x) != dk_column_scale(y) ||
            dk_column_n_nulls(x) != dk_column_n_nulls(y) || has_x != has_y || bounds[0] != bounds[2] ||
            bounds[1] != bounds[3] || !both_same_levels(dk_column_levels(x), dk_column_levels(y))) {
            snprintf(why, size, "column %zu: type, name, scale, nulls, bounds or levels", i + 1);
            return false;
        }
        for (uint64_t row = 0; row < dk_table_n_rows(a); row++) {
            dk_value u, v;
            if (dk_column_get(x, row, &u, NULL) != DK_OK || dk_column_get(y, row, &v, NULL) != DK_OK ||
                !both_same_value(&u, &v)) {
                snprintf(why, size, "column %zu, row %llu", i + 1, (unsigned long long)row + 1);
                return false;
            }
        }
    }
    if (dk_table_n_notes(a) != dk_table_n_notes(b)) {
        snprintf(why, size, "%zu notes and %zu", dk_table_n_notes(a), dk_table_n_notes(b));
        return false;
    }
    for (size_t i = 0; i < dk_table_n_notes(a); i++)
        if (strcmp(dk_table_note(a, i), dk_table_note(b, i)) != 0) {
            snprintf(why, size, "note %zu: %s / %s", i + 1, dk_table_note(a, i), dk_table_note(b, i));
            return false;
        }
    return true;
}

static inline bool both_same(const both_reading *a, const both_reading *b, char *why, size_t size)
{
    if (a->status != b->status || a->err.line != b->err.line || a->err.column != b->err.column ||
        strcmp(a->err.message, b->err.message) != 0 || strcmp(a->err.hint, b->err.hint) != 0 ||
        strcmp(a->err.file, b->err.file) != 0) {
        snprintf(why, size, "%s:%llu:%llu: %.300s (%.300s) / %s:%llu:%llu: %.300s (%.300s)",
                 dk_status_name(a->status), (unsigned long long)a->err.line, (unsigned long long)a->err.column,
                 a->err.message, a->err.hint, dk_status_name(b->status), (unsigned long long)b->err.line,
                 (unsigned long long)b->err.column, b->err.message, b->err.hint);
        return false;
    }
    return a->status != DK_OK || (both_same_tables(a->table, b->table, why, size) &&
                                  both_same_tables(a->rejected, b->rejected, why, size));
}

#endif
