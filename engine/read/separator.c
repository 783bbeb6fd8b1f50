/* separator.c - the first line `sep=;` with which a spreadsheet states the delimiter.
 *
 * Spreadsheets write and read it, in any case and also between quotes (a spreadsheet that saves its own first cell). It is
 * taken for what it says whatever the options are: nobody means a column called `sep=;`.
 */
#include "separator.h"

#include <strings.h>

#include "base/status.h"
#include "dialect.h"

#define WORD "sep="
#define WORD_BYTES (sizeof WORD - 1)

size_t dki_separator_find(const char *text, size_t size, char *delimiter)
{
    size_t at = 0;
    char found;
    bool quoted = size > 0 && text[0] == '"';

    at += quoted;
    if (size < at + WORD_BYTES + 1 || strncasecmp(text + at, WORD, WORD_BYTES) != 0)
        return 0;
    at += WORD_BYTES;
    found = text[at++];
    if (found == '\\' && at < size && text[at] == 't') {
        found = '\t';
        at++;
    }
    if (found <= 0 || found == '\n' || found == '\r')
        return 0;
    if (quoted && (at == size || text[at++] != '"'))
        return 0;
    if (at < size && text[at] != '\r' && text[at] != '\n')
        return 0;
    if (at < size)
        at += text[at] == '\r' && at + 1 < size && text[at + 1] == '\n' ? 2 : 1;
    *delimiter = found;
    return at;
}

dk_status dki_separator_check(const dk_csv_options *options, char delimiter, const char *name, dk_error *err)
{
    char one[8], other[8];

    if (delimiter == (options->quote ? options->quote : '"'))
        dki_fail(err, DK_ERR_ARGUMENT, "the first line states a delimiter that is the quote");
    else if (options->delimiter && options->delimiter != delimiter)
        dki_fail(err, DK_ERR_ARGUMENT, "the first line states the delimiter %s, and the option %s",
                 dki_delimiter_name(delimiter, one), dki_delimiter_name(options->delimiter, other));
    else
        return DK_OK;
    dki_hint(err, "leave the option out, or take the line away");
    dki_at(err, name, 1, 0);
    return DK_ERR_ARGUMENT;
}
