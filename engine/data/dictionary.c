/* dictionary.c - the levels of a category.
 *
 * Invariants: code i + 1 is entry i of the map; rank is NULL where the order of codes is the order of levels.
 */
#include <dekking/dictionary.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"

struct dk_dictionary {
    atomic_size_t n_references;
    dk_context *context;
    dki_text_map levels;
    uint32_t *rank;
    bool declared;
};

static int compare_codes(const void *a, const void *b, void *arg)
{
    const dk_dictionary *dictionary = arg;
    dk_text x = dk_dictionary_level(dictionary, *(const uint32_t *)a);
    dk_text y = dk_dictionary_level(dictionary, *(const uint32_t *)b);

    return dki_text_compare(x.bytes, x.size, y.bytes, y.size);
}

/* Ranks by code point; none where the codes stand in that order already. */
static dk_status rank_levels(dk_dictionary *dictionary, dk_error *err)
{
    size_t n = dictionary->levels.n;
    uint32_t *codes;
    bool sorted = true;

    codes = dki_alloc_array(dictionary->context, n, sizeof *codes, err);
    if (codes == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        codes[i] = (uint32_t)i + 1;
        if (i > 0 && compare_codes(&codes[i - 1], &codes[i], dictionary) > 0)
            sorted = false;
    }
    if (!sorted) {
        dictionary->rank = dki_alloc_array(dictionary->context, n, sizeof *dictionary->rank, err);
        if (dictionary->rank == NULL) {
            dki_free(dictionary->context, codes);
            return DK_ERR_MEMORY;
        }
        qsort_r(codes, n, sizeof *codes, compare_codes, dictionary);
        for (size_t i = 0; i < n; i++)
            dictionary->rank[codes[i] - 1] = (uint32_t)i;
    }
    dki_free(dictionary->context, codes);
    return DK_OK;
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

    if (dki_utf8_check(level.bytes, level.size) != level.size)
        return dki_fail(err, DK_ERR_ENCODING, "a level is not UTF-8");
    if (dki_text_map_add(&dictionary->levels, level.bytes, level.size, &number, err) != DK_OK)
        return err ? err->code : DK_ERR_MEMORY;
    *added = dictionary->levels.n > before;
    return DK_OK;
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
            status = dki_fail(err, DK_ERR_DUPLICATE, "the level \"%.*s\" occurs twice", (int)levels[i].size,
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

dk_status dki_dictionary_extend(const dk_dictionary *dictionary, const dk_text *levels, size_t n_levels,
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
    if (status != DK_OK) {
        dk_dictionary_release(longer);
        return status;
    }
    *out = longer;
    return DK_OK;
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
    dki_free(context, dictionary);
    dk_context_release(context);
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

size_t dki_dictionary_bytes(const dk_dictionary *dictionary)
{
    size_t bytes = sizeof *dictionary + dictionary->levels.n_slots * sizeof(uint32_t);

    for (uint32_t code = 1; code <= dictionary->levels.n; code++)
        bytes += dk_dictionary_level(dictionary, code).size + 40;
    return bytes;
}
