/* test_snapshot_children.c - intervals and rates in snapshots: what they are made of comes back, and is appended to. */
#include "tables.h"

#include <dekking/fingerprint.h>
#include <dekking/sort.h>

#include "data/chunk.h"
#include "snapshots.h"

#define FIGURES                            \
    "g:category n:interval m:interval1\n"  \
    "Arnhem|115..125|1.5..2.5\n"           \
    "Duiven|0..4~<5~suppressed|0.0..0.5\n" \
    "Doesburg|~.~unavailable|3.0\n"        \
    "Rheden|~-~impossible|..2.0\n"         \
    "Rozendaal|0|-\n"

static void intervals_come_back(void **state)
{
    const dk_table *table = make_table(context, FIGURES), *opened;
    dk_snapshot_options options = { .compress = true };
    char before[DK_FINGERPRINT_SIZE], after[DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int k = 0; k < 2; k++) {
        assert_ok(dk_snapshot_save(table, snapshot_path, k ? &options : NULL, &err), &err);
        opened = open_table(snapshot_path);
        assert_same_table(opened, table);
        assert_string_equal(show_rows(opened), "Arnhem|115..125|1.5..2.5\nDuiven|0..4[<5]|0.0..0.5\n"
                                               "Doesburg|-[.]|3.0\nRheden|-[-]|..2.0\nRozendaal|0|-\n");
        assert_ok(dk_table_fingerprint(table, before, &err), &err);
        assert_ok(dk_table_fingerprint(opened, after, &err), &err);
        assert_string_equal(before, after);
        dk_table_release(opened);
    }
    dk_table_release(table);
}

/* The same bounds by another marker, and other bounds by the same, are other tables. */
static void fingerprints_tell_bounds_and_markers_apart(void **state)
{
    static const char *const rows[] = { "n:interval\n0..4\n",
                                        "n:interval\n0..4~x~suppressed\n",
                                        "n:interval\n0..4~<5~suppressed\n",
                                        "n:interval\n0..5~<5~suppressed\n",
                                        "n:interval\n~.~unavailable\n",
                                        "n:interval\n~-~impossible\n" };
    char prints[6][DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        const dk_table *table = make_table(context, rows[i]);

        assert_ok(dk_table_fingerprint(table, prints[i], &err), &err);
        dk_table_release(table);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(prints[k], prints[i]);
    }
}

/* Saves a table of the first text, appends one of the second, and checks the rows or the message. */
static void check_append(const char *first, const char *second, const char *rows, const char *message)
{
    const dk_table *table = make_table(context, first), *delivery = make_table(context, second);
    dk_error err = DK_ERROR_INIT;
    dk_status status;

    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    status = dk_snapshot_append(delivery, snapshot_path, NULL, &err);
    if (rows) {
        const dk_table *opened;

        assert_ok(status, &err);
        opened = open_table(snapshot_path);
        assert_string_equal(show_rows(opened), rows);
        dk_table_release(opened);
    } else {
        assert_non_null(strstr(err.message, message));
    }
    dk_table_release(delivery);
    dk_table_release(table);
}

static void deliveries_are_appended(void **state)
{
    (void)state;
    check_append("n:interval\n0..4~<5~suppressed\n7\n", "n:interval\n3..~x~suppressed\n0..4~<5~suppressed\n",
                 "0..4[<5]\n7\n3..[x]\n0..4[<5]\n", NULL);
    check_append("n:interval1\n0.0..4.5\n", "n:integer\n7\n-\n", "0.0..4.5\n7.0\n-\n", NULL);
    check_append("n:interval\n0..4\n", "n:interval1\n7.0\n", "0..4\n7\n", NULL);
    check_append("n:interval\n0..4\n", "n:interval1\n7.5\n", NULL, "n, row 1: 7.5 does not fit");
    check_append("n:interval\n0..4~x~suppressed\n", "n:interval\n~x~unavailable\n", NULL,
                 "n: the code \"x\" is \"unavailable\", and the snapshot has \"suppressed\" for it");
    check_append("n:interval\n0..4\n", "n:text\nx\n", NULL, "n is text, and the snapshot has interval there");
    check_append("n:integer\n4\n", "n:interval\n0..4\n", NULL, "n is interval, and the snapshot has integer there");
}

static const dk_table *with_rate(const char *text)
{
    const dk_table *table = make_table(context, text), *made = NULL;
    dk_field field = DK_FIELD("r", NULL);
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_rate_new(dk_table_field(table, 0)->column, dk_table_field(table, 1)->column, &field.column, &err),
              &err);
    assert_ok(dk_table_new(context, &field, 1, dk_table_n_rows(table), &made, &err), &err);
    dk_column_release(field.column);
    dk_table_release(table);
    return made;
}

static void rates_keep_both_parts(void **state)
{
    const dk_table *rates = with_rate("s:integer n:integer\n5682|7676\n-|3\n"),
                   *more = with_rate("s:decimal1 n:decimal1\n2.0|4.0\n");
    const dk_table *plain = make_table(context, "r:ratio\n1/2\n"), *opened;
    char before[DK_FINGERPRINT_SIZE], after[DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    (void)state;
    assert_ok(dk_snapshot_save(rates, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_same_table(opened, rates);
    dk_table_release(opened);
    assert_ok(dk_snapshot_append(more, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_string_equal(show_rows(opened), "2841/3838\n-\n1/2\n");
    assert_ok(
        dk_column_get(dk_column_child(dk_table_field(opened, 0)->column, DK_CHILD_DENOMINATOR), 2, &value, &err),
        &err);
    assert_int_equal(value.as.integer, 4);
    dk_table_release(opened);
    assert_fails(dk_snapshot_append(plain, snapshot_path, NULL, &err), &err, DK_ERR_TYPE,
                 "r is a ratio, and the snapshot has its numerators and denominators, too");
    assert_ok(dk_table_fingerprint(plain, before, &err), &err);
    assert_ok(dk_table_fingerprint(more, after, &err), &err);
    assert_string_not_equal(before, after);
    assert_ok(dk_snapshot_save(plain, snapshot_path, NULL, &err), &err);
    assert_ok(dk_snapshot_append(rates, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_string_equal(show_rows(opened), "1/2\n2841/3838\n-\n");
    dk_table_release(opened);
    dk_table_release(plain);
    dk_table_release(more);
    dk_table_release(rates);
}

static void rows_are_put_in_order_and_keys_refused(void **state)
{
    static const dk_sort_key up[] = { { "n", false } }, down[] = { { "n", true } };
    static const char *const key[] = { "n" };
    const dk_table *table = make_table(context, "n:interval\n5..9\n-\n5..\n..3\n5..9~x~suppressed\n4\n"),
                   *sorted = NULL;
    const dk_table *known = make_table(context, "n:interval\n1\n2\n");
    dk_properties properties = *dk_table_properties(known);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_sort(table, up, 1, &sorted, &err), &err);
    assert_string_equal(show_rows(sorted), "..3\n4\n5..9\n5..9[x]\n5..\n-\n");
    dk_table_release(sorted);
    assert_ok(dk_table_sort(table, down, 1, &sorted, &err), &err);
    assert_string_equal(show_rows(sorted), "5..\n5..9\n5..9[x]\n4\n..3\n-\n");
    dk_table_release(sorted);
    sorted = NULL;
    properties.key = key;
    properties.n_key = 1;
    assert_fails(dk_table_with_properties(known, &properties, &sorted, &err), &err, DK_ERR_TYPE,
                 "n is known in bounds only, and a key tells rows apart (name a column whose values are known, "
                 "such as a code)");
    assert_fails(ask_table(ASK(.by = { "n" }, .measures = { "k = count()" }), table, NULL, &sorted, &err), &err,
                 DK_ERR_TYPE, "this is known in bounds only, which tell no groups apart");
    assert_null(sorted);
    dk_table_release(known);
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    static const dk_sort_key up[] = { { "n", false } };
    const dk_table *table = make_table(context, FIGURES), *opened = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_snapshot_save(table, snapshot_path, NULL, &err), &err,
                                   access(snapshot_path, F_OK) != 0, (void)0);
    assert_made_despite_failing_memory(context, dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err,
                                       opened, dk_table_release);
    dk_table_release(opened);
    opened = NULL;
    assert_survives_failing_memory(context, dk_table_sort(table, up, 1, &opened, &err), &err, opened == NULL,
                                   (void)0);
    dk_table_release(opened);
    assert_survives_failing_memory(context, dk_snapshot_append(table, snapshot_path, NULL, &err), &err, true,
                                   (void)0);
    dk_set_threads(0);
    dk_table_release(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(intervals_come_back),
        TEST(fingerprints_tell_bounds_and_markers_apart),
        TEST(deliveries_are_appended),
        TEST(rates_keep_both_parts),
        TEST(rows_are_put_in_order_and_keys_refused),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
