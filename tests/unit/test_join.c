/* test_join.c - two tables beside each other, by key. */
#include <dekking/join.h>

#include "tables.h"

static const char register_rows[] = "id:text gemeente:category n:integer\n"
                                    "a|Arnhem|1\nb|Duiven|2\n-|Arnhem|3\nc|Zevenaar|4\na|Rheden|5\n";
static const char sonar_rows[] =
    "id:text profiel:boolean uren:decimal1\nc|true|1.5\na|false|2.5\nx|true|9.5\n-|true|0.5\n";

static dk_context *context;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

struct pair {
    const char *left, *right;
    const char *left_keys[4], *right_keys[4];
};

static dk_status join_pair(const struct pair *pair, const dk_join_options *how, const dk_table **out, dk_error *err)
{
    const dk_table *left = make_table(context, pair->left), *right = make_table(context, pair->right);
    size_t n = 0;
    dk_status status;

    while (pair->left_keys[n])
        n++;
    status = dk_table_join(left, right, pair->left_keys, pair->right_keys[0] ? pair->right_keys : pair->left_keys,
                           n, how, out, err);
    dk_table_release(left);
    dk_table_release(right);
    return status;
}

#define PAIR(l, r, ...) (&(const struct pair){ .left = (l), .right = (r), .left_keys = __VA_ARGS__ })

static void assert_made(const struct pair *pair, const dk_join_options *how, const char *expected)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 3; i++) {
        for (unsigned threads = 1; threads <= 2; threads++) {
            const dk_table *joined = NULL;
            dk_error err = DK_ERROR_INIT;

            dk_set_threads(threads);
            dk_context_set_block_rows(context, blocks[i]);
            assert_ok(join_pair(pair, how, &joined, &err), &err);
            assert_string_equal(show_rows(joined), expected);
            dk_table_release(joined);
        }
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void assert_joined(const struct pair *pair, dk_join_kind kind, const char *expected)
{
    assert_made(pair, &(const dk_join_options){ .kind = kind }, expected);
}

static void assert_refused(const struct pair *pair, dk_status expected, const char *part)
{
    const dk_table *joined = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(join_pair(pair, NULL, &joined, &err), &err, expected, part);
    assert_null(joined);
}

static void left_keeps_every_row_in_its_order(void **state)
{
    (void)state;
    assert_joined(
        PAIR(register_rows, sonar_rows, { "id" }), DK_JOIN_LEFT,
        "a|Arnhem|1|false|2.5\nb|Duiven|2|-|-\n-|Arnhem|3|-|-\nc|Zevenaar|4|true|1.5\na|Rheden|5|false|2.5\n");
}

static void inner_keeps_the_rows_that_match(void **state)
{
    (void)state;
    assert_joined(PAIR(register_rows, sonar_rows, { "id" }), DK_JOIN_INNER,
                  "a|Arnhem|1|false|2.5\nc|Zevenaar|4|true|1.5\na|Rheden|5|false|2.5\n");
}

static void several_keys_match_together(void **state)
{
    (void)state;
    assert_joined(PAIR("g:category j:integer n:integer\nA|1|10\nA|2|20\nB|1|30\n-|1|40\nB|-|50\nB|2|60\n",
                       "gem:category jaar:integer x:text\nB|2|b2\nA|1|a1\nB|1|b1\n-|1|geen\nB|-|geen\n-|1|geen\n",
                       { "g", "j" }, { "gem", "jaar" }),
                  DK_JOIN_LEFT, "A|1|10|a1\nA|2|20|-\nB|1|30|b1\n-|1|40|-\nB|-|50|-\nB|2|60|b2\n");
}

/* Two dictionaries give one level two codes; text has none. */
static void categories_and_text_match_by_text(void **state)
{
    (void)state;
    assert_joined(PAIR("g:category[Z,Y,X]\nX\nY\nZ\n-\n", "g:category n:integer\nX|1\nW|2\nZ|3\n", { "g" }),
                  DK_JOIN_LEFT, "X|1\nY|-\nZ|3\n-|-\n");
    assert_joined(PAIR("g:text\nX\nY\né\n\n", "g:category n:integer\nX|1\né|2\n|3\n", { "g" }), DK_JOIN_LEFT,
                  "X|1\nY|-\né|2\n|3\n");
    assert_joined(PAIR("g:category\nX\nY\n", "g:text n:integer\nY|1\ny|2\n", { "g" }), DK_JOIN_LEFT, "X|-\nY|1\n");
}

static void numbers_match_by_value(void **state)
{
    (void)state;
    assert_joined(PAIR("x:decimal2\n1.00\n1.50\n-2.00\n", "x:integer n:integer\n1|10\n-2|20\n", { "x" }),
                  DK_JOIN_LEFT, "1.00|10\n1.50|-\n-2.00|20\n");
    assert_joined(PAIR("x:real\n0.5\n0.1\n4e18\n1e300\n-0.0\n",
                       "x:ratio n:integer\n1/2|10\n1/10|20\n4000000000000000000/1|30\n0/1|40\n", { "x" }),
                  DK_JOIN_LEFT, "0.5|10\n0.1|-\n4e18|30\n1e300|-\n0.0|40\n");
    assert_joined(PAIR("x:real\n0.0\n1e300\n", "x:real n:integer\n-0.0|1\n1e300|2\n", { "x" }), DK_JOIN_LEFT,
                  "0.0|1\n1e300|2\n");
    assert_joined(PAIR("x:integer\n-9223372036854775808\n9223372036854775807\n",
                       "x:decimal0 n:integer\n9223372036854775807|1\n-9223372036854775808|2\n", { "x" }),
                  DK_JOIN_LEFT, "-9223372036854775808|2\n9223372036854775807|1\n");
}

static void dates_and_booleans_match(void **state)
{
    (void)state;
    assert_joined(PAIR("d:date\n2024-02-29\n2023-01-01\n", "d:date n:integer\n2024-02-29|1\n", { "d" }),
                  DK_JOIN_LEFT, "2024-02-29|1\n2023-01-01|-\n");
    assert_joined(PAIR("k:quarter\n2024Q1\n0001Q1\n-\n", "k:quarter n:integer\n0001Q1|1\n2024K1|2\n", { "k" }),
                  DK_JOIN_LEFT, "2024Q1|2\n0001Q1|1\n-|-\n");
    assert_joined(PAIR("b:boolean\ntrue\nfalse\n-\n", "b:boolean n:integer\nfalse|0\ntrue|1\n", { "b" }),
                  DK_JOIN_LEFT, "true|1\nfalse|0\n-|-\n");
}

static void empty_tables_join(void **state)
{
    (void)state;
    assert_joined(PAIR("id:text\n", sonar_rows, { "id" }), DK_JOIN_LEFT, "");
    assert_joined(PAIR("id:text\na\n", "id:text n:integer\n", { "id" }), DK_JOIN_LEFT, "a|-\n");
    assert_joined(PAIR("id:text\na\n", "id:text n:integer\n", { "id" }), DK_JOIN_INNER, "");
}

static void a_key_twice_on_the_right_is_refused_with_examples(void **state)
{
    (void)state;
    assert_refused(
        PAIR("id:text\na\n", "id:text\na\nb\na\nb\nb\nc\nc\n", { "id" }), DK_ERR_DUPLICATE,
        "the key id is not unique in the other table: a in rows 1 and 3; b in rows 2 and 4; b in rows 2 and 5");
    assert_refused(PAIR("g:category j:integer\nA|1\n", "g:category j:integer\nA|1\nA|2\nA|1\n", { "g", "j" }),
                   DK_ERR_DUPLICATE, "A, 1 in rows 1 and 3");
}

static void keys_that_cannot_be_compared_are_refused(void **state)
{
    (void)state;
    assert_refused(PAIR("id:text\na\n", "id:integer\n1\n", { "id" }), DK_ERR_TYPE, "id is text and id is integer");
    assert_refused(PAIR("p:month\n1970-01\n", "q:year\n1970\n", { "p" }, { "q" }), DK_ERR_TYPE,
                   "the key p is month and q is year, which cannot be compared");
    assert_refused(PAIR("p:month\n1970-01\n", "q:integer\n0\n", { "p" }, { "q" }), DK_ERR_TYPE,
                   "the key p is month and q is integer");
    assert_refused(PAIR("d:date\n2024-01-01\n", "d:timestamp\n2024-01-01T00:00\n", { "d" }), DK_ERR_TYPE, "date");
    assert_refused(PAIR("id:text\na\n", "id:text\na\n", { "ident" }), DK_ERR_NAME, "ident");
    assert_refused(PAIR("id:text\na\n", "id:text\na\n", { "id" }, { "di" }), DK_ERR_NAME, "di");
    assert_refused(PAIR("id:text\na\n", "id:text\na\n", { NULL }), DK_ERR_ARGUMENT, "at least one key");
    assert_refused(PAIR("id:text n:integer\na|1\n", "id:text n:integer\na|1\n", { "id" }), DK_ERR_DUPLICATE,
                   "both tables have a column n");
}

static void totals_are_refused(void **state)
{
    dk_measure by = { "id", NULL, NULL }, measure = { "n = count()", NULL, NULL };
    dk_breakdown_spec spec = {
        .by = &by, .n_by = 1, .measures = &measure, .n_measures = 1, .margins = DK_MARGINS_TOTALS
    };
    const dk_breakdown *breakdown = NULL;
    const dk_table *table = make_table(context, sonar_rows), *result = NULL, *joined = NULL;
    const char *keys[] = { "id" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_ok(dk_breakdown_run(breakdown, table, NULL, &result, &err), &err);
    assert_fails(dk_table_join(table, result, keys, keys, 1, NULL, &joined, &err), &err, DK_ERR_MARGIN,
                 ":detail()");
    assert_fails(dk_table_join(result, table, keys, keys, 1, NULL, &joined, &err), &err, DK_ERR_MARGIN,
                 ":detail()");
    assert_null(joined);
    dk_table_release(result);
    dk_table_release(table);
    dk_breakdown_release(breakdown);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *left = make_table(context, "g:category j:real\nA|1\nB|2\nA|-\n");
    const dk_table *right = make_table(context, "g:category j:integer x:text y:integer\nB|2|b|1\nA|1|a|2\n");
    const dk_join_options inner = { .kind = DK_JOIN_INNER };
    const dk_table *joined = NULL;
    const char *keys[] = { "g", "j" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_join(left, right, keys, keys, 2, &inner, &joined, &err),
                                   &err, joined == NULL, dk_table_release(joined));
    dk_set_threads(0);
    dk_table_release(left);
    dk_table_release(right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(left_keeps_every_row_in_its_order, start, stop),
        cmocka_unit_test_setup_teardown(inner_keeps_the_rows_that_match, start, stop),
        cmocka_unit_test_setup_teardown(several_keys_match_together, start, stop),
        cmocka_unit_test_setup_teardown(categories_and_text_match_by_text, start, stop),
        cmocka_unit_test_setup_teardown(numbers_match_by_value, start, stop),
        cmocka_unit_test_setup_teardown(dates_and_booleans_match, start, stop),
        cmocka_unit_test_setup_teardown(empty_tables_join, start, stop),
        cmocka_unit_test_setup_teardown(a_key_twice_on_the_right_is_refused_with_examples, start, stop),
        cmocka_unit_test_setup_teardown(keys_that_cannot_be_compared_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(totals_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
