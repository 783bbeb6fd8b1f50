/* test_join.c - two tables beside each other, by key. */
#include <dekking/join.h>

#include "tables.h"

#include "with_context.h"

static const char register_rows[] = "id:text gemeente:category n:integer\n"
                                    "a|Arnhem|1\nb|Duiven|2\n-|Arnhem|3\nc|Zevenaar|4\na|Rheden|5\n";
static const char sonar_rows[] =
    "id:text profiel:boolean uren:decimal1\nc|true|1.5\na|false|2.5\nx|true|9.5\n-|true|0.5\n";

struct pair {
    const char *left, *right;
    const char *left_keys[6], *right_keys[6];
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

static void few_rows_are_joined_in_little_memory(void **state)
{
    const struct pair *pair = PAIR(register_rows, sonar_rows, { "id" });
    const dk_table *joined = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t before = dk_context_used_bytes(context);

    (void)state;
    dk_context_reset_peak(context);
    assert_ok(join_pair(pair, NULL, &joined, &err), &err);
    assert_true(dk_context_peak_bytes(context) - before < 100000); /* the tables are made within */
    dk_table_release(joined);
}

static void inner_keeps_the_rows_that_match(void **state)
{
    (void)state;
    assert_joined(PAIR(register_rows, sonar_rows, { "id" }), DK_JOIN_INNER,
                  "a|Arnhem|1|false|2.5\nc|Zevenaar|4|true|1.5\na|Rheden|5|false|2.5\n");
}

/* What only chooses rows takes no column along, so that no name can be there twice; nor can any be asked for. */
static void choosing_rows_looks_at_keys_alone(void **state)
{
    const struct pair *pair = PAIR("k:text n:integer\na|1\nb|2\n-|3\n", "k:text n:text\na|x\na|y\nc|z\n", { "k" });
    const char *columns[] = { "n" };
    dk_join_options taking = { .kind = DK_JOIN_SEMI, .suffix = "_2", .columns = columns, .n_columns = 1 };
    const dk_table *joined = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_joined(pair, DK_JOIN_SEMI, "a|1\n");
    assert_joined(pair, DK_JOIN_ANTI, "b|2\n-|3\n");
    assert_fails(join_pair(pair, &taking, &joined, &err), &err, DK_ERR_ARGUMENT,
                 "rows of the first table are only chosen here, and no column comes over");
    taking.kind = DK_JOIN_ANTI;
    assert_fails(join_pair(pair, &taking, &joined, &err), &err, DK_ERR_ARGUMENT, "no column comes over");
    assert_null(joined);
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

/* Row 4 of left has no key, and so has row 3 of right; b and c match, c twice in right. */
static const char kinds_left[] = "id:text n:integer\na|1\nb|2\nc|3\n-|4\nb|5\n";
static const char kinds_right[] = "id:text x:integer\nc|10\nz|20\n-|30\nc|40\nb|50\n";

static void each_kind_has_its_rows(void **state)
{
    static const struct {
        dk_join_kind kind;
        const char *rows;
    } cases[] = {
        { DK_JOIN_INNER, "b|2|50\nc|3|10\nc|3|40\nb|5|50\n" },
        { DK_JOIN_LEFT, "a|1|-\nb|2|50\nc|3|10\nc|3|40\n-|4|-\nb|5|50\n" },
        { DK_JOIN_RIGHT, "b|2|50\nc|3|10\nc|3|40\nb|5|50\nz|-|20\n-|-|30\n" },
        { DK_JOIN_FULL, "a|1|-\nb|2|50\nc|3|10\nc|3|40\n-|4|-\nb|5|50\nz|-|20\n-|-|30\n" },
        { DK_JOIN_SEMI, "b|2\nc|3\nb|5\n" },
        { DK_JOIN_ANTI, "a|1\n-|4\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_made(PAIR(kinds_left, kinds_right, { "id" }),
                    &(const dk_join_options){ .kind = cases[i].kind, .multiple = DK_MULTIPLE_ALL }, cases[i].rows);
    /* No row is made twice by these, so that a double key is no matter. */
    assert_joined(PAIR(kinds_left, kinds_right, { "id" }), DK_JOIN_SEMI, "b|2\nc|3\nb|5\n");
    assert_joined(PAIR(kinds_left, kinds_right, { "id" }), DK_JOIN_ANTI, "a|1\n-|4\n");
}

static void the_first_or_the_last_of_several_is_taken(void **state)
{
    (void)state;
    assert_made(PAIR(kinds_left, kinds_right, { "id" }),
                &(const dk_join_options){ .kind = DK_JOIN_INNER, .multiple = DK_MULTIPLE_FIRST },
                "b|2|50\nc|3|10\nb|5|50\n");
    assert_made(PAIR(kinds_left, kinds_right, { "id" }),
                &(const dk_join_options){ .kind = DK_JOIN_INNER, .multiple = DK_MULTIPLE_LAST },
                "b|2|50\nc|3|40\nb|5|50\n");
    assert_made(PAIR(kinds_left, kinds_right, { "id" }),
                &(const dk_join_options){ .kind = DK_JOIN_FULL, .multiple = DK_MULTIPLE_LAST },
                "a|1|-\nb|2|50\nc|3|40\n-|4|-\nb|5|50\nz|-|20\n-|-|30\n");
}

static void rows_of_right_alone_reconcile_the_key(void **state)
{
    (void)state;
    /* Keys of other names, integers against decimals: the key becomes a decimal, under left's name. */
    assert_made(
        PAIR("k:integer n:integer\n1|1\n2|2\n", "sleutel:decimal1 x:text\n2.0|b\n2.5|c\n", { "k" }, { "sleutel" }),
        &(const dk_join_options){ .kind = DK_JOIN_FULL }, "1.0|1|-\n2.0|2|b\n2.5|-|c\n");
    assert_made(PAIR("k:category[A,B] n:integer\nA|1\n", "k:text x:integer\nC|3\nA|1\n", { "k" }),
                &(const dk_join_options){ .kind = DK_JOIN_RIGHT }, "A|1|1\nC|-|3\n");
    assert_made(PAIR("k:text n:integer\n", "k:text x:integer\nC|3\n-|4\n", { "k" }),
                &(const dk_join_options){ .kind = DK_JOIN_FULL }, "C|-|3\n-|-|4\n");
    assert_made(PAIR("k:text n:integer\nC|3\n", "k:text x:integer\n", { "k" }),
                &(const dk_join_options){ .kind = DK_JOIN_FULL }, "C|3|-\n");
}

static void columns_are_chosen_and_renamed(void **state)
{
    static const struct pair pair = {
        "k:text n:integer m:integer\na|1|2\n", "k:text m:integer n:text\na|7|x\n", { "k" }, { NULL }
    };
    const char *columns[] = { "n", "k" };
    const dk_join_options suffix = { .kind = DK_JOIN_LEFT, .suffix = "_2" },
                          both = { .kind = DK_JOIN_LEFT, .suffix = "_2", .columns = columns, .n_columns = 2 },
                          none = { .kind = DK_JOIN_LEFT, .columns = columns };
    const dk_table *joined = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_made(&pair, &suffix, "a|1|2|7|x\n");
    assert_made(&pair, &both, "a|1|2|x|a\n");
    assert_made(&pair, &none, "a|1|2\n");
    assert_ok(join_pair(&pair, &both, &joined, &err), &err);
    assert_string_equal(dk_table_field(joined, 3)->name, "n_2");
    assert_string_equal(dk_table_field(joined, 4)->name, "k_2");
    dk_table_release(joined);
    joined = NULL;
    assert_fails(join_pair(PAIR("k:text n:integer n_2:integer\na|1|2\n", "k:text n:text\na|x\n", { "k" }), &suffix,
                           &joined, &err),
                 &err, DK_ERR_DUPLICATE, "both tables have a column n_2");
    columns[0] = "x";
    assert_fails(join_pair(&pair, &both, &joined, &err), &err, DK_ERR_NAME, "x");
    assert_null(joined);
}

/* Texts of each form that words have: digits, up to 7, 15, 63 bytes, and more; one of another form in between. */
static void texts_of_every_length_match(void **state)
{
    static const char *const texts[] = { "00ff",
                                         "ABCDEF0123456789",
                                         "0123456789abcdef",
                                         "Zevenaar",
                                         "0123456789abcdeg",
                                         "123456789012345678901234567890123456789012345678901234567890123",
                                         "1234567890123456789012345678901234567890123456789012345678901234",
                                         "1234567890123456789012345678901234567890123456789012345678901235" };
    static const size_t n_texts = sizeof texts / sizeof *texts;

    (void)state;
    for (size_t i = 0; i < n_texts; i++) {
        for (size_t k = 0; k < n_texts; k++) {
            char left[300], right[300], rows[300];

            (void)snprintf(left, sizeof left, "k:text\n%s\n%s\n", texts[i], texts[k]);
            (void)snprintf(right, sizeof right, "k:text n:integer\n%s|1\n-|2\n", texts[i]);
            (void)snprintf(rows, sizeof rows, "%s|1\n%s|%s\n", texts[i], texts[k], i == k ? "1" : "-");
            assert_joined(PAIR(left, right, { "k" }), DK_JOIN_LEFT, rows);
            (void)snprintf(right, sizeof right, "k:text n:integer\n%s|1\n%s|2\n", texts[i], i == k ? "" : texts[k]);
            (void)snprintf(rows, sizeof rows, "%s|1\n%s|%s\n", texts[i], texts[k], i == k ? "1" : "2");
            assert_joined(PAIR(left, right, { "k" }), DK_JOIN_LEFT, rows);
        }
    }
}

/* Keys that index directly, and keys of many words. */
static void keys_of_few_and_of_many_bits_match(void **state)
{
    (void)state;
    assert_joined(PAIR("a:integer b:boolean\n3|true\n-5|false\n9|true\n-6|false\n-|true\n",
                       "a:integer b:boolean n:integer\n-5|false|1\n3|true|2\n8|true|3\n", { "a", "b" }),
                  DK_JOIN_LEFT, "3|true|2\n-5|false|1\n9|true|-\n-6|false|-\n-|true|-\n");
    assert_joined(PAIR("a:integer b:real c:ratio "
                       "d:text\n9223372036854775807|1.5|1/3|abcdefgh\n-9223372036854775808|1.5|1/3|abcdefgh\n",
                       "a:integer b:real c:ratio d:text n:integer\n-9223372036854775808|1.5|1/3|abcdefgh|1\n"
                       "9223372036854775807|1.5|1/3|abcdefg|2\n9223372036854775807|1.5|1/2|abcdefgh|3\n",
                       { "a", "b", "c", "d" }),
                  DK_JOIN_LEFT,
                  "9223372036854775807|1.5|1/3|abcdefgh|-\n-9223372036854775808|1.5|1/3|abcdefgh|1\n");
}

static void numbers_of_every_two_types_match_exactly(void **state)
{
    static const char *const types[] = { "integer", "decimal1", "decimal3", "real", "ratio" };
    static const char *const halves[] = { NULL, "0.5", "0.500", "0.5", "1/2" };
    static const char *const threes[] = { "3", "3.0", "3.000", "3.0", "3/1" };

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 5; k++) {
            char left[100], right[100], rows[100];
            bool both = halves[i] && halves[k];

            (void)snprintf(left, sizeof left, "x:%s\n%s\n%s\n", types[i], halves[i] ? halves[i] : "1", threes[i]);
            (void)snprintf(right, sizeof right, "x:%s n:integer\n%s|1\n%s|2\n", types[k],
                           halves[k] ? halves[k] : "7", threes[k]);
            (void)snprintf(rows, sizeof rows, "%s|%s\n%s|2\n",
                           i == 4 && !halves[i] ? "1/1"
                           : halves[i]          ? halves[i]
                                                : "1",
                           both ? "1" : "-", threes[i]);
            assert_joined(PAIR(left, right, { "x" }), DK_JOIN_LEFT, rows);
        }
    }
    /* 0.1 is no double, and a third no decimal. */
    assert_joined(PAIR("x:real\n0.1\n", "x:decimal1 n:integer\n0.1|1\n", { "x" }), DK_JOIN_LEFT, "0.1|-\n");
    assert_joined(PAIR("x:decimal1\n0.1\n", "x:real n:integer\n0.1|1\n", { "x" }), DK_JOIN_LEFT, "0.1|-\n");
    assert_joined(PAIR("x:ratio\n1/3\n", "x:decimal3 n:integer\n0.333|1\n", { "x" }), DK_JOIN_LEFT, "1/3|-\n");
}

static void a_weight_has_no_rows_of_right_alone(void **state)
{
    const dk_table *left = make_table(context, "k:text w:integer\na|2\n"), *weighted = NULL, *joined = NULL;
    const dk_table *right = make_table(context, "k:text n:integer\na|1\nb|1\n");
    const dk_table *same = make_table(context, "k:text n:integer\na|1\n");
    const dk_properties properties = { .weight = "w" };
    const dk_join_options full = { .kind = DK_JOIN_FULL };
    const char *keys[] = { "k" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_properties(left, &properties, &weighted, &err), &err);
    assert_fails(
        dk_table_join(weighted, right, keys, keys, 1, &full, &joined, &err), &err, DK_ERR_ARGUMENT,
        "join: 1 of the other table's rows match none and would have no weight w (join with kind = \"left\" or "
        "\"inner\", or put the other table first)");
    assert_null(joined);
    assert_ok(dk_table_join(weighted, same, keys, keys, 1, &full, &joined, &err), &err);
    assert_string_equal(dk_table_properties(joined)->weight, "w");
    dk_table_release(joined);
    dk_table_release(weighted);
    dk_table_release(same);
    dk_table_release(right);
    dk_table_release(left);
}

/* A key stays one unless a row is made twice, or right brings rows of its own. */
static void properties_are_those_of_left(void **state)
{
    const dk_table *left = make_table(context, "k:text n:integer\na|1\nb|2\n"), *keyed = NULL;
    const dk_table *right = make_table(context, "k:text x:integer\na|1\na|2\nz|3\n");
    const char *keys[] = { "k" };
    const dk_properties properties = { .name = "register", .unit = "persons", .key = keys, .n_key = 1 };
    static const struct {
        dk_join_kind kind;
        dk_multiple multiple;
        size_t n_key;
    } cases[] = { { DK_JOIN_LEFT, DK_MULTIPLE_FIRST, 1 },
                  { DK_JOIN_LEFT, DK_MULTIPLE_ALL, 0 },
                  { DK_JOIN_FULL, DK_MULTIPLE_FIRST, 0 },
                  { DK_JOIN_ANTI, DK_MULTIPLE_ERROR, 1 } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_properties(left, &properties, &keyed, &err), &err);
    for (size_t i = 0; i < 4; i++) {
        const dk_join_options how = { .kind = cases[i].kind, .multiple = cases[i].multiple };
        const dk_table *joined = NULL;

        assert_ok(dk_table_join(keyed, right, keys, keys, 1, &how, &joined, &err), &err);
        assert_int_equal(dk_table_properties(joined)->n_key, cases[i].n_key);
        assert_string_equal(dk_table_properties(joined)->unit, "persons");
        assert_string_equal(dk_table_properties(joined)->name, "register");
        dk_table_release(joined);
    }
    dk_table_release(keyed);
    dk_table_release(right);
    dk_table_release(left);
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
    assert_refused(PAIR("d:date\n2024-01-01\n", "d:timestamp\n2024-01-01T00:00\n", { "d" }), DK_ERR_TYPE,
                   "derive \"d_key = date(d)\" from the other table, and take the key { mine = \"d\", theirs = "
                   "\"d_key\" }");
    assert_refused(PAIR("d:text\na\n", "d:timestamp\n2024-01-01T00:00\n", { "d" }), DK_ERR_TYPE,
                   "state the type of d when reading it: types = { [\"d\"] = \"timestamp\" }");
    assert_refused(PAIR("d:boolean\ntrue\n", "d:date\n2024-01-01\n", { "d" }), DK_ERR_TYPE,
                   "there is no one way to bring the one to the other: take another key, or derive what is meant");
    assert_refused(PAIR("id:text\na\n", "id:text\na\n", { "ident" }), DK_ERR_NAME, "ident");
    assert_refused(PAIR("id:text\na\n", "id:text\na\n", { "id" }, { "di" }), DK_ERR_NAME, "di");
    assert_refused(PAIR("id:text\na\n", "id:text\na\n", { NULL }), DK_ERR_ARGUMENT, "join takes at least one key");
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

static void every_failing_allocation_of_a_full_join_is_survived(void **state)
{
    const dk_table *left = make_table(context, "g:category j:decimal1 n:integer\nA|1.0|1\nB|2.0|2\nA|-|3\n");
    const dk_table *right = make_table(context, "g:text j:integer n:text\nB|2|b\nC|1|a\nB|2|c\n");
    const dk_join_options full = { .kind = DK_JOIN_FULL, .multiple = DK_MULTIPLE_ALL, .suffix = "_2" };
    const dk_table *joined = NULL;
    const char *keys[] = { "g", "j" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_join(left, right, keys, keys, 2, &full, &joined, &err), &err,
                                   joined == NULL, dk_table_release(joined));
    dk_set_threads(0);
    dk_table_release(left);
    dk_table_release(right);
}

static void an_interrupted_join_stops(void **state)
{
    const dk_table *left = make_table(context, kinds_left), *right = make_table(context, kinds_right),
                   *joined = NULL;
    const char *keys[] = { "id" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    for (int kind = DK_JOIN_INNER; kind <= DK_JOIN_ANTI; kind++) {
        const dk_join_options how = { .kind = (dk_join_kind)kind, .multiple = DK_MULTIPLE_ALL };

        assert_int_equal(dk_table_join(left, right, keys, keys, 1, &how, &joined, &err), DK_ERR_INTERRUPTED);
        assert_null(joined);
    }
    dk_context_clear_interrupt(context);
    dk_table_release(left);
    dk_table_release(right);
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
    assert_survives_failing_memory(context, dk_table_join(left, right, keys, keys, 2, &inner, &joined, &err), &err,
                                   joined == NULL, dk_table_release(joined));
    dk_set_threads(0);
    dk_table_release(left);
    dk_table_release(right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(left_keeps_every_row_in_its_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(few_rows_are_joined_in_little_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(inner_keeps_the_rows_that_match, set_up, tear_down),
        cmocka_unit_test_setup_teardown(choosing_rows_looks_at_keys_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_keys_match_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(categories_and_text_match_by_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_match_by_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dates_and_booleans_match, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_kind_has_its_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_or_the_last_of_several_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_of_right_alone_reconcile_the_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_are_chosen_and_renamed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_of_every_length_match, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_of_few_and_of_many_bits_match, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_of_every_two_types_match_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_weight_has_no_rows_of_right_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(properties_are_those_of_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_of_a_full_join_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupted_join_stops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_tables_join, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_twice_on_the_right_is_refused_with_examples, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_that_cannot_be_compared_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
