/* pattern_match.h - Lua patterns and regular expressions behind one face: compiled, and matched one match after
 * the other. For engine/expr alone.
 */
#ifndef DKI_EXPR_PATTERN_MATCH_H
#define DKI_EXPR_PATTERN_MATCH_H

#include <dekking/value.h>

#include "base/regexp.h"
#include "base/text_pattern.h"

#define DKI_PATTERN_STEPS 10000000 /* of a Lua pattern, for one text */

/* Compiled, for any number of threads. It may not be moved, and lives as long as the arena. */
typedef struct dki_matcher {
    bool is_regexp;
    dki_text_pattern pattern;
    const dki_regexp *regexp;
} dki_matcher;
/* Errors: DK_ERR_ARGUMENT for a malformed one, *at is the byte; DK_ERR_IO where there is no library, DK_ERR_LIMIT,
 * DK_ERR_MEMORY. who needs it. */
dk_status dki_matcher_init(dki_matcher *matcher, bool is_regexp, dki_arena *arena, const char *who, dk_text pattern,
                           size_t *at, dk_error *err);
/* What this thread compiled, and how many texts it matched: for tests. */
extern _Thread_local struct dki_pattern_counts {
    uint64_t compiled, matched;
} dki_pattern_counts;
size_t dki_matcher_n_captures(const dki_matcher *matcher);

/* Going through the matches of one text. */
typedef struct dki_matches {
    const dki_matcher *matcher;
    dki_regexp_work *work; /* of regular expressions; borrowed */
    dk_text text;
    size_t from, to; /* the last match */
    dki_text_search search;
    dki_text_match match;
    dki_regexp_search regexp;
} dki_matches;
void dki_matches_init(dki_matches *matches, const dki_matcher *matcher, dki_regexp_work *work, dk_text text);
/* Whether a text has no match, where that is found out at once; for speed alone. */
static inline bool dki_matcher_excludes(const dki_matcher *matcher, dk_text text)
{
    return matcher->is_regexp && dki_regexp_excludes(matcher->regexp, text.bytes, text.size);
}
/* *found: whether there is another one. Errors: those of the matchers. */
dk_status dki_matches_next(dki_matches *matches, bool *found, dk_error *err);
/* Capture i of the last match, 0 is all of it: false where it took no part. *is_place: it is Lua's (), and *out
 * the empty text there. */
bool dki_matches_capture(const dki_matches *matches, size_t i, dk_text *out, bool *is_place);

/* The part that begins at *at of a text that replaces matches: %1 for a pattern, $1 or ${name} for a regular
 * expression. Errors: DK_ERR_ARGUMENT, and *at is the byte that is wrong. */
dk_status dki_matcher_replacement(const dki_matcher *matcher, dk_text text, size_t *at, dki_replacement_part *out,
                                  bool *found, dk_error *err);
/* The same for all parts. */
dk_status dki_matcher_check_replacement(const dki_matcher *matcher, dk_text text, size_t *at, dk_error *err);

#endif
