/* test_snapshot_tree.c - hierarchies in snapshots and in what is appended: columns know their levels still. */
#include <dekking/append.h>

#include "tables.h"

#include "reseal.h"
#include "snapshots.h"

#include "hierarchies.h"

static const dk_table *use(const char *rows, const dk_hierarchy *hierarchy, const char *on)
{
    const dk_table *table = make_table(context, rows), *used = NULL;
    dk_use_options options = { .on = on };
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_use(table, hierarchy, &options, &used, &err), &err);
    dk_table_release(table);
    return used;
}

static const dk_dictionary *levels_of(const dk_table *table, const char *name)
{
    return dk_column_levels(dk_table_field(table, dk_table_find(table, name))->column);
}

static const dk_hierarchy *known_by(const dk_table *table, const char *name)
{
    size_t level;

    return levels_of(table, name) ? dk_dictionary_hierarchy(levels_of(table, name), &level) : NULL;
}

static const dk_hierarchy *labelled(void)
{
    static const char *const levels[] = { "g", "r" }, *const labels[] = { "naam", NULL };
    const dk_table *table = make_table(context, "g:category[b,a] naam:text r:text van:date tot:date\n"
                                                "a|Aa|X|-|2016-01-01\nb|-|X|-|-\na|Ab|Y|2017-01-01|-\n");
    const dk_table *changes = make_table(context, "date:date old:text new:text share:ratio\n"
                                                  "2016-01-01|a|b|-\n2017-01-01|b|a|1/3\n2017-01-01|b|b|2/3\n");
    dk_hierarchy_spec spec = {
        .levels = levels, .n_levels = 2, .labels = labels, .from = "van", .to = "tot", .changes = changes
    };
    const dk_hierarchy *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_hierarchy_new(table, &spec, &made, &err), &err);
    dk_table_release(changes);
    dk_table_release(table);
    return made;
}

#define PERSONS "g:text dag:date\na|2015-01-01\nb|2015-01-01\nq|2018-01-01\na|2018-01-01\n"

static void a_column_knows_its_level_again(void **state)
{
    const dk_hierarchy *all = labelled(), *then = at_day(all, "2018-01-01"), *geo = wide(GEO, 3, true, GEO_CHANGES);
    const dk_table *tables[3];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    tables[0] = use(PERSONS, all, "dag");
    tables[1] = use(PERSONS, then, NULL);
    tables[2] = use("g:text dag:date\nRenkum|2016-07-01\n", geo, "dag");
    for (size_t i = 0; i < 3; i++) {
        const dk_table *opened;

        assert_ok(dk_snapshot_save(tables[i], snapshot_path, NULL, &err), &err);
        opened = open_table(snapshot_path);
        assert_string_equal(show_rows(opened), i < 2 ? show_rows(tables[i]) : "Renkum|2016-07-01|Midden|NL\n");
        for (size_t k = 0; k < (i < 2 ? 2 : 3); k++) {
            const char *name = (const char *const[]){ "g", "r", "l" }[k];

            assert_true(dki_levels_same(levels_of(opened, name), levels_of(tables[i], name)));
            assert_true(known_by(opened, name) == known_by(opened, "g")); /* one, and not one for each column */
        }
        assert_null(dk_column_levels(dk_table_field(opened, 1)->column));
        dk_table_release(opened);
        dk_table_release(tables[i]);
    }
    dk_hierarchy_release(geo);
    dk_hierarchy_release(then);
    dk_hierarchy_release(all);
}

static dk_status save_and_open(const dk_table *table, const dk_table **out, dk_error *err)
{
    dk_status status = dk_snapshot_save(table, snapshot_path, NULL, err);

    return status == DK_OK ? dk_snapshot_open(context, snapshot_path, NULL, out, err) : status;
}

static void every_allocation_may_fail(void **state)
{
    const dk_hierarchy *all = labelled();
    const dk_table *table = use(PERSONS, all, "dag"), *opened = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, save_and_open(table, &opened, &err), &err, opened == NULL,
                                   dk_table_release(opened));
    dk_set_threads(0);
    dk_table_release(table);
    dk_hierarchy_release(all);
}

/* The payload of the record of that name. */
static size_t find_record(const uint8_t *bytes, size_t size, const char name[8], size_t *n)
{
    for (size_t at = 0; at + 24 <= size; at += 8)
        if (memcmp(bytes + at, name, 8) == 0) {
            *n = (size_t)reseal_get(bytes + at + 16);
            return at + 24;
        }
    fail_msg("there is no such record");
    return 0;
}

/* Whatever stands in a hierarchy's eight bytes, the file opens or is refused with a reason; nothing else happens. */
static void what_a_file_says_is_not_believed(void **state)
{
    static const uint64_t numbers[] = {
        0, 1, 2, 3, 5, 17, 1000, UINT64_C(1) << 31, UINT64_C(1) << 40, UINT64_C(1) << 63, UINT64_MAX
    };
    const dk_hierarchy *all = labelled();
    const dk_table *table = use(PERSONS, all, "dag");
    size_t n_refused = 0, n_opened = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    for (size_t record = 0; record < 2; record++) {
        size_t size, n = 0, at;
        uint8_t *bytes = read_file(snapshot_path, &size);

        at = find_record(bytes, size, record ? "level\0\0\0" : "tree\0\0\0\0", &n);
        for (size_t i = 0; i < n; i += 8)
            for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
                uint64_t before = reseal_get(bytes + at + i);
                const dk_table *opened = NULL;
                char path[128];

                reseal_put(bytes + at + i, numbers[k]);
                reseal(bytes, size);
                (void)snprintf(path, sizeof path, "%s.2", snapshot_path);
                write_file(path, bytes, size);
                if (dk_snapshot_open(context, path, NULL, &opened, &err) == DK_OK) {
                    n_opened++;
                    assert_string_equal(show_rows(opened), show_rows(table));
                } else {
                    n_refused++;
                    assert_int_equal(err.code, DK_ERR_DATA);
                    assert_non_null(strstr(err.message, "the directory at byte "));
                }
                dk_table_release(opened);
                reseal_put(bytes + at + i, before);
            }
        free(bytes);
    }
    assert_true(n_refused > 400);
    assert_true(n_opened > 40); /* a number as it was, or another day */
    dk_table_release(table);
    dk_hierarchy_release(all);
}

static void assert_reason(const char name[8], size_t at, uint64_t number, const char *message)
{
    size_t size, n;
    uint8_t *bytes = read_file(snapshot_path, &size);
    const dk_table *opened = NULL;
    char path[128];
    dk_error err = DK_ERROR_INIT;

    reseal_put(bytes + find_record(bytes, size, name, &n) + at, number);
    reseal(bytes, size);
    (void)snprintf(path, sizeof path, "%s.2", snapshot_path);
    write_file(path, bytes, size);
    assert_fails(dk_snapshot_open(context, path, NULL, &opened, &err), &err, DK_ERR_DATA, message);
    free(bytes);
}

static void reasons_are_given(void **state)
{
    const dk_hierarchy *all = labelled();
    const dk_table *table = use(PERSONS, all, "dag");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    assert_reason("tree\0\0\0\0", 16, 17, "has a hierarchy that cannot be"); /* levels, behind name and vintage */
    assert_reason("tree\0\0\0\0", 16, 1000000, "has a hierarchy that says more than there is");
    assert_reason("level\0\0\0", 0, 1, "has a level of a hierarchy that is not there");
    assert_reason("level\0\0\0", 8, 2, "has a level of a hierarchy that is not there");
    dk_table_release(table);
    dk_hierarchy_release(all);
}

/* Appending. ------------------------------------------------------------------------------------------------------- */

static bool knows_after(const dk_table *a, const dk_table *b, bool in_file)
{
    const dk_table *both[] = { a, b }, *table = NULL;
    dk_error err = DK_ERROR_INIT;
    bool knows;

    if (in_file) {
        assert_ok(dk_snapshot_save(a, snapshot_path, NULL, &err), &err);
        assert_ok(dk_snapshot_append(b, snapshot_path, NULL, &err), &err);
        table = open_table(snapshot_path);
    } else {
        assert_ok(dk_table_append(both, 2, NULL, &table, &err), &err);
    }
    assert_int_equal(dk_table_n_rows(table), dk_table_n_rows(a) + dk_table_n_rows(b));
    knows = known_by(table, "r") != NULL;
    assert_true(!knows || dki_levels_same(levels_of(table, "r"), levels_of(a, "r")));
    dk_table_release(table);
    return knows;
}

static void what_is_appended_must_know_the_same(void **state)
{
    const dk_hierarchy *geo = wide(GEO, 3, true, GEO_CHANGES), *again = wide(GEO, 3, true, GEO_CHANGES);
    const dk_hierarchy *then = at_day(geo, "2015-01-01"), *same = at_day(again, "2015-01-01");
    const dk_hierarchy *later = at_day(geo, "2017-01-01");
    const dk_table *first = use("g:text\nArnhem\nRenkum\n", then, NULL);
    const dk_table *second = use("g:text\nNijmegen\nOveral\n", same, NULL);
    const dk_table *third = use("g:text\nNijmegen\n", later, NULL);
    const dk_table *plain = make_table(context, "g:text r:category l:category\nArnhem|Midden|NL\n");
    const dk_table *unknown = make_table(context, "g:text r:text l:text\n-|-|-\n");

    (void)state;
    for (unsigned in_file = 0; in_file < 2; in_file++) {
        assert_true(knows_after(first, second, in_file));
        assert_false(knows_after(first, third, in_file)); /* a region of another day */
        assert_false(knows_after(first, plain, in_file));
        assert_true(knows_after(first, unknown, in_file)); /* nobody's region */
    }
    assert_false(knows_after(plain, first, false));
    dk_table_release(unknown);
    dk_table_release(plain);
    dk_table_release(third);
    dk_table_release(second);
    dk_table_release(first);
    dk_hierarchy_release(later);
    dk_hierarchy_release(same);
    dk_hierarchy_release(then);
    dk_hierarchy_release(again);
    dk_hierarchy_release(geo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_knows_its_level_again),      cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(what_a_file_says_is_not_believed),    cmocka_unit_test(reasons_are_given),
        cmocka_unit_test(what_is_appended_must_know_the_same),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
