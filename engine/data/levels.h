/* levels.h - what is done with code lists and stated levels beside the dictionary itself. For the layers from engine/data
 * on. */
#ifndef DKI_DATA_LEVELS_H
#define DKI_DATA_LEVELS_H

#include <dekking/levels.h>

/* The dictionary with the other's labels for the levels that have none of their own. It is retained where it gains
 * nothing. */
dk_status dki_dictionary_adopt(const dk_dictionary *dictionary, const dk_dictionary *other,
                               const dk_dictionary **out, dk_error *err);
/* The same, and in the place of those that `old` has too: what was called as in the old list is called as in the new one where that
 * has it. old: may be NULL. */
dk_status dki_dictionary_relabel(const dk_dictionary *dictionary, const dk_dictionary *old,
                                 const dk_dictionary *new, const dk_dictionary **out, dk_error *err);
/* Whether a level has a label in both, and not the same one; *code is its code in the first. */
bool dki_labels_differ(const dk_dictionary *a, const dk_dictionary *b, uint32_t *code);

/* Values that a list does not have: how many rows, and the first few of them, each once, with where they stand. */
#define DKI_STRAYS_SHOWN 3
#define DKI_STRAY_BYTES 48
typedef struct dki_strays {
    uint64_t n_rows;
    size_t n; /* of those that are shown; there are more where n_rows says so */
    struct {
        char text[DKI_STRAY_BYTES];
        size_t size;    /* of what stands in text */
        uint64_t place; /* a row or a line, from 1 */
    } first[DKI_STRAYS_SHOWN];
} dki_strays;
/* n_rows rows have the text, the first of them at that place. */
void dki_strays_add(dki_strays *strays, dk_text text, uint64_t n_rows, uint64_t place);
/* "7" in row 4, "8" in row 9 and more; where: "in row". Returns out. */
#define DKI_STRAYS_BYTES 320
const char *dki_strays_shown(const dki_strays *strays, const char *where, char out[DKI_STRAYS_BYTES]);

#endif
