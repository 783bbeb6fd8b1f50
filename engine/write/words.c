/* words.c - what is said beside a table. */
#include "words.h"

#include <stdio.h>

#include "pattern.h"

#define NUMBER_BYTES 128

/* A number with marks between its thousands. */
static const char *count(uint64_t n, dk_style style, char out[NUMBER_BYTES])
{
    static const dki_pattern pattern = { .thousands = true };
    dk_value value = { .type = DK_INTEGER, .as.integer = n > INT64_MAX ? INT64_MAX : (int64_t)n };

    (void)dki_pattern_print(&pattern, &value, style, out, NUMBER_BYTES);
    return out;
}

static const char *rows(uint64_t n, dk_style style)
{
    if (style == DK_STYLE_NL)
        return n == 1 ? "rij" : "rijen";
    return n == 1 ? "row" : "rows";
}

static const char *columns(size_t n, dk_style style)
{
    if (style == DK_STYLE_NL)
        return n == 1 ? "kolom" : "kolommen";
    return n == 1 ? "column" : "columns";
}

static const char *not_shown(dk_style style)
{
    return style == DK_STYLE_NL ? "niet getoond" : "not shown";
}

void dki_words_rows_left_out(uint64_t n, dk_style style, char *out, size_t size)
{
    char number[NUMBER_BYTES];

    (void)snprintf(out, size, "%s %s %s", count(n, style, number), rows(n, style), not_shown(style));
}

void dki_words_columns_left_out(size_t n, size_t of, dk_style style, char *out, size_t size)
{
    char number[NUMBER_BYTES], all[NUMBER_BYTES];

    (void)snprintf(out, size, "%s %s %s %s %s", count(n, style, number), style == DK_STYLE_NL ? "van" : "of",
                   count(of, style, all), columns(of, style), not_shown(style));
}

void dki_words_size(uint64_t n_rows, size_t n_columns, dk_style style, char *out, size_t size)
{
    char n[NUMBER_BYTES], m[NUMBER_BYTES];

    (void)snprintf(out, size, "%s %s, %s %s", count(n_rows, style, n), rows(n_rows, style),
                   count(n_columns, style, m), columns(n_columns, style));
}

const char *dki_words_meaning(const dk_interval *interval, dk_style style)
{
    static const char *const dutch[DK_N_MEANINGS] = {
        [DK_MEANS_SUPPRESSED] = "onderdrukt",        [DK_MEANS_ESTIMATE] = "geschat",
        [DK_MEANS_UNAVAILABLE] = "niet beschikbaar", [DK_MEANS_IMPOSSIBLE] = "kan niet voorkomen",
        [DK_MEANS_UNBOUNDED] = "onbegrensd",
    };
    dk_meaning meaning = interval->meaning;

    if (interval->may_be_null && meaning == DK_MEANS_ESTIMATE)
        return style == DK_STYLE_NL ? "geschat, of geen getal" : "estimate, or null";
    if (interval->may_be_null)
        return style == DK_STYLE_NL ? "of geen getal" : "or null";
    if (meaning == DK_MEANS_NOTHING)
        return NULL;
    return style == DK_STYLE_NL ? dutch[meaning] : dk_meaning_name(meaning);
}

void dki_words_scale(dk_style style, const char **before, const char **between)
{
    *before = style == DK_STYLE_NL ? "balk van" : "bar of";
    *between = style == DK_STYLE_NL ? "tot" : "to";
}
