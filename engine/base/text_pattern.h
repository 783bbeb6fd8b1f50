/* text_pattern.h - Lua 5.4's patterns: the manual's definition, with stock Lua's results and texts of errors.
 *
 * A pattern is taken apart once, and may then be matched against any number of subjects, by several threads.
 * Subjects and patterns hold any bytes; classes (%a, %d, ...) are those of the C locale. As in Lua, what is wrong
 * with a pattern is an error of the match that gets so far; dki_text_pattern_check tells beforehand.
 *
 * Matching does not recurse, polls the context, and ends where its steps are used up: a step is a byte or an item
 * of the pattern that was looked at.
 */
#ifndef DKI_BASE_TEXT_PATTERN_H
#define DKI_BASE_TEXT_PATTERN_H

#include "arena.h"

#define DKI_PATTERN_CAPTURES 32         /* at most, as in stock Lua */
#define DKI_PATTERN_DEPTH 200           /* items on the way that can be tried otherwise, or are ends of captures */
#define DKI_CAPTURE_PLACE SIZE_MAX      /* the size of a capture that is a place: () */
#define DKI_CAPTURE_OPEN (SIZE_MAX - 1) /* of one that was not closed */

typedef struct dki_text_pattern {
    dk_context *context;            /* borrowed */
    struct dki_pattern_item *items; /* the last one is an end, or a fault */
    uint64_t (*sets)[4];            /* bytes, one bit each */
    size_t n_items, n_captures;     /* captures that were begun before the end */
    bool anchored, unfinished;      /* a capture stays open */
    bool splits; /* a set or a repetition takes single bytes of characters that have several, as in [é] and é* */
    size_t fault_at;   /* of what is wrong, in the pattern: valid where there is a fault */
    char fault[64];    /* what is wrong; "" */
    uint64_t room[96]; /* of a short pattern */
} dki_text_pattern;

/* Takes the pattern apart; the bytes are not needed afterwards. anchors: a ^ in front binds the match to where it
 * is looked for, as in find, match and gsub; else it is a character, as in gmatch. The pattern may not be moved; a
 * long one takes memory of the arena, whose context is the one that is polled. A malformed one is no error here.
 * Errors: DK_ERR_MEMORY. */
dk_status dki_text_pattern_init(dki_text_pattern *pattern, dki_arena *arena, const char *bytes, size_t size,
                                bool anchors, dk_error *err);
/* Whether a match can fail for what is wrong with the pattern: DK_ERR_ARGUMENT with Lua's text, and *at is the
 * byte of the pattern. n_captures is right where it cannot. */
dk_status dki_text_pattern_check(const dki_text_pattern *pattern, size_t *at, dk_error *err);
/* Whether the pattern has none of Lua's special characters: then find looks for the text as it stands (and a lone
 * ")" is no fault). */
bool dki_text_pattern_is_plain(const char *bytes, size_t size);

/* A match: bytes from .. to - 1 of the subject. */
typedef struct dki_text_capture {
    size_t at, size;
} dki_text_capture;
typedef struct dki_text_match {
    size_t from, to, n_captures;
    dki_text_capture captures[DKI_PATTERN_CAPTURES];
} dki_text_match;

/* Matches of a pattern in a subject, one after the other, as gmatch and gsub find them: none begins before the end
 * of the one before, and an empty one does not follow right behind a match. The first is that of find and match. */
typedef struct dki_text_search {
    const dki_text_pattern *pattern; /* borrowed */
    const char *subject;             /* borrowed */
    size_t size;
    size_t at;   /* where the next match is looked for */
    size_t last; /* where the last one ended; SIZE_MAX */
    bool is_over;
    uint64_t steps; /* left */
} dki_text_search;

/* at: where to begin, from 0; behind the end nothing is found. */
void dki_text_search_init(dki_text_search *search, const dki_text_pattern *pattern, const char *subject,
                          size_t size, size_t at, uint64_t steps);
/* *found: whether there is another match.
 *
 * Errors  DK_ERR_ARGUMENT     the pattern is malformed, or too complex (more than DKI_PATTERN_DEPTH): Lua's text
 *         DK_ERR_LIMIT        the steps are used up
 *         DK_ERR_INTERRUPTED  the context says so */
dk_status dki_text_search_next(dki_text_search *search, dki_text_match *match, bool *found, dk_error *err);
/* Capture i, from 0, the whole match where there are none and i is 0. Its size may be DKI_CAPTURE_PLACE.
 * Errors: DK_ERR_ARGUMENT, with Lua's text, where there is no such capture or it was not closed. */
dk_status dki_text_match_get(const dki_text_match *match, size_t i, dki_text_capture *out, dk_error *err);

/* A part of gsub's replacement text: what %0 to %9 stand for, or bytes as they are. */
typedef struct dki_replacement_part {
    int capture;       /* from 1, 0: the whole match, -1: bytes */
    const char *bytes; /* in the replacement */
    size_t size;
} dki_replacement_part;
/* The part that begins at *at, which moves on; false at the end. Errors: DK_ERR_ARGUMENT, with Lua's text, for a %
 * that is neither before a digit nor before a %, and *at stays on it. */
dk_status dki_replacement_next(const char *text, size_t size, size_t *at, dki_replacement_part *out, bool *found,
                               dk_error *err);

#endif
