/* test_text_print.c - what is printed is what the C library's printf gives, at every size of the room. */
#include "check.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Both, with room for each number of bytes; what stands behind the room stays. */
#define SAME(...)                                                         \
    do {                                                                  \
        int n_ = snprintf(NULL, 0, __VA_ARGS__);                          \
                                                                          \
        assert_true(n_ >= 0 && n_ < 190);                                 \
        assert_int_equal(dki_text_print(NULL, 0, __VA_ARGS__), n_);       \
        for (size_t room = 0; room < (size_t)n_ + 3; room++) {            \
            char wanted[200], got[200];                                   \
                                                                          \
            memset(wanted, '#', sizeof wanted);                           \
            memset(got, '#', sizeof got);                                 \
            assert_int_equal(snprintf(wanted, room, __VA_ARGS__), n_);    \
            assert_int_equal(dki_text_print(got, room, __VA_ARGS__), n_); \
            assert_memory_equal(got, wanted, sizeof got);                 \
        }                                                                 \
    } while (0)

static void it_prints_as_the_c_library_does(void **state)
{
    const char *empty = "", *name = "gemeente", *bytes = "Arnhem, Ede";
    const unsigned long long most = ULLONG_MAX;

    (void)state;
    SAME("plain");
    SAME("%s", empty);
    SAME("%s", name);
    SAME("sorted by %s", name);
    SAME("%s%s%s", name, ", ", bytes);
    SAME("%llu of %llu rows", 0ULL, most);
    SAME("column %zu (%s), %zu in all", (size_t)7, name, SIZE_MAX);
    SAME("%.*s|%.*s|%.*s", 6, bytes, 0, bytes, 99, bytes);
    SAME("a%.*s", INT_MAX, name);
}

static void what_it_does_not_know_the_c_library_prints(void **state)
{
    const char *name = "gemeente";

    (void)state;
    SAME("100 %%");
    SAME("%s: %5.1f %%", name, 12.25);
    SAME("%s %zu %lld %d", name, (size_t)3, LLONG_MIN, -1);
    SAME("%10s|%-10s|%.3s", name, name, name);
    SAME("%.*s and %d", 3, name, 5);
    SAME("%.*s", -1, name);
    SAME("%08.3f%c%x", 3.5, 'x', 255U);
}

/* A text is printed that is not terminated, as far as its size says. */
static void no_byte_behind_a_stated_size_is_read(void **state)
{
    char *bytes = malloc(3), out[8];

    (void)state;
    assert_non_null(bytes);
    memcpy(bytes, "abc", 3);
    assert_int_equal(dki_text_print(out, sizeof out, "%.*s.", 3, bytes), 4);
    assert_string_equal(out, "abc.");
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_prints_as_the_c_library_does),
        cmocka_unit_test(what_it_does_not_know_the_c_library_prints),
        cmocka_unit_test(no_byte_behind_a_stated_size_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
