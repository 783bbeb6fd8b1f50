/* test_dictionary.c - codes that never change, and the order of levels. */
#include "check.h"

#include <dekking/dictionary.h>
#include <stdlib.h>

#include "data/column_parts.h"
#include "data/dictionary_parts.h"

#include "with_context.h"

#define TEXT(literal) ((dk_text){ literal, sizeof literal - 1 })

static dk_dictionary *make(const dk_text *levels, size_t n, bool declared)
{
    dk_dictionary *dictionary = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_dictionary_new(context, levels, n, declared, &dictionary, &err), &err);
    return dictionary;
}

static void codes_follow_the_levels_as_given(void **state)
{
    const dk_text levels[] = { TEXT("Wajong"), TEXT("Participatiewet"), TEXT("") };
    dk_dictionary *d = make(levels, 3, true);

    (void)state;
    assert_int_equal(dk_dictionary_n_levels(d), 3);
    assert_int_equal(dk_dictionary_find(d, TEXT("Wajong")), 1);
    assert_int_equal(dk_dictionary_find(d, TEXT("Participatiewet")), 2);
    assert_int_equal(dk_dictionary_find(d, TEXT("")), 3);
    assert_int_equal(dk_dictionary_find(d, TEXT("wajong")), 0);
    assert_int_equal(dk_dictionary_find(d, TEXT("Wajon")), 0);
    assert_int_equal(dk_dictionary_level(d, 2).size, 15);
    assert_memory_equal(dk_dictionary_level(d, 2).bytes, "Participatiewet", 15);
    dk_dictionary_release(d);
}

static void declared_levels_keep_their_order(void **state)
{
    const dk_text levels[] = { TEXT("laag"), TEXT("midden"), TEXT("hoog") };
    dk_dictionary *d = make(levels, 3, true);

    (void)state;
    assert_true(dk_dictionary_is_declared(d));
    for (uint32_t code = 1; code <= 3; code++)
        assert_int_equal(dk_dictionary_rank(d, code), code - 1);
    dk_dictionary_release(d);
}

/* By hand: "" < "10" < "9" < "Zevenaar" < "a" < "a\0" < "ab" < "é". */
static void other_levels_are_ordered_by_code_point(void **state)
{
    const dk_text levels[] = { TEXT("\xC3\xA9"), TEXT("ab"), TEXT("a\0"), TEXT("9"),
                               TEXT("10"),       TEXT("a"),  TEXT(""),    TEXT("Zevenaar") };
    const uint32_t ranks[] = { 7, 6, 5, 2, 1, 4, 0, 3 };
    dk_dictionary *d = make(levels, 8, false);

    (void)state;
    assert_false(dk_dictionary_is_declared(d));
    for (uint32_t code = 1; code <= 8; code++)
        assert_int_equal(dk_dictionary_rank(d, code), ranks[code - 1]);
    dk_dictionary_release(d);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Against the C library's sort; many levels share their first eight bytes and more. */
static void many_levels_get_the_ranks_of_a_plain_sort(void **state)
{
    enum { N = 20000 };
    static char bytes[N][32];
    static char *sorted[N];
    static dk_text levels[N];
    uint32_t number = 1;
    dk_dictionary *d;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        number = number * 1664525 + 1013904223;
        sprintf(bytes[i], "%s%u", number % 3 == 0 ? "gemeente nummer " : number % 3 == 1 ? "g" : "", number);
        levels[i] = (dk_text){ bytes[i], strlen(bytes[i]) };
        sorted[i] = bytes[i];
    }
    qsort(sorted, N, sizeof *sorted, compare_texts);
    d = make(levels, N, false);
    for (uint32_t code = 1; code <= N; code++)
        assert_string_equal(sorted[dk_dictionary_rank(d, code)], bytes[code - 1]);
    dk_dictionary_release(d);
}

static void a_dictionary_may_be_empty(void **state)
{
    dk_dictionary *d = make(NULL, 0, false);

    (void)state;
    assert_int_equal(dk_dictionary_n_levels(d), 0);
    assert_int_equal(dk_dictionary_find(d, TEXT("x")), 0);
    dk_dictionary_release(d);
    dk_dictionary_release(NULL);
}

static void a_level_twice_is_refused(void **state)
{
    const dk_text levels[] = { TEXT("Duiven"), TEXT("Arnhem"), TEXT("Duiven") };
    dk_dictionary *d = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_dictionary_new(context, levels, 3, true, &d, &err), &err, DK_ERR_DUPLICATE,
                 "the level \"Duiven\" occurs twice");
    assert_null(d);
}

static void a_level_that_is_not_utf8_is_refused(void **state)
{
    const dk_text levels[] = { TEXT("Duiven"), TEXT("caf\xE9") };
    dk_dictionary *d = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_dictionary_new(context, levels, 2, false, &d, &err), &err, DK_ERR_ENCODING, "level 2");
    assert_null(d);
}

static void a_longer_dictionary_keeps_codes_and_appends(void **state)
{
    const dk_text levels[] = { TEXT("b"), TEXT("c") };
    const dk_text more[] = { TEXT("c"), TEXT("a"), TEXT("b"), TEXT("d") };
    dk_dictionary *d = make(levels, 2, false), *declared = make(levels, 2, true);
    dk_dictionary *longer = NULL, *stated = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_dictionary_extend(d, more, 4, &longer, &err), &err);
    assert_ok(dki_dictionary_extend(declared, more, 4, &stated, &err), &err);
    assert_int_equal(dk_dictionary_n_levels(longer), 4);
    assert_int_equal(dk_dictionary_find(longer, TEXT("b")), 1);
    assert_int_equal(dk_dictionary_find(longer, TEXT("c")), 2);
    assert_int_equal(dk_dictionary_find(longer, TEXT("a")), 3);
    assert_int_equal(dk_dictionary_find(longer, TEXT("d")), 4);
    assert_int_equal(dk_dictionary_rank(longer, 3), 0); /* a is first by code point ... */
    assert_int_equal(dk_dictionary_rank(stated, 3), 2); /* ... and comes behind what was declared */
    assert_true(dk_dictionary_is_declared(stated));
    assert_int_equal(dk_dictionary_n_levels(d), 2);
    dk_dictionary_release(d);
    dk_dictionary_release(declared);
    dk_dictionary_release(longer);
    dk_dictionary_release(stated);
}

static void labels_are_beside_the_levels(void **state)
{
    const dk_text levels[] = { TEXT("01"), TEXT("02"), TEXT("9") };
    const dk_text labels[] = { TEXT("ja"), { NULL, 0 }, TEXT("") };
    dk_dictionary *d = make(levels, 3, true), *labelled = NULL, *none = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_text label;

    (void)state;
    assert_false(dk_dictionary_has_labels(d));
    assert_false(dk_dictionary_label(d, 1, &label));
    assert_survives_failing_memory(context, dk_dictionary_with_labels(d, labels, &labelled, &err), &err,
                                   labelled == NULL, (void)0);
    assert_true(dk_dictionary_has_labels(labelled));
    assert_true(dk_dictionary_is_declared(labelled));
    assert_int_equal(dk_dictionary_find(labelled, TEXT("01")), 1);
    assert_int_equal(dk_dictionary_find(labelled, TEXT("ja")), 0); /* a label is no level */
    assert_true(dk_dictionary_label(labelled, 1, &label));
    assert_string_equal(label.bytes, "ja");
    assert_false(dk_dictionary_label(labelled, 2, &label));
    assert_true(dk_dictionary_label(labelled, 3, &label)); /* an empty label is one */
    assert_int_equal(label.size, 0);
    assert_int_equal(dk_dictionary_find_label(labelled, TEXT("ja")), 1);
    assert_int_equal(dk_dictionary_find_label(labelled, TEXT("01")), 0);
    assert_int_equal(dk_dictionary_find_label(d, TEXT("ja")), 0);
    assert_true(dki_dictionary_bytes(labelled) > dki_dictionary_bytes(d));
    assert_ok(dk_dictionary_with_labels(labelled, NULL, &none, &err), &err);
    assert_false(dk_dictionary_has_labels(none));
    dk_dictionary_release(d);
    dk_dictionary_release(labelled);
    dk_dictionary_release(none);
}

static void a_longer_dictionary_keeps_labels(void **state)
{
    const dk_text levels[] = { TEXT("1"), TEXT("2") }, labels[] = { TEXT("ja"), TEXT("nee") };
    const dk_text more[] = { TEXT("3") };
    dk_dictionary *d = make(levels, 2, true), *labelled = NULL, *longer = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_text label;

    (void)state;
    assert_ok(dk_dictionary_with_labels(d, labels, &labelled, &err), &err);
    assert_survives_failing_memory(context, dki_dictionary_extend(labelled, more, 1, &longer, &err), &err,
                                   longer == NULL, (void)0);
    assert_true(dk_dictionary_label(longer, 2, &label));
    assert_string_equal(label.bytes, "nee");
    assert_false(dk_dictionary_label(longer, 3, &label));
    dk_dictionary_release(d);
    dk_dictionary_release(labelled);
    dk_dictionary_release(longer);
}

static void a_label_that_is_no_text_is_refused(void **state)
{
    const dk_text levels[] = { TEXT("1"), TEXT("2") };
    const dk_text bad[] = { TEXT("ja"), TEXT("caf\xE9") }, zero[] = { TEXT("j\0a"), TEXT("nee") };
    dk_dictionary *d = make(levels, 2, true), *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_dictionary_with_labels(d, bad, &out, &err), &err, DK_ERR_ENCODING,
                 "label 2 is not UTF-8, or has a zero byte");
    assert_fails(dk_dictionary_with_labels(d, zero, &out, &err), &err, DK_ERR_ENCODING, "label 1");
    assert_null(out);
    dk_dictionary_release(d);
}

static void a_map_becomes_a_dictionary_without_copying(void **state)
{
    dki_text_map map;
    uint32_t number;
    dk_dictionary *d = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_text_map_init(&map, context);
    assert_ok(dki_text_map_add(&map, "z", 1, &number, &err), &err);
    assert_ok(dki_text_map_add(&map, "y", 1, &number, &err), &err);
    assert_survives_failing_memory(context, dki_dictionary_of_map(&map, &d, &err), &err, d == NULL && map.n == 2,
                                   (void)0);
    assert_int_equal(map.n, 0);
    assert_int_equal(dk_dictionary_find(d, TEXT("y")), 2);
    assert_int_equal(dk_dictionary_rank(d, 2), 0);
    dki_text_map_drop(&map);
    dk_dictionary_release(d);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_text levels[] = { TEXT("b"), TEXT("c"), TEXT("a") };
    const dk_text more[] = { TEXT("0") };
    dk_dictionary *d = NULL, *longer = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_dictionary_new(context, levels, 3, false, &d, &err), &err, d == NULL,
                                   (void)0);
    assert_survives_failing_memory(context, dki_dictionary_extend(d, more, 1, &longer, &err), &err, longer == NULL,
                                   (void)0);
    assert_true(dki_dictionary_bytes(longer) > dki_dictionary_bytes(d));
    dk_dictionary_release(d);
    dk_dictionary_release(longer);
}

static void sorting_many_levels_can_be_interrupted(void **state)
{
    const dk_text levels[] = { TEXT("b"), TEXT("a") };
    dk_dictionary *d = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dk_dictionary_new(context, levels, 2, false, &d, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(codes_follow_the_levels_as_given),
        TEST(declared_levels_keep_their_order),
        TEST(other_levels_are_ordered_by_code_point),
        TEST(many_levels_get_the_ranks_of_a_plain_sort),
        TEST(a_dictionary_may_be_empty),
        TEST(a_level_twice_is_refused),
        TEST(a_level_that_is_not_utf8_is_refused),
        TEST(a_longer_dictionary_keeps_codes_and_appends),
        TEST(labels_are_beside_the_levels),
        TEST(a_longer_dictionary_keeps_labels),
        TEST(a_label_that_is_no_text_is_refused),
        TEST(a_map_becomes_a_dictionary_without_copying),
        TEST(failing_memory_leaves_nothing),
        TEST(sorting_many_levels_can_be_interrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
