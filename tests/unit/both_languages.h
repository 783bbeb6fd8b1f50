/* both_languages.h - random expressions, each in our language and in SQLite's.
 *
 * They are over columns c and k (categories), s (text), b and a (booleans), m and n (small integers), x (any integer), d
 * (decimals of two digits), r (reals), e and f (dates).
 *
 * Where the two differ, the translation says what is meant:
 *   x / y        a ratio here, compared exactly; there the comparison is written without division
 *   //, %        rounds down here, towards zero there
 *   overflow     an error here, a rounded real there: numbers are small, but for those that are only compared
 *   decimals     held there as integers of hundredths
 *   booleans     0 and 1 there; between conditions = and <> only
 *   replace      of the empty text by null is the text there, null here
 *   find         null where there is none, 0 there
 *   lower, upper ASCII only there: letters are ASCII where they are asked for
 *   least, max   null where one is null in both; a category goes by its declared order here, so that none is declared
 */
#ifndef TESTS_UNIT_BOTH_LANGUAGES_H
#define TESTS_UNIT_BOTH_LANGUAGES_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "random.h"

#define LONGEST 6000

/* The same in both languages. */
typedef struct both {
    char ours[LONGEST], theirs[LONGEST];
} both;

enum kind { CONDITION, SMALL, HUNDREDTHS, TEXT, ASCII, DATE, N_KINDS };

static inline void make(both *out, enum kind kind, int depth);

DK_PRINTF(2, 3) static inline void write_ours(both *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(out->ours, LONGEST, format, args);
    va_end(args);
}

DK_PRINTF(2, 3) static inline void write_theirs(both *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(out->theirs, LONGEST, format, args);
    va_end(args);
}

static inline both *new_both(enum kind kind, int depth)
{
    both *made = malloc(sizeof *made);

    assert_non_null(made);
    make(made, kind, depth);
    return made;
}

static inline void make_leaf(both *out, enum kind kind)
{
    static const char *const conditions[] = { "b", "a", "true", "false", "null" };
    static const char *const wholes[] = { "m", "n", "0", "2", "-3", "null" };
    static const char *const texts[] = { "c", "k", "s", "'a'", "'é'", "''", "'Arnhem'", "null" };
    static const char *const ascii[] = { "c", "'aB'", "''", "null" };
    unsigned i;

    switch (kind) {
    case CONDITION: strcpy(out->theirs, strcpy(out->ours, conditions[pick(5)])); return;
    case SMALL: strcpy(out->theirs, strcpy(out->ours, wholes[pick(6)])); return;
    case TEXT: strcpy(out->theirs, strcpy(out->ours, texts[pick(8)])); return;
    case ASCII: strcpy(out->theirs, strcpy(out->ours, ascii[pick(4)])); return;
    case HUNDREDTHS:
        i = pick(4);
        strcpy(out->ours, i < 2 ? "d" : i == 2 ? "1.25" : "-0.50");
        strcpy(out->theirs, i < 2 ? "d" : i == 2 ? "125" : "-50");
        return;
    default:
        i = pick(4);
        strcpy(out->ours, i < 2 ? "e" : i == 2 ? "f" : "date '2023-12-10'");
        strcpy(out->theirs, i < 2 ? "e" : i == 2 ? "f" : "19701");
    }
}

/* SQLite compares integers with reals as long doubles. Valgrind computes these with 53 bits: then it cannot be asked. */
static inline bool has_wide_reals(void)
{
    volatile int64_t whole = INT64_C(9007199254740993);
    volatile long double real = (long double)whole;

    return (int64_t)real == whole;
}

/* Two of one kind that have an order, in one scale. */
static inline void make_comparison(both *out, int depth)
{
    static const char *const signs[][2] = { { "==", "=" },  { "~=", "<>" }, { "<", "<" },
                                            { "<=", "<=" }, { ">", ">" },   { ">=", ">=" } };
    static const char *const exact[] = { "r", "x", "m", "n", "9007199254740992", "9223372036854775807", "0" };
    const char *const *sign = signs[pick(6)];
    unsigned choice = pick(8);
    both *p, *q;

    if (choice == 0) { /* any numbers, as they are */
        const char *left = exact[pick(6) + !has_wide_reals()], *right = exact[pick(6) + !has_wide_reals()];

        write_ours(out, "(%s %s %s)", left, sign[0], right);
        write_theirs(out, "(%s %s %s)", left, sign[1], right);
        return;
    }
    if (choice == 1) { /* a ratio against a number: m / n >= 0.9 */
        p = new_both(SMALL, depth);
        q = new_both(SMALL, depth);
        write_ours(out, "(%s / %s %s 0.9)", p->ours, q->ours, sign[0]);
        write_theirs(out,
                     "(CASE WHEN %s > 0 THEN (%s) * 10 %s (%s) * 9 WHEN (%s) < 0 THEN (%s) * 9 %s (%s) * 10 END)",
                     q->theirs, p->theirs, sign[1], q->theirs, q->theirs, q->theirs, sign[1], p->theirs);
    } else {
        static const enum kind kinds[] = { SMALL, HUNDREDTHS, TEXT, TEXT, DATE, SMALL };
        enum kind kind = kinds[choice - 2];

        p = new_both(kind, depth);
        q = new_both(kind, depth);
        write_ours(out, "(%s %s %s)", p->ours, sign[0], q->ours);
        write_theirs(out, "(%s %s %s)", p->theirs, sign[1], q->theirs);
        if (strcmp(p->ours, "null") == 0 ||
            strcmp(q->ours, "null") == 0) /* nothing is compared with the word null */
            make_leaf(out, CONDITION);
    }
    free(p);
    free(q);
}

static inline void make_condition(both *out, int depth)
{
    unsigned choice = pick(13);
    enum kind kind = (enum kind)pick(N_KINDS);
    bool negated = pick(2);
    both *p, *q = NULL, *r = NULL;

    if (choice < 4) {
        make_comparison(out, depth);
        return;
    }
    if (choice < 6) {
        p = new_both(CONDITION, depth);
        q = new_both(CONDITION, depth);
        write_ours(out, "(%s %s %s)", p->ours, choice == 4 ? "and" : "or", q->ours);
        write_theirs(out, "(%s %s %s)", p->theirs, choice == 4 ? "AND" : "OR", q->theirs);
    } else if (choice == 6) {
        p = new_both(CONDITION, depth);
        write_ours(out, "(not %s)", p->ours);
        write_theirs(out, "(NOT %s)", p->theirs);
    } else if (choice == 7) {
        p = new_both(kind, depth);
        write_ours(out, "(%s is null)", p->ours);
        write_theirs(out, "(%s IS NULL)", p->theirs);
    } else if (choice == 8) {
        p = new_both(CONDITION, depth);
        write_ours(out, "(%s is not true)", p->ours);
        write_theirs(out, "(coalesce(%s, 0) = 0)", p->theirs);
    } else if (choice == 9) {
        if (kind == CONDITION)
            kind = SMALL;
        p = new_both(kind, depth);
        q = new_both(kind, depth);
        r = new_both(kind, depth);
        write_ours(out, "(%s between %s and %s)", p->ours, q->ours, r->ours);
        write_theirs(out, "(%s BETWEEN %s AND %s)", p->theirs, q->theirs, r->theirs);
    } else if (choice == 10) {
        p = new_both(kind, depth);
        q = new_both(kind, depth);
        r = new_both(kind, depth);
        write_ours(out, "(%s %s (%s, %s))", p->ours, negated ? "not in" : "in", q->ours, r->ours);
        write_theirs(out, "(%s %s (%s, %s))", p->theirs, negated ? "NOT IN" : "IN", q->theirs, r->theirs);
    } else if (choice == 11) {
        p = new_both(TEXT, depth);
        q = new_both(TEXT, 0);
        write_ours(out, "contains(%s, %s)", p->ours, q->ours);
        write_theirs(out, "(instr(%s, %s) > 0)", p->theirs, q->theirs);
    } else {
        p = new_both(CONDITION, depth);
        q = new_both(CONDITION, depth);
        write_ours(out, "(%s ~= %s)", p->ours, q->ours);
        write_theirs(out, "((%s) <> (%s))", p->theirs, q->theirs);
        if (strcmp(p->ours, "null") == 0 || strcmp(q->ours, "null") == 0)
            make_leaf(out, CONDITION);
    }
    free(p);
    free(q);
    free(r);
}

/* case, coalesce, least and greatest of any kind. */
static inline void make_choice(both *out, enum kind kind, int depth)
{
    unsigned choice = pick(kind == CONDITION ? 2 : 4);
    both *p = new_both(kind, depth), *q = new_both(kind, depth), *condition = new_both(CONDITION, depth);

    if (choice == 0) {
        write_ours(out, "case(%s, %s, %s)", condition->ours, p->ours, q->ours);
        write_theirs(out, "(CASE WHEN %s THEN %s ELSE %s END)", condition->theirs, p->theirs, q->theirs);
    } else if (choice == 1) {
        write_ours(out, "coalesce(%s, %s)", p->ours, q->ours);
        write_theirs(out, "coalesce(%s, %s)", p->theirs, q->theirs);
    } else {
        write_ours(out, "%s(%s, %s)", choice == 2 ? "least" : "greatest", p->ours, q->ours);
        write_theirs(out, "%s(%s, %s)", choice == 2 ? "min" : "max", p->theirs, q->theirs);
    }
    free(p);
    free(q);
    free(condition);
}

static inline void make_small(both *out, int depth)
{
    unsigned choice = pick(8);
    both *p = new_both(choice == 5 || choice == 7 ? TEXT : choice == 6 ? DATE : SMALL, depth);
    both *q = new_both(choice == 6 ? DATE : choice == 7 ? TEXT : SMALL, 0);

    switch (choice) {
    case 0:
    case 1:
        write_ours(out, "(%s %c %s)", p->ours, "+-"[choice], q -> ours);
        write_theirs(out, "(%s %c %s)", p->theirs, "+-"[choice], q -> theirs);
        break;
    case 2:
        write_ours(out, "(%s // %s)", p->ours, q->ours);
        write_theirs(out, "(%s / %s - (%s %% %s <> 0 AND ((%s) < 0) <> ((%s) < 0)))", p->theirs, q->theirs,
                     p->theirs, q->theirs, p->theirs, q->theirs);
        break;
    case 3:
        write_ours(out, "(%s %% %s)", p->ours, q->ours);
        write_theirs(out, "((%s %% %s + %s) %% %s)", p->theirs, q->theirs, q->theirs, q->theirs);
        break;
    case 4:
        write_ours(out, "abs(-(%s))", p->ours);
        write_theirs(out, "abs(-(%s))", p->theirs);
        break;
    case 5:
        write_ours(out, "length(%s)", p->ours);
        write_theirs(out, "length(%s)", p->theirs);
        break;
    case 7: /* nowhere is null here */
        write_ours(out, "coalesce(find(%s, %s), 0)", p->ours, q->ours);
        write_theirs(out, "coalesce(instr(%s, %s), 0)", p->theirs, q->theirs);
        break;
    default: write_ours(out, "(%s - %s)", p->ours, q->ours); write_theirs(out, "(%s - %s)", p->theirs, q->theirs);
    }
    free(p);
    free(q);
}

static inline void make_hundredths(both *out, int depth)
{
    unsigned choice = pick(4);
    both *p = new_both(HUNDREDTHS, depth), *q = new_both(choice < 2 ? HUNDREDTHS : SMALL, depth);

    if (choice < 2) {
        write_ours(out, "(%s %c %s)", p->ours, "+-"[choice], q -> ours);
        write_theirs(out, "(%s %c %s)", p->theirs, "+-"[choice], q -> theirs);
    } else if (choice == 2) {
        write_ours(out, "(%s + %s)", p->ours, q->ours);
        write_theirs(out, "(%s + %s * 100)", p->theirs, q->theirs);
    } else {
        write_ours(out, "(-(%s))", p->ours);
        write_theirs(out, "(-(%s))", p->theirs);
    }
    free(p);
    free(q);
}

static inline void make_text(both *out, enum kind kind, int depth)
{
    unsigned choice = pick(6), n = pick(5);
    both *p = new_both(choice == 2 ? ASCII : kind, depth), *q = new_both(kind, 0), *r = new_both(kind, 0);

    if (choice == 0) {
        write_ours(out, "(%s .. %s)", p->ours, q->ours);
        write_theirs(out, "(%s || %s)", p->theirs, q->theirs);
    } else if (choice == 1) {
        write_ours(out, "trim(%s)", p->ours);
        write_theirs(out, "trim(%s)", p->theirs);
    } else if (choice == 3) {
        write_ours(out, "replace(%s, %s, %s)", p->ours, q->ours, r->ours);
        write_theirs(out, "CASE WHEN %s IS NOT NULL THEN replace(%s, %s, %s) END", r->theirs, p->theirs, q->theirs,
                     r->theirs);
    } else if (choice == 4) {
        write_ours(out, "sub(%s, %u, %u)", p->ours, n + 1, n + 3);
        write_theirs(out, "substr(%s, %u, 3)", p->theirs, n + 1);
    } else if (choice == 5) {
        write_ours(out, "(left(%s, %u) .. right(%s, %u))", p->ours, n, p->ours, n + 1);
        write_theirs(out, "(substr(%s, 1, %u) || substr(%s, -%u))", p->theirs, n, p->theirs, n + 1);
    } else {
        write_ours(out, "%s(%s)", pick(2) ? "upper" : "lower", p->ours);
        write_theirs(out, "%.5s(%s)", out->ours, p->theirs);
    }
    free(p);
    free(q);
    free(r);
}

static inline void make(both *out, enum kind kind, int depth)
{
    both *p, *q;

    if (depth == 0 || pick(6) == 0) {
        make_leaf(out, kind);
        return;
    }
    if (pick(4) == 0) {
        make_choice(out, kind, depth - 1);
        return;
    }
    switch (kind) {
    case CONDITION: make_condition(out, depth - 1); return;
    case SMALL: make_small(out, depth - 1); return;
    case HUNDREDTHS: make_hundredths(out, depth - 1); return;
    case TEXT:
    case ASCII: make_text(out, kind, depth - 1); return;
    default:
        p = new_both(DATE, depth - 1);
        q = new_both(SMALL, 0);
        write_ours(out, "(%s + %s)", p->ours, q->ours);
        write_theirs(out, "(%s + %s)", p->theirs, q->theirs);
        free(p);
        free(q);
    }
}

#endif
