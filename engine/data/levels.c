/* levels.c - puts stated levels, or a code list, on a column that is there; and what else is done with labels.
 *
 * A category is looked at code by code: only levels that a row has must be in the list. Of other columns each value is
 * looked up.
 */
#include "levels.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "column_parts.h"

/* Labels. --------------------------------------------------------------------------------------------------------- */

static bool same_text(dk_text a, dk_text b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

bool dki_labels_differ(const dk_dictionary *a, const dk_dictionary *b, uint32_t *code)
{
    size_t n = dk_dictionary_has_labels(a) && dk_dictionary_has_labels(b) ? dk_dictionary_n_levels(a) : 0;

    for (uint32_t i = 1; i <= n; i++) {
        uint32_t other = dk_dictionary_find(b, dk_dictionary_level(a, i));
        dk_text mine, theirs;

        if (other && dk_dictionary_label(a, i, &mine) && dk_dictionary_label(b, other, &theirs) &&
            !same_text(mine, theirs)) {
            *code = i;
            return true;
        }
    }
    return false;
}

/* What a level is called: as it was, but for what the old list says of it where the new one says something. */
static bool find_label(const dk_dictionary *dictionary, const dk_dictionary *old, const dk_dictionary *new,
                       uint32_t code, dk_text *label)
{
    dk_text level = dk_dictionary_level(dictionary, code), before;
    bool has = dk_dictionary_label(dictionary, code, label);
    uint32_t theirs = has && old ? dk_dictionary_find(old, level) : 0;

    if (has && (theirs == 0 || !dk_dictionary_label(old, theirs, &before) || !same_text(before, *label)))
        return false;
    theirs = dk_dictionary_find(new, level);
    return theirs > 0 && dk_dictionary_label(new, theirs, label);
}

dk_status dki_dictionary_relabel(const dk_dictionary *dictionary, const dk_dictionary *old,
                                 const dk_dictionary *new, const dk_dictionary **out, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(dictionary), n_new = 0;
    dk_context *context = dki_dictionary_context(dictionary);
    dk_dictionary *made = NULL;
    dk_text *labels;
    dk_status status = DK_OK;

    if (new == NULL || new == dictionary || !dk_dictionary_has_labels(new)) {
        *out = dk_dictionary_retain(dictionary);
        return DK_OK;
    }
    labels = dki_calloc(context, n, sizeof *labels, err);
    if (labels == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= n; code++)
        n_new += find_label(dictionary, old, new, code, &labels[code - 1]);
    if (n_new > 0)
        status = dk_dictionary_with_labels(dictionary, labels, &made, err);
    if (status == DK_OK)
        *out = n_new > 0 ? made : dk_dictionary_retain(dictionary);
    dki_free(context, labels);
    return status;
}

dk_status dki_dictionary_adopt(const dk_dictionary *dictionary, const dk_dictionary *other,
                               const dk_dictionary **out, dk_error *err)
{
    return dki_dictionary_relabel(dictionary, NULL, other, out, err);
}

/* Strays. --------------------------------------------------------------------------------------------------------- */

void dki_strays_add(dki_strays *strays, dk_text text, uint64_t n_rows, uint64_t place)
{
    size_t size = dki_utf8_floor(text.bytes, text.size,
                                 text.size < DKI_STRAY_BYTES - 1 ? text.size : (size_t)DKI_STRAY_BYTES - 1);

    strays->n_rows += n_rows;
    for (size_t i = 0; i < strays->n; i++)
        if (same_text((dk_text){ strays->first[i].text, strays->first[i].size }, (dk_text){ text.bytes, size }))
            return;
    if (strays->n == DKI_STRAYS_SHOWN)
        return;
    memcpy(strays->first[strays->n].text, text.bytes, size);
    strays->first[strays->n].text[size] = '\0';
    strays->first[strays->n].size = size;
    strays->first[strays->n].place = place;
    strays->n++;
}

const char *dki_strays_shown(const dki_strays *strays, const char *where, char out[DKI_STRAYS_BYTES])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < strays->n; i++)
        used += (size_t)snprintf(out + used, DKI_STRAYS_BYTES - used, "%s\"%s\" %s %llu", i > 0 ? ", " : "",
                                 strays->first[i].text, where, (unsigned long long)strays->first[i].place);
    if (strays->n_rows > strays->n)
        snprintf(out + used, DKI_STRAYS_BYTES - used, " and more");
    return out;
}

/* Recoding. ------------------------------------------------------------------------------------------------------- */

struct recoding {
    dk_context *context;
    const dk_column *column;
    const dk_dictionary *levels;
    uint32_t other;
    uint64_t n_other;
    dki_strays strays;
};

static dk_status fail_strays(const struct recoding *r, const char *name, dk_error *err)
{
    char shown[DKI_STRAYS_BYTES];
    bool coded = dk_dictionary_has_labels(r->levels);
    unsigned long long n = r->strays.n_rows;

    dki_fail(err, DK_ERR_RANGE, "column %.100s: %llu row%s %s a value that is no %s: %s", name, n,
             n == 1 ? "" : "s", n == 1 ? "has" : "have", coded ? "code of the list" : "stated level",
             dki_strays_shown(&r->strays, "in row", shown));
    dki_hint(err, coded ? "add the codes to the list, or say which code they count as: other = \"...\""
                        : "add them to the levels");
    return DK_ERR_RANGE;
}

/* What a value is in the new levels; what the list does not have counts as `other`, or is a stray. */
static uint32_t code_of(struct recoding *r, dk_text text, uint64_t row)
{
    uint32_t code = dk_dictionary_find(r->levels, text);

    if (code != 0)
        return code;
    if (r->other == 0)
        dki_strays_add(&r->strays, text, 1, row + 1);
    r->n_other++;
    return r->other;
}

/* The new code of each old one, looked up when a row first has it. */
#define NOT_LOOKED_UP UINT32_MAX
static void recode_codes(struct recoding *r, const dk_view *view, uint64_t row, uint32_t *map, uint32_t *codes)
{
    dki_view_codes(view, codes);
    for (size_t i = 0; i < view->n; i++) {
        uint32_t old = codes[i];

        if (old == 0)
            continue;
        if (map[old] != NOT_LOOKED_UP) {
            codes[i] = map[old];
            continue;
        }
        codes[i] = code_of(r, dk_dictionary_level(view->levels, old), row + i);
        if (codes[i] != 0 && dk_dictionary_find(r->levels, dk_dictionary_level(view->levels, old)) != 0)
            map[old] = codes[i]; /* strays are counted row by row */
    }
}

static void recode_values(struct recoding *r, const dk_view *view, uint64_t row, uint32_t *codes)
{
    char digits[24];

    for (size_t i = 0; i < view->n; i++) {
        dk_text text;

        codes[i] = 0;
        if (dki_view_is_null(view, i))
            continue;
        if (view->type == DK_TEXT) {
            text = dki_view_text(view, i);
        } else {
            text.bytes = digits;
            text.size =
                (size_t)snprintf(digits, sizeof digits, "%lld", (long long)dki_view_value(view, i).as.integer);
        }
        codes[i] = code_of(r, text, row + i);
    }
}

static dk_status recode_rows(struct recoding *r, uint32_t *map, dk_builder *builder, dk_error *err)
{
    uint32_t *codes = dki_alloc_array(r->context, DK_BLOCK_ROWS, sizeof *codes, err);
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;
    dk_view view;

    dk_view_init(&view, r->context);
    for (uint64_t row = 0; dki_column_block(r->column, row, &view, &status, err); row += view.n) {
        if (view.type == DK_CATEGORY)
            recode_codes(r, &view, row, map, codes);
        else
            recode_values(r, &view, row, codes);
        if (r->strays.n == 0)
            status = dki_builder_codes(builder, codes, view.n, err);
    }
    dk_view_release(&view);
    dki_free(r->context, codes);
    return status;
}

/* Whether each code of the column has the same level in the list: then only the dictionary is another. */
static bool means_the_same(const dk_dictionary *own, const dk_dictionary *levels)
{
    size_t n = own ? dk_dictionary_n_levels(own) : 0;

    if (own == NULL || n > dk_dictionary_n_levels(levels))
        return false;
    for (uint32_t code = 1; code <= n; code++)
        if (dk_dictionary_find(levels, dk_dictionary_level(own, code)) != code)
            return false;
    return true;
}

dk_status dk_column_recode(const dk_column *column, const dk_dictionary *levels, uint32_t other, const char *name,
                           const dk_column **out, uint64_t *n_other, dk_error *err)
{
    struct recoding r = {
        .context = dk_column_context(column), .column = column, .levels = levels, .other = other
    };
    const dk_dictionary *own = dk_column_levels(column);
    dk_type type = dk_column_type(column);
    dk_builder *builder = NULL;
    uint32_t *map = NULL;
    dk_status status;

    if (type != DK_CATEGORY && type != DK_TEXT && type != DK_INTEGER) {
        dki_fail(err, DK_ERR_TYPE, "column %.100s is %s, and only a category, text or integer can have levels",
                 name, dki_type_shown(type, dk_column_scale(column)));
        return DK_ERR_TYPE;
    }
    if (means_the_same(own, levels)) {
        status = dki_column_with_levels(column, levels, out, err);
        if (status == DK_OK && n_other)
            *n_other = 0;
        return status;
    }
    if (own) {
        map = dki_alloc_array(r.context, dk_dictionary_n_levels(own) + 1, sizeof *map, err);
        if (map == NULL)
            return DK_ERR_MEMORY;
        memset(map, 0xFF, (dk_dictionary_n_levels(own) + 1) * sizeof *map);
    }
    status = dk_builder_new(r.context, DK_CATEGORY, 0, levels, &builder, err);
    if (status == DK_OK)
        status = recode_rows(&r, map, builder, err);
    if (status == DK_OK && r.strays.n > 0)
        status = fail_strays(&r, name, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    if (status == DK_OK && n_other)
        *n_other = r.n_other;
    dk_builder_release(builder);
    dki_free(r.context, map);
    return status;
}
