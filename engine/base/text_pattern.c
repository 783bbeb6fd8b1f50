/* text_pattern.c - takes Lua's patterns, and gsub's replacements, apart.
 *
 * A pattern is a row of items without branches, so that what is right or wrong about an item (a capture that is
 * closed, an index that exists) depends on the items before it alone, and is settled here: what is wrong becomes an
 * item of its own, and is raised when a match gets there.
 */
#include "text_pattern.h"

#include <stdio.h>
#include <string.h>

#include "status.h"
#include "text_items.h"

struct parser {
    dki_text_pattern *out;
    const char *bytes;
    size_t size, at, n_sets;
    size_t opened_at[DKI_PATTERN_CAPTURES];
    bool closed[DKI_PATTERN_CAPTURES];
};

/* ASCII characters 0 to 63 and 64 to 127 of a class; false where the letter names none. */
static bool class_bits(char letter, uint64_t bits[2])
{
    static const struct {
        char letter;
        uint64_t low, high;
    } classes[] = {
        { 'a', 0, UINT64_C(0x07FFFFFE07FFFFFE) },
        { 'c', UINT64_C(0x00000000FFFFFFFF), UINT64_C(0x8000000000000000) },
        { 'd', UINT64_C(0x03FF000000000000), 0 },
        { 'g', UINT64_C(0xFFFFFFFE00000000), UINT64_C(0x7FFFFFFFFFFFFFFF) },
        { 'l', 0, UINT64_C(0x07FFFFFE00000000) },
        { 'p', UINT64_C(0xFC00FFFE00000000), UINT64_C(0x78000001F8000001) },
        { 's', UINT64_C(0x0000000100003E00), 0 },
        { 'u', 0, UINT64_C(0x0000000007FFFFFE) },
        { 'w', UINT64_C(0x03FF000000000000), UINT64_C(0x07FFFFFE07FFFFFE) },
        { 'x', UINT64_C(0x03FF000000000000), UINT64_C(0x0000007E0000007E) },
        { 'z', UINT64_C(0x0000000000000001), 0 }, /* no longer in the manual, but still in Lua */
    };

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].letter == (letter | 0x20)) {
            bits[0] = classes[i].low;
            bits[1] = classes[i].high;
            return true;
        }
    return false;
}

static void set_add(uint64_t set[4], unsigned char c)
{
    set[c / 64] |= UINT64_C(1) << c % 64;
}

/* What stands behind a %: a class, its complement, or the character itself. */
static void set_add_escaped(uint64_t set[4], char letter)
{
    uint64_t bits[2];

    if (!class_bits(letter, bits)) {
        set_add(set, (unsigned char)letter);
    } else if (letter & 0x20) {
        set[0] |= bits[0];
        set[1] |= bits[1];
    } else {
        set[0] |= ~bits[0];
        set[1] |= ~bits[1];
        set[2] = set[3] = ~UINT64_C(0);
    }
}

static dki_pattern_item *add_item(struct parser *p, dki_item_kind kind)
{
    dki_pattern_item *made = &p->out->items[p->out->n_items++];

    *made = (dki_pattern_item){ .kind = (uint8_t)kind, .repeat = DKI_REPEAT_ONCE };
    return made;
}

static void add_fault(struct parser *p, size_t at, const char *text)
{
    add_item(p, DKI_ITEM_FAULT);
    p->out->fault_at = at;
    snprintf(p->out->fault, sizeof p->out->fault, "%s", text);
}

/* The bytes of a set, from its [ on; false where its ] is missing. The first character behind [ or [^ is always
 * one of the set, and a % takes the one behind it along. */
static bool read_set(struct parser *p, uint64_t set[4])
{
    const char *bytes = p->bytes;
    size_t from = p->at + 1, to;
    bool complement = from < p->size && bytes[from] == '^';

    from += complement;
    to = from;
    do {
        if (to >= p->size)
            return false;
        to += bytes[to] == '%' && to + 1 < p->size ? 2 : 1;
    } while (to >= p->size || bytes[to] != ']');
    memset(set, 0, 4 * sizeof *set);
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if (c == '%') {
            set_add_escaped(set, bytes[++i]);
        } else if (i + 2 < to && bytes[i + 1] == '-') {
            for (unsigned k = c; k <= (unsigned char)bytes[i + 2]; k++)
                set_add(set, (unsigned char)k);
            i += 2;
        } else {
            set_add(set, c);
        }
    }
    for (size_t i = 0; i < 4 && complement; i++)
        set[i] = ~set[i];
    p->out->splits |= (set[2] | set[3]) != 0 && (set[2] & set[3]) != ~UINT64_C(0);
    p->at = to + 1;
    return true;
}

/* A set as an item of that kind; what is wrong becomes a fault, and false. */
static bool add_set(struct parser *p, dki_item_kind kind)
{
    size_t from = p->at;
    dki_pattern_item *made;

    if (!read_set(p, p->out->sets[p->n_sets])) {
        add_fault(p, from, "malformed pattern (missing ']')");
        return false;
    }
    made = add_item(p, kind);
    made->number = (uint32_t)p->n_sets++;
    return true;
}

/* Something that matches one byte, and how often it may. */
static bool add_single(struct parser *p)
{
    static const char signs[] = "?*+-";
    char c = p->bytes[p->at];
    uint64_t bits[2];
    const char *sign;

    if (c == '[') {
        if (!add_set(p, DKI_ITEM_SET))
            return false;
    } else if (c == '%' && p->at + 1 >= p->size) {
        add_fault(p, p->at, "malformed pattern (ends with '%')");
        return false;
    } else if (c == '%' && class_bits(p->bytes[p->at + 1], bits)) {
        memset(p->out->sets[p->n_sets], 0, sizeof *p->out->sets);
        set_add_escaped(p->out->sets[p->n_sets], p->bytes[p->at + 1]);
        add_item(p, DKI_ITEM_SET)->number = (uint32_t)p->n_sets++;
        p->at += 2;
    } else if (c == '.') {
        add_item(p, DKI_ITEM_ANY);
        p->at++;
    } else {
        p->at += c == '%';
        add_item(p, DKI_ITEM_CHARACTER)->first = (unsigned char)p->bytes[p->at++];
    }
    sign = p->at < p->size && p->bytes[p->at] != '\0' ? strchr(signs, p->bytes[p->at]) : NULL;
    if (sign) {
        p->out->splits |= c != '[' && (unsigned char)p->bytes[p->at - 1] >= 0x80;
        p->out->items[p->out->n_items - 1].repeat = (uint8_t)(DKI_REPEAT_OPTIONAL + (sign - signs));
        p->at++;
    }
    return true;
}

static bool add_capture(struct parser *p)
{
    bool place = p->at + 1 < p->size && p->bytes[p->at + 1] == ')';

    if (p->out->n_captures == DKI_PATTERN_CAPTURES) {
        add_fault(p, p->at, "too many captures");
        return false;
    }
    p->closed[p->out->n_captures] = place;
    p->opened_at[p->out->n_captures] = p->at;
    add_item(p, place ? DKI_ITEM_PLACE : DKI_ITEM_OPEN)->number = (uint32_t)p->out->n_captures++;
    p->at += place ? 2 : 1;
    return true;
}

static bool add_close(struct parser *p)
{
    size_t i = p->out->n_captures;

    while (i > 0 && p->closed[i - 1])
        i--;
    if (i == 0) {
        add_fault(p, p->at, "invalid pattern capture");
        return false;
    }
    p->closed[i - 1] = true;
    add_item(p, DKI_ITEM_CLOSE)->number = (uint32_t)i - 1;
    p->at++;
    return true;
}

/* %1 to %9: what the capture holds, once more. */
static bool add_same(struct parser *p)
{
    int digit = p->bytes[p->at + 1] - '0';

    if (digit == 0 || (size_t)digit > p->out->n_captures || !p->closed[digit - 1]) {
        char text[40];

        snprintf(text, sizeof text, "invalid capture index %%%d", digit);
        add_fault(p, p->at, text);
        return false;
    }
    add_item(p, DKI_ITEM_SAME)->number = (uint32_t)digit - 1;
    p->at += 2;
    return true;
}

static bool add_balanced(struct parser *p)
{
    dki_pattern_item *made;

    if (p->at + 3 >= p->size) {
        add_fault(p, p->at, "malformed pattern (missing arguments to '%b')");
        return false;
    }
    made = add_item(p, DKI_ITEM_BALANCED);
    made->first = (unsigned char)p->bytes[p->at + 2];
    made->second = (unsigned char)p->bytes[p->at + 3];
    p->at += 4;
    return true;
}

static bool add_frontier(struct parser *p)
{
    if (p->at + 2 >= p->size || p->bytes[p->at + 2] != '[') {
        add_fault(p, p->at, "missing '[' after '%f' in pattern");
        return false;
    }
    p->at += 2;
    return add_set(p, DKI_ITEM_FRONTIER);
}

static bool add_next(struct parser *p)
{
    char c = p->bytes[p->at], next = p->at + 1 < p->size ? p->bytes[p->at + 1] : '\0';

    if (c == '(')
        return add_capture(p);
    if (c == ')')
        return add_close(p);
    if (c == '$' && p->at + 1 == p->size) {
        add_item(p, DKI_ITEM_TAIL);
        p->at++;
        return true;
    }
    if (c == '%' && next == 'b')
        return add_balanced(p);
    if (c == '%' && next == 'f')
        return add_frontier(p);
    if (c == '%' && next >= '0' && next <= '9')
        return add_same(p);
    return add_single(p);
}

dk_status dki_text_pattern_init(dki_text_pattern *pattern, dki_arena *arena, const char *bytes, size_t size,
                                bool anchors, dk_error *err)
{
    size_t most_sets = 0, needed;
    struct parser p = { .out = pattern, .bytes = bytes, .size = size };
    uint64_t *room = pattern->room;

    if (size > UINT32_MAX / 64)
        return dki_fail(err, DK_ERR_MEMORY, "a pattern of %zu bytes is too long", size);
    for (size_t i = 0; i < size;
         i++) /* a set begins with a byte of its own, an item takes one at least, and there is an end */
        most_sets += bytes[i] == '%' || bytes[i] == '[';
    needed = most_sets * sizeof *pattern->sets + (size + 1) * sizeof(dki_pattern_item);
    pattern->context = arena->context;
    if (needed > sizeof pattern->room) {
        room = dki_arena_alloc(arena, needed, err);
        if (room == NULL)
            return DK_ERR_MEMORY;
    }
    pattern->sets = (uint64_t(*)[4])(void *)room;
    pattern->items = (dki_pattern_item *)(room + most_sets * 4);
    pattern->n_items = pattern->n_captures = 0;
    pattern->anchored = anchors && size > 0 && bytes[0] == '^';
    pattern->unfinished = pattern->splits = false;
    pattern->fault_at = 0;
    pattern->fault[0] = '\0';
    p.at = pattern->anchored;
    while (p.at < size)
        if (!add_next(&p))
            return DK_OK;
    add_item(&p, DKI_ITEM_END);
    for (size_t i = pattern->n_captures; i-- > 0;)
        if (!p.closed[i]) {
            pattern->unfinished = true;
            pattern->fault_at = p.opened_at[i];
        }
    return DK_OK;
}

dk_status dki_text_pattern_check(const dki_text_pattern *pattern, size_t *at, dk_error *err)
{
    *at = pattern->fault_at;
    if (pattern->fault[0])
        return dki_fail(err, DK_ERR_ARGUMENT, "%s", pattern->fault);
    return pattern->unfinished ? dki_fail(err, DK_ERR_ARGUMENT, "unfinished capture") : DK_OK;
}

bool dki_text_pattern_is_plain(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != '\0' && strchr("^$*+?.([%-", bytes[i]))
            return false;
    return true;
}

/* Replacements ------------------------------------------------------------------------------------------------- */

dk_status dki_replacement_next(const char *text, size_t size, size_t *at, dki_replacement_part *out, bool *found,
                               dk_error *err)
{
    const char *from = text + *at, *sign;
    char next;

    *found = *at < size;
    if (!*found)
        return DK_OK;
    sign = memchr(from, '%', size - *at);
    if (sign != from) {
        *out = (dki_replacement_part){ -1, from, sign ? (size_t)(sign - from) : size - *at };
        *at += out->size;
        return DK_OK;
    }
    next = *at + 1 < size ? from[1] : '\0';
    if (next == '%') {
        *out = (dki_replacement_part){ -1, from, 1 };
    } else if (next >= '0' && next <= '9') {
        *out = (dki_replacement_part){ next - '0', NULL, 0 };
    } else {
        *found = false;
        return dki_fail(err, DK_ERR_ARGUMENT, "invalid use of '%%' in replacement string");
    }
    *at += 2;
    return DK_OK;
}
