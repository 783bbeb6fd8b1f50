/* test_collect_sets.c - sets from a second table with a row for each member. */
#include <dekking/join.h>

#include "random.h"
#include "tables.h"

#include "with_context.h"

static const char persons[] = "id:integer x:category\n1|a\n2|b\n3|c\n-|d\n1|e\n4|f\n";
static const char entries[] =
    "nr:integer v:category\n1|lassen\n1|koken\n1|lassen\n3|-\n8|q\n2|bouwen\n-|lassen\n3|\n2|koken\n";

static dk_status collect(const char *left, const char *right, const char *value, const char *as, bool empty,
                         const dk_table **out, dk_error *err)
{
    const dk_table *table = make_table(context, left), *other = make_table(context, right);
    const char *keys[] = { "id" }, *other_keys[] = { "nr" };
    dk_status status = dk_table_collect(table, other, keys, other_keys, 1, value, as, empty, out, err);

    dk_table_release(table);
    dk_table_release(other);
    return status;
}

static void collects(const char *right, bool empty, const char *rows)
{
    static const size_t blocks[] = { 1, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 2; i++) {
        const dk_table *out = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_context_set_block_rows(context, blocks[i]);
        assert_ok(collect(persons, right, "v", "vs", empty, &out, &err), &err);
        assert_string_equal(show_rows(out), rows);
        assert_string_equal(dk_column_type_name(dk_table_field(out, 2)->column), "set");
        assert_int_equal(dk_table_n_notes(out), 1);
        dk_table_release(out);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void members_of_a_key_are_a_set(void **state)
{
    (void)state;
    collects(entries, false, "1|a|koken|lassen\n2|b|bouwen|koken\n3|c|-\n-|d|-\n1|e|koken|lassen\n4|f|-\n");
    collects("nr:integer v:text\n2|z\n2|é\n2|a\n", false, "1|a|-\n2|b|a|z|é\n3|c|-\n-|d|-\n1|e|-\n4|f|-\n");
    collects("nr:integer v:text\n", false, "1|a|-\n2|b|-\n3|c|-\n-|d|-\n1|e|-\n4|f|-\n");
}

/* Where the other table is complete nothing there is nothing; a row without a key stays unknown. */
static void who_has_no_entry_has_the_empty_set_on_request(void **state)
{
    (void)state;
    collects(entries, true, "1|a|koken|lassen\n2|b|bouwen|koken\n3|c|\n-|d|-\n1|e|koken|lassen\n4|f|\n");
}

static void the_note_says_who_has_an_entry(void **state)
{
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(collect(persons, entries, "v", "vs", false, &out, &err), &err);
    assert_string_equal(dk_table_note(out, 0),
                        "vs: 4 of 6 rows have an entry in the other table; 1 has no key; 1 key of the "
                        "other table matches no row");
    dk_table_release(out);
}

static void stated_levels_are_the_members(void **state)
{
    const dk_table *out = NULL;
    const dk_dictionary *members;
    dk_text label;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(collect(persons, "nr:integer v:category[z~Z,a,b]\n1|a\n1|z\n", "v", "vs", false, &out, &err), &err);
    members = dk_dictionary_members(dk_column_levels(dk_table_field(out, 2)->column));
    assert_true(dk_dictionary_is_declared(members));
    assert_int_equal(dk_dictionary_n_levels(members), 3);
    assert_true(dk_dictionary_label(members, 1, &label));
    dk_table_release(out);
}

static void what_cannot_be_collected_is_refused(void **state)
{
    const dk_table *out = NULL, *table = make_table(context, persons);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(collect(persons, entries, "v", "x", false, &out, &err), &err, DK_ERR_DUPLICATE,
                 "collect: the table has a column x already (give the sets another name: as = \"...\")");
    assert_fails(collect(persons, entries, "w", "vs", false, &out, &err), &err, DK_ERR_NAME, "\"w\"");
    assert_fails(collect(persons, entries, "nr", "vs", false, &out, &err), &err, DK_ERR_TYPE,
                 "collect: column nr is integer, and members come from a category or text");
    assert_fails(collect(persons, "nr:integer v:set\n1|a\n", "v", "vs", false, &out, &err), &err, DK_ERR_TYPE,
                 "collect: column v is set, and members come from a category or text");
    assert_fails(
        collect(persons, "nr:integer v:text\n1|a\n1| b\n", "v", "vs", false, &out, &err), &err, DK_ERR_RANGE,
        "collect: \" b\" in row 2 of column v begins or ends with a blank (derive a column that can be a member: "
        "trim(v), replace(v, '|', '/'))");
    assert_fails(collect(persons, "nr:text v:text\n1|a\n", "v", "vs", false, &out, &err), &err, DK_ERR_TYPE,
                 "cannot be compared");
    assert_fails(dk_table_collect(table, table, NULL, NULL, 0, "x", "vs", false, &out, &err), &err, DK_ERR_ARGUMENT,
                 "collect takes at least one key");
    assert_null(out);
    dk_table_release(table);
}

/* Against a list of who has what. */
static void random_entries(void **state)
{
    static char left[1 << 14], right[1 << 16], expected[1 << 16];

    (void)state;
    for (unsigned round = 0; round < random_rounds(100); round++) {
        bool has[50][8] = { { false } }, any[50] = { false };
        size_t n = 1 + pick(50), used = (size_t)snprintf(right, sizeof right, "nr:integer v:category\n");
        const dk_table *out = NULL;
        dk_error err = DK_ERROR_INIT;

        for (size_t i = pick(200); i > 0; i--) {
            size_t id = pick(50), k = pick(9);

            used += (size_t)snprintf(right + used, sizeof right - used, k == 8 ? "%d|-\n" : "%d|%c\n", (int)id,
                                     (char)('a' + k));
            if (k < 8)
                has[id][k] = any[id] = true;
        }
        used = (size_t)snprintf(left, sizeof left, "id:integer\n");
        expected[0] = '\0';
        for (size_t i = 0, at = 0; i < n; i++) {
            size_t id = pick(50);
            bool first = true;

            used += (size_t)snprintf(left + used, sizeof left - used, "%d\n", (int)id);
            at += (size_t)snprintf(expected + at, sizeof expected - at, "%d|%s", (int)id, any[id] ? "" : "-");
            for (size_t k = 0; k < 8; k++) {
                if (has[id][k])
                    at += (size_t)snprintf(expected + at, sizeof expected - at, "%s%c", first ? "" : "|",
                                           (char)('a' + k));
                first = first && !has[id][k];
            }
            at += (size_t)snprintf(expected + at, sizeof expected - at, "\n");
        }
        assert_ok(collect(left, right, "v", "vs", false, &out, &err), &err);
        assert_string_equal(show_rows(out), expected);
        dk_table_release(out);
    }
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = make_table(context, persons), *other = make_table(context, entries), *out = NULL;
    const char *keys[] = { "id" }, *other_keys[] = { "nr" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context,
                                   dk_table_collect(table, other, keys, other_keys, 1, "v", "vs", true, &out, &err),
                                   &err, out == NULL, dk_table_release(out));
    dk_table_release(table);
    dk_table_release(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(members_of_a_key_are_a_set),          TEST(who_has_no_entry_has_the_empty_set_on_request),
        TEST(the_note_says_who_has_an_entry),      TEST(stated_levels_are_the_members),
        TEST(what_cannot_be_collected_is_refused), TEST(random_entries),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
