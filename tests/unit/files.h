/* files.h - a folder of its own for each test of files, and looking into it. */
#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534
#define MIB ((size_t)1 << 20)

struct fixture {
    dk_context *context;
    dk_error err;
    char folder[64];
    char path[128]; /* of "x.csv" in it */
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL || dk_context_new(&f->context, &f->err) != DK_OK)
        return -1;
    strcpy(f->folder, "/tmp/dekking-file-XXXXXX");
    if (mkdtemp(f->folder) == NULL || chmod(f->folder, 0777) != 0)
        return -1;
    snprintf(f->path, sizeof f->path, "%s/x.csv", f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    size_t left = dk_context_used_bytes(f->context);
    char command[128];
    int status;

    dk_context_release(f->context);
    dk_set_threads(0);
    snprintf(command, sizeof command, "rm -r %s", f->folder);
    status = system(command);
    free(f);
    return left == 0 && status == 0 ? 0 : -1;
}

static inline const char *in_folder(const struct fixture *f, const char *name)
{
    static char path[1024];

    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    return path;
}

static inline size_t n_files(const struct fixture *f)
{
    DIR *folder = opendir(f->folder);
    size_t n = 0;

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return n;
}

static inline void put(const char *path, const char *bytes, size_t size, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, bytes + done, size - done);

        assert_true(n > 0);
        done += (size_t)n;
    }
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static inline void holds(const char *path, const char *expected)
{
    char bytes[4096];
    int fd = open(path, O_RDONLY);
    ssize_t n;

    assert_true(fd >= 0);
    n = read(fd, bytes, sizeof bytes);
    close(fd);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(bytes, expected, strlen(expected));
}

static inline mode_t mode_of(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 07777;
}

#endif
