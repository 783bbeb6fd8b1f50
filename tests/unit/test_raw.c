/* test_raw.c - fields of one column as text: numbered while few values differ, plain text after that. */
#include "check.h"

#include "read/raw.h"

#include "with_context.h"

static void add(dki_raw *raw, const char *text)
{
    dk_error err = DK_ERROR_INIT;

    assert_ok(text ? dki_raw_text(raw, text, strlen(text), &err) : dki_raw_null(raw, &err), &err);
}

static void expect(const dki_raw *raw, uint64_t row, const char *text)
{
    const char *bytes = NULL;
    size_t size = 0;

    if (dki_raw_get(raw, row, &bytes, &size) != (text != NULL))
        fail_msg("row %llu is %s", (unsigned long long)row, text ? "null" : "known");
    if (text) {
        assert_non_null(bytes);
        assert_int_equal(size, strlen(text));
        assert_memory_equal(bytes, text, size);
    }
}

static void values_are_numbered_in_the_order_of_their_appearance(void **state)
{
    static const char *const fields[] = { "Arnhem", NULL, "Duiven", "Arnhem", "", "Duiven", "Arnhem" };
    uint64_t counts[3];
    dki_raw raw;

    (void)state;
    dki_raw_init(&raw, context);
    for (size_t i = 0; i < 7; i++)
        add(&raw, fields[i]);
    assert_true(raw.is_coded);
    assert_int_equal(raw.n_rows, 7);
    assert_int_equal(raw.n_nulls, 1);
    assert_int_equal(raw.map.n, 3);
    for (size_t i = 0; i < 7; i++)
        expect(&raw, i, fields[i]);
    assert_int_equal(raw.codes[0], 1);
    assert_int_equal(raw.codes[1], 0);
    assert_int_equal(raw.codes[2], 2);
    assert_int_equal(raw.codes[4], 3); /* "" is a value, and no null */
    assert_int_equal(raw.first_rows[0], 0);
    assert_int_equal(raw.first_rows[1], 2);
    assert_int_equal(raw.first_rows[2], 4);
    dki_raw_count(&raw, counts);
    assert_int_equal(counts[0], 3);
    assert_int_equal(counts[1], 2);
    assert_int_equal(counts[2], 1);
    dki_raw_drop(&raw);
    assert_int_equal(raw.n_rows, 0);
    add(&raw, "again"); /* what was dropped can be used again */
    expect(&raw, 0, "again");
    dki_raw_drop(&raw);
    dki_raw_drop(&raw);
}

static void the_value_that_is_one_too_many_makes_plain_text_of_all(void **state)
{
    char text[16];
    dki_raw raw;

    (void)state;
    dki_raw_init(&raw, context);
    add(&raw, NULL);
    add(&raw, "");
    for (unsigned i = 1; i < DKI_RAW_LEVELS; i++) { /* with "" as many as may be */
        snprintf(text, sizeof text, "%x", i);
        add(&raw, text);
    }
    assert_true(raw.is_coded);
    assert_int_equal(raw.map.n, 65535);
    add(&raw, "1"); /* known */
    assert_true(raw.is_coded);
    add(&raw, "ten thousand");
    assert_false(raw.is_coded);
    add(&raw, NULL);
    add(&raw, "");
    add(&raw, "1");
    assert_int_equal(raw.n_rows, 65541);
    assert_int_equal(raw.n_nulls, 2);
    expect(&raw, 0, NULL);
    expect(&raw, 1, "");
    expect(&raw, 2, "1");
    expect(&raw, 65535, "fffe");
    expect(&raw, 65536, "1");
    expect(&raw, 65537, "ten thousand");
    expect(&raw, 65538, NULL);
    expect(&raw, 65539, "");
    expect(&raw, 65540, "1");
    dki_raw_drop(&raw);
}

static dk_status fill(dki_raw *raw, dk_error *err)
{
    char text[16];
    dk_status status = dki_raw_null(raw, err);

    for (unsigned i = 0; i <= DKI_RAW_LEVELS && status == DK_OK; i++) {
        snprintf(text, sizeof text, "%u", i);
        status = dki_raw_text(raw, text, strlen(text), err);
    }
    if (status != DK_OK)
        dki_raw_drop(raw);
    return status;
}

static void survives_failing_memory(void **state)
{
    dki_raw raw;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_raw_init(&raw, context);
    assert_survives_failing_memory(context, fill(&raw, &err), &err, raw.n_rows == 0, dki_raw_drop(&raw));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_numbered_in_the_order_of_their_appearance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_value_that_is_one_too_many_makes_plain_text_of_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("raw", tests, NULL, NULL);
}
