/* pattern_match.c - the two kinds of patterns, told apart here and nowhere else. */
#include "pattern_match.h"

#include <string.h>

#include "base/status.h"

_Thread_local struct dki_pattern_counts dki_pattern_counts;

dk_status dki_matcher_init(dki_matcher *matcher, bool is_regexp, dki_arena *arena, const char *who, dk_text pattern,
                           size_t *at, dk_error *err)
{
    dk_status status;

    dki_pattern_counts.compiled++;
    matcher->is_regexp = is_regexp;
    *at = 0;
    if (is_regexp)
        return dki_regexp_new(arena, who, pattern.bytes, pattern.size, &matcher->regexp, at, err);
    status = dki_text_pattern_init(&matcher->pattern, arena, pattern.bytes, pattern.size, true, err);
    return status == DK_OK ? dki_text_pattern_check(&matcher->pattern, at, err) : status;
}

size_t dki_matcher_n_captures(const dki_matcher *matcher)
{
    return matcher->is_regexp ? dki_regexp_n_captures(matcher->regexp) : matcher->pattern.n_captures;
}

/* Matches ------------------------------------------------------------------------------------------------------ */

void dki_matches_init(dki_matches *matches, const dki_matcher *matcher, dki_regexp_work *work, dk_text text)
{
    dki_pattern_counts.matched++;
    matches->matcher = matcher;
    matches->work = work;
    matches->text = text;
    if (matcher->is_regexp)
        matches->regexp = (dki_regexp_search){ matcher->regexp, text.bytes, text.size, SIZE_MAX, false };
    else
        dki_text_search_init(&matches->search, &matcher->pattern, text.bytes, text.size, 0, DKI_PATTERN_STEPS);
}

dk_status dki_matches_next(dki_matches *matches, bool *found, dk_error *err)
{
    size_t size;
    dk_status status;

    if (matches->matcher->is_regexp) {
        status = dki_regexp_next(&matches->regexp, matches->work, found, err);
        if (status == DK_OK && *found && dki_regexp_capture(matches->work, 0, &matches->from, &size))
            matches->to = matches->from + size;
        return status;
    }
    status = dki_text_search_next(&matches->search, &matches->match, found, err);
    if (status == DK_ERR_LIMIT)
        return dki_fail(err, status, "the pattern takes more than %d steps", DKI_PATTERN_STEPS);
    matches->from = matches->match.from;
    matches->to = matches->match.to;
    return status;
}

bool dki_matches_capture(const dki_matches *matches, size_t i, dk_text *out, bool *is_place)
{
    size_t at = matches->from, size = matches->to - matches->from;

    *is_place = false;
    if (i > 0 && matches->matcher->is_regexp) {
        if (!dki_regexp_capture(matches->work, i, &at, &size))
            return false;
    } else if (i > 0) { /* the pattern was checked: each capture is there, and closed */
        at = matches->match.captures[i - 1].at;
        size = matches->match.captures[i - 1].size;
        *is_place = size == DKI_CAPTURE_PLACE;
    }
    *out = (dk_text){ matches->text.size > 0 ? matches->text.bytes + at : "", *is_place ? 0 : size };
    return true;
}

/* Replacements ------------------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ${12} or ${name}, of which the bytes between the braces are given: the capture, or -1. */
static int braced(const dki_matcher *matcher, const char *bytes, size_t size)
{
    char name[40];
    size_t i = 0;
    int number = 0;

    if (size == 0 || size >= sizeof name)
        return -1;
    while (i < size && i < 6 && is_digit(bytes[i]))
        number = number * 10 + (bytes[i++] - '0');
    if (i == size)
        return number;
    memcpy(name, bytes, size);
    name[size] = '\0';
    number = (int)dki_regexp_named(matcher->regexp, name);
    return number > 0 ? number : -1;
}

static dk_status regexp_part(const dki_matcher *matcher, dk_text text, size_t *at, dki_replacement_part *out,
                             bool *found, dk_error *err)
{
    const char *from = text.bytes + *at, *sign, *end;
    size_t left = text.size - *at, used = 1;

    *found = left > 0;
    if (!*found)
        return DK_OK;
    sign = memchr(from, '$', left);
    if (sign != from) {
        *out = (dki_replacement_part){ -1, from, sign ? (size_t)(sign - from) : left };
        *at += out->size;
        return DK_OK;
    }
    if (left > 1 && from[1] == '$') {
        *out = (dki_replacement_part){ -1, from, 1 };
        *at += 2;
        return DK_OK;
    }
    *out = (dki_replacement_part){ -1, NULL, 0 };
    if (left > 1 && is_digit(from[1])) {
        out->capture = 0;
        for (; used < left && used < 6 && is_digit(from[used]); used++)
            out->capture = out->capture * 10 + (from[used] - '0');
    } else if (left > 1 && from[1] == '{' && (end = memchr(from, '}', left)) != NULL) {
        out->capture = braced(matcher, from + 2, (size_t)(end - from) - 2);
        used = (size_t)(end - from) + 1;
        if (out->capture < 0)
            return dki_fail(err, DK_ERR_ARGUMENT, "the regular expression has no capture %.*s",
                            used < 40 ? (int)used - 3 : 40, from + 2);
    } else {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "invalid use of '$' in replacement string");
        dki_hint(err, "$1 or ${name} is a capture, $0 the whole match, $$ a dollar");
        return DK_ERR_ARGUMENT;
    }
    *at += used;
    return DK_OK;
}

dk_status dki_matcher_replacement(const dki_matcher *matcher, dk_text text, size_t *at, dki_replacement_part *out,
                                  bool *found, dk_error *err)
{
    size_t n = dki_matcher_n_captures(matcher), from = *at;
    dk_status status = matcher->is_regexp ? regexp_part(matcher, text, at, out, found, err)
                                          : dki_replacement_next(text.bytes, text.size, at, out, found, err);

    if (status != DK_OK || !*found || out->capture <= 0)
        return status;
    if (!matcher->is_regexp && out->capture == 1 && n == 0)
        out->capture = 0; /* %1 of a pattern without captures is the whole match */
    else if ((size_t)out->capture > n) {
        *at = from;
        return dki_fail(err, DK_ERR_ARGUMENT, "invalid capture index %c%d", matcher->is_regexp ? '$' : '%',
                        out->capture);
    }
    return DK_OK;
}

dk_status dki_matcher_check_replacement(const dki_matcher *matcher, dk_text text, size_t *at, dk_error *err)
{
    dki_replacement_part part;
    bool found = true;
    dk_status status = DK_OK;

    *at = 0;
    while (status == DK_OK && found)
        status = dki_matcher_replacement(matcher, text, at, &part, &found, err);
    return status;
}
