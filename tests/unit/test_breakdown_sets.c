/* test_breakdown_sets.c - breakdowns that show some of their groups: sets of dimensions that are named, and the rest. */
#include "answers.h"

/* SQL's GROUPING SETS: the sets that are named, each once, and no others; all() looks at what is not shown. */
static void explicit_sets_show_what_they_name(void **state)
{
#define SETS "g:category[a,b] k:integer n:integer\na|1|2\na|2|3\nb|1|4\nb|-|1\n"
    static const char *const by_g[] = { "g", NULL }, *const by_both[] = { "k", "g", NULL },
                             *const by_none[] = { NULL }, *const by_wrong[] = { "h", NULL };
    const char *const measures[] = { "s = sum(n)" };

    (void)state;
    assert_answer(SETS,
                  ASK(.by = { "g", "k" }, .measures = { measures[0] }, .margins = DK_MARGINS_SETS,
                      .sets = { by_g, by_none, by_g }),
                  "a|*|5\nb|*|5\n*|*|10\n");
    assert_answer(SETS,
                  ASK(.by = { "g", "k" }, .measures = { measures[0], "part = s / all(s, g)" },
                      .margins = DK_MARGINS_SETS, .sets = { by_both, by_none }),
                  "a|1|2|2/5\na|2|3|3/5\nb|1|4|4/5\nb|-|1|1/5\n*|*|10|1/1\n");
    assert_answer(SETS,
                  ASK(.by = { "g", "k" }, .measures = { measures[0] }, .margins = DK_MARGINS_SETS,
                      .sets = { by_none }, .where = "n > 9"),
                  "*|*|-\n");
    assert_answer(SETS,
                  ASK(.by = { "g", "k" }, .measures = { measures[0] }, .margins = DK_MARGINS_SETS,
                      .sets = { by_both, by_g }, .limit = 1),
                  "a|1|2\na|*|5\nb|*|5\n");
    assert_refused(SETS,
                   ASK(.by = { "g", "k" }, .measures = { measures[0] }, .margins = DK_MARGINS_SETS,
                       .sets = { by_g, by_wrong }),
                   DK_ERR_NAME, "margins: breakdown vraag has no dimension h");
    assert_refused(SETS, ASK(.by = { "g" }, .measures = { measures[0] }, .margins = DK_MARGINS_SETS),
                   DK_ERR_ARGUMENT, "margins of sets go with the sets");
    assert_refused(SETS, ASK(.by = { "g" }, .measures = { measures[0] }, .sets = { by_g }), DK_ERR_ARGUMENT,
                   "margins of sets go with the sets");
}

/* The rest is computed from its rows: a mean, a distinct count and a median are no sums of those of groups. */
static void the_rest_is_one_group(void **state)
{
#define PLACES    \
    "g:category " \
    "k:integer\nArnhem|1\nArnhem|1\nArnhem|9\nDuiven|2\nDuiven|4\nRheden|4\nZevenaar|8\n-|3\nBrummen|2\n"
    const struct question first = { .by = { "g" },
                                    .measures = { "n = count()", "d = distinct(k)", "m = median(k)",
                                                  "deel = n / all(n)" },
                                    .margins = DK_MARGINS_TOTALS,
                                    .order = { "n desc" },
                                    .limit = 2,
                                    .rest = "overig" };
    struct question other = first;

    (void)state;
    /* the rest: 2, 3, 4, 8 */
    assert_answer(PLACES, &first, "Arnhem|3|2|1/1|1/3\nDuiven|2|2|3/1|2/9\noverig|4|4|7/2|4/9\n*|9|6|3/1|1/1\n");
    other.by[0] = "g = upper(g)"; /* text */
    assert_answer(PLACES, &other, "ARNHEM|3|2|1/1|1/3\nDUIVEN|2|2|3/1|2/9\noverig|4|4|7/2|4/9\n*|9|6|3/1|1/1\n");
    other = first;
    other.limit = 6; /* all are shown: null stands last, and there is no rest */
    assert_answer(PLACES, &other,
                  "Arnhem|3|2|1/1|1/3\nDuiven|2|2|3/1|2/9\nBrummen|1|1|2/1|1/9\nRheden|1|1|4/1|1/9\n"
                  "Zevenaar|1|1|8/1|1/9\n-|1|1|3/1|1/9\n*|9|6|3/1|1/1\n");
    other.limit = 1;
    other.where = "g is null";
    assert_answer(PLACES, &other, "-|1|1|3/1|1/1\n*|1|1|3/1|1/1\n");
    other = first;
    other.rest = "Duiven";
    assert_refused(PLACES, &other, DK_ERR_DUPLICATE, "a group is called Duiven, as the rest is to be");
    other = first;
    other.limit = 0;
    assert_refused(PLACES, &other, DK_ERR_ARGUMENT, "the rest is what is beyond the limit, of one dimension");
    other = first;
    other.by[1] = "k";
    assert_refused(PLACES, &other, DK_ERR_ARGUMENT, "the rest is what is beyond the limit, of one dimension");
    other = first;
    other.by[0] = "k";
    other.measures[1] = other.measures[2] = NULL;
    assert_refused(PLACES, &other, DK_ERR_TYPE, "its dimension k is integer and no category or text");
}

static void failing_memory_in_the_rest_leaves_nothing(void **state)
{
    (void)state;
    assert_answer_survives(PLACES, ASK(.by = { "g" }, .measures = { "n = count()" }, .order = { "n desc" },
                                       .limit = 1, .rest = "overig"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(explicit_sets_show_what_they_name, start, stop),
        cmocka_unit_test_setup_teardown(the_rest_is_one_group, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_in_the_rest_leaves_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
