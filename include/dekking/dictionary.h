/* dictionary.h - the levels of a category: immutable, shared by columns.
 *
 * A level has a code from 1; code 0 is null. Codes are given once and never change, so that a longer dictionary
 * can serve an older column. The order of levels is the declared one, or by code point where none was declared;
 * rank tells it (0 comes first). `declared` says that the levels were stated by the script: they are all that
 * could occur, and a breakdown can show those that do not.
 *
 * A level can have a label: what people read where data has "1" and means "ja". A dictionary whose levels have labels is
 * a code list. Values, comparisons, groups and joins go by the level; labels are for display, and for who asks for them.
 * Two levels may have the same label.
 */
#ifndef DEKKING_DICTIONARY_H
#define DEKKING_DICTIONARY_H

#include <dekking/context.h>
#include <dekking/value.h>

typedef struct dk_dictionary dk_dictionary;
typedef struct dk_hierarchy dk_hierarchy; /* hierarchy.h */

/* Makes a dictionary of n levels; code i + 1 is levels[i]. Texts are copied.
 *
 * Errors  DK_ERR_DUPLICATE  a level occurs twice
 *         DK_ERR_ENCODING   a level is not UTF-8
 *         DK_ERR_MEMORY */
DK_API DK_MUST_USE dk_status dk_dictionary_new(dk_context *context, const dk_text *levels, size_t n_levels,
                                               bool declared, dk_dictionary **out, dk_error *err);
/* The same levels, codes and order with other labels: labels[i] is that of code i + 1, and has none where its bytes are
 * NULL; labels NULL: none has. Texts are copied. Errors: DK_ERR_ENCODING (not UTF-8, or a zero byte), DK_ERR_MEMORY. */
DK_API DK_MUST_USE dk_status dk_dictionary_with_labels(const dk_dictionary *dictionary, const dk_text *labels,
                                                       dk_dictionary **out, dk_error *err);
/* One reference more, or less: the last one frees the dictionary. */
DK_API const dk_dictionary *dk_dictionary_retain(const dk_dictionary *dictionary);
DK_API void dk_dictionary_release(const dk_dictionary *dictionary);

/* How many levels there are, and whether their order was stated rather than found. */
DK_API size_t dk_dictionary_n_levels(const dk_dictionary *dictionary);
DK_API bool dk_dictionary_is_declared(const dk_dictionary *dictionary);
/* code is 1 .. n_levels. */
DK_API dk_text dk_dictionary_level(const dk_dictionary *dictionary, uint32_t code);
/* Place of a code in the order of levels, 0 .. n_levels - 1. */
DK_API uint32_t dk_dictionary_rank(const dk_dictionary *dictionary, uint32_t code);
/* The code of a level, or 0 where there is no such level. */
DK_API uint32_t dk_dictionary_find(const dk_dictionary *dictionary, dk_text level);
/* Whether any level has a label. */
DK_API bool dk_dictionary_has_labels(const dk_dictionary *dictionary);
/* The label of a code (1 .. n_levels), terminated; false where it has none. */
DK_API bool dk_dictionary_label(const dk_dictionary *dictionary, uint32_t code, dk_text *out);
/* The hierarchy that its levels are members of, borrowed, and of which level of it; NULL: none is known. Of several, the one
 * that came last. */
DK_API const dk_hierarchy *dk_dictionary_hierarchy(const dk_dictionary *dictionary, size_t *level);
/* Levels may be members of several hierarchies, at most DK_MOST_HIERARCHIES: municipalities of regions and of provinces. In
 * the order in which they came. */
#define DK_MOST_HIERARCHIES 8
DK_API size_t dk_dictionary_n_hierarchies(const dk_dictionary *dictionary);
DK_API const dk_hierarchy *dk_dictionary_hierarchy_at(const dk_dictionary *dictionary, size_t i, size_t *level);
/* The first code that has this label, or 0. Cost: looks at every label. */
DK_API uint32_t dk_dictionary_find_label(const dk_dictionary *dictionary, dk_text label);

#endif
