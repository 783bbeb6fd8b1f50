/* answered.c - how an answer about scenarios came to be, with the breakdown that was asked under them.
 *
 * An answer has rows of many points, and is no result of its breakdown: what rolls up, narrows or explains results finds none in it.
 * So the breakdown lies deeper, behind the item of the answer. Its items are those of a result, made of no rows.
 */
#include "answered.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "data/lineage.h"
#include "query/beside.h"
#include "query/breakdown_parts.h"
#include "whatif_parts.h"

/* The result of no rows; NULL where it cannot be asked. */
static dk_status ask_nobody(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                            const dk_table **like, dk_error *err)
{
    const dk_table *nobody = NULL;
    dk_breakdown whole;
    dk_error refused = DK_ERROR_INIT;
    dk_status status = dk_table_slice(table, 0, 0, &nobody, err);

    if (status != DK_OK)
        return status;
    dki_breakdown_whole(breakdown, &whole);
    status = dk_breakdown_run(&whole, nobody, params, like, &refused);
    dk_table_release(nobody);
    if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
        return DK_OK;
    if (err)
        *err = refused;
    return status;
}

/* The first item of a result's lineage that its breakdown put there: its own condition stands before it. */
static size_t find_first(const dk_table *like)
{
    size_t at = dki_beside_breakdown(like);
    const dk_lineage_item *before = at > 0 ? dk_table_lineage(like, at - 1) : NULL;

    return before && before->kind == DK_LINEAGE_FILTER && before->name ? at - 1 : at;
}

static dk_status add_breakdown(dki_lineage *lineage, const dk_table *like, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = find_first(like); i < dk_table_n_lineage(like) && status == DK_OK; i++) {
        dk_lineage_item item = *dk_table_lineage(like, i);
        bool is_step =
            item.kind == DK_LINEAGE_STEP && item.name == NULL; /* with a name it counts what stands beside */

        item.depth++;
        if (item.kind == DK_LINEAGE_FILTER || item.kind == DK_LINEAGE_BREAKDOWN || is_step)
            item.n_rows = DK_LINEAGE_UNCOUNTED;
        status = dki_lineage_add(lineage, &item, err);
    }
    return status;
}

dk_status dki_answered(const dk_table *answer, const dk_breakdown *breakdown, const dk_table *table,
                       const dk_params *breakdown_params, const dk_table *like, dk_error *err, const char *format,
                       ...)
{
    char text[512];
    dk_lineage_item item = { .kind = DK_LINEAGE_ANSWER, .text = text, .n_rows = dk_table_n_rows(answer) };
    const dk_table *asked = NULL;
    dki_lineage *lineage = NULL;
    va_list args;
    dk_status status;

    va_start(args, format);
    (void)dki_text_vprint(text, sizeof text, format, args);
    va_end(args);
    text[dki_utf8_whole(text, strlen(text))] = '\0'; /* names may be long, and are cut */
    status = like ? DK_OK : ask_nobody(breakdown, table, breakdown_params, &asked, err);
    like = like ? like : asked;
    if (status == DK_OK)
        status = dki_lineage_after(table, &lineage, err);
    if (status == DK_OK)
        status = dki_lineage_add(lineage, &item, err);
    if (status == DK_OK && like)
        status = add_breakdown(lineage, like, err);
    if (status == DK_OK)
        dki_table_attach(answer, lineage);
    else
        dki_lineage_release(lineage);
    dk_table_release(asked);
    return status;
}
