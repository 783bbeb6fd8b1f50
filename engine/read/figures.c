/* figures.c - the lines of a published table into labels and numbers.
 *
 *    Arnhem 12 724 1.758 489 2.983     label, then numbers to the end of the line
 *   Berg en Dal   3  17                a label of three words; any number of blanks between two words
 *   # remark                           skipped, as blank lines are
 *   TOTAAL AMR 62 1.322 ...            the total: only blank lines and remarks may follow
 *
 * Words of a label have no digit; from the first word with one on, everything is a number. Blanks are space, tab, form
 * feed (pdftotext puts one between pages) and the no-break space.
 */
#include "figures.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "bounds.h"
#include "readings.h"
#include "show.h"

#define POLL_LINES 4096

/* The length of the blank at text; 0 where it is none. */
static size_t blank_at(const char *text, size_t size)
{
    if (size > 0 && (*text == ' ' || *text == '\t' || *text == '\f' || *text == '\v'))
        return 1;
    if (size > 1 && memcmp(text, "\xC2\xA0", 2) == 0)
        return 2;
    return 0;
}

static void skip_blanks(const char **text, const char *end)
{
    for (size_t n; (n = blank_at(*text, (size_t)(end - *text))) > 0;)
        *text += n;
}

static dk_text next_word(const char **text, const char *end)
{
    dk_text word = { .bytes = *text, .size = 0 };

    while (*text < end && blank_at(*text, (size_t)(end - *text)) == 0)
        (*text)++;
    word.size = (size_t)(*text - word.bytes);
    skip_blanks(text, end);
    return word;
}

static bool has_digit(dk_text word)
{
    for (size_t i = 0; i < word.size; i++)
        if (word.bytes[i] >= '0' && word.bytes[i] <= '9')
            return true;
    return false;
}

/* A dash, dot or asterisk where a figure is expected stands for one that is not told; between words it is a word. */
static bool is_marker(dk_text word, const char *rest, const char *end)
{
    return word.size == 1 && strchr("-.*", *word.bytes) && (rest >= end || has_digit(next_word(&rest, end)));
}

/* From a marker of the rule on there are only figures: else it is a word of the label. */
static bool is_stated(const dki_figures *f, dk_text word, const char *rest, const char *end)
{
    if (dki_bounds_find(f->rule, word.bytes, word.size) == SIZE_MAX)
        return false;
    while (rest < end) {
        word = next_word(&rest, end);
        if (!has_digit(word) && dki_bounds_find(f->rule, word.bytes, word.size) == SIZE_MAX)
            return false;
    }
    return true;
}

static bool is_total(const char *label, const char *total_word)
{
    size_t n = strlen(total_word);

    return strlen(label) >= n && (label[n] == '\0' || label[n] == ' ' || label[n] == ':') &&
           dki_text_equal_fold(label, n, total_word, n);
}

DK_PRINTF(5, 6)
static dk_status fail_at(dk_error *err, const dki_figures *f, uint64_t line, size_t column, const char *format, ...)
{
    char message[sizeof err->message];
    va_list list;

    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    dki_fail(err, DK_ERR_DATA, "%s", message);
    dki_at(err, f->name, line, column);
    return DK_ERR_DATA;
}

static dk_status grow_values(dki_figures *f, size_t n, dk_error *err)
{
    return n <= f->values_room
               ? DK_OK
               : dki_grow(f->context, (void **)&f->values, &f->values_room, n, sizeof *f->values, err);
}

/* A figure by the rule, which is kept as it stands: what it means depends on the others. */
static dk_status add_field(dki_figures *f, size_t at, dk_text word, uint64_t line, dk_error *err)
{
    static const dki_bounds_facts facts = { 0 };
    char shown[DKI_SHOW_BYTES];
    dk_interval bounds;
    uint8_t scale;
    dk_status status = DK_OK;
    dki_misfit misfit = dki_bounds_read(f->rule, DKI_COMMA, &facts, word.bytes, word.size, &bounds, &scale);

    if (misfit == DKI_NOT_ROUNDED) {
        fail_at(err, f, line, at - f->n_lines * f->n_columns + 2, "%s is not rounded as the others are",
                dki_show(shown, word.bytes, word.size));
        dki_bounds_hint_rounding(f->rule, err);
        return DK_ERR_DATA;
    }
    if (misfit != DKI_FITS) {
        fail_at(err, f, line, at - f->n_lines * f->n_columns + 2, "%s is no number in bounds",
                dki_show(shown, word.bytes, word.size));
        dki_hint(err, "say what it means: markers = { [%s] = \"suppressed\" }, \"unavailable\" or \"impossible\"",
                 shown);
        return DK_ERR_DATA;
    }
    if (at >= f->fields_room)
        status = dki_grow(f->context, (void **)&f->fields, &f->fields_room, at + 1, sizeof *f->fields, err);
    if (status != DK_OK)
        return status;
    f->fields[at] = word;
    f->fields[at].bytes = dki_arena_text(&f->arena, word.bytes, word.size, err);
    return f->fields[at].bytes ? DK_OK : DK_ERR_MEMORY;
}

/* Whether it is withheld without bounds: 0 or more, unless the table has numbers below 0. */
static bool is_withheld(const dki_figures *f, dk_text field)
{
    size_t marker = dki_bounds_find(f->rule, field.bytes, field.size);

    return marker != SIZE_MAX && dki_bounds_is_withheld(&f->rule->markers[marker]);
}

static dk_status no_count(dki_figures *f, size_t i, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];

    fail_at(err, f, f->lines[i / f->n_columns].line, i % f->n_columns + 2,
            "%s is suppressed and has no bounds, and the table has numbers below 0",
            dki_show(shown, f->fields[i].bytes, f->fields[i].size));
    dki_hint(err, "say its bounds: { \"suppressed\", -4, 4 }");
    return DK_ERR_DATA;
}

/* All figures by the rule, with as many digits as they need. */
static dk_status settle_fields(dki_figures *f, dk_error *err)
{
    size_t n = f->n_lines * f->n_columns;
    dki_bounds_facts facts = { 0 };
    uint8_t *scales = dki_calloc(f->context, n, sizeof *scales, err);
    dk_status status = scales ? grow_values(f, n, err) : DK_ERR_MEMORY;

    for (size_t i = 0; i < n; i++)
        dki_bounds_note(f->rule, DKI_COMMA, f->fields[i].bytes, f->fields[i].size, &facts);
    f->has_negative = facts.has_negative;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        uint8_t digits;

        if (facts.has_negative && is_withheld(f, f->fields[i])) {
            status = no_count(f, i, err);
            break;
        }
        (void)dki_bounds_read(f->rule, DKI_COMMA, &facts, f->fields[i].bytes, f->fields[i].size, &f->values[i],
                              &scales[i]);
        digits = dki_bounds_digits(&f->values[i], scales[i]);
        f->scale = digits > f->scale ? digits : f->scale;
    }
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (!dki_bounds_rescale(&f->values[i], scales[i], f->scale, &f->values[i]))
            status = fail_at(err, f, f->lines[i / f->n_columns].line, i % f->n_columns + 2,
                             "the bounds have more digits than fit");
    dki_free(f->context, scales);
    return status;
}

static dk_status add_value(dki_figures *f, size_t at, dk_text word, uint64_t line, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];
    dki_number number;
    dk_status status;

    if (f->rule)
        return add_field(f, at, word, line, err);

    if (!dki_number_read(word.bytes, word.size, DKI_COMMA, false, &number) || number.scale > 0 || number.exponent ||
        number.percent) {
        fail_at(err, f, line, at - f->n_lines * f->n_columns + 2, "%s is no whole number",
                dki_show(shown, word.bytes, word.size));
        dki_hint(err,
                 "figures look like 1758 or 1.758, with a dot before each group of three digits; what is not known "
                 "cannot be read here");
        return DK_ERR_DATA;
    }
    status = grow_values(f, at + 1, err);
    if (status == DK_OK)
        f->values[at] = (dk_interval){ .least = number.value, .greatest = number.value };
    return status;
}

/* Reads text .. end - 1, a line that is neither blank nor a remark. */
static dk_status read_line(dki_figures *f, const char *text, const char *end, uint64_t line, const char *total_word,
                           dki_text_map *labels, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];
    const char *from = text;
    size_t base = f->n_lines * f->n_columns, n = 0;
    dk_text word = { .bytes = text, .size = 0 };
    dk_status status = DK_OK;

    if (f->has_total) {
        fail_at(err, f, line, 0, "a line follows the total: %s", dki_show(shown, text, (size_t)(end - text)));
        dki_hint(err, "keep one table in the file, and put a # before remarks");
        return DK_ERR_DATA;
    }
    char *label = dki_arena_alloc(&f->arena, (size_t)(end - text) + 1, err);
    if (!label)
        return DK_ERR_MEMORY;
    size_t used = 0;
    while (from < end) {
        word = next_word(&from, end);
        if (has_digit(word) || is_marker(word, from, end) || is_stated(f, word, from, end))
            break;
        if (used > 0)
            label[used++] = ' ';
        memcpy(label + used, word.bytes, word.size);
        used += word.size;
        word.size = 0;
    }
    label[used] = '\0';
    if (used == 0 || word.size == 0) {
        fail_at(err, f, line, 0, "the line has %s: %s", used == 0 ? "no label" : "no numbers",
                dki_show(shown, text, (size_t)(end - text)));
        dki_hint(err, "each line is a label and then numbers; put a # before remarks, and take headings away");
        return DK_ERR_DATA;
    }
    for (;;) {
        status = add_value(f, base + n++, word, line, err);
        if (status != DK_OK || from >= end)
            break;
        word = next_word(&from, end);
    }
    if (status != DK_OK)
        return status;
    if (f->n_lines > 0 && n != f->n_columns) {
        fail_at(err, f, line, 0, "the line of %s has %zu number%s, and the ones before it have %zu",
                dki_show(shown, label, used), n, n == 1 ? "" : "s", f->n_columns);
        dki_hint(err,
                 "compare the line with the publication: a figure may be missing, or stand on a line of its own");
        return DK_ERR_DATA;
    }
    f->n_columns = n;
    f->has_total = is_total(label, total_word);
    if (!f->has_total) {
        uint32_t number;
        status = dki_text_map_add(labels, label, used, &number, err);
        if (status != DK_OK)
            return status;
        if (number < f->n_lines) {
            fail_at(err, f, line, 1, "the label %s stands on line %llu too", dki_show(shown, label, used),
                    (unsigned long long)f->lines[number].line);
            dki_hint(err, "a label names one line of the table");
            return DK_ERR_DATA;
        }
    }
    if (f->n_lines == f->lines_room) {
        status = dki_grow(f->context, (void **)&f->lines, &f->lines_room, f->n_lines + 1, sizeof *f->lines, err);
        if (status != DK_OK)
            return status;
    }
    f->lines[f->n_lines++] = (dki_figure_line){ .label = label, .line = line };
    return DK_OK;
}

dk_status dki_figures_read(dk_context *context, const char *text, size_t size, const char *name,
                           const char *total_word, const dk_bounds_rule *rule, dki_figures *out, dk_error *err)
{
    const char *at = text, *end = text + size;
    dk_status status = DK_OK;
    dki_text_map labels;

    *out = (dki_figures){ .context = context, .name = name, .rule = rule };
    dki_arena_init(&out->arena, context);
    dki_text_map_init(&labels, context);
    for (uint64_t line = 1; at < end && status == DK_OK; line++) {
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        const char *next = stop < end && *stop == '\r' && stop + 1 < end && stop[1] == '\n' ? stop + 2 : stop + 1;
        if (line % POLL_LINES == 1)
            status = dki_poll(context, err);
        if (status == DK_OK && memchr(at, 0, (size_t)(stop - at)))
            status = fail_at(err, out, line, 0, "a NUL byte stands in the text");
        skip_blanks(&at, stop);
        if (status == DK_OK && at < stop && *at != '#')
            status = read_line(out, at, stop, line, total_word, &labels, err);
        at = next;
    }
    dki_text_map_drop(&labels);
    if (status == DK_OK && out->n_lines == (size_t)out->has_total) {
        status =
            fail_at(err, out, 0, 0, out->has_total ? "the table has a total and no rows" : "the file is empty");
        dki_hint(err, "each line is a label and then numbers, the total comes last");
    }
    return status == DK_OK && rule ? settle_fields(out, err) : status;
}

void dki_figures_drop(dki_figures *figures)
{
    dki_arena_drop(&figures->arena);
    dki_free(figures->context, figures->lines);
    dki_free(figures->context, figures->values);
    dki_free(figures->context, figures->fields);
    figures->lines = NULL;
    figures->values = NULL;
    figures->fields = NULL;
}
