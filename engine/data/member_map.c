/* member_map.c - sets whose members became others: of each different set one is made, in which each of them is once. */
#include "base/buffer.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "chunk.h"
#include "column_parts.h"
#include "dictionary_parts.h"
#include "members.h"

struct map {
    dk_context *context;
    const dk_dictionary *sets;
    const dk_text *becomes;
    dk_text *names;    /* of one set: room for all members */
    uint32_t *codes;   /* of each set, what it became */
    dki_buffer text;   /* of one of these */
    dki_text_map made; /* all of them */
};

static dk_status map_set(struct map *map, uint32_t code, dk_error *err)
{
    size_t n = 0, n_names = 0;
    const uint32_t *members = dk_dictionary_set(map->sets, code, &n);
    uint32_t number;
    dk_status status;

    for (size_t i = 0; i < n; i++)
        if (map->becomes[members[i]].bytes)
            map->names[n_names++] = map->becomes[members[i]];
    map->text.size = 0;
    status = dki_set_text(map->names, n_names, &map->text, err);
    if (status == DK_OK)
        status = dki_text_map_add(&map->made, map->text.bytes ? map->text.bytes : "", map->text.size, &number, err);
    if (status == DK_OK)
        map->codes[code] = number + 1;
    return status;
}

static dk_status map_sets(struct map *map, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(map->sets);
    dk_status status = DK_OK;

    map->names = dki_calloc(map->context, dk_dictionary_n_levels(dk_dictionary_members(map->sets)) + 1,
                            sizeof *map->names, err);
    map->codes = map->names ? dki_calloc(map->context, n + 1, sizeof *map->codes, err) : NULL;
    if (map->codes == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= n && status == DK_OK; code++) {
        if (code % 4096 == 0)
            status = dki_poll(map->context, err);
        if (status == DK_OK)
            status = map_set(map, code, err);
    }
    return status;
}

dk_status dki_column_map_members(const dk_column *column, const dk_text *becomes, const dk_dictionary *members,
                                 const dk_column **out, dk_error *err)
{
    struct map map = { .context = column->context, .sets = dk_column_levels(column), .becomes = becomes };
    dk_dictionary *levels = NULL, *sets = NULL;
    dk_status status;

    dki_buffer_init(&map.text, map.context);
    dki_text_map_init(&map.made, map.context);
    status = map_sets(&map, err);
    if (status == DK_OK)
        status = dki_dictionary_of_map(&map.made, &levels, err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(levels, members, &sets, err);
    if (status == DK_OK)
        status = dki_column_map_codes(column, map.codes, sets, out, err);
    dk_dictionary_release(levels);
    dk_dictionary_release(sets);
    dki_text_map_drop(&map.made);
    dki_buffer_drop(&map.text);
    dki_free(map.context, map.codes);
    dki_free(map.context, map.names);
    return status;
}
