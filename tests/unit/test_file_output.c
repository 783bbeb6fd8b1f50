/* test_file_output.c - files written whole or not at all. */
#include "files.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/file.h"

static void write_text(struct fixture *f, dki_output *output, const char *text)
{
    assert_ok(dki_output_write(output, text, strlen(text), &f->err), &f->err);
}

static void a_new_file_appears_when_it_is_complete(void **state)
{
    struct fixture *f = *state;
    mode_t mask = umask(027);
    dki_output output;

    assert_ok(dki_output_open(f->context, f->path, &output, &f->err), &f->err);
    write_text(f, &output, "a;b\n");
    write_text(f, &output, "");
    write_text(f, &output, "1;2\n");
    assert_int_equal(access(f->path, F_OK), -1);
    assert_ok(dki_output_commit(&output, &f->err), &f->err);
    holds(f->path, "a;b\n1;2\n");
    assert_int_equal(mode_of(f->path), 0640);
    assert_int_equal(n_files(f), 1);
    dki_output_drop(&output);
    dki_output_drop(&output);
    holds(f->path, "a;b\n1;2\n");
    umask(mask);
}

static void an_existing_file_stays_until_then_and_keeps_its_permissions(void **state)
{
    static const mode_t modes[] = { 0600, 0640, 0664, 0755 };
    struct fixture *f = *state;
    dki_output output;

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        put(f->path, "old", 3, modes[i]);
        assert_ok(dki_output_open(f->context, f->path, &output, &f->err), &f->err);
        write_text(f, &output, "new text");
        holds(f->path, "old");
        assert_ok(dki_output_commit(&output, &f->err), &f->err);
        dki_output_drop(&output);
        holds(f->path, "new text");
        assert_int_equal(mode_of(f->path), modes[i]);
        assert_int_equal(n_files(f), 1);
    }
}

static void what_is_dropped_was_never_there(void **state)
{
    struct fixture *f = *state;
    dki_output output;

    assert_ok(dki_output_open(f->context, f->path, &output, &f->err), &f->err);
    write_text(f, &output, "half");
    dki_output_drop(&output);
    assert_int_equal(n_files(f), 0);
    put(f->path, "old", 3, 0600);
    assert_ok(dki_output_open(f->context, f->path, &output, &f->err), &f->err);
    write_text(f, &output, "half");
    dki_output_drop(&output);
    holds(f->path, "old");
    assert_int_equal(n_files(f), 1);
}

/* A disk that is full in the middle, by a limit to the size of files. */
static void a_write_that_fails_leaves_the_old_file(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, small;
    char bytes[3000];
    dki_output output;

    memset(bytes, 'x', sizeof bytes);
    put(f->path, "old", 3, 0600);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_ok(dki_output_open(f->context, f->path, &output, &f->err), &f->err);
    assert_ok(dki_output_write(&output, bytes, sizeof bytes, &f->err), &f->err);
    assert_int_equal(dki_output_write(&output, bytes, sizeof bytes, &f->err), DK_ERR_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_string_equal(f->err.message, "cannot write it: File too large");
    assert_string_equal(f->err.file, f->path);
    dki_output_drop(&output);
    holds(f->path, "old");
    assert_int_equal(n_files(f), 1);

    assert_ok(dki_output_open(f->context, "/dev/full", &output, &f->err), &f->err);
    assert_fails(dki_output_write(&output, "x", 1, &f->err), &f->err, DK_ERR_IO,
                 "/dev/full: cannot write it: No space left on device");
    dki_output_drop(&output);
}

/* A folder that goes away before the file is finished. */
static void a_commit_that_fails_is_told(void **state)
{
    struct fixture *f = *state;
    char path[1024];
    dki_output output;

    assert_int_equal(mkdir(in_folder(f, "sub"), 0777), 0);
    snprintf(path, sizeof path, "%s", in_folder(f, "sub/x.csv"));
    assert_ok(dki_output_open(f->context, path, &output, &f->err), &f->err);
    assert_int_equal(rename(in_folder(f, "sub"), f->path), 0);
    assert_fails(dki_output_commit(&output, &f->err), &f->err, DK_ERR_IO,
                 "/sub/x.csv: the folder does not exist (check the name");
    dki_output_drop(&output);
}

static void links_lead_to_the_file_that_is_replaced(void **state)
{
    struct fixture *f = *state;
    char link[1024];
    struct stat about;
    dki_output output;

    put(f->path, "old", 3, 0644);
    snprintf(link, sizeof link, "%s", in_folder(f, "link.csv"));
    assert_int_equal(symlink("x.csv", link), 0);
    assert_ok(dki_output_open(f->context, link, &output, &f->err), &f->err);
    write_text(f, &output, "new");
    assert_ok(dki_output_commit(&output, &f->err), &f->err);
    dki_output_drop(&output);
    holds(f->path, "new");
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    unlink(f->path);
    assert_fails(dki_output_open(f->context, link, &output, &f->err), &f->err, DK_ERR_IO,
                 "/link.csv: is a link to a file that does not exist");
    unlink(link);
    assert_int_equal(symlink("link.csv", link), 0);
    assert_fails(dki_output_open(f->context, link, &output, &f->err), &f->err, DK_ERR_IO,
                 "cannot write it: Too many levels of symbolic links");
}

static void what_cannot_be_written_is_told_apart(void **state)
{
    struct fixture *f = *state;
    dki_output output = { .fd = 42 };
    bool is_root = geteuid() == 0;
    char name[300];

    assert_fails(dki_output_open(f->context, in_folder(f, "none/x.csv"), &output, &f->err), &f->err, DK_ERR_IO,
                 "/none/x.csv: the folder does not exist (check the name");
    assert_fails(dki_output_open(f->context, "", &output, &f->err), &f->err, DK_ERR_IO, "the name is empty");
    assert_fails(dki_output_open(f->context, f->folder, &output, &f->err), &f->err, DK_ERR_IO,
                 ": is a directory, not a file");
    put(f->path, "old", 3, 0444);
    assert_fails(dki_output_open(f->context, in_folder(f, "x.csv/y.csv"), &output, &f->err), &f->err, DK_ERR_IO,
                 "the folder does not exist");
    assert_int_equal(mkdir(in_folder(f, "closed"), 0755), 0);
    if (is_root)
        assert_int_equal(setresuid(NOBODY, NOBODY, 0), 0);
    else
        assert_int_equal(chmod(in_folder(f, "closed"), 0555), 0);
    assert_fails(dki_output_open(f->context, f->path, &output, &f->err), &f->err, DK_ERR_IO,
                 "/x.csv: no permission to write it");
    assert_fails(dki_output_open(f->context, in_folder(f, "closed/y.csv"), &output, &f->err), &f->err, DK_ERR_IO,
                 "/closed/y.csv: no permission to make a file in its folder");
    if (is_root)
        assert_int_equal(setresuid(0, 0, 0), 0);
    memset(name, 'n', sizeof name);
    name[256] = '\0';
    assert_fails(dki_output_open(f->context, in_folder(f, name), &output, &f->err), &f->err, DK_ERR_IO,
                 "cannot write it: File name too long");
    assert_int_equal(output.fd, 42);
    holds(f->path, "old");
    assert_int_equal(n_files(f), 2);
}

/* A name may take all of the 255 bytes that a folder has for it, though the temporary file needs some. */
static void the_longest_names_can_be_written(void **state)
{
    struct fixture *f = *state;
    char name[256];

    for (size_t n = 200; n <= 255; n += 5) {
        dki_output output;

        memset(name, 'n', n);
        memcpy(name + n - 2 * (n / 5), "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9",
               18);
        name[n] = '\0';
        assert_ok(dki_output_open(f->context, in_folder(f, name), &output, &f->err), &f->err);
        write_text(f, &output, "text");
        assert_ok(dki_output_commit(&output, &f->err), &f->err);
        dki_output_drop(&output);
        holds(in_folder(f, name), "text");
        unlink(in_folder(f, name));
    }
    assert_int_equal(n_files(f), 0);
}

/* Two in the making at once do not meet, nor does what a killed process left. */
static void temporary_files_do_not_meet(void **state)
{
    struct fixture *f = *state;
    dki_output first, second;
    char name[64];

    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "x.csv.%ld-%d.new", (long)getpid(), i);
        put(in_folder(f, name), "left", 4, 0400);
    }
    assert_ok(dki_output_open(f->context, f->path, &first, &f->err), &f->err);
    assert_ok(dki_output_open(f->context, f->path, &second, &f->err), &f->err);
    write_text(f, &first, "first");
    write_text(f, &second, "second");
    assert_ok(dki_output_commit(&first, &f->err), &f->err);
    holds(f->path, "first");
    assert_ok(dki_output_commit(&second, &f->err), &f->err);
    holds(f->path, "second");
    dki_output_drop(&first);
    dki_output_drop(&second);
    assert_int_equal(n_files(f), 301);
    holds(in_folder(f, name), "left");
}

/* A sweep takes away what nobody writes to and what has the name of a temporary file for the same path, and nothing else. */
static void a_sweep_removes_what_was_left(void **state)
{
    static const char *const left[] = { "x.csv.1-0.new", "x.csv.4194304-77.new" };
    static const char *const others[] = { "x.csv.1-0.newer", "x.csv.1.new",    "x.csv.a-0.new",
                                          "x.csv.1-.new",    "x.csv.-1.new",   "x.csv.new",
                                          "y.csv.1-0.new",   "ax.csv.1-0.new", "x.csv.1-0.new.1" };
    struct fixture *f = *state;
    dki_output first, second;
    char name[64];

    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        put(in_folder(f, left[i]), "left", 4, 0600);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        put(in_folder(f, others[i]), "kept", 4, 0600);
    assert_int_equal(mkdir(in_folder(f, "x.csv.2-0.new"), 0700), 0);
    put(in_folder(f, "target"), "kept", 4, 0600);
    snprintf(name, sizeof name, "%s", "x.csv.3-0.new");
    assert_int_equal(symlink("target", in_folder(f, name)), 0);
    assert_ok(dki_output_open(f->context, f->path, &first, &f->err), &f->err);
    assert_ok(dki_output_open(f->context, f->path, &second, &f->err), &f->err);
    write_text(f, &first, "first");
    dki_output_sweep(&second);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        assert_int_equal(access(in_folder(f, left[i]), F_OK), -1);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        holds(in_folder(f, others[i]), "kept");
    holds(in_folder(f, name), "kept");
    assert_int_equal(rmdir(in_folder(f, "x.csv.2-0.new")), 0);
    write_text(f, &second, "second");
    assert_ok(dki_output_commit(&second, &f->err), &f->err);
    holds(f->path, "second");
    assert_ok(dki_output_commit(&first, &f->err), &f->err); /* it was at work, and was left alone */
    holds(f->path, "first");
    dki_output_drop(&first);
    dki_output_drop(&second);
}

/* Names are cut where there is no room for the numbers, and relative paths have no folder. */
static void a_sweep_finds_names_of_any_length(void **state)
{
    struct fixture *f = *state;
    char long_name[256], left[256], before[4096];
    dki_output output;

    memset(long_name, 'n', 255);
    long_name[255] = '\0';
    snprintf(left, sizeof left, "%.215s.12-34.new", long_name);
    assert_non_null(getcwd(before, sizeof before));
    put(in_folder(f, left), "left", 4, 0600);
    assert_int_equal(chdir(in_folder(f, "")), 0);
    assert_ok(dki_output_open(f->context, long_name, &output, &f->err), &f->err);
    dki_output_sweep(&output);
    assert_int_equal(access(left, F_OK), -1);
    assert_ok(dki_output_commit(&output, &f->err), &f->err);
    dki_output_drop(&output);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(n_files(f), 1);
}

struct stream {
    const char *path;
    char bytes[1000];
    size_t size;
};

static void *drain(void *arg)
{
    struct stream *s = arg;
    int fd = open(s->path, O_RDONLY);

    for (ssize_t n; s->size < 1000 && (n = read(fd, s->bytes + s->size, 1000 - s->size)) > 0;)
        s->size += (size_t)n;
    close(fd);
    return NULL;
}

static void a_pipe_is_written_to_directly(void **state)
{
    struct fixture *f = *state;
    struct stream stream = { .path = f->path };
    struct stat about;
    pthread_t thread;
    dki_output output;

    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(pthread_create(&thread, NULL, drain, &stream), 0);
    assert_ok(dki_output_open(f->context, f->path, &output, &f->err), &f->err);
    write_text(f, &output, "through");
    assert_ok(dki_output_commit(&output, &f->err), &f->err);
    dki_output_drop(&output);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(stream.size, 7);
    assert_memory_equal(stream.bytes, "through", 7);
    assert_int_equal(stat(f->path, &about), 0);
    assert_true(S_ISFIFO(about.st_mode));
}

/* `dekking report.lua >x.csv` where the script prints and writes to /dev/stdout: everything in its order, and
 * nothing that was printed is lost with a file that was replaced. */
static void standard_output_is_continued_also_where_it_is_a_file(void **state)
{
    struct fixture *f = *state;
    int before, fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dki_output output;
    char path[32];
    dk_status opened, committed;

    fflush(stdout);
    before = dup(STDOUT_FILENO);
    dup2(fd, STDOUT_FILENO);
    printf("printed\n"); /* stays in the C library's buffer */
    opened = dki_output_open(f->context, "/dev/stdout", &output, &f->err);
    if (opened == DK_OK)
        (void)!dki_output_write(&output, "written\n", 8, &f->err);
    committed = opened == DK_OK ? dki_output_commit(&output, &f->err) : opened;
    printf("printed again\n");
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    assert_ok(opened, &f->err);
    assert_ok(committed, &f->err);
    dki_output_drop(&output);
    holds(f->path, "printed\nwritten\nprinted again\n");

    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    assert_ok(dki_output_open(f->context, path, &output, &f->err), &f->err);
    write_text(f, &output, "more\n");
    dki_output_drop(&output); /* what was written to directly stays */
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_ok(dki_output_open(f->context, path, &output, &f->err), &f->err);
    write_text(f, &output, "and more\n");
    assert_ok(dki_output_commit(&output, &f->err), &f->err);
    dki_output_drop(&output);
    holds(f->path, "printed\nwritten\nprinted again\nmore\nand more\n");
    close(fd);
    assert_fails(dki_output_open(f->context, path, &output, &f->err), &f->err, DK_ERR_IO,
                 "cannot write it: Bad file descriptor");
    assert_int_equal(n_files(f), 1);
}

static void writing_survives_failing_memory(void **state)
{
    struct fixture *f = *state;
    dki_output output = { .fd = -1 };

    assert_survives_failing_memory(f->context, dki_output_open(f->context, f->path, &output, &f->err), &f->err,
                                   output.path == NULL && n_files(f) == 0, dki_output_drop(&output));
    put(f->path, "old", 3, 0600);
    output.path = NULL;
    assert_survives_failing_memory(f->context, dki_output_open(f->context, f->path, &output, &f->err), &f->err,
                                   output.path == NULL && n_files(f) == 1, dki_output_drop(&output));
    holds(f->path, "old");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_new_file_appears_when_it_is_complete),
        TEST(an_existing_file_stays_until_then_and_keeps_its_permissions),
        TEST(what_is_dropped_was_never_there),
        TEST(a_write_that_fails_leaves_the_old_file),
        TEST(a_commit_that_fails_is_told),
        TEST(links_lead_to_the_file_that_is_replaced),
        TEST(what_cannot_be_written_is_told_apart),
        TEST(the_longest_names_can_be_written),
        TEST(temporary_files_do_not_meet),
        TEST(a_sweep_removes_what_was_left),
        TEST(a_sweep_finds_names_of_any_length),
        TEST(a_pipe_is_written_to_directly),
        TEST(standard_output_is_continued_also_where_it_is_a_file),
        TEST(writing_survives_failing_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
