/* tables.h - small tables written out in tests of queries, and results written out to compare with.
 *
 *   make_table(context, "gemeente:category n:integer\n"
 *                       "Arnhem|12\n"
 *                       "Duiven|-\n")
 *
 * Types: boolean, integer, decimalN (N digits), real, ratio (n/d), date, timestamp, month, quarter, year, category, text,
 * intervalN (115..125, 3.., ..9 or 7; with a marker and its meaning 0..4~<5~suppressed);
 * a category's stated levels stand behind it, perhaps with labels: category[Arnhem,Duiven], category[1~ja,2~nee]; set is a
 * category of sets, whose values are written a+b, and whose stated members stand behind it. - is null, and names have no
 * blank.
 */
#ifndef TESTS_UNIT_TABLES_H
#define TESTS_UNIT_TABLES_H

#include <stdlib.h>

#include <dekking/breakdown.h>
#include <dekking/members.h>

#include "base/calendar.h"
#include "base/number.h"
#include "base/period.h"
#include "check.h"

#define TABLES_COLUMNS 24

static inline const dk_dictionary *tables_levels(dk_context *context, const char *list)
{
    dk_text levels[64], labels[64] = { { NULL, 0 } };
    size_t n = 0;
    dk_dictionary *dictionary = NULL, *labelled = NULL;
    dk_error err = DK_ERROR_INIT;

    while (*list && *list != ']') {
        size_t size = strcspn(list, ",]"), code = strcspn(list, "~,]");

        if (code < size)
            labels[n] = (dk_text){ list + code + 1, size - code - 1 };
        levels[n++] = (dk_text){ list, code };
        list += size;
        if (*list == ',')
            list++;
    }
    assert_ok(dk_dictionary_new(context, levels, n, true, &dictionary, &err), &err);
    assert_ok(dk_dictionary_with_labels(dictionary, labels, &labelled, &err), &err);
    dk_dictionary_release(dictionary);
    return labelled;
}

static inline bool tables_bound(const char *text, size_t size, uint8_t scale, int64_t *out)
{
    uint8_t digits;

    if (size == 0)
        return false;
    assert_true(dki_parse_decimal(text, size, '.', out, &digits));
    assert_true(dki_rescale(*out, digits, scale, out));
    return true;
}

static inline void tables_interval(dk_builder *builder, uint8_t scale, const char *text)
{
    dk_interval value = { .meaning = DK_MEANS_NOTHING };
    size_t size = strcspn(text, "~");
    const char *marker = text[size] ? text + size + 1 : "", *dots = strstr(text, "..");
    dk_error err = DK_ERROR_INIT;

    value.marker = (dk_text){ marker, strcspn(marker, "~") };
    if (value.marker.size > 0)
        assert_true(dk_meaning_find(marker + value.marker.size + 1, &value.meaning));
    if (dots && dots < text + size) {
        value.no_least = !tables_bound(text, (size_t)(dots - text), scale, &value.least);
        value.no_greatest = !tables_bound(dots + 2, (size_t)(text + size - dots - 2), scale, &value.greatest);
    } else {
        value.no_least = value.no_greatest = !tables_bound(text, size, scale, &value.least);
        value.greatest = value.least;
    }
    assert_ok(dk_builder_interval(builder, &value, &err), &err);
}

static inline void tables_cell(dk_builder *builder, dk_type type, uint8_t scale, const char *text, size_t size)
{
    char copy[256];
    dk_error err = DK_ERROR_INIT;
    int64_t whole = 0;
    uint8_t digits = 0;

    assert_true(size < sizeof copy);
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (strcmp(copy, "-") == 0) {
        assert_ok(dk_builder_null(builder, 1, &err), &err);
        return;
    }
    switch (type) {
    case DK_BOOLEAN: assert_ok(dk_builder_boolean(builder, strcmp(copy, "true") == 0, &err), &err); return;
    case DK_INTERVAL: tables_interval(builder, scale, copy); return;
    case DK_INTEGER: whole = strtoll(copy, NULL, 10); break;
    case DK_DECIMAL:
        assert_true(dki_parse_decimal(copy, size, '.', &whole, &digits));
        assert_true(dki_rescale(whole, digits, scale, &whole));
        break;
    case DK_PERIOD: assert_true(dki_parse_period(copy, size, scale, &whole)); break;
    case DK_DATE: assert_true(dki_parse_date(copy, size, 'y', &whole)); break;
    case DK_TIMESTAMP: assert_true(dki_parse_timestamp(copy, size, 'y', &whole)); break;
    case DK_REAL: assert_ok(dk_builder_real(builder, strtod(copy, NULL), &err), &err); return;
    case DK_RATIO: {
        dk_ratio ratio = { strtoll(copy, NULL, 10), strtoll(strchr(copy, '/') + 1, NULL, 10) };

        assert_ok(dk_builder_ratio(builder, ratio, &err), &err);
        return;
    }
    default: assert_ok(dk_builder_text(builder, (dk_text){ text, size }, &err), &err); return;
    }
    assert_ok(dk_builder_integer(builder, whole, &err), &err);
}

/* The column of texts a+b as one of sets. */
static inline const dk_column *tables_sets(const dk_column *texts, const dk_dictionary *members)
{
    dk_split how = { .delimiter = "+", .members = members };
    const dk_column *sets = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_column_split(texts, &how, "a set", &sets, &err), &err);
    dk_column_release(texts);
    return sets;
}

/* The table of n builders, which are released. */
static inline const dk_table *finish_table(dk_context *context, dk_builder **builders, const char *const *names,
                                           size_t n, uint64_t n_rows)
{
    dk_field fields[TABLES_COLUMNS];
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_true(n <= TABLES_COLUMNS);
    for (size_t i = 0; i < n; i++) {
        fields[i] = DK_FIELD(names[i], NULL);
        assert_ok(dk_builder_finish(builders[i], &fields[i].column, &err), &err);
        dk_builder_release(builders[i]);
    }
    assert_ok(dk_table_new(context, fields, n, n_rows, &table, &err), &err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    return table;
}

static inline const dk_table *make_table(dk_context *context, const char *text)
{
    dk_builder *builders[TABLES_COLUMNS];
    dk_field fields[TABLES_COLUMNS];
    dk_type types[TABLES_COLUMNS];
    uint8_t scales[TABLES_COLUMNS];
    char names[TABLES_COLUMNS][64];
    bool is_set[TABLES_COLUMNS];
    const dk_dictionary *members[TABLES_COLUMNS];
    size_t n = 0;
    uint64_t n_rows = 0;
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (; *text && *text != '\n'; n++) {
        const dk_dictionary *levels = NULL;
        dk_frequency frequency;
        size_t size = strcspn(text, ":"), type_size;
        char type[16];

        assert_true(n < TABLES_COLUMNS && size < sizeof names[n]);
        memcpy(names[n], text, size);
        names[n][size] = '\0';
        text += size + 1;
        type_size = strspn(text, "abcdefghijklmnopqrstuvwxyz");
        memcpy(type, text, type_size);
        type[type_size] = '\0';
        text += type_size;
        scales[n] = 0;
        is_set[n] = strcmp(type, "set") == 0;
        if (is_set[n]) {
            types[n] = DK_CATEGORY;
        } else if (dk_frequency_find(type, &frequency)) {
            types[n] = DK_PERIOD;
            scales[n] = (uint8_t)frequency;
        } else {
            assert_true(dk_type_find(type, &types[n]));
        }
        if (*text >= '0' && *text <= '9')
            scales[n] = (uint8_t)strtol(text, (char **)&text, 10);
        if (*text == '[')
            levels = tables_levels(context, text + 1);
        text += strcspn(text, " \n");
        text += *text == ' ';
        members[n] = is_set[n] ? levels : NULL;
        levels = is_set[n] ? NULL : levels;
        assert_ok(dk_builder_new(context, types[n], scales[n], levels, &builders[n], &err), &err);
        dk_dictionary_release(levels);
    }
    while (*text == '\n' && text[1]) {
        for (size_t i = 0; i < n; i++) {
            size_t size = strcspn(++text, "|\n");

            tables_cell(builders[i], types[i], scales[i], text, size);
            text += size;
        }
        n_rows++;
    }
    for (size_t i = 0; i < n; i++) {
        fields[i] = DK_FIELD(names[i], NULL);
        assert_ok(dk_builder_finish(builders[i], &fields[i].column, &err), &err);
        dk_builder_release(builders[i]);
        if (is_set[i])
            fields[i].column = tables_sets(fields[i].column, members[i]);
        dk_dictionary_release(members[i]);
    }
    assert_ok(dk_table_new(context, fields, n, n_rows, &table, &err), &err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    return table;
}

/* The rows of a table as lines; - is null, * a dimension that is totalled, [<5] a marker. Good until the next call. */
static inline const char *show_rows(const dk_table *table)
{
    static char text[1 << 16];
    const dk_column *margin = dk_table_margin(table);
    size_t used = 0;
    dk_error err = DK_ERROR_INIT;

    text[0] = '\0';
    for (uint64_t at = 0; at < dk_table_n_rows(table); at++) {
        dk_value mask = { .as.integer = 0 };

        if (margin)
            assert_ok(dk_column_get(margin, at, &mask, &err), &err);
        for (size_t i = 0; i < dk_table_n_columns(table); i++) {
            const dk_field *field = dk_table_field(table, i);
            dk_value value;

            assert_ok(dk_column_get(field->column, at, &value, &err), &err);
            used += (size_t)snprintf(text + used, sizeof text - used, "%s", i ? "|" : "");
            if (field->margin_bit >= 0 && mask.as.integer >> field->margin_bit & 1)
                used += (size_t)snprintf(text + used, sizeof text - used, "*");
            else if (value.is_null)
                used += (size_t)snprintf(text + used, sizeof text - used, "-");
            else
                used += dk_value_format(&value, text + used, sizeof text - used);
            if (value.type == DK_INTERVAL && value.as.interval.marker.size > 0)
                used += (size_t)snprintf(text + used, sizeof text - used, "[%.*s]",
                                         (int)value.as.interval.marker.size, value.as.interval.marker.bytes);
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "\n");
        assert_true(used + 512 < sizeof text);
    }
    return text;
}

/* A specification from lists that end in NULL. */
struct question {
    const char *by[17];
    const char *measures[16];
    const char *where;
    dk_margins margins;
    const char *const
        *sets[8]; /* each ends in NULL; margins say whether there are any, and the list ends in NULL */
    bool all_levels;
    const char *levels[4];
    const char *order[4];
    uint64_t limit;
    const char *rest;
};

static inline dk_status question_breakdown(dk_context *context, const struct question *question,
                                           const dk_breakdown **out, dk_error *err)
{
    dk_measure by[17], measures[16];
    dk_grouping_set sets[8];
    dk_breakdown_spec spec = { .name = "vraag", .by = by, .measures = measures, .where = question->where };

    for (; spec.n_by < 17 && question->by[spec.n_by]; spec.n_by++)
        by[spec.n_by] = (dk_measure){ question->by[spec.n_by], NULL, NULL };
    for (; question->measures[spec.n_measures]; spec.n_measures++)
        measures[spec.n_measures] = (dk_measure){ question->measures[spec.n_measures], NULL, NULL };
    while (spec.n_order < 4 && question->order[spec.n_order])
        spec.n_order++;
    spec.margins = question->margins;
    spec.sets = sets;
    for (; spec.n_sets < 8 && question->sets[spec.n_sets]; spec.n_sets++) {
        sets[spec.n_sets] = (dk_grouping_set){ question->sets[spec.n_sets], 0 };
        while (sets[spec.n_sets].by[sets[spec.n_sets].n_by])
            sets[spec.n_sets].n_by++;
    }
    spec.all_levels = question->all_levels;
    spec.levels = question->levels;
    while (spec.n_levels < 4 && question->levels[spec.n_levels])
        spec.n_levels++;
    spec.order = question->order;
    spec.limit = question->limit;
    spec.rest = question->rest;
    return dk_breakdown_new(context, &spec, out, err);
}

static inline dk_status ask_table(const struct question *question, const dk_table *table, const dk_params *params,
                                  const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = NULL;
    dk_status status = question_breakdown(dk_table_context(table), question, &breakdown, err);

    if (status == DK_OK)
        status = dk_breakdown_run(breakdown, table, params, out, err);
    dk_breakdown_release(breakdown);
    return status;
}

/* The answer must be these rows. */
static inline void assert_asked(const dk_table *table, const struct question *question, const char *expected)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask_table(question, table, NULL, &result, &err), &err);
    assert_string_equal(show_rows(result), expected);
    dk_table_release(result);
}

#define ASK(...) (&(const struct question){ __VA_ARGS__ })

/* Asks with the first allocation failing, then the second, and so on: nothing may be left behind. With one thread, so that
 * they come in one order. */
static inline void assert_ask_survives(const struct question *question, const dk_table *table)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    dk_set_threads(1);
    assert_survives_failing_memory(dk_table_context(table), ask_table(question, table, NULL, &result, &err), &err,
                                   result == NULL, dk_table_release(result));
}

/* Sets a property of a table, which is consumed. */
static inline const dk_table *with_weight(const dk_table *table, const char *weight)
{
    dk_properties properties = *dk_table_properties(table);
    const dk_table *weighted = NULL;
    dk_error err = DK_ERROR_INIT;

    properties.weight = weight;
    assert_ok(dk_table_with_properties(table, &properties, &weighted, &err), &err);
    dk_table_release(table);
    return weighted;
}

#endif
