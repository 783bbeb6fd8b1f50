/* dictionary_parts.h - what the engine may know of a dictionary beyond its public face. */
#ifndef DKI_DATA_DICTIONARY_PARTS_H
#define DKI_DATA_DICTIONARY_PARTS_H

#include <dekking/dictionary.h>

#include "base/hash.h"

/* A dictionary of the map's texts, which are UTF-8, ordered by code point. It takes over what the map holds, and leaves
 * the map empty; on failure the map is as it was. */
dk_status dki_dictionary_of_map(dki_text_map *map, dk_dictionary **out, dk_error *err);

#endif
