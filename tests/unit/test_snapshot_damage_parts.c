/* test_snapshot_damage_parts.c - damage to what registers need: sets and their members, labels, hierarchies and their levels,
 * numbers in bounds, rates, tables that are attached, and how a table came to be. */
#include <dekking/breakdown.h>
#include <dekking/hierarchy.h>
#include <dekking/lineage.h>

#include "tables.h"

#include "damage.h"
#include "data/children.h"
#include "data/table_parts.h"
#include "hierarchies.h"

/* The table with a column of rates over its columns k and n. */
static const dk_table *with_rate(const dk_table *table)
{
    const dk_column *rate = NULL;
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_rate_new(dk_table_field(table, dk_table_find(table, "k"))->column,
                           dk_table_field(table, dk_table_find(table, "n"))->column, NULL, &rate, &err),
              &err);
    assert_ok(dk_table_with(table, &DK_FIELD("q", rate), 1, &made, &err), &err);
    dk_column_release(rate);
    return made;
}

static const dk_table *rows_of(const char *text)
{
    const dk_hierarchy *geo = wide(GEO, 3, true, GEO_CHANGES), *then = at_day(geo, "2018-01-01");
    const dk_table *plain = make_table(context, text), *used = NULL, *rated;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_use(plain, then, NULL, &used, &err), &err);
    rated = with_rate(used);
    dk_table_release(used);
    dk_table_release(plain);
    dk_hierarchy_release(then);
    dk_hierarchy_release(geo);
    return rated;
}

#define TYPES "g:text v:set[koken,lassen,bouwen] y:interval1 c:category[1~ja,2~nee] k:integer n:integer\n"

/* A file of two segments with all of it; the table that it holds, as it was opened from a copy that stays whole. */
static const dk_table *make_parts(bool compress)
{
    static const char *const by[] = { "r" }, *const by_l[] = { "l" };
    dk_snapshot_options options = { .compress = compress };
    char copy_path[128];
    const dk_table *table = rows_of(TYPES "Arnhem|koken+lassen|0..4~<5~suppressed|1|2|3\nNijmegen|-|1.5..|2|0|0\n"
                                          "Renkum|bouwen|~.~unavailable|1|1|7\n");
    const dk_table *more = rows_of(TYPES "Zevenaar|koken|..2.5|2|5|9\n");
    const dk_table *register_r = make_table(context, "r:text register:integer\nMidden|7676\nRijk|900\n");
    const dk_table *register_l = make_table(context, "l:text inwoners:integer\nNL|17\n");
    const dk_table *one = NULL, *both = NULL, *sliced = NULL, *opened;
    size_t size;
    uint8_t *bytes;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_slice(table, 0, 3, &sliced, &err), &err);
    assert_ok(dk_table_attach(sliced, register_r, by, 1, &one, &err), &err);
    assert_ok(dk_table_attach(one, register_l, by_l, 1, &both, &err), &err);
    assert_ok(dk_snapshot_save(both, snapshot_path, &options, &err), &err);
    assert_ok(dk_snapshot_append(more, snapshot_path, &options, &err), &err);
    bytes = read_file(snapshot_path, &size);
    snprintf(copy_path, sizeof copy_path, "%s/whole.dk", snapshot_folder);
    write_file(copy_path, bytes, size);
    free(bytes);
    opened = open_table(copy_path);
    dk_table_release(sliced);
    dk_table_release(both);
    dk_table_release(one);
    dk_table_release(register_l);
    dk_table_release(register_r);
    dk_table_release(more);
    dk_table_release(table);
    return opened;
}

static void all_of_it_comes_back(void **state)
{
    const dk_table *opened = make_parts(false);
    const dk_properties *properties = dk_table_properties(opened);
    const dk_lineage_item *item;

    (void)state;
    assert_int_equal(dk_table_n_rows(opened), 4);
    assert_int_equal(properties->n_attached, 2);
    assert_string_equal(properties->attached[0].by[0], "r");
    assert_string_equal(properties->attached[1].by[0], "l");
    assert_string_equal(show_rows(properties->attached[0].table), "Midden|7676\nRijk|900\n");
    assert_string_equal(show_rows(properties->attached[1].table), "NL|17\n");
    assert_true(dk_column_is_set(dk_table_field(opened, 1)->column));
    assert_int_equal(dk_column_n_children(dk_table_field(opened, dk_table_find(opened, "q"))->column), 2);
    item = dk_table_lineage(opened, dk_table_n_lineage(opened) - 1);
    assert_int_equal(item->kind, DK_LINEAGE_STEP);
    assert_non_null(strstr(item->text, "opened from the snapshot "));
    assert_int_equal(item->n_rows, 4);
    dk_table_release(opened);
}

static void flips(bool compress)
{
    const dk_table *whole = make_parts(compress);

    flip_every_byte(whole);
    dk_table_release(whole);
}

static void every_flipped_byte_is_found(void **state)
{
    (void)state;
    flips(false);
}

static void every_flipped_byte_is_found_in_compressed_columns(void **state)
{
    (void)state;
    flips(true);
}

/* Each number, and each byte, of the directories in turn, under right checksums. */
static void every_field_that_lies_is_safe(void **state)
{
    static const uint64_t odd[] = { 0, 1, 2, UINT64_MAX, INT64_MAX, UINT64_C(1) << 32, 40 };
    const dk_table *whole = make_parts(false);
    size_t size, n_found = 0, n = 0;
    uint8_t *bytes = read_file(snapshot_path, &size), *changed = malloc(size);

    (void)state;
    for (size_t at = 128; at + 8 <= size; at += 8 * stride(size / 8))
        for (size_t k = 0; k < sizeof odd / sizeof *odd + 1; k++, n++) {
            memcpy(changed, bytes, size);
            if (k < sizeof odd / sizeof *odd)
                reseal_put(changed + at, odd[k]);
            else
                changed[at + random_below(8)] ^= (uint8_t)(random_below(255) + 1);
            n_found += lie_is_found(changed, size, whole, "field", at);
        }
    assert_true(n_found > n / 4);
    free(changed);
    free(bytes);
    dk_table_release(whole);
}

static void random_lies_are_safe(void **state)
{
    const dk_table *whole = make_parts(false);

    (void)state;
    lie_at_random(whole, watched(5000, 1000, 300));
    dk_table_release(whole);
}

/* What a result takes along: found when it is damaged, and harmless when it lies. */
static void what_goes_along_is_safe(void **state)
{
    const dk_table *table = make_table(context, "g:text n:integer\nA|2\nB|3\n"), *both = NULL, *opened;
    const dk_table *behind = make_table(context, "g:text k:integer\nA|2\nB|3\n");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int compress = 0; compress < 2; compress++) {
        assert_ok(dki_table_with_behind(table, behind, &both, &err), &err);
        assert_ok(dk_snapshot_save(both, snapshot_path, &(dk_snapshot_options){ .compress = compress }, &err),
                  &err);
        opened = open_table(snapshot_path);
        assert_non_null(dk_table_properties(opened)->behind);
        assert_string_equal(show_rows(dk_table_properties(opened)->behind), "A|2\nB|3\n");
        dk_table_release(opened);
        flip_every_byte(both);
        lie_at_random(both, watched(1000, 200, 50));
        dk_table_release(both);
        both = NULL;
    }
    dk_table_release(behind);
    dk_table_release(table);
}

/* How an optional record begins. */
static const char *name_of(const char record[8])
{
    static char name[16];

    memset(name, 0, sizeof name);
    memcpy(name, record, 8);
    name[8] = 1;
    return name;
}

/* One number of a record changed, and what is said of it. */
static void what_cannot_be_is_told(void **state)
{
    static const struct {
        const char *record; /* eight bytes, which flags of 1 follow */
        size_t at;          /* behind its name, flags and size */
        uint64_t is;
        const char *says;
    } cases[] = {
        { "members\0", 0, 2, "members that belong to no levels" },                 /* flags */
        { "members\0", 8, UINT64_C(1) << 60, "members that belong to no levels" }, /* how many */
        { "members\0", 16, UINT64_MAX, "ends too early" },                         /* the first one */
        { "members\0", 16, UINT64_C(1) << 40, "ends too early" },
        { "level\0\0\0", 0, 9, "a level of a hierarchy that is not there" }, /* which tree */
        { "level\0\0\0", 8, 9, "a level of a hierarchy that is not there" }, /* which level of it */
        { "attached", 0, 0, "a table attached by no columns" },
        { "attached", 0, UINT64_C(1) << 60, "a table attached by no columns" },
        { "attached", 8, UINT64_MAX, "does not begin with the table" }, /* by a name that is none */
        { "lineage\0", 0, UINT64_C(1) << 50, "ends too early" },        /* how many items */
        { "lineage\0", 0, 1, "a record that is longer than what is in it" },
        { "lineage\0", 72, 16, "a lineage that cannot be" }, /* depth of the first item */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *whole = make_parts(false), *opened = NULL;
        dk_error err = DK_ERROR_INIT;

        if (put_behind(name_of(cases[i].record), 16, 24 + cases[i].at, &cases[i].is, 8) == 0)
            fail_msg("case %zu: no such record", i);
        if (dk_snapshot_open(context, snapshot_path, NULL, &opened, &err) == DK_OK)
            fail_msg("case %zu is opened", i);
        assert_int_equal(err.code, DK_ERR_DATA);
        assert_string_equal(err.file, snapshot_path);
        if (strstr(err.message, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, err.message);
        dk_table_release(whole);
    }
}

static void two_lineages_are_one_too_many(void **state)
{
    const dk_table *whole = make_parts(false), *opened = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_true(put_behind(name_of("attached"), 16, 0, "lineage\0", 8) > 0);
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                 "has two lineages");
    dk_table_release(whole);
}

/* The table with a chain of n tables attached, each to the one before. */
static const dk_table *chained(unsigned n)
{
    static const char *const by[] = { "r" };
    const dk_table *made = make_table(context, "r:text x:integer\na|1\n");
    dk_error err = DK_ERROR_INIT;

    for (unsigned i = 0; i < n; i++) {
        const dk_table *outer = make_table(context, "r:text x:integer\na|1\nb|2\n"), *with = NULL;

        assert_ok(dk_table_attach(outer, made, by, 1, &with, &err), &err);
        dk_table_release(outer);
        dk_table_release(made);
        made = with;
    }
    return made;
}

static void what_is_attached_may_have_something_attached_but_not_for_ever(void **state)
{
    const dk_table *four = chained(4), *five = chained(5), *opened, *inner;
    size_t size, last = 0;
    uint8_t *bytes;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(
        dk_snapshot_save(five, snapshot_path, NULL, &err), &err, DK_ERR_LIMIT,
        "tables are attached to tables that are attached, more than 4 deep (take those of the inner ones away: "
        "t:attach(dk.null))");
    assert_ok(dk_snapshot_save(four, snapshot_path, NULL, &err), &err);
    inner = opened = open_table(snapshot_path);
    for (unsigned i = 0; i < 4; i++)
        inner = dk_table_properties(inner)->attached[0].table;
    assert_string_equal(show_rows(inner), "a|1\n");
    assert_int_equal(dk_table_properties(inner)->n_attached, 0);
    dk_table_release(opened);
    bytes = read_file(snapshot_path, &size);
    for (size_t i = 0; i + 8 <= size; i++)
        if (memcmp(bytes + i, "column\0", 8) == 0) /* the last one is of the innermost */
            last = i;
    memcpy(bytes + last, "attached", 8);
    reseal(bytes, size);
    write_file(snapshot_path, bytes, size);
    opened = NULL;
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                 "has more tables attached than there can be");
    free(bytes);
    dk_table_release(five);
    dk_table_release(four);
}

/* A table that lacks a column of the one that it keeps. */
static const dk_table *lacking(void)
{
    static const char *const names[] = { "r" };
    const dk_table *table = make_table(context, "r:text x:integer\na|1\nb|2\n"), *narrow = NULL;
    dk_error err = DK_ERROR_INIT;

    dki_table_keep(table, NULL);
    assert_ok(dk_table_select(table, names, 1, &narrow, &err), &err);
    assert_ptr_equal(dk_table_properties(narrow)->whole, table);
    dk_table_release(table);
    return narrow;
}

static void what_a_table_keeps_comes_back(void **state)
{
    static const char *const names[] = { "x" };
    const dk_table *narrow = lacking(), *opened, *less = NULL;
    size_t size, last = 0;
    uint8_t *bytes;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(narrow, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_string_equal(show_rows(opened), "a\nb\n");
    assert_string_equal(show_rows(dk_table_properties(opened)->whole), "a|1\nb|2\n");
    assert_ok(dk_table_drop(dk_table_properties(opened)->whole, names, 1, &less, &err), &err);
    assert_ptr_equal(dk_table_properties(less)->whole, dk_table_properties(opened)->whole);
    dk_table_release(less);
    dk_set_threads(1);
    less = NULL;
    assert_survives_failing_memory(context, dk_snapshot_open(context, snapshot_path, NULL, &less, &err), &err,
                                   less == NULL, dk_table_release(less));
    dk_set_threads(0);
    flip_every_byte(narrow);
    assert_ok(dk_snapshot_save(narrow, snapshot_path, NULL, &err), &err);
    bytes = read_file(snapshot_path, &size);
    for (size_t i = 0; i + 8 <= size; i++)
        if (memcmp(bytes + i, "column\0", 8) == 0) /* the last one is of what is kept */
            last = i;
    memcpy(bytes + last, "whole\0\0\0", 8);
    reseal(bytes, size);
    write_file(snapshot_path, bytes, size);
    less = NULL;
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &less, &err), &err, DK_ERR_DATA,
                 "does not begin with the table");
    free(bytes);
    dk_table_release(opened);
    dk_table_release(narrow);
}

static void what_a_table_keeps_stands_beside_what_is_attached(void **state)
{
    const dk_table *narrow = lacking(), *other = make_table(context, "r:text\nc\n"), *opened = NULL, *both = NULL;
    static const char *const by[] = { "r" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_attach(narrow, other, by, 1, &both, &err), &err);
    assert_ok(dk_snapshot_save(both, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_int_equal(dk_table_properties(opened)->n_attached, 1);
    assert_string_equal(show_rows(dk_table_properties(opened)->whole), "a|1\nb|2\n");
    dk_table_release(opened);
    dk_table_release(both);
    dk_table_release(other);
    dk_table_release(narrow);
}

static dk_status open_it(const dk_table **out, dk_error *err)
{
    return dk_snapshot_open(context, snapshot_path, NULL, out, err);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *whole = make_parts(false), *opened = NULL;
    bool is_left = true;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, open_it(&opened, &err), &err, opened == NULL, dk_table_release(opened));
    assert_ok(dk_snapshot_save(whole, snapshot_path, NULL, &err), &err); /* its values are in memory from now on */
    /* What columns keep meanwhile goes with them: tear_down looks for leaks. */
    for (uint64_t nth = 1; is_left; nth++) {
        dk_status status;

        dk_context_fail_allocation(context, nth);
        status = dk_snapshot_save(whole, snapshot_path, NULL, &err);
        is_left = has_failed(context, nth);
        dk_context_fail_allocation(context, 0);
        assert_true(status == DK_OK || (status == DK_ERR_MEMORY && is_left));
    }
    dk_set_threads(0);
    dk_table_release(whole);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_of_it_comes_back),
        TEST(every_flipped_byte_is_found),
        TEST(every_flipped_byte_is_found_in_compressed_columns),
        TEST(every_field_that_lies_is_safe),
        TEST(random_lies_are_safe),
        TEST(what_goes_along_is_safe),
        TEST(what_cannot_be_is_told),
        TEST(two_lineages_are_one_too_many),
        TEST(what_is_attached_may_have_something_attached_but_not_for_ever),
        TEST(what_a_table_keeps_comes_back),
        TEST(what_a_table_keeps_stands_beside_what_is_attached),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
