/* test_bounds.c - fields that are numbers in bounds: markers, rounded numbers, 115..125, in CSV files. */
#include "tables.h"

#include <dekking/csv.h>

#include "both_paths.h"
#include "random.h"
#include "with_context.h"

#define MARKER(text, ...)                                \
    {                                                    \
        .marker = { text, sizeof text - 1 }, __VA_ARGS__ \
    }

static const dk_interval markers[] = {
    MARKER("x", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_SUPPRESSED),
    MARKER("<5", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_SUPPRESSED),
    MARKER("<0,5", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_SUPPRESSED),
    MARKER("s", .least = 3, .greatest = 9, .meaning = DK_MEANS_SUPPRESSED),
    MARKER(".", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_UNAVAILABLE),
    MARKER("NA", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_IMPOSSIBLE),
    MARKER("few", .least = 1, .greatest = 2),
};

/* Reads one column n of intervals by both paths, and checks the rows or the message. */
static void check_read(const char *fields, const dk_bounds_rule *rule, const dk_csv_column *like, const char *rows,
                       const char *message)
{
    dk_csv_column column = like ? *like : (dk_csv_column){ .type = DK_INTERVAL };
    dk_csv_options options = {
        .delimiter = ';', .columns = &column, .n_columns = 1, .decimal_mark = DK_MARK_COMMA
    };
    char text[1024];

    column.name = "n";
    column.bounds = rule;
    (void)snprintf(text, sizeof text, "k;n\n%s", fields);
    for (int plainly = 0; plainly < 2; plainly++) {
        both_reading made;
        const dk_table *picked = NULL;

        both_read(context, text, strlen(text), &options, plainly, &made);
        if (rows) {
            dk_error err = DK_ERROR_INIT;

            assert_ok(made.status, &made.err);
            assert_ok(dk_table_select(made.table, (const char *const[]){ "n" }, 1, &picked, &err), &err);
            assert_string_equal(show_rows(picked), rows);
            dk_table_release(picked);
        } else {
            assert_int_not_equal(made.status, DK_OK);
            if (strstr(made.err.message, message) == NULL)
                fail_msg("%s", made.err.message);
        }
        both_drop(&made);
    }
}

static void markers_have_the_meaning_that_was_stated(void **state)
{
    const dk_bounds_rule rule = { .markers = markers, .n_markers = sizeof markers / sizeof *markers };

    (void)state;
    check_read("a;x\nb;<5\nc;s\nd;.\ne;NA\nf;few\ng;\nh;7\n", &rule, NULL,
               "0..[x]\n0..4[<5]\n3..9[s]\n-[.]\n-[NA]\n1..2\n-\n7\n", NULL);
    check_read("a;<5\nb;0\n", &rule, NULL, "1..4[<5]\n0\n", NULL);
    check_read("a;<5\nb;1.758,5\n", &rule, NULL, "0.0..4.9[<5]\n1758.5\n", NULL);
    check_read("a;<5\nb;12,50\nc;0,00\n", &rule, NULL, "0.01..4.99[<5]\n12.50\n0.00\n", NULL);
    check_read("a;<0,5\nb;<5\nc;12\n", &rule, NULL, "0.0..0.4[<0,5]\n0.0..4.0[<5]\n12.0\n", NULL);
    check_read("a;<5\nb;12\n", &rule, &(dk_csv_column){ .type = DK_INTERVAL, .has_scale = true, .scale = 1 },
               "0.0..4.9[<5]\n12.0\n", NULL);
    check_read("a;y\n", &rule, NULL, NULL, "\"y\" in column \"n\" is no number in bounds");
    check_read("a;x\n", NULL, NULL, NULL, "\"x\" in column \"n\" is no number in bounds");
    check_read("a;5 %\n", NULL, NULL, NULL, "\"5 %\" in column \"n\" is no number in bounds");
}

static void bounds_are_read_as_they_are_written(void **state)
{
    (void)state;
    check_read("a;115..125\nb;3..\nc;..4\nd;~336,4\ne;-2..2,5\n", NULL, NULL,
               "115.0..125.0\n3.0..\n..4.0\n336.4[~]\n-2.0..2.5\n", NULL);
    check_read("a;5..4\n", NULL, NULL, NULL, "\"5..4\" in column \"n\" is no number in bounds");
    check_read("a;..\nb;\n", NULL, NULL, "..\n-\n", NULL); /* a number of which nothing is known, and none */
    check_read("a;~..\n", NULL, NULL, NULL, "\"~..\" in column \"n\" is no number in bounds");
    check_read("a;1.5\n", NULL, NULL, NULL, "\"1.5\" in column \"n\" is no number in bounds with a decimal comma");
    check_read("a;1,25\n", NULL, &(dk_csv_column){ .type = DK_INTERVAL, .has_scale = true, .scale = 1 }, NULL,
               "more digits than the 1 that are stated");
    check_read("a;1\n", NULL, &(dk_csv_column){ .type = DK_INTERVAL, .has_scale = true, .scale = 2 }, "1.00\n",
               NULL);
    check_read("a;99999999999999999999\n", NULL, NULL, NULL, "does not fit");
}

static void bounds_behind_a_marker_are_those_of_the_row(void **state)
{
    const dk_bounds_rule rule = { .markers = markers, .n_markers = sizeof markers / sizeof *markers };

    (void)state;
    check_read("a;x (2..9)\nb;<5 (1..3)\nc;s (..4,5)\nd;<0,5 (0,25..0,3)\ne;x\n", &rule, NULL,
               "2.00..9.00[x]\n1.00..3.00[<5]\n..4.50[s]\n0.25..0.30[<0,5]\n0.00..[x]\n", NULL);
    check_read("a;x (-4..4)\nb;-3\n", &rule, NULL, "-4..4[x]\n-3\n", NULL);
    check_read("a;y (1..4)\n", &rule, NULL, NULL, "\"y (1..4)\" in column \"n\" is no number in bounds");
    check_read("a;. (1..4)\n", &rule, NULL, NULL, "\". (1..4)\" in column \"n\" is no number in bounds");
    check_read("a;few (1..2)\n", &rule, NULL, NULL, "\"few (1..2)\" in column \"n\" is no number in bounds");
    check_read("a;x (99999999999999999999..)\n", &rule, NULL, NULL, "does not fit");
}

/* Both ends count; half of an odd step has a digit; what is below 0 is so only where others are. */
static void rounded_numbers_have_bounds(void **state)
{
    const dk_bounds_rule ten = { .rounded = 10, .markers = markers, .n_markers = 6 }, five = { .rounded = 5 };
    const dk_bounds_rule tenth = { .rounded = 1, .scale = 1 };

    (void)state;
    check_read("a;120\nb;0\nc;<5\nd;7..8\n", &ten, NULL, "115..125\n0..5\n0..4[<5]\n7..8\n", NULL);
    check_read("a;120\nb;0\nc;-10\n", &ten, NULL, "115..125\n-5..5\n-15..-5\n", NULL);
    check_read("a;120\n", &five, NULL, "117.5..122.5\n", NULL);
    check_read("a;0,3\nb;~0,3\n", &tenth, NULL, "0.25..0.35\n0.30[~]\n", NULL);
    check_read("a;9223372036854775807\n", &ten, NULL, NULL, "does not fit");
    check_read("a;120,0\nb;7..8\n", &ten, NULL, "115..125\n7..8\n", NULL);
    check_read("a;120\nb;123\n", &ten, NULL, NULL, "\"123\" in column \"n\" is not rounded as the others are");
    check_read("a;120\nb;120,5\n", &ten, NULL, NULL, "is not rounded as the others are");
    check_read("a;0,25\n", &tenth, NULL, NULL, "is not rounded as the others are");
}

/* What was rounded, or withheld below five, lies within what is read. */
static void true_values_lie_within(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(300); round++) {
        static const int64_t steps[] = { 0, 2, 3, 5, 10, 100, 1000 };
        const dk_bounds_rule rule = { .markers = markers, .n_markers = 2, .rounded = steps[random_below(7)] };
        dk_csv_column column = { .name = "n", .type = DK_INTERVAL, .bounds = &rule };
        dk_csv_options options = {
            .delimiter = ';', .columns = &column, .n_columns = 1, .header = DK_HEADER_FIRST
        };
        int64_t truth[40];
        char text[2000] = "k;n\n";
        size_t n = 1 + random_below(40);
        both_reading made;

        for (size_t i = 0; i < n; i++) {
            int64_t step = rule.rounded ? rule.rounded : 1;

            truth[i] = (int64_t)random_below(random_below(2) ? 8 : 3000);
            if (truth[i] > 0 && truth[i] < 5)
                strcat(text, random_below(5) ? "a;<5\n" : "a;x\n");
            else
                sprintf(text + strlen(text), "a;%lld\n", (long long)((truth[i] + step / 2) / step * step));
        }
        both_read(context, text, strlen(text), &options, random_below(2), &made);
        assert_ok(made.status, &made.err);
        for (size_t i = 0; i < n; i++) {
            dk_value value;

            assert_ok(dk_column_get(dk_table_field(made.table, 1)->column, i, &value, &made.err), &made.err);
            assert_true(value.as.interval.no_least ||
                        value.as.interval.least <= truth[i] * dki_power10[value.scale]);
            assert_true(value.as.interval.no_greatest ||
                        value.as.interval.greatest >= truth[i] * dki_power10[value.scale]);
        }
        both_drop(&made);
    }
}

static void rows_that_do_not_fit_can_be_left_out(void **state)
{
    dk_csv_column column = { .name = "n", .type = DK_INTERVAL };
    dk_csv_options options = { .delimiter = ';', .columns = &column, .n_columns = 1, .lenient = true };
    static const char text[] = "k;n\na;1\nb;x\nc;2..3\n";

    (void)state;
    for (int plainly = 0; plainly < 2; plainly++) {
        both_reading made;

        both_read(context, text, strlen(text), &options, plainly, &made);
        assert_ok(made.status, &made.err);
        assert_string_equal(show_rows(made.table), "a|1\nc|2..3\n");
        assert_string_equal(show_rows(made.rejected), "3|2|x|\"x\" in column \"n\" is no number in bounds|b;x\n");
        both_drop(&made);
    }
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_bounds_rule rule = { .markers = markers, .n_markers = 6, .rounded = 10 };
    dk_csv_column column = { .name = "n", .type = DK_INTERVAL, .bounds = &rule };
    dk_csv_options options = { .delimiter = ';', .columns = &column, .n_columns = 1 };
    static const char text[] = "k;n\na;10\nb;x\nc;2..3\n";
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(
        context, dk_read_csv_bytes(context, text, strlen(text), "x.csv", &options, &table, NULL, &err), &err,
        table == NULL, dk_table_release(table));
    dk_set_threads(0);
}

static void a_rule_is_for_intervals(void **state)
{
    const dk_bounds_rule rule = { .rounded = 10 };
    dk_csv_column column = { .name = "n", .type = DK_INTEGER, .bounds = &rule };
    dk_csv_options options = { .columns = &column, .n_columns = 1 };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_read_csv_bytes(context, "n\n1\n", 4, "x.csv", &options, &table, NULL, &err), &err,
                 DK_ERR_ARGUMENT, "column \"n\" has markers or is rounded, so it is an interval and no integer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(markers_have_the_meaning_that_was_stated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_are_read_as_they_are_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_behind_a_marker_are_those_of_the_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rounded_numbers_have_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(true_values_lie_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_that_do_not_fit_can_be_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rule_is_for_intervals, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
