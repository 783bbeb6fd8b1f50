/* test_breakdown.c - breakdowns, from the specification to the result. */
#include "answers.h"
#include "query/breakdown_parts.h"

static const char published[] =
    "gemeente:category[Arnhem,Doesburg,Duiven,Lingewaard,Overbetuwe,Rheden,Rozendaal,"
    "Westervoort,Zevenaar] kolom_1:integer kolom_2:integer kolom_3:integer kolom_4:integer\n"
    "Arnhem|12|724|1758|489\n"
    "Doesburg|10|51|89|34\n"
    "Duiven|7|54|135|53\n"
    "Lingewaard|7|72|201|89\n"
    "Overbetuwe|4|97|231|83\n"
    "Rheden|6|142|419|129\n"
    "Rozendaal|0|0|0|0\n"
    "Westervoort|4|49|106|45\n"
    "Zevenaar|12|133|324|113\n";

static const char persons[] = "regio:category gemeente:category jaar:integer sonar:boolean uren:decimal1 id:text\n"
                              "Noord|Assen|2023|true|10.5|a\n"
                              "Noord|Assen|2024|false|-|b\n"
                              "Noord|Emmen|2023|true|20.0|c\n"
                              "Zuid|Breda|2024|-|8.0|d\n"
                              "Zuid|-|2024|true|1.5|e\n"
                              "Zuid|Breda|2023|false|2.0|f\n";

/* The published table of the region: its columns and rows add up. */
static void published_columns_add_up_to_the_published_totals(void **state)
{
    (void)state;
    assert_answer(published,
                  ASK(.measures = { "k1 = sum(kolom_1)", "k2 = sum(kolom_2)", "k3 = sum(kolom_3)",
                                    "k4 = sum(kolom_4)", "totaal = sum(kolom_1 + kolom_2 + kolom_3 + kolom_4)" }),
                  "62|1322|3263|1035|5682\n");
}

static void published_rows_add_up_per_municipality(void **state)
{
    (void)state;
    assert_answer(published,
                  ASK(.by = { "gemeente" }, .measures = { "totaal = sum(kolom_1 + kolom_2 + kolom_3 + kolom_4)" },
                      .margins = DK_MARGINS_TOTALS),
                  "Arnhem|2983\nDoesburg|184\nDuiven|249\nLingewaard|369\nOverbetuwe|415\nRheden|696\nRozendaal|0\n"
                  "Westervoort|204\nZevenaar|582\n*|5682\n");
}

/* Rozendaal has zeros everywhere: a share of nothing is null, never 0. */
static void share_of_an_empty_total_is_null(void **state)
{
    (void)state;
    assert_answer(
        published,
        ASK(.by = { "gemeente" },
            .measures = { "k1 = sum(kolom_1)", "t = sum(kolom_1 + kolom_2 + kolom_3 + kolom_4)", "deel = k1 / t" },
            .where = "gemeente in ('Rozendaal', 'Duiven')"),
        "Duiven|7|249|7/249\nRozendaal|0|0|-\n");
}

static void measures_have_filters_of_their_own(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "regio" },
                      .measures = { "n = count()", "bekend = count() where sonar",
                                    "uren_2 = sum(uren) where jaar == 2024", "dekking = bekend / n" },
                      .margins = DK_MARGINS_TOTALS),
                  "Noord|3|2|-|2/3\nZuid|3|1|9.5|1/3\n*|6|3|9.5|1/2\n");
}

static void null_is_a_group_of_its_own_and_comes_last(void **state)
{
    (void)state;
    assert_answer(persons, ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                  "Assen|2\nBreda|2\nEmmen|1\n-|1\n*|6\n");
}

static void every_aggregate_skips_nulls(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "gemeente" }, .measures = { "s = sum(uren)", "m = mean(uren)", "a = min(uren)",
                                                          "z = max(uren)", "r = rows()" }),
                  "Assen|10.5|21/2|10.5|10.5|2\nBreda|10.0|5/1|2.0|8.0|2\nEmmen|20.0|20/1|20.0|20.0|1\n"
                  "-|1.5|3/2|1.5|1.5|1\n");
}

static void rollup_puts_each_total_after_its_parts(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "regio", "gemeente" }, .measures = { "n = count()" }, .margins = DK_MARGINS_ROLLUP),
                  "Noord|Assen|2\nNoord|Emmen|1\nNoord|*|3\nZuid|Breda|2\nZuid|-|1\nZuid|*|3\n*|*|6\n");
}

static void cube_totals_every_set_of_dimensions(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "regio", "jaar" }, .measures = { "n = count()" }, .margins = DK_MARGINS_CUBE),
                  "Noord|2023|2\nNoord|2024|1\nNoord|*|3\nZuid|2023|1\nZuid|2024|2\nZuid|*|3\n"
                  "*|2023|3\n*|2024|3\n*|*|6\n");
}

static void all_is_the_measure_over_all_groups(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "regio", "gemeente" },
                      .measures = { "n = count()", "deel = n / all(n)", "binnen = n / all(n, regio)",
                                    "direct = count() / all((count() where sonar))" },
                      .margins = DK_MARGINS_ROLLUP),
                  "Noord|Assen|2|1/3|2/3|2/3\nNoord|Emmen|1|1/6|1/3|1/3\nNoord|*|3|1/2|1/1|1/1\n"
                  "Zuid|Breda|2|1/3|2/3|2/3\nZuid|-|1|1/6|1/3|1/3\nZuid|*|3|1/2|1/1|1/1\n*|*|6|1/1|1/1|2/1\n");
}

/* Without margins nobody asked for totals, and all() still finds them. */
static void all_needs_no_margins(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "regio", "jaar" },
                      .measures = { "n = count()", "deel = n / all(n, jaar)", "som = all(deel * 0 + n, regio)" }),
                  "Noord|2023|2|2/3|3/1\nNoord|2024|1|1/3|3/1\nZuid|2023|1|1/3|3/1\nZuid|2024|2|2/3|3/1\n");
}

/* A grand total of all() that does not fit is no fault where no all() asks for it. */
static void nothing_fails_in_a_row_that_nobody_asked_for(void **state)
{
    static const char data[] = "g:integer x:integer\n1|9000000000000000000\n2|9000000000000000000\n";

    (void)state;
    assert_answer(data, ASK(.by = { "g" }, .measures = { "s = sum(x)", "n = count()", "d = n / all(n)" }),
                  "1|9000000000000000000|1|1/2\n2|9000000000000000000|1|1/2\n");
    assert_refused(data, ASK(.by = { "g" }, .measures = { "s = sum(x)", "d = s / all(s)" }), DK_ERR_OVERFLOW,
                   "measure s of breakdown vraag: sum() does not fit in 64 bits (g = total)");
}

/* Aggregates of many groups are finished side by side; the fault is told as ever. */
static void one_of_many_groups_that_does_not_fit_is_named(void **state)
{
    static char data[200000] = "g:integer x:integer\n";
    size_t used = strlen(data);

    (void)state;
    for (int i = 0; i < 5000; i++)
        used += (size_t)snprintf(data + used, sizeof data - used, "%d|%s\n", i,
                                 i == 4321 ? "9000000000000000000" : "1");
    (void)snprintf(data + used, sizeof data - used, "4321|9000000000000000000\n");
    for (unsigned threads = 1; threads <= 2; threads++) {
        dk_set_threads(threads);
        assert_refused(data, ASK(.by = { "g" }, .measures = { "n = count()", "s = sum(x)", "m = mean(x)" }),
                       DK_ERR_OVERFLOW, "measure s of breakdown vraag: sum() does not fit in 64 bits (g = 4321)");
    }
    dk_set_threads(0);
}

static void measures_may_ask_whether_a_row_is_a_total(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "regio", "jaar" },
                      .measures = { "n = count()", "t = jaar is total", "r = all(n, jaar)" },
                      .margins = DK_MARGINS_ROLLUP),
                  "Noord|2023|2|false|3\nNoord|2024|1|false|3\nNoord|*|3|true|6\n"
                  "Zuid|2023|1|false|3\nZuid|2024|2|false|3\nZuid|*|3|true|6\n*|*|6|true|6\n");
    assert_answer(persons, ASK(.measures = { "n = count()", "r = all(n) + all(count())" }), "6|12\n");
}

static void all_may_stand_in_all(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "regio", "jaar" },
                      .measures = { "n = count()", "a = n / all(n, regio)", "b = all(a, jaar)", "c = all(b + n)" }),
                  /* a where only jaar is kept: n of the year over n of all; b is that; c over everything: 1 + 6 */
                  "Noord|2023|2|2/3|1/2|7/1\nNoord|2024|1|1/3|1/2|7/1\n"
                  "Zuid|2023|1|1/3|1/2|7/1\nZuid|2024|2|2/3|1/2|7/1\n");
}

static void a_level_that_nobody_has_is_noted(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.measures = { "n = count() where regio == 'Nord'" }, .where = "gemeente ~= 'Asen'"),
                        table, NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result), "0\n");
    assert_int_equal(dk_table_n_notes(result), 3);
    assert_non_null(strstr(dk_table_note(result, 1), "Assen"));
    assert_non_null(strstr(dk_table_note(result, 2), "Noord"));
    dk_table_release(result);
    dk_table_release(table);
}

static void no_rows_give_one_total_and_no_groups(void **state)
{
    static const char data[] = "g:category x:integer\n";

    (void)state;
    assert_answer(data, ASK(.measures = { "n = count()", "s = sum(x)", "m = mean(x)", "a = min(g)" }), "0|-|-|-\n");
    assert_answer(data, ASK(.by = { "g" }, .measures = { "n = count()" }), "");
    assert_answer(data, ASK(.by = { "g" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS), "*|0\n");
    assert_answer(
        data,
        ASK(.by = { "g", "x" }, .measures = { "n = count()", "d = n / all(n, g)" }, .margins = DK_MARGINS_CUBE),
        "*|*|0|-\n");
}

static void dimensions_may_be_expressions(void **state)
{
    (void)state;
    assert_answer(
        persons,
        ASK(.by = { "laat = jaar > 2023", "sonar" }, .measures = { "n = count()" }, .where = "regio == 'Zuid'"),
        "false|false|1\ntrue|true|1\ntrue|-|1\n");
}

static void dimensions_may_be_the_same_for_every_row(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "a = 'x'", "b = 1", "c = true", "d = 0.5", "e = jaar / jaar" },
                      .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                  "x|1|true|0.5|1/1|6\n*|*|*|*|*|6\n");
}

/* Columns of real, ratio, date and text values are dimensions like others. */
static void every_type_makes_groups(void **state)
{
    (void)state;
    assert_answer("r:real q:ratio d:date t:text x:decimal2\n0.5|1/2|2024-01-01|b|1.50\n-0.0|2/4|2024-01-01|a|1.50\n"
                  "0.0|1/2|2024-01-01|a|1.50\n-|-|-|-|-\n0.5|1/3|2023-12-31|b|-1.50\n",
                  ASK(.by = { "r", "q", "d", "t", "x" }, .measures = { "n = count()" }),
                  "0.0|1/2|2024-01-01|a|1.50|2\n0.5|1/3|2023-12-31|b|-1.50|1\n0.5|1/2|2024-01-01|b|1.50|1\n"
                  "-|-|-|-|-|1\n");
}

/* A measure's own overflow happens in a row of the result, and says so. */
static void arithmetic_of_measures_that_does_not_fit_is_reported(void **state)
{
    (void)state;
    assert_refused("x:integer\n9000000000000000000\n", ASK(.measures = { "s = sum(x)", "t = s * 10" }),
                   DK_ERR_OVERFLOW, "rows are those of the result of breakdown vraag");
}

static void a_budget_that_is_too_small_is_reported(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_set_budget(context, dk_context_used_bytes(context) + 4096);
    assert_fails(ask_table(ASK(.by = { "regio" }, .measures = { "n = count()" }), table, NULL, &result, &err), &err,
                 DK_ERR_MEMORY, "");
    assert_null(result);
    dk_context_set_budget(context, 0);
    dk_table_release(table);
}

static void order_and_limit_go_by_measure_then_key(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .order = { "n desc" }, .limit = 2),
                  "Assen|2\nBreda|2\n");
    assert_answer(persons,
                  ASK(.by = { "regio", "gemeente" }, .measures = { "u = sum(uren)" }, .margins = DK_MARGINS_ROLLUP,
                      .order = { "u" }, .limit = 1),
                  "Zuid|-|1.5\nZuid|*|11.5\nNoord|*|30.5\n*|*|42.0\n");
    assert_answer(persons, ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .order = { "none" }),
                  "Assen|2\nBreda|2\nEmmen|1\n-|1\n");
}

static void limit_says_what_it_leaves_out(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        ask_table(ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .limit = 3), table, NULL, &result, &err),
        &err);
    assert_int_equal(dk_table_n_notes(result), 1);
    assert_string_equal(dk_table_note(result, 0), "1 group is not shown");
    dk_table_release(result);
    dk_table_release(table);
}

static void notes_say_which_rows_a_null_condition_left_out(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.measures = { "n = count() where sonar", "m = count() where not sonar", "k = count()" },
                            .where = "uren > 1"),
                        table, NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result), "3|1|5\n");
    assert_int_equal(dk_table_n_notes(result), 3);
    assert_string_equal(dk_table_note(result, 0), "1 row was left out, because uren > 1 is null there");
    assert_string_equal(dk_table_note(result, 1), "1 row was left out of n, because sonar is null there");
    assert_string_equal(dk_table_note(result, 2), "1 row was left out of m, because not sonar is null there");
    dk_table_release(result);
    dk_table_release(table);
}

/* Weights: cells of a scenario, say. rows() counts records. */
static void weights_count_in_counts_sums_and_means(void **state)
{
    const dk_table *table =
        make_table(context, "g:category x:integer w:decimal1\na|10|1.5\na|20|0.5\nb|7|0.0\nb|-|2.0\n");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    table = with_weight(table, "w");
    assert_ok(ask_table(ASK(.by = { "g" },
                            .measures = { "n = count()", "r = rows()", "s = sum(x)", "m = mean(x)", "a = max(x)",
                                          "deel = n / all(n)" },
                            .margins = DK_MARGINS_TOTALS),
                        table, NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result),
                        "a|2.0|2|25.0|25/2|20|1/2\nb|2.0|2|-|-|-|1/2\n*|4.0|4|25.0|25/2|20|1/1\n");
    dk_table_release(result);
    dk_table_release(table);
}

static void parameters_reach_conditions_and_measures(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_param items[] = { { "jaar", { .type = DK_INTEGER, .as.integer = 2024 } } };
    dk_params params = { items, 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.measures = { "n = count() where jaar == $jaar", "m = n + $jaar" }), table, &params,
                        &result, &err),
              &err);
    assert_string_equal(show_rows(result), "3|2027\n");
    dk_table_release(result);
    dk_table_release(table);
}

static void properties_labels_and_formats_come_along(void **state)
{
    const dk_table *table = make_table(context, persons), *named = NULL, *result = NULL;
    dk_properties properties = { .name = "register", .source = "register.csv", .unit = "persons" };
    dk_measure by = { "regio", "Regio", NULL }, measure = { "n = count()", "Aantal", "0" };
    dk_breakdown_spec spec = { .name = "telling", .by = &by, .n_by = 1, .measures = &measure, .n_measures = 1 };
    const dk_breakdown *breakdown = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_properties(table, &properties, &named, &err), &err);
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_string_equal(dk_breakdown_name(breakdown), "telling");
    assert_ok(dk_breakdown_run(breakdown, named, NULL, &result, &err), &err);
    assert_string_equal(dk_table_properties(result)->name, "telling");
    assert_string_equal(dk_table_properties(result)->source, "register.csv");
    assert_string_equal(dk_table_properties(result)->unit, "persons");
    assert_string_equal(dk_table_field(result, 0)->label, "Regio");
    assert_string_equal(dk_table_field(result, 1)->label, "Aantal");
    assert_string_equal(dk_table_field(result, 1)->format, "0");
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    dk_table_release(named);
    dk_table_release(table);
}

static bool append_name(void *arg, const char *column)
{
    strcat(strcat(arg, column), " ");
    return strcmp(column, "sonar") != 0; /* stops there */
}

/* What a scenario must keep of a table so that the breakdown can run on its cells. */
static void the_columns_that_are_read_are_known(void **state)
{
    dk_measure by[] = { { "regio", NULL, NULL }, { "laat = jaar > 2023", NULL, NULL } };
    dk_measure measures[] = { { "n = count()", NULL, NULL },
                              { "d = n / all(n, regio) + sum(uren * 2) where sonar and id == 'a'", NULL, NULL } };
    dk_breakdown_spec spec = {
        .by = by, .n_by = 2, .measures = measures, .n_measures = 2, .where = "gemeente ~= 'x'"
    };
    const dk_breakdown *breakdown = NULL;
    char names[256] = "";
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_false(dki_breakdown_columns(breakdown, append_name, names));
    assert_string_equal(names, "regio jaar gemeente uren sonar ");
    assert_int_equal(dki_breakdown_find_dimension(breakdown, "laat"), 1);
    assert_int_equal(dki_breakdown_find_dimension(breakdown, "jaar"), SIZE_MAX);
    assert_int_equal(dki_breakdown_find_measure(breakdown, "d"), 1);
    assert_int_equal(dki_breakdown_find_measure(breakdown, "regio"), SIZE_MAX);
    assert_null(dk_breakdown_name(breakdown));
    dk_breakdown_release(dk_breakdown_retain(breakdown));
    dk_breakdown_release(breakdown);
}

static void a_specification_is_checked_without_a_table(void **state)
{
    (void)state;
    assert_refused(persons, ASK(.by = { "regio" }), DK_ERR_ARGUMENT, "has no measure");
    assert_refused(persons, ASK(.measures = { "count()" }), DK_ERR_ARGUMENT,
                   "measure 1 of breakdown vraag has no name");
    assert_refused(persons, ASK(.by = { "jaar + 1" }, .measures = { "n = count()" }), DK_ERR_ARGUMENT,
                   "dimension 1 of breakdown vraag has no name");
    assert_refused(persons, ASK(.by = { "regio", "regio" }, .measures = { "n = count()" }), DK_ERR_DUPLICATE,
                   "two columns named regio");
    assert_refused(persons, ASK(.by = { "regio" }, .measures = { "regio = count()" }), DK_ERR_DUPLICATE,
                   "two columns named regio");
    assert_refused(persons, ASK(.measures = { "n = sum(count())" }), DK_ERR_ARGUMENT,
                   "count() stands inside sum()");
    assert_refused(persons, ASK(.measures = { "n = m + 1", "m = count()" }), DK_ERR_NAME, "not made before");
    assert_refused(persons, ASK(.measures = { "n = jaar + 1" }), DK_ERR_NAME, "sum(jaar)");
    assert_refused(persons, ASK(.measures = { "n = modus(jaar)" }), DK_ERR_NAME,
                   "unknown function or aggregate modus()");
    assert_refused(persons, ASK(.measures = { "n = cuont()" }), DK_ERR_NAME, "did you mean count()?");
    assert_refused(persons, ASK(.by = { "regio" }, .measures = { "n = count()", "d = n / all(n, gemeente)" }),
                   DK_ERR_NAME, "takes dimensions");
    assert_refused(persons, ASK(.by = { "regio" }, .measures = { "n = count()", "d = all(regio)" }),
                   DK_ERR_ARGUMENT, "regio is a dimension");
    assert_refused(persons, ASK(.measures = { "n = count()" }, .order = { "m" }), DK_ERR_NAME, "has no column m");
    assert_refused(persons, ASK(.measures = { "n = count( " }), DK_ERR_SYNTAX, "");
    assert_refused(persons,
                   ASK(.by = { "a=1", "b=1", "c=1", "d=1", "e=1", "f=1", "g=1", "h=1", "i=1", "j=1", "k=1", "l=1",
                               "m=1", "n=1", "o=1", "p=1", "q=1" },
                       .measures = { "z = count()" }),
                   DK_ERR_LIMIT, "breakdown vraag has 17 dimensions; at most 16 are possible");
}

static void a_table_that_does_not_fit_is_refused(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL, *again = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_refused(persons, ASK(.by = { "regoi" }, .measures = { "n = count()" }), DK_ERR_NAME,
                   "breakdown vraag needs the column regoi");
    assert_refused(persons, ASK(.by = { "regoi" }, .measures = { "n = count()" }), DK_ERR_NAME,
                   "did you mean regio?");
    assert_refused(persons, ASK(.measures = { "n = count()", "m = sum(n)" }), DK_ERR_NAME, "n is a measure");
    assert_refused(persons, ASK(.measures = { "uren = sum(uren)" }), DK_ERR_DUPLICATE, "measure named uren");
    assert_refused(persons, ASK(.measures = { "sonar = count() where sonar" }), DK_ERR_DUPLICATE,
                   "measure named sonar");
    assert_refused(persons, ASK(.measures = { "n = sum(sonar)" }), DK_ERR_TYPE, "count() where sonar");
    assert_refused(persons, ASK(.measures = { "n = mean(id)" }), DK_ERR_TYPE, "takes a number");
    assert_refused(persons, ASK(.measures = { "n = count() where uren" }), DK_ERR_TYPE, "condition");
    assert_refused(persons, ASK(.measures = { "n = count()" }, .where = "jaar"), DK_ERR_TYPE, "condition");
    assert_ok(ask_table(ASK(.by = { "regio" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS), table,
                        NULL, &result, &err),
              &err);
    assert_fails(ask_table(ASK(.measures = { "s = sum(n)" }), result, NULL, &again, &err), &err, DK_ERR_MARGIN,
                 ":detail()");
    assert_null(again);
    dk_table_release(result);
    dk_table_release(table);
}

/* The earliest row at fault is the one reported, whatever is evaluated first in a block. */
static void the_earliest_fault_is_reported(void **state)
{
    static const char data[] = "g:integer x:integer\n1|1\n1|9000000000000000000\n1|1\n9000000000000000000|1\n";
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };
    const dk_table *table = make_table(context, data), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        dk_context_set_block_rows(context, blocks[i]);
        assert_fails(
            ask_table(ASK(.by = { "k = g * 10" }, .measures = { "s = sum(x * 10)" }), table, NULL, &result, &err),
            &err, DK_ERR_OVERFLOW, "row 2");
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    assert_null(result);
    dk_table_release(table);
    assert_answer("g:integer x:integer\n1|9000000000000000000\n2|3\n",
                  ASK(.measures = { "s = sum(x * 10) where g == 2" }), "30\n");
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    const struct question *question =
        ASK(.by = { "regio", "gemeente", "id" },
            .measures = { "n = count()", "k = count() where sonar", "s = sum(uren)",
                          "m = mean(uren) where jaar > 2000", "a = min(id)", "d = n / all(n, regio)" },
            .where = "jaar > 2000", .margins = DK_MARGINS_CUBE, .order = { "n desc" }, .limit = 2);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, ask_table(question, table, NULL, &result, &err), &err, result == NULL,
                                   dk_table_release(result));
    dk_set_threads(2);
    dk_context_set_block_rows(context, 1);
    table = (dk_table_release(table),
             make_table(context, "g:integer x:real\n1|1\n2|2\n3|3\n4|1\n5|2\n6|3\n7|1\n8|2\n9|3\n"
                                 "10|1\n11|1\n12|1\n13|1\n14|1\n15|1\n16|1\n17|1\n18|1\n"));
    result = NULL;
    question = ASK(.by = { "g" }, .measures = { "s = sum(x)", "r = max(x)" }, .all_levels = false);
    assert_survives_failing_memory(context, ask_table(question, table, NULL, &result, &err), &err, result == NULL,
                                   dk_table_release(result));
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(0);
    dk_table_release(table);
}

static void an_interrupted_run_stops(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(ask_table(ASK(.measures = { "n = count()" }), table, NULL, &result, &err), &err,
                 DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(result);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(published_columns_add_up_to_the_published_totals, start, stop),
        cmocka_unit_test_setup_teardown(published_rows_add_up_per_municipality, start, stop),
        cmocka_unit_test_setup_teardown(share_of_an_empty_total_is_null, start, stop),
        cmocka_unit_test_setup_teardown(measures_have_filters_of_their_own, start, stop),
        cmocka_unit_test_setup_teardown(null_is_a_group_of_its_own_and_comes_last, start, stop),
        cmocka_unit_test_setup_teardown(every_aggregate_skips_nulls, start, stop),
        cmocka_unit_test_setup_teardown(rollup_puts_each_total_after_its_parts, start, stop),
        cmocka_unit_test_setup_teardown(cube_totals_every_set_of_dimensions, start, stop),
        cmocka_unit_test_setup_teardown(all_is_the_measure_over_all_groups, start, stop),
        cmocka_unit_test_setup_teardown(all_needs_no_margins, start, stop),
        cmocka_unit_test_setup_teardown(nothing_fails_in_a_row_that_nobody_asked_for, start, stop),
        cmocka_unit_test_setup_teardown(one_of_many_groups_that_does_not_fit_is_named, start, stop),
        cmocka_unit_test_setup_teardown(measures_may_ask_whether_a_row_is_a_total, start, stop),
        cmocka_unit_test_setup_teardown(all_may_stand_in_all, start, stop),
        cmocka_unit_test_setup_teardown(a_level_that_nobody_has_is_noted, start, stop),
        cmocka_unit_test_setup_teardown(no_rows_give_one_total_and_no_groups, start, stop),
        cmocka_unit_test_setup_teardown(dimensions_may_be_expressions, start, stop),
        cmocka_unit_test_setup_teardown(dimensions_may_be_the_same_for_every_row, start, stop),
        cmocka_unit_test_setup_teardown(every_type_makes_groups, start, stop),
        cmocka_unit_test_setup_teardown(arithmetic_of_measures_that_does_not_fit_is_reported, start, stop),
        cmocka_unit_test_setup_teardown(a_budget_that_is_too_small_is_reported, start, stop),
        cmocka_unit_test_setup_teardown(order_and_limit_go_by_measure_then_key, start, stop),
        cmocka_unit_test_setup_teardown(limit_says_what_it_leaves_out, start, stop),
        cmocka_unit_test_setup_teardown(notes_say_which_rows_a_null_condition_left_out, start, stop),
        cmocka_unit_test_setup_teardown(weights_count_in_counts_sums_and_means, start, stop),
        cmocka_unit_test_setup_teardown(parameters_reach_conditions_and_measures, start, stop),
        cmocka_unit_test_setup_teardown(properties_labels_and_formats_come_along, start, stop),
        cmocka_unit_test_setup_teardown(the_columns_that_are_read_are_known, start, stop),
        cmocka_unit_test_setup_teardown(a_specification_is_checked_without_a_table, start, stop),
        cmocka_unit_test_setup_teardown(a_table_that_does_not_fit_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(the_earliest_fault_is_reported, start, stop),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, start, stop),
        cmocka_unit_test_setup_teardown(an_interrupted_run_stops, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
