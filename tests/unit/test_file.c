/* test_file.c - files read whole: of every size, from pipes, while they change, and what is said of those that
 * cannot. */
#include "files.h"
#include "watched.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

#include "base/file.h"

/* Bytes that differ from place to place, so that no two pieces can be mixed up. */
static char *pattern(size_t size)
{
    char *bytes = malloc(size + 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)((i * 2654435761u) >> 13 ^ i >> 20);
    return bytes;
}

static void files_of_every_size_are_read_whole(void **state)
{
    static const size_t sizes[] = { 0,       1,        65535,        65536,        65537,       1000000,
                                    8 * MIB, 16 * MIB, 16 * MIB + 1, 24 * MIB - 1, 24 * MIB + 7 };
    struct fixture *f = *state;
    size_t n = sizeof sizes / sizeof *sizes;
    char *bytes = pattern(25 * MIB);

    for (size_t i = 0; i < n; i++)
        for (unsigned threads = 1; threads <= 4; threads += 3) {
            dki_file file = { 0 };

            put(f->path, bytes, sizes[i], 0600);
            dk_set_threads(threads);
            assert_ok(dki_file_open(f->context, f->path, &file, &f->err), &f->err);
            assert_int_equal(file.size, sizes[i]);
            if (memcmp(file.bytes, bytes, sizes[i]) != 0)
                fail_msg("%zu bytes are others, with %u threads", sizes[i], threads);
            assert_true(dk_context_used_bytes(f->context) <= sizes[i] + 66000);
            dki_file_close(&file);
            assert_int_equal(dk_context_used_bytes(f->context), 0);
            dki_file_close(&file);
        }
    free(bytes);
}

struct stream {
    const char *path;
    int fd;
    const char *bytes;
    size_t size;
};

static void *feed(void *arg)
{
    struct stream *s = arg;
    int fd = s->path ? open(s->path, O_WRONLY) : s->fd;

    for (size_t done = 0; done < s->size;) {
        ssize_t n = write(fd, s->bytes + done, s->size - done < 4567 ? s->size - done : 4567);

        if (n <= 0)
            break;
        done += (size_t)n;
    }
    close(fd);
    return NULL;
}

/* The room of a stream doubles while it comes, and what is too much of it is given back. */
static void pipes_are_read_to_their_end(void **state)
{
    static const size_t sizes[] = { 0, 1, 65536, 65537, 300000, 5000000 };
    struct fixture *f = *state;
    char *bytes = pattern(5000000);

    assert_int_equal(mkfifo(f->path, 0600), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct stream stream = { .path = f->path, .bytes = bytes, .size = sizes[i] };
        dki_file file;
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, feed, &stream), 0);
        assert_ok(dki_file_open(f->context, f->path, &file, &f->err), &f->err);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(file.size, sizes[i]);
        assert_memory_equal(file.bytes, bytes, sizes[i]);
        assert_true(dk_context_used_bytes(f->context) <= sizes[i] + 66000);
        dki_file_close(&file);
    }
    free(bytes);
}

static void a_dash_is_standard_input(void **state)
{
    struct fixture *f = *state;
    int ends[2], before = dup(STDIN_FILENO), fd;
    struct stream stream = { .bytes = "a;b\n1;2\n", .size = 8 };
    dki_file file;
    pthread_t thread;

    assert_int_equal(pipe(ends), 0);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    stream.fd = ends[1];
    assert_int_equal(pthread_create(&thread, NULL, feed, &stream), 0);
    assert_ok(dki_file_open(f->context, "-", &file, &f->err), &f->err);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(file.size, 8);
    assert_memory_equal(file.bytes, "a;b\n1;2\n", 8);
    dki_file_close(&file);

    put(f->path, "title\na;b\n", 10, 0600); /* a file of which a part was read already */
    fd = open(f->path, O_RDONLY);
    dup2(fd, STDIN_FILENO);
    close(fd);
    assert_int_equal(lseek(STDIN_FILENO, 6, SEEK_SET), 6);
    assert_ok(dki_file_open(f->context, "-", &file, &f->err), &f->err);
    assert_int_equal(file.size, 4);
    assert_memory_equal(file.bytes, "a;b\n", 4);
    dki_file_close(&file);

    fd = open(f->folder, O_RDONLY);
    dup2(fd, STDIN_FILENO);
    close(fd);
    assert_fails(dki_file_open(f->context, "-", &file, &f->err), &f->err, DK_ERR_IO,
                 "standard input: is a directory, not a file");
    dup2(before, STDIN_FILENO);
    close(before);
}

/* What the system tells nothing about in advance is read too. */
static void files_without_a_size_are_read(void **state)
{
    struct fixture *f = *state;
    dki_file file;

    assert_ok(dki_file_open(f->context, "/proc/self/status", &file, &f->err), &f->err);
    assert_true(file.size > 100);
    assert_memory_equal(file.bytes, "Name:\t", 6);
    dki_file_close(&file);
    assert_ok(dki_file_open(f->context, "/dev/null", &file, &f->err), &f->err);
    assert_int_equal(file.size, 0);
    dki_file_close(&file);
}

static void what_cannot_be_read_is_told_apart(void **state)
{
    struct fixture *f = *state;
    bool is_root = geteuid() == 0;
    dki_file file = { .size = 42 };

    assert_fails(
        dki_file_open(f->context, f->path, &file, &f->err), &f->err, DK_ERR_IO,
        "/x.csv: the file does not exist (check the name, and the folder that the program was started in)");
    assert_string_equal(f->err.file, f->path);
    assert_int_equal(f->err.line, 0);
    assert_fails(dki_file_open(f->context, "", &file, &f->err), &f->err, DK_ERR_IO, "the name is empty");
    assert_fails(dki_file_open(f->context, f->folder, &file, &f->err), &f->err, DK_ERR_IO,
                 ": is a directory, not a file");
    put(f->path, "x", 1, 0000);
    assert_fails(dki_file_open(f->context, in_folder(f, "x.csv/y.csv"), &file, &f->err), &f->err, DK_ERR_IO,
                 "the file does not exist");
    if (is_root) /* who may do everything */
        assert_int_equal(setresuid(NOBODY, NOBODY, 0), 0);
    assert_fails(dki_file_open(f->context, f->path, &file, &f->err), &f->err, DK_ERR_IO,
                 "/x.csv: no permission to read it");
    if (is_root)
        assert_int_equal(setresuid(0, 0, 0), 0);
    unlink(f->path);
    assert_int_equal(symlink("x.csv", f->path), 0);
    assert_fails(dki_file_open(f->context, f->path, &file, &f->err), &f->err, DK_ERR_IO,
                 "cannot read it: Too many levels of symbolic links");
    assert_int_equal(file.size, 42);
}

static void the_budget_ends_an_endless_stream(void **state)
{
    struct fixture *f = *state;
    dki_file file = { .size = 42 };

    dk_context_set_budget(f->context, MIB);
    assert_fails(dki_file_open(f->context, "/dev/zero", &file, &f->err), &f->err, DK_ERR_MEMORY,
                 "of the budget of 1.0 MiB");
    put(f->path, "", 0, 0600);
    assert_int_equal(truncate(f->path, (off_t)(2 * MIB)), 0);
    assert_fails(dki_file_open(f->context, f->path, &file, &f->err), &f->err, DK_ERR_MEMORY,
                 "needs 2.0 MiB more, and 0.0 of the budget of 1.0 MiB");
    assert_int_equal(file.size, 42);
    assert_int_equal(dk_context_used_bytes(f->context), 0);
}

static void reading_survives_failing_memory(void **state)
{
    struct fixture *f = *state;
    dki_file file = { 0 };
    char *bytes = pattern(17 * MIB);
    struct stream stream = { .path = in_folder(f, "pipe"), .bytes = bytes, .size = 200000 };

    put(f->path, bytes, 17 * MIB, 0600);
    assert_survives_failing_memory(f->context, dki_file_open(f->context, f->path, &file, &f->err), &f->err,
                                   file.bytes == NULL, dki_file_close(&file));
    assert_int_equal(mkfifo(stream.path, 0600), 0);
    for (uint64_t nth = 1; nth <= 4; nth++) { /* the first room, two doublings; giving back may fail */
        pthread_t thread;
        dk_status status;

        signal(SIGPIPE, SIG_IGN);
        assert_int_equal(pthread_create(&thread, NULL, feed, &stream), 0);
        dk_context_fail_allocation(f->context, nth);
        status = dki_file_open(f->context, stream.path, &file, &f->err);
        dk_context_fail_allocation(f->context, 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        signal(SIGPIPE, SIG_DFL);
        assert_int_equal(status, nth <= 3 ? DK_ERR_MEMORY : DK_OK);
        if (status == DK_OK) {
            assert_int_equal(file.size, 200000);
            assert_memory_equal(file.bytes, bytes, 200000);
            dki_file_close(&file);
        }
        assert_int_equal(dk_context_used_bytes(f->context), 0);
    }
    free(bytes);
}

static dk_context *to_interrupt;

static void on_alarm(int number)
{
    (void)number;
    dk_context_interrupt(to_interrupt);
}

/* A pipe that nobody writes to: opening it waits, and so does reading from it. */
static void waiting_for_a_pipe_can_be_interrupted(void **state)
{
    struct fixture *f = *state;
    struct sigaction action = { .sa_handler = on_alarm }, before;
    struct itimerval often = { { 0, 20000 }, { 0, 20000 } }, never = { { 0, 0 }, { 0, 0 } };
    dki_file file;
    dki_output output;
    int fd;

    to_interrupt = f->context;
    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    setitimer(ITIMER_REAL, &often, NULL);
    assert_fails(dki_file_open(f->context, f->path, &file, &f->err), &f->err, DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(f->context);
    assert_fails(dki_output_open(f->context, f->path, &output, &f->err), &f->err, DK_ERR_INTERRUPTED,
                 "interrupted");
    fd = open(f->path, O_RDWR);
    dk_context_clear_interrupt(f->context);
    assert_fails(dki_file_open(f->context, f->path, &file, &f->err), &f->err, DK_ERR_INTERRUPTED, "interrupted");
    /* Nobody reads either: the pipe is full some time. */
    dk_context_clear_interrupt(f->context);
    assert_ok(dki_output_open(f->context, f->path, &output, &f->err), &f->err);
    for (dk_status status = DK_OK; status == DK_OK;) {
        status = dki_output_write(&output, "0123456789", 10, &f->err);
        if (status != DK_OK)
            assert_int_equal(status, DK_ERR_INTERRUPTED);
    }
    dki_output_drop(&output);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    close(fd);
}

static void reading_polls(void **state)
{
    struct fixture *f = *state;
    dki_file file;

    for (size_t size = 0; size <= 20 * MIB; size += 10 * MIB) {
        put(f->path, "", 0, 0600);
        assert_int_equal(truncate(f->path, (off_t)size), 0);
        dk_context_interrupt(f->context);
        assert_fails(dki_file_open(f->context, f->path, &file, &f->err), &f->err, DK_ERR_INTERRUPTED,
                     "interrupted");
        dk_context_clear_interrupt(f->context);
        assert_int_equal(dk_context_used_bytes(f->context), 0);
    }
}

struct changing {
    const char *path;
    atomic_bool stop;
};

static void *change_size(void *arg)
{
    struct changing *c = arg;

    while (!atomic_load(&c->stop))
        (void)!truncate(c->path, 20 * MIB), (void)!truncate(c->path, 3 * MIB), (void)!truncate(c->path, 30 * MIB);
    return NULL;
}

/* A file that shrinks and grows all the time: what is read is one of its sizes, or between them, and no crash. */
static void a_file_may_change_while_it_is_read(void **state)
{
    struct fixture *f = *state;
    struct changing changing = { .path = f->path };
    pthread_t thread;

    put(f->path, "", 0, 0600);
    dk_set_threads(3);
    assert_int_equal(pthread_create(&thread, NULL, change_size, &changing), 0);
    for (unsigned i = 0; i < watched(30, 30, 3); i++) {
        dki_file file;

        assert_ok(dki_file_open(f->context, f->path, &file, &f->err), &f->err);
        assert_true(file.size <= 30 * MIB);
        for (size_t at = 0; at < file.size; at++)
            if (file.bytes[at] != 0)
                fail_msg("byte %zu of %zu was never read", at, file.size);
        dki_file_close(&file);
    }
    atomic_store(&changing.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(files_of_every_size_are_read_whole),
        TEST(pipes_are_read_to_their_end),
        TEST(a_dash_is_standard_input),
        TEST(files_without_a_size_are_read),
        TEST(what_cannot_be_read_is_told_apart),
        TEST(the_budget_ends_an_endless_stream),
        TEST(reading_survives_failing_memory),
        TEST(waiting_for_a_pipe_can_be_interrupted),
        TEST(reading_polls),
        TEST(a_file_may_change_while_it_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
