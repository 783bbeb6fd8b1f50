/* test_solve_monotone.c - what is proved to go one way only, told by the answer: of 200000 unknown every value is
 * tried only where it is not, and then the answer says how many were.
 */
#include "solves.h"

static dk_context *context;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    dk_set_threads(0);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

/* Three places; x tells the persons in one apart. */
static const char people[] = "g:category in_sonar:boolean x:integer w:integer\n"
                             "a|true|1|90000\na|true|2|30000\nb|true|1|40000\nc|true|3|5000\n"
                             "a|false|1|60000\na|false|2|40001\nb|false|1|69999\nc|false|2|30000\n";

#define COUNTS "n = count()", "k = count() where in_sonar", "q = k / n"
#define MEASURES                                                                                          \
    COUNTS, "m = mean(x) where in_sonar", "s = sum(x)", "one = count() where in_sonar and x == 1",        \
        "most = max(x)", "share = k / all(k)", "half = q / 2 + 0.1", "left = 1 - q", "twice = 2 * k - n", \
        "odds = k / (n - k)", "inverse = n / k", "within = k / all(k, g)", "lowered = k * -1"

static const struct question question = { .by = { "g" }, .measures = { MEASURES } };
static const struct question of_one = { .by = { "g" }, .measures = { MEASURES }, .where = "x == 1" };
static const struct question others = { .measures = { COUNTS, "square = q * q", "plus = k + n + 1",
                                                      "third = round(q, 2)" } };

static bool is_proved(const struct plan *plan, const struct question *asked, const char *target, const char *place)
{
    struct search search = { .question = asked, .plan = plan, .vary = plan->params[0].name, .target = target };
    const dk_table *result;
    bool proved;

    if (place)
        search.at[0] = (dk_cell_at){ "g", { .type = DK_TEXT, .as.text = { place, strlen(place) } } };
    result = solved(with_weight(make_table(context, people), "w"), &search);
    proved = strstr(text_at(result, "answer", 0), "values") == NULL;
    dk_table_release(result);
    return proved;
}

#define PROVED(plan, target) assert_true(is_proved(plan, &question, target, NULL))
#define NOT_PROVED(plan, target) NOT_PROVED_AT(plan, &question, target, NULL)
#define NOT_PROVED_AT(plan, asked, target, place)                  \
    do {                                                           \
        if (!under_valgrind()) /* thousands of values are tried */ \
            assert_false(is_proved(plan, asked, target, place));   \
    } while (0)

/* Targets that neither end reaches without more, or that none reaches: halving answers at once. */
static void parts_of_persons_move_counts_sums_and_ratios_one_way(void **state)
{
    const struct plan *plan = SHARE_PLAN(.per = { "g" });

    (void)state;
    PROVED(plan, "q >= 0.8");
    PROVED(plan, "0.8 <= q");
    PROVED(plan, "q > 2");
    PROVED(plan, "k >= 200000");
    PROVED(plan, "m <= 1.45");
    PROVED(plan, "s >= 900000");
    PROVED(plan, "half >= 0.5");
    PROVED(plan, "left <= 0.2");
    PROVED(plan, "twice >= 100000");
    PROVED(plan, "inverse <= 1.5");
    PROVED(plan, "lowered <= -300000");
    PROVED(plan, "k / n - 0.1 >= 0.5");
    PROVED(plan, "-q <= -0.8");
    PROVED(plan, "one >= 200000");
    assert_true(is_proved(plan, &question, "q >= 0.8", "c"));
    assert_true(is_proved(plan, &question, "share >= 0.05", "c"));
    assert_true(is_proved(plan, &question, "within >= 2", "c"));
}

static void other_forms_are_not_proved(void **state)
{
    const struct plan *plan = SHARE_PLAN(.per = { "g" });

    (void)state;
    NOT_PROVED(plan, "most >= 4");
    NOT_PROVED(plan, "odds >= 0.83"); /* n - k could be negative for all that is known here */
    NOT_PROVED(plan, "q >= 0.46 and k >= 1");
    NOT_PROVED(plan, "k between 166000 and 167000");
    NOT_PROVED(plan, "k >= 165000.5 + s / 475001"); /* a number that the result has to tell */
    assert_true(is_proved(SHARE_PLAN(.whole = true), &others, "plus >= 600000", NULL));
    NOT_PROVED_AT(SHARE_PLAN(.whole = true), &others, "square >= 0.205", NULL);
    NOT_PROVED_AT(SHARE_PLAN(.whole = true), &others, "third >= 0.46", NULL);
}

static void counts_are_as_good_as_shares(void **state)
{
    const struct plan count = { .name = "p",
                                .params = { { .name = "p", .value = WHOLE(1) } },
                                .steps = { KNOWN_STEP(.count = "$p", .per = { "g" }) } };

    (void)state;
    PROVED(&count, "q >= 0.8");
    NOT_PROVED(&count, "k + most * k >= 670000");
}

/* Whole persons of one stratum are as many as are asked for. Of several, one can lose a person to another. */
static void whole_persons_are_proved_where_it_does_not_matter_who_they_are(void **state)
{
    const struct plan *one = SHARE_PLAN(.whole = true), *several = SHARE_PLAN(.whole = true, .per = { "g" });

    (void)state;
    assert_true(is_proved(one, &question, "q >= 0.8", NULL));
    assert_true(is_proved(one, &question, "q >= 0.8", "c")); /* c has its part of the one stratum, unrounded */
    assert_true(is_proved(one, &question, "one >= 200000", NULL));
    assert_true(is_proved(several, &question, "q >= 0.8", NULL));
    assert_true(is_proved(several, &question, "share >= 2", NULL));
    NOT_PROVED_AT(several, &question, "q >= 0.15", "c");
    NOT_PROVED_AT(several, &question, "one >= 130100", NULL); /* who has x = 1 depends on the place */
    NOT_PROVED_AT(several, &of_one, "q >= 0.51", NULL);
    NOT_PROVED_AT(several, &question, "m >= 1.245", NULL);
    NOT_PROVED_AT(several, &question, "s + k >= 641000", NULL);
    NOT_PROVED_AT(several, &question, "within + k >= 166000", NULL);
}

static void later_steps_may_take_shares(void **state)
{
#define AND_THEN(...)                                       \
    PLAN(.name = "p", .params = { SHARE("aandeel", 3, 1) }, \
         .steps = { KNOWN_STEP(.share = "$aandeel"),        \
                    { .name = "later", .where = "in_sonar", .set = { "x = 1" }, __VA_ARGS__ } })

    (void)state;
    PROVED(AND_THEN(.all = true), "q >= 0.8");
    PROVED(AND_THEN(.share = "0.5"), "one >= 200000");
    NOT_PROVED(AND_THEN(.share = "0.5", .whole = true), "one >= 148000");
    NOT_PROVED(AND_THEN(.count = "50000"), "one >= 141000");
    NOT_PROVED(PLAN(.name = "p", .params = { SHARE("aandeel", 3, 1) },
                    .steps = { KNOWN_STEP(.share = "$aandeel", .whole = true, .per = { "g" }),
                               { .name = "later", .where = "in_sonar", .set = { "x = 1" }, .all = true } }),
               "q >= 0.46");
}

/* A parameter that is used twice is no share of a step by itself. */
static void a_parameter_of_two_steps_is_not_proved(void **state)
{
    const struct plan twice = { .name = "p",
                                .params = { SHARE("aandeel", 3, 1) },
                                .steps = { KNOWN_STEP(.share = "$aandeel", .per = { "g" }),
                                           KNOWN_STEP(.share = "$aandeel", .allow_none = true) } };

    (void)state;
    NOT_PROVED(&twice, "q >= 0.46");
}

/* Nobody stays at the end: the rate has no value there, and one before it does. Of 3 known and 10 unknown k leave,
 * by largest remainder: the rates of who stays are 3/12 3/11 2/10 2/9 2/8 2/7 1/6 ... */
static void an_end_without_a_value_is_no_proof(void **state)
{
    static const char text[] = "g:category in_sonar:boolean w:integer\na|true|3\na|false|10\nb|true|1\n";
    const struct question rate = { .by = { "g" }, .measures = { COUNTS } };
    const struct plan leave = { .name = "p",
                                .params = { SHARE("aandeel", 3, 1) },
                                .steps = { { .name = "vertrek",
                                             .where = "g == 'a'",
                                             .share = "$aandeel",
                                             .whole = true,
                                             .per = { "in_sonar" },
                                             .set = { "g = 'b'" } } } };
    const dk_table *result = solved(with_weight(make_table(context, text), "w"),
                                    SEARCH(.question = &rate, .plan = &leave, .vary = "aandeel",
                                           .target = "q < 0.2", .at = { { "g", TEXT("a") } }));

    (void)state;
    assert_string_equal(text_at(result, "answer", 0), "7 persons, 53.85 % of 13, give 16.67 %");
    dk_table_release(result);
}

/* What is set overflows for somebody who is not taken yet: then there is no proof, and still an answer. With 20000
 * of 100003 the three of b have a quota of 0.6, and one is taken. */
static void what_cannot_be_computed_for_everybody_is_no_proof(void **state)
{
    static const char text[] = "g:category in_sonar:boolean x:integer w:integer\n"
                               "a|false|1|100000\nb|false|9000000000000000000|3\nc|true|1|50000\n";
    const struct question rate = { .measures = { COUNTS } };
    const dk_scenario_param params[] = {
        { .name = "p",
          .value = WHOLE(1),
          .has_least = true,
          .has_greatest = true,
          .least = WHOLE(0),
          .greatest = WHOLE(9000) },
        { .name = "p", .value = WHOLE(1) },
        { .name = "p", .value = WHOLE(30000), .has_least = true, .least = WHOLE(30000) },
    };
    const char *const answers[] = { "8000 persons of 100003 give k = 58000",
                                    "8000 persons of 100003 give k = 58000; the least of ", NULL };

    (void)state;
    for (int i = 0; i < 3; i++) {
        const struct plan plan = { .name = "p",
                                   .params = { params[i] },
                                   .steps = { { .name = "s",
                                                .where = "not in_sonar",
                                                .count = "$p",
                                                .whole = true,
                                                .per = { "g" },
                                                .set = { "in_sonar = true", "x = x * 2" } } } };
        const dk_table *table = with_weight(make_table(context, text), "w"), *result = NULL;
        dk_error err = DK_ERROR_INIT;

        if (answers[i]) {
            assert_ok(solve_on(table, SEARCH(.question = &rate, .plan = &plan, .vary = "p", .target = "k >= 58000"),
                               &result, &err),
                      &err);
            if (strstr(text_at(result, "answer", 0), answers[i]) == NULL)
                fail_msg("%s", text_at(result, "answer", 0));
            dk_table_release(result);
        } else { /* no value can be tried */
            assert_fails(solve_on(table,
                                  SEARCH(.question = &rate, .plan = &plan, .vary = "p", .target = "k >= 58000"),
                                  &result, &err),
                         &err, DK_ERR_OVERFLOW,
                         "s: where in_sonar = false, g = b, x = 9000000000000000000: 9000000000000000000 * 2");
        }
        dk_table_release(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_of_persons_move_counts_sums_and_ratios_one_way, start, stop),
        cmocka_unit_test_setup_teardown(other_forms_are_not_proved, start, stop),
        cmocka_unit_test_setup_teardown(counts_are_as_good_as_shares, start, stop),
        cmocka_unit_test_setup_teardown(whole_persons_are_proved_where_it_does_not_matter_who_they_are, start,
                                        stop),
        cmocka_unit_test_setup_teardown(later_steps_may_take_shares, start, stop),
        cmocka_unit_test_setup_teardown(a_parameter_of_two_steps_is_not_proved, start, stop),
        cmocka_unit_test_setup_teardown(an_end_without_a_value_is_no_proof, start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_computed_for_everybody_is_no_proof, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
