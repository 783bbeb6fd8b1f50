/* paths.c - the files that a script names: by path, or by pattern.
 *
 * The order of matches does not depend on the language of the user, as glob's own does.
 */
#include "paths.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/status.h"

static dk_status add(dki_paths *paths, const char *path, dk_error *err)
{
    dk_context *context = paths->arena.context;
    dk_status status =
        dki_grow(context, (void **)&paths->items, &paths->room, paths->n + 1, sizeof *paths->items, err);
    const char *copy = status == DK_OK ? dki_arena_text(&paths->arena, path, strlen(path), err) : NULL;

    if (copy == NULL)
        return DK_ERR_MEMORY;
    paths->items[paths->n++] = copy;
    return DK_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A folder that is not there holds no file; one that cannot be read might, and must not be left out in silence. */
static int on_unreadable(const char *path, int error)
{
    (void)path;
    return error != ENOENT && error != ENOTDIR;
}

static dk_status add_matches(dki_paths *paths, const char *pattern, dk_error *err)
{
    glob_t found = { .gl_pathc = 0 };
    size_t first = paths->n;
    int answer = glob(pattern, GLOB_NOSORT, on_unreadable, &found);
    dk_status status = DK_OK;

    for (size_t i = 0; answer == 0 && i < found.gl_pathc && status == DK_OK; i++)
        status = add(paths, found.gl_pathv[i], err);
    globfree(&found);
    if (status == DK_OK && answer == GLOB_NOSPACE) {
        status = dki_fail(err, DK_ERR_MEMORY, "too many files match");
        dki_at(err, pattern, 0, 0);
    } else if (status == DK_OK && answer != 0) {
        status = dki_fail(err, DK_ERR_IO,
                          answer == GLOB_NOMATCH ? "no file matches this pattern"
                                                 : "a folder on the way to it cannot be looked into");
        dki_at(err, pattern, 0, 0);
    } else if (status == DK_OK) {
        qsort(paths->items + first, paths->n - first, sizeof *paths->items, by_name);
    }
    return status;
}

/* Whether two names are one file, be it by a link. */
static dk_status check_once(const dki_paths *paths, dk_error *err)
{
    dk_context *context = paths->arena.context;
    struct stat *about = dki_calloc(context, paths->n, sizeof *about, err);
    dk_status status = about ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < paths->n && status == DK_OK; i++) {
        bool is_there = stat(paths->items[i], &about[i]) == 0;

        for (size_t k = 0; k < i && status == DK_OK; k++) {
            bool same = is_there && about[k].st_nlink > 0 && about[k].st_ino == about[i].st_ino &&
                        about[k].st_dev == about[i].st_dev;
            if (!same && strcmp(paths->items[i], paths->items[k]) != 0)
                continue;
            status = dki_fail(err, DK_ERR_DUPLICATE,
                              "this file is named twice (the other time as %s): its rows would "
                              "count double",
                              paths->items[k]);
            dki_at(err, paths->items[i], 0, 0);
        }
        if (!is_there)
            about[i].st_nlink = 0;
    }
    dki_free(context, about);
    return status;
}

dk_status dki_paths_find(dk_context *context, const char *const *given, size_t n, dki_paths *out, dk_error *err)
{
    dki_paths paths = { .n = 0 };
    dk_status status = DK_OK;

    if (n == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "there is no file to read");
    dki_arena_init(&paths.arena, context);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        struct stat about;

        if (strpbrk(given[i], "*?[") == NULL || lstat(given[i], &about) == 0)
            status = add(&paths, given[i], err);
        else
            status = add_matches(&paths, given[i], err);
    }
    if (status == DK_OK && paths.n > 1)
        status = check_once(&paths, err);
    if (status == DK_OK)
        *out = paths;
    else
        dki_paths_drop(&paths);
    return status;
}

void dki_paths_drop(dki_paths *paths)
{
    dki_free(paths->arena.context, paths->items);
    paths->items = NULL;
    dki_arena_drop(&paths->arena);
}
