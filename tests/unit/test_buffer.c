/* test_buffer.c - text that grows, and stays as it was when it cannot. */
#include "check.h"

#include <stdlib.h>
#include <wchar.h>

#include "base/buffer.h"

struct fixture {
    dk_context *context;
    dki_buffer buffer;
    dk_error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL || dk_context_new(&f->context, &f->err) != DK_OK)
        return -1;
    dki_buffer_init(&f->buffer, f->context);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    size_t left;

    dki_buffer_drop(&f->buffer);
    left = dk_context_used_bytes(f->context);
    dk_context_release(f->context);
    free(f);
    return left == 0 ? 0 : -1;
}

static void text_is_put_behind_text(void **state)
{
    struct fixture *f = *state;
    dki_buffer *b = &f->buffer;

    assert_ok(dki_buffer_append(b, NULL, 0, &f->err), &f->err);
    assert_string_equal(b->bytes, "");
    assert_ok(dki_buffer_text(b, "Arnhem", &f->err), &f->err);
    assert_ok(dki_buffer_append(b, ", Duiven", 2, &f->err), &f->err);
    assert_ok(dki_buffer_repeat(b, "ab", 3, &f->err), &f->err);
    assert_ok(dki_buffer_repeat(b, "x", 0, &f->err), &f->err);
    assert_ok(dki_buffer_repeat(b, "", 1000, &f->err), &f->err);
    assert_ok(dki_buffer_format(b, &f->err, " %d %s", 74, "%"), &f->err);
    assert_int_equal(b->size, 19);
    assert_string_equal(b->bytes, "Arnhem, ababab 74 %");
    assert_ok(dki_buffer_append(b, "\0z", 2, &f->err), &f->err);
    assert_int_equal(b->size, 21);
    assert_memory_equal(b->bytes, "Arnhem, ababab 74 %\0z", 22);
    dki_buffer_drop(b);
    assert_null(b->bytes);
    assert_int_equal(b->size, 0);
    assert_int_equal(dk_context_used_bytes(f->context), 0);
    assert_ok(dki_buffer_terminate(b, &f->err), &f->err); /* it can be used again */
    assert_string_equal(b->bytes, "");
    assert_int_equal(b->size, 0);
}

/* At each size around the doublings there is room for the terminator. */
static void every_size_has_its_terminator(void **state)
{
    struct fixture *f = *state;

    for (size_t n = 0; n < 5000; n++) {
        assert_int_equal(f->buffer.size, n);
        assert_ok(n % 3 ? dki_buffer_append(&f->buffer, "x", 1, &f->err)
                        : dki_buffer_format(&f->buffer, &f->err, "%c", 'y'),
                  &f->err);
        assert_int_equal(strlen(f->buffer.bytes), n + 1);
        assert_true(f->buffer.capacity > n + 1);
    }
    for (size_t n = 0; n < 5000; n++)
        assert_int_equal(f->buffer.bytes[n], n % 3 ? 'x' : 'y');
}

static void a_long_format_is_not_cut(void **state)
{
    struct fixture *f = *state;

    assert_ok(dki_buffer_text(&f->buffer, "begin", &f->err), &f->err);
    assert_ok(dki_buffer_format(&f->buffer, &f->err, "%100000d", 7), &f->err);
    assert_int_equal(f->buffer.size, 100005);
    assert_int_equal(f->buffer.bytes[100004], '7');
}

static void a_failure_leaves_what_is_there(void **state)
{
    struct fixture *f = *state;
    dki_buffer *b = &f->buffer;

    for (int with_text = 0; with_text < 2; with_text++) {
        size_t size = b->size;

        dk_context_fail_allocation(f->context, 1);
        assert_fails(dki_buffer_append(b, "0123456789abcdef", 16, &f->err), &f->err, DK_ERR_MEMORY,
                     "out of memory (an allocation of ");
        dk_context_fail_allocation(f->context, 1);
        assert_fails(dki_buffer_format(b, &f->err, "%s", "0123456789abcdef"), &f->err, DK_ERR_MEMORY,
                     "bytes failed on request)");
        dk_context_fail_allocation(f->context, with_text ? 0 : 1);
        assert_int_equal(dki_buffer_terminate(b, &f->err), with_text ? DK_OK : DK_ERR_MEMORY);
        dk_context_fail_allocation(f->context, 0);
        assert_fails(dki_buffer_append(b, "x", SIZE_MAX, &f->err), &f->err, DK_ERR_MEMORY,
                     "out of memory (a text would pass what there can be)");
        assert_fails(dki_buffer_append(b, "x", SIZE_MAX - size, &f->err), &f->err, DK_ERR_MEMORY, "there can be");
        assert_fails(dki_buffer_append(b, "x", SIZE_MAX - size - 1, &f->err), &f->err, DK_ERR_MEMORY,
                     "there can be");
        assert_int_equal(b->size, size);
        if (!with_text)
            assert_ok(dki_buffer_text(b, "0123456789", &f->err), &f->err);
    }
    assert_string_equal(b->bytes, "0123456789");
    /* A wide character that there is not. */
    assert_fails(dki_buffer_format(b, &f->err, "%lc", (wint_t)0x7FFFFFFF), &f->err, DK_ERR_ARGUMENT,
                 "a text could not be formatted");
    assert_string_equal(b->bytes, "0123456789");
    dk_context_set_budget(f->context, 1000);
    assert_fails(dki_buffer_repeat(b, "0123456789", 1000, &f->err), &f->err, DK_ERR_MEMORY, "of the budget");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(text_is_put_behind_text),
        TEST(every_size_has_its_terminator),
        TEST(a_long_format_is_not_cut),
        TEST(a_failure_leaves_what_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
