/* told.c - what the steps of a scenario have to tell where several runs of them stand behind one answer. */
#include "whatif_parts.h"

dk_status dki_told_common(const dki_text_map *first, const dki_text_map *last, dki_text_map *notes, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < first->n && status == DK_OK; i++) {
        size_t size;
        const char *note = dki_text_map_get(first, (uint32_t)i, &size);
        uint32_t number;

        if (dki_text_map_find(last, note, size) != DKI_MAP_NONE)
            status = dki_text_map_add(notes, note, size, &number, err);
    }
    return status;
}
