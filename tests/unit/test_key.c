/* test_key.c - a key tells all rows apart, or the rows that it does not are named; and it goes along only where it is true. */
#include "columns.h"
#include "tables.h"

static dk_context *context;

static int set_up(void **state)
{
    (void)state;
    return dk_context_new(&context, NULL) == DK_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    size_t left = dk_context_used_bytes(context);

    (void)state;
    dk_context_release(context);
    return left != 0;
}

static dk_status with_key(const dk_table *table, const char *const *key, size_t n_key, const dk_table **out,
                          dk_error *err)
{
    dk_properties properties = *dk_table_properties(table);

    properties.key = key;
    properties.n_key = n_key;
    return dk_table_with_properties(table, &properties, out, err);
}

static void a_repeated_key_names_its_rows(void **state)
{
    static const struct {
        const char *table, *says;
    } cases[] = {
        { "k:text\nA12\nB\nC\nA12\nB\n", "the key k is not unique: \"A12\" stands in rows 1 and 4 (leave one of "
                                         "them out, or name more columns that tell them apart)" },
        { "k:category\nA\nB\nB\n", "\"B\" stands in rows 2 and 3" },
        { "k:integer\n5\n-5\n0\n-5\n", "\"-5\" stands in rows 2 and 4" },
        { "k:decimal1\n0.5\n0.5\n", "\"0.5\" stands in rows 1 and 2" },
        { "k:real\n0.5\n0.5\n", "rows 1 and 2" },
        { "k:ratio\n1/2\n2/4\n", "\"1/2\" stands in rows 1 and 2" },
        { "k:date\n2024-01-01\n2024-01-02\n2024-01-01\n", "\"2024-01-01\" stands in rows 1 and 3" },
        { "k:boolean\ntrue\nfalse\ntrue\n", "rows 1 and 3" },
        { "k:timestamp\n2024-01-01T10:00\n2024-01-01T10:00\n", "rows 1 and 2" },
    };
    static const char *const key[] = { "k" };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *table = make_table(context, cases[i].table), *out = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_fails(with_key(table, key, 1, &out, &err), &err, DK_ERR_DUPLICATE, cases[i].says);
        assert_null(out);
        dk_table_release(table);
    }
}

static void several_columns_make_a_key(void **state)
{
    static const char *const both[] = { "g", "m" }, *const twice[] = { "g", "g" }, *const unknown[] = { "x" };
    const dk_table *table = make_table(context, "g:category m:integer n:integer\nA|1|-\nA|2|5\nB|1|5\nB|2|5\n");
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(with_key(table, both, 1, &out, &err), &err, DK_ERR_DUPLICATE, "the key g is not unique");
    assert_fails(with_key(table, twice, 2, &out, &err), &err, DK_ERR_DUPLICATE, "the key names the column g twice");
    assert_fails(with_key(table, unknown, 1, &out, &err), &err, DK_ERR_NAME, "unknown column \"x\"");
    assert_fails(with_key(table, (const char *const[]){ "n" }, 1, &out, &err), &err, DK_ERR_RANGE,
                 "the key n is null in 1 row (leave those rows out: where \"n is not null\")");
    assert_ok(with_key(table, both, 2, &out, &err), &err);
    assert_int_equal(dk_table_properties(out)->n_key, 2);
    dk_table_release(out);
    dk_table_release(table);
}

/* Many rows, many parts: the first repeated row is found whatever the threads; and none where there is none. */
static void many_rows_are_looked_at(void **state)
{
    const size_t n = 700000;
    static const char *const key[] = { "k" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        for (int repeated = 0; repeated < 2; repeated++) {
            row *rows = random_rows(n, 1, 0);
            const dk_column *column;
            const dk_table *table = NULL, *out = NULL;
            dk_field field;

            for (size_t i = 0; i < n; i++)
                rows[i].seed = (int64_t)(i * 48271 % 2147483647);
            if (repeated) {
                rows[699999].seed = rows[3].seed;
                rows[600000].seed = rows[599999].seed;
                rows[650000].seed = rows[10].seed;
            }
            column = column_of(context, DK_INTEGER, 0, rows, n);
            field = DK_FIELD("k", column);
            assert_ok(dk_table_new(context, &field, 1, n, &table, &err), &err);
            dk_set_threads(threads);
            if (repeated)
                assert_fails(with_key(table, key, 1, &out, &err), &err, DK_ERR_DUPLICATE, "rows 600000 and 600001");
            else
                assert_ok(with_key(table, key, 1, &out, &err), &err);
            dk_set_threads(0);
            dk_table_release(out);
            dk_table_release(table);
            dk_column_release(column);
            free(rows);
        }
    }
}

static size_t n_key(const dk_table *table)
{
    return dk_table_properties(table)->n_key;
}

/* A table made of one with a key says that it has it only where that is true. */
static void a_key_goes_along_where_it_holds(void **state)
{
    static const char *const key[] = { "k", "m" }, *const some[] = { "k", "n" }, *const new_names[] = { "x" };
    const uint64_t shuffled[] = { 2, 0 }, repeated[] = { 2, 0, 2 };
    const dk_table *table = make_table(context, "k:integer m:integer n:integer\n1|1|3\n1|2|2\n2|1|1\n"),
                   *keyed = NULL;
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_field other = *dk_table_field(table, 2), same = *dk_table_field(table, 0);

    (void)state;
    assert_ok(with_key(table, key, 2, &keyed, &err), &err);
    assert_ok(dk_table_select(keyed, some, 2, &made, &err), &err);
    assert_int_equal(n_key(made), 0);
    dk_table_release(made);
    assert_ok(dk_table_drop(keyed, some + 1, 1, &made, &err), &err);
    assert_int_equal(n_key(made), 2);
    dk_table_release(made);
    assert_ok(dk_table_rename(keyed, key, new_names, 1, &made, &err), &err);
    assert_string_equal(dk_table_properties(made)->key[0], "x");
    assert_string_equal(dk_table_properties(made)->key[1], "m");
    dk_table_release(made);
    other.name = "k"; /* another column in the key's place */
    assert_ok(dk_table_with(keyed, &other, 1, &made, &err), &err);
    assert_int_equal(n_key(made), 0);
    dk_table_release(made);
    same.label = "Sleutel"; /* the same with a label */
    assert_ok(dk_table_with(keyed, &same, 1, &made, &err), &err);
    assert_int_equal(n_key(made), 2);
    dk_table_release(made);
    assert_ok(dk_table_gather(keyed, shuffled, 2, &made, &err), &err);
    assert_int_equal(n_key(made), 2);
    dk_table_release(made);
    assert_ok(dk_table_gather(keyed, repeated, 3, &made, &err), &err);
    assert_int_equal(n_key(made), 0);
    dk_table_release(made);
    assert_ok(dk_table_slice(keyed, 1, 2, &made, &err), &err);
    assert_int_equal(n_key(made), 2);
    dk_table_release(made);
    assert_ok(dk_table_with_margin(keyed, dk_table_field(keyed, 0)->column, &made, &err), &err);
    assert_int_equal(n_key(made), 0);
    assert_fails(with_key(made, key, 2, &(const dk_table *){ NULL }, &err), &err, DK_ERR_MARGIN,
                 "a table with totals has no key (detail() leaves them out)");
    dk_table_release(made);
    dk_table_release(keyed);
    dk_table_release(table);
}

static void days_are_days(void **state)
{
    static const char *const wrong[] = { "", "2024", "2024-13-01", "31-12-2024", "2024-12-31T00:00", "2024-1-1" };
    const dk_table *table = make_table(context, "k:integer\n1\n"), *made = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_properties properties = { .as_of = "2024-02-29", .published = "2025-01-15" };

    (void)state;
    assert_ok(dk_table_with_properties(table, &properties, &made, &err), &err);
    assert_string_equal(dk_table_properties(made)->as_of, "2024-02-29");
    assert_string_equal(dk_table_properties(made)->published, "2025-01-15");
    dk_table_release(made);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        properties = (dk_properties){ .as_of = wrong[i] };
        assert_fails(dk_table_with_properties(table, &properties, &made, &err), &err, DK_ERR_ARGUMENT,
                     "as_of is a day such as 2024-12-31, and \"");
        properties = (dk_properties){ .published = wrong[i] };
        assert_fails(dk_table_with_properties(table, &properties, &made, &err), &err, DK_ERR_ARGUMENT,
                     "published is a day");
    }
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    static const char *const key[] = { "k", "m" }, *const new_names[] = { "x", "y" };
    const uint64_t rows[] = { 1, 0 };
    const dk_table *table = make_table(context, "k:integer m:text\n1|a\n2|b\n"), *keyed = NULL, *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, with_key(table, key, 2, &keyed, &err), &err, keyed == NULL, (void)0);
    assert_survives_failing_memory(context, dk_table_rename(keyed, key, new_names, 2, &made, &err), &err,
                                   made == NULL, (dk_table_release(made), made = NULL));
    assert_survives_failing_memory(context, dk_table_gather(keyed, rows, 2, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    dk_set_threads(0);
    dk_table_release(keyed);
    dk_table_release(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_repeated_key_names_its_rows),
        TEST(several_columns_make_a_key),
        TEST(many_rows_are_looked_at),
        TEST(a_key_goes_along_where_it_holds),
        TEST(days_are_days),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
