/* written.h - what tests of output share: a table as a text, tables with texts that hold anything, and the failing of
 * each allocation in turn. */
#ifndef TESTS_UNIT_WRITTEN_H
#define TESTS_UNIT_WRITTEN_H

#include <dekking/write.h>

#include "tables.h"

#define WRITTEN_BYTES (1 << 20)

/* The table as text. Good until the next call. */
static inline const char *written(const dk_table *table, dk_format format, const dk_write_options *options)
{
    static char copy[WRITTEN_BYTES];
    char *text = NULL;
    size_t size = 0;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_write_text(table, format, options, &text, &size, &err), &err);
    assert_true(size < sizeof copy);
    assert_int_equal(strlen(text), size); /* no format writes a zero byte */
    memcpy(copy, text, size + 1);
    dk_text_free(dk_table_context(table), text);
    return copy;
}

#define OPTIONS(...) (&(const dk_write_options){ __VA_ARGS__ })

static inline void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("there is no \"%s\" in\n%s", part, text);
}

static inline void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("there is \"%s\" in\n%s", part, text);
}

/* A table with one text column of n values; NULL is null. */
static inline const dk_table *text_column(dk_context *context, const char *name, const char *const *values,
                                          size_t n)
{
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD(name, NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_TEXT, 0, NULL, &builder, &err), &err);
    for (size_t i = 0; i < n; i++)
        assert_ok(values[i] ? dk_builder_text(builder, (dk_text){ values[i], strlen(values[i]) }, &err)
                            : dk_builder_null(builder, 1, &err),
                  &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    dk_builder_release(builder);
    assert_ok(dk_table_new(context, &field, 1, n, &table, &err), &err);
    dk_column_release(field.column);
    return table;
}

#define TEXT_COLUMN(context, name, ...)                             \
    text_column((context), (name), (const char *[]){ __VA_ARGS__ }, \
                sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(const char *))

/* The table with another label and format of one column, and with a note; the table is consumed. */
static inline const dk_table *restyled(const dk_table *table, const char *column, const char *label,
                                       const char *format)
{
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_field field = *dk_table_field(table, dk_table_find(table, column));

    field.label = label;
    field.format = format;
    assert_ok(dk_table_with(table, &field, 1, &out, &err), &err);
    dk_table_release(table);
    return out;
}

static inline const dk_table *noted(const dk_table *table, const char *note)
{
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_with_note(table, note, &out, &err), &err);
    dk_table_release(table);
    return out;
}

/* Municipalities with a total: som: Arnhem 12, Duiven 7, and the total 19. */
static inline const dk_table *with_total(dk_context *context)
{
    const dk_table *table = make_table(context, "gemeente:category n:integer\nArnhem|12\nDuiven|7\n");
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask_table(ASK(.by = { "gemeente" }, .measures = { "som = sum(n)" }, .margins = DK_MARGINS_TOTALS),
                        table, NULL, &out, &err),
              &err);
    dk_table_release(table);
    return out;
}

/* Fails every allocation of writing the table in turn. */
static inline void write_survives_failing_memory(const dk_table *table, dk_format format,
                                                 const dk_write_options *options)
{
    dk_context *context = dk_table_context(table);
    char *text = NULL;
    size_t size = 77;
    dk_error err = DK_ERROR_INIT;

    assert_survives_failing_memory(context, dk_write_text(table, format, options, &text, &size, &err), &err,
                                   text == NULL && size == 77, dk_text_free(context, text));
}

#endif
