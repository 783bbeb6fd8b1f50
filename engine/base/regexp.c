/* regexp.c - PCRE2 behind our own limits and memory.
 *
 * An expression lives in the arena that it was made in, and nothing of it is freed before: compiling frees little.
 * Work has memory of its own, which older versions of the library take and give back with each match.
 */
#include "regexp.h"

#include "status.h"

#ifdef DK_HAVE_PCRE2

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "late.h"
#include "text.h"

#define LIBRARY "libpcre2-8.so.0"
#define PACKAGE "libpcre2-8-0"

#define FUNCTIONS(X)                      \
    X(pcre2_general_context_create_8)     \
    X(pcre2_general_context_free_8)       \
    X(pcre2_compile_context_create_8)     \
    X(pcre2_compile_context_free_8)       \
    X(pcre2_set_newline_8)                \
    X(pcre2_set_bsr_8)                    \
    X(pcre2_set_parens_nest_limit_8)      \
    X(pcre2_compile_8)                    \
    X(pcre2_pattern_info_8)               \
    X(pcre2_substring_number_from_name_8) \
    X(pcre2_get_error_message_8)          \
    X(pcre2_match_context_create_8)       \
    X(pcre2_match_context_free_8)         \
    X(pcre2_set_match_limit_8)            \
    X(pcre2_set_depth_limit_8)            \
    X(pcre2_set_heap_limit_8)             \
    X(pcre2_match_data_create_8)          \
    X(pcre2_match_data_free_8)            \
    X(pcre2_get_ovector_pointer_8)        \
    X(pcre2_match_8)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

#define MOST_LOOKED_THROUGH 4096

dk_status dki_regexp_find_library(const char *who, dk_error *err)
{
    struct functions pcre2;

    return open_functions(who, &pcre2, err);
}

static dk_status fail_memory(const dk_error *met, dk_error *err)
{
    if (met->code == DK_OK)
        return dki_fail(err, DK_ERR_MEMORY, "out of memory (a regular expression)");
    if (err)
        *err = *met;
    return DK_ERR_MEMORY;
}

/* Expressions -------------------------------------------------------------------------------------------------- */

struct dki_regexp {
    struct functions pcre2;
    pcre2_code *code;
    uint32_t n_captures;
    /* What every match has, as the library tells. */
    int first, last; /* the byte that it begins with, and one that follows; -1: it is not known */
    bool is_anchored;
    uint32_t least; /* characters */
};

struct compiling {
    dki_arena *arena;
    dk_error met; /* by an allocation */
};

static void *arena_alloc(size_t size, void *arg)
{
    struct compiling *compiling = arg;

    return dki_arena_alloc(compiling->arena, size, &compiling->met);
}

static void arena_free(void *memory, void *arg) /* with the arena */
{
    (void)memory;
    (void)arg;
}

static int literal(const dki_regexp *regexp, uint32_t which_type, uint32_t which)
{
    uint32_t type = 0, unit = 0;

    regexp->pcre2.pcre2_pattern_info_8(regexp->code, which_type, &type);
    if (type == 1)
        regexp->pcre2.pcre2_pattern_info_8(regexp->code, which, &unit);
    return type == 1 && unit < 0x80 ? (int)unit : -1;
}

/* The library does not tell whether case counts in the literals, and verbs may stand in front: with (? and (* they are not asked
 * for. */
static void find_needs(dki_regexp *made, const char *bytes, size_t size)
{
    uint32_t options = 0;

    made->first = made->last = -1;
    if (dki_text_find(bytes, size, 0, "(?", 2) != SIZE_MAX || dki_text_find(bytes, size, 0, "(*", 2) != SIZE_MAX)
        return;
    made->first = literal(made, PCRE2_INFO_FIRSTCODETYPE, PCRE2_INFO_FIRSTCODEUNIT);
    made->last = literal(made, PCRE2_INFO_LASTCODETYPE, PCRE2_INFO_LASTCODEUNIT);
    made->pcre2.pcre2_pattern_info_8(made->code, PCRE2_INFO_ALLOPTIONS, &options);
    made->is_anchored = options & PCRE2_ANCHORED;
    made->pcre2.pcre2_pattern_info_8(made->code, PCRE2_INFO_MINLENGTH, &made->least);
}

static dk_status compile(dki_regexp *made, struct compiling *compiling, const char *bytes, size_t size, size_t *at,
                         dk_error *err)
{
    const struct functions *pcre2 = &made->pcre2;
    pcre2_general_context *general = pcre2->pcre2_general_context_create_8(arena_alloc, arena_free, compiling);
    pcre2_compile_context *settings = general ? pcre2->pcre2_compile_context_create_8(general) : NULL;
    int code = 0;
    PCRE2_SIZE place = 0;
    PCRE2_UCHAR text[160];

    if (settings == NULL)
        return fail_memory(&compiling->met, err);
    /* the same whatever the library was built with */
    pcre2->pcre2_set_newline_8(settings, PCRE2_NEWLINE_LF);
    pcre2->pcre2_set_bsr_8(settings, PCRE2_BSR_UNICODE);
    pcre2->pcre2_set_parens_nest_limit_8(settings, 200);
    made->code = pcre2->pcre2_compile_8((PCRE2_SPTR)bytes, size, PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C,
                                        &code, &place, settings);
    if (made->code) {
        pcre2->pcre2_pattern_info_8(made->code, PCRE2_INFO_CAPTURECOUNT, &made->n_captures);
        find_needs(made, bytes, size);
        return DK_OK;
    }
    if (compiling->met.code != DK_OK)
        return fail_memory(&compiling->met, err);
    *at = place < size ? place : size;
    text[0] = '\0';
    pcre2->pcre2_get_error_message_8(code, text, sizeof text);
    return dki_fail(err, DK_ERR_ARGUMENT, "%s", (const char *)text);
}

dk_status dki_regexp_new(dki_arena *arena, const char *who, const char *bytes, size_t size, const dki_regexp **out,
                         size_t *at, dk_error *err)
{
    /* the code keeps a pointer to it, for frees that never come */
    struct compiling *compiling = dki_arena_array(arena, 1, sizeof *compiling, err);
    dki_regexp *made = compiling ? dki_arena_array(arena, 1, sizeof *made, err) : NULL;
    dk_status status;

    if (made == NULL)
        return DK_ERR_MEMORY;
    *at = 0;
    if (size > DKI_REGEXP_MOST_BYTES)
        return dki_fail(err, DK_ERR_LIMIT, "a regular expression has at most %d bytes, and this has %zu",
                        DKI_REGEXP_MOST_BYTES, size);
    status = open_functions(who, &made->pcre2, err);
    if (status != DK_OK)
        return status;
    compiling->arena = arena;
    compiling->met = (dk_error)DK_ERROR_INIT;
    status = compile(made, compiling, bytes, size, at, err);
    if (status == DK_OK)
        *out = made;
    return status;
}

size_t dki_regexp_n_captures(const dki_regexp *regexp)
{
    return regexp->n_captures;
}

size_t dki_regexp_named(const dki_regexp *regexp, const char *name)
{
    int number = regexp->pcre2.pcre2_substring_number_from_name_8(regexp->code, (PCRE2_SPTR)name);

    return number > 0 ? (size_t)number : 0;
}

/* Matching ----------------------------------------------------------------------------------------------------- */

struct dki_regexp_work {
    struct functions pcre2;
    dk_context *context;
    pcre2_general_context *general;
    pcre2_match_context *limits;
    pcre2_match_data *data;
    uint32_t n_pairs;   /* that data has room for */
    uint32_t n_matched; /* of them set by the last match */
    dk_error met;       /* by an allocation */
};

static void *work_alloc(size_t size, void *arg)
{
    dki_regexp_work *work = arg;

    return dki_alloc(work->context, size, &work->met);
}

static void work_free(void *memory, void *arg)
{
    dki_regexp_work *work = arg;

    dki_free(work->context, memory);
}

void dki_regexp_work_release(dki_regexp_work *work)
{
    if (work == NULL)
        return;
    if (work->data)
        work->pcre2.pcre2_match_data_free_8(work->data);
    if (work->limits)
        work->pcre2.pcre2_match_context_free_8(work->limits);
    if (work->general)
        work->pcre2.pcre2_general_context_free_8(work->general);
    dki_free(work->context, work);
}

dk_status dki_regexp_work_new(dk_context *context, const char *who, dki_regexp_work **out, dk_error *err)
{
    dki_regexp_work *work = dki_calloc(context, 1, sizeof *work, err);
    dk_status status;

    if (work == NULL)
        return DK_ERR_MEMORY;
    work->context = context;
    status = open_functions(who, &work->pcre2, err);
    if (status == DK_OK) {
        work->general = work->pcre2.pcre2_general_context_create_8(work_alloc, work_free, work);
        work->limits = work->general ? work->pcre2.pcre2_match_context_create_8(work->general) : NULL;
        if (work->limits == NULL)
            status = fail_memory(&work->met, err);
    }
    if (status != DK_OK) {
        dki_regexp_work_release(work);
        return status;
    }
    work->pcre2.pcre2_set_match_limit_8(work->limits, DKI_REGEXP_STEPS);
    work->pcre2.pcre2_set_depth_limit_8(work->limits, DKI_REGEXP_DEPTH);
    work->pcre2.pcre2_set_heap_limit_8(work->limits, DKI_REGEXP_KIB);
    *out = work;
    return DK_OK;
}

static dk_status make_room(dki_regexp_work *work, uint32_t n_pairs, dk_error *err)
{
    if (n_pairs <= work->n_pairs)
        return DK_OK;
    if (work->data)
        work->pcre2.pcre2_match_data_free_8(work->data);
    work->n_pairs = 0;
    work->data = work->pcre2.pcre2_match_data_create_8(n_pairs, work->general);
    if (work->data == NULL)
        return fail_memory(&work->met, err);
    work->n_pairs = n_pairs;
    return DK_OK;
}

static dk_status fail_match(dki_regexp_work *work, int code, dk_error *err)
{
    PCRE2_UCHAR text[160] = "";

    switch (code) {
    case PCRE2_ERROR_MATCHLIMIT:
        return dki_fail(err, DK_ERR_LIMIT, "the regular expression takes more than %d steps", DKI_REGEXP_STEPS);
    case PCRE2_ERROR_DEPTHLIMIT:
        return dki_fail(err, DK_ERR_LIMIT, "the regular expression goes deeper than %d", DKI_REGEXP_DEPTH);
    case PCRE2_ERROR_HEAPLIMIT:
        return dki_fail(err, DK_ERR_LIMIT, "the regular expression takes more than %d KiB", DKI_REGEXP_KIB);
    case PCRE2_ERROR_NOMEMORY: return fail_memory(&work->met, err);
    default: break;
    }
    work->pcre2.pcre2_get_error_message_8(code, text, sizeof text);
    if (code <= PCRE2_ERROR_UTF8_ERR1 && code >= PCRE2_ERROR_UTF8_ERR21)
        return dki_fail(err, DK_ERR_ENCODING, "the text is not UTF-8: %s", (const char *)text);
    return dki_fail(err, DK_ERR_LIMIT, "the regular expression cannot be matched: %s", (const char *)text);
}

/* Whether a text lacks what every match has. Of a long one the library finds that out as fast. */
static bool lacks_need(const dki_regexp *regexp, const char *subject, size_t size)
{
    if (size > MOST_LOOKED_THROUGH)
        return false;
    if (size == 0 || size < regexp->least)
        return size < regexp->least || regexp->first >= 0 || regexp->last >= 0;
    if (regexp->is_anchored && regexp->first >= 0 && subject[0] != regexp->first)
        return true;
    return (!regexp->is_anchored && regexp->first >= 0 && !memchr(subject, regexp->first, size)) ||
           (regexp->last >= 0 && !memchr(subject, regexp->last, size));
}

bool dki_regexp_excludes(const dki_regexp *regexp, const char *subject, size_t size)
{
    return lacks_need(regexp, subject, size) && dki_text_is_ascii(subject, size);
}

/* Matches at `at` or behind it; DK_OK and *found. */
static dk_status match(dki_regexp_search *search, dki_regexp_work *work, size_t at, uint32_t options, bool *found,
                       dk_error *err)
{
    /* an empty text may be nowhere, which older versions of the library do not take */
    PCRE2_SPTR subject = (PCRE2_SPTR)(search->size > 0 ? search->subject : "");
    dk_status status = make_room(work, search->regexp->n_captures + 1, err);
    int code;

    *found = false;
    if (status != DK_OK)
        return status;
    dki_error_begin(&work->met);
    /* Well formed without the library's look at each byte; or a match before looked at it. */
    if (search->last != SIZE_MAX || dki_text_is_ascii(search->subject, search->size))
        options |= PCRE2_NO_UTF_CHECK;
    code = work->pcre2.pcre2_match_8(search->regexp->code, subject, search->size, at, options, work->data,
                                     work->limits);
    if (code == PCRE2_ERROR_NOMATCH)
        return dki_poll(work->context, err);
    if (code < 0)
        return fail_match(work, code, err);
    work->n_matched = (uint32_t)code;
    *found = true;
    return dki_poll(work->context, err);
}

static size_t next_character(const dki_regexp_search *search, size_t at)
{
    do
        at++;
    while (at < search->size && ((unsigned char)search->subject[at] & 0xC0) == 0x80);
    return at;
}

dk_status dki_regexp_next(dki_regexp_search *search, dki_regexp_work *work, bool *found, dk_error *err)
{
    size_t from, size, at = search->last == SIZE_MAX ? 0 : search->last;
    dk_status status;

    *found = false;
    if (search->was_empty) {
        status = match(search, work, at, PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED, found, err);
        if (status != DK_OK)
            return status;
        at = *found ? at : next_character(search, at);
        if (!*found && at > search->size)
            return DK_OK;
    }
    if (!*found) {
        status = match(search, work, at, 0, found, err);
        if (status != DK_OK || !*found)
            return status;
    }
    /* \K may have set the beginning behind the end, or before what was found already */
    if (!dki_regexp_capture(work, 0, &from, &size) || (search->last != SIZE_MAX && from < search->last))
        return dki_fail(err, DK_ERR_LIMIT,
                        "the regular expression cannot be matched: a match begins within another");
    search->last = from + size;
    search->was_empty = size == 0;
    return DK_OK;
}

bool dki_regexp_capture(const dki_regexp_work *work, size_t i, size_t *from, size_t *size)
{
    const PCRE2_SIZE *pairs = work->pcre2.pcre2_get_ovector_pointer_8(work->data);

    if (i >= work->n_matched || pairs[2 * i] == PCRE2_UNSET || pairs[2 * i + 1] < pairs[2 * i])
        return false;
    *from = pairs[2 * i];
    *size = pairs[2 * i + 1] - pairs[2 * i];
    return true;
}

#else

dk_status dki_regexp_find_library(const char *who, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_IO, "%s needs PCRE2, which this dekking was built without", who);
    dki_hint(err, "install it (Debian: apt-get install libpcre2-dev) and build again");
    return DK_ERR_IO;
}

dk_status dki_regexp_new(dki_arena *arena, const char *who, const char *bytes, size_t size, const dki_regexp **out,
                         size_t *at, dk_error *err)
{
    (void)arena, (void)bytes, (void)size, (void)out;
    *at = 0;
    return dki_regexp_find_library(who, err);
}

size_t dki_regexp_n_captures(const dki_regexp *regexp)
{
    (void)regexp;
    return 0;
}

size_t dki_regexp_named(const dki_regexp *regexp, const char *name)
{
    (void)regexp, (void)name;
    return 0;
}

dk_status dki_regexp_work_new(dk_context *context, const char *who, dki_regexp_work **out, dk_error *err)
{
    (void)context, (void)out;
    return dki_regexp_find_library(who, err);
}

void dki_regexp_work_release(dki_regexp_work *work)
{
    (void)work;
}

bool dki_regexp_excludes(const dki_regexp *regexp, const char *subject, size_t size)
{
    (void)regexp, (void)subject, (void)size;
    return false;
}

dk_status dki_regexp_next(dki_regexp_search *search, dki_regexp_work *work, bool *found, dk_error *err)
{
    (void)search, (void)work;
    *found = false;
    return dki_regexp_find_library("this", err);
}

bool dki_regexp_capture(const dki_regexp_work *work, size_t i, size_t *from, size_t *size)
{
    (void)work, (void)i, (void)from, (void)size;
    return false;
}

#endif
