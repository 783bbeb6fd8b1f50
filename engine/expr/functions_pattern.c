/* functions_pattern.c - patterns in texts: pattern_... takes Lua's, regexp_... regular expressions.
 *
 * A pattern that stands there is compiled when the expression is bound, once for all threads. One of a row is
 * compiled when an evaluator first meets it, and kept as long as its place is not wanted for another.
 *
 * Lua's patterns match bytes. What a match gives must be characters all the same: one that begins or ends within a
 * character is an error of its row. Places are counted in characters.
 */
#include "functions.h"

#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "pattern_match.h"

enum what { MATCHES, FIND, COUNT, EXTRACT, REPLACE };

struct call {
    const char *who; /* "regexp_find()" */
    enum what what;
    bool is_regexp;
    const dki_matcher *matcher; /* of a pattern that stands there; else NULL */
    size_t capture;             /* extract: which one; SIZE_MAX is the first, or the whole where there is none */
};

/* A text in a message: cut where it is long. */
static void quote(dk_text text, char out[72])
{
    size_t n = dki_utf8_floor(text.bytes, text.size, 40);

    snprintf(out, 72, "\"%.*s%s\"", (int)n, text.size > 0 ? text.bytes : "", n < text.size ? "\u2026" : "");
    for (char *c = out; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = ' ';
}

/* Binding ------------------------------------------------------------------------------------------------------ */

/* An argument is wrong at that byte of the text that it is; err->message says why, and its hint stays. */
static dk_status fail_argument(dki_binder *b, const dki_op *arg, size_t at, dk_status status)
{
    dk_error found;

    if (b->err == NULL || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED)
        return status;
    found = *b->err;
    if (status == DK_ERR_ARGUMENT)
        dki_node_fail_within(b->bound->expr, arg->node, at, b->err, status, "%s", found.message);
    else
        dki_node_fail(b->bound->expr, arg->node, b->err, status, "%s", found.message);
    memcpy(b->err->hint, found.hint, sizeof found.hint);
    return status;
}

static dk_status bind_matcher(dki_binder *b, struct call *call, const dki_op *arg)
{
    dki_matcher *matcher = dki_arena_array(&b->bound->arena, 1, sizeof *matcher, b->err);
    size_t at = 0;
    dk_status status = DK_ERR_MEMORY;

    if (matcher)
        status = dki_matcher_init(matcher, call->is_regexp, &b->bound->arena, call->who, arg->value.as.text, &at,
                                  b->err);
    call->matcher = matcher;
    return status == DK_OK ? status : fail_argument(b, arg, at, status);
}

/* A letter in a set, and one that is repeated, are bytes to Lua: hardly ever what is meant. */
static dk_status note_bytes(dki_binder *b, const struct call *call, const dki_op *arg)
{
    char note[240], pattern[72];

    if (call->matcher == NULL || call->is_regexp || !call->matcher->pattern.splits)
        return DK_OK;
    quote(arg->value.as.text, pattern);
    (void)snprintf(note, sizeof note, "%s takes single bytes of the letters in %s; regexp_%s takes letters",
                   call->who, pattern, call->who + strlen("pattern_"));
    return dki_bound_add_note(b->bound, note, b->err);
}

/* The capture that is asked for: a number, or the name that a regular expression gave it. */
static dk_status bind_capture(dki_binder *b, struct call *call, const dki_op *arg)
{
    const dk_value *value = &arg->value;
    size_t n = call->matcher ? dki_matcher_n_captures(call->matcher) : SIZE_MAX - 1;

    if (arg->is_constant && !value->is_null && value->type == DK_INTEGER) {
        call->capture = value->as.integer < 0 ? SIZE_MAX : (size_t)value->as.integer;
        if (call->capture <= n)
            return DK_OK;
        if (value->as.integer >= 0)
            return dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_RANGE,
                                 "the pattern has %zu capture%s, and this is number %lld", n, n == 1 ? "" : "s",
                                 (long long)value->as.integer);
    } else if (arg->is_constant && !value->is_null && value->type == DK_TEXT && call->is_regexp && call->matcher) {
        call->capture = dki_regexp_named(call->matcher->regexp, value->as.text.bytes);
        if (call->capture > 0 && strlen(value->as.text.bytes) == value->as.text.size)
            return DK_OK;
        return dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_NAME,
                             "the regular expression has no capture of that name");
    }
    return dki_node_fail(b->bound->expr, arg->node, b->err, DK_ERR_ARGUMENT,
                         "a capture is a whole number that stands there: 0 is the whole match");
}

static dki_run_fn run_matches;

static enum what what_of(const char *name)
{
    switch (strchr(name, '_')[1]) {
    case 'm': return MATCHES;
    case 'f': return FIND;
    case 'c': return COUNT;
    case 'e': return EXTRACT;
    default: return REPLACE;
    }
}

static dk_status bind_pattern(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                              dki_op **out)
{
    static const dk_type types[] = { DK_BOOLEAN, DK_INTEGER, DK_INTEGER, DK_TEXT, DK_TEXT };
    struct call *call = dki_arena_array(&b->bound->arena, 1, sizeof *call, b->err);
    enum what what = what_of(f->name);
    size_t n_args = what == EXTRACT ? 2 : n, at;
    dk_status status = call ? dki_function_args(b, f, args, n_args, "ttt") : DK_ERR_MEMORY;

    if (status != DK_OK)
        return status;
    *call = (struct call){ .what = what, .is_regexp = f->name[0] == 'r', .capture = SIZE_MAX };
    call->who = dki_arena_format(&b->bound->arena, b->err, "%s()", f->name);
    if (call->who == NULL)
        return DK_ERR_MEMORY;
    if (args[1]->is_constant && !args[1]->value.is_null)
        status = bind_matcher(b, call, args[1]);
    else if (call->is_regexp && (status = dki_regexp_find_library(call->who, b->err)) != DK_OK)
        status = fail_argument(b, args[1], 0, status);
    if (status == DK_OK)
        status = note_bytes(b, call, args[1]);
    if (status == DK_OK && n == 3 && what == EXTRACT)
        status = bind_capture(b, call, args[2]);
    if (status == DK_OK && what == REPLACE && call->matcher && args[2]->is_constant && !args[2]->value.is_null) {
        status = dki_matcher_check_replacement(call->matcher, args[2]->value.as.text, &at, b->err);
        if (status != DK_OK)
            status = fail_argument(b, args[2], at, status);
    }
    if (status == DK_OK && types[what] == DK_INTEGER)
        return dki_function_number_op(b, f, node, args, n_args, call, out);
    if (status == DK_OK)
        status = dki_function_op(b, f, node, args, n_args, types[what], 0, out);
    if (status == DK_OK)
        (*out)->data = call;
    if (status == DK_OK && (*out)->run == dki_run_row && what == MATCHES && call->matcher &&
        args[0]->type == DK_TEXT)
        (*out)->run = run_matches;
    return status;
}

/* What an evaluator keeps -------------------------------------------------------------------------------------- */

#define N_KEPT 64

struct kept {
    dki_arena arena; /* of the bytes and the matcher */
    dk_text pattern;
    dki_matcher matcher;
};

struct state {
    dki_regexp_work *work;
    dki_buffer buffer;
    struct kept *kept[N_KEPT]; /* by a hash of the pattern */
};

static void drop_kept(dk_context *context, struct kept *kept)
{
    if (kept)
        dki_arena_drop(&kept->arena);
    dki_free(context, kept);
}

static void drop_state(dk_context *context, void *arg)
{
    struct state *state = arg;

    for (size_t i = 0; i < N_KEPT; i++)
        drop_kept(context, state->kept[i]);
    dki_regexp_work_release(state->work);
    dki_buffer_drop(&state->buffer);
    dki_free(context, state);
}

static dk_status get_state(dki_eval *eval, const dki_op *op, struct state **out, dk_error *err)
{
    const struct call *call = op->data;
    dki_slot *slot = &eval->slots[op->slot];
    struct state *state = slot->state;

    if (state == NULL) {
        state = dki_calloc(eval->context, 1, sizeof *state, err);
        if (state == NULL)
            return DK_ERR_MEMORY;
        dki_buffer_init(&state->buffer, eval->context);
        slot->state = state;
        slot->drop_state = drop_state;
    }
    *out = state;
    return call->is_regexp && state->work == NULL ? dki_regexp_work_new(eval->context, call->who, &state->work, err)
                                                  : DK_OK;
}

static size_t place_of(dk_text pattern)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < pattern.size; i++)
        hash = (hash ^ (unsigned char)pattern.bytes[i]) * UINT64_C(1099511628211);
    return (hash ^ hash >> 32) % N_KEPT;
}

/* The matcher of a row's pattern. */
static dk_status get_matcher(dki_eval *eval, const struct call *call, struct state *state, dk_text pattern,
                             const dki_matcher **out, dk_error *err)
{
    struct kept **place = &state->kept[place_of(pattern)], *made = *place;
    size_t at;
    dk_status status;

    if (made && made->pattern.size == pattern.size &&
        (pattern.size == 0 || memcmp(made->pattern.bytes, pattern.bytes, pattern.size) == 0)) {
        *out = &made->matcher;
        return DK_OK;
    }
    drop_kept(eval->context, made);
    *place = NULL;
    made = dki_calloc(eval->context, 1, sizeof *made, err);
    if (made == NULL)
        return DK_ERR_MEMORY;
    dki_arena_init(&made->arena, eval->context);
    made->pattern.size = pattern.size;
    made->pattern.bytes = dki_arena_text(&made->arena, pattern.bytes, pattern.size, err);
    status = made->pattern.bytes
                 ? dki_matcher_init(&made->matcher, call->is_regexp, &made->arena, call->who, pattern, &at, err)
                 : DK_ERR_MEMORY;
    if (status != DK_OK) {
        drop_kept(eval->context, made);
        return status;
    }
    *place = made;
    *out = &made->matcher;
    return DK_OK;
}

/* Rows --------------------------------------------------------------------------------------------------------- */

static dk_status fail_within_character(dk_error *err)
{
    (void)dki_fail(err, DK_ERR_ENCODING, "a match ends within a character");
    dki_hint(err, "Lua's patterns match bytes; the regexp functions match characters");
    return DK_ERR_ENCODING;
}

/* Whether the part of a text of whole characters is one too. */
static bool is_whole(dk_text text, dk_text part)
{
    const char *ends[] = { part.bytes, part.bytes + part.size };

    for (size_t i = 0; i < 2 && text.size > 0; i++)
        if (ends[i] < text.bytes + text.size && ((unsigned char)*ends[i] & 0xC0) == 0x80)
            return false;
    return true;
}

/* The number of a place, in characters from 1. */
static size_t character_at(dk_text text, size_t byte)
{
    return byte == 0 ? 1 : dki_utf8_length(text.bytes, byte) + 1;
}

/* A capture as text: null where it took no part. A place is its number. */
static dk_status take_capture(dki_eval *eval, const dki_matches *matches, size_t i, dk_value *out, dk_error *err)
{
    bool is_place;
    dk_text part;

    if (!dki_matches_capture(matches, i, &part, &is_place)) {
        out->is_null = true;
        return DK_OK;
    }
    if (!is_whole(matches->text, part))
        return fail_within_character(err);
    if (is_place) {
        size_t byte = matches->text.size > 0 ? (size_t)(part.bytes - matches->text.bytes) : 0;

        part.bytes = dki_arena_format(&eval->arena, err, "%zu", character_at(matches->text, byte));
        if (part.bytes == NULL)
            return DK_ERR_MEMORY;
        part.size = strlen(part.bytes);
    }
    out->as.text = part;
    return DK_OK;
}

static dk_status add_replacement(dki_eval *eval, const dki_matches *matches, dk_text replacement, dki_buffer *to,
                                 dk_error *err)
{
    dki_replacement_part part;
    size_t at = 0;
    bool found = true;
    dk_status status;

    for (;;) {
        dk_value capture = { .type = DK_TEXT };

        status = dki_matcher_replacement(matches->matcher, replacement, &at, &part, &found, err);
        if (status != DK_OK || !found)
            return status;
        if (part.capture < 0)
            status = dki_buffer_append(to, part.bytes, part.size, err);
        else
            status = take_capture(eval, matches, (size_t)part.capture, &capture, err);
        if (status == DK_OK && part.capture >= 0 && !capture.is_null)
            status = dki_buffer_append(to, capture.as.text.bytes, capture.as.text.size, err);
        if (status != DK_OK)
            return status;
    }
}

/* Replaces every match. */
static dk_status replace(dki_eval *eval, dki_matches *matches, dk_text replacement, dki_buffer *to, dk_value *out,
                         dk_error *err)
{
    size_t copied = 0;
    bool found, any = false;
    dk_status status;

    to->size = 0;
    while ((status = dki_matches_next(matches, &found, err)) == DK_OK && found) {
        any = true;
        if (!is_whole(matches->text, (dk_text){ matches->text.bytes + matches->from, matches->to - matches->from }))
            return fail_within_character(err);
        status = dki_buffer_append(to, matches->text.bytes + copied, matches->from - copied, err);
        if (status == DK_OK)
            status = add_replacement(eval, matches, replacement, to, err);
        if (status != DK_OK)
            return status;
        copied = matches->to;
    }
    if (status == DK_OK && any)
        status = dki_buffer_append(to, matches->text.bytes + copied, matches->text.size - copied, err);
    if (status != DK_OK || !any)
        return status;
    out->as.text = (dk_text){ dki_arena_text(&eval->arena, to->bytes, to->size, err), to->size };
    return out->as.text.bytes ? DK_OK : DK_ERR_MEMORY;
}

static dk_status run_call(dki_eval *eval, const struct call *call, struct state *state, const dki_matcher *matcher,
                          const dk_value *args, dk_value *out, dk_error *err)
{
    dki_matches matches;
    bool found;
    dk_status status;

    dki_matches_init(&matches, matcher, state->work, args[0].as.text);
    if (call->what == REPLACE) {
        out->as.text = args[0].as.text;
        return replace(eval, &matches, args[2].as.text, &state->buffer, out, err);
    }
    status = dki_matches_next(&matches, &found, err);
    if (status != DK_OK)
        return status;
    switch (call->what) {
    case MATCHES: out->as.boolean = found; return DK_OK;
    case FIND:
        out->is_null = !found;
        if (!found)
            return DK_OK;
        if (!is_whole(args[0].as.text, (dk_text){ args[0].as.text.bytes + matches.from, 0 }))
            return fail_within_character(err);
        out->as.integer = (int64_t)character_at(args[0].as.text, matches.from);
        return DK_OK;
    case COUNT:
        out->as.integer = 0;
        while (status == DK_OK && found) {
            out->as.integer++;
            status = dki_matches_next(&matches, &found, err);
        }
        return status;
    default: break;
    }
    out->is_null = !found;
    if (!found)
        return DK_OK;
    if (call->capture == SIZE_MAX)
        return take_capture(eval, &matches, dki_matcher_n_captures(matcher) > 0, out, err);
    if (call->capture > dki_matcher_n_captures(matcher))
        return dki_fail(err, DK_ERR_RANGE, "there is no capture %zu", call->capture);
    return take_capture(eval, &matches, call->capture, out, err);
}

/* What a row met names its pattern and its text. */
static dk_status fail_row(dk_text text, dk_text pattern, dk_status status, dk_error *err)
{
    char shown_pattern[72], shown_text[72], message[sizeof err->message], hint[sizeof err->hint];

    if (err == NULL || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || status == DK_ERR_IO)
        return status;
    quote(pattern, shown_pattern);
    quote(text, shown_text);
    snprintf(message, sizeof message, "%s", err->message);
    memcpy(hint, err->hint, sizeof hint);
    (void)dki_fail(err, status, "%s: the pattern is %s, the text %s", message, shown_pattern, shown_text);
    memcpy(err->hint, hint, sizeof hint);
    return status;
}

static dk_status row_pattern(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    const struct call *call = op->data;
    const dki_matcher *matcher = call->matcher;
    struct state *state;
    dk_status status = get_state(eval, op, &state, err);

    if (status == DK_OK && matcher == NULL)
        status = get_matcher(eval, call, state, args[1].as.text, &matcher, err);
    if (status == DK_OK)
        status = run_call(eval, call, state, matcher, args, out, err);
    return status == DK_OK ? DK_OK : fail_row(args[0].as.text, args[1].as.text, status, err);
}

/* Whether texts match a pattern that stands there, for a block: for speed alone. */
static dk_status run_matches(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    const struct call *call = op->data;
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t *truth = slot->values;
    struct state *state;
    dki_matches matches;
    dki_vector from;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status == DK_OK)
        status = get_state(eval, op, &state, err);
    from = dki_op_vector(eval, op->args[0]);
    for (size_t w = 0; status == DK_OK && w < dki_bit_words(eval->n); w++) {
        uint64_t known = selection[w] & dki_vector_known(from, w), found = 0;

        for (uint64_t rows = known; rows; rows &= rows - 1) {
            size_t i = 64 * w + (size_t)__builtin_ctzll(rows);
            dk_text text = ((const dk_text *)from.values)[i];
            bool matched;

            if (dki_matcher_excludes(call->matcher, text))
                continue;
            dki_matches_init(&matches, call->matcher, state->work, text);
            status = dki_matches_next(&matches, &matched, err);
            if (status != DK_OK)
                return dki_row_fail_again(eval, op, i, err,
                                          fail_row(text, op->args[1]->value.as.text, status, err));
            found |= matched ? rows & -rows : 0;
        }
        truth[w] = found;
        slot->valid[w] = known;
    }
    slot->vector = (dki_vector){ truth, slot->valid };
    return status;
}

const dki_function dki_pattern_functions[] = {
    { "pattern_matches", 2, 2, bind_pattern, row_pattern },
    { "pattern_find", 2, 2, bind_pattern, row_pattern },
    { "pattern_count", 2, 2, bind_pattern, row_pattern },
    { "pattern_extract", 2, 3, bind_pattern, row_pattern },
    { "pattern_replace", 3, 3, bind_pattern, row_pattern },
    { "regexp_matches", 2, 2, bind_pattern, row_pattern },
    { "regexp_find", 2, 2, bind_pattern, row_pattern },
    { "regexp_count", 2, 2, bind_pattern, row_pattern },
    { "regexp_extract", 2, 3, bind_pattern, row_pattern },
    { "regexp_replace", 3, 3, bind_pattern, row_pattern },
    { NULL, 0, 0, NULL, NULL },
};
