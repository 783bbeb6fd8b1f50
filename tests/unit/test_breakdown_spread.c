/* test_breakdown_spread.c - groups by the members of sets, which overlap, under totals that do not; also against SQLite,
 * over random tables that are rolled out to a row for each member.
 */
#include "member_answers.h"
#include "random.h"

#include <sqlite3.h>

#include "data/members.h"
#include "query/entries.h"

static void a_row_counts_for_each_member_and_once_in_totals(void **state)
{
    (void)state;
    assert_members_with_totals();
    assert_answer(persons, ASK(.by = { "v" }, .measures = { "n = count()" }),
                  "|1\nbouwen|1\nkoken|lassen|2\nlassen|1\n-|1\n"); /* combinations */
}

static void several_dimensions_and_every_margin(void **state)
{
    (void)state;
    assert_margins_of_members();
    assert_answer(
        persons,
        ASK(.by = { "v", "m = member(v)" }, .measures = { "n = count()" }, .where = "size(v) == 2 or x == 60"),
        "koken|lassen|lassen|2\nkoken|lassen|koken|2\nlassen|lassen|1\n");
}

static void members_that_nobody_has_are_shown_on_request(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "m = member(v)" }, .measures = { "n = count()", "s = sum(x)" }, .all_levels = true,
                      .margins = DK_MARGINS_TOTALS, .where = "x is not null"),
                  "lassen|3|110\nkoken|2|50\nbouwen|0|-\nzagen|0|-\n-|1|20\n*|5|160\n");
    assert_answer(
        persons,
        ASK(.by = { "g", "m = member(v)" }, .measures = { "n = count()" }, .levels = { "m" }, .where = "g == 'A'"),
        "A|lassen|2\nA|koken|1\nA|bouwen|0\nA|zagen|0\nA|-|1\n");
    assert_answer(
        persons,
        ASK(.by = { "m = member(v)", "g" }, .measures = { "n = count()" }, .levels = { "g" }, .where = "x == 60"),
        "lassen|A|1\nlassen|B|0\n");
    assert_members_of_nobody();
}

/* Whatever can be put together for totals can be for members. */
static void every_aggregate_goes_by_members(void **state)
{
    (void)state;
    assert_answer("v:set x:integer y:real q:ratio\na+b|1|0.5|1/2\na|2|0.25|1/3\nb|4|1|1/4\n|8|2|1/5\n",
                  ASK(.by = { "m = member(v)" },
                      .measures = { "c = rows()", "me = mean(x)", "mi = min(x)", "ma = max(y)", "md = median(x)",
                                    "u = distinct(x)", "mo = mode(x)", "f = first(x)", "l = last(x)",
                                    "w = variance(x)", "r = sum(y)", "sq = sum(q)" },
                      .margins = DK_MARGINS_TOTALS),
                  "a|2|3/2|1|0.5|3/2|2|1|1|2|0.5|0.75|5/6\n"
                  "b|2|5/2|1|1.0|5/2|2|1|1|4|4.5|1.5|3/4\n"
                  "*|4|15/4|1|2.0|3/1|4|1|1|8|9.583333333333334|3.75|77/60\n");
}

static void a_dimension_of_members_is_refused_where_it_cannot_be(void **state)
{
    (void)state;
    assert_refused(persons, ASK(.by = { "m = member(g)" }, .measures = { "n = count()" }), DK_ERR_TYPE,
                   "member() wants a set, and this is category");
    assert_refused(persons, ASK(.by = { "m = upper(member(v))" }, .measures = { "n = count()" }), DK_ERR_TYPE,
                   "member() puts a row in several groups, and is a dimension of a breakdown as a whole");
    assert_refused(
        persons, ASK(.by = { "m = member(v)" }, .measures = { "n = count()" }, .limit = 1, .rest = "overig"),
        DK_ERR_ARGUMENT,
        "groups of m overlap, and what is in the rest may be in those that are shown (leave rest out: totals "
        "cover the groups beyond the limit too)");
}

/* 5000 sets that lack 4999 members each. */
static void too_many_members_are_refused(void **state)
{
    static char text[1 << 16];
    size_t used = (size_t)snprintf(text, sizeof text, "v:set\n");

    (void)state;
    for (int i = 0; i < 5000; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d\n", i);
    assert_refused(
        text, ASK(.by = { "m = missing(v)" }, .measures = { "n = count()" }), DK_ERR_LIMIT,
        "breakdown vraag: the sets that rows have make more than 16777216 members of m (take fewer rows: where = "
        "...; or put members together before they are sets)");
}

static void the_reader_is_told_that_groups_overlap(void **state)
{
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "m = missing(v)" }, .measures = { "n = count()" }), table, NULL, &result, &err),
              &err);
    assert_int_equal(dk_table_n_notes(result), 1);
    assert_string_equal(
        dk_table_note(result, 0),
        "groups of m overlap: a row counts in that of every member it lacks, and in totals once; groups do "
        "not add up to totals");
    dk_table_release(result);
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    (void)state;
    assert_answer_survives(persons,
                           ASK(.by = { "g", "m = member(v)" }, .measures = { "n = count()", "d = median(x)" },
                               .margins = DK_MARGINS_CUBE, .all_levels = true));
}

/* Random tables -------------------------------------------------------------------------------------------------------- */

static const char *const skills[] = { "a", "bb", "c", "d-d", "é", "f", "g", "h", "i", "j" };

static sqlite3 *db;

DK_PRINTF(1, 2)
static void run_sql(const char *format, ...)
{
    char sql[1024], *message = NULL;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

/* r(id, g, x) and e(id, m, has): a row for each person and skill; of a set that is not known one row without a skill. */
static const dk_table *random_persons(size_t n_rows, size_t n_skills)
{
    static char text[1 << 18];
    size_t used = (size_t)snprintf(text, sizeof text, "v:set");

    for (size_t k = n_skills; k-- > 0;)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", k + 1 == n_skills ? "[" : ",", skills[k]);
    used += (size_t)snprintf(text + used, sizeof text - used, "] g:integer x:integer\n");
    run_sql("DROP TABLE IF EXISTS r; DROP TABLE IF EXISTS e; CREATE TABLE r (id, g, x); CREATE TABLE e (id, m, "
            "has); BEGIN");
    for (size_t row = 0; row < n_rows; row++) {
        bool known = pick(8) != 0, any = false;
        int g = (int)pick(3), x = (int)pick(20) - 5;

        for (size_t k = 0; known && k < n_skills; k++) {
            bool has = pick(n_skills) < 3;

            run_sql("INSERT INTO e VALUES (%d, '%s', %d)", (int)row, skills[k], has);
            if (has)
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", any ? "+" : "", skills[k]);
            any = any || has;
        }
        if (!known) {
            run_sql("INSERT INTO e VALUES (%d, NULL, 1), (%d, NULL, 0)", (int)row, (int)row);
            used += (size_t)snprintf(text + used, sizeof text - used, "-");
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "|%d|%d\n", g, x);
        run_sql("INSERT INTO r VALUES (%d, %d, %d)", (int)row, g, x);
    }
    run_sql("COMMIT");
    assert_true(used + 64 < sizeof text);
    return make_table(context, text);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Both as the same lines in the same order. */
static void assert_same_lines(const char *mine, const char *theirs, const char *about)
{
    const char *texts[2] = { mine, theirs };
    char *copies[2], *lines[2][4096], sorted[2][1 << 16];

    for (int side = 0; side < 2; side++) {
        size_t n = 0, used = 0;

        copies[side] = strdup(texts[side]);
        for (char *line = strtok(copies[side], "\n"); line; line = strtok(NULL, "\n")) {
            assert_true(n < 4096);
            lines[side][n++] = line;
        }
        qsort(lines[side], n, sizeof *lines[side], compare_lines);
        sorted[side][0] = '\0';
        for (size_t i = 0; i < n; i++)
            used += (size_t)snprintf(sorted[side] + used, sizeof sorted[side] - used, "%s\n", lines[side][i]);
    }
    if (strcmp(sorted[0], sorted[1]) != 0)
        fail_msg("%s:\n%s---\n%s", about, sorted[0], sorted[1]);
    free(copies[0]);
    free(copies[1]);
}

static int add_line(void *arg, int n, char **values, char **names)
{
    char *text = arg;
    size_t used = strlen(text);

    (void)names;
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, (1 << 16) - used, "%s%s", i ? "|" : "", values[i] ? values[i] : "-");
    (void)snprintf(text + used, (1 << 16) - used, "\n");
    return 0;
}

/* One grouping set of the cube over m and g; persons are counted from r where members are totalled. */
static void ask_sqlite(char *text, const char *where, bool missing, bool by_m, bool by_g)
{
    char sql[1024], *message = NULL;

    (void)snprintf(sql, sizeof sql,
                   "SELECT %s, %s, count(*), sum(x), min(x), count(DISTINCT x), count(nullif(x > 3, 0)) FROM r %s "
                   "WHERE (%s) %s %s%s%s%s",
                   by_m ? "m" : "'*'", by_g ? "g" : "'*'", by_m ? "JOIN e USING (id)" : "", where,
                   by_m && missing ? "AND has = 0"
                   : by_m          ? "AND has = 1"
                                   : "",
                   by_m || by_g ? "GROUP BY " : "", by_m ? "m" : "", by_m && by_g ? ", " : "", by_g ? "g" : "");
    if (sqlite3_exec(db, sql, add_line, text, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static void random_sets_are_counted_as_sqlite_counts_members(void **state)
{
    static const char *const wheres[][2] = { { "true", "1" }, { "x > 0", "x > 0" }, { "g ~= 1", "g <> 1" } };

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (unsigned round = 0; round < random_rounds(60); round++) {
        size_t n_skills = 1 + pick(10);
        const dk_table *table = random_persons(1 + pick(120), n_skills);

        for (size_t k = 0; k < 6; k++) {
            bool missing = k % 2;
            static char theirs[1 << 16];
            const dk_table *result = NULL;
            dk_error err = DK_ERROR_INIT;

            theirs[0] = '\0';
            for (int set = 0; set < 4; set++)
                ask_sqlite(theirs, wheres[k / 2][1], missing, set & 1, set & 2);
            dk_set_threads(1 + (unsigned)pick(2));
            dk_context_set_block_rows(context, pick(2) ? 7 : DK_BLOCK_ROWS);
            (void)dki_entries_set_way(pick(2) ? 1 : -1);
            assert_ok(ask_table(ASK(.by = { missing ? "m = missing(v)" : "m = member(v)", "g" },
                                    .measures = { "n = count()", "s = sum(x)", "l = min(x)", "d = distinct(x)",
                                                  "k = count() where x > 3" },
                                    .where = wheres[k / 2][0], .margins = DK_MARGINS_CUBE),
                                table, NULL, &result, &err),
                      &err);
            assert_same_lines(show_rows(result), theirs, missing ? "missing" : "member");
            dk_table_release(result);
        }
        dk_table_release(table);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    (void)dki_entries_set_way(0);
    sqlite3_close(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_counts_for_each_member_and_once_in_totals),
        TEST(several_dimensions_and_every_margin),
        TEST(members_that_nobody_has_are_shown_on_request),
        TEST(every_aggregate_goes_by_members),
        TEST(a_dimension_of_members_is_refused_where_it_cannot_be),
        TEST(too_many_members_are_refused),
        TEST(the_reader_is_told_that_groups_overlap),
        TEST(failing_memory_leaves_nothing),
        TEST(random_sets_are_counted_as_sqlite_counts_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
