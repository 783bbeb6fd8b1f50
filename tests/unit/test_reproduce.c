/* test_reproduce.c - measures of one cell, written over its rows or over all. */
#include "exprs.h"
#include "query/reproduce.h"

static const dki_cell_dimension arnhem[] = {
    { "regio", "regio == \"Midden\"", "\"Midden\"", false },
    { "gemeente", "gemeente == \"Arnhem\"", "\"Arnhem\"", false },
    { "jaar", NULL, NULL, false },
    { "provincie", "provincie == \"Gelderland\"", "\"Gelderland\"", true },
};

static const dki_cell_measure measures[] = {
    { "n", "count()" },
    { "k", "count() where a or b" },
    { "d", "k / n" },
    { "deel", "n / all(n, regio)" },
    { "all", "(k + 1) / all(k)" },
    { "r", "k / attached(register)" },
    { "q", "all(attached((mean(x) where y)), regio) - attached((count() where y or z))" },
    { "f", "round(d, 2) * -numerator(d)" },
    { "g", "(sum(x) / n where a) is null and not (n > 3 or gemeente == 'x')" },
    { "b", "attached(register, 'bounds')" },
    { "h", "b + 1" },
    { "i", "all(n, land)" },
    { "j", "coalesce(jaar, 0)" },
    { "l", "n in (1, 2)" },
    { "m", "median(x) + quantile(x, 0.9)" },
    { "p", "n / all(n, provincie)" },
    { "e", "all(attached(register, 'estimate', k), regio)" },
    { "w", "(sum(x) where a) / (count() where y or z) where a or b" },
    { "v", "w / all(w)" },
};

static bool knows; /* by what figures are known */
static const bool known[] = { true, false, false, false };

/* Whether it is over all rows stands in front, "" for what cannot be written. */
static const char *written(const char *name, size_t n_dims)
{
    static char text[1024];
    size_t which = 0;
    bool whole;
    dki_buffer out;
    dk_error err = DK_ERROR_INIT;

    while (strcmp(measures[which].name, name) != 0)
        which++;
    dki_buffer_init(&out, context);
    assert_ok(dki_cell_expression(context, arnhem, n_dims, measures, which,
                                  &(dki_cell_figures){ NULL, known, knows }, 1, &whole, &out, &err),
              &err);
    (void)snprintf(text, sizeof text, "%s%.*s", out.size && whole ? "all: " : "", (int)out.size,
                   out.size ? out.bytes : "");
    dki_buffer_drop(&out);
    return text;
}

static void what_looks_at_its_own_rows_stays_as_it_was(void **state)
{
    (void)state;
    assert_string_equal(written("n", 3), "count()");
    assert_string_equal(written("k", 3), "count() where a or b");
    assert_string_equal(written("d", 3), "(count() where a or b) / count()");
    assert_string_equal(written("f", 3),
                        "round(((count() where a or b) / count()), 2) * (-(count() where a or b))");
    assert_string_equal(written("g", 3), "(((sum(x) where a) / count()) is null) and (not ((count() > 3) or "
                                         "(\"Arnhem\" == 'x')))");
    assert_string_equal(written("m", 3), "median(x) + quantile(x, 0.9)");
}

/* The sum is of rows where a, and where a or b: what stands behind the quotient belongs to both. */
static void a_condition_behind_a_quotient_belongs_to_both_sides(void **state)
{
    (void)state;
    assert_string_equal(written("w", 3), "(sum(x) where a and (a or b)) / (count() where (y or z) and (a or b))");
    assert_string_equal(written("v", 1),
                        "all: ((sum(x) where regio == \"Midden\" and a and (a or b)) / (count() where regio == "
                        "\"Midden\" and (y or z) and (a or b))) / ((sum(x) where a and (a or b)) / (count() where "
                        "(y or z) and (a or b)))");
}

static void what_looks_around_has_conditions_in_its_aggregates(void **state)
{
    (void)state;
    assert_string_equal(written("p", 4),
                        "all: (count() where regio == \"Midden\" and gemeente == \"Arnhem\") / (count() "
                        "where provincie == \"Gelderland\")"); /* a level that no dimension shows */
    assert_string_equal(written("p", 3), "");
    assert_string_equal(written("deel", 3), "all: (count() where regio == \"Midden\" and gemeente == \"Arnhem\") / "
                                            "(count() where regio == \"Midden\")");
    assert_string_equal(written("all", 3),
                        "all: ((count() where regio == \"Midden\" and gemeente == \"Arnhem\" and (a or b)) + "
                        "1) / (count() where a or b)");
    assert_string_equal(written("r", 1),
                        "all: (count() where regio == \"Midden\" and (a or b)) / attached((sum(register) "
                        "where regio == \"Midden\"))");
    assert_string_equal(written("q", 1),
                        "all: attached((mean(x) where regio == \"Midden\" and y)) - attached((count() where "
                        "regio == \"Midden\" and (y or z)))");
}

/* Of Midden and Arnhem the region is known, of Midden alone the figure. */
static void what_figures_say_of_finer_groups_goes_by_their_region(void **state)
{
    (void)state;
    knows = true;
    assert_string_equal(
        written("b", 3),
        "all: case(attached((sum(register) where regio == \"Midden\")) < (count() where regio == "
        "\"Midden\") is true, null, (count() where regio == \"Midden\" and gemeente == \"Arnhem\") + "
        "greatest(attached((sum(register) where regio == \"Midden\")) - (count() where regio == "
        "\"Midden\"), 0) * interval(0, 1))");
    assert_string_equal(written("b", 1),
                        "all: attached((sum(register) where regio == \"Midden\"), 'bounds', (count() "
                        "where regio == \"Midden\"))");
    assert_string_equal(written("e", 3),
                        "all: attached((sum(register) where regio == \"Midden\"), 'estimate', (count() "
                        "where regio == \"Midden\" and (a or b)))");
    knows = false;
}

/* Of several tables each figure goes by what its own is known by. */
static void figures_of_several_tables_go_by_their_own(void **state)
{
    static const bool above[] = { false, false, false, true };
    const dki_cell_figures figures[] = { { "attached(other)\nattached( other2, 'bounds')\n", known, true },
                                         { "attached(  register,\n'bounds' )", above, true },
                                         { "attached((sum(x) where (y)\n", known, true } };
    dki_buffer out;
    bool whole;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_buffer_init(&out, context);
    assert_ok(dki_cell_expression(context, arnhem, 4, measures, 9, figures, 1, &whole, &out, &err), &err);
    assert_int_equal(out.size, 0);
    assert_ok(dki_cell_expression(context, arnhem, 4, measures, 9, figures, 3, &whole, &out, &err), &err);
    assert_int_equal(out.size, 0); /* a line is one figure: this one is in two, and no expression */
    assert_ok(dki_cell_expression(context, arnhem, 4, measures, 9,
                                  &(dki_cell_figures){ "attached(  register, 'bounds' )\n", above, true }, 1,
                                  &whole, &out, &err),
              &err);
    assert_non_null(strstr(out.bytes,
                           "attached((sum(register) where provincie == \"Gelderland\")) - (count() where "
                           "provincie == \"Gelderland\")"));
    dki_buffer_drop(&out);
}

static void what_cannot_be_said_of_one_cell_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(written("b", 3), ""); /* the region need not be named */
    assert_string_equal(written("h", 3), "");
    assert_string_equal(written("i", 3), ""); /* a level that nobody sees */
    assert_string_equal(written("j", 3), ""); /* the value of a dimension that is totalled */
    assert_string_equal(written("l", 3), "");
}

static dk_status write_one(size_t which, size_t *size, dk_error *err)
{
    bool whole;
    dki_buffer out;
    dk_status status;

    dki_buffer_init(&out, context);
    status = dki_cell_expression(context, arnhem, 3, measures, which, &(dki_cell_figures){ NULL, known, true }, 1,
                                 &whole, &out, err);
    *size = status == DK_OK ? out.size : 0;
    dki_buffer_drop(&out);
    return status;
}

static void failures_leave_nothing(void **state)
{
    size_t size = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, write_one(4, &size, &err), &err, size == 0, (void)0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_looks_at_its_own_rows_stays_as_it_was, start, stop),
        cmocka_unit_test_setup_teardown(a_condition_behind_a_quotient_belongs_to_both_sides, start, stop),
        cmocka_unit_test_setup_teardown(what_looks_around_has_conditions_in_its_aggregates, start, stop),
        cmocka_unit_test_setup_teardown(what_figures_say_of_finer_groups_goes_by_their_region, start, stop),
        cmocka_unit_test_setup_teardown(figures_of_several_tables_go_by_their_own, start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_said_of_one_cell_is_left_out, start, stop),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
