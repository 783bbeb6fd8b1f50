/* test_program_without.c - a build without the solvers: the one that is needed is named, and Cbc is done without. The sources are
 * compiled here once more, as such a build has them. */
#undef DK_HAVE_CLP
#undef DK_HAVE_CBC
#include "base/integer_cbc.c"
#include "base/program_clp.c"

#include "with_context.h"

static void the_library_is_named(void **state)
{
    int64_t numbers[1];
    dki_program_answer answer = { .numbers = numbers };
    dk_error err = DK_ERROR_INIT;
    dki_program p;
    double price;

    (void)state;
    assert_ok(dki_program_init(&p, context, 1, &err), &err);
    p.greatest[0] = 1;
    assert_fails(
        dki_program_solve(&p, (const int64_t[]){ 1 }, 1, "allocate", &answer, &err), &err, DK_ERR_IO,
        "allocate needs COIN-OR Clp, which this dekking was built without (install it (Debian: apt-get install "
        "coinor-libclp-dev) and build again)");
    assert_fails(dki_program_prices(&p, (const int64_t[]){ 1 }, 1, "allocate", &price, &err), &err, DK_ERR_IO,
                 "COIN-OR Clp");
    assert_ok(dki_program_ask_cbc(&p, (const int64_t[]){ 1 }, &answer, &err), &err);
    assert_false(answer.is_possible);
    dki_program_drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(the_library_is_named, set_up, tear_down) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
