/* text.c - UTF-8: what is well-formed, how wide it is, how it compares. */
#include "text.h"

#include <string.h>
#include <utf8proc.h>

/* Bytes of the well-formed character at p, of which `size` bytes are there; 0 where it is none. Unicode, table 3-7:
 * no overlong form, no surrogate, nothing above U+10FFFF. */
static size_t character(const unsigned char *p, size_t size)
{
    unsigned char a = p[0];
    unsigned char least = 0x80, greatest = 0xBF;

    if (a < 0x80)
        return 1;
    if (a < 0xC2)
        return 0;
    if (a < 0xE0)
        return size >= 2 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if (a < 0xF0) {
        if (a == 0xE0)
            least = 0xA0;
        else if (a == 0xED)
            greatest = 0x9F;
        return size >= 3 && p[1] >= least && p[1] <= greatest && (p[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (a > 0xF4)
        return 0;
    if (a == 0xF0)
        least = 0x90;
    else if (a == 0xF4)
        greatest = 0x8F;
    return size >= 4 && p[1] >= least && p[1] <= greatest && (p[2] & 0xC0) == 0x80 && (p[3] & 0xC0) == 0x80 ? 4 : 0;
}

size_t dki_utf8_check(const char *bytes, size_t size)
{
    const unsigned char *p = (const unsigned char *)bytes;
    size_t at = 0;

    while (at < size) {
        uint64_t word;
        size_t n;

        if (size - at >= 8) { /* speed: eight bytes of ASCII at a time */
            memcpy(&word, p + at, 8);
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                at += 8;
                continue;
            }
        }
        n = character(p + at, size - at);
        if (n == 0)
            return at;
        at += n;
    }
    return size;
}

#define ONES UINT64_C(0x0101010101010101)

bool dki_text_is_ascii(const char *bytes, size_t size)
{
    uint64_t eight, high = 0;
    size_t i = 0;

    for (; i + sizeof eight <= size; i += sizeof eight) {
        memcpy(&eight, bytes + i, sizeof eight);
        high |= eight;
    }
    for (; i < size; i++)
        high |= (unsigned char)bytes[i];
    return (high & UINT64_C(0x8080808080808080)) == 0;
}

size_t dki_utf8_length(const char *bytes, size_t size)
{
    size_t n = 0, i = 0;

    for (uint64_t eight; i + sizeof eight <= size; i += sizeof eight) {
        memcpy(&eight, bytes + i, sizeof eight);
        eight = eight >> 7 & ~(eight >> 6) & ONES; /* 1 for each byte that continues a character */
        n += sizeof eight - (size_t)(eight * ONES >> 56);
    }
    for (; i < size; i++)
        n += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return n;
}

static utf8proc_int32_t code_point(const unsigned char *p, size_t n)
{
    switch (n) {
    case 1: return p[0];
    case 2: return (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    case 3: return (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    default: return (p[0] & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
    }
}

/* Next character; *n bytes were used. An ill-formed byte counts as one, with a negative number of its own. */
static utf8proc_int32_t next(const char *bytes, size_t size, size_t *n)
{
    const unsigned char *p = (const unsigned char *)bytes;

    *n = character(p, size);
    if (*n == 0) {
        *n = 1;
        return -(utf8proc_int32_t)p[0];
    }
    return code_point(p, *n);
}

size_t dki_utf8_width(const char *bytes, size_t size)
{
    size_t width = 0, n;

    for (size_t at = 0; at < size; at += n) {
        utf8proc_int32_t c = next(bytes + at, size - at, &n);

        width += c < 0x300 ? 1 : (size_t)utf8proc_charwidth(c); /* below: Latin, control characters, ill-formed */
    }
    return width;
}

size_t dki_utf8_floor(const char *bytes, size_t total, size_t size)
{
    if (size >= total)
        return total;
    while (size > 0 && ((unsigned char)bytes[size] & 0xC0) == 0x80)
        size--;
    return size;
}

size_t dki_utf8_whole(const char *bytes, size_t size)
{
    size_t at = size; /* of the byte that may begin a character, at most four from the end */
    unsigned char first;
    size_t wanted;

    while (at > 0 && size - at < 3 && ((unsigned char)bytes[at - 1] & 0xC0) == 0x80)
        at--;
    if (at == 0)
        return size;
    first = (unsigned char)bytes[--at];
    wanted = first < 0xC2 || first > 0xF4 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return size - at < wanted ? at : size;
}

/* Eight bytes as a number in whose order they stand. */
static uint64_t eight_in_order(const char *bytes)
{
    uint64_t eight;

    memcpy(&eight, bytes, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

int dki_text_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t n = a_size < b_size ? a_size : b_size;
    int order;

    if (n >= sizeof(uint64_t)) { /* speed: most texts differ in how they begin */
        uint64_t x = eight_in_order(a), y = eight_in_order(b);

        if (x != y)
            return x < y ? -1 : 1;
    }
    order = n > 0 ? memcmp(a, b, n) : 0;
    if (order != 0)
        return order;
    return (a_size > b_size) - (a_size < b_size);
}

static utf8proc_int32_t fold(utf8proc_int32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return utf8proc_tolower(c);
}

bool dki_text_equal_fold(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t i = 0, j = 0, n;

    while (i < a_size && j < b_size) {
        utf8proc_int32_t x, y;

        x = next(a + i, a_size - i, &n);
        i += n;
        y = next(b + j, b_size - j, &n);
        j += n;
        if (fold(x) != fold(y))
            return false;
    }
    return i == a_size && j == b_size;
}

/* Windows-1252 ------------------------------------------------------------------------------------------------- */

/* Characters of the bytes 80 to 9F; 0 where the code page defines none. The others are their own code points. */
static const uint16_t high_page[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

size_t dki_from_windows_1252(const char *bytes, size_t size, char *out, size_t *bad)
{
    char *to = out;

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        unsigned c = byte >= 0x80 && byte < 0xA0 ? high_page[byte - 0x80] : byte;

        if (c < 0x80 && byte < 0x80) {
            *to++ = (char)c;
        } else if (c == 0) {
            *bad = i;
            return SIZE_MAX;
        } else if (c < 0x800) {
            *to++ = (char)(0xC0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3F));
        } else {
            *to++ = (char)(0xE0 | c >> 12);
            *to++ = (char)(0x80 | (c >> 6 & 0x3F));
            *to++ = (char)(0x80 | (c & 0x3F));
        }
    }
    return (size_t)(to - out);
}

/* Nearest names ------------------------------------------------------------------------------------------------ */

#define NAME_LENGTH 64 /* longer names are not guessed at */

void dki_nearest_init(dki_nearest *nearest, const char *wanted, size_t size)
{
    nearest->wanted = wanted;
    nearest->size = size;
    nearest->best = NULL;
    nearest->best_size = 0;
    nearest->distance = 0;
}

static size_t code_points(const char *bytes, size_t size, utf8proc_int32_t *out)
{
    size_t n = 0, step;

    for (size_t at = 0; at < size; at += step) {
        if (n == NAME_LENGTH)
            return SIZE_MAX;
        out[n++] = fold(next(bytes + at, size - at, &step));
    }
    return n;
}

/* Edits that turn a into b: insert, delete, replace, or swap two neighbours (optimal string alignment). */
static size_t edit_distance(const utf8proc_int32_t *a, size_t n_a, const utf8proc_int32_t *b, size_t n_b)
{
    size_t rows[3][NAME_LENGTH + 1];

    for (size_t j = 0; j <= n_b; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && second[j - 2] + 1 < best)
                best = second[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[n_a % 3][n_b];
}

void dki_nearest_try(dki_nearest *nearest, const char *candidate, size_t size)
{
    utf8proc_int32_t a[NAME_LENGTH], b[NAME_LENGTH];
    size_t n_a = code_points(nearest->wanted, nearest->size, a);
    size_t n_b = code_points(candidate, size, b);
    size_t allowed, distance;

    if (n_a == SIZE_MAX || n_b == SIZE_MAX || n_b == 0)
        return;
    allowed = n_a < 6 ? 1 : n_a / 3;
    if ((n_a > n_b ? n_a - n_b : n_b - n_a) > allowed)
        return;
    distance = edit_distance(a, n_a, b, n_b);
    if (distance <= allowed && distance < n_a && (nearest->best == NULL || distance < nearest->distance)) {
        nearest->best = candidate;
        nearest->best_size = size;
        nearest->distance = distance;
    }
}

void dki_name_list_add(dki_name_list *list, const char *name)
{
    size_t length = strlen(name);

    if (list->is_full)
        return;
    list->is_full = list->size + length + 8 > sizeof list->text;
    if (list->size > 0) {
        memcpy(list->text + list->size, ", ", 2);
        list->size += 2;
    }
    if (list->is_full) {
        name = "...";
        length = 3;
    }
    memcpy(list->text + list->size, name, length + 1);
    list->size += length;
}
