/* text_find.c - where a text stands in another, as it is. */
#include <stdint.h>
#include <string.h>

#include "text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Longer ones go to the C library, whose time never grows with their product; it has a table to fill before it begins. */
#define MOST_SHORT 32

/* The first place from `at` on, of those where all of text can stand; the last of them is size - n. */
static const char *find_short(const char *subject, size_t size, size_t at, const char *text, size_t n)
{
    size_t end = size - n + 1;

#ifdef __SSE2__
    __m128i first = _mm_set1_epi8(text[0]), last = _mm_set1_epi8(text[n - 1]);

    for (; end - at >= 16; at += 16) {
        __m128i begins = _mm_loadu_si128((const __m128i *)(const void *)(subject + at));
        __m128i ends = _mm_loadu_si128((const __m128i *)(const void *)(subject + at + n - 1));
        unsigned places =
            (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(begins, first), _mm_cmpeq_epi8(ends, last)));

        for (; places; places &= places - 1) {
            const char *place = subject + at + __builtin_ctz(places);

            if (memcmp(place + 1, text + 1, n - 2) == 0)
                return place;
        }
    }
#endif
    for (; at < end; at++)
        if (subject[at] == text[0] && subject[at + n - 1] == text[n - 1] &&
            memcmp(subject + at + 1, text + 1, n - 2) == 0)
            return subject + at;
    return NULL;
}

size_t dki_text_find(const char *subject, size_t size, size_t at, const char *text, size_t text_size)
{
    const char *found;

    if (at > size || text_size > size - at)
        return SIZE_MAX;
    if (text_size == 0)
        return at;
    if (text_size == 1)
        found = memchr(subject + at, text[0], size - at);
    else if (text_size <= MOST_SHORT)
        found = find_short(subject, size, at, text, text_size);
    else
        found = memmem(subject + at, size - at, text, text_size);
    return found ? (size_t)(found - subject) : SIZE_MAX;
}
