/* test_late.c - libraries that are opened when first used. */
#include "check.h"

#include "base/late.h"

static const char *const names[] = { "XXH3_64bits", "XXH_versionNumber" };

static void functions_are_found_by_name(void **state)
{
    void *functions[2] = { NULL, NULL };
    dk_error err = DK_ERROR_INIT;
    unsigned (*version)(void);

    (void)state;
    assert_ok(dki_late_open("libxxhash.so.0", "libxxhash0", "this test", names, 2, functions, &err), &err);
    assert_non_null(functions[0]);
    memcpy(&version, &functions[1], sizeof version);
    assert_true(version() >= 800);
}

static void a_library_that_is_not_there_is_named_with_its_package(void **state)
{
    void *functions[2] = { NULL, NULL };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dki_late_open("libnosuch.so.9", "libnosuch9", "reading X", names, 2, functions, &err), &err,
                 DK_ERR_IO, "reading X needs the library libnosuch.so.9");
    assert_non_null(strstr(err.hint, "apt-get install libnosuch9"));
    assert_null(functions[0]);
}

static void a_function_that_is_not_there_leaves_the_others_untouched(void **state)
{
    static const char *const wrong[] = { "XXH3_64bits", "XXH_no_such_function" };
    void *functions[2] = { NULL, NULL };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dki_late_open("libxxhash.so.0", "libxxhash0", "this test", wrong, 2, functions, &err), &err,
                 DK_ERR_IO, "XXH_no_such_function");
    assert_null(functions[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found_by_name),
        cmocka_unit_test(a_library_that_is_not_there_is_named_with_its_package),
        cmocka_unit_test(a_function_that_is_not_there_leaves_the_others_untouched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
