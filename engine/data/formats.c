/* formats.c - a pattern for each value of another column. */
#include "formats.h"

#include <string.h>

#include "base/number.h"
#include "base/status.h"
#include "column_parts.h"

#define BEGIN "by "

/* Reading. --------------------------------------------------------------------------------------------------------- */

/* What stands between quotes, as it is there: a cursor over it gives its bytes. */
typedef struct part {
    const char *at, *end;
} part;

/* Takes the next text between quotes; false where there is none. */
static bool next_part(const char **at, part *out)
{
    const char *from = strchr(*at, '"'), *to;

    if (from == NULL)
        return false;
    for (to = ++from; *to && (*to != '"' || to[1] == '"'); to++)
        to += *to == '"';
    *out = (part){ from, to };
    *at = *to ? to + 1 : to;
    return *to != '\0';
}

static char next_byte(part *text)
{
    char byte = *text->at++;

    text->at += byte == '"'; /* a quote within is doubled */
    return byte;
}

static bool is_same(part text, dk_text other)
{
    size_t i = 0;

    for (; text.at < text.end && i < other.size; i++)
        if (next_byte(&text) != other.bytes[i])
            return false;
    return text.at >= text.end && i == other.size;
}

static const char *begin(const char *format)
{
    return format && strncmp(format, BEGIN, strlen(BEGIN)) == 0 ? format + strlen(BEGIN) : NULL;
}

bool dki_formats_are(const char *format)
{
    return begin(format) != NULL;
}

size_t dki_formats_column(const char *format, const dk_table *table)
{
    const char *at = begin(format);
    part name;

    if (at == NULL || !next_part(&at, &name))
        return DK_NO_COLUMN;
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_field *field = dk_table_field(table, i);

        if (is_same(name, (dk_text){ field->name, strlen(field->name) }))
            return dk_column_type(field->column) == DK_CATEGORY ? i : DK_NO_COLUMN;
    }
    return DK_NO_COLUMN;
}

bool dki_formats_find(const char *format, dk_text value, char out[DKI_FORMAT_BYTES])
{
    const char *at = begin(format);
    part name, pattern;
    size_t n = 0;

    if (at == NULL || !next_part(&at, &name))
        return false;
    while (next_part(&at, &name) && next_part(&at, &pattern)) {
        if (!is_same(name, value))
            continue;
        while (pattern.at < pattern.end && n + 1 < DKI_FORMAT_BYTES)
            out[n++] = next_byte(&pattern);
        out[n] = '\0';
        return pattern.at >= pattern.end;
    }
    return false;
}

/* Writing. --------------------------------------------------------------------------------------------------------- */

static dk_status put_part(dki_buffer *to, const char *text, dk_error *err)
{
    dk_status status = dki_buffer_text(to, "\"", err);

    for (; *text && status == DK_OK; text++)
        status = dki_buffer_append(to, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1, err);
    return status == DK_OK ? dki_buffer_text(to, "\"", err) : status;
}

dk_status dki_formats_begin(dki_buffer *to, const char *column, dk_error *err)
{
    dk_status status = dki_buffer_text(to, BEGIN, err);

    if (status == DK_OK)
        status = put_part(to, column, err);
    return status == DK_OK ? dki_buffer_text(to, ":", err) : status;
}

dk_status dki_formats_add(dki_buffer *to, const char *value, const char *pattern, dk_error *err)
{
    dk_status status;

    if (pattern == NULL)
        return DK_OK;
    status = dki_buffer_text(to, to->bytes[to->size - 1] == ':' ? " " : ", ", err);
    if (status == DK_OK)
        status = put_part(to, value, err);
    if (status == DK_OK)
        status = dki_buffer_text(to, " ", err);
    return status == DK_OK ? put_part(to, pattern, err) : status;
}

const char *dki_formats_rename(dki_arena *arena, const char *format, const char *old_name, const char *new_name,
                               dk_error *err)
{
    const char *at = begin(format);
    size_t size = 2 * strlen(new_name) + strlen(format) + 3, n = strlen(BEGIN);
    part name;
    char *out;

    if (at == NULL || !next_part(&at, &name) || !is_same(name, (dk_text){ old_name, strlen(old_name) }))
        return format;
    out = dki_arena_alloc(arena, size, err);
    if (out == NULL)
        return NULL;
    memcpy(out, BEGIN "\"", ++n);
    for (; *new_name; new_name++) {
        out[n++] = *new_name;
        if (*new_name == '"')
            out[n++] = '"';
    }
    out[n++] = '"';
    memcpy(out + n, at, strlen(at) + 1);
    return out;
}

dk_status dki_column_digits(const dk_column *column, unsigned *digits, dk_error *err)
{
    unsigned scale = dk_column_type(column) == DK_DECIMAL ? dk_column_scale(column) : 0;
    int64_t values[DK_BLOCK_ROWS];
    dk_view view;
    dk_status status = DK_OK;

    dk_view_init(&view, dk_column_context(column));
    for (uint64_t row = 0; *digits < scale && dki_column_block(column, row, &view, &status, err); row += view.n) {
        dki_view_integers(&view, values);
        for (size_t i = 0; i < view.n && *digits < scale; i++)
            while (*digits < scale && values[i] % dki_power10[scale - *digits] != 0 && !dki_view_is_null(&view, i))
                ++*digits;
    }
    dk_view_release(&view);
    return status;
}

dk_status dki_formats_plain(const dk_column *const *columns, size_t n, char out[DKI_FORMAT_BYTES],
                            const char **pattern, dk_error *err)
{
    unsigned digits = 0;
    dk_status status = DK_OK;

    *pattern = NULL;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dk_type type = dk_column_type(columns[i]);

        if (type != DK_INTEGER && type != DK_DECIMAL)
            return DK_OK;
        status = dki_column_digits(columns[i], &digits, err);
    }
    memset(out, '0', DKI_FORMAT_BYTES);
    out[1] = '.';
    out[digits ? digits + 2 : 1] = '\0';
    *pattern = out;
    return status;
}
