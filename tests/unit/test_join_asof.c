/* test_join_asof.c - the row of the other table that is nearest in time. */
#include <dekking/join.h>

#include "tables.h"

#include "with_context.h"

/* Who was visible when, and when somebody asked. b has no event before 5 March; the one of row 6 has no day. */
static const char events[] =
    "id:text dag:date status:text\na|2024-03-10|twee\nb|2024-03-05|drie\na|2024-03-01|een\n"
    "-|2024-03-01|niemand\na|2024-03-20|vier\nb|-|nooit\n";
static const char asked[] =
    "id:text dag:date\na|2024-03-14\na|2024-02-28\nb|2024-03-04\nc|2024-03-05\n-|2024-03-05\n"
    "a|-\na|2024-03-15\na|2024-03-20\n";

static dk_status join_asof(const char *left, const char *right, const char *key, const dk_join_options *how,
                           const dk_table **out, dk_error *err)
{
    const dk_table *a = make_table(context, left), *b = make_table(context, right);
    dk_status status = dk_table_join(a, b, &key, &key, key ? 1 : 0, how, out, err);

    dk_table_release(a);
    dk_table_release(b);
    return status;
}

static void assert_asof(const char *left, const char *right, const char *key, const dk_join_options *how,
                        const char *expected)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *joined = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + (unsigned)i / 3);
        dk_context_set_block_rows(context, blocks[i % 3]);
        assert_ok(join_asof(left, right, key, how, &joined, &err), &err);
        assert_string_equal(show_rows(joined), expected);
        dk_table_release(joined);
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static const char *const status_column[] = { "status" };

#define HOW(...)               \
    (&(const dk_join_options){ \
        .kind = DK_JOIN_LEFT, .columns = status_column, .n_columns = 1, .asof = &(const dk_asof){ __VA_ARGS__ } })

static void each_direction_finds_its_row(void **state)
{
    (void)state;
    assert_asof(asked, events, "id", HOW(.left = "dag", .right = "dag", .direction = DK_ASOF_BACKWARD),
                "a|2024-03-14|twee\na|2024-02-28|-\nb|2024-03-04|-\nc|2024-03-05|-\n-|2024-03-05|-\na|-|-\n"
                "a|2024-03-15|twee\na|2024-03-20|vier\n");
    assert_asof(asked, events, "id", HOW(.left = "dag", .right = "dag", .direction = DK_ASOF_FORWARD),
                "a|2024-03-14|vier\na|2024-02-28|een\nb|2024-03-04|drie\nc|2024-03-05|-\n-|2024-03-05|-\na|-|-\n"
                "a|2024-03-15|vier\na|2024-03-20|vier\n");
    /* From the 15th it is five days to either: the one before is taken. */
    assert_asof(asked, events, "id", HOW(.left = "dag", .right = "dag", .direction = DK_ASOF_NEAREST),
                "a|2024-03-14|twee\na|2024-02-28|een\nb|2024-03-04|drie\nc|2024-03-05|-\n-|2024-03-05|-\na|-|-\n"
                "a|2024-03-15|twee\na|2024-03-20|vier\n");
}

static void what_is_too_far_does_not_count(void **state)
{
    (void)state;
    assert_asof(
        asked, events, "id",
        HOW(.left = "dag", .right = "dag", .direction = DK_ASOF_BACKWARD, .has_tolerance = true, .tolerance = 4),
        "a|2024-03-14|twee\na|2024-02-28|-\nb|2024-03-04|-\nc|2024-03-05|-\n-|2024-03-05|-\na|-|-\n"
        "a|2024-03-15|-\na|2024-03-20|vier\n");
    assert_asof(asked, events, "id",
                HOW(.left = "dag", .right = "dag", .direction = DK_ASOF_NEAREST, .has_tolerance = true),
                "a|2024-03-14|-\na|2024-02-28|-\nb|2024-03-04|-\nc|2024-03-05|-\n-|2024-03-05|-\na|-|-\n"
                "a|2024-03-15|-\na|2024-03-20|vier\n");
}

static void without_a_key_time_alone_decides(void **state)
{
    static const char *const columns[] = { "x" };
    const dk_asof asof = { .left = "m", .right = "maand", .direction = DK_ASOF_BACKWARD };
    const dk_join_options left = { .kind = DK_JOIN_LEFT, .asof = &asof, .columns = columns, .n_columns = 1 },
                          inner = { .kind = DK_JOIN_INNER, .asof = &asof };

    (void)state;
    assert_asof("m:month\n2024-03\n2023-01\n2025-01\n", "maand:month x:integer\n2024-04|2\n2024-01|1\n", NULL,
                &left, "2024-03|1\n2023-01|-\n2025-01|2\n");
    assert_asof("m:month\n2024-03\n2023-01\n2025-01\n", "maand:month x:integer\n2024-04|2\n2024-01|1\n", NULL,
                &inner, "2024-03|2024-01|1\n2025-01|2024-04|2\n");
    assert_asof("m:month\n2024-03\n", "maand:month x:integer\n", NULL, &left, "2024-03|-\n");
    assert_asof("m:month\n", "maand:month x:integer\n2024-04|2\n", NULL, &left, "");
}

/* The ends of what 64 bits hold are as far from each other as it gets. */
static void distances_do_not_overflow(void **state)
{
    static const char *const columns[] = { "x" };
    const dk_asof asof = { .left = "n", .right = "k", .direction = DK_ASOF_NEAREST }, near = {
        .left = "n", .right = "k", .direction = DK_ASOF_NEAREST, .has_tolerance = true, .tolerance = INT64_MAX
    };
    const dk_join_options how = { .kind = DK_JOIN_LEFT, .asof = &asof, .columns = columns, .n_columns = 1 },
                          not_far = { .kind = DK_JOIN_LEFT, .asof = &near, .columns = columns, .n_columns = 1 };
    static const char left[] = "n:integer\n-9223372036854775808\n9223372036854775807\n0\n-2\n";
    static const char right[] = "k:integer x:text\n9223372036854775807|high\n";

    (void)state;
    assert_asof(left, right, NULL, &how, "-9223372036854775808|high\n9223372036854775807|high\n0|high\n-2|high\n");
    assert_asof(left, right, NULL, &not_far, "-9223372036854775808|-\n9223372036854775807|high\n0|high\n-2|-\n");
}

static void equal_times_are_refused_or_chosen(void **state)
{
    static const char twice[] =
        "id:text dag:date status:text\na|2024-03-10|een\na|2024-03-10|twee\nb|2024-03-01|drie\n";
    const dk_asof asof = { .left = "dag", .right = "dag", .direction = DK_ASOF_FORWARD };
    dk_join_options how = { .kind = DK_JOIN_INNER, .columns = status_column, .n_columns = 1, .asof = &asof };
    const dk_table *joined = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(join_asof("id:text dag:date\na|2024-03-01\n", twice, "id", &how, &joined, &err), &err,
                 DK_ERR_DUPLICATE, "rows 1 and 2 of the other table have one key and one time: a, 2024-03-10");
    assert_null(joined);
    how.multiple = DK_MULTIPLE_FIRST;
    assert_asof("id:text dag:date\na|2024-03-01\n", twice, "id", &how, "a|2024-03-01|een\n");
    how.multiple = DK_MULTIPLE_LAST;
    assert_asof("id:text dag:date\na|2024-03-10\n", twice, "id", &how, "a|2024-03-10|twee\n");
    how.multiple = DK_MULTIPLE_ALL;
    assert_fails(join_asof("id:text dag:date\na|2024-03-01\n", twice, "id", &how, &joined, &err), &err,
                 DK_ERR_ARGUMENT, "each row gets one that is nearest in time");
    assert_null(joined);
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *left, *right;
        dk_asof asof;
        dk_join_kind kind;
        dk_status status;
        const char *message;
    } cases[] = {
        { "t:text\nx\n", "t:date\n-\n", { .left = "t", .right = "t" }, DK_JOIN_LEFT, DK_ERR_TYPE, "t is text" },
        { "t:date\n-\n", "t:real\n-\n", { .left = "t", .right = "t" }, DK_JOIN_LEFT, DK_ERR_TYPE, "t is real" },
        { "t:date\n-\n",
          "u:timestamp\n-\n",
          { .left = "t", .right = "u" },
          DK_JOIN_LEFT,
          DK_ERR_TYPE,
          "t is date and u is timestamp: rows go by times of one type" },
        { "t:decimal1\n-\n",
          "u:decimal2\n-\n",
          { .left = "t", .right = "u" },
          DK_JOIN_LEFT,
          DK_ERR_TYPE,
          "times of one type" },
        { "t:date\n-\n", "t:date\n-\n", { .left = "tt", .right = "t" }, DK_JOIN_LEFT, DK_ERR_NAME, "tt" },
        { "t:date\n-\n", "t:date\n-\n", { .left = "t", .right = "tt" }, DK_JOIN_LEFT, DK_ERR_NAME, "tt" },
        { "t:date\n-\n",
          "u:date\n-\n",
          { .left = "t", .right = "u" },
          DK_JOIN_FULL,
          DK_ERR_ARGUMENT,
          "a left or an inner join" },
        { "t:date\n-\n",
          "u:date\n-\n",
          { .left = "t", .right = "u", .has_tolerance = true, .tolerance = -1 },
          DK_JOIN_LEFT,
          DK_ERR_ARGUMENT,
          "join: a tolerance is 0 or more" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_join_options how = { .kind = cases[i].kind, .asof = &cases[i].asof, .suffix = "_2" };
        const dk_table *joined = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_fails(join_asof(cases[i].left, cases[i].right, NULL, &how, &joined, &err), &err, cases[i].status,
                     cases[i].message);
        assert_null(joined);
    }
}

static void failures_leave_nothing(void **state)
{
    const dk_table *left = make_table(context, asked), *right = make_table(context, events), *joined = NULL;
    const dk_asof asof = { .left = "dag", .right = "dag", .direction = DK_ASOF_NEAREST };
    const dk_join_options how = { .kind = DK_JOIN_INNER, .suffix = "_event", .asof = &asof };
    const char *keys[] = { "id" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_join(left, right, keys, keys, 1, &how, &joined, &err), &err,
                                   joined == NULL, dk_table_release(joined));
    joined = NULL;
    dk_context_interrupt(context);
    assert_int_equal(dk_table_join(left, right, keys, keys, 1, &how, &joined, &err), DK_ERR_INTERRUPTED);
    assert_null(joined);
    dk_context_clear_interrupt(context);
    dk_set_threads(0);
    dk_table_release(left);
    dk_table_release(right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_direction_finds_its_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_far_does_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_key_time_alone_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(distances_do_not_overflow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(equal_times_are_refused_or_chosen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
