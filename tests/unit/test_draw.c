/* test_draw.c - who is drawn: keyed by what stands in the data, by the law, and more never takes fewer. */
#include "stages.h"

#include <xxhash.h>

#include "base/number.h"
#include "base/philox.h"
#include "base/quantile.h"
#include "scenario/draw.h"
#include "with_context.h"

static const char unknown[] =
    "plaats:category x:integer w:decimal9\nArnhem|1|1047\nDoesburg|1|65\nDuiven|1|87\n"
    "Lingewaard|1|129\nOverbetuwe|1|146\nRheden|1|244\nWestervoort|1|72\nZevenaar|1|204\n";

#define STEP(...) PLAN(.name = "p", .steps = { { .name = "s", .set = { "x = 2" }, __VA_ARGS__ } })
#define NUMBERS(...) STEP(.drawn = DK_DRAWN_NUMBERS, .per = { "plaats" }, __VA_ARGS__)
#define PERSONS(...) STEP(.drawn = DK_DRAWN_PERSONS, __VA_ARGS__)

static dk_status settle(stage *s, const char *cells, const struct plan *plan, uint32_t draw, dk_error *err)
{
    dk_status status;

    stage_init(s, context, cells, plan);
    s->stage.draw = draw;
    status = dki_strata_find(&s->stage, &s->strata, err);
    return status == DK_OK ? dki_strata_settle(&s->stage, &s->strata, err) : status;
}

/* Units taken of each stratum, in the order of strata. */
static void draw(const char *cells, const struct plan *plan, uint32_t number, int64_t *out)
{
    stage s;
    dk_error err = DK_ERROR_INIT;

    assert_ok(settle(&s, cells, plan, number, &err), &err);
    memcpy(out, s.strata.taken, (size_t)s.strata.n * sizeof *out);
    stage_drop(&s);
}

/* The number of one stratum, from the form that is written down in draw.h and draw.c. */
static void assert_keyed(const char *cells, const struct plan *plan, uint32_t number, const char *bytes,
                         size_t size, int64_t n)
{
    static const char of_step[] = "\7\0\0\0\0\0\0\0s"; /* seed 7, name s */
    uint64_t key = XXH3_64bits(of_step, sizeof of_step - 1), hash = XXH3_64bits(bytes, size);
    uint32_t words[4];
    int64_t taken[STAGE_CELLS];

    dki_philox((const uint32_t[]){ (uint32_t)hash, (uint32_t)(hash >> 32), number, 0 },
               (const uint32_t[]){ (uint32_t)key, (uint32_t)(key >> 32) }, words);
    draw(cells, plan, number, taken);
    assert_int_equal(
        taken[0], DKI_PERSON * dki_quantile_binomial(n, (dk_ratio){ 3, 10 }, words[0] | (uint64_t)words[1] << 32));
}
#define BYTES(text) text, sizeof(text) - 1

static void numbers_are_keyed_as_it_is_written_down(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 20; number++) {
        assert_keyed("plaats:category x:integer w:decimal9\nDuiven|1|87\n", NUMBERS(.share = "0.3", .seed = 7),
                     number, BYTES("t\6\0\0\0\0\0\0\0Duiven"), 87);
        assert_keyed("plaats:text x:integer w:decimal9\nDuiven|1|87\n", NUMBERS(.share = "0.3", .seed = 7), number,
                     BYTES("t\6\0\0\0\0\0\0\0Duiven"), 87);
        assert_keyed("plaats:category x:integer w:decimal9\n-|1|87\n", NUMBERS(.share = "0.3", .seed = 7), number,
                     BYTES("n"), 87);
        assert_keyed("plaats:integer x:integer w:decimal9\n12|1|87\n", NUMBERS(.share = "0.3", .seed = 7), number,
                     BYTES("v\2\0\0\0\0\0\0\00012"), 87);
        assert_keyed("plaats:decimal2 x:integer w:decimal9\n12|1|87\n", NUMBERS(.share = "0.3", .seed = 7), number,
                     BYTES("v\2\0\0\0\0\0\0\00012"), 87);
        assert_keyed("plaats:boolean x:integer w:decimal9\ntrue|1|87\n", NUMBERS(.share = "0.3", .seed = 7), number,
                     BYTES("v\4\0\0\0\0\0\0\0true"), 87);
        assert_keyed("z:date plaats:category x:integer w:decimal9\n2024-02-29|A|1|87\n", /* plaats, x, z by name */
                     STEP(.drawn = DK_DRAWN_NUMBERS, .share = "0.3", .seed = 7, .per = { "z", "plaats", "x" }),
                     number, BYTES("t\1\0\0\0\0\0\0\0Av\1\0\0\0\0\0\0\0001v\12\0\0\0\0\0\0\0002024-02-29"), 87);
    }
}

/* Order of rows and of levels, cells that are cut finer, other strata: none of them changes a stratum's number. */
static void a_stratum_draws_alike_wherever_it_stands(void **state)
{
    static const char others[] =
        "k:integer plaats:category[Zevenaar,Duiven,Arnhem,Aalten] x:integer w:decimal9\n"
        "1|Zevenaar|1|200\n2|Duiven|1|86\n1|Aalten|1|500\n3|Zevenaar|1|4\n2|Arnhem|1|1047\n"
        "3|Duiven|1|1\n";

    (void)state;
    for (uint32_t number = 0; number < 50; number++) {
        int64_t a[STAGE_CELLS], b[STAGE_CELLS];

        draw(unknown, NUMBERS(.share = "0.3"), number, a);
        draw(others, NUMBERS(.share = "0.3"), number, b);
        assert_int_equal(b[0], a[7]); /* Zevenaar */
        assert_int_equal(b[1], a[2]);
        assert_int_equal(b[2], a[0]);
    }
}

static void seed_name_and_draw_change_the_numbers(void **state)
{
    int64_t first[STAGE_CELLS], other[4][STAGE_CELLS];

    (void)state;
    draw(unknown, NUMBERS(.share = "0.3"), 0, first);
    draw(unknown, NUMBERS(.share = "0.3", .seed = 1), 0, other[0]);
    draw(unknown, NUMBERS(.share = "0.3"), 1, other[1]);
    draw(unknown,
         PLAN(.name = "p", .steps = { { .name = "t",
                                        .share = "0.3",
                                        .set = { "x = 2" },
                                        .per = { "plaats" },
                                        .drawn = DK_DRAWN_NUMBERS } }),
         0, other[2]);
    draw(unknown, NUMBERS(.share = "0.3"), 0, other[3]);
    for (int i = 0; i < 4; i++)
        assert_int_equal(memcmp(first, other[i], 8 * sizeof *first) == 0, i == 3);
}

static void more_never_takes_fewer(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < random_rounds(30); number++) {
        int64_t before[STAGE_CELLS] = { 0 }, now[STAGE_CELLS];
        char amount[32];

        for (int percent = 0; percent <= 100; percent++) {
            sprintf(amount, "%d.%02d", percent / 100, percent % 100);
            draw(unknown, NUMBERS(.share = amount), number, now);
            for (int k = 0; k < 8; k++)
                assert_true(now[k] >= before[k]);
            memcpy(before, now, sizeof now);
        }
        memset(before, 0, sizeof before);
        for (int count = 0; count <= 1994; count += 1 + (int)random_below(60)) {
            int64_t sum = 0;

            sprintf(amount, "%d", count);
            draw(unknown, NUMBERS(.count = amount), number, now);
            for (int k = 0; k < 8; k++) {
                assert_true(now[k] >= before[k]);
                sum += now[k];
            }
            assert_true(sum == (int64_t)count * DKI_PERSON);
            memcpy(before, now, sizeof now);
        }
    }
}

/* Pearson's sum over values 0 .. n - 1, of draws against their probabilities. */
static double chi_square(const unsigned *seen, const double *probability, size_t n, unsigned n_draws)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        double expected = probability[i] * n_draws;

        sum += (seen[i] - expected) * (seen[i] - expected) / expected;
    }
    return sum;
}

#define DRAWS 20000

/* 5 persons, 3 of 10: C(5, x) 3^x 7^(5 - x) / 10^5. 20.5 is what chance passes once in a thousand times, of 5. */
static void a_share_is_binomial(void **state)
{
    static const double probability[] = { 0.16807, 0.36015, 0.3087, 0.1323, 0.02835, 0.00243 };
    unsigned seen[6] = { 0 };
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(settle(&s, "plaats:category x:integer w:decimal9\na|1|5\n", NUMBERS(.share = "0.3"), 0, &err), &err);
    for (uint32_t number = 0; number < DRAWS; number++) {
        s.stage.draw = number;
        assert_ok(dki_strata_settle(&s.stage, &s.strata, &err), &err);
        seen[s.strata.taken[0] / DKI_PERSON]++;
    }
    stage_drop(&s);
    assert_true(chi_square(seen, probability, 6, DRAWS) < 20.5);
}

/* 2 of a, b, c with 1, 2 and 3 persons: of 15 pairs 2 are ab, 3 ac, 6 bc, 1 bb, 3 cc. 18.5: once in a thousand, of 4. */
static void a_count_is_hypergeometric(void **state)
{
    static const double probability[] = { 2 / 15., 3 / 15., 6 / 15., 1 / 15., 3 / 15. };
    unsigned seen[5] = { 0 };
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        settle(&s, "plaats:category x:integer w:decimal9\na|1|1\nb|1|2\nc|1|3\n", NUMBERS(.count = "2"), 0, &err),
        &err);
    for (uint32_t number = 0; number < DRAWS; number++) {
        int64_t a, b, c;

        s.stage.draw = number;
        assert_ok(dki_strata_settle(&s.stage, &s.strata, &err), &err);
        a = s.strata.taken[0] / DKI_PERSON;
        b = s.strata.taken[1] / DKI_PERSON;
        c = s.strata.taken[2] / DKI_PERSON;
        assert_int_equal(a + b + c, 2);
        seen[a && b ? 0 : a && c ? 1 : b && c ? 2 : b ? 3 : 4]++;
    }
    stage_drop(&s);
    assert_true(chi_square(seen, probability, 5, DRAWS) < 18.5);
}

/* Two newcomers like those of a and b, who are one and three: both like a's once in 16, both like b's 9 times. 13.8: once in
 * a thousand, of 2. And more than there are can come. */
static void newcomers_are_multinomial(void **state)
{
    static const double probability[] = { 9 / 16., 6 / 16., 1 / 16. };
    static const char cells[] = "plaats:category x:integer w:decimal9\na|1|1\nb|1|3\n";
    int64_t before[STAGE_CELLS] = { 0 }, now[STAGE_CELLS];
    unsigned seen[3] = { 0 };
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(settle(&s, cells, NUMBERS(.count = "2", .effect = DK_ADDS), 0, &err), &err);
    for (uint32_t number = 0; number < DRAWS; number++) {
        s.stage.draw = number;
        assert_ok(dki_strata_settle(&s.stage, &s.strata, &err), &err);
        assert_true(s.strata.taken[0] + s.strata.taken[1] == 2 * (int64_t)DKI_PERSON);
        seen[s.strata.taken[0] / DKI_PERSON]++;
    }
    stage_drop(&s);
    assert_true(chi_square(seen, probability, 3, DRAWS) < 13.8);
    for (int count = 0; count < 60; count++) {
        char amount[8];

        sprintf(amount, "%d", count);
        draw(cells, NUMBERS(.count = amount, .effect = DK_ADDS), 1, now);
        assert_true(now[0] >= before[0] && now[1] >= before[1]);
        assert_true(now[0] + now[1] == count * (int64_t)DKI_PERSON);
        memcpy(before, now, sizeof now);
    }
}

/* 2.5 persons: two whole trials and half a person that goes or stays; the mean is 0.3 of 2.5. */
static void a_part_of_a_person_goes_or_stays(void **state)
{
    double sum = 0;
    unsigned with_part = 0;
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(settle(&s, "plaats:category x:integer w:decimal9\na|1|2.5\n", NUMBERS(.share = "0.3"), 0, &err),
              &err);
    for (uint32_t number = 0; number < DRAWS; number++) {
        s.stage.draw = number;
        assert_ok(dki_strata_settle(&s.stage, &s.strata, &err), &err);
        assert_true(s.strata.taken[0] % (DKI_PERSON / 2) == 0 && s.strata.taken[0] <= s.strata.available[0]);
        with_part += s.strata.taken[0] % DKI_PERSON != 0;
        sum += (double)s.strata.taken[0] / DKI_PERSON;
    }
    stage_drop(&s);
    /* Standard errors: sqrt(2.25 * 0.21 / 20000) = 0.00486, sqrt(0.21 / 20000) = 0.00324; four of them. */
    assert_true(fabs(sum / DRAWS - 0.75) < 0.0194);
    assert_true(fabs((double)with_part / DRAWS - 0.3) < 0.013);
}

static void assert_refused(const char *cells, const struct plan *plan, dk_status expected, const char *part)
{
    stage s;
    dk_error err = DK_ERROR_INIT;

    assert_fails(settle(&s, cells, plan, 0, &err), &err, expected, part);
    stage_drop(&s);
}

static void what_is_not_there_is_not_drawn(void **state)
{
    static const char parts[] = "plaats:category x:integer w:decimal9\na|1|1.5\nb|1|1.5\n";
    int64_t taken[STAGE_CELLS];

    (void)state;
    assert_refused(unknown, NUMBERS(.count = "1995"), DK_ERR_UNREACHABLE,
                   "1995 persons are to be taken, and there are 1994, in 8 strata by plaats");
    assert_refused(parts, NUMBERS(.count = "3"), DK_ERR_UNREACHABLE,
                   "3 whole persons are to be taken, and there are 2, in 2 strata by plaats");
    assert_refused(parts, NUMBERS(.count = "9300000000", .effect = DK_ADDS), DK_ERR_OVERFLOW,
                   "more persons than a scenario can count");
    draw(parts, NUMBERS(.count = "2"), 0, taken);
    assert_true(taken[0] == DKI_PERSON && taken[1] == DKI_PERSON);
    draw(unknown, NUMBERS(.share = "1"), 0, taken);
    assert_true(taken[0] == INT64_C(1047) * DKI_PERSON && taken[7] == INT64_C(204) * DKI_PERSON);
    draw(unknown, NUMBERS(.where = "x == 9", .allow_none = true, .share = "0.5"), 0, taken);
}

/* Persons ------------------------------------------------------------------------------------------------------ */

static const char *const key[] = { "id" };

/* Ten persons of two places; the sixth weighs two and a half. */
static const char ten[] = "id:text plaats:category x:integer w:decimal9\np1|a|1|1\np2|a|1|1\np3|b|1|1\np4|a|1|1\n"
                          "p5|b|1|1\np6|b|1|2.5\np7|a|1|1\np8|a|1|1\np9|b|1|1\np10|a|1|1\n";
static const char ten_others[] =
    "plaats:text id:category[p10,p4,p1,p2,p3,p5,p6,p7,p8,p9] k:integer x:integer w:decimal9\n"
    "a|p10|5|1|1\nb|p9|4|1|1\na|p8|5|1|1\na|p7|1|1|1\nb|p6|2|1|2.5\nb|p5|1|1|1\na|p4|1|1|1\n"
    "b|p3|1|1|1\na|p2|1|1|1\na|p1|1|1|1\n";

/* What each cell gives, by the step's stage. */
static void choose(const char *cells, const struct plan *plan, uint32_t number, int64_t *out)
{
    stage s;
    int64_t sum = 0, given = 0;
    dk_error err = DK_ERROR_INIT;

    stage_init(&s, context, cells, plan);
    s.stage.draw = number;
    s.stage.key = key;
    s.stage.n_key = 1;
    assert_ok(dki_strata_find(&s.stage, &s.strata, &err), &err);
    assert_ok(dki_strata_settle(&s.stage, &s.strata, &err), &err);
    assert_ok(dki_strata_split(&s.stage, &s.strata, out, &err), &err);
    for (uint64_t k = 0; k < s.strata.n; k++)
        sum += s.strata.taken[k];
    for (uint64_t i = 0; i < dk_table_n_rows(s.cells); i++)
        given += out[i];
    assert_true(sum == given);
    stage_drop(&s);
}

static void persons_are_drawn_whole_and_by_their_key_alone(void **state)
{
    unsigned n_taken[10] = { 0 };

    (void)state;
    for (uint32_t number = 0; number < 4000; number++) {
        int64_t a[10], b[10];

        choose(ten, PERSONS(.share = "0.3"), number, a);
        choose(ten_others, PERSONS(.share = "0.3", .per = { "k" }), number, b);
        for (int i = 0; i < 10; i++) {
            assert_true(a[i] == b[9 - i]);
            assert_true(a[i] == 0 || a[i] == (i == 5 ? INT64_C(2500000000) : DKI_PERSON));
            n_taken[i] += a[i] > 0;
        }
    }
    for (int i = 0; i < 10; i++) /* a standard error is sqrt(0.21 / 4000) = 0.00725 */
        assert_true(fabs(n_taken[i] / 4000. - 0.3) < 4 * 0.00725);
}

static void a_count_of_persons_grows_by_one_of_them(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 200; number++) {
        int64_t before[10] = { 0 }, now[10];

        for (int count = 0; count <= 11; count++) {
            char amount[8];
            int64_t sum = 0;

            sprintf(amount, "%d", count);
            choose(ten, PERSONS(.count = amount), number, now);
            for (int i = 0; i < 10; i++) {
                assert_true(now[i] >= before[i]);
                sum += now[i];
            }
            assert_true(sum == count * (int64_t)DKI_PERSON);
            memcpy(before, now, sizeof now);
        }
    }
}

/* Two of four alike: each of the six pairs once in six. 20.5: once in a thousand, of 5. */
static void every_choice_of_persons_is_alike(void **state)
{
    static const char four[] = "id:text plaats:category x:integer w:decimal9\np|a|1|1\nq|a|1|1\nr|b|1|1\ns|b|1|1\n";
    static const double probability[] = { 1 / 6., 1 / 6., 1 / 6., 1 / 6., 1 / 6., 1 / 6. };
    static const unsigned pair_of[16] = { [3] = 0, [5] = 1, [9] = 2, [6] = 3, [10] = 4, [12] = 5 };
    unsigned seen[6] = { 0 };

    (void)state;
    for (uint32_t number = 0; number < 6000; number++) {
        int64_t taken[4];
        unsigned bits = 0;

        choose(four, PERSONS(.count = "2"), number, taken);
        for (unsigned i = 0; i < 4; i++)
            bits |= (unsigned)(taken[i] > 0) << i;
        seen[pair_of[bits]]++;
    }
    assert_true(chi_square(seen, probability, 6, 6000) < 20.5);
}

static void persons_want_a_key(void **state)
{
    (void)state;
    assert_refused(ten, PERSONS(.share = "0.3"), DK_ERR_ARGUMENT,
                   "drawing persons wants to know who is who, and the table has no key");
}

static void every_failing_allocation_is_survived(void **state)
{
    int64_t taken[STAGE_CELLS];
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_ok(settle(&s, unknown, NUMBERS(.count = "1227"), 0, &err), &err);
    assert_survives_failing_memory(context, dki_strata_settle(&s.stage, &s.strata, &err), &err, true, (void)0);
    stage_drop(&s);
    stage_init(&s, context, ten, PERSONS(.count = "4"));
    s.stage.key = key;
    s.stage.n_key = 1;
    assert_ok(dki_strata_find(&s.stage, &s.strata, &err), &err);
    assert_survives_failing_memory(context, dki_strata_settle(&s.stage, &s.strata, &err), &err, true, (void)0);
    assert_survives_failing_memory(context, dki_strata_split(&s.stage, &s.strata, taken, &err), &err, true,
                                   (void)0);
    stage_drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_keyed_as_it_is_written_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stratum_draws_alike_wherever_it_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seed_name_and_draw_change_the_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_never_takes_fewer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_share_is_binomial, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_count_is_hypergeometric, set_up, tear_down),
        cmocka_unit_test_setup_teardown(newcomers_are_multinomial, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_part_of_a_person_goes_or_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_not_drawn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(persons_are_drawn_whole_and_by_their_key_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_count_of_persons_grows_by_one_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_choice_of_persons_is_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(persons_want_a_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
