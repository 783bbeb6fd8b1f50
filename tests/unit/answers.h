/* answers.h - questions about tables that are written out, and the rows that answer them. */
#ifndef TESTS_UNIT_ANSWERS_H
#define TESTS_UNIT_ANSWERS_H

#include "tables.h"

#include "with_context.h"

static inline int start(void **state)
{
    return set_up(state);
}

static inline int stop(void **state)
{
    return tear_down(state);
}

/* The answer to a question must be these rows: in blocks of one row, too, and with one thread and two. */
static inline void assert_rows(const dk_table *table, const struct question *question, const char *expected)
{
    static const size_t blocks[] = { 1, 3, 64, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 4; i++) {
        for (unsigned threads = 1; threads <= 2; threads++) {
            dk_set_threads(threads);
            dk_context_set_block_rows(context, blocks[i]);
            assert_asked(table, question, expected);
        }
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(0);
}

/* The same of a table that is written out. */
static inline void assert_answer(const char *data, const struct question *question, const char *expected)
{
    const dk_table *table = make_table(context, data);

    assert_rows(table, question, expected);
    dk_table_release(table);
}

/* Nothing is left behind whichever allocation fails. */
static inline void assert_answer_survives(const char *data, const struct question *question)
{
    const dk_table *table = make_table(context, data);

    assert_ask_survives(question, table);
    dk_set_threads(0);
    dk_table_release(table);
}

static inline void assert_refused(const char *data, const struct question *question, dk_status expected,
                                  const char *part)
{
    const dk_table *table = make_table(context, data), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask_table(question, table, NULL, &result, &err), &err, expected, part);
    assert_null(result);
    dk_table_release(table);
}

#endif
