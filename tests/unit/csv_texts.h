/* csv_texts.h - reads a text as a CSV file in the test's context, and looks at what came of it. */
#ifndef TESTS_UNIT_CSV_TEXTS_H
#define TESTS_UNIT_CSV_TEXTS_H

#include <dekking/csv.h>

#include "check.h"

#include "with_context.h"

static inline dk_status read_text(const char *text, const dk_csv_options *o, const dk_table **out,
                                  const dk_table **rejected, dk_error *err)
{
    return dk_read_csv_bytes(context, text, strlen(text), "x.csv", o, out, rejected, err);
}

static inline const dk_table *get(const char *text, const dk_csv_options *o)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(read_text(text, o, &t, NULL, &err), &err);
    return t;
}

/* A column as text: values between bars, null as ~. */
static inline const char *column_text(const dk_table *t, size_t i)
{
    static char out[4096];
    size_t used = 0;
    dk_error err = DK_ERROR_INIT;

    out[0] = '\0';
    for (uint64_t row = 0; row < dk_table_n_rows(t); row++) {
        dk_value value;
        char text[512] = "~";
        assert_ok(dk_column_get(dk_table_field(t, i)->column, row, &value, &err), &err);
        if (!value.is_null)
            dk_value_format(&value, text, sizeof text);
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s", row ? "|" : "", text);
    }
    return out;
}

static inline void expect_column(const dk_table *t, size_t i, const char *name, dk_type type, const char *values)
{
    assert_true(i < dk_table_n_columns(t));
    assert_string_equal(dk_table_field(t, i)->name, name);
    if (dk_column_type(dk_table_field(t, i)->column) != type)
        fail_msg("%s is %s", name, dk_type_name(dk_column_type(dk_table_field(t, i)->column)));
    assert_string_equal(column_text(t, i), values);
}

static inline void refuse(const char *text, const dk_csv_options *o, dk_status code, const char *part,
                          uint64_t line, uint64_t column, const char *hint)
{
    const dk_table *t = NULL, *rejected = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(read_text(text, o, &t, &rejected, &err), &err, code, part);
    assert_string_equal(err.file, "x.csv");
    if (err.line != line || err.column != column || !strstr(err.hint, hint))
        fail_msg("%s: line %llu, column %llu (%s)", err.message, (unsigned long long)err.line,
                 (unsigned long long)err.column, err.hint);
    assert_null(t);
    assert_null(rejected);
}

static inline bool has_note(const dk_table *t, const char *part)
{
    for (size_t i = 0; i < dk_table_n_notes(t); i++)
        if (strstr(dk_table_note(t, i), part))
            return true;
    return false;
}

#endif
