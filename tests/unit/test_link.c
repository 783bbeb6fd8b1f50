/* test_link.c - the mark of the rows whose key occurs in another table. */
#include <dekking/join.h>

#include "tables.h"

#include "with_context.h"

static const char register_rows[] =
    "id:text gemeente:category\na|Arnhem\nb|Duiven\n-|Arnhem\nc|Zevenaar\na|Rheden\n";
static const char sonar_rows[] = "nummer:text profiel:boolean uren:integer\nc|true|1\na|false|2\nx|-|9\n-|true|0\n";

static dk_status link_rows(const char *as, const char *const *columns, size_t n, const dk_table **out,
                           dk_error *err)
{
    const dk_table *table = make_table(context, register_rows), *other = make_table(context, sonar_rows);
    const char *keys[] = { "id" }, *other_keys[] = { "nummer" };
    dk_status status =
        dk_table_link(table, other, keys, other_keys, 1, as, columns, n, DK_MULTIPLE_ERROR, out, err);

    dk_table_release(table);
    dk_table_release(other);
    return status;
}

static void the_mark_parts_the_rows_in_three(void **state)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const dk_table *linked = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_context_set_block_rows(context, blocks[i]);
        assert_ok(link_rows("in_sonar", NULL, 0, &linked, &err), &err);
        assert_string_equal(show_rows(linked),
                            "a|Arnhem|true\nb|Duiven|false\n-|Arnhem|-\nc|Zevenaar|true\na|Rheden|true\n");
        assert_string_equal(dk_table_field(linked, 2)->name, "in_sonar");
        dk_table_release(linked);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void the_note_counts_both_sides(void **state)
{
    const dk_table *linked = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(link_rows("in_sonar", NULL, 0, &linked, &err), &err);
    assert_int_equal(dk_table_n_notes(linked), 1);
    assert_string_equal(dk_table_note(linked, 0),
                        "3 of 5 rows matched; 1 has no key; 1 key of the other table matches no row");
    dk_table_release(linked);
}

static void columns_come_along_where_rows_match(void **state)
{
    const char *columns[] = { "uren", "profiel" };
    const dk_table *linked = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(link_rows("in_sonar", columns, 2, &linked, &err), &err);
    assert_string_equal(show_rows(linked), "a|Arnhem|true|2|false\nb|Duiven|false|-|-\n-|Arnhem|-|-|-\n"
                                           "c|Zevenaar|true|1|true\na|Rheden|true|2|false\n");
    dk_table_release(linked);
}

static void a_name_that_is_there_is_refused(void **state)
{
    const char *clash[] = { "gemeente" }, *twice[] = { "uren", "uren" }, *mark[] = { "uren" }, *none[] = { "urne" };
    const dk_table *linked = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(link_rows("gemeente", NULL, 0, &linked, &err), &err, DK_ERR_DUPLICATE, "column gemeente already");
    assert_fails(link_rows("uren", mark, 1, &linked, &err), &err, DK_ERR_DUPLICATE, "column uren already");
    assert_fails(link_rows("x", twice, 2, &linked, &err), &err, DK_ERR_DUPLICATE, "column uren already");
    assert_fails(link_rows("x", clash, 1, &linked, &err), &err, DK_ERR_NAME, "gemeente");
    assert_fails(link_rows("x", none, 1, &linked, &err), &err, DK_ERR_NAME, "uren");
    assert_null(linked);
}

static void a_key_twice_in_the_other_table_is_refused(void **state)
{
    const dk_table *table = make_table(context, "id:integer\n1\n"),
                   *other = make_table(context, "id:integer\n7\n1\n7\n");
    const dk_table *linked = NULL;
    const char *keys[] = { "id" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_link(table, other, keys, keys, 0, "x", NULL, 0, DK_MULTIPLE_ERROR, &linked, &err), &err,
                 DK_ERR_ARGUMENT, "link takes at least one key");
    assert_fails(dk_table_link(table, other, keys, keys, 1, "x", NULL, 0, DK_MULTIPLE_ERROR, &linked, &err), &err,
                 DK_ERR_DUPLICATE, "link: the key id is not unique in the other table: 7 in rows 1 and 3");
    assert_ok(dk_table_link(other, table, keys, keys, 1, "x", NULL, 0, DK_MULTIPLE_ERROR, &linked, &err), &err);
    assert_string_equal(show_rows(linked), "7|false\n1|true\n7|false\n");
    dk_table_release(linked);
    dk_table_release(table);
    dk_table_release(other);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *table = make_table(context, register_rows), *other = make_table(context, sonar_rows),
                   *linked = NULL;
    const char *keys[] = { "id" }, *other_keys[] = { "nummer" }, *columns[] = { "uren", "profiel" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(
        context,
        dk_table_link(table, other, keys, other_keys, 1, "in_sonar", columns, 2, DK_MULTIPLE_ERROR, &linked, &err),
        &err, linked == NULL, dk_table_release(linked));
    dk_set_threads(0);
    dk_table_release(table);
    dk_table_release(other);
}

/* A key of the other table that occurs twice marks as one does; whose columns are taken is said. */
static void the_first_or_the_last_of_several_is_taken(void **state)
{
    static const struct {
        dk_multiple multiple;
        const char *rows;
    } cases[] = { { DK_MULTIPLE_FIRST, "a|true|1\nb|false|-\n-|-|-\nc|true|3\n" },
                  { DK_MULTIPLE_LAST, "a|true|4\nb|false|-\n-|-|-\nc|true|3\n" } };
    const dk_table *table = make_table(context, "k:text\na\nb\n-\nc\n"), *linked = NULL;
    const dk_table *other = make_table(context, "k:category n:integer\na|1\n-|2\nc|3\na|4\nz|5\nz|6\n");
    const char *keys[] = { "k" }, *columns[] = { "n" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_ok(
            dk_table_link(table, other, keys, keys, 1, "is_there", columns, 1, cases[i].multiple, &linked, &err),
            &err);
        assert_string_equal(show_rows(linked), cases[i].rows);
        assert_string_equal(dk_table_note(linked, 0),
                            "2 of 4 rows matched; 1 has no key; 1 key of the other table matches no row");
        dk_table_release(linked);
        linked = NULL;
    }
    assert_fails(
        dk_table_link(table, other, keys, keys, 1, "is_there", columns, 1, DK_MULTIPLE_ERROR, &linked, &err), &err,
        DK_ERR_DUPLICATE, "a in rows 1 and 4; z in rows 5 and 6");
    assert_fails(dk_table_link(table, other, keys, keys, 1, "is_there", columns, 1, DK_MULTIPLE_ALL, &linked, &err),
                 &err, DK_ERR_ARGUMENT, "link makes no row twice");
    assert_null(linked);
    dk_set_threads(1);
    assert_survives_failing_memory(
        context,
        dk_table_link(table, other, keys, keys, 1, "is_there", columns, 1, DK_MULTIPLE_LAST, &linked, &err), &err,
        linked == NULL, dk_table_release(linked));
    dk_set_threads(0);
    dk_table_release(table);
    dk_table_release(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_or_the_last_of_several_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_mark_parts_the_rows_in_three, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_note_counts_both_sides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_come_along_where_rows_match, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_that_is_there_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_twice_in_the_other_table_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
