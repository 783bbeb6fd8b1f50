/* snapshots.h - what the tests of snapshots share: files, and comparing tables value by value. */
#ifndef TESTS_UNIT_SNAPSHOTS_H
#define TESTS_UNIT_SNAPSHOTS_H

#include "check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dekking/snapshot.h>

static dk_context *context;
static char snapshot_folder[64];
static char snapshot_path[96];

static inline int set_up(void **state)
{
    (void)state;
    strcpy(snapshot_folder, "/tmp/dekking-snapshot-XXXXXX");
    if (mkdtemp(snapshot_folder) == NULL)
        return 1;
    snprintf(snapshot_path, sizeof snapshot_path, "%s/t.dk", snapshot_folder);
    return dk_context_new(&context, NULL) == DK_OK ? 0 : 1;
}

/* Nothing is left: no memory, and no file but those of the test itself. */
static inline int tear_down(void **state)
{
    size_t left = dk_context_used_bytes(context);
    char command[128];

    (void)state;
    dk_context_release(context);
    snprintf(command, sizeof command, "rm -r %s", snapshot_folder);
    if (system(command) != 0 || left != 0)
        print_error("%zu bytes are left\n", left);
    return left != 0;
}

static inline uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;
    struct stat about;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &about), 0);
    *size = (size_t)about.st_size;
    bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static inline const dk_table *open_table(const char *path)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_snapshot_open(context, path, NULL, &table, &err), &err);
    return table;
}

static inline bool same_texts(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether two columns hold the same: type, facts and every row, read one by one. Errors of reading are an answer. */
static inline dk_status compare_columns(const dk_column *a, const dk_column *b, bool *same, dk_error *err)
{
    int64_t a_least = 0, a_greatest = 0, b_least = 0, b_greatest = 0;

    *same = dk_column_type(a) == dk_column_type(b) && dk_column_scale(a) == dk_column_scale(b) &&
            dk_column_n_rows(a) == dk_column_n_rows(b) && dk_column_n_nulls(a) == dk_column_n_nulls(b) &&
            dk_column_bounds(a, &a_least, &a_greatest) == dk_column_bounds(b, &b_least, &b_greatest) &&
            a_least == b_least && a_greatest == b_greatest;
    for (uint64_t i = 0; *same && i < dk_column_n_rows(a); i++) {
        dk_value x = { .type = DK_INTEGER }, y = x;
        dk_status status = dk_column_get(a, i, &x, err);

        if (status == DK_OK)
            status = dk_column_get(b, i, &y, err);
        if (status != DK_OK)
            return status;
        *same = x.is_null == y.is_null && (x.is_null || dk_value_compare(&x, &y) == 0);
    }
    *same = *same && dk_column_n_children(a) == dk_column_n_children(b);
    for (size_t i = 0; *same && i < dk_column_n_children(a); i++) {
        dk_status status = compare_columns(dk_column_child(a, i), dk_column_child(b, i), same, err);

        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* The same for tables, with all that a table is. */
static inline dk_status compare_tables(const dk_table *a, const dk_table *b, bool *same, dk_error *err)
{
    const dk_properties *p = dk_table_properties(a), *q = dk_table_properties(b);
    dk_status status = DK_OK;

    *same = dk_table_n_rows(a) == dk_table_n_rows(b) && dk_table_n_columns(a) == dk_table_n_columns(b) &&
            same_texts(p->name, q->name) && same_texts(p->source, q->source) && same_texts(p->unit, q->unit) &&
            same_texts(p->weight, q->weight) && same_texts(p->as_of, q->as_of) &&
            same_texts(p->published, q->published) && p->n_key == q->n_key &&
            dk_table_n_notes(a) == dk_table_n_notes(b) && !dk_table_margin(a) == !dk_table_margin(b);
    for (size_t i = 0; *same && i < p->n_key; i++)
        *same = strcmp(p->key[i], q->key[i]) == 0;
    for (size_t i = 0; *same && i < dk_table_n_notes(a); i++)
        *same = strcmp(dk_table_note(a, i), dk_table_note(b, i)) == 0;
    for (size_t i = 0; *same && i < dk_table_n_columns(a); i++) {
        const dk_field *f = dk_table_field(a, i), *g = dk_table_field(b, i);

        *same = strcmp(f->name, g->name) == 0 && same_texts(f->label, g->label) &&
                same_texts(f->format, g->format) && f->margin_bit == g->margin_bit;
        if (*same)
            status = compare_columns(f->column, g->column, same, err);
        if (status != DK_OK)
            return status;
    }
    if (*same && dk_table_margin(a))
        status = compare_columns(dk_table_margin(a), dk_table_margin(b), same, err);
    return status;
}

static inline void assert_same_table(const dk_table *a, const dk_table *b)
{
    dk_error err = DK_ERROR_INIT;
    bool same = false;

    assert_ok(compare_tables(a, b, &same, &err), &err);
    assert_true(same);
}

#endif
