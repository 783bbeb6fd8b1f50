/* test_hierarchy_random.c - random dated hierarchies against the plainest model of one: who belongs to whom on each day.
 *
 * There are DAYS days. On each of them a member of g is not there or belongs to a member of r, and each r to one of l. The
 * table that the hierarchy is made of has a row for each member and each time without a change, in random order; times
 * that go on beyond the first or the last day are open.
 */
#include "tables.h"

#include "with_context.h"

#include "hierarchies.h"
#include "random.h"

#define DAYS 6
#define MOST_G 7
#define MOST_R 4
#define N_L 2

struct model {
    unsigned n_g, n_r;
    int r[MOST_G][DAYS]; /* -1: not there */
    int l[MOST_R][DAYS];
};

static void draw(struct model *model)
{
    model->n_g = 1 + (unsigned)pick(MOST_G);
    model->n_r = 1 + (unsigned)pick(MOST_R);
    for (unsigned r = 0; r < model->n_r; r++)
        for (unsigned day = 0; day < DAYS; day++)
            model->l[r][day] = day > 0 && pick(3) ? model->l[r][day - 1] : (int)pick(N_L);
    for (unsigned g = 0; g < model->n_g; g++)
        for (unsigned day = 0; day < DAYS; day++)
            model->r[g][day] = day > 0 && pick(3) ? model->r[g][day - 1] : (int)pick(model->n_r + 1) - 1;
    for (unsigned day = 0; day < DAYS; day++)
        model->r[0][day] = model->r[0][day] < 0 ? 0 : model->r[0][day]; /* somebody is there on every day */
}

static const char *day_text(unsigned day)
{
    static char texts[4][12];
    static unsigned turn;

    turn = (turn + 1) % 4;
    (void)snprintf(texts[turn], sizeof texts[turn], "2016-01-%02u", day + 1);
    return texts[turn];
}

/* A member of the finest level, and what it belongs to on a day; rows in the order of members. */
static const char *rows_at(const struct model *model, unsigned day)
{
    static char text[1024];
    size_t used = 0;

    text[0] = '\0';
    for (unsigned g = 0; g < model->n_g; g++)
        if (model->r[g][day] >= 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "g%u|r%d|l%d\n", g, model->r[g][day],
                                     model->l[model->r[g][day]][day]);
    return text;
}

static bool same(const struct model *model, unsigned g, unsigned a, unsigned b)
{
    return model->r[g][a] == model->r[g][b] &&
           (model->r[g][a] < 0 || model->l[model->r[g][a]][a] == model->l[model->r[g][b]][b]);
}

static const dk_hierarchy *hierarchy_of(const struct model *model)
{
    char lines[MOST_G * DAYS][48],
        text[8192] = "g:category[g0,g1,g2,g3,g4,g5,g6] r:text l:text van:date tot:date\n";
    size_t n = 0;

    for (unsigned g = 0; g < model->n_g; g++)
        for (unsigned day = 0, end; day < DAYS; day = end) {
            for (end = day + 1; end < DAYS && same(model, g, day, end) && pick(5) > 0;)
                end++; /* now and then one time is written as two */
            if (model->r[g][day] < 0)
                continue;
            (void)snprintf(lines[n++], sizeof lines[0], "g%u|r%d|l%d|%s|%s\n", g, model->r[g][day],
                           model->l[model->r[g][day]][day], day ? day_text(day) : "-",
                           end < DAYS ? day_text(end) : "-");
        }
    for (size_t left = n; left > 0; left--) {
        size_t at = (size_t)pick(left);

        strcat(text, lines[at]);
        memmove(lines[at], lines[left - 1], sizeof lines[0]);
    }
    return wide(text, 3, true, NULL);
}

static void a_vintage_is_a_filter(void **state)
{
    (void)state;
    random_state = 11;
    for (unsigned round = 0; round < random_rounds(300); round++) {
        struct model model;
        const dk_hierarchy *all;

        draw(&model);
        all = hierarchy_of(&model);
        for (unsigned day = 0; day < DAYS; day++) {
            const dk_hierarchy *then = at_day(all, day_text(day));
            const dk_table *table = NULL;
            dk_error err = DK_ERROR_INIT;

            assert_ok(dk_hierarchy_table(then, &table, &err), &err);
            assert_string_equal(show_rows(table), rows_at(&model, day));
            dk_table_release(table);
            dk_hierarchy_release(then);
        }
        dk_hierarchy_release(all);
    }
}

#define PERSONS 60

/* Persons of random members and days; some of a member that there never is. */
static const dk_table *draw_persons(unsigned *g, unsigned *day)
{
    char text[4096] = "g:category dag:date\n";

    for (unsigned i = 0; i < PERSONS; i++) {
        g[i] = (unsigned)pick(MOST_G + 1);
        day[i] = (unsigned)pick(DAYS);
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "g%u|%s\n", g[i], day_text(day[i]));
    }
    return make_table(context, text);
}

/* How many are counted for each member of l, null last, as the model has it. fixed: the day for all, or DAYS: each its own. */
static const char *recount(const struct model *model, const unsigned *g, const unsigned *day, unsigned fixed)
{
    static char text[128];
    unsigned counts[N_L + 1] = { 0 };
    size_t used = 0;

    for (unsigned i = 0; i < PERSONS; i++) {
        unsigned when = fixed < DAYS ? fixed : day[i];
        int r = g[i] < model->n_g ? model->r[g[i]][when] : -1;

        counts[r < 0 ? N_L : model->l[r][when]]++;
    }
    text[0] = '\0';
    for (unsigned l = 0; l <= N_L; l++)
        if (counts[l] > 0 && l < N_L)
            used += (size_t)snprintf(text + used, sizeof text - used, "l%u|%u\n", l, counts[l]);
        else if (counts[l] > 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "-|%u\n", counts[l]);
    return text;
}

static void a_level_is_counted_as_a_recount_has_it(void **state)
{
    (void)state;
    random_state = 12;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        struct model model;
        unsigned g[PERSONS], day[PERSONS];
        const dk_table *persons = draw_persons(g, day);
        const dk_hierarchy *all;

        draw(&model);
        all = hierarchy_of(&model);
        dk_context_set_block_rows(context, round % 3 ? DK_BLOCK_ROWS : 7);
        for (unsigned when = 0; when <= DAYS; when++) {
            const dk_hierarchy *then = when < DAYS ? at_day(all, day_text(when)) : dk_hierarchy_retain(all);
            const dk_table *used = NULL, *result = NULL;
            dk_use_options options = { .on = when < DAYS ? NULL : "dag" };
            dk_error err = DK_ERROR_INIT;

            assert_ok(dk_table_use(persons, then, &options, &used, &err), &err);
            assert_ok(ask_table(ASK(.by = { "l" }, .measures = { "n = count()" }), used, NULL, &result, &err),
                      &err);
            assert_string_equal(show_rows(result), recount(&model, g, day, when));
            dk_table_release(result);
            dk_table_release(used);
            dk_hierarchy_release(then);
        }
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        dk_hierarchy_release(all);
        dk_table_release(persons);
    }
}

/* Groups that there could be are those that the hierarchy has; beside them what it does not know, where it occurs. */
static void levels_are_shown_where_they_belong(void **state)
{
    (void)state;
    random_state = 14;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        struct model model;
        unsigned g[PERSONS], day[PERSONS], when = (unsigned)pick(DAYS), counts[MOST_G + 1] = { 0 };
        const dk_table *persons = draw_persons(g, day), *used = NULL, *result = NULL;
        const dk_hierarchy *all, *then;
        char expected[1024] = "";
        dk_error err = DK_ERROR_INIT;

        draw(&model);
        all = hierarchy_of(&model);
        then = at_day(all, day_text(when));
        for (unsigned i = 0; i < PERSONS; i++)
            counts[g[i]] += day[i] < 2;
        for (unsigned l = 0; l < N_L; l++)
            for (unsigned i = 0; i < model.n_g; i++)
                if (model.r[i][when] >= 0 && model.l[model.r[i][when]][when] == (int)l)
                    (void)snprintf(expected + strlen(expected), 32, "l%u|g%u|%u\n", l, i, counts[i]);
        for (unsigned i = 0; i <= MOST_G; i++)
            if ((i >= model.n_g || model.r[i][when] < 0) && counts[i] > 0)
                (void)snprintf(expected + strlen(expected), 32, "-|g%u|%u\n", i, counts[i]);
        assert_ok(dk_table_use(persons, then, NULL, &used, &err), &err);
        assert_ok(ask_table(ASK(.by = { "l", "g" }, .measures = { "n = count()" }, .where = "dag < '2016-01-03'",
                                .all_levels = round % 2, .levels = { round % 2 ? NULL : "g" }),
                            used, NULL, &result, &err),
                  &err);
        assert_string_equal(show_rows(result), expected);
        dk_table_release(result);
        dk_table_release(used);
        dk_table_release(persons);
        dk_hierarchy_release(then);
        dk_hierarchy_release(all);
    }
}

/* Mergers. --------------------------------------------------------------------------------------------------------- */

#define MEMBERS 24

/* Members 0 .. n-1 are there at first; on each later day some of them become a new one or one of themselves. */
struct mergers {
    unsigned n_first, n;
    unsigned from[MEMBERS], to[MEMBERS]; /* days */
    unsigned now[MEMBERS];               /* of each of the first: what it is in the end */
    char changes[2048];
};

static void draw_mergers(struct mergers *mergers)
{
    memset(mergers, 0, sizeof *mergers);
    mergers->n_first = mergers->n = 2 + (unsigned)pick(8);
    strcpy(mergers->changes, "date:date old:text new:text\n");
    for (unsigned i = 0; i < mergers->n; i++) {
        mergers->to[i] = DAYS;
        mergers->now[i] = i;
    }
    for (unsigned day = 1; day < DAYS; day++) {
        unsigned a = mergers->now[pick(mergers->n_first)], b = mergers->now[pick(mergers->n_first)], into = a;

        if (a == b)
            continue;
        if (pick(2)) {
            into = mergers->n++;
            mergers->from[into] = day;
            mergers->to[into] = DAYS;
            mergers->to[a] = day;
            (void)snprintf(mergers->changes + strlen(mergers->changes), 64, "%s|m%u|m%u\n", day_text(day), a, into);
        }
        mergers->to[b] = day;
        (void)snprintf(mergers->changes + strlen(mergers->changes), 64, "%s|m%u|m%u\n", day_text(day), b, into);
        for (unsigned i = 0; i < mergers->n_first; i++)
            if (mergers->now[i] == a || mergers->now[i] == b)
                mergers->now[i] = into;
    }
}

static const dk_hierarchy *hierarchy_of_mergers(const struct mergers *mergers)
{
    char text[2048] = "g:text van:date tot:date\n";

    for (unsigned i = 0; i < mergers->n; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "m%u|%s|%s\n", i,
                       mergers->from[i] ? day_text(mergers->from[i]) : "-",
                       mergers->to[i] < DAYS ? day_text(mergers->to[i]) : "-");
    return wide(text, 1, true, mergers->changes);
}

static int64_t sum_of(const dk_table *table, const char *member, uint8_t *scale)
{
    const dk_column *g = dk_table_field(table, 0)->column, *n = dk_table_field(table, 1)->column;
    int64_t sum = 0;
    dk_error err = DK_ERROR_INIT;

    for (uint64_t row = 0; row < dk_table_n_rows(table); row++) {
        dk_value name, value;

        assert_ok(dk_column_get(g, row, &name, &err), &err);
        assert_ok(dk_column_get(n, row, &value, &err), &err);
        if (strlen(member) == name.as.text.size && memcmp(member, name.as.text.bytes, name.as.text.size) == 0)
            sum += value.as.integer;
    }
    *scale = dk_column_scale(n);
    return sum;
}

/* Forth, sums are those of the members that merged. Back by what there was, and forth again, they are the same, to the
 * last unit; and so is what each was, but for that unit, as the weights are what there was. */
static void mergers_there_and_back_lose_nothing_but_rounding(void **state)
{
    static const char *const divided[] = { "n" };
    static const dk_recode_options options = { .columns = divided, .n_columns = 1 };

    (void)state;
    random_state = 13;
    for (unsigned round = 0; round < random_rounds(300); round++) {
        struct mergers mergers;
        int64_t counts[MEMBERS] = { 0 };
        char rows[1024] = "g:text n:integer\n", weights[1024] = "g:text weight:integer\n";
        const dk_hierarchy *hierarchy;
        const dk_recode *forth = NULL, *back = NULL;
        const dk_table *table, *weight, *merged = NULL, *again = NULL, *parted = NULL;
        dk_error err = DK_ERROR_INIT;

        do
            draw_mergers(&mergers);
        while (strchr(mergers.changes, '|') == NULL); /* somebody merges */
        for (unsigned i = 0; i < mergers.n_first; i++) {
            counts[i] = 1 + (int64_t)pick(1000);
            (void)snprintf(rows + strlen(rows), 32, "m%u|%lld\n", i, (long long)counts[i]);
            (void)snprintf(weights + strlen(weights), 32, "m%u|%lld\n", i, (long long)counts[i]);
        }
        hierarchy = hierarchy_of_mergers(&mergers);
        table = make_table(context, rows);
        weight = make_table(context, weights);
        assert_ok(dk_hierarchy_recode(hierarchy, day_text(0), day_text(DAYS - 1), NULL, &forth, &err), &err);
        assert_ok(dk_hierarchy_recode(hierarchy, day_text(DAYS - 1), day_text(0), weight, &back, &err), &err);
        assert_true(dk_recode_is_exact(forth));
        assert_ok(dk_table_recode(table, "g", forth, NULL, &merged, &err), &err);
        assert_ok(dk_table_recode(merged, "g", back, &options, &parted, &err), &err);
        assert_ok(dk_table_recode(parted, "g", forth, NULL, &again, &err), &err);
        for (unsigned i = 0; i < mergers.n; i++) {
            int64_t expected = 0, unit = 1, was;
            uint8_t scale;
            char name[16];

            (void)snprintf(name, sizeof name, "m%u", i);
            for (unsigned k = 0; k < mergers.n_first; k++)
                expected += mergers.now[k] == i ? counts[k] : 0;
            assert_int_equal(sum_of(merged, name, &scale), expected);
            was = sum_of(again, name, &scale);
            for (unsigned k = 0; k < scale; k++)
                unit *= 10;
            assert_int_equal(was, expected * unit);
            was = sum_of(parted, name, &scale) - (i < mergers.n_first ? counts[i] * unit : 0);
            assert_true(was >= -MEMBERS && was <= MEMBERS * MEMBERS); /* in units of 10^-9 */
        }
        dk_table_release(again);
        dk_table_release(parted);
        dk_table_release(merged);
        dk_table_release(weight);
        dk_table_release(table);
        dk_recode_release(forth);
        dk_recode_release(back);
        dk_hierarchy_release(hierarchy);
    }
}

/* What a member of a day is in the end: followed through the changes, line by line. */
static unsigned follow(const struct mergers *mergers, unsigned member, unsigned day)
{
    for (const char *line = strchr(mergers->changes, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
        unsigned when, old, new;

        assert_int_equal(sscanf(line, "2016-01-%u|m%u|m%u", &when, &old, &new), 3);
        member = when - 1 > day && old == member ? new : member;
    }
    return member;
}

/* Rows of any day: members of their day become those of the last one. */
static void a_series_is_followed_row_by_row(void **state)
{
    (void)state;
    random_state = 15;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        struct mergers mergers;
        char rows[4096] = "g:text dag:date\n", expected[4096] = "";
        const dk_hierarchy *hierarchy;
        const dk_recode *recode = NULL;
        const dk_table *table, *made = NULL;
        dk_error err = DK_ERROR_INIT;

        do
            draw_mergers(&mergers);
        while (strchr(mergers.changes, '|') == NULL);
        for (unsigned i = 0; i < PERSONS; i++) {
            unsigned member = (unsigned)pick(mergers.n), day = (unsigned)pick(DAYS);

            if (day < mergers.from[member] || day >= mergers.to[member])
                continue;
            (void)snprintf(rows + strlen(rows), 32, "m%u|%s\n", member, day_text(day));
            (void)snprintf(expected + strlen(expected), 32, "m%u|%s\n", follow(&mergers, member, day),
                           day_text(day));
        }
        hierarchy = hierarchy_of_mergers(&mergers);
        table = make_table(context, rows);
        assert_ok(dk_hierarchy_recode_on(hierarchy, "dag", day_text(DAYS - 1), NULL, &recode, &err), &err);
        assert_ok(dk_table_recode(table, "g", recode, NULL, &made, &err), &err);
        assert_string_equal(show_rows(made), expected);
        dk_table_release(made);
        dk_table_release(table);
        dk_recode_release(recode);
        dk_hierarchy_release(hierarchy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vintage_is_a_filter),
        cmocka_unit_test(a_level_is_counted_as_a_recount_has_it),
        cmocka_unit_test(levels_are_shown_where_they_belong),
        cmocka_unit_test(mergers_there_and_back_lose_nothing_but_rounding),
        cmocka_unit_test(a_series_is_followed_row_by_row),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
