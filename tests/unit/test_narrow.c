/* test_narrow.c - levels that no row has are left out: of rows that were chosen, of sets, of members of a hierarchy. */
#include "tables.h"

#include "data/chunk.h"
#include "data/column_parts.h"
#include "data/narrow.h"

#include "with_context.h"

#include "hierarchies.h"

/* The first column of a table of which `n` rows from `first` on are left. */
static const dk_column *left_of(const char *text, uint64_t first, uint64_t n)
{
    const dk_table *table = make_table(context, text), *rows = NULL;
    const dk_column *column;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_slice(table, first, n, &rows, &err), &err);
    column = dk_column_retain(dk_table_field(rows, 0)->column);
    dk_table_release(rows);
    dk_table_release(table);
    return column;
}

/* The levels in the order of their codes, labels behind a "~", with commas in between. Good until the next call. */
static const char *show_levels(const dk_dictionary *levels)
{
    static char shown[256];
    size_t used = 0;

    shown[0] = '\0';
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(levels); code++) {
        dk_text level = dk_dictionary_level(levels, code), label;

        used += (size_t)snprintf(shown + used, sizeof shown - used, "%s%.*s", code > 1 ? "," : "", (int)level.size,
                                 level.bytes);
        if (dk_dictionary_label(levels, code, &label))
            used += (size_t)snprintf(shown + used, sizeof shown - used, "~%s", label.bytes);
    }
    return shown;
}

static const dk_column *narrowed(const dk_column *column, const char *rows, const char *levels)
{
    const dk_column *out = NULL;
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_survives_failing_memory(context, dki_column_narrow(column, &out, &err), &err, out == NULL,
                                   dk_column_release(out));
    assert_ok(dki_column_narrow(column, &out, &err), &err);
    assert_string_equal(show_levels(dk_column_levels(out)), levels);
    assert_ok(dk_table_new(context, &DK_FIELD("c", out), 1, dk_column_n_rows(out), &table, &err), &err);
    assert_string_equal(show_rows(table), rows);
    dk_table_release(table);
    dk_column_release(column);
    return out;
}

static void levels_without_rows_are_left_out(void **state)
{
    const char *text = "p:category\nC\nA\n-\nD\nB\nA\n";

    (void)state;
    dk_column_release(narrowed(left_of(text, 0, 6), "C\nA\n-\nD\nB\nA\n", "C,A,D,B"));
    dk_column_release(narrowed(left_of(text, 3, 3), "D\nB\nA\n", "A,D,B"));
    dk_column_release(narrowed(left_of(text, 2, 2), "-\nD\n", "D"));
    dk_column_release(narrowed(left_of(text, 2, 1), "-\n", ""));
    dk_column_release(narrowed(left_of(text, 0, 0), "", ""));
}

/* Rows of one level stay one chunk, however many they are. */
static void constants_stay_constants(void **state)
{
    const dk_column *levels = left_of("p:category\nC\nA\nB\n", 0, 3), *parts[3], *all = NULL, *out = NULL;
    const char *const texts[] = { "B", "C" };
    const uint64_t n = UINT64_C(3000000000);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        dk_value value = { .type = DK_CATEGORY, .is_null = i == 2 };

        if (i < 2)
            value.as.text = (dk_text){ texts[i], 1 };
        assert_ok(dki_column_constant(context, &value, dk_column_levels(levels), n, &parts[i], &err), &err);
    }
    assert_ok(dki_column_concat(context, DK_CATEGORY, 0, dk_column_levels(levels), parts, 3, &all, &err), &err);
    assert_ok(dki_column_narrow(all, &out, &err), &err);
    assert_string_equal(show_levels(dk_column_levels(out)), "C,B");
    assert_int_equal(out->n_parts, 3);
    for (size_t i = 0; i < 3; i++) {
        dk_value value;

        assert_ok(dk_column_get(out, i * n + n / 2, &value, &err), &err);
        assert_int_equal(value.is_null, i == 2);
        if (i < 2)
            assert_int_equal(*value.as.text.bytes, *texts[i]);
        dk_column_release(parts[i]);
    }
    assert_int_equal(dk_column_n_nulls(out), n);
    dk_column_release(out);
    dk_column_release(all);
    dk_column_release(levels);
}

/* Labels that came along when rows were appended. */
static void labels_go_along(void **state)
{
    const dk_column *column = left_of("p:category\nC\nA\nB\n", 0, 2), *labelled = NULL;
    dk_text labels[3] = { { "cee", 3 }, { NULL, 0 }, { "bee", 3 } };
    dk_dictionary *levels = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_dictionary_with_labels(dk_column_levels(column), labels, &levels, &err), &err);
    assert_ok(dki_column_with_levels(column, levels, &labelled, &err), &err);
    dk_dictionary_release(levels);
    dk_column_release(column);
    dk_column_release(narrowed(labelled, "C\nA\n", "C~cee,A"));
}

static void sets_lose_members_that_none_has(void **state)
{
    const dk_column *column = narrowed(left_of("v:set\na+b\nd+c\nb\nb+d\n", 2, 2), "b\nb|d\n", "b,b|d");

    (void)state;
    assert_string_equal(show_levels(dk_dictionary_members(dk_column_levels(column))), "b,d");
    dk_column_release(column);
    column = narrowed(left_of("v:set[d,c,b,a]\na+b\nb\nb+d\n", 1, 1), "b\n", "b");
    assert_string_equal(show_levels(dk_dictionary_members(dk_column_levels(column))), "d,c,b,a");
    dk_column_release(column);
}

static void labels_of_members_go_along(void **state)
{
    const dk_column *column = left_of("v:set\na+b\nc\nb\n", 2, 1), *labelled = NULL;
    dk_text labels[3] = { { "aa", 2 }, { "bee", 3 }, { NULL, 0 } };
    dk_dictionary *members = NULL, *sets = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_dictionary_with_labels(dk_dictionary_members(dk_column_levels(column)), labels, &members, &err),
              &err);
    assert_ok(dk_dictionary_of_sets(dk_column_levels(column), members, &sets, &err), &err);
    assert_ok(dki_column_with_levels(column, sets, &labelled, &err), &err);
    dk_dictionary_release(sets);
    dk_dictionary_release(members);
    dk_column_release(column);
    column = narrowed(labelled, "b\n", "b");
    assert_string_equal(show_levels(dk_dictionary_members(dk_column_levels(column))), "b~bee");
    dk_column_release(column);
}

static void members_of_a_hierarchy_stay(void **state)
{
    const dk_hierarchy *geo = wide("g:category r:category\nArnhem|M\nDuiven|M\nEde|R\n", 2, false, NULL);
    const dk_table *table = make_table(context, "g:category\nArnhem\nDuiven\nElders\nOveral\n"), *used = NULL,
                   *rows = NULL;
    const dk_column *column;
    size_t level;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(table, geo, NULL, &used, &err), &err);
    assert_ok(dk_table_slice(used, 2, 1, &rows, &err), &err);
    column = narrowed(dk_column_retain(dk_table_field(rows, 0)->column), "Elders\n", "Arnhem,Duiven,Elders,Ede");
    assert_ptr_equal(dk_dictionary_hierarchy(dk_column_levels(column), &level), geo);
    assert_int_equal(level, 0);
    dk_column_release(column);
    dk_table_release(rows);
    dk_table_release(used);
    dk_table_release(table);
    dk_hierarchy_release(geo);
}

static void what_was_stated_stays_and_what_has_nothing_to_lose_is_shared(void **state)
{
    static const struct {
        const char *text;
        uint64_t n_rows;
    } cases[] = { { "p:category\nC\nA\n", 2 },
                  { "n:integer\n1\n", 1 },
                  { "t:text\na\n", 1 },
                  { "v:set\na+b\n", 1 },
                  { "p:category[b,a,c]\na\nb\n", 1 },
                  { "p:category[1~ja,2~nee]\n2\n", 1 } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_column *column = left_of(cases[i].text, 0, cases[i].n_rows), *out = NULL;

        assert_ok(dki_column_narrow(column, &out, &err), &err);
        assert_ptr_equal(out, column);
        dk_column_release(out);
        dk_column_release(column);
    }
}

static void it_can_be_interrupted(void **state)
{
    const dk_column *column = left_of("p:category\nC\nA\nB\n", 0, 2), *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dki_column_narrow(column, &out, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(out);
    dk_column_release(column);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(levels_without_rows_are_left_out),
        TEST(constants_stay_constants),
        TEST(labels_go_along),
        TEST(sets_lose_members_that_none_has),
        TEST(labels_of_members_go_along),
        TEST(members_of_a_hierarchy_stay),
        TEST(what_was_stated_stays_and_what_has_nothing_to_lose_is_shared),
        TEST(it_can_be_interrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
