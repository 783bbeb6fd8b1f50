/* test_values.c - values of one column and their codes: of every length, many of them, and one too many. */
#include "check.h"

#include "read/values.h"

#include "with_context.h"

static uint32_t add(dki_values *v, const char *text, uint64_t row)
{
    dk_error err = DK_ERROR_INIT;
    uint32_t code = 0;

    assert_ok(dki_values_add(v, text, strlen(text), row, &code, &err), &err);
    return code;
}

/* Codes of the fields of one column, as far as they can be found; `stop` says which one cannot. */
static void expect_found(const dki_values *v, const char *fields, const uint16_t *codes, size_t n, size_t stop)
{
    char text[512];
    uint32_t ends[33] = { UINT32_MAX };
    uint16_t found[32];
    size_t n_ends = 0;

    memset(text, 0, sizeof text);
    strcpy(text, fields);
    for (size_t i = 0; text[i]; i++)
        if (text[i] == ';')
            ends[++n_ends] = (uint32_t)i;
    dki_fields f = { .text = text, .ends = ends + 1, .stride = 1, .n = n_ends, .quote = '"', .has_escapes = true };
    assert_int_equal(dki_values_find(v, &f, 0, found), stop);
    for (size_t i = 0; i < n && i < stop; i++)
        assert_int_equal(found[i], codes[i]);
    if (strchr(fields, '"'))
        return;
    f.quote = 0;
    assert_int_equal(dki_values_find(v, &f, 0, found), stop);
    for (size_t i = 0; i < n && i < stop; i++)
        assert_int_equal(found[i], codes[i]);
}

static void codes_follow_the_first_appearance(void **state)
{
    static const uint64_t rows[] = { 10, 11, 13, 14, 16, 17 };
    dki_values v;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_values_begin(&v, context, false, &err), &err);
    assert_int_equal(add(&v, "M", 10), 1);
    assert_int_equal(add(&v, "V", 11), 2);
    assert_int_equal(add(&v, "M", 12), 1);
    expect_found(&v, "V;M;;V;", (uint16_t[]){ 2, 1, 0, 2 }, 4, 4);   /* bytes alone; empty is null */
    expect_found(&v, "V;\"M\";\"\";V;", (uint16_t[]){ 2, 1 }, 2, 2); /* "" has no code yet */
    expect_found(&v, "V;VM;V;", (uint16_t[]){ 2 }, 1, 1);
    assert_int_equal(add(&v, "VM", 13), 3);
    assert_int_equal(add(&v, "", 14), 4);
    assert_int_equal(add(&v, "", 15), 4);
    expect_found(&v, "V;VM;;M;X;", (uint16_t[]){ 2, 3, 0, 1 }, 4, 4);
    expect_found(&v, "\"VM\";\"a\"\"b\";", (uint16_t[]){ 3 }, 1, 1);
    assert_int_equal(add(&v, "praktijkonderwijs", 16), 5);
    assert_int_equal(add(&v, "Nuenen, Gerwen en Nederwetten, gemeente", 17), 6);
    assert_int_equal(add(&v, "Nuenen, Gerwen en Nederwetten, gemeente", 18), 6);
    expect_found(&v, "praktijkonderwijs;VM;V;;praktijkonderwij;", (uint16_t[]){ 5, 3, 2, 0 }, 4, 4);
    assert_int_equal(v.n, 6);
    for (size_t i = 0; i < v.n; i++)
        assert_int_equal(v.entries[i].row, rows[i]);
    assert_string_equal(v.entries[5].bytes, "Nuenen, Gerwen en Nederwetten, gemeente");
    dki_values_drop(&v);
    dki_values_drop(&v);
}

static void markers_mean_null(void **state)
{
    dki_values v;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_values_begin(&v, context, false, &err), &err);
    assert_ok(dki_values_add_null(&v, "-", 1, &err), &err);
    assert_ok(dki_values_add_null(&v, "", 0, &err), &err);
    assert_ok(dki_values_add_null(&v, "onbekend", 8, &err), &err);
    assert_ok(dki_values_add_null(&v, "niet bekend, niet gevraagd of geweigerd", 39, &err), &err);
    assert_int_equal(add(&v, "-", 0), 0);
    assert_int_equal(add(&v, "", 0), 0);
    assert_int_equal(add(&v, "onbekend", 0), 0);
    assert_int_equal(add(&v, "niet bekend, niet gevraagd of geweigerd", 0), 0);
    assert_int_equal(add(&v, "bekend", 0), 1);
    expect_found(&v, "bekend;-;onbekend;;bekend;", (uint16_t[]){ 1, 0, 0, 0, 1 }, 5, 5);
    assert_int_equal(v.n, 1);
    dki_values_drop(&v);
}

/* As many as can be, of all lengths up to beyond the longest key, found again by field. */
static void many_values_are_told_apart(void **state)
{
    static char text[DKI_RAW_LEVELS * 48 + 64];
    static uint32_t ends[DKI_RAW_LEVELS + 1];
    static uint16_t codes[DKI_RAW_LEVELS];
    size_t used = 0;
    dki_values v;
    dk_error err = DK_ERROR_INIT;
    uint32_t code;

    (void)state;
    assert_ok(dki_values_begin(&v, context, false, &err), &err);
    ends[0] = UINT32_MAX;
    for (unsigned i = 0; i < DKI_RAW_LEVELS; i++) {
        int size = sprintf(text + used, "%u", i);
        for (unsigned fill = i * 7 % 40; fill > (unsigned)size; fill--)
            text[used + (unsigned)size++] = 'x';
        assert_ok(dki_values_add(&v, text + used, (size_t)size, i, &code, &err), &err);
        assert_int_equal(code, i + 1);
        used += (size_t)size;
        ends[i + 1] = (uint32_t)used;
        text[used++] = ';';
    }
    dki_fields f = { .text = text, .ends = ends + 1, .stride = 1, .n = DKI_RAW_LEVELS };
    for (size_t i = 0; i < f.n; i++) {
        i = dki_values_find(&v, &f, i, codes);
        if (i == f.n)
            break;
        assert_true(ends[i + 1] - (ends[i] + 1) > 32); /* only long ones are left */
        assert_ok(dki_values_add(&v, text + ends[i] + 1, ends[i + 1] - (ends[i] + 1), 0, &code, &err), &err);
        codes[i] = (uint16_t)code;
    }
    for (size_t i = 0; i < f.n; i++)
        assert_int_equal(codes[i], i + 1);
    assert_ok(dki_values_add(&v, "one more", 8, 0, &code, &err), &err);
    assert_int_equal(code, DKI_RAW_LEVELS + 1);
    assert_int_equal(v.n, DKI_RAW_LEVELS);
    dki_values_drop(&v);
}

static dk_status fill(dki_values *v, dk_error *err)
{
    char text[64];
    uint32_t code;
    dk_status status = dki_values_begin(v, context, false, err);

    if (status == DK_OK)
        status = dki_values_add_null(v, "NB", 2, err);
    for (int i = 0; i < 300 && status == DK_OK; i++) {
        int size = snprintf(text, sizeof text, "%0*d", 1 + i % 40, i);
        status = dki_values_add(v, text, (size_t)size, 0, &code, err);
    }
    if (status != DK_OK)
        dki_values_drop(v);
    return status;
}

static void survives_failing_memory(void **state)
{
    dki_values v = { .context = NULL };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, fill(&v, &err), &err, v.entries == NULL, dki_values_drop(&v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(codes_follow_the_first_appearance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(markers_mean_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_values_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
