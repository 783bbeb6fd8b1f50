/* snapshot.h - a table in a file of its own, which opens at once whatever its size.
 *
 * Opening reads what the columns are, not what is in them: values are brought into memory when they are first asked
 * for, a chunk of rows of one column at a time, checked, and given up again when room is needed and nobody looks at
 * them. So a table may be larger than memory. docs/snapshot.md describes the file to the byte.
 *
 * A file is written whole or not at all, and replaced in one step; rows are appended behind what is there, and become
 * part of it in one step. Who has it open keeps what was there when it was opened. Any number of processes read while
 * one writes; a second writer is refused. Nobody may write over or shorten the file in place: who does so makes readers
 * fail with DK_ERR_IO or DK_ERR_DATA, never otherwise.
 */
#ifndef DEKKING_SNAPSHOT_H
#define DEKKING_SNAPSHOT_H

#include <dekking/table.h>

typedef struct dk_snapshot_options {
    bool compress;                 /* zstd for every column ... */
    const char *const *compressed; /* ... or for these n_compressed columns */
    size_t n_compressed;
    int level; /* of zstd, 1 to 19; 0: 3 */
} dk_snapshot_options;

/* Writes the table, its properties, notes, labels, formats and margins to path, in place of what is there.
 *
 * options  may be NULL: nothing is compressed
 *
 * Errors  DK_ERR_IO        the folder is not there, no permission, no room, another process writes to the file; zstd was
 *                          asked for, and is not there
 *         DK_ERR_NAME      compressed names a column that the table does not have
 *         DK_ERR_ARGUMENT  a level of compression that there is not
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED, and what reading the table can give
 * After failure the file is as it was. */
DK_API DK_MUST_USE dk_status dk_snapshot_save(const dk_table *table, const char *path,
                                              const dk_snapshot_options *options, dk_error *err);

/* Appends the table's rows to those of the snapshot at path. Columns are matched by name; the file's order and
 * properties stay, but for as_of and published where the table has them. Levels that the file lacks are added to it; an
 * integer or a decimal goes into a decimal column where no digit is lost, text into a category and back, and a column of
 * nulls alone into any.
 *
 * Errors  DK_ERR_NAME       the table lacks a column, or has one more
 *         DK_ERR_TYPE       a column has a type that does not fit into the file's
 *         DK_ERR_RANGE      a level that the file's stated levels do not have, a value that does not fit, or no weight
 *         DK_ERR_DUPLICATE  a key would occur twice
 *         DK_ERR_MARGIN     the table or the file has rows that are totals
 *         DK_ERR_IO         as for dk_snapshot_save, and as for dk_snapshot_open
 *         DK_ERR_DATA, DK_ERR_ARGUMENT, DK_ERR_MEMORY, DK_ERR_INTERRUPTED
 * After failure the file holds what it held. */
DK_API DK_MUST_USE dk_status dk_snapshot_append(const dk_table *table, const char *path,
                                                const dk_snapshot_options *options, dk_error *err);

typedef struct dk_snapshot_open_options {
    size_t
        memory_bytes; /* what values may take when nobody looks at them; 0: a quarter of the machine's memory. Never
                            more than a quarter of the context's budget. */
    bool check;       /* read and check the whole file before saying that it is well */
    const char *remedy; /* what a message about damage says to do; NULL: to take a copy, or make the file anew */
} dk_snapshot_open_options;

/* Opens a snapshot. *out keeps the file open as long as it, or a table made of it, lives.
 *
 * options  may be NULL
 *
 * Errors  DK_ERR_IO    no such file, a directory, no permission; later, from whatever reads values: the file became shorter
 *         DK_ERR_DATA  no snapshot, one of a later version or with a type that is not known here, or a damaged one; later,
 *                      from whatever reads values: these are damaged
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_snapshot_open(dk_context *context, const char *path,
                                              const dk_snapshot_open_options *options, const dk_table **out,
                                              dk_error *err);

#endif
