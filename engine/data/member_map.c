/* member_map.c - sets whose members became others: of each different set one is made, in which each of them is once. */
#include "base/buffer.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "chunk.h"
#include "column_parts.h"
#include "dictionary_parts.h"
#include "members.h"

dk_status dki_member_map_init(dki_member_map *map, dk_context *context, const dk_dictionary *members, size_t n_most,
                              dk_error *err)
{
    *map = (dki_member_map){ .context = context, .members = members };
    dki_buffer_init(&map->text, context);
    dki_text_map_init(&map->made, context);
    map->names = dki_calloc(context, n_most + 1, sizeof *map->names, err);
    return map->names ? DK_OK : DK_ERR_MEMORY;
}

void dki_member_map_drop(dki_member_map *map)
{
    dki_text_map_drop(&map->made);
    dki_buffer_drop(&map->text);
    dki_free(map->context, map->names);
}

dk_status dki_member_map_add(dki_member_map *map, const uint32_t *codes, size_t n, const uint32_t *becomes,
                             uint32_t *out, dk_error *err)
{
    size_t n_names = 0;
    uint32_t number = 0;
    dk_status status;

    for (size_t i = 0; i < n; i++)
        if (becomes[codes[i]])
            map->names[n_names++] = dk_dictionary_level(map->members, becomes[codes[i]]);
    map->text.size = 0;
    status = dki_set_text(map->names, n_names, &map->text, err);
    if (status == DK_OK)
        status = dki_text_map_add(&map->made, map->text.bytes ? map->text.bytes : "", map->text.size, &number, err);
    *out = number + 1;
    return status;
}

dk_status dki_member_map_levels(dki_member_map *map, dk_dictionary **out, dk_error *err)
{
    dk_dictionary *levels = NULL;
    dk_status status = dki_dictionary_of_map(&map->made, &levels, err);

    if (status == DK_OK)
        status = dk_dictionary_of_sets(levels, map->members, out, err);
    dk_dictionary_release(levels);
    return status;
}

/* What each set became. */
static dk_status map_sets(dki_member_map *map, const dk_dictionary *sets, const uint32_t *becomes, uint32_t *codes,
                          dk_error *err)
{
    dk_status status = DK_OK;

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(sets) && status == DK_OK; code++) {
        size_t n = 0;
        const uint32_t *members = dk_dictionary_set(sets, code, &n);

        if (code % 4096 == 0)
            status = dki_poll(map->context, err);
        if (status == DK_OK)
            status = dki_member_map_add(map, members, n, becomes, &codes[code], err);
    }
    return status;
}

dk_status dki_column_map_members(const dk_column *column, const uint32_t *becomes, const dk_dictionary *members,
                                 const dk_column **out, dk_error *err)
{
    const dk_dictionary *sets = dk_column_levels(column);
    size_t n_members = dk_dictionary_n_levels(dk_dictionary_members(sets));
    uint32_t *codes = dki_calloc(column->context, dk_dictionary_n_levels(sets) + 1, sizeof *codes, err);
    dk_dictionary *made = NULL;
    dki_member_map map;
    dk_status status = dki_member_map_init(&map, column->context, members, n_members, err);

    if (codes == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = map_sets(&map, sets, becomes, codes, err);
    if (status == DK_OK)
        status = dki_member_map_levels(&map, &made, err);
    if (status == DK_OK)
        status = dki_column_map_codes(column, codes, made, out, err);
    dk_dictionary_release(made);
    dki_member_map_drop(&map);
    dki_free(column->context, codes);
    return status;
}
