/* test_expr_random.c - expressions of any shape over columns of any type, with extremes.
 *
 * Whatever is asked, it ends in a column or in an error of a kind that the header names; and blocks of one row, of a few
 * and of many, one thread and several, give the same values or the same message. (test_expr_sqlite.c asks whether the
 * values are right.)
 */
#include "exprs.h"
#include "watched.h"

static uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);

static unsigned pick(unsigned n) /* 0 .. n - 1 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

static const dk_table *extremes(void)
{
    return make_table(
        context, "i:integer j:integer d:decimal2 r:real q:ratio b:boolean t:text c:category "
                 "k:category[laag,midden,hoog] e:date "
                 "s:timestamp\n"
                 "1|0|0.50|0.5|1/3|true|a|x|laag|2024-02-29|2024-12-31 23:59:59.999999\n"
                 "9223372036854775807|-1|92233720368547758.07|1e308|9223372036854775807/"
                 "2|false|2024-01-01|2024-02-30|hoog|9999-12-31|"
                 "9999-12-31 23:59\n"
                 "-9223372036854775808|2|-92233720368547758.08|-1e308|-9223372036854775808/"
                 "3|-|12|12.5|midden|0001-01-01|0001-01-01 00:00\n"
                 "-|-|-|-|-|-|-|-|-|-|-\n"
                 "3|4|-0.01|1e-300|1/9223372036854775807|true|\U0001F600é|true|hoog|1970-01-01|1970-01-01 00:00\n"
                 "-7|9223372036854775807|12.34|0|0/1|false||é|-|2000-01-01|1969-12-31 23:59:59\n"
                 "0|10|1.00|2|5/1|true|x|-|laag|-|2001-01-01 01:01\n");
}

/* Writes an expression behind what stands in out. */
static void make(char *out, size_t size, int depth)
{
    static const char *const leaves[] = { "i",
                                          "j",
                                          "d",
                                          "r",
                                          "q",
                                          "b",
                                          "t",
                                          "c",
                                          "k",
                                          "e",
                                          "s",
                                          "i",
                                          "d",
                                          "c",
                                          "b",
                                          "0",
                                          "1",
                                          "-3",
                                          "0.25",
                                          "9223372036854775807",
                                          "1e300",
                                          "'x'",
                                          "''",
                                          "'hoog'",
                                          "'2024-01-01'",
                                          "'12'",
                                          "true",
                                          "null",
                                          "date '2024-12-31'",
                                          "$p" };
    static const char *const signs[] = { "+",  "-", "*",  "/", "//", "%",   "..", "==",
                                         "~=", "<", "<=", ">", ">=", "and", "or" };
    static const struct {
        const char *name;
        int n;
    } functions[] = {
        { "abs", 1 },
        { "round", 1 },
        { "round", 2 },
        { "floor", 1 },
        { "ceil", 1 },
        { "least", 2 },
        { "greatest", 3 },
        { "coalesce", 2 },
        { "case", 3 },
        { "case", 2 },
        { "case", 5 },
        { "bin", 3 },
        { "year", 1 },
        { "month", 1 },
        { "date", 1 },
        { "date", 3 },
        { "lower", 1 },
        { "upper", 1 },
        { "length", 1 },
        { "trim", 1 },
        { "contains", 2 },
        { "integer", 1 },
        { "decimal", 2 },
        { "real", 1 },
        { "text", 1 },
        { "boolean", 1 },
        { "day", 1 },
        { "quarter", 1 },
        { "age", 2 },
        { "timestamp", 1 },
        { "starts_with", 2 },
        { "ends_with", 2 },
        { "title", 1 },
        { "casefold", 1 },
        { "unaccent", 1 },
        { "normalize", 1 },
        { "graphemes", 1 },
        { "find", 2 },
        { "replace", 3 },
        { "sub", 2 },
        { "sub", 3 },
        { "left", 2 },
        { "right", 2 },
        { "split_part", 3 },
        { "pad_left", 3 },
        { "pattern_matches", 2 },
        { "pattern_find", 2 },
        { "pattern_extract", 2 },
        { "pattern_replace", 3 },
        { "regexp_matches", 2 },
        { "regexp_extract", 3 },
        { "regexp_replace", 3 },
    };
    size_t used;
    unsigned choice = depth == 0 ? 0 : pick(10);

#define PUT(...) ((void)snprintf(out + strlen(out), size - strlen(out), __VA_ARGS__))
    used = strlen(out);
    if (used + 400 > size || choice <= 1) {
        PUT("%s", leaves[pick(sizeof leaves / sizeof *leaves)]);
    } else if (choice <= 4) {
        PUT("(");
        make(out, size, depth - 1);
        PUT(" %s ", signs[pick(sizeof signs / sizeof *signs)]);
        make(out, size, depth - 1);
        PUT(")");
    } else if (choice == 5) {
        PUT(pick(2) ? "(not " : "(-(");
        make(out, size, depth - 1);
        PUT(out[used + 1] == 'n' ? ")" : "))");
    } else if (choice == 6) {
        static const char *const tests[] = { "is null", "is not null", "is true", "is not true", "is total" };

        PUT("(");
        make(out, size, depth - 1);
        PUT(" %s)", tests[pick(5)]);
    } else if (choice == 7) {
        PUT("(");
        make(out, size, depth - 1);
        PUT(pick(2) ? " in (" : " not in (");
        make(out, size, depth - 1);
        PUT(", ");
        make(out, size, 0);
        PUT("))");
    } else if (choice == 8) {
        PUT("(");
        make(out, size, depth - 1);
        PUT(" between ");
        make(out, size, depth - 1);
        PUT(" and ");
        make(out, size, 0);
        PUT(")");
    } else {
        unsigned f = pick(sizeof functions / sizeof *functions);

        PUT("%s(", functions[f].name);
        for (int i = 0; i < functions[f].n; i++) {
            if (i)
                PUT(", ");
            make(out, size, i ? pick(2) ? 0 : depth - 1 : depth - 1);
        }
        PUT(")");
    }
#undef PUT
}

/* The values, or the status and the whole message. */
static dk_status outcome(const dk_table *table, const dk_expr *expr, const dk_params *params, char *out,
                         size_t size)
{
    const dk_column *column = NULL;
    size_t used;
    dk_error err = DK_ERROR_INIT;
    dk_status status = dk_table_eval(table, expr, params, &column, &err);

    if (status != DK_OK) {
        assert_null(column);
        assert_int_equal(err.code, status);
        used = (size_t)snprintf(out, size, "%s %d:%d ", dk_status_name(status), (int)err.line, (int)err.column);
        (void)dk_error_format(&err, out + used, size - used);
        return status;
    }
    used = (size_t)snprintf(out, size, "%s", dk_type_name(dk_column_type(column)));
    for (uint64_t row = 0; row < dk_column_n_rows(column); row++) {
        dk_value value;

        assert_ok(dk_column_get(column, row, &value, &err), &err);
        used += (size_t)snprintf(out + used, size - used, "|");
        used += dk_value_format(&value, out + used, size - used);
        assert_true(used < size);
    }
    dk_column_release(column);
    return status;
}

static void any_expression_ends_in_values_or_one_message(void **state)
{
    static const size_t blocks[] = { DK_BLOCK_ROWS, 1, 3 };
    static char text[4096], first[8192], other[8192];
    const dk_table *table = extremes();
    dk_param param = { "p", { .type = DK_DECIMAL, .scale = 1, .as.integer = 15 } };
    dk_params params = { &param, 1 };
    unsigned n_of[DK_N_STATUSES] = { 0 }, n_rounds = watched(40000, 40000, 5000);

    (void)state;
    for (unsigned round = 0; round < n_rounds; round++) {
        const dk_expr *expr = NULL;
        dk_status status;
        dk_error err = DK_ERROR_INIT;

        text[0] = '\0';
        make(text, 1500, 1 + (int)pick(4));
        status = dk_expr_parse(context, text, &expr, &err);
        if (status == DK_OK) {
            dk_context_set_block_rows(context, blocks[0]);
            dk_set_threads(1);
            status = outcome(table, expr, &params, first, sizeof first);
            for (size_t k = 1; k < 3; k++) {
                dk_context_set_block_rows(context, blocks[k]);
                dk_set_threads(1 + pick(3));
                if (outcome(table, expr, &params, other, sizeof other) != status || strcmp(first, other) != 0)
                    fail_msg("%s:\n%s\n%s", text, first, other);
            }
            dk_expr_release(expr);
        }
        n_of[status]++;
        if (status != DK_OK && status != DK_ERR_SYNTAX && status != DK_ERR_NAME && status != DK_ERR_TYPE &&
            status != DK_ERR_ARGUMENT && status != DK_ERR_OVERFLOW && status != DK_ERR_RANGE &&
            (status != DK_ERR_IO || strstr(first, "regexp_") == NULL)) /* a library that is not there */
            fail_msg("%s: %s", text, first);
    }
    assert_true(n_of[DK_OK] > n_rounds / 8); /* each kind was met */
    assert_true(n_of[DK_ERR_TYPE] > n_rounds / 8);
    assert_true(n_of[DK_ERR_OVERFLOW] > n_rounds / 400);
    assert_true(n_of[DK_ERR_RANGE] > n_rounds / 400);
    assert_true(n_of[DK_ERR_SYNTAX] > n_rounds / 400);
    assert_true(n_of[DK_ERR_ARGUMENT] > n_rounds / 400);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_expression_ends_in_values_or_one_message, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
