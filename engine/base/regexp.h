/* regexp.h - regular expressions: PCRE2's, over UTF-8, within limits. Its library is opened when the first one is
 * made; where it is not there, then or when dekking was built, that is said by name.
 *
 * Characters are code points; \d, \w, \s and \b know all scripts, and (?i) compares by simple case folding. \C is
 * refused, so that no match ends within a character. A match that takes more than the limits of steps, depth or
 * memory is an error. There is no JIT: its code counts other steps, and neither depth nor memory.
 */
#ifndef DKI_BASE_REGEXP_H
#define DKI_BASE_REGEXP_H

#include "arena.h"

#define DKI_REGEXP_STEPS 1000000 /* what PCRE2 calls the match limit */
#define DKI_REGEXP_DEPTH 100000
#define DKI_REGEXP_KIB 16384 /* memory of one match */
#define DKI_REGEXP_MOST_BYTES 65536

typedef struct dki_regexp dki_regexp;
typedef struct dki_regexp_work dki_regexp_work;

/* Whether the library is there. who needs it ("regexp_matches()"). Errors: DK_ERR_IO. */
dk_status dki_regexp_find_library(const char *who, dk_error *err);
/* Compiles an expression, in the arena, for any number of threads. A malformed one: DK_ERR_ARGUMENT, with PCRE2's
 * text, and *at is the byte of the expression. Else DK_ERR_IO (as above), DK_ERR_LIMIT (it is too long),
 * DK_ERR_MEMORY. */
dk_status dki_regexp_new(dki_arena *arena, const char *who, const char *bytes, size_t size, const dki_regexp **out,
                         size_t *at, dk_error *err);
size_t dki_regexp_n_captures(const dki_regexp *regexp);
/* The number of the capture of that name, 0 where there is none, or two. name is terminated. */
size_t dki_regexp_named(const dki_regexp *regexp, const char *name);

/* What matching needs, for one thread and any number of expressions, one after the other. */
dk_status dki_regexp_work_new(dk_context *context, const char *who, dki_regexp_work **out, dk_error *err);
void dki_regexp_work_release(dki_regexp_work *work); /* NULL does nothing */

/* Matches one after the other, as in Perl: `last` is where the one before ended (SIZE_MAX: there is none), and
 * `was_empty` whether that was empty; then another empty one is not looked for there. */
typedef struct dki_regexp_search {
    const dki_regexp *regexp;
    const char *subject;
    size_t size, last;
    bool was_empty;
} dki_regexp_search;
/* Whether a text has no match, as it lacks what each begins with or contains: true for many texts that have none, and found out
 * in a fraction of a match's time. */
bool dki_regexp_excludes(const dki_regexp *regexp, const char *subject, size_t size);
/* Errors  DK_ERR_LIMIT        a limit was passed: which one
 *         DK_ERR_ENCODING     the subject is not UTF-8
 *         DK_ERR_INTERRUPTED, DK_ERR_MEMORY */
dk_status dki_regexp_next(dki_regexp_search *search, dki_regexp_work *work, bool *found, dk_error *err);
/* Of the last match: capture i, 0 is the whole. False where it took no part. */
bool dki_regexp_capture(const dki_regexp_work *work, size_t i, size_t *from, size_t *size);

#endif
