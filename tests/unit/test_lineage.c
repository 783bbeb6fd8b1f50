/* test_lineage.c - what a table keeps of how it came to be, and what is left when memory fails. */
#include <dekking/append.h>
#include <dekking/join.h>
#include <dekking/lineage.h>
#include <dekking/set.h>
#include <dekking/sort.h>

#include "exprs.h"

static const dk_table *people(void)
{
    return make_table(context, "g:category x:integer b:boolean\na|1|true\nb|2|-\na|-|false\nb|4|true\n");
}

/* "kind name text numerator/denominator rows nulls", one a line, with a + before it for each table that it lies deeper. */
static const char *show_lineage(const dk_table *table)
{
    static char out[4096];
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < dk_table_n_lineage(table); i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        used += (size_t)snprintf(out + used, sizeof out - used, "%.*s%s %s '%s'", (int)item->depth, "++++++++",
                                 dk_lineage_kind_name(item->kind), item->name ? item->name : "-",
                                 item->text ? item->text : "-");
        if (item->numerator)
            used += (size_t)snprintf(out + used, sizeof out - used, " %s/%s", item->numerator, item->denominator);
        used += (size_t)snprintf(out + used, sizeof out - used, " %llu %llu\n", (unsigned long long)item->n_rows,
                                 (unsigned long long)item->n_null);
        assert_true(used + 512 < sizeof out);
    }
    return out;
}

static void steps_stand_in_order(void **state)
{
    const dk_table *t = people(), *some = where_of(t, "x < 4"), *result = NULL, *again = NULL;
    const struct question question = { .by = { "g" },
                                       .where = "x > 0",
                                       .measures = { "n = count()", "k = count() where b", "d = k / n",
                                                     "e = (count() where b) / (n + 1)" },
                                       .order = { "n desc" } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(dk_table_n_lineage(t), 0);
    assert_string_equal(show_lineage(some), "source - '-' 4 0\nfilter - 'x < 4' 2 1\n");
    assert_ok(ask_table(&question, some, NULL, &result, &err), &err);
    dk_table_release(some); /* the result keeps what it needs */
    dk_table_release(t);
    assert_string_equal(show_lineage(result),
                        "source - '-' 4 0\n"
                        "filter - 'x < 4' 2 1\n"
                        "filter where 'x > 0' 2 0\n"
                        "breakdown vraag '-' 2 0\n"
                        "dimension g 'g' 0 0\n"
                        "measure n 'count()' 0 0\n"
                        "measure k 'count() where b' 0 0\n"
                        "where k 'b' 0 1\n"
                        "measure d 'k / n' k/n 0 0\n"
                        "measure e '(count() where b) / (n + 1)' (count() where b)/(n + 1) 0 0\n"
                        "where e 'b' 0 1\n"
                        "step - 'ordered by n, falling' 2 0\n");
    assert_ok(dk_table_slice(result, 1, 5, &again, &err), &err);
    assert_non_null(strstr(show_lineage(again), "falling' 2 0\nstep - 'rows 2 to 2' 1 0\n"));
    dk_table_release(again);
    dk_table_release(result);
}

/* Texts that are too long for a step are cut between characters. */
static void long_names_are_cut(void **state)
{
    char name[1200];
    const char *old = "x", *new = name;
    const dk_table *t = people(), *renamed = NULL;
    const char *text;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i + 2 < sizeof name; i += 2)
        memcpy(name + i, "é", 3);
    assert_ok(dk_table_rename(t, &old, &new, 1, &renamed, &err), &err);
    text = dk_table_lineage(renamed, 1)->text;
    assert_in_range(strlen(text), 500, 511);
    assert_int_equal(strlen(text) % 2, strlen("x renamed to ") % 2);
    dk_table_release(renamed);
    dk_table_release(t);
}

/* A chain of a hundred thousand steps is released without a stack of that depth. */
static void long_chains_are_released(void **state)
{
    const dk_table *t = people();
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        const dk_table *next = NULL;

        assert_ok(dk_table_slice(t, 0, 4, &next, &err), &err);
        dk_table_release(t);
        t = next;
    }
    assert_int_equal(dk_table_n_lineage(t), 100001);
    dk_table_release(t);
}

/* Both sides of a join, and what was put below. */
static void other_tables_lie_deeper(void **state)
{
    static const char *const g[] = { "g" };
    const dk_table *t = people(), *some = where_of(t, "x < 4"), *joined = NULL, *result = NULL, *united = NULL;
    const dk_table *names = make_table(context, "g:category naam:text\na|Aa\nb|Bb\n");
    const dk_join_options inner = { .kind = DK_JOIN_INNER };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_join(t, names, g, g, 1, &inner, &joined, &err), &err);
    assert_string_equal(show_lineage(joined), "source - '-' 4 0\njoin - 'joined with another table by g: rows that "
                                              "both have' 4 0\n+source - '-' 2 0\n");
    assert_ok(dk_table_link(some, joined, g, g, 1, "mark", NULL, 0, DK_MULTIPLE_FIRST, &result, &err), &err);
    assert_string_equal(show_lineage(result),
                        "source - '-' 4 0\nfilter - 'x < 4' 2 1\n"
                        "join - 'linked to another table by g: mark says which rows match' 2 0\n"
                        "+source - '-' 4 0\n+join - 'joined with another table by g: rows that both have' 4 0\n"
                        "++source - '-' 2 0\n");
    assert_ok(dk_table_union(t, some, true, &united, &err), &err);
    assert_string_equal(show_lineage(united),
                        "source - '-' 4 0\nappend - 'rows of this table or another table' 6 0\n"
                        "+source - '-' 4 0\n+filter - 'x < 4' 2 1\n");
    dk_table_release(united);
    dk_table_release(result);
    dk_table_release(joined);
    dk_table_release(names);
    dk_table_release(some);
    dk_table_release(t);
}

static dk_status plan_of(const struct question *question, const dk_table *table, const dk_table **out,
                         dk_error *err)
{
    dk_measure by[2] = { { question->by[0], NULL, NULL }, { question->by[1], NULL, NULL } };
    dk_measure measures[3] = { { question->measures[0], NULL, NULL },
                               { question->measures[1], NULL, NULL },
                               { question->measures[2], NULL, NULL } };
    dk_breakdown_spec spec = {
        .by = by, .n_by = 2, .measures = measures, .n_measures = 3, .where = question->where
    };
    const dk_breakdown *breakdown = NULL;
    dk_status status = dk_breakdown_new(context, &spec, &breakdown, err);

    if (status != DK_OK)
        return status;
    status = dk_breakdown_plan(breakdown, table, NULL, out, err);
    dk_breakdown_release(breakdown);
    return status;
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *t = people(), *made = NULL;
    const struct question question = { .by = { "g", "k = bin(x, 2)" },
                                       .where = "x is null or x > 1",
                                       .measures = { "n = count() where b", "s = sum(x)",
                                                     "r = sum(real(x)) / n" } };
    const char *old = "g", *new = "h";
    const dk_sort_key key = { "x", true };
    const dk_expr *expr = parse("y = x + 1"), *condition = parse("x > 1");
    const dk_join_options first = { .kind = DK_JOIN_FULL, .multiple = DK_MULTIPLE_FIRST, .suffix = "_2" };
    const dk_table *const both[] = { t, t };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, plan_of(&question, t, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_rename(t, &old, &new, 1, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_slice(t, 0, 2, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_sort(t, &key, 1, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_derive(t, &expr, 1, NULL, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_where(t, condition, NULL, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_join(t, t, &old, &old, 1, &first, &made, &err), &err,
                                   made == NULL, dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_append(both, 2, NULL, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_union(t, t, false, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_except(t, t, &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_distinct(t, &old, 1, DK_KEEP_LAST, &made, &err), &err,
                                   made == NULL, dk_table_release(made));
    made = NULL;
    assert_survives_failing_memory(context, dk_table_reconcile(t, t, &old, &old, 1, 0, &made, &err), &err,
                                   made == NULL, dk_table_release(made));
    dk_expr_release(expr);
    dk_expr_release(condition);
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(steps_stand_in_order, start, stop),
        cmocka_unit_test_setup_teardown(other_tables_lie_deeper, start, stop),
        cmocka_unit_test_setup_teardown(long_names_are_cut, start, stop),
        cmocka_unit_test_setup_teardown(long_chains_are_released, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
