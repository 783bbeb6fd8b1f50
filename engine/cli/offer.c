/* offer.c - names that may be meant, below the line that is typed. */
#include "offer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SHOWN 200
#define USUAL_COLUMNS 80

size_t dkc_offer_common(const char *const *names, size_t n)
{
    size_t size = strlen(names[0]);

    for (size_t i = 1; i < n; i++) {
        size_t same = 0;

        while (same < size && names[i][same] == names[0][same])
            same++;
        size = same;
    }
    while (size > 0 && ((unsigned char)names[0][size] & 0xC0) == 0x80)
        size--;
    return size;
}

/* Of a path the last part. */
static const char *last_part(const char *name)
{
    const char *end = name + strlen(name), *at = end;

    while (at > name && (at == end || at[-1] != '/'))
        at--;
    return at;
}

void dkc_offer_show(const char *const *names, size_t n, size_t columns)
{
    size_t widest = 1, shown = n < MOST_SHOWN ? n : MOST_SHOWN, per_row, rows;

    for (size_t i = 0; i < shown; i++) {
        size_t width = mbstowcs(NULL, last_part(names[i]), 0);

        widest = width != (size_t)-1 && width > widest ? width : widest;
    }
    per_row = (columns ? columns : USUAL_COLUMNS) / (widest + 2);
    per_row = per_row ? per_row : 1;
    rows = (shown + per_row - 1) / per_row;
    for (size_t row = 0; row < rows; row++) {
        fputs("\r\n", stdout);
        for (size_t i = row; i < shown; i += rows) {
            const char *name = last_part(names[i]);
            size_t width = mbstowcs(NULL, name, 0);

            printf("%s%*s", name, i + rows < shown ? (int)(widest + 2 - (width == (size_t)-1 ? 0 : width)) : 0, "");
        }
    }
    if (shown < n)
        printf("\r\n... and %zu more", n - shown);
    fputs("\r\n", stdout);
    fflush(stdout);
}
