/* test_hierarchy.c - members of levels: made, refused, of one day, and given to tables. */
#include <dekking/hierarchy.h>

#include "tables.h"

#include "with_context.h"

#include "hierarchies.h"

static const dk_hierarchy *geo(void)
{
    return wide(GEO, 3, true, GEO_CHANGES);
}

/* Made and refused. ------------------------------------------------------------------------------------------------ */

static void a_vintage_has_what_is_valid_then(void **state)
{
    const dk_hierarchy *all = geo(), *then = at_day(all, "2016-06-30"), *now = at_day(all, "2018-01-01");
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_string_equal(dk_hierarchy_name(all), "geo");
    assert_true(dk_hierarchy_is_dated(all) && !dk_hierarchy_is_dated(then));
    assert_null(dk_hierarchy_vintage(all));
    assert_string_equal(dk_hierarchy_vintage(then), "2016-06-30");
    assert_int_equal(dk_hierarchy_find_level(all, "l"), 2);
    assert_true(dk_hierarchy_find_level(all, "x") == SIZE_MAX);
    assert_ok(dk_hierarchy_table(then, &table, &err), &err);
    assert_string_equal(show_rows(table), "Arnhem|Midden|NL\nRijnwaarden|Midden|NL\nZevenaar|Midden|NL\n"
                                          "Nijmegen|Rijk|NL\nRenkum|Rijk|NL\n");
    dk_table_release(table);
    assert_ok(dk_hierarchy_table(now, &table, &err), &err);
    assert_string_equal(show_rows(table),
                        "Arnhem|Midden|NL\nZevenaar|Midden|NL\nNijmegen|Rijk|NL\nRenkum|Midden|NL\n");
    dk_table_release(table);
    assert_ok(dk_hierarchy_table(all, &table, &err), &err);
    assert_string_equal(show_rows(table), "Arnhem|Midden|NL|-|-\nRijnwaarden|Midden|NL|-|2018-01-01\n"
                                          "Zevenaar|Midden|NL|-|-\nNijmegen|Rijk|NL|-|-\n"
                                          "Renkum|Rijk|NL|-|2016-07-01\nRenkum|Midden|NL|2016-07-01|-\n");
    dk_table_release(table);
    assert_true(at_day(now, "2001-01-01") == now); /* it does not change any more */
    dk_hierarchy_release(now);
    dk_hierarchy_release(now);
    dk_hierarchy_release(then);
    dk_hierarchy_release(all);
}

static void assert_refused(const char *rows, size_t n_levels, const char *changes, dk_status status,
                           const char *message, const char *hint)
{
    const dk_hierarchy *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(make_wide(rows, n_levels, true, changes, &made, &err), &err, status, message);
    assert_string_equal(err.message, message);
    assert_string_equal(err.hint, hint);
    assert_null(made);
}

static void what_cannot_be_is_refused(void **state)
{
    static const char *const twice[] = { "g", "g" }, *const nameless[] = { "g", "" };
    const dk_hierarchy *made = NULL;
    const dk_table *table = make_table(context, "g:category r:category\nA|X\n");
    dk_hierarchy_spec spec = { .levels = twice, .n_levels = 2 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_hierarchy_new(table, &spec, &made, &err), &err, DK_ERR_ARGUMENT,
                 "the hierarchy has the level g twice");
    spec.levels = nameless;
    assert_fails(dk_hierarchy_new(table, &spec, &made, &err), &err, DK_ERR_ARGUMENT,
                 "level 2 of the hierarchy has no name");
    spec.n_levels = 17;
    assert_fails(dk_hierarchy_new(table, &spec, &made, &err), &err, DK_ERR_ARGUMENT,
                 "a hierarchy has 1 to 16 levels, not 17");
    spec = (dk_hierarchy_spec){ .levels = twice, .n_levels = 1, .member = "g" };
    assert_fails(dk_hierarchy_new(table, &spec, &made, &err), &err, DK_ERR_ARGUMENT,
                 "the long form of a hierarchy names the columns member, parent and level");
    dk_table_release(table);
    assert_refused("g:category r:category van:date tot:date\nA|X|-|-\nA|Y|2015-01-01|-\n", 2, NULL, DK_ERR_DATA,
                   "A (g) belongs to X and to Y on one day, 2015-01-01 (rows 1 and 2)",
                   "a member has one parent at a time: end the one before the other begins");
    assert_refused("g:category r:category l:category van:date tot:date\nA|X|N|-|2015-01-01\nB|X|M|2014-12-31|-\n",
                   3, NULL, DK_ERR_DATA, "X (r) belongs to N and to M on one day, 2014-12-31 (rows 1 and 2)",
                   "a member has one parent at a time: end the one before the other begins");
    assert_refused("g:category r:category van:date tot:date\nA|-|-|-\n", 2, NULL, DK_ERR_DATA,
                   "A (g) belongs to nothing (row 1)",
                   "every member but those of r needs a parent on each of its days");
    assert_refused("g:category r:category van:date tot:date\nA|X|2015-01-01|2015-01-01\n", 2, NULL, DK_ERR_DATA,
                   "row 1 is valid from 2015-01-01 to 2015-01-01, which is no day",
                   "the last day is the one on which it is not valid any more");
    assert_refused("g:category r:category van:date tot:date\n-|X|-|-\n", 2, NULL, DK_ERR_DATA, "row 1 has no g",
                   "");
    assert_refused("g:integer r:category van:date tot:date\n1|X|-|-\n", 2, NULL, DK_ERR_TYPE,
                   "members of a hierarchy are categories or texts, and g is integer",
                   "read the table with types = { g = \"category\" }");
    assert_refused("g:text r:category van:integer tot:date\nA|X|1|-\n", 2, NULL, DK_ERR_TYPE,
                   "the first day of a hierarchy is a date, and van is integer",
                   "read the table with types = { van = \"date\" }");
}

static dk_status make_long(const char *rows, const char *labels, const dk_hierarchy **out, dk_error *err)
{
    static const char *const levels[] = { "g", "r", "l" };
    const dk_table *table = make_table(context, rows);
    dk_hierarchy_spec spec = {
        .levels = levels, .n_levels = 3, .member = "code", .parent = "boven", .level = "soort", .labels = &labels
    };
    dk_status status;

    if (dk_table_find(table, "van") != DK_NO_COLUMN) {
        spec.from = "van";
        spec.to = "tot";
    }
    status = dk_hierarchy_new(table, &spec, out, err);
    dk_table_release(table);
    return status;
}

static void the_long_form_is_checked(void **state)
{
    static const struct {
        const char *rows, *message, *hint;
    } cases[] = {
        { "A|Y|g\nY|A|r\n",
          "row 2 has a parent of the level g, \"A\", and is of r itself: a cycle, or the wrong level",
          "a parent is of a coarser level" },
        { "A|Q|g\n", "row 1 has the parent \"Q\", which is no member", "" },
        { "A|-|p\n", "row 1 is of the level \"p\", which is none of the hierarchy's",
          "name every level, from the finest on; the first is g" },
        { "A|X|g\nX|-|l\nX|-|r\n", "row 3: \"X\" is a member of l and of r",
          "a parent is told by its name alone: give one of them another, or use a column for each level" },
        { "-|-|g\n", "row 1 has no member", "" },
        { "A|-|-\n", "row 1 has no level", "" },
    };
    const dk_hierarchy *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char rows[256];

        (void)snprintf(rows, sizeof rows, "code:category boven:category soort:category\n%s", cases[i].rows);
        assert_fails(make_long(rows, NULL, &made, &err), &err, DK_ERR_DATA, cases[i].message);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.hint, cases[i].hint);
    }
    assert_fails(make_long("code:text boven:text soort:text van:date tot:date\nX|-|l|2015-01-01|-\n"
                           "A|X|g|2014-01-01|-\n",
                           NULL, &made, &err),
                 &err, DK_ERR_DATA, "A (g) belongs to nothing from 2014-01-01 (row 2)");
    assert_string_equal(err.hint, "it is to belong to X, which is not valid on 2014-01-01");
    assert_null(made);
}

static void a_ragged_hierarchy_has_holes(void **state)
{
    const dk_hierarchy *made = NULL;
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        make_long("code:category boven:category soort:category\nN|-|l\nX|N|r\nA|X|g\nS|N|g\n", NULL, &made, &err),
        &err);
    assert_ok(dk_hierarchy_table(made, &table, &err), &err);
    assert_string_equal(show_rows(table), "A|X|N\nS|-|N\n");
    dk_table_release(table);
    dk_hierarchy_release(made);
}

static void a_label_is_of_one_member(void **state)
{
    const dk_hierarchy *made = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_text label;

    (void)state;
    assert_fails(make_long("code:category boven:category soort:category naam:text\nN|-|l|Land\nA|N|g|Bergen\n"
                           "B|N|g|Bergen\n",
                           "naam", &made, &err),
                 &err, DK_ERR_DATA, "the label \"Bergen\" stands for A and for B on one day");
    assert_string_equal(err.hint, "a join by it would count persons twice: use the codes, or labels that differ");
    assert_ok(make_long("code:category boven:category soort:category naam:text\nN|-|l|Land\nA|N|g|Bergen\n"
                        "B|N|g|Dal\n",
                        "naam", &made, &err),
              &err);
    assert_true(dk_dictionary_label(dk_hierarchy_members(made, 0), 2, &label));
    assert_string_equal(label.bytes, "Dal");
    dk_hierarchy_release(made);
}

/* A hierarchy is no table of counts. */
static void totals_are_no_members(void **state)
{
    static const char *const levels[] = { "g" };
    const dk_table *rows = make_table(context, "g:category\nA\nA\n"), *result = NULL;
    const dk_hierarchy *made = NULL;
    dk_hierarchy_spec spec = { .levels = levels, .n_levels = 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS), rows, NULL,
                        &result, &err),
              &err);
    assert_fails(dk_hierarchy_new(result, &spec, &made, &err), &err, DK_ERR_MARGIN,
                 "a hierarchy is made of members, and the table has rows that are totals");
    assert_string_equal(err.hint, "take its :detail()");
    dk_table_release(result);
    dk_table_release(rows);
}

static void a_vintage_is_of_a_day(void **state)
{
    const dk_hierarchy *made = NULL, *late = wide("g:category van:date tot:date\nA|2015-01-01|-\n", 1, true, NULL);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_hierarchy_at(late, "2015-02-30", &made, &err), &err, DK_ERR_ARGUMENT,
                 "a vintage is of a day such as 2018-01-01, and \"2015-02-30\" is none");
    assert_fails(dk_hierarchy_at(late, "2014-12-31", &made, &err), &err, DK_ERR_DATA,
                 "the hierarchy has no g on 2014-12-31");
    dk_hierarchy_release(late);
}

/* Changes. --------------------------------------------------------------------------------------------------------- */

static void changes_are_checked(void **state)
{
    static const char rows[] = "g:category van:date tot:date\nA|-|2020-01-01\nB|2020-01-01|-\nC|-|-\n";
    static const char both[] = "state every share, or none and give weights when recoding";

    (void)state;
    assert_refused(rows, 1, "date:date old:category\n2020-01-01|A\n", DK_ERR_NAME, "unknown column \"new\"",
                   "a table of changes has the columns date, old and new, and share where a member is divided");
    assert_refused(rows, 1, "date:text old:category new:text\n2020-01-01|A|B\n", DK_ERR_TYPE,
                   "the column date of the changes is text, and not a date", "");
    assert_refused(rows, 1, "date:date old:integer new:text\n2020-01-01|1|B\n", DK_ERR_TYPE,
                   "the column old of the changes is integer, and not a category or text", "");
    assert_refused(rows, 1, "date:date old:text new:text share:real\n2020-01-01|A|B|0.5\n", DK_ERR_TYPE,
                   "the column share of the changes is real, and not a whole, decimal or ratio number", "");
    assert_refused(rows, 1, "date:date old:text new:text\n-|A|B\n", DK_ERR_DATA, "row 1 of the changes has no date",
                   "");
    assert_refused(rows, 1, "date:date old:text new:text\n2020-01-01|A|Q\n", DK_ERR_DATA,
                   "row 1 of the changes: new is Q, which is no g of the hierarchy", "");
    assert_refused(rows, 1, "date:date old:text new:text\n2020-01-01|-|B\n", DK_ERR_DATA,
                   "row 1 of the changes: old is null, which is no g of the hierarchy", "");
    assert_refused(rows, 1, "date:date old:text new:text share:integer\n2020-01-01|A|B|2\n", DK_ERR_DATA,
                   "row 1 of the changes has a share that is not above 0 and at most 1", "");
    assert_refused(rows, 1, "date:date old:text new:text share:decimal1\n2020-01-01|A|B|0.5\n", DK_ERR_DATA,
                   "A is divided on 2020-01-01, and the shares do not add up to 1", both);
    assert_refused(rows, 1, "date:date old:text new:text share:ratio\n2020-01-01|A|B|1/3\n2020-01-01|A|C|-\n",
                   DK_ERR_DATA, "A is divided on 2020-01-01, and the shares are there for some only", both);
    assert_refused(rows, 1, "date:date old:text new:text\n2020-01-01|A|B\n2020-01-01|A|B\n", DK_ERR_DATA,
                   "the changes say the same of A twice, on 2020-01-01", "leave one of them out");
    assert_refused(rows, 1,
                   "date:date old:text new:text share:ratio\n2020-01-01|A|B|1/9223372036854775807\n"
                   "2020-01-01|A|C|1/9223372036854775806\n",
                   DK_ERR_DATA, "the shares of A do not fit", "");
}

/* Tables. ---------------------------------------------------------------------------------------------------------- */

static const char persons[] = "id:text g:category dag:date\na|Arnhem|2015-01-01\nb|Rijnwaarden|2015-01-01\n"
                              "c|Renkum|2016-01-01\nd|Renkum|2017-01-01\ne|Overal|2017-01-01\nf|-|2017-01-01\n"
                              "h|Arnhem|-\n";

static void assert_used(const char *rows, const dk_hierarchy *hierarchy, const dk_use_options *options,
                        const char *expected, const char *note)
{
    for (unsigned i = 0; i < 4; i++) {
        const dk_table *table = make_table(context, rows), *used = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + i / 2);
        dk_context_set_block_rows(context, i % 2 ? 1 : DK_BLOCK_ROWS);
        assert_ok(dk_table_use(table, hierarchy, options, &used, &err), &err);
        assert_string_equal(show_rows(used), expected);
        assert_int_equal(dk_table_n_notes(used), (note != NULL) + (options && options->on));
        if (note)
            assert_string_equal(dk_table_note(used, 0), note);
        if (options && options->on)
            assert_string_equal(dk_table_note(used, 1), "1 row has no day, and so no levels");
        dk_table_release(used);
        dk_table_release(table);
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void rows_get_the_levels_above(void **state)
{
    const dk_hierarchy *all = geo(), *then = at_day(all, "2015-01-01");
    dk_use_options on = { .on = "dag" };

    (void)state;
    assert_used(persons, then, NULL,
                "a|Arnhem|2015-01-01|Midden|NL\nb|Rijnwaarden|2015-01-01|Midden|NL\n"
                "c|Renkum|2016-01-01|Rijk|NL\nd|Renkum|2017-01-01|Rijk|NL\ne|Overal|2017-01-01|-|-\n"
                "f|-|2017-01-01|-|-\nh|Arnhem|-|Midden|NL\n",
                "1 row has a g that the hierarchy does not know on 2015-01-01: Overal");
    assert_used(persons, all, &on,
                "a|Arnhem|2015-01-01|Midden|NL\nb|Rijnwaarden|2015-01-01|Midden|NL\n"
                "c|Renkum|2016-01-01|Rijk|NL\nd|Renkum|2017-01-01|Midden|NL\ne|Overal|2017-01-01|-|-\n"
                "f|-|2017-01-01|-|-\nh|Arnhem|-|-|-\n",
                "1 row has a g that the hierarchy does not know on its day: Overal");
    assert_used("g:text n:integer r:text\nRenkum|1|Rijk\n-|2|Rijk\n", then, NULL, "Renkum|1|Rijk|NL\n-|2|Rijk|-\n",
                NULL);
    dk_hierarchy_release(then);
    dk_hierarchy_release(all);
}

static void a_column_knows_its_level(void **state)
{
    const dk_hierarchy *all = geo(), *then = at_day(all, "2015-01-01");
    const dk_table *table = make_table(context, persons), *used = NULL, *sliced = NULL;
    const dk_dictionary *levels;
    size_t level = 9;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(table, then, NULL, &used, &err), &err);
    assert_ok(dk_table_slice(used, 1, 2, &sliced, &err), &err);
    levels = dk_column_levels(dk_table_field(sliced, 3)->column);
    assert_true(dk_dictionary_hierarchy(levels, &level) == then);
    assert_int_equal(level, 1);
    levels = dk_column_levels(dk_table_field(sliced, 1)->column);
    assert_true(dk_dictionary_hierarchy(levels, &level) == then);
    assert_int_equal(level, 0);
    assert_true(dk_dictionary_find(levels, (dk_text){ "Zevenaar", 8 }) > 0); /* it has no rows, and is a level */
    dk_table_release(sliced);
    dk_table_release(used);
    dk_table_release(table);
    dk_hierarchy_release(then);
    dk_hierarchy_release(all);
}

static void assert_not_used(const char *rows, const dk_hierarchy *hierarchy, dk_use_options options,
                            dk_status status, const char *message, const char *hint)
{
    const dk_table *table = make_table(context, rows), *used = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_table_use(table, hierarchy, &options, &used, &err), &err, status, message);
    assert_string_equal(err.message, message);
    assert_string_equal(err.hint, hint);
    assert_null(used);
    dk_table_release(table);
}

static void what_cannot_be_used_is_refused(void **state)
{
    const dk_hierarchy *all = geo(), *then = at_day(all, "2015-01-01");

    (void)state;
    assert_not_used("g:category\nArnhem\n", all, (dk_use_options){ 0 }, DK_ERR_ARGUMENT,
                    "the hierarchy changes with time, and the table does not say of which day it is",
                    "use(geo:at \"2018-01-01\"), or { on = a column of dates }, or state as_of for the table");
    assert_not_used("x:category\nArnhem\n", then, (dk_use_options){ 0 }, DK_ERR_NAME,
                    "no column is called as a level of the hierarchy: g, ...",
                    "say which column has members, and of which level: { column = ..., level = \"g\" }");
    assert_not_used("x:category\nArnhem\n", then, (dk_use_options){ .column = "x" }, DK_ERR_NAME,
                    "the hierarchy has no level x",
                    "its finest is g; say level = \"g\" if that is what the column has");
    assert_not_used("g:integer\n1\n", then, (dk_use_options){ 0 }, DK_ERR_TYPE,
                    "members of a hierarchy are categories or texts, and g is integer",
                    "read the table with types = { g = \"category\" }");
    assert_not_used("g:category dag:integer\nArnhem|1\n", all, (dk_use_options){ .on = "dag" }, DK_ERR_TYPE,
                    "the day of each row is a date, and dag is integer",
                    "make a day of a year: t:derive \"dag = date(dag, 12, 31)\"");
    assert_not_used("g:category r:integer\nArnhem|1\n", then, (dk_use_options){ 0 }, DK_ERR_TYPE,
                    "the table has a column r already, which is integer", "");
    assert_not_used("g:category r:category\nArnhem|Midden\nRenkum|Midden\n", then, (dk_use_options){ 0 },
                    DK_ERR_DATA, "row 2: Renkum belongs to Midden in the column r, and to Rijk in the hierarchy",
                    "drop or rename the column r, or use the vintage that it was made by");
    dk_hierarchy_release(then);
    dk_hierarchy_release(all);
}

/* Memory. ---------------------------------------------------------------------------------------------------------- */

static void every_allocation_may_fail(void **state)
{
    static const char *const levels[] = { "g", "r", "l" }, *const labels[] = { NULL, "naam", NULL };
    const dk_table *rows = make_table(context, "g:category r:text naam:text l:category van:date tot:date\n"
                                               "A|X|iks|N|-|2020-01-01\nB|X|iks|N|-|2020-01-01\nB|X|ix|N|2020-01-01|-\n"
                                               "C|Y|-|N|-|-\n");
    const dk_table *changes = make_table(context, GEO_CHANGES), *told = NULL, *table = NULL;
    const dk_table *people = make_table(context, "g:text dag:date\nA|2019-01-01\nQ|2019-01-01\nB|2021-01-01\n");
    dk_hierarchy_spec spec = {
        .name = "geo", .levels = levels, .n_levels = 3, .labels = labels, .from = "van", .to = "tot"
    };
    dk_use_options on = { .on = "dag" };
    const dk_hierarchy *made = NULL, *then = NULL, *whole = geo();
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_hierarchy_new(rows, &spec, &made, &err), &err, made == NULL,
                                   (void)0);
    assert_survives_failing_memory(context, dk_hierarchy_at(made, "2019-01-01", &then, &err), &err, then == NULL,
                                   (void)0);
    assert_survives_failing_memory(context, dk_hierarchy_table(made, &table, &err), &err, table == NULL,
                                   dk_table_release(table));
    assert_survives_failing_memory(context, dk_table_use(people, then, NULL, &told, &err), &err, told == NULL,
                                   dk_table_release(told));
    told = NULL;
    assert_survives_failing_memory(context, dk_table_use(people, made, &on, &told, &err), &err, told == NULL,
                                   dk_table_release(told));
    dk_hierarchy_release(then);
    dk_hierarchy_release(made);
    dk_hierarchy_release(whole);
    dk_table_release(people);
    dk_table_release(changes);
    dk_table_release(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vintage_has_what_is_valid_then),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(the_long_form_is_checked),
        cmocka_unit_test(a_ragged_hierarchy_has_holes),
        cmocka_unit_test(a_label_is_of_one_member),
        cmocka_unit_test(totals_are_no_members),
        cmocka_unit_test(a_vintage_is_of_a_day),
        cmocka_unit_test(changes_are_checked),
        cmocka_unit_test(rows_get_the_levels_above),
        cmocka_unit_test(a_column_knows_its_level),
        cmocka_unit_test(what_cannot_be_used_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
