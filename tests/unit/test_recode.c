/* test_recode.c - members that become others: lists of pairs, from one day to another, and in tables. */
#include <dekking/recode.h>

#include "tables.h"

#include "with_context.h"

#include "hierarchies.h"

/* A list as "A -> B 1/2, ...". Good until the next call. */
static const char *show_recode(const dk_recode *recode)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < dk_recode_n_pairs(recode); i++) {
        dk_recode_pair pair = dk_recode_get(recode, i);

        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s -> %.*s %lld/%lld", i ? ", " : "",
                                 (int)pair.old.size, pair.old.bytes, (int)pair.new.size, pair.new.bytes,
                                 (long long)pair.share.numerator, (long long)pair.share.denominator);
    }
    return text;
}

#define PAIR(old_, new_, n, d)                                  \
    {                                                           \
        { old_, sizeof(old_) - 1 }, { new_, sizeof(new_) - 1 }, \
        {                                                       \
            n, d                                                \
        }                                                       \
    }

static const dk_recode *recode_of(const dk_recode_pair *pairs, size_t n)
{
    const dk_recode *recode = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_recode_new(context, pairs, n, &recode, &err), &err);
    return recode;
}

/* Lists. ----------------------------------------------------------------------------------------------------------- */

static void pairs_of_one_member_stand_together(void **state)
{
    static const dk_recode_pair pairs[] = { PAIR("A", "X", 1, 3), PAIR("B", "X", 1, 1), PAIR("A", "Y", 2, 3) };
    const dk_recode *divided = recode_of(pairs, 3), *exact = recode_of(pairs + 1, 1), *none = recode_of(pairs, 0);

    (void)state;
    assert_string_equal(show_recode(divided), "A -> X 1/3, A -> Y 2/3, B -> X 1/1");
    assert_true(!dk_recode_is_exact(divided) && dk_recode_is_exact(exact) && dk_recode_is_exact(none));
    dk_recode_release(divided);
    dk_recode_release(exact);
    dk_recode_release(none);
}

static void a_list_that_cannot_be_is_refused(void **state)
{
    static const struct {
        dk_recode_pair pairs[2];
        size_t n;
        dk_status status;
        const char *message;
    } cases[] = {
        { { PAIR("A", "X", 1, 2), PAIR("A", "Y", 1, 3) },
          2,
          DK_ERR_ARGUMENT,
          "the shares of A do not add up to 1" },
        { { PAIR("A", "X", 0, 1), PAIR("A", "Y", 1, 1) }, 2, DK_ERR_ARGUMENT, "a share of A is not above 0" },
        { { PAIR("A", "X", 1, 2), PAIR("A", "X", 1, 2) }, 2, DK_ERR_DUPLICATE, "A becomes X twice" },
        { { PAIR("A\xff", "X", 1, 1) }, 1, DK_ERR_ENCODING, "a member to be recoded is not UTF-8" },
    };
    const dk_recode *recode = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_fails(dk_recode_new(context, cases[i].pairs, cases[i].n, &recode, &err), &err, cases[i].status,
                     cases[i].message);
        assert_null(recode);
    }
}

/* Days. ------------------------------------------------------------------------------------------------------------ */

/* A and B become C in 2016, C and D become E in 2018; F is divided in 2018, as is stated; G stays. */
#define CHAIN                                                                                                 \
    "g:category van:date tot:date\nA|-|2016-01-01\nB|-|2016-01-01\nC|2016-01-01|2018-01-01\nD|-|2018-01-01\n" \
    "E|2018-01-01|-\nF|-|2018-01-01\nF1|2018-01-01|-\nF2|2018-01-01|-\nG|-|-\n"
#define CHAIN_CHANGES                                                                                 \
    "date:date old:text new:text share:ratio\n2018-01-01|C|E|-\n2018-01-01|D|E|-\n2016-01-01|A|C|-\n" \
    "2016-01-01|B|C|1/1\n2018-01-01|F|F1|1/4\n2018-01-01|F|F2|3/4\n"

static void assert_recode(const dk_hierarchy *hierarchy, const char *from, const char *to, const char *weights,
                          const char *expected)
{
    const dk_table *table = weights ? make_table(context, weights) : NULL;
    const dk_recode *recode = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_hierarchy_recode(hierarchy, from, to, table, &recode, &err), &err);
    assert_string_equal(show_recode(recode), expected);
    dk_recode_release(recode);
    dk_table_release(table);
}

static void changes_follow_each_other(void **state)
{
    const dk_hierarchy *hierarchy = wide(CHAIN, 1, true, CHAIN_CHANGES);

    (void)state;
    assert_recode(hierarchy, "2015-01-01", "2015-12-31", NULL, "");
    assert_recode(hierarchy, "2015-01-01", "2016-01-01", NULL, "A -> C 1/1, B -> C 1/1");
    assert_recode(hierarchy, "2015-01-01", "2020-01-01", NULL,
                  "A -> E 1/1, B -> E 1/1, D -> E 1/1, F -> F1 1/4, F -> F2 3/4");
    assert_recode(hierarchy, "2016-01-01", "2020-01-01", NULL, "C -> E 1/1, D -> E 1/1, F -> F1 1/4, F -> F2 3/4");
    /* The way back by weights of the earlier day alone: 1 : 2 : 5. */
    assert_recode(hierarchy, "2020-01-01", "2015-01-01", "g:text weight:decimal1\nA|0.1\nB|0.2\nD|0.5\nQ|7.0\n",
                  "E -> A 1/8, E -> B 1/4, E -> D 5/8, F1 -> F 1/1, F2 -> F 1/1");
    assert_recode(hierarchy, "2020-01-01", "2015-01-01", "g:text weight:integer\nA|0\nB|0\nD|5\n",
                  "E -> D 1/1, F1 -> F 1/1, F2 -> F 1/1");
    assert_recode(hierarchy, "2017-01-01", "2015-01-01", "g:text weight:integer\nA|1\nB|1\n",
                  "C -> A 1/2, C -> B 1/2");
    dk_hierarchy_release(hierarchy);
}

/* A member that is divided, and goes on too; nobody stated how. */
#define SPLIT "g:category van:date tot:date\nA|-|-\nB|2016-01-01|-\nC|-|2016-01-01\nD|-|2017-01-01\n"
#define SPLIT_CHANGES "date:date old:text new:text\n2016-01-01|A|A\n2016-01-01|A|B\n2016-01-01|C|B\n"

static void assert_no_recode(const dk_hierarchy *hierarchy, const char *from, const char *to, const char *weights,
                             dk_status status, const char *message, const char *hint)
{
    const dk_table *table = weights ? make_table(context, weights) : NULL;
    const dk_recode *recode = NULL;
    dk_error err = DK_ERROR_INIT;

    if (dk_hierarchy_recode(hierarchy, from, to, table, &recode, &err) == DK_OK) /* some members are lacking */
        assert_false(dk_recode_is_exact(recode));
    assert_fails(recode ? dk_recode_check(recode, &err) : err.code, &err, status, message);
    assert_string_equal(err.message, message);
    assert_string_equal(err.hint, hint);
    dk_recode_release(recode);
    dk_table_release(table);
}

static void what_nobody_stated_is_refused(void **state)
{
    static const char give[] = "give weights: a table with the columns g and weight, of the day that is recoded to";
    static const char *const from = "2015-01-01", *const to = "2016-01-01";
    const dk_hierarchy *hierarchy = wide(SPLIT, 1, true, SPLIT_CHANGES),
                       *plain = wide("g:category\nA\n", 1, false, NULL);

    (void)state;
    assert_no_recode(hierarchy, from, to, NULL, DK_ERR_DATA,
                     "A is divided over 2, and no weight says how much A gets", give);
    assert_recode(hierarchy, from, to, "g:category weight:integer\nA|3\nB|1\n",
                  "A -> A 3/4, A -> B 1/4, C -> B 1/1");
    assert_no_recode(hierarchy, from, to, "g:category weight:integer\nA|0\nB|0\n", DK_ERR_DATA,
                     "A is divided over members whose weights are 0", "give one of them a weight above 0");
    assert_no_recode(hierarchy, to, from, "g:category weight:integer\nA|1\nC|1\n", DK_ERR_DATA,
                     "B came from members that were divided by shares that nobody stated",
                     "state the shares of what was divided in the changes of the hierarchy: date, old, new, share");
    assert_no_recode(hierarchy, from, to, "g:category weight:integer\nA|3\nB|1\nA|4\n", DK_ERR_DATA,
                     "the weights have A twice",
                     "add them up: t:breakdown { by = \"g\", measures = \"weight = sum(...)\" }");
    assert_no_recode(hierarchy, from, "2017-01-01", "g:category weight:integer\nA|3\nB|1\n", DK_ERR_DATA,
                     "D is not there on 2017-01-01, and no change says what became of it",
                     "add it to the changes of the hierarchy: date, old, new");
    assert_no_recode(hierarchy, from, to, "g:category weight:integer\nA|-\nB|1\n", DK_ERR_DATA,
                     "the weight of A is null", "");
    assert_no_recode(hierarchy, from, to, "g:category weight:integer\nA|-1\nB|1\n", DK_ERR_DATA,
                     "the weight of A is negative", "");
    assert_no_recode(hierarchy, from, to, "g:category weight:real\nA|1\n", DK_ERR_TYPE,
                     "weights are whole or decimal numbers, and the column weight is real", "");
    assert_no_recode(hierarchy, from, to, "g:integer weight:integer\n1|1\n", DK_ERR_TYPE,
                     "the column g of the weights is integer, and not a category or text", "");
    assert_no_recode(hierarchy, from, to, "g:category n:integer\nA|1\n", DK_ERR_NAME, "unknown column \"weight\"",
                     "weights are a table with the columns g and weight");
    assert_no_recode(hierarchy, from, to,
                     "g:category weight:integer\nA|9223372036854775807\nB|9223372036854775807\n", DK_ERR_OVERFLOW,
                     "the shares of A do not fit", "");
    assert_no_recode(hierarchy, "gisteren", to, NULL, DK_ERR_ARGUMENT,
                     "a recode goes from one day to another, such as 2018-01-01, and \"gisteren\" is none", "");
    assert_no_recode(plain, from, to, NULL, DK_ERR_ARGUMENT, "nothing changes in a hierarchy without days",
                     "make it with from and to, and with changes");
    dk_hierarchy_release(plain);
    dk_hierarchy_release(hierarchy);
    hierarchy = wide("g:category van:date tot:date\nA|-|2016-01-01\nN|2016-01-02|-\n", 1, true,
                     "date:date old:text new:text\n2016-01-01|A|N\n");
    assert_no_recode(hierarchy, from, to, NULL, DK_ERR_DATA,
                     "N is not there on 2016-01-01, and no change says what became of it",
                     "it is there from 2016-01-02 on: a change is of the day on which what is new begins");
    dk_hierarchy_release(hierarchy);
    hierarchy = wide("g:category van:date tot:date\nA|-|-\nN|2016-01-01|-\n", 1, true, NULL);
    assert_no_recode(hierarchy, to, from, NULL, DK_ERR_DATA,
                     "N is not there on 2015-01-01, and no change says what it came from",
                     "add it to the changes of the hierarchy: date, old, new");
    dk_hierarchy_release(hierarchy);
}

/* Tables. ---------------------------------------------------------------------------------------------------------- */

static const dk_recode_pair thirds[] = { PAIR("A", "X", 1, 3), PAIR("A", "Y", 2, 3), PAIR("B", "X", 1, 1) };

static void assert_recoded(const dk_table *table, const dk_recode_options *options, const char *expected,
                           const char *note)
{
    const dk_recode *recode = recode_of(thirds, 3);

    for (unsigned i = 0; i < 4; i++) {
        const dk_table *made = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + i / 2);
        dk_context_set_block_rows(context, i % 2 ? 1 : DK_BLOCK_ROWS);
        assert_ok(dk_table_recode(table, "g", recode, options, &made, &err), &err);
        assert_string_equal(show_rows(made), expected);
        assert_int_equal(dk_table_n_notes(made), note != NULL);
        if (note)
            assert_string_equal(dk_table_note(made, 0), note);
        dk_table_release(made);
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_recode_release(recode);
    dk_table_release(table);
}

static void rows_are_divided_to_the_last_unit(void **state)
{
    static const char *const n[] = { "n" };

    (void)state;
    assert_recoded(make_table(context, "g:text n:integer\nB|5\nC|6\n-|7\n"), NULL, "X|5\nC|6\n-|7\n", NULL);
    assert_recoded(make_table(context, "g:category n:integer\nA|10\nA|-7\nC|6\nA|-\n-|7\n"),
                   &(dk_recode_options){ .columns = n, .n_columns = 1 },
                   "X|3.333333333\nY|6.666666667\nX|-2.333333333\nY|-4.666666667\nC|6.000000000\nX|-\nY|-\n"
                   "-|7.000000000\n",
                   "an estimate: 3 rows were divided over several g by shares");
    assert_recoded(with_weight(make_table(context, "g:category w:integer\nA|1\nB|2\n"), "w"), NULL,
                   "X|0.333333333\nY|0.666666667\nX|2.000000000\n",
                   "an estimate: 1 row was divided over several g by shares");
    assert_recoded(make_table(context, "g:category\nA\nB\n"), &(dk_recode_options){ .weight = "w" },
                   "X|0.333333333\nY|0.666666667\nX|1.000000000\n",
                   "an estimate: 1 row was divided over several g by shares");
}

static void what_cannot_be_divided_is_refused(void **state)
{
    static const char *const n[] = { "n" };
    static const dk_recode_options divide_n = { .columns = n, .n_columns = 1 };
    static const struct {
        const char *rows;
        const dk_recode_options *options;
        dk_status status;
        const char *message, *hint;
    } cases[] = {
        { "g:integer\n1\n", NULL, DK_ERR_TYPE, "members to be recoded are categories or texts, and g is integer",
          "" },
        { "g:category n:real\nA|1\n", &divide_n, DK_ERR_TYPE,
          "the column n is real: only whole and decimal numbers can be divided", "" },
        { "g:category\nA\nA\n", NULL, DK_ERR_ARGUMENT, "2 rows are to be divided, and the table has no weight",
          "name a weight to be made, { weight = \"gewicht\" }, or the counts to divide, { divide = { ... } }" },
        { "g:category n:integer\nA|9223372036854775807\n", &divide_n, DK_ERR_OVERFLOW,
          "row 1: 9223372036854775807 cannot be divided, it has too many digits", "" },
    };
    const dk_recode *recode = recode_of(thirds, 3);
    const dk_table *made = NULL, *table, *totals = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table = make_table(context, cases[i].rows);
        assert_fails(dk_table_recode(table, "g", recode, cases[i].options, &made, &err), &err, cases[i].status,
                     cases[i].message);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.hint, cases[i].hint);
        assert_null(made);
        dk_table_release(table);
    }
    table = make_table(context, "g:category\nA\nA\n");
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS), table,
                        NULL, &totals, &err),
              &err);
    assert_fails(dk_table_recode(totals, "g", recode, &divide_n, &made, &err), &err, DK_ERR_MARGIN,
                 "rows are to be divided, and the table has rows that are totals");
    assert_string_equal(err.hint, "take its :detail()");
    dk_table_release(totals);
    dk_table_release(table);
    dk_recode_release(recode);
}

/* Rows of their own days. ------------------------------------------------------------------------------------------ */

static dk_status recode_on(const dk_hierarchy *hierarchy, const char *rows, const char *to, const char *weights,
                           const dk_table **out, dk_error *err)
{
    static const char *const n[] = { "n" };
    const dk_recode_options options = { .columns = n, .n_columns = 1 };
    const dk_table *table = make_table(context, rows), *weight = weights ? make_table(context, weights) : NULL;
    const dk_recode *recode = NULL;
    dk_status status = dk_hierarchy_recode_on(hierarchy, "dag", to, weight, &recode, err);

    if (status == DK_OK)
        status = dk_table_recode(table, "g", recode, &options, out, err);
    dk_recode_release(recode);
    dk_table_release(weight);
    dk_table_release(table);
    return status;
}

static void a_series_is_of_one_vintage(void **state)
{
    static const char rows[] = "g:category dag:date n:integer\nA|2015-06-01|1\nB|2015-06-01|2\nC|2016-01-01|4\n"
                               "D|2016-01-01|8\nE|2018-01-01|16\n-|2018-01-01|32\n-|-|64\nQ|2018-01-01|128\n";
    const dk_hierarchy *hierarchy = wide(CHAIN, 1, true, CHAIN_CHANGES);
    const dk_table *made = NULL;
    const dk_recode *recode = NULL;
    const char *to;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        dk_context_set_block_rows(context, i ? 1 : DK_BLOCK_ROWS);
        assert_ok(recode_on(hierarchy, rows, "2018-01-01", NULL, &made, &err), &err);
        assert_string_equal(show_rows(made), "E|2015-06-01|1\nE|2015-06-01|2\nE|2016-01-01|4\nE|2016-01-01|8\n"
                                             "E|2018-01-01|16\n-|2018-01-01|32\n-|-|64\nQ|2018-01-01|128\n");
        dk_table_release(made);
        assert_ok(recode_on(hierarchy,
                            "g:text dag:timestamp n:integer\nE|2018-01-01 12:00|80\nD|2015-01-01 00:00|1\n",
                            "2016-01-01", "g:text weight:integer\nC|3\nD|5\n", &made, &err),
                  &err);
        assert_string_equal(show_rows(made),
                            "C|2018-01-01T12:00:00|30.000000000\nD|2018-01-01T12:00:00|50.000000000\n"
                            "D|2015-01-01T00:00:00|1.000000000\n");
        dk_table_release(made);
        made = NULL;
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    assert_fails(recode_on(hierarchy, rows, "2016-01-01", NULL, &made, &err), &err, DK_ERR_DATA,
                 "E is divided over 2, and no weight says how much C gets");
    assert_fails(
        recode_on(hierarchy, "g:text dag:date n:integer\nA|2015-01-01|1\nA|-|1\n", "2016-01-01", NULL, &made, &err),
        &err, DK_ERR_DATA, "row 2 has no day in dag");
    assert_string_equal(err.hint, "leave such rows out: t:where \"dag is not null\"");
    assert_fails(recode_on(hierarchy, "g:text dag:integer n:integer\nA|1|1\n", "2016-01-01", NULL, &made, &err),
                 &err, DK_ERR_TYPE, "the day of each row is a date, and dag is integer");
    assert_fails(recode_on(hierarchy, "g:text n:integer\nA|1\n", "2016-01-01", NULL, &made, &err), &err,
                 DK_ERR_NAME, "unknown column \"dag\"");
    assert_fails(recode_on(hierarchy, rows, "ooit", NULL, &made, &err), &err, DK_ERR_ARGUMENT,
                 "a recode goes from one day to another, such as 2018-01-01, and \"ooit\" is none");
    assert_null(made);
    assert_ok(dk_hierarchy_recode_on(hierarchy, "dag", "2018-01-01", NULL, &recode, &err), &err);
    assert_string_equal(dk_recode_on(recode, &to), "dag");
    assert_string_equal(to, "2018-01-01");
    assert_false(dk_recode_is_exact(recode));
    assert_int_equal(dk_recode_n_pairs(recode), 0);
    dk_recode_release(recode);
    dk_set_threads(1);
    made = NULL;
    {
        static const char *const n[] = { "n" };
        const dk_recode_options options = { .columns = n, .n_columns = 1 };
        const dk_table *table = make_table(context, rows);

        recode = NULL;
        assert_survives_failing_memory(context,
                                       dk_hierarchy_recode_on(hierarchy, "dag", "2018-01-01", NULL, &recode, &err),
                                       &err, recode == NULL, (void)0);
        assert_survives_failing_memory(context, dk_table_recode(table, "g", recode, &options, &made, &err), &err,
                                       made == NULL, dk_table_release(made));
        dk_recode_release(recode);
        dk_table_release(table);
    }
    dk_hierarchy_release(hierarchy);
}

/* Who became another member belongs to what that one belongs to; of a new name everybody stays; nobody else moves. */
static void levels_above_follow(void **state)
{
    static const char rows[] =
        "g:category r:category n:integer\n"
        "Nijmegen|Rijk|8\nArnhem|Midden|3\nRijnwaarden|Midden|2\nRenkum|Rijk|5\n-|-|1\nSaba|-|4\n";
    static const dk_recode_pair exact[] = { PAIR("Nijmegen", "Zevenaar", 1, 1), PAIR("Rijnwaarden", "Nieuw", 1, 1),
                                            PAIR("Saba", "Renkum", 1, 1) },
                                parts[] = { PAIR("Nijmegen", "Arnhem", 1, 2), PAIR("Nijmegen", "Nijmegen", 1, 2) };
    static const char *const n[] = { "n" };
    const dk_recode_options options = { .columns = n, .n_columns = 1 };
    const dk_hierarchy *all = wide(GEO, 3, true, GEO_CHANGES), *then = at_day(all, "2015-01-01");
    const dk_table *table = make_table(context, rows), *used = NULL, *made = NULL;
    const dk_recode *merged = recode_of(exact, 3), *divided = recode_of(parts, 2);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_set_block_rows(context, 2);
    assert_ok(dk_table_use(table, then, NULL, &used, &err), &err);
    assert_ok(dk_table_recode(used, "g", merged, &options, &made, &err), &err);
    assert_string_equal(show_rows(made),
                        "Zevenaar|Midden|8|NL\nArnhem|Midden|3|NL\nNieuw|Midden|2|NL\nRenkum|Rijk|5|NL\n"
                        "-|-|1|-\nRenkum|Rijk|4|NL\n");
    dk_table_release(made);
    made = NULL;
    assert_ok(dk_table_recode(used, "g", divided, &options, &made, &err), &err);
    assert_string_equal(show_rows(made),
                        "Arnhem|Midden|4.000000000|NL\nNijmegen|Rijk|4.000000000|NL\nArnhem|Midden|3.000000000|NL\n"
                        "Rijnwaarden|Midden|2.000000000|NL\nRenkum|Rijk|5.000000000|NL\n-|-|1.000000000|-\n"
                        "Saba|-|4.000000000|-\n");
    dk_table_release(made);
    made = NULL;
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_recode(used, "g", divided, &options, &made, &err), &err,
                                   made == NULL, dk_table_release(made));
    dk_set_threads(0);
    dk_recode_release(divided);
    dk_recode_release(merged);
    dk_table_release(used);
    dk_table_release(table);
    dk_hierarchy_release(then);
    dk_hierarchy_release(all);
}

/* Of Rijnwaarden 2, of Zevenaar 5: 7 of Zevenaar. The region of Nijmegen, who becomes one of it, keeps its 9. */
static void figures_beside_a_table_go_along(void **state)
{
    static const dk_recode_pair pairs[] = { PAIR("Nijmegen", "Zevenaar", 1, 1),
                                            PAIR("Rijnwaarden", "Zevenaar", 1, 1) };
    static const char *const by_g[] = { "g" }, *const by_r[] = { "r" };
    const dk_hierarchy *all = wide(GEO, 3, true, GEO_CHANGES), *then = at_day(all, "2015-01-01");
    const dk_table *table = make_table(context, "g:category\nNijmegen\nRijnwaarden\n"), *used = NULL;
    const dk_table *of_g = make_table(context, "g:category k:integer\nRijnwaarden|2\nZevenaar|5\nRenkum|1\n");
    const dk_table *of_r = make_table(context, "r:category m:integer\nRijk|9\nMidden|4\n");
    const dk_table *one = NULL, *both = NULL, *made = NULL;
    const dk_recode *merged = recode_of(pairs, 2);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(table, then, NULL, &used, &err), &err);
    assert_ok(dk_table_attach(used, of_g, by_g, 1, &one, &err), &err);
    assert_ok(dk_table_attach(one, of_r, by_r, 1, &both, &err), &err);
    assert_ok(dk_table_recode(both, "g", merged, NULL, &made, &err), &err);
    assert_int_equal(dk_table_properties(made)->n_attached, 2);
    assert_string_equal(show_rows(dk_table_properties(made)->attached[0].table),
                        "Zevenaar|2\nZevenaar|5\nRenkum|1\n");
    assert_string_equal(show_rows(dk_table_properties(made)->attached[1].table), "Rijk|9\nMidden|4\n");
    assert_int_equal(dk_table_n_notes(made), 1);
    assert_string_equal(dk_table_note(made, 0),
                        "g recoded: figures known per r stay what they were, and rows come from one into another");
    dk_table_release(made);
    made = NULL;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_recode(both, "g", merged, NULL, &made, &err), &err,
                                   made == NULL, dk_table_release(made));
    dk_set_threads(0);
    dk_recode_release(merged);
    dk_table_release(both);
    dk_table_release(one);
    dk_table_release(of_r);
    dk_table_release(of_g);
    dk_table_release(used);
    dk_table_release(table);
    dk_hierarchy_release(then);
    dk_hierarchy_release(all);
}

/* Memory. ---------------------------------------------------------------------------------------------------------- */

static void every_allocation_may_fail(void **state)
{
    static const char *const n[] = { "n" };
    const dk_hierarchy *hierarchy = wide(CHAIN, 1, true, CHAIN_CHANGES);
    const dk_table *weights = make_table(context, "g:text weight:integer\nA|1\nB|2\nD|5\n");
    const dk_table *table = make_table(context, "g:text n:integer\nA|10\nB|7\nC|6\n-|7\n"), *made = NULL;
    const dk_recode *recode = NULL;
    const dk_recode_options options[] = { { .columns = n, .n_columns = 1 }, { .weight = "w" } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_recode_new(context, thirds, 3, &recode, &err), &err, recode == NULL,
                                   (void)0);
    for (size_t i = 0; i < 2; i++, made = NULL)
        assert_survives_failing_memory(context, dk_table_recode(table, "g", recode, &options[i], &made, &err), &err,
                                       made == NULL, dk_table_release(made));
    dk_recode_release(recode);
    recode = NULL;
    assert_survives_failing_memory(context,
                                   dk_hierarchy_recode(hierarchy, "2015-01-01", "2019-01-01", NULL, &recode, &err),
                                   &err, recode == NULL, dk_recode_release(recode));
    recode = NULL;
    assert_survives_failing_memory(
        context, dk_hierarchy_recode(hierarchy, "2019-01-01", "2015-01-01", weights, &recode, &err), &err,
        recode == NULL, dk_recode_release(recode));
    dk_table_release(table);
    dk_table_release(weights);
    dk_hierarchy_release(hierarchy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_one_member_stand_together), cmocka_unit_test(a_list_that_cannot_be_is_refused),
        cmocka_unit_test(changes_follow_each_other),          cmocka_unit_test(what_nobody_stated_is_refused),
        cmocka_unit_test(rows_are_divided_to_the_last_unit),  cmocka_unit_test(what_cannot_be_divided_is_refused),
        cmocka_unit_test(a_series_is_of_one_vintage),         cmocka_unit_test(levels_above_follow),
        cmocka_unit_test(figures_beside_a_table_go_along),    cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
