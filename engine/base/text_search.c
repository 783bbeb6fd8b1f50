/* text_search.c - matching Lua's patterns over a stack of what can still be tried otherwise.
 *
 * Since a pattern is a row of items without branches (text_pattern.c), no capture is ever undone: who goes back to an
 * item passes all those behind it anew.
 *
 * Invariants: the stack holds an entry for each repetition that may give way; depth counts these and the ends of
 * captures on the way here, which is how deep stock Lua's calls would be nested.
 */
#include "text_pattern.h"

#include <string.h>

#include "status.h"
#include "text_items.h"

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

static bool is_single(const struct run *run, const dki_pattern_item *it, size_t at)
{
    if (at >= run->size)
        return false;
    switch (it->kind) {
    case DKI_ITEM_CHARACTER: return run->subject[at] == it->first;
    case DKI_ITEM_ANY: return true;
    default: return dki_item_set_has(run->pattern->sets[it->number], run->subject[at]);
    }
}

/* Where the longest run of what the item matches ends. */
static size_t longest(const struct run *run, const dki_pattern_item *it, size_t at)
{
    const unsigned char *subject = run->subject;
    size_t size = run->size;
    const uint64_t *set;

    switch (it->kind) {
    case DKI_ITEM_ANY: return size;
    case DKI_ITEM_CHARACTER:
        while (at < size && subject[at] == it->first)
            at++;
        return at;
    default:
        set = run->pattern->sets[it->number];
        while (at < size && dki_item_set_has(set, subject[at]))
            at++;
        return at;
    }
}

/* The end of a balanced text that begins at `at`; SIZE_MAX where there is none. */
static size_t balanced_end(struct run *run, const dki_pattern_item *it, size_t at)
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

static bool at_frontier(const struct run *run, const dki_pattern_item *it, size_t at)
{
    const uint64_t *set = run->pattern->sets[it->number];
    unsigned char before = at > 0 ? run->subject[at - 1] : '\0';
    unsigned char here = at < run->size ? run->subject[at] : '\0';

    return !dki_item_set_has(set, before) && dki_item_set_has(set, here);
}

/* The end of what the capture holds, once more at `at`; SIZE_MAX. A place is held by nothing. */
static size_t same_end(struct run *run, const dki_pattern_item *it, size_t at)
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
static size_t repeat(struct run *run, const dki_pattern_item *it, size_t at, uint32_t *depth)
{
    bool fits = is_single(run, it, at);
    struct choice *choice = &run->choices[run->n_choices];

    if (it->repeat == DKI_REPEAT_ONCE)
        return fits ? at + 1 : SIZE_MAX;
    if (!fits) /* no other way, and no deeper */
        return it->repeat == DKI_REPEAT_GREEDY_ONE ? SIZE_MAX : at;
    if (it->repeat == DKI_REPEAT_LAZY) {
        choice->at = at;
    } else {
        choice->least = at + (it->repeat == DKI_REPEAT_GREEDY_ONE);
        choice->at = it->repeat == DKI_REPEAT_OPTIONAL ? at + 1 : longest(run, it, at + 1);
        run->steps += choice->at - at;
    }
    choice->item = (uint32_t)(it - run->pattern->items);
    choice->depth = ++*depth;
    run->n_choices++;
    return choice->at;
}

/* The newest choice gives way: the item to go on with, NULL where there is none, and the place and depth. */
static const dki_pattern_item *give_way(struct run *run, size_t *at, uint32_t *depth)
{
    while (run->n_choices > 0) {
        struct choice *choice = &run->choices[run->n_choices - 1];
        const dki_pattern_item *it = &run->pattern->items[choice->item];

        run->steps++;
        *depth = choice->depth;
        if (it->repeat == DKI_REPEAT_LAZY) {
            if (is_single(run, it, choice->at)) {
                *at = ++choice->at;
                return it + 1;
            }
        } else if (it->repeat == DKI_REPEAT_OPTIONAL) { /* without it is the last way, and stands no deeper */
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
static size_t pass_item(struct run *run, const dki_pattern_item *it, size_t at, uint32_t *depth)
{
    dki_text_capture *capture = &run->match->captures[it->number < DKI_PATTERN_CAPTURES ? it->number : 0];

    switch (it->kind) {
    case DKI_ITEM_OPEN: *capture = (dki_text_capture){ at, DKI_CAPTURE_OPEN }; break;
    case DKI_ITEM_PLACE: *capture = (dki_text_capture){ at, DKI_CAPTURE_PLACE }; break;
    case DKI_ITEM_CLOSE: capture->size = at - capture->at; break;
    case DKI_ITEM_SAME: return same_end(run, it, at);
    case DKI_ITEM_BALANCED: return balanced_end(run, it, at);
    case DKI_ITEM_FRONTIER: return at_frontier(run, it, at) ? at : SIZE_MAX;
    default: return at == run->size ? at : SIZE_MAX; /* DKI_ITEM_TAIL */
    }
    ++*depth;
    return at;
}

/* Whether the pattern matches at that place. */
static dk_status match_at(struct run *run, size_t at, bool *found, dk_error *err)
{
    const dki_pattern_item *it = run->pattern->items;
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
        if (it->kind == DKI_ITEM_END) {
            *found = true;
            run->match->to = at;
            return DK_OK;
        }
        if (it->kind == DKI_ITEM_FAULT)
            return dki_fail(err, DK_ERR_ARGUMENT, "%s", run->pattern->fault);
        at = it->kind <= DKI_ITEM_SET ? repeat(run, it, at, &depth) : pass_item(run, it, at, &depth);
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
    const dki_pattern_item *first = search->pattern->items;
    const char *found;

    if (first->kind != DKI_ITEM_CHARACTER ||
        (first->repeat != DKI_REPEAT_ONCE && first->repeat != DKI_REPEAT_GREEDY_ONE) || at >= search->size)
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
