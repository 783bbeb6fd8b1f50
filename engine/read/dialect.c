/* dialect.c - which byte stands between the fields of a file, and what ends its records.
 *
 * Each candidate reads the first records (100 at most, within the first megabyte) as libcsv would. Then:
 *
 *   1. a candidate fits when all of these records have the same number of fields, two or more, and none is at fault;
 *      one that fits alone is the delimiter, two that fit are an error
 *   2. where none fits, those that cut the first record in two or more compete: the one under which most records have
 *      as many fields as the first wins, equals are an error (the reading will then say which record is ragged)
 *   3. where none cuts the first record, one that cuts all the others into the same number is taken, so that the
 *      reading refuses the first line, which is probably a title
 *   4. else the file has one column
 *
 * Invariants: the answer depends on the sample alone, never on the order of the candidates.
 */
#include "dialect.h"

#include <stdio.h>

#include "base/status.h"

#define SAMPLE_BYTES ((size_t)1 << 20)
#define SAMPLE_RECORDS 100
#define FIELD_BYTES SAMPLE_BYTES

static const char candidates[] = { ';', ',', '\t', '|' };
#define N_CANDIDATES (sizeof candidates)

typedef struct sample {
    size_t n_records;
    size_t first;        /* fields of the first record; 0: it is at fault */
    size_t second;       /* of the second */
    size_t n_like_first; /* records, the first included, with as many */
    size_t n_like_second;
    bool stopped;
} sample;

const char *dki_delimiter_name(char delimiter, char buffer[8])
{
    switch (delimiter) {
    case ';': return "semicolon";
    case ',': return "comma";
    case '\t': return "tab";
    case '|': return "bar";
    case DKI_NO_DELIMITER: return "none";
    default: snprintf(buffer, 8, "\"%c\"", delimiter); return buffer;
    }
}

dki_line_end dki_line_end_find(const char *bytes, size_t size, char quote)
{
    bool is_open = false;

    for (size_t i = 0; i < size && i < SAMPLE_BYTES; i++) {
        is_open = is_open != (bytes[i] == quote);
        if (is_open || (bytes[i] != '\n' && bytes[i] != '\r'))
            continue;
        if (bytes[i] == '\n')
            return DKI_END_LF;
        return i + 1 < size && bytes[i + 1] == '\n' ? DKI_END_CR_LF : DKI_END_CR;
    }
    return DKI_END_ANY;
}

static dk_status count_fields(sample *s, size_t n)
{
    if (s->n_records == 0)
        s->first = n;
    else if (s->n_records == 1)
        s->second = n;
    s->n_like_first += n == s->first && n > 0;
    s->n_like_second += s->n_records > 0 && n == s->second && n > 0;
    s->stopped = ++s->n_records == SAMPLE_RECORDS;
    return s->stopped ? DK_ERR_LIMIT : DK_OK; /* enough: ends the reading, and is no error */
}

static dk_status on_record(void *arg, const dki_record *record, dk_error *err)
{
    (void)err;
    return count_fields(arg, record->n_cells);
}

static dk_status on_fault(void *arg, const dki_fault *fault, dk_error *err)
{
    (void)fault;
    (void)err;
    return count_fields(arg, 0);
}

static dk_status refuse_tie(char a, char b, const char *name, dk_error *err)
{
    char one[8], other[8];

    dki_fail(err, DK_ERR_DATA, "the delimiter can be a %s or a %s: both cut the first records equally well",
             dki_delimiter_name(a, one), dki_delimiter_name(b, other));
    dki_hint(err, "state it: delimiter = \"%s\" or delimiter = \"%s\"", a == '\t' ? "\\t" : (char[]){ a, 0 },
             b == '\t' ? "\\t" : (char[]){ b, 0 });
    dki_at(err, name, 0, 0);
    return DK_ERR_DATA;
}

/* The best of the candidates by points (0: not in the race). */
static dk_status choose(const size_t points[N_CANDIDATES], const char *name, char *out, bool *found, dk_error *err)
{
    size_t best = 0, n_best = 0, at[N_CANDIDATES] = { 0 };

    for (size_t i = 0; i < N_CANDIDATES; i++) {
        if (points[i] > best) {
            best = points[i];
            n_best = 0;
        }
        if (points[i] == best && best > 0)
            at[n_best++] = i;
    }
    *found = n_best == 1;
    if (n_best > 1)
        return refuse_tie(candidates[at[0]], candidates[at[1]], name, err);
    if (*found)
        *out = candidates[at[0]];
    return DK_OK;
}

dk_status dki_delimiter_find(dk_context *context, const char *bytes, size_t size, const char *name, char quote,
                             char *out, dk_error *err)
{
    sample samples[N_CANDIDATES] = { 0 };
    size_t fits[N_CANDIDATES] = { 0 }, cuts_first[N_CANDIDATES] = { 0 }, cuts_rest[N_CANDIDATES] = { 0 };
    bool whole = size <= SAMPLE_BYTES, found = false;

    for (size_t i = 0; i < N_CANDIDATES; i++) {
        sample *s = &samples[i];
        dki_token_sink sink = { .arg = s, .record = on_record, .fault = on_fault };
        if (candidates[i] == quote)
            continue;
        dk_status status =
            dki_tokens_read(context, bytes, whole ? size : SAMPLE_BYTES, whole,
                            (dki_dialect){ .delimiter = candidates[i], .quote = quote }, FIELD_BYTES, &sink, err);
        if (status != DK_OK && !s->stopped)
            return status;
        fits[i] = s->first >= 2 && s->n_like_first == s->n_records;
        cuts_first[i] = s->first >= 2 ? s->n_like_first : 0;
        cuts_rest[i] = s->first == 1 && s->n_records > 2 && s->second >= 2 && s->n_like_second == s->n_records - 1;
    }
    dk_status status = choose(fits, name, out, &found, err);
    if (status == DK_OK && !found)
        status = choose(cuts_first, name, out, &found, err);
    if (status == DK_OK && !found)
        status = choose(cuts_rest, name, out, &found, err);
    if (status == DK_OK && !found)
        *out = DKI_NO_DELIMITER;
    return status;
}
