/* fuzz_pattern.c - any bytes as a Lua pattern and its subject: no crash, every match lies in the subject and
 * behind the one before, and steps are never more than were allowed.
 *
 * The first byte is the length of the pattern, the second says whether ^ is an anchor. Run by libFuzzer, or over
 * files by replay.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS 200000
#define MUST(holds)   \
    do {              \
        if (!(holds)) \
            abort();  \
    } while (0)

/* Captures that are open when a match ends are an error of who asks for them; the others lie in the match, or are
 * places. */
static void look_at(const dki_text_match *match, size_t size)
{
    MUST(match->from <= match->to && match->to <= size);
    for (size_t i = 0; i < match->n_captures; i++) {
        dki_text_capture capture;
        dk_error err = DK_ERROR_INIT;

        if (dki_text_match_get(match, i, &capture, &err) == DK_OK && capture.size != DKI_CAPTURE_PLACE)
            MUST(capture.at >= match->from && capture.at + capture.size <= match->to);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dk_context *context;
    dki_arena arena;
    dki_text_pattern pattern;
    dki_text_search search;
    dki_text_match match;
    dk_error err = DK_ERROR_INIT;
    size_t n, before = 0;
    bool found = true;

    if (size < 2)
        return 0;
    n = data[0] < size - 2 ? data[0] : size - 2;
    MUST(dk_context_new(&context, &err) == DK_OK);
    dki_arena_init(&arena, context);
    MUST(dki_text_pattern_init(&pattern, &arena, (const char *)data + 2, n, data[1] & 1, &err) == DK_OK);
    dki_text_search_init(&search, &pattern, (const char *)data + 2 + n, size - 2 - n, 0, STEPS);
    while (found && dki_text_search_next(&search, &match, &found, &err) == DK_OK && found) {
        look_at(&match, size - 2 - n);
        MUST(match.from >= before && search.steps <= STEPS);
        before = match.to;
    }
    dki_arena_drop(&arena);
    MUST(dk_context_used_bytes(context) == 0);
    dk_context_release(context);
    return 0;
}
