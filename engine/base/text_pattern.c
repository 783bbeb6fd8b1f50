/* text_pattern.c - matching Lua's patterns over a stack of what can still be tried otherwise.
 *
 * A pattern is a row of items without branches, so that what is right or wrong about an item (a capture that is
 * closed, an index that exists) depends on the items before it alone, and is settled when the pattern is taken
 * apart: what is wrong becomes an item of its own, and is raised when a match gets there.
 *
 * For the same reason no capture is ever undone: who goes back to an item passes all those behind it anew.
 *
 * Invariants: the stack holds an entry for each repetition that may give way; depth counts these and the ends of
 * captures on the way here, which is how deep stock Lua's calls would be nested.
 */
#include "text_pattern.h"

#include <stdio.h>
#include <string.h>

#include "status.h"

enum kind { CHARACTER, ANY, SET, OPEN, PLACE, CLOSE, SAME, BALANCED, FRONTIER, TAIL, END, FAULT };
enum repeat { ONCE, OPTIONAL, GREEDY, GREEDY_ONE, LAZY };

typedef struct dki_pattern_item {
    uint8_t kind, repeat;
    unsigned char first, second; /* the character; the two of %b */
    uint32_t number;             /* of a set, of a capture */
} item;

/* Taking apart ------------------------------------------------------------------------------------------------- */

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

static bool set_has(const uint64_t set[4], unsigned char c)
{
    return set[c / 64] >> c % 64 & 1;
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

static item *add_item(struct parser *p, enum kind kind)
{
    item *made = &p->out->items[p->out->n_items++];

    *made = (item){ .kind = (uint8_t)kind, .repeat = ONCE };
    return made;
}

static void add_fault(struct parser *p, size_t at, const char *text)
{
    add_item(p, FAULT);
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
static bool add_set(struct parser *p, enum kind kind)
{
    size_t from = p->at;
    item *made;

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
        if (!add_set(p, SET))
            return false;
    } else if (c == '%' && p->at + 1 >= p->size) {
        add_fault(p, p->at, "malformed pattern (ends with '%')");
        return false;
    } else if (c == '%' && class_bits(p->bytes[p->at + 1], bits)) {
        memset(p->out->sets[p->n_sets], 0, sizeof *p->out->sets);
        set_add_escaped(p->out->sets[p->n_sets], p->bytes[p->at + 1]);
        add_item(p, SET)->number = (uint32_t)p->n_sets++;
        p->at += 2;
    } else if (c == '.') {
        add_item(p, ANY);
        p->at++;
    } else {
        p->at += c == '%';
        add_item(p, CHARACTER)->first = (unsigned char)p->bytes[p->at++];
    }
    sign = p->at < p->size && p->bytes[p->at] != '\0' ? strchr(signs, p->bytes[p->at]) : NULL;
    if (sign) {
        p->out->splits |= c != '[' && (unsigned char)p->bytes[p->at - 1] >= 0x80;
        p->out->items[p->out->n_items - 1].repeat = (uint8_t)(OPTIONAL + (sign - signs));
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
    add_item(p, place ? PLACE : OPEN)->number = (uint32_t)p->out->n_captures++;
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
    add_item(p, CLOSE)->number = (uint32_t)i - 1;
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
    add_item(p, SAME)->number = (uint32_t)digit - 1;
    p->at += 2;
    return true;
}

static bool add_balanced(struct parser *p)
{
    item *made;

    if (p->at + 3 >= p->size) {
        add_fault(p, p->at, "malformed pattern (missing arguments to '%b')");
        return false;
    }
    made = add_item(p, BALANCED);
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
    return add_set(p, FRONTIER);
}

static bool add_next(struct parser *p)
{
    char c = p->bytes[p->at], next = p->at + 1 < p->size ? p->bytes[p->at + 1] : '\0';

    if (c == '(')
        return add_capture(p);
    if (c == ')')
        return add_close(p);
    if (c == '$' && p->at + 1 == p->size) {
        add_item(p, TAIL);
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
    needed = most_sets * sizeof *pattern->sets + (size + 1) * sizeof(item);
    pattern->context = arena->context;
    if (needed > sizeof pattern->room) {
        room = dki_arena_alloc(arena, needed, err);
        if (room == NULL)
            return DK_ERR_MEMORY;
    }
    pattern->sets = (uint64_t(*)[4])(void *)room;
    pattern->items = (item *)(room + most_sets * 4);
    pattern->n_items = pattern->n_captures = 0;
    pattern->anchored = anchors && size > 0 && bytes[0] == '^';
    pattern->unfinished = pattern->splits = false;
    pattern->fault_at = 0;
    pattern->fault[0] = '\0';
    p.at = pattern->anchored;
    while (p.at < size)
        if (!add_next(&p))
            return DK_OK;
    add_item(&p, END);
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

size_t dki_text_find(const char *subject, size_t size, size_t at, const char *text, size_t text_size)
{
    const char *found;

    if (at > size || text_size > size - at)
        return SIZE_MAX;
    if (text_size == 0)
        return at;
    found = memmem(subject + at, size - at, text, text_size);
    return found ? (size_t)(found - subject) : SIZE_MAX;
}

/* Matching ----------------------------------------------------------------------------------------------------- */

/* A repetition that may give way: greedy ones from `at` back to `least`, lazy ones from `at` on. */
struct choice {
    uint32_t item, depth;
    size_t at, least;
};

struct run {
    const dki_text_pattern *pattern;
    const unsigned char *subject;
    size_t size;
    uint64_t steps, *left;
    dki_text_match *match;
    size_t n_choices;
    struct choice choices[DKI_PATTERN_DEPTH];
};

#define POLL_STEPS 65536

/* Steps are counted in the run, and settled with the search and the context now and then. */
static dk_status settle_steps(struct run *run, dk_error *err)
{
    if (run->steps > *run->left)
        return dki_fail(err, DK_ERR_LIMIT, "the pattern takes too many steps");
    *run->left -= run->steps;
    run->steps = 0;
    return dki_poll(run->pattern->context, err);
}

static bool is_single(const struct run *run, const item *it, size_t at)
{
    if (at >= run->size)
        return false;
    switch (it->kind) {
    case CHARACTER: return run->subject[at] == it->first;
    case ANY: return true;
    default: return set_has(run->pattern->sets[it->number], run->subject[at]);
    }
}

/* Where the longest run of what the item matches ends. */
static size_t longest(const struct run *run, const item *it, size_t at)
{
    const unsigned char *subject = run->subject;
    size_t size = run->size;
    const uint64_t *set;

    switch (it->kind) {
    case ANY: return size;
    case CHARACTER:
        while (at < size && subject[at] == it->first)
            at++;
        return at;
    default:
        set = run->pattern->sets[it->number];
        while (at < size && set_has(set, subject[at]))
            at++;
        return at;
    }
}

/* The end of a balanced text that begins at `at`; SIZE_MAX where there is none. */
static size_t balanced_end(struct run *run, const item *it, size_t at)
{
    size_t open = 1, from = at;

    if (at >= run->size || run->subject[at] != it->first)
        return SIZE_MAX;
    while (++at < run->size) {
        unsigned char c = run->subject[at];

        if (c == it->second) { /* first, so that two equal ones close */
            if (--open == 0)
                break;
        } else if (c == it->first) {
            open++;
        }
    }
    run->steps += at - from;
    return at < run->size ? at + 1 : SIZE_MAX;
}

static bool at_frontier(const struct run *run, const item *it, size_t at)
{
    const uint64_t *set = run->pattern->sets[it->number];
    unsigned char before = at > 0 ? run->subject[at - 1] : '\0';
    unsigned char here = at < run->size ? run->subject[at] : '\0';

    return !set_has(set, before) && set_has(set, here);
}

/* The end of what the capture holds, once more at `at`; SIZE_MAX. A place is held by nothing. */
static size_t same_end(struct run *run, const item *it, size_t at)
{
    const dki_text_capture *capture = &run->match->captures[it->number];

    if (capture->size == DKI_CAPTURE_PLACE || capture->size > run->size - at)
        return SIZE_MAX;
    run->steps += capture->size;
    if (capture->size > 0 && memcmp(run->subject + capture->at, run->subject + at, capture->size) != 0)
        return SIZE_MAX;
    return at + capture->size;
}

/* One byte, or the repetition of one: its end, or SIZE_MAX, and what can be tried otherwise is put on the stack. */
static size_t repeat(struct run *run, const item *it, size_t at, uint32_t *depth)
{
    bool fits = is_single(run, it, at);
    struct choice *choice = &run->choices[run->n_choices];

    if (it->repeat == ONCE)
        return fits ? at + 1 : SIZE_MAX;
    if (!fits) /* no other way, and no deeper */
        return it->repeat == GREEDY_ONE ? SIZE_MAX : at;
    if (it->repeat == LAZY) {
        choice->at = at;
    } else {
        choice->least = at + (it->repeat == GREEDY_ONE);
        choice->at = it->repeat == OPTIONAL ? at + 1 : longest(run, it, at + 1);
        run->steps += choice->at - at;
    }
    choice->item = (uint32_t)(it - run->pattern->items);
    choice->depth = ++*depth;
    run->n_choices++;
    return choice->at;
}

/* The newest choice gives way: the item to go on with, NULL where there is none, and the place and depth. */
static const item *give_way(struct run *run, size_t *at, uint32_t *depth)
{
    while (run->n_choices > 0) {
        struct choice *choice = &run->choices[run->n_choices - 1];
        const item *it = &run->pattern->items[choice->item];

        run->steps++;
        *depth = choice->depth;
        if (it->repeat == LAZY) {
            if (is_single(run, it, choice->at)) {
                *at = ++choice->at;
                return it + 1;
            }
        } else if (it->repeat == OPTIONAL) { /* without it is the last way, and stands no deeper */
            run->n_choices--;
            --*depth;
            *at = choice->least;
            return it + 1;
        } else if (choice->at > choice->least) {
            *at = --choice->at;
            return it + 1;
        }
        run->n_choices--;
    }
    return NULL;
}

/* One item that is not of single bytes: its end, or SIZE_MAX. */
static size_t pass_item(struct run *run, const item *it, size_t at, uint32_t *depth)
{
    dki_text_capture *capture = &run->match->captures[it->number < DKI_PATTERN_CAPTURES ? it->number : 0];

    switch (it->kind) {
    case OPEN: *capture = (dki_text_capture){ at, DKI_CAPTURE_OPEN }; break;
    case PLACE: *capture = (dki_text_capture){ at, DKI_CAPTURE_PLACE }; break;
    case CLOSE: capture->size = at - capture->at; break;
    case SAME: return same_end(run, it, at);
    case BALANCED: return balanced_end(run, it, at);
    case FRONTIER: return at_frontier(run, it, at) ? at : SIZE_MAX;
    default: return at == run->size ? at : SIZE_MAX; /* TAIL */
    }
    ++*depth;
    return at;
}

/* Whether the pattern matches at that place. */
static dk_status match_at(struct run *run, size_t at, bool *found, dk_error *err)
{
    const item *it = run->pattern->items;
    uint32_t depth = 1;

    *found = false;
    run->n_choices = 0;
    run->match->from = at;
    while (it) {
        if (++run->steps >= POLL_STEPS || run->steps > *run->left) {
            dk_status status = settle_steps(run, err);

            if (status != DK_OK)
                return status;
        }
        if (it->kind == END) {
            *found = true;
            run->match->to = at;
            return DK_OK;
        }
        if (it->kind == FAULT)
            return dki_fail(err, DK_ERR_ARGUMENT, "%s", run->pattern->fault);
        at = it->kind <= SET ? repeat(run, it, at, &depth) : pass_item(run, it, at, &depth);
        if (at == SIZE_MAX)
            it = give_way(run, &at, &depth);
        else
            it++;
        if (depth > DKI_PATTERN_DEPTH)
            return dki_fail(err, DK_ERR_ARGUMENT, "pattern too complex");
    }
    return DK_OK;
}

void dki_text_search_init(dki_text_search *search, const dki_text_pattern *pattern, const char *subject,
                          size_t size, size_t at, uint64_t steps)
{
    *search = (dki_text_search){ pattern, subject, size, at, SIZE_MAX, at > size, steps };
}

/* For speed alone: the first place at or behind `at` where a match may begin. */
static size_t next_start(const dki_text_search *search, size_t at)
{
    const item *first = search->pattern->items;
    const char *found;

    if (first->kind != CHARACTER || (first->repeat != ONCE && first->repeat != GREEDY_ONE) || at >= search->size)
        return at;
    found = memchr(search->subject + at, first->first, search->size - at);
    return found ? (size_t)(found - search->subject) : search->size;
}

dk_status dki_text_search_next(dki_text_search *search, dki_text_match *match, bool *found, dk_error *err)
{
    struct run run;
    dk_status status = DK_OK;

    *found = false;
    if (search->is_over)
        return DK_OK;
    run.pattern = search->pattern;
    run.subject = (const unsigned char *)search->subject;
    run.size = search->size;
    run.steps = 0;
    run.left = &search->steps;
    run.match = match;
    match->n_captures = search->pattern->n_captures;
    for (size_t at = search->at;; at++) {
        if (!search->pattern->anchored) {
            size_t start = next_start(search, at);

            run.steps += (start - at) / 16;
            at = start;
        }
        status = match_at(&run, at, found, err);
        if (status != DK_OK)
            return status;
        search->is_over = search->pattern->anchored || at >= search->size;
        if (*found && match->to != search->last) {
            search->at = search->last = match->to;
            search->is_over = search->pattern->anchored;
            break;
        }
        *found = false;
        if (search->is_over)
            break;
    }
    return settle_steps(&run, err);
}

dk_status dki_text_match_get(const dki_text_match *match, size_t i, dki_text_capture *out, dk_error *err)
{
    if (i == 0 && match->n_captures == 0) {
        *out = (dki_text_capture){ match->from, match->to - match->from };
        return DK_OK;
    }
    if (i >= match->n_captures)
        return dki_fail(err, DK_ERR_ARGUMENT, "invalid capture index %%%zu", i + 1);
    if (match->captures[i].size == DKI_CAPTURE_OPEN)
        return dki_fail(err, DK_ERR_ARGUMENT, "unfinished capture");
    *out = match->captures[i];
    return DK_OK;
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
