/* defined.c - definitions of aggregates, which a context keeps.
 *
 * A definition that another takes the place of stays until the context ends: a breakdown that is being run may hold it.
 */
#include "defined.h"

#include <string.h>

#include "aggregate_list.h"
#include "base/attach.h"
#include "base/memory.h"
#include "base/status.h"
#include "expr_parser.h"
#include "functions.h"
#include "window_list.h"

static const char kind[] = "aggregate";

struct defined {
    dki_attached attached;
    dk_aggregate aggregate;
    char name[];
};

const dk_aggregate *dki_defined_find(const dk_context *context, const char *name)
{
    for (const dki_attached *a = dki_attached_first(context); a; a = a->next) {
        const struct defined *defined = (const struct defined *)a;

        if (a->kind == kind && strcmp(defined->name, name) == 0)
            return &defined->aggregate;
    }
    return NULL;
}

static void drop(dk_context *context, dki_attached *attached)
{
    struct defined *defined = (struct defined *)attached;

    if (defined->aggregate.release)
        defined->aggregate.release(defined->aggregate.arg);
    dki_free(context, defined);
}

/* Whether it can be called without backquotes. */
static bool is_word(const char *name)
{
    for (const char *c = name; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' || (*c & 0x80);

        if (!letter && (c == name || *c < '0' || *c > '9'))
            return false;
    }
    return *name && !dki_is_keyword(name);
}

static bool is_taken(const char *name)
{
#define IS(aggregate, least, greatest) \
    if (strcmp(name, #aggregate) == 0) \
        return true;
    DKI_AGGREGATE_LIST(IS)
    DKI_WINDOW_LIST(IS)
#undef IS
    return strcmp(name, "all") == 0 || strcmp(name, "attached") == 0 || dki_function_find(name) != NULL;
}

static bool is_result(dk_type type, uint8_t scale)
{
    switch (type) {
    case DK_DECIMAL: return scale <= DK_DECIMAL_MAX_SCALE;
    case DK_BOOLEAN:
    case DK_INTEGER:
    case DK_REAL:
    case DK_DATE:
    case DK_TIMESTAMP:
    case DK_TEXT: return true;
    default: return false;
    }
}

static dk_status check(const dk_aggregate *aggregate, dk_error *err)
{
    const char *name = aggregate->name;

    if (name == NULL || !is_word(name)) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "an aggregate's name is a word, and this is %s%s%s", name ? "\"" : "",
                       name ? name : "none", name ? "\"" : "");
        dki_hint(err, "letters, digits and _, beginning with a letter, and no word of the language");
        return DK_ERR_ARGUMENT;
    }
    if (is_taken(name)) {
        (void)dki_fail(err, DK_ERR_DUPLICATE, "the language has %s() already", name);
        dki_hint(err, "give the aggregate another name");
        return DK_ERR_DUPLICATE;
    }
    if (aggregate->n_arguments > DK_AGGREGATE_MOST_ARGUMENTS)
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s has %zu arguments; at most %d are possible", name,
                        aggregate->n_arguments, DK_AGGREGATE_MOST_ARGUMENTS);
    if (!is_result(aggregate->result, aggregate->scale))
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s: a result cannot be %s", name,
                        dk_type_name(aggregate->result));
    if (aggregate->step == NULL || aggregate->finish == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s needs step and finish", name);
    if (aggregate->any_thread && aggregate->merge == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s needs merge to run in several threads", name);
    return DK_OK;
}

dk_status dk_aggregate_define(dk_context *context, const dk_aggregate *aggregate, dk_error *err)
{
    struct defined *defined;
    size_t size;
    dk_status status = check(aggregate, err);

    if (status != DK_OK)
        return status;
    size = strlen(aggregate->name) + 1;
    defined = dki_alloc(context, sizeof *defined + size, err);
    if (defined == NULL)
        return DK_ERR_MEMORY;
    memcpy(defined->name, aggregate->name, size);
    defined->attached.kind = kind;
    defined->attached.drop = drop;
    defined->aggregate = *aggregate;
    defined->aggregate.name = defined->name;
    dki_attach(context, &defined->attached);
    return DK_OK;
}
