/* test_program.c - programs by hand, beside every solution that there is, and where none is. */
#include "base/program.h"

#include <pthread.h>
#include <time.h>

#include "base/program_parts.h"
#include "random.h"
#include "with_context.h"

#define MOST_NUMBERS 8
#define MANY 40

static void begin(dki_program *p, size_t n, const int64_t *least, const int64_t *greatest)
{
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_program_init(p, context, n, &err), &err);
    for (size_t j = 0; j < n; j++) {
        p->least[j] = least ? least[j] : 0;
        p->greatest[j] = greatest[j];
    }
}

static void add(dki_program *p, const int64_t *factors, int64_t most)
{
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_program_add(p, factors, most, &err), &err);
}

static dki_program_answer answer_to(const dki_program *p, const int64_t *gains, int64_t grain, int64_t *numbers)
{
    dki_program_answer answer = { .numbers = numbers };
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_program_solve(p, gains, grain, "this test", &answer, &err), &err);
    if (answer.is_possible) {
        assert_true(dki_program_holds(p, numbers));
        assert_true(answer.value == dki_program_value(p, gains, numbers));
    }
    return answer;
}

/* A 100 persons of 2 hours, B 50 of 1, C 80 of 3, gains 0.8, 0.3 and 0.9: 230 hours give 89 (Dantzig's rule by hand). */
static void hours_go_where_they_gain_most(void **state)
{
    static const int64_t greatest[] = { 100, 50, 80 }, hours[] = { 2, 1, 3 }, gains[] = { 8, 3, 9 };
    int64_t numbers[3], parts[3];
    dk_error err = DK_ERROR_INIT;
    dki_program_answer answer;
    dki_program p;
    double price;

    (void)state;
    begin(&p, 3, NULL, greatest);
    add(&p, hours, 230);
    answer = answer_to(&p, gains, 1, numbers);
    assert_true(answer.is_proved);
    assert_int_equal(answer.value, 890);
    assert_ok(dki_program_hold(&p, gains, 1, "this test", &answer, &err), &err);
    /* Of all that gain as much, the first: A, then B. */
    assert_ok(dki_program_first(&p, 1, "this test", &answer, &err), &err);
    assert_true(answer.is_proved);
    assert_int_equal(numbers[0], 100);
    assert_int_equal(numbers[1], 30);
    assert_int_equal(numbers[2], 0);
    dki_program_drop(&p);

    begin(&p, 3, NULL, (const int64_t[]){ 1000, 500, 800 });
    add(&p, hours, 2300);
    answer = answer_to(&p, gains, 10, parts);
    assert_true(answer.is_proved);
    assert_int_equal(answer.value, 8900);
    assert_ok(dki_program_prices(&p, gains, 10, "this test", &price, &err), &err);
    assert_near(price, 3); /* an hour more: one of B, or a third of C */
    dki_program_drop(&p);
}

/* One and a half A would do: in whole numbers, one A and two B. */
static void whole_numbers_are_not_rounded_parts(void **state)
{
    static const int64_t greatest[] = { 10, 10 }, costs[] = { 4, 3 }, gains[] = { 9, 6 };
    int64_t numbers[2];
    dki_program_answer answer;
    dki_program p;

    (void)state;
    begin(&p, 2, NULL, greatest);
    add(&p, costs, 6);
    answer = answer_to(&p, gains, 1, numbers);
    assert_true(answer.is_proved);
    assert_int_equal(answer.value, 12); /* not 9 */
    assert_int_equal(numbers[1], 2);
    dki_program_drop(&p);
}

static void what_cannot_be_is_proved(void **state)
{
    static const int64_t greatest[] = { 5, 5 }, both[] = { -1, -1 }, gains[] = { 1, 1 };
    int64_t numbers[2];
    dki_program_answer answer;
    dki_program p;

    (void)state;
    for (int64_t grain = 1; grain <= 1000; grain *= 1000) {
        begin(&p, 2, NULL, (const int64_t[]){ 5 * grain, 5 * grain });
        add(&p, both, -11 * grain); /* eleven of ten */
        answer = answer_to(&p, gains, grain, numbers);
        assert_false(answer.is_possible);
        assert_true(answer.is_proved);
        dki_program_drop(&p);
    }
    begin(&p, 2, (const int64_t[]){ 6, 0 }, greatest);
    answer = answer_to(&p, gains, 1, numbers);
    assert_false(answer.is_possible);
    assert_true(answer.is_proved);
    dki_program_drop(&p);
    begin(&p, 2, NULL, greatest); /* 2 a + 2 b = 7 has a solution in parts alone */
    add(&p, (const int64_t[]){ 2, 2 }, 7);
    add(&p, (const int64_t[]){ -2, -2 }, -7);
    answer = answer_to(&p, gains, 1, numbers);
    assert_false(answer.is_possible);
    assert_true(answer.is_proved);
    dki_program_drop(&p);
}

/* Random programs beside every one of their solutions ------------------------------------------------------------------ */

static void draw(dki_program *p, int64_t *gains)
{
    size_t n = 1 + pick(4), n_rows = pick(4);
    int64_t least[4], greatest[4], factors[4], numbers[4];

    for (size_t j = 0; j < n; j++) {
        least[j] = (int64_t)pick(3) - 1;
        greatest[j] = least[j] + (int64_t)pick(6);
        numbers[j] = least[j] + (int64_t)pick((uint64_t)(greatest[j] - least[j] + 1));
        gains[j] = (int64_t)pick(21) - 8;
    }
    begin(p, n, least, greatest);
    for (size_t i = 0; i < n_rows; i++) {
        int64_t sum = 0;

        for (size_t j = 0; j < n; j++) {
            factors[j] = pick(3) ? (int64_t)pick(15) - 5 : 0;
            sum += factors[j] * numbers[j];
        }
        add(p, factors, sum + (int64_t)pick(8) - 2); /* mostly there is a solution */
    }
}

/* The best of all, and of those the greatest by its first number, then its second, ... */
static bool try_all(const dki_program *p, const int64_t *gains, int64_t *best, dki_i128 *value)
{
    int64_t numbers[4];
    bool found = false;

    memcpy(numbers, p->least, p->n * sizeof *numbers);
    for (;;) {
        dki_i128 now = dki_program_value(p, gains, numbers);
        size_t j = p->n;

        if (dki_program_holds(p, numbers) && (!found || now >= *value)) { /* later ones are greater */
            memcpy(best, numbers, p->n * sizeof *best);
            *value = now;
            found = true;
        }
        while (j > 0 && numbers[j - 1] == p->greatest[j - 1]) {
            numbers[j - 1] = p->least[j - 1];
            j--;
        }
        if (j == 0)
            return found;
        numbers[j - 1]++;
    }
}

static void random_programs_have_the_best_of_all_solutions(void **state)
{
    unsigned n_possible = 0, n_impossible = 0;

    (void)state;
    random_state = UINT64_C(0x9E3779B97F4A7C15);
    for (unsigned round = 0; round < random_rounds(3000); round++) {
        int64_t gains[4], best[4], numbers[4];
        dki_program_answer answer;
        dk_error err = DK_ERROR_INIT;
        dki_i128 value = 0;
        dki_program p;
        bool found;

        draw(&p, gains);
        found = try_all(&p, gains, best, &value);
        answer = answer_to(&p, gains, 1, numbers);
        assert_int_equal(answer.is_possible, found);
        assert_true(answer.is_proved);
        n_possible += found;
        n_impossible += !found;
        if (found) {
            assert_true(answer.value == value);
            assert_ok(dki_program_hold(&p, gains, 1, "this test", &answer, &err), &err);
            assert_ok(dki_program_first(&p, 1, "this test", &answer, &err), &err);
            assert_memory_equal(numbers, best, p.n * sizeof *best);
        }
        dki_program_drop(&p);
    }
    assert_true(n_possible > 20 && n_impossible > 3);
}

/* Two numbers in parts: the best corner of all that two limits make, in doubles that are far from each other. */
static double best_corner(const dki_program *p, const int64_t *gains)
{
    double lines[16][3], best = -1e300;
    size_t n = 0;

    for (size_t j = 0; j < 2; j++)
        for (int side = 0; side < 2; side++, n++) {
            lines[n][0] = j == 0;
            lines[n][1] = j == 1;
            lines[n][2] = (double)(side ? p->greatest[j] : p->least[j]);
        }
    for (size_t i = 0; i < p->n_rows; i++, n++) {
        lines[n][0] = lines[n][1] = 0;
        for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++)
            lines[n][p->numbers[t]] = (double)p->factors[t];
        lines[n][2] = (double)p->most[i];
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < a; b++) {
            double det = lines[a][0] * lines[b][1] - lines[a][1] * lines[b][0], x, y;
            bool holds;

            if (det == 0)
                continue;
            x = (lines[a][2] * lines[b][1] - lines[a][1] * lines[b][2]) / det;
            y = (lines[a][0] * lines[b][2] - lines[a][2] * lines[b][0]) / det;
            holds = x >= (double)p->least[0] - 1e-3 && x <= (double)p->greatest[0] + 1e-3 &&
                    y >= (double)p->least[1] - 1e-3 && y <= (double)p->greatest[1] + 1e-3;
            for (size_t i = 4; i < n; i++)
                holds &= lines[i][0] * x + lines[i][1] * y <= lines[i][2] + 1e-3;
            if (holds)
                best = fmax(best, (double)gains[0] * x + (double)gains[1] * y);
        }
    return best;
}

static void random_programs_in_parts_are_at_their_best_corner(void **state)
{
    unsigned n_tried = 0;

    (void)state;
    random_state = UINT64_C(0xD1B54A32D192ED03);
    for (unsigned round = 0; round < random_rounds(3000); round++) {
        const int64_t grain = 1000000000;
        int64_t gains[4], numbers[4];
        dki_program_answer answer;
        dki_program p;
        double corner;

        draw(&p, gains);
        for (size_t j = 0; j < p.n; j++) {
            p.least[j] *= grain;
            p.greatest[j] *= grain;
        }
        for (size_t i = 0; i < p.n_rows; i++)
            p.most[i] *= grain;
        answer = answer_to(&p, gains, grain, numbers);
        assert_true(answer.is_proved);
        if (p.n == 2) {
            corner = best_corner(&p, gains);
            assert_int_equal(answer.is_possible, corner > -1e299);
            if (answer.is_possible)
                assert_true(fabs((double)answer.value - corner) < 2000); /* billionths */
            n_tried++;
        }
        dki_program_drop(&p);
    }
    assert_true(n_tried > 10);
}

/* The price of the first limit is what a little more of it brings, whatever the others are at. */
static void a_price_is_what_a_little_more_brings(void **state)
{
    unsigned n_priced = 0;

    (void)state;
    random_state = UINT64_C(0x2545F4914F6CDD1D);
    for (unsigned round = 0; round < random_rounds(2000); round++) {
        const int64_t grain = 1000000000, more = 100000;
        int64_t gains[4], numbers[4];
        dki_program_answer before, after;
        dk_error err = DK_ERROR_INIT;
        double prices[4];
        dki_program p;

        draw(&p, gains);
        for (size_t j = 0; j < p.n; j++) {
            p.least[j] *= grain;
            p.greatest[j] *= grain;
        }
        for (size_t i = 0; i < p.n_rows; i++)
            p.most[i] *= grain;
        before = answer_to(&p, gains, grain, numbers);
        if (before.is_possible && p.n_rows > 0) {
            assert_ok(dki_program_prices(&p, gains, grain, "this test", prices, &err), &err);
            p.most[0] += more;
            after = answer_to(&p, gains, grain, numbers);
            assert_true(fabs((double)(after.value - before.value) - prices[0] * (double)more) <
                        3000); /* billionths */
            n_priced += prices[0] > 0;
        }
        dki_program_drop(&p);
    }
    assert_true(n_priced > 5);
}

/* Larger ones -------------------------------------------------------------------------------------------------------------- */

/* Costs whose sums hit a budget exactly in few ways: what Clp's parts are far from. */
static void make_hard(dki_program *p, int64_t *gains, size_t n)
{
    int64_t greatest[MANY], costs[MANY], sum = 0;

    for (size_t j = 0; j < n; j++) {
        greatest[j] = 3 + (int64_t)pick(5);
        costs[j] = 101 + (int64_t)pick(899);
        gains[j] = costs[j] + (int64_t)pick(20);
        sum += costs[j] * greatest[j];
    }
    begin(p, n, NULL, greatest);
    add(p, costs, sum / 3);
}

/* A knapsack by another method: the most for each budget, number by number. */
static int64_t by_budgets(const dki_program *p, const int64_t *gains)
{
    size_t budget = (size_t)p->most[0];
    int64_t *best = calloc(budget + 1, sizeof *best), answer;

    for (size_t t = 0; t < p->starts[1]; t++)
        for (int64_t copy = 0; copy < p->greatest[p->numbers[t]]; copy++)
            for (size_t b = budget; b >= (size_t)p->factors[t]; b--) {
                int64_t with = best[b - (size_t)p->factors[t]] + gains[p->numbers[t]];

                if (with > best[b])
                    best[b] = with;
            }
    answer = best[budget];
    free(best);
    return answer;
}

static void a_knapsack_is_what_the_table_of_all_budgets_says(void **state)
{
    (void)state;
    random_state = UINT64_C(0xA0761D6478BD642F);
    for (unsigned round = 0; round < random_rounds(40); round++) {
        int64_t gains[MANY], numbers[MANY];
        dki_program_answer answer;
        dk_error err = DK_ERROR_INIT;
        dki_program p;

        make_hard(&p, gains, 12 + pick(watched(MANY - 12, 10, 4)));
        answer = answer_to(&p, gains, 1, numbers);
        assert_true(answer.is_possible);
        assert_int_equal(answer.value, by_budgets(&p, gains));
        answer = (dki_program_answer){ .numbers = numbers };
        assert_ok(dki_program_ask_cbc(&p, gains, &answer, &err), &err);
#ifdef DK_HAVE_CBC
        assert_true(answer.is_possible);
        assert_int_equal(answer.value, by_budgets(&p, gains));
#endif
        dki_program_drop(&p);
    }
}

/* Sums that must be met exactly, each by half of what there is: no method is quick to find a solution, or that there is none. */
static void make_market(dki_program *p, int64_t *gains)
{
    int64_t greatest[MANY], factors[MANY], negated[MANY];

    for (size_t j = 0; j < MANY; j++) {
        greatest[j] = 1;
        gains[j] = 1;
    }
    begin(p, MANY, NULL, greatest);
    for (size_t i = 0; i < 5; i++) {
        int64_t sum = 0;

        for (size_t j = 0; j < MANY; j++) {
            factors[j] = (int64_t)pick(100);
            negated[j] = -factors[j];
            sum += factors[j];
        }
        add(p, factors, sum / 2);
        add(p, negated, -(sum / 2));
    }
}

static void *interrupt_soon(void *arg)
{
    const struct timespec soon = { .tv_nsec = 200000000 };

    nanosleep(&soon, NULL);
    dk_context_interrupt(arg);
    return NULL;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Whichever of the two is at work. */
static void a_search_that_would_take_long_stops_at_once(void **state)
{
    (void)state;
    random_state = UINT64_C(0xE7037ED1A0B428DB);
#ifdef DK_HAVE_CBC
    for (int by_cbc = 0; by_cbc < 2; by_cbc++) {
#else
    for (int by_cbc = 0; by_cbc < 1; by_cbc++) {
#endif
        int64_t gains[MANY], numbers[MANY];
        dki_program_answer answer = { .numbers = numbers };
        dk_error err = DK_ERROR_INIT;
        pthread_t other;
        dki_program p;
        dk_status status;
        double begun = now();

        make_market(&p, gains);
        assert_int_equal(pthread_create(&other, NULL, interrupt_soon, context), 0);
        status = by_cbc ? dki_program_ask_cbc(&p, gains, &answer, &err)
                        : dki_program_solve(&p, gains, 1, "this test", &answer, &err);
        assert_int_equal(status, DK_ERR_INTERRUPTED);
        assert_true(now() - begun < watched(1, 1, 10)); /* 0.2, and what a busy machine adds */
        pthread_join(other, NULL);
        dk_context_clear_interrupt(context);
        dki_program_drop(&p);
    }
}

static void an_interruption_stops_the_search(void **state)
{
    int64_t gains[MANY], numbers[MANY];
    dki_program_answer answer = { .numbers = numbers };
    dk_error err = DK_ERROR_INIT;
    dki_program p;

    (void)state;
    make_hard(&p, gains, MANY);
    dk_context_interrupt(context);
    assert_fails(dki_program_solve(&p, gains, 1, "this test", &answer, &err), &err, DK_ERR_INTERRUPTED,
                 "interrupted");
    assert_fails(dki_program_ask_cbc(&p, gains, &answer, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(context);
    dki_program_drop(&p);
}

static void failing_memory_leaves_nothing_behind(void **state)
{
    int64_t gains[MANY], numbers[MANY];
    dki_program_answer answer = { .numbers = numbers };
    dk_error err = DK_ERROR_INIT;
    dki_program p;
    double price;

    (void)state;
    make_hard(&p, gains, 3);
    assert_survives_failing_memory(context, dki_program_solve(&p, gains, 1, "this test", &answer, &err), &err, true,
                                   (void)0);
    assert_survives_failing_memory(context, dki_program_first(&p, 1, "this test", &answer, &err), &err, true,
                                   (void)0);
    assert_survives_failing_memory(context, dki_program_prices(&p, gains, 1, "this test", &price, &err), &err, true,
                                   (void)0);
    dki_program_drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hours_go_where_they_gain_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_numbers_are_not_rounded_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_proved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_programs_have_the_best_of_all_solutions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_programs_in_parts_are_at_their_best_corner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_price_is_what_a_little_more_brings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_knapsack_is_what_the_table_of_all_budgets_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_the_search, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_search_that_would_take_long_stops_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing_behind, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
