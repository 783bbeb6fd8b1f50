/* test_members.c - dictionaries of sets; texts made sets; appended, saved and told apart from categories. */
#include "tables.h"

#include <unistd.h>

#include <dekking/append.h>
#include <dekking/fingerprint.h>
#include <dekking/join.h>
#include <dekking/snapshot.h>

#include "data/members.h"

#include "with_context.h"

static dk_text text_of(const char *text)
{
    return (dk_text){ text, strlen(text) };
}

static const dk_column *column_of(const dk_table *table)
{
    return dk_table_field(table, 0)->column;
}

/* The members of a table's first column in their order, with commas in between. Good until the next call. */
static const char *members_of(const dk_table *table)
{
    static char text[256];
    const dk_dictionary *members = dk_dictionary_members(dk_column_levels(column_of(table)));
    size_t n, used = 0;

    assert_non_null(members);
    n = dk_dictionary_n_levels(members);
    text[0] = '\0';
    for (uint32_t rank = 0; rank < n; rank++)
        for (uint32_t code = 1; code <= n; code++) {
            dk_text member = dk_dictionary_level(members, code);

            if (dk_dictionary_rank(members, code) == rank)
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", rank ? "," : "",
                                         (int)member.size, member.bytes);
        }
    return text;
}

static dk_status split(const char *data, const dk_split *how, const dk_table **out, dk_error *err)
{
    const dk_table *table = make_table(context, data);
    const dk_column *column = NULL;
    dk_status status = dk_column_split(column_of(table), how, "v", &column, err);

    if (status == DK_OK)
        assert_ok(dk_table_new(context, &DK_FIELD("v", column), 1, dk_column_n_rows(column), out, err), err);
    dk_column_release(column);
    dk_table_release(table);
    return status;
}

static void splits(const char *data, const dk_split *how, const char *rows, const char *members)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(split(data, how, &table, &err), &err);
    assert_string_equal(show_rows(table), rows);
    assert_string_equal(members_of(table), members);
    assert_string_equal(dk_column_type_name(column_of(table)), "set");
    dk_table_release(table);
}

static void refused(const char *data, const dk_split *how, dk_status status, const char *message)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(split(data, how, &table, &err), &err, status, message);
    assert_null(table);
}

static void a_set_has_one_text_however_its_members_are_listed(void **state)
{
    const dk_dictionary *stated = tables_levels(context, "lassen,koken,bouwen");
    dk_split plain = { .delimiter = ";" }, wide = { .delimiter = " en " };
    dk_split empty = { .delimiter = ";", .empty = true, .members = stated };

    (void)state;
    splits("v:category\nlassen; koken\nkoken;lassen;koken\n-\n\n;; \n bouwen\t\n", &plain,
           "koken|lassen\nkoken|lassen\n-\n\n\nbouwen\n", "bouwen,koken,lassen");
    splits("v:text\nb en a\na en\nen\n", &wide, "a|b\na en\nen\n", "a,a en,b,en"); /* blanks are of the delimiter */
    splits("v:category\nkoken;lassen\n-\n", &empty, "koken|lassen\n\n", "lassen,koken,bouwen");
    empty.members = NULL;
    splits("v:set[b,a,c]\na+b\n-\n", &empty, "a|b\n\n", "a,b"); /* stated no more */
    dk_dictionary_release(stated);
}

/* What is there before is a set with other members: "+" of the table is its delimiter no more. */
static void a_column_of_sets_is_given_members(void **state)
{
    const dk_dictionary *stated = tables_levels(context, "c,b,a"), *few = tables_levels(context, "a,c");
    dk_split how = { .delimiter = ";", .members = stated }, less = { .delimiter = ";", .members = few };

    (void)state;
    splits("v:set\na+b\n-\n\n", &how, "a|b\n-\n\n", "c,b,a");
    refused("v:set\na+b\n-\n\nb\n", &less, DK_ERR_RANGE,
            "column v: 2 rows have a member that is not stated: \"b\" in row 1 and more (add it to the members)");
    dk_dictionary_release(stated);
    dk_dictionary_release(few);
}

static void what_cannot_be_a_member_is_named(void **state)
{
    dk_split plain = { .delimiter = ";" }, none = { .delimiter = "" };
    dk_text levels[1];
    dk_dictionary *dictionary = NULL, *sets = NULL;
    const char *const bad[][2] = { { "b|a", "\"b|a\" is no set: its members stand there twice, or in another order "
                                            "(members stand there once, in the order of "
                                            "their letters, with \"|\" in between)" },
                                   { "a|a", "twice" },
                                   { "a||b", "a member is empty" },
                                   { "a| b", "a member begins or ends with a blank" } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    refused("v:text\na;x/y\n", &none, DK_ERR_ARGUMENT, "column v: what stands between members cannot be empty");
    refused(
        "v:integer\n1\n", &plain, DK_ERR_TYPE,
        "column v is integer, and only a category or text can list members (read it as a category: types = { v = "
        "\"category\" })");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        levels[0] = text_of(bad[i][0]);
        assert_ok(dk_dictionary_new(context, levels, 1, false, &dictionary, &err), &err);
        assert_fails(dk_dictionary_of_sets(dictionary, NULL, &sets, &err), &err, DK_ERR_RANGE, bad[i][1]);
        assert_null(sets);
        dk_dictionary_release(dictionary);
    }
    levels[0] = text_of("a|b");
    assert_ok(dk_dictionary_new(context, levels, 1, false, &dictionary, &err), &err);
    {
        const dk_dictionary *few = tables_levels(context, "a"), *odd = tables_levels(context, "a,b|c");

        assert_fails(dk_dictionary_of_sets(dictionary, few, &sets, &err), &err, DK_ERR_RANGE,
                     "\"b\" is none of the stated members");
        assert_fails(dk_dictionary_of_sets(dictionary, odd, &sets, &err), &err, DK_ERR_RANGE,
                     "the member \"b|c\" holds \"|\", which stands between members");
        dk_dictionary_release(few);
        dk_dictionary_release(odd);
    }
    dk_dictionary_release(dictionary);
    levels[0] = (dk_text){ "a\0b", 3 };
    assert_ok(dk_dictionary_new(context, levels, 1, false, &dictionary, &err), &err);
    assert_fails(dk_dictionary_of_sets(dictionary, NULL, &sets, &err), &err, DK_ERR_RANGE,
                 "a member holds a zero byte");
    dk_dictionary_release(dictionary);
}

static void a_level_knows_its_members(void **state)
{
    const dk_table *table = make_table(context, "v:set\nkoken+lassen+bouwen\n\nlassen\n");
    const dk_dictionary *sets = dk_column_levels(column_of(table)), *members = dk_dictionary_members(sets);
    const uint32_t *codes;
    size_t n;

    (void)state;
    assert_int_equal(dk_dictionary_n_levels(members), 3);
    codes = dk_dictionary_set(sets, dk_dictionary_find(sets, text_of("bouwen|koken|lassen")), &n);
    assert_int_equal(n, 3);
    assert_int_equal(codes[0], dk_dictionary_find(members, text_of("bouwen")));
    assert_int_equal(codes[2], dk_dictionary_find(members, text_of("lassen")));
    (void)dk_dictionary_set(sets, dk_dictionary_find(sets, text_of("")), &n);
    assert_int_equal(n, 0);
    dk_table_release(table);
}

static const dk_table *append(const char *a, const char *b)
{
    const dk_table *tables[] = { make_table(context, a), make_table(context, b) }, *out = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_append(tables, 2, NULL, &out, &err), &err);
    dk_table_release(tables[0]);
    dk_table_release(tables[1]);
    return out;
}

static void appending_puts_members_together(void **state)
{
    const dk_table *both = append("v:set\na+b\n-\n", "v:set\nc+a\nb+a\n"), *tables[2], *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_string_equal(show_rows(both), "a|b\n-\na|c\na|b\n");
    assert_string_equal(members_of(both), "a,b,c");
    dk_table_release(both);
    both = append("v:set[b,a]\n-\n", "v:category\n-\n"); /* nothing is known, and it stays a set */
    assert_string_equal(dk_column_type_name(column_of(both)), "set");
    dk_table_release(both);
    both = append("v:set[b,a]\na+b\n", "v:set[b,c,a]\nc\n"); /* stated orders are woven */
    assert_string_equal(members_of(both), "b,c,a");
    dk_table_release(both);
    tables[0] = make_table(context, "v:set\na+b\n");
    tables[1] = make_table(context, "v:category\na\n");
    assert_fails(dk_table_append(tables, 2, NULL, &out, &err), &err, DK_ERR_TYPE,
                 "column v is set in table 1 and category in table 2");
    dk_table_release(tables[0]);
    dk_table_release(tables[1]);
    tables[0] = make_table(context, "v:set[a,b]\na+b\n");
    tables[1] = make_table(context, "v:set[b,a]\na\n");
    assert_fails(dk_table_append(tables, 2, NULL, &out, &err), &err, DK_ERR_RANGE, "in another order");
    dk_table_release(tables[0]);
    dk_table_release(tables[1]);
}

static void sets_are_keys_of_sets_alone(void **state)
{
    const dk_table *left = make_table(context, "v:set x:integer\na+b|1\n|2\n-|3\n");
    const dk_table *right = make_table(context, "v:set y:integer\nb+a|7\n-|8\n|9\n");
    const dk_table *plain = make_table(context, "v:category\na\n"), *out = NULL;
    const char *keys[] = { "v" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_join(left, right, keys, keys, 1, NULL, &out, &err), &err);
    assert_string_equal(show_rows(out), "a|b|1|7\n|2|9\n-|3|-\n");
    dk_table_release(out);
    out = NULL;
    assert_fails(dk_table_join(left, plain, keys, keys, 1, NULL, &out, &err), &err, DK_ERR_TYPE,
                 "the key v is set and v is category, which cannot be compared (a set equals sets alone: join on "
                 "what both have one value of, or read both as sets)");
    dk_table_release(left);
    dk_table_release(right);
    dk_table_release(plain);
}

static void a_snapshot_keeps_members(void **state)
{
    char path[] = "/tmp/dekking-members-XXXXXX";
    int fd = mkstemp(path);
    const dk_table *table = make_table(context, "v:set[d~D,b~B,a,c]\na+b\n-\n\n"), *opened = NULL;
    const dk_table *more = make_table(context, "v:set\nc+d\n"), *stray = make_table(context, "v:set\nx\n");
    const dk_table *plain = make_table(context, "v:category\na\n");
    char before[DK_FINGERPRINT_SIZE], after[DK_FINGERPRINT_SIZE];
    dk_text label;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_ok(dk_snapshot_save(table, path, NULL, &err), &err);
    assert_ok(dk_snapshot_open(context, path, NULL, &opened, &err), &err);
    assert_string_equal(show_rows(opened), "a|b\n-\n\n");
    assert_string_equal(members_of(opened), "d,b,a,c");
    assert_true(dk_dictionary_is_declared(dk_dictionary_members(dk_column_levels(column_of(opened)))));
    assert_true(dk_dictionary_label(dk_dictionary_members(dk_column_levels(column_of(opened))), 2, &label));
    assert_memory_equal(label.bytes, "B", 2);
    assert_ok(dk_table_fingerprint(table, before, &err), &err);
    assert_ok(dk_table_fingerprint(opened, after, &err), &err);
    assert_string_equal(before, after);
    dk_table_release(opened);
    assert_ok(dk_snapshot_append(more, path, NULL, &err), &err);
    assert_fails(
        dk_snapshot_append(stray, path, NULL, &err), &err, DK_ERR_RANGE,
        "v: \"x\" is none of the stated members of the snapshot (correct the value, or save the table anew with "
        "all its members)");
    assert_fails(dk_snapshot_append(plain, path, NULL, &err), &err, DK_ERR_TYPE,
                 "v is category, and the snapshot has set there");
    assert_ok(dk_snapshot_open(context, path, NULL, &opened, &err), &err);
    assert_string_equal(show_rows(opened), "a|b\n-\n\nc|d\n");
    assert_string_equal(members_of(opened), "d,b,a,c");
    dk_table_release(opened);
    dk_table_release(table);
    dk_table_release(more);
    dk_table_release(stray);
    dk_table_release(plain);
    unlink(path);
}

static void a_set_is_no_category_of_its_texts(void **state)
{
    const dk_table *set = make_table(context, "v:set\nb+a\n"), *plain = make_table(context, "v:category\na+b\n");
    char one[DK_FINGERPRINT_SIZE], other[DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_fingerprint(set, one, &err), &err);
    assert_ok(dk_table_fingerprint(plain, other, &err), &err);
    assert_string_not_equal(one, other);
    dk_table_release(set);
    dk_table_release(plain);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = make_table(context, "v:category\nb;a\n-\nc\n;\n");
    const dk_table *sets = make_table(context, "v:set[c,a,b]\na+b\n"), *both[] = { sets, sets }, *out = NULL;
    const dk_dictionary *members = tables_levels(context, "a,b,c");
    dk_split how = { .delimiter = ";", .members = members, .empty = true };
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_column_split(column_of(table), &how, "v", &column, &err), &err,
                                   column == NULL, dk_column_release(column));
    column = NULL;
    how.members = NULL;
    assert_survives_failing_memory(context, dk_column_split(column_of(table), &how, "v", &column, &err), &err,
                                   column == NULL, dk_column_release(column));
    assert_survives_failing_memory(context, dk_table_append(both, 2, NULL, &out, &err), &err, out == NULL,
                                   dk_table_release(out));
    dk_dictionary_release(members);
    dk_table_release(table);
    dk_table_release(sets);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_set_has_one_text_however_its_members_are_listed),
        TEST(a_column_of_sets_is_given_members),
        TEST(what_cannot_be_a_member_is_named),
        TEST(a_level_knows_its_members),
        TEST(appending_puts_members_together),
        TEST(sets_are_keys_of_sets_alone),
        TEST(a_snapshot_keeps_members),
        TEST(a_set_is_no_category_of_its_texts),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
