/* test_tokens.c - records and fields as libcsv reads them strictly; and a second, tiny parser that must agree. */
#include "check.h"

#include <stdlib.h>

#include "base/status.h"
#include "read/tokens.h"

/* What was told, as a text: R line [field|field], an empty unquoted field as ~; B line; F line/fault line/field. */
typedef struct trace {
    char text[1 << 16];
    size_t size;
    size_t stop_after; /* records; 0: never */
    size_t n_records;
    size_t raw_bytes; /* of records and faults */
    char reason[128], value[128], hint[160];
    dk_status code;
} trace;

static void put(trace *t, const char *bytes, size_t size)
{
    assert_true(t->size + size < sizeof t->text);
    if (size > 0)
        memcpy(t->text + t->size, bytes, size);
    t->size += size;
    t->text[t->size] = '\0';
}

static void put_number(trace *t, const char *before, uint64_t number)
{
    char text[40];
    int n = snprintf(text, sizeof text, "%s%llu", before, (unsigned long long)number);
    put(t, text, (size_t)n);
}

static dk_status on_record(void *arg, const dki_record *record, dk_error *err)
{
    trace *t = arg;

    put_number(t, "R", record->line);
    for (size_t i = 0; i < record->n_cells; i++) {
        put(t, i == 0 ? "[" : "|", 1);
        if (record->cells[i].bytes)
            put(t, record->cells[i].bytes, record->cells[i].size);
        else
            put(t, "~", 1);
    }
    put(t, "]", 1);
    t->raw_bytes += record->raw_size;
    if (++t->n_records == t->stop_after)
        return dki_fail(err, DK_ERR_CALLBACK, "enough");
    return DK_OK;
}

static dk_status on_blank(void *arg, uint64_t line, dk_error *err)
{
    (void)err;
    put_number(arg, "B", line);
    return DK_OK;
}

static dk_status on_fault(void *arg, const dki_fault *fault, dk_error *err)
{
    trace *t = arg;

    (void)err;
    put_number(t, "F", fault->line);
    put_number(t, "/", fault->fault_line);
    put_number(t, "/", fault->column);
    snprintf(t->reason, sizeof t->reason, "%s", fault->reason);
    snprintf(t->hint, sizeof t->hint, "%s", fault->hint);
    snprintf(t->value, sizeof t->value, "%.*s", (int)fault->value_size, fault->value);
    t->code = fault->code;
    t->raw_bytes += fault->raw_size;
    return DK_OK;
}

static dk_status run(dk_context *context, const char *bytes, size_t size, char delimiter, size_t max, bool whole,
                     trace *t, dk_error *err)
{
    dki_token_sink sink = { .arg = t, .record = on_record, .blank = on_blank, .fault = on_fault };

    t->size = t->n_records = t->raw_bytes = 0;
    t->text[0] = t->reason[0] = '\0';
    return dki_tokens_read(context, bytes, size, whole, (dki_dialect){ .delimiter = delimiter, .quote = '"' }, max,
                           &sink, err);
}

static dk_context *context;

static int set_up(void **state)
{
    dk_error err = DK_ERROR_INIT;

    *state = calloc(1, sizeof(trace));
    return *state == NULL || dk_context_new(&context, &err) != DK_OK;
}

static int tear_down(void **state)
{
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    free(*state);
    return 0;
}

static void expect_bytes(trace *t, const char *bytes, size_t size, char delimiter, const char *told)
{
    dk_error err = DK_ERROR_INIT;

    assert_ok(run(context, bytes, size, delimiter, 1000, true, t, &err), &err);
    assert_string_equal(t->text, told);
}

static void expect(trace *t, const char *text, const char *told)
{
    expect_bytes(t, text, strlen(text), ';', told);
}

static void records_and_fields_are_told_with_their_line(void **state)
{
    expect(*state, "", "");
    expect(*state, "a;b\nc;d\n", "R1[a|b]R2[c|d]");
    expect(*state, "a;b\nc;d", "R1[a|b]R2[c|d]");
    expect(*state, "a;b\r\nc;d\r\n", "R1[a|b]R2[c|d]");
    expect(*state, "a;b\rc;d\r", "R1[a|b]R2[c|d]");
    expect(*state, "a", "R1[a]");
}

static void empty_fields_differ_from_empty_text(void **state)
{
    expect(*state, ";\"\";\n", "R1[~||~]");
    expect(*state, ";", "R1[~|~]");
    expect(*state, "\"\"", "R1[]");
}

static void blanks_are_kept(void **state)
{
    expect(*state, " a ;\t;\" b \"; \n", "R1[ a |\t| b | ]");
    expect_bytes(*state, " a\t\tb ", 6, '\t', "R1[ a|~|b ]");
}

static void blank_lines_are_told(void **state)
{
    expect(*state, "\na\n\n\nb\n\n", "B1R2[a]B3B4R5[b]B6");
    expect(*state, "\r\n\r\na\r\n\r\n", "B1B2R3[a]B4");
    expect(*state, "a\r\r\nb\n\rc", "R1[a]B2R3[b]B4R5[c]");
}

static void quotes_hold_delimiters_quotes_and_line_ends(void **state)
{
    expect(*state, "\"a;b\";\"say \"\"hi\"\"\"\n\"c\nd\r\ne\rf\";g\nh;i\n",
           "R1[a;b|say \"hi\"]R2[c\nd\r\ne\rf|g]R6[h|i]");
    expect(*state, "\"\n\n\"\nx", "R1[\n\n]R4[x]");
}

static void without_delimiter_each_line_is_one_field(void **state)
{
    expect_bytes(*state, "a;b,c\n\"d;e\"\n", 12, DKI_NO_DELIMITER, "R1[a;b,c]R2[d;e]");
}

static void a_stray_quote_rejects_up_to_the_next_line_end(void **state)
{
    trace *t = *state;

    expect(t, "a;b\"c;d\r\ne;f\n", "F1/1/2R2[e|f]");
    assert_non_null(strstr(t->reason, "inside a field"));
    assert_string_equal(t->value, "b\"c");
    assert_int_equal(t->code, DK_ERR_DATA);
    assert_int_equal(t->raw_bytes, 7 + 3);
}

static void text_after_a_closing_quote_is_a_fault(void **state)
{
    trace *t = *state;

    expect(t, "\"a\"x;b\nc\n", "F1/1/1R2[c]");
    assert_non_null(strstr(t->reason, "something follows"));
    expect(t, "x;\"a\" ;b\nc\n", "F1/1/2R2[c]");
    assert_non_null(strstr(t->reason, "a blank follows"));
}

static void a_fault_in_a_record_of_two_lines_names_both(void **state)
{
    expect(*state, "x\n\"a\nb\"c;d\ne\n", "R1[x]F2/3/1R4[e]");
}

static void an_unclosed_quote_rejects_the_rest_once(void **state)
{
    trace *t = *state;

    expect(t, "a;b\nc;\"d\ne;f\ng;h\n", "R1[a|b]F2/2/2");
    assert_non_null(strstr(t->reason, "never closed"));
    assert_string_equal(t->value, "\"d");
    expect(t, "\"x\ny\";\"z\nq\n", "F1/2/2");
    expect(t, "\"", "F1/1/1");
    expect(t, "\"a\"\"", "F1/1/1");
}

static void nul_bytes_are_faults_of_their_record(void **state)
{
    trace *t = *state;

    expect_bytes(t, "a;b\0c;d\ne;f\n", 12, ';', "F1/1/2R2[e|f]");
    assert_non_null(strstr(t->reason, "NUL"));
    expect_bytes(t, "\0", 1, DKI_NO_DELIMITER, "F1/1/1");
    expect_bytes(t, "\"a\0b\"\nc", 7, DKI_NO_DELIMITER, "F1/1/1R2[c]");
}

static void a_field_over_the_limit_is_a_fault(void **state)
{
    trace *t = *state;
    dk_error err = DK_ERROR_INIT;

    assert_ok(run(context, "abc;d\nabcd;e\nf;abc\n", 19, ';', 3, true, t, &err), &err);
    assert_string_equal(t->text, "R1[abc|d]F2/2/1R3[f|abc]");
    assert_int_equal(t->code, DK_ERR_LIMIT);
    assert_string_equal(t->value, "abcd");
    /* the limit is that of the text, not of its quotes; a field of several lines is given up where it passes it */
    assert_ok(run(context, "\"abc\"\n\"ab\nd\"\n\"a\"\"b\"", 19, ';', 3, true, t, &err), &err);
    assert_string_equal(t->text, "R1[abc]F2/2/1R4[a\"b]");
    assert_string_equal(t->value, "ab\nd");
    assert_ok(run(context, "\"abc\"", 5, ';', 3, true, t, &err), &err);
    assert_string_equal(t->text, "R1[abc]");
    assert_ok(run(context, "\"abcd", 5, ';', 3, true, t, &err), &err);
    assert_int_equal(t->code, DK_ERR_LIMIT);
}

/* A quote that is never closed in a file of a gigabyte must not take a gigabyte. */
static void memory_is_bounded_by_the_limit(void **state)
{
    trace *t = *state;
    dk_error err = DK_ERROR_INIT;
    size_t size = (size_t)8 << 20;
    char *bytes = malloc(size);

    memset(bytes, 'x', size);
    bytes[0] = '"';
    dk_context_reset_peak(context);
    assert_ok(run(context, bytes, size, ';', 100000, true, t, &err), &err);
    assert_string_equal(t->text, "F1/1/1");
    assert_int_equal(t->code, DK_ERR_LIMIT);
    assert_true(dk_context_peak_bytes(context) < 1000000);
    free(bytes);
}

static void a_sample_leaves_its_open_record_out(void **state)
{
    trace *t = *state;
    dk_error err = DK_ERROR_INIT;

    assert_ok(run(context, "a;b\nc;d\ne;", 10, ';', 100, false, t, &err), &err);
    assert_string_equal(t->text, "R1[a|b]R2[c|d]");
    assert_ok(run(context, "a;b\n\"c\nd", 8, ';', 100, false, t, &err), &err);
    assert_string_equal(t->text, "R1[a|b]");
}

static void the_sink_can_end_the_reading(void **state)
{
    trace *t = *state;
    dk_error err = DK_ERROR_INIT;

    t->stop_after = 2;
    assert_fails(run(context, "a\nb\nc\n", 6, ';', 100, true, t, &err), &err, DK_ERR_CALLBACK, "enough");
    assert_string_equal(t->text, "R1[a]R2[b]");
}

static void an_interrupted_reading_stops(void **state)
{
    dk_error err = DK_ERROR_INIT;

    dk_context_interrupt(context);
    assert_int_equal(run(context, "a\nb\n", 4, ';', 100, true, *state, &err), DK_ERR_INTERRUPTED);
    dk_context_clear_interrupt(context);
}

/* The second parser: RFC 4180 with lone CR, one byte at a time, told in the same words. -------------------------------- */

static size_t line_end(const char *s, size_t size, size_t i)
{
    while (i < size && s[i] != '\n' && s[i] != '\r')
        i++;
    return i;
}

static size_t past_line_end(const char *s, size_t size, size_t i)
{
    return i + 1 < size && s[i] == '\r' && s[i + 1] == '\n' ? i + 2 : i + 1;
}

static void second_parser(const char *s, size_t size, char delimiter, trace *t)
{
    size_t i = 0;
    uint64_t line = 1;

    t->size = 0;
    t->text[0] = '\0';
    while (i < size) {
        uint64_t start = line;
        size_t mark = t->size, n = 0;
        bool fault = false, unclosed = false;
        if (s[i] == '\n' || s[i] == '\r') {
            put_number(t, "B", line++);
            i = past_line_end(s, size, i);
            continue;
        }
        put_number(t, "R", start);
        for (bool more = true; more;) {
            uint64_t field_line = line;
            put(t, n++ == 0 ? "[" : "|", 1);
            if (i < size && s[i] == '"') {
                for (i++;; i++) {
                    if (i >= size) {
                        unclosed = true;
                        line = field_line;
                        break;
                    }
                    if (s[i] == '\0') {
                        fault = true;
                        break;
                    }
                    if (s[i] == '"' && i + 1 < size && s[i + 1] == '"')
                        i++;
                    else if (s[i] == '"')
                        break;
                    if (s[i] == '\n' || (s[i] == '\r' && !(i + 1 < size && s[i + 1] == '\n')))
                        line++;
                    put(t, s + i, 1);
                }
                if (!fault && !unclosed) {
                    i++;
                    fault = i < size && s[i] != delimiter && s[i] != '\n' && s[i] != '\r';
                }
            } else {
                size_t from = i;
                while (i < size && s[i] != delimiter && s[i] != '\n' && s[i] != '\r' && s[i] != '"' && s[i] != '\0')
                    i++;
                fault = i < size && (s[i] == '"' || s[i] == '\0');
                if (i == from)
                    put(t, "~", 1);
                else
                    put(t, s + from, i - from);
            }
            if (fault || unclosed)
                break;
            more = i < size && s[i] == delimiter;
            i += more;
        }
        if (fault || unclosed) {
            t->size = mark;
            put_number(t, "F", start);
            put_number(t, "/", line);
            put_number(t, "/", n);
            i = unclosed ? size : line_end(s, size, i);
        } else {
            put(t, "]", 1);
        }
        i = past_line_end(s, size, i);
        line++;
    }
}

static void both_parsers_agree_on_generated_text(void **state)
{
    static const char alphabet[] = "a;\"\n\r ,b\"\";;\n";
    trace *t = *state, *second = calloc(1, sizeof *second);
    uint64_t random = 42;
    dk_error err = DK_ERROR_INIT;

    for (int round = 0; round < 40000; round++) {
        char text[48];
        size_t size = 0;
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        for (size_t n = random >> 33 & 31; size < n; size++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            text[size] = alphabet[(random >> 33) % (sizeof alphabet - (round % 4 ? 1 : 0))]; /* sometimes NUL */
        }
        char delimiter = round % 3 ? ';' : ',';
        assert_ok(run(context, text, size, delimiter, 1000, true, t, &err), &err);
        second_parser(text, size, delimiter, second);
        if (t->size != second->size || memcmp(t->text, second->text, t->size) != 0)
            fail_msg("round %d: <%.*s> gives %s, not %s", round, (int)size, text, t->text, second->text);
    }
    free(second);
}

static void survives_failing_memory(void **state)
{
    trace *t = *state;
    dk_error err = DK_ERROR_INIT;
    char text[20000];

    memset(text, 'x', sizeof text);
    text[9999] = ';';
    assert_survives_failing_memory(context, run(context, text, sizeof text, ';', 100000, true, t, &err), &err,
                                   t->n_records == 0, (void)0);
    assert_int_equal(t->n_records, 1);
}

/* Some at a time, from one record's begin to another's, is the same as all at once. */
static void some_at_a_time_are_all_in_the_end(void **state)
{
    static const char text[] = "a;b\n\n\"c\nc\";d\r\ne\"x;f\ng;h\ri;\"j\n\nk";
    static const char expected[] = "R1[a|b]B2R3[c\nc|d]F5/5/1R6[g|h]F7/7/2";
    const dki_dialect dialect = { .delimiter = ';', .quote = '"' };
    trace *t = *state;
    dk_error err = DK_ERROR_INIT;

    for (uint64_t most = 1; most < 8; most++) {
        dki_token_end end = { .offset = 0, .line = 1 };
        size_t offset = 0, n_calls = 0;
        memset(t, 0, sizeof *t);
        while (offset < sizeof text - 1) {
            dki_token_sink sink = {
                .arg = t, .first_line = end.line, .record = on_record, .blank = on_blank, .fault = on_fault
            };
            assert_ok(dki_tokens_read_some(context, text + offset, sizeof text - 1 - offset, true, dialect, 1000,
                                           &sink, most, &end, &err),
                      &err);
            assert_true(end.offset > 0);
            offset += end.offset;
            n_calls++;
        }
        assert_string_equal(t->text, expected);
        assert_int_equal(n_calls, (6 + most - 1) / most);
        assert_int_equal(offset, sizeof text - 1);
    }
    /* Of a part, an open record is left for the next time. */
    dki_token_end end;
    dki_token_sink sink = { .arg = t, .first_line = 9, .record = on_record, .blank = on_blank, .fault = on_fault };
    memset(t, 0, sizeof *t);
    assert_ok(dki_tokens_read_some(context, "a;b\n\"c\nd", 8, false, dialect, 1000, &sink, 5, &end, &err), &err);
    assert_string_equal(t->text, "R9[a|b]");
    assert_int_equal(end.offset, 4);
    assert_int_equal(end.line, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_and_fields_are_told_with_their_line),
        TEST(empty_fields_differ_from_empty_text),
        TEST(blanks_are_kept),
        TEST(blank_lines_are_told),
        TEST(quotes_hold_delimiters_quotes_and_line_ends),
        TEST(without_delimiter_each_line_is_one_field),
        TEST(a_stray_quote_rejects_up_to_the_next_line_end),
        TEST(text_after_a_closing_quote_is_a_fault),
        TEST(a_fault_in_a_record_of_two_lines_names_both),
        TEST(an_unclosed_quote_rejects_the_rest_once),
        TEST(nul_bytes_are_faults_of_their_record),
        TEST(a_field_over_the_limit_is_a_fault),
        TEST(memory_is_bounded_by_the_limit),
        TEST(a_sample_leaves_its_open_record_out),
        TEST(some_at_a_time_are_all_in_the_end),
        TEST(the_sink_can_end_the_reading),
        TEST(an_interrupted_reading_stops),
        TEST(both_parsers_agree_on_generated_text),
        TEST(survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
