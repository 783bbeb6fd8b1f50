/* defined.c - definitions of aggregates and functions, which a context keeps.
 *
 * A definition that another takes the place of stays until the context ends: a breakdown that is being run may hold it.
 */
#include "defined.h"

#include <string.h>

#include "aggregate_list.h"
#include "base/arena.h"
#include "base/attach.h"
#include "base/memory.h"
#include "base/status.h"
#include "functions.h"
#include "quote.h"
#include "window_list.h"

static const char kind[] = "aggregate";
static const char function_kind[] = "function";

struct defined {
    dki_attached attached;
    dk_aggregate aggregate;
    char name[];
};

struct defined_function {
    dki_attached attached;
    dk_function function;
    dki_arena arena; /* holds its texts */
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

const dk_function *dki_defined_find_function(const dk_context *context, const char *name)
{
    for (const dki_attached *a = dki_attached_first(context); a; a = a->next) {
        const struct defined_function *defined = (const struct defined_function *)a;

        if (a->kind == function_kind && strcmp(defined->function.name, name) == 0)
            return &defined->function;
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

void dki_defined_try(const dk_context *context, dki_nearest *nearest)
{
    for (const dki_attached *a = dki_attached_first(context); a; a = a->next) {
        const char *name = a->kind == kind            ? ((const struct defined *)a)->name
                           : a->kind == function_kind ? ((const struct defined_function *)a)->function.name
                                                      : NULL;

        if (name)
            dki_nearest_try(nearest, name, strlen(name));
    }
}

/* what: "aggregate", "function" */
static dk_status check_name(const char *what, const char *name, bool has_other, dk_error *err)
{
    const char *article = *what == 'a' ? "an" : "a";

    if (name == NULL || !dki_is_word(name)) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s %s's name is a word, and this is %s%s%s", article, what,
                       name ? "\"" : "", name ? name : "none", name ? "\"" : "");
        dki_hint(err, "letters, digits and _, beginning with a letter, and no word of the language");
        return DK_ERR_ARGUMENT;
    }
    if (!is_taken(name) && !has_other)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_DUPLICATE,
                   has_other ? "the script has %s() already" : "the language has %s() already", name);
    dki_hint(err, "give the %s another name", what);
    return DK_ERR_DUPLICATE;
}

static dk_status check(const dk_context *context, const dk_aggregate *aggregate, dk_error *err)
{
    const char *name = aggregate->name;
    dk_status status = check_name("aggregate", name, name && dki_defined_find_function(context, name), err);

    if (status != DK_OK)
        return status;
    if (aggregate->n_arguments > DK_AGGREGATE_MOST_ARGUMENTS)
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s has %zu arguments; at most %d are possible", name,
                        aggregate->n_arguments, DK_AGGREGATE_MOST_ARGUMENTS);
    if (!is_result(aggregate->result, aggregate->scale))
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s: a result cannot be %s", name,
                        dk_type_name(aggregate->result));
    if ((aggregate->step == NULL) == (aggregate->block == NULL))
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s has %s step %s block, and needs one of them", name,
                        aggregate->step ? "both" : "neither", aggregate->step ? "and" : "nor");
    if (aggregate->finish == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s needs finish", name);
    if (aggregate->any_thread && aggregate->merge == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "aggregate %s needs merge to run in several threads", name);
    return DK_OK;
}

dk_status dk_aggregate_define(dk_context *context, const dk_aggregate *aggregate, dk_error *err)
{
    struct defined *defined;
    size_t size;
    dk_status status = check(context, aggregate, err);

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

/* Functions. --------------------------------------------------------------------------------------------------- */

static void drop_function(dk_context *context, dki_attached *attached)
{
    struct defined_function *defined = (struct defined_function *)attached;

    if (defined->function.release)
        defined->function.release(defined->function.arg);
    dki_arena_drop(&defined->arena);
    dki_free(context, defined);
}

static dk_status check_function(const dk_context *context, const dk_function *function, dk_error *err)
{
    const char *name = function->name;
    bool is_category = function->result == DK_CATEGORY;
    dk_status status = check_name("function", name, name && dki_defined_find(context, name), err);

    if (status != DK_OK)
        return status;
    if (function->n_arguments < 1 || function->n_arguments > DK_FUNCTION_MOST_ARGUMENTS)
        return dki_fail(err, DK_ERR_ARGUMENT, "function %s has %zu arguments; 1 to %d are possible", name,
                        function->n_arguments, DK_FUNCTION_MOST_ARGUMENTS);
    if (!is_category && !is_result(function->result, function->scale))
        return dki_fail(err, DK_ERR_ARGUMENT, "function %s: a result cannot be %s", name,
                        dk_type_name(function->result));
    if (is_category != (function->n_levels > 0))
        return dki_fail(err, DK_ERR_ARGUMENT, "function %s: a category has levels, and nothing else has", name);
    if (function->call == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "function %s needs call", name);
    return DK_OK;
}

static dk_status copy_function(struct defined_function *defined, const dk_function *function, dk_error *err)
{
    dki_arena *arena = &defined->arena;
    dk_text *levels = dki_arena_array(arena, function->n_levels, sizeof *levels, err);
    const char *name = dki_arena_text(arena, function->name, strlen(function->name), err);

    if (levels == NULL || name == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < function->n_levels; i++) {
        levels[i].size = function->levels[i].size;
        levels[i].bytes = dki_arena_text(arena, function->levels[i].bytes, levels[i].size, err);
        if (levels[i].bytes == NULL)
            return DK_ERR_MEMORY;
    }
    defined->function = *function;
    defined->function.name = name;
    defined->function.levels = levels;
    return DK_OK;
}

dk_status dk_function_define(dk_context *context, const dk_function *function, dk_error *err)
{
    struct defined_function *defined;
    dk_status status = check_function(context, function, err);

    if (status != DK_OK)
        return status;
    defined = dki_calloc(context, 1, sizeof *defined, err);
    if (defined == NULL)
        return DK_ERR_MEMORY;
    dki_arena_init(&defined->arena, context);
    status = copy_function(defined, function, err);
    if (status != DK_OK) {
        dki_arena_drop(&defined->arena);
        dki_free(context, defined);
        return status;
    }
    defined->attached.kind = function_kind;
    defined->attached.drop = drop_function;
    dki_attach(context, &defined->attached);
    return DK_OK;
}
