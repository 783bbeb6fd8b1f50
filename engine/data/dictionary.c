/* dictionary.c - the levels of a category, and their labels; which of them are sets, members.c says.
 *
 * Levels that were not declared are ordered once, by a merge sort of their codes with the first eight bytes beside them:
 * most comparisons end there, and memory comes from the budget (which qsort_r's does not).
 *
 * Invariants: code i + 1 is entry i of the map; rank is NULL where the order of codes is the order of levels; labels is
 * NULL where no level has one, and its texts are terminated.
 */
#include <dekking/dictionary.h>

#include <stdatomic.h>
#include <string.h>

#include "base/hash.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"
#include "dictionary_parts.h"
#include "hierarchy_levels.h"
#include "hierarchy_parts.h"
#include "members.h"

struct dk_dictionary {
    atomic_size_t n_references;
    dk_context *context;
    dki_text_map levels;
    uint32_t *rank;
    dk_text *labels; /* by code - 1; bytes NULL: none */
    char *label_bytes;
    bool declared;
    struct {
        const dk_hierarchy *hierarchy;
        size_t level;
    } of[DK_MOST_HIERARCHIES]; /* n_of levels that it is */
    size_t n_of;
    dki_sets sets;
};

struct item {
    uint64_t prefix; /* the first eight bytes, 0 where there are less, most significant first */
    uint32_t code;
};

static struct item make_item(const dk_dictionary *dictionary, uint32_t code)
{
    dk_text level = dk_dictionary_level(dictionary, code);
    struct item item = { 0, code };

    for (size_t i = 0; i < 8; i++)
        item.prefix = item.prefix << 8 | (i < level.size ? (unsigned char)level.bytes[i] : 0);
    return item;
}

/* Levels are all different, so that no two are equal. */
static bool is_before(const dk_dictionary *dictionary, const struct item *a, const struct item *b)
{
    dk_text x, y;

    if (a->prefix != b->prefix)
        return a->prefix < b->prefix;
    x = dk_dictionary_level(dictionary, a->code);
    y = dk_dictionary_level(dictionary, b->code);
    return dki_text_compare(x.bytes, x.size, y.bytes, y.size) < 0;
}

/* Merges sorted runs of `run` items from one array into the other. */
static dk_status merge_runs(const dk_dictionary *dictionary, const struct item *from, struct item *to, size_t n,
                            size_t run, dk_error *err)
{
    for (size_t start = 0; start < n; start += 2 * run) {
        size_t a = start, a_end = start + run < n ? start + run : n;
        size_t b = a_end, b_end = a_end + run < n ? a_end + run : n;
        dk_status status = start % 65536 == 0 ? dki_poll(dictionary->context, err) : DK_OK;

        if (status != DK_OK)
            return status;
        for (size_t i = start; i < b_end; i++)
            to[i] = b == b_end || (a < a_end && is_before(dictionary, &from[a], &from[b])) ? from[a++] : from[b++];
    }
    return DK_OK;
}

static dk_status sort_levels(dk_dictionary *dictionary, struct item *items, struct item *other, size_t n,
                             dk_error *err)
{
    for (size_t run = 1; run < n; run *= 2) {
        struct item *merged = other;
        dk_status status = merge_runs(dictionary, items, merged, n, run, err);

        if (status != DK_OK)
            return status;
        other = items;
        items = merged;
    }
    for (size_t i = 0; i < n; i++)
        dictionary->rank[items[i].code - 1] = (uint32_t)i;
    return DK_OK;
}

/* Ranks by code point; none where the codes stand in that order already. */
static dk_status rank_levels(dk_dictionary *dictionary, dk_error *err)
{
    size_t n = dictionary->levels.n;
    struct item *items = dki_alloc_array(dictionary->context, n, 2 * sizeof *items, err);
    bool sorted = true;
    dk_status status = DK_OK;

    if (items == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        items[i] = make_item(dictionary, (uint32_t)i + 1);
        sorted = sorted && (i == 0 || is_before(dictionary, &items[i - 1], &items[i]));
    }
    if (!sorted) {
        dictionary->rank = dki_alloc_array(dictionary->context, n, sizeof *dictionary->rank, err);
        status = dictionary->rank ? sort_levels(dictionary, items, items + n, n, err) : DK_ERR_MEMORY;
    }
    dki_free(dictionary->context, items);
    return status;
}

static dk_status make(dk_context *context, bool declared, dk_dictionary **out, dk_error *err)
{
    dk_dictionary *dictionary = dki_calloc(context, 1, sizeof *dictionary, err);

    if (dictionary == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&dictionary->n_references, 1);
    dictionary->context = dk_context_retain(context);
    dictionary->declared = declared;
    dki_text_map_init(&dictionary->levels, context);
    *out = dictionary;
    return DK_OK;
}

static dk_status add_level(dk_dictionary *dictionary, dk_text level, bool *added, dk_error *err)
{
    size_t before = dictionary->levels.n;
    uint32_t number;
    dk_status status;

    if (dki_utf8_check(level.bytes, level.size) != level.size)
        return dki_fail(err, DK_ERR_ENCODING, "level %zu is not UTF-8", before + 1);
    status = dki_text_map_add(&dictionary->levels, level.bytes, level.size, &number, err);
    if (status == DK_OK)
        *added = dictionary->levels.n > before;
    return status;
}

dk_status dki_dictionary_of_map(dki_text_map *map, dk_dictionary **out, dk_error *err)
{
    dk_dictionary *dictionary;
    dk_status status = make(map->context, false, &dictionary, err);

    if (status != DK_OK)
        return status;
    dictionary->levels = *map;
    status = rank_levels(dictionary, err);
    dki_text_map_init(status == DK_OK ? map : &dictionary->levels, map->context);
    if (status == DK_OK)
        *out = dictionary;
    else
        dk_dictionary_release(dictionary);
    return status;
}

dk_status dk_dictionary_new(dk_context *context, const dk_text *levels, size_t n_levels, bool declared,
                            dk_dictionary **out, dk_error *err)
{
    dk_dictionary *dictionary;
    dk_status status = make(context, declared, &dictionary, err);

    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n_levels && status == DK_OK; i++) {
        bool added = false;

        status = add_level(dictionary, levels[i], &added, err);
        if (status == DK_OK && !added)
            status = dki_fail(
                err, DK_ERR_DUPLICATE, "the level \"%.*s\" occurs twice",
                (int)dki_utf8_floor(levels[i].bytes, levels[i].size, levels[i].size < 100 ? levels[i].size : 100),
                levels[i].bytes);
    }
    if (status == DK_OK && !declared)
        status = rank_levels(dictionary, err);
    if (status != DK_OK) {
        dk_dictionary_release(dictionary);
        return status;
    }
    *out = dictionary;
    return DK_OK;
}

/* Gives the dictionary, which has none yet, the first n of these labels. */
static dk_status add_labels(dk_dictionary *dictionary, const dk_text *labels, size_t n, dk_error *err)
{
    size_t n_levels = dictionary->levels.n, n_bytes = 0, n_labels = 0, used = 0;

    for (size_t i = 0; i < n; i++) {
        if (labels[i].bytes == NULL)
            continue;
        if (dki_utf8_check(labels[i].bytes, labels[i].size) != labels[i].size ||
            memchr(labels[i].bytes, '\0', labels[i].size))
            return dki_fail(err, DK_ERR_ENCODING, "label %zu is not UTF-8, or has a zero byte", i + 1);
        n_bytes += labels[i].size + 1;
        n_labels++;
    }
    if (n_labels == 0)
        return DK_OK;
    dictionary->labels = dki_calloc(dictionary->context, n_levels, sizeof *dictionary->labels, err);
    dictionary->label_bytes = dictionary->labels ? dki_alloc(dictionary->context, n_bytes, err) : NULL;
    if (dictionary->label_bytes == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (labels[i].bytes == NULL)
            continue;
        dictionary->labels[i] = (dk_text){ dictionary->label_bytes + used, labels[i].size };
        memcpy(dictionary->label_bytes + used, labels[i].bytes, labels[i].size);
        used += labels[i].size;
        dictionary->label_bytes[used++] = '\0';
    }
    return DK_OK;
}

/* The same levels and n more behind them, without labels. */
static dk_status copy_levels(const dk_dictionary *dictionary, const dk_text *levels, size_t n_levels,
                             dk_dictionary **out, dk_error *err)
{
    dk_dictionary *longer;
    dk_status status = make(dictionary->context, dictionary->declared, &longer, err);
    bool added;

    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < dictionary->levels.n && status == DK_OK; i++)
        status = add_level(longer, dk_dictionary_level(dictionary, (uint32_t)i + 1), &added, err);
    for (size_t i = 0; i < n_levels && status == DK_OK; i++)
        status = add_level(longer, levels[i], &added, err);
    if (status == DK_OK && !longer->declared)
        status = rank_levels(longer, err);
    if (status == DK_OK && dictionary->sets.members)
        status = dki_sets_of_levels(longer, dictionary->sets.members, &longer->sets, err);
    for (; longer->n_of < dictionary->n_of; longer->n_of++) {
        longer->of[longer->n_of] = dictionary->of[longer->n_of];
        (void)dk_hierarchy_retain(longer->of[longer->n_of].hierarchy);
    }
    if (status == DK_OK)
        *out = longer;
    else
        dk_dictionary_release(longer);
    return status;
}

dk_status dk_dictionary_with_labels(const dk_dictionary *dictionary, const dk_text *labels, dk_dictionary **out,
                                    dk_error *err)
{
    dk_dictionary *labelled;
    dk_status status = copy_levels(dictionary, NULL, 0, &labelled, err);

    if (status != DK_OK)
        return status;
    status = labels ? add_labels(labelled, labels, labelled->levels.n, err) : DK_OK;
    if (status == DK_OK)
        *out = labelled;
    else
        dk_dictionary_release(labelled);
    return status;
}

dk_status dki_dictionary_extend(const dk_dictionary *dictionary, const dk_text *levels, size_t n_levels,
                                dk_dictionary **out, dk_error *err)
{
    dk_dictionary *longer;
    dk_status status = copy_levels(dictionary, levels, n_levels, &longer, err);

    if (status != DK_OK)
        return status;
    if (dictionary->labels)
        status = add_labels(longer, dictionary->labels, dictionary->levels.n, err);
    if (status != DK_OK) {
        dk_dictionary_release(longer);
        return status;
    }
    *out = longer;
    return DK_OK;
}

static void forget(dk_dictionary *dictionary, size_t i)
{
    dk_hierarchy_release(dictionary->of[i].hierarchy);
    dictionary->n_of--;
    memmove(dictionary->of + i, dictionary->of + i + 1, (dictionary->n_of - i) * sizeof *dictionary->of);
}

dk_status dki_dictionary_of_level(const dk_dictionary *dictionary, const dk_hierarchy *hierarchy, size_t level,
                                  dk_dictionary **out, dk_error *err)
{
    dk_dictionary *made;
    dk_status status = dki_dictionary_extend(dictionary, NULL, 0, &made, err);

    if (status != DK_OK)
        return status;
    for (size_t i = made->n_of; i-- > 0;)
        if (hierarchy == NULL || dki_hierarchy_same_levels(made->of[i].hierarchy, hierarchy))
            forget(made, i);
    if (hierarchy && made->n_of == DK_MOST_HIERARCHIES)
        forget(made, 0);
    if (hierarchy) {
        made->of[made->n_of].hierarchy = dk_hierarchy_retain(hierarchy);
        made->of[made->n_of++].level = level;
    }
    *out = made;
    return DK_OK;
}

size_t dk_dictionary_n_hierarchies(const dk_dictionary *dictionary)
{
    return dictionary->n_of;
}

const dk_hierarchy *dk_dictionary_hierarchy_at(const dk_dictionary *dictionary, size_t i, size_t *level)
{
    *level = dictionary->of[i].level;
    return dictionary->of[i].hierarchy;
}

const dk_hierarchy *dk_dictionary_hierarchy(const dk_dictionary *dictionary, size_t *level)
{
    *level = 0;
    return dictionary->n_of > 0 ? dk_dictionary_hierarchy_at(dictionary, dictionary->n_of - 1, level) : NULL;
}

const dk_dictionary *dk_dictionary_retain(const dk_dictionary *dictionary)
{
    atomic_fetch_add_explicit(&((dk_dictionary *)(uintptr_t)dictionary)->n_references, 1, memory_order_relaxed);
    return dictionary;
}

void dk_dictionary_release(const dk_dictionary *shared)
{
    dk_dictionary *dictionary = (dk_dictionary *)(uintptr_t)shared;
    dk_context *context;

    if (dictionary == NULL || atomic_fetch_sub_explicit(&dictionary->n_references, 1, memory_order_acq_rel) != 1)
        return;
    context = dictionary->context;
    dki_text_map_drop(&dictionary->levels);
    dki_free(context, dictionary->rank);
    dki_free(context, dictionary->labels);
    dki_free(context, dictionary->label_bytes);
    dki_sets_drop(context, &dictionary->sets);
    for (size_t i = 0; i < dictionary->n_of; i++)
        dk_hierarchy_release(dictionary->of[i].hierarchy);
    dki_free(context, dictionary);
    dk_context_release(context);
}

dk_status dk_dictionary_of_sets(const dk_dictionary *levels, const dk_dictionary *members, dk_dictionary **out,
                                dk_error *err)
{
    dk_dictionary *made;
    dk_status status = copy_levels(levels, NULL, 0, &made, err);

    if (status != DK_OK)
        return status;
    dki_sets_drop(made->context, &made->sets);
    status = dki_sets_of_levels(made, members, &made->sets, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_dictionary_release(made);
    return status;
}

const dk_dictionary *dk_dictionary_members(const dk_dictionary *dictionary)
{
    return dictionary->sets.members;
}

const uint32_t *dk_dictionary_set(const dk_dictionary *dictionary, uint32_t code, size_t *n)
{
    const uint32_t *ends = dictionary->sets.ends;

    *n = ends[code] - ends[code - 1];
    return dictionary->sets.codes + ends[code - 1];
}

dk_context *dki_dictionary_context(const dk_dictionary *dictionary)
{
    return dictionary->context;
}

size_t dk_dictionary_n_levels(const dk_dictionary *dictionary)
{
    return dictionary->levels.n;
}

bool dk_dictionary_is_declared(const dk_dictionary *dictionary)
{
    return dictionary->declared;
}

dk_text dk_dictionary_level(const dk_dictionary *dictionary, uint32_t code)
{
    dk_text level;

    level.bytes = dki_text_map_get(&dictionary->levels, code - 1, &level.size);
    return level;
}

uint32_t dk_dictionary_rank(const dk_dictionary *dictionary, uint32_t code)
{
    return dictionary->rank ? dictionary->rank[code - 1] : code - 1;
}

uint32_t dk_dictionary_find(const dk_dictionary *dictionary, dk_text level)
{
    return dki_text_map_find(&dictionary->levels, level.bytes, level.size) + 1; /* UINT32_MAX + 1 is 0 */
}

bool dk_dictionary_has_labels(const dk_dictionary *dictionary)
{
    return dictionary->labels != NULL;
}

bool dk_dictionary_label(const dk_dictionary *dictionary, uint32_t code, dk_text *out)
{
    if (dictionary->labels == NULL || dictionary->labels[code - 1].bytes == NULL)
        return false;
    *out = dictionary->labels[code - 1];
    return true;
}

uint32_t dk_dictionary_find_label(const dk_dictionary *dictionary, dk_text label)
{
    for (size_t i = 0; dictionary->labels && i < dictionary->levels.n; i++) {
        const dk_text *own = &dictionary->labels[i];

        if (own->bytes && own->size == label.size && memcmp(own->bytes, label.bytes, label.size) == 0)
            return (uint32_t)i + 1;
    }
    return 0;
}

size_t dki_dictionary_bytes(const dk_dictionary *dictionary)
{
    size_t bytes = sizeof *dictionary + dictionary->levels.n_slots * sizeof(uint32_t);

    for (uint32_t code = 1; code <= dictionary->levels.n; code++)
        bytes += dk_dictionary_level(dictionary, code).size + 40;
    for (size_t i = 0; dictionary->labels && i < dictionary->levels.n; i++)
        bytes += sizeof(dk_text) + dictionary->labels[i].size + 1;
    if (dictionary->sets.members)
        bytes += dki_dictionary_bytes(dictionary->sets.members) +
                 (dictionary->levels.n + 1 + dictionary->sets.ends[dictionary->levels.n]) * sizeof(uint32_t);
    return bytes;
}
