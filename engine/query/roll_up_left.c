/* roll_up_left.c - what a result that is rolled up says of rows that were left out of it before.
 *
 * Rows of which nobody knows whether they count are left out of the region as they were of its parts, which is said again.
 * What is rolled up is of the rows left, and a note says so. Totals are made of them anew. A total over the members of sets cannot
 * be: it has everybody once, also those of rows that are gone. It stays where rows were chosen by dimensions that it is no total
 * over, as then all parts of it are there or it is gone with them; else it is left out.
 */
#include <string.h>

#include "base/status.h"
#include "beside.h"
#include "data/lineage.h"
#include "expr/node.h"
#include "roll_up.h"

/* Whether the item left rows out. n: how many there were; afterwards, how many there are. */
static bool leaves_out(const dk_lineage_item *item, uint64_t *n)
{
    uint64_t before = *n;

    if (item->depth > 0 || (item->kind != DK_LINEAGE_BREAKDOWN && item->kind != DK_LINEAGE_FILTER &&
                            item->kind != DK_LINEAGE_STEP && item->kind != DK_LINEAGE_JOIN))
        return false;
    *n = item->n_rows;
    return item->kind != DK_LINEAGE_BREAKDOWN && item->n_rows < before && strcmp(item->text, DKI_NO_TOTALS) != 0 &&
           strncmp(item->text, DKI_EACH_VALUE, sizeof DKI_EACH_VALUE - 1) != 0; /* a pivot: they stand in columns */
}

/* What is known of the names that a condition reads. */
struct reading {
    const dki_roll *roll;
    uint64_t mask;
    bool keeps;
};

/* Whether it is a dimension that rows with the mask tell apart. */
static bool tells_apart(void *arg, const dki_node *node)
{
    struct reading *reading = arg;
    const dki_roll *roll = reading->roll;

    if (node->kind != DKI_NODE_NAME)
        return true;
    for (size_t i = 0; i < roll->n_dims; i++)
        if (strcmp(roll->dims[i]->name, node->text) == 0)
            return reading->keeps = !dki_roll_totals(roll, i, reading->mask);
    return reading->keeps = false;
}

static dk_status check_filter(struct reading *reading, const char *text, dk_error *err)
{
    const dk_expr *expr = NULL;
    dk_status status = dk_expr_parse(reading->roll->context, text, &expr, err);

    if (status == DK_OK)
        (void)dki_node_visit(dki_expr_root(expr), tells_apart, reading);
    dk_expr_release(expr);
    return status;
}

dk_status dki_roll_keeps(const dki_roll *roll, uint64_t mask, bool *keeps, dk_error *err)
{
    struct reading reading = { roll, mask, true };
    uint64_t n = 0;
    dk_status status = DK_OK;

    for (size_t i = roll->first; i < roll->end && status == DK_OK && reading.keeps; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);

        if (!leaves_out(item, &n))
            continue;
        if (item->kind == DK_LINEAGE_FILTER)
            status = check_filter(&reading, item->text, err);
        else
            reading.keeps = false;
    }
    *keeps = reading.keeps;
    return status;
}

static const char gone[] =
    "totals over members are left out, as rows were: they would have those of rows that are gone";

/* Whether it says what the breakdown left out because it was null. */
static bool is_null_there(const char *note)
{
    size_t size = strlen(note), end = sizeof DKI_NULL_THERE - 1;

    return size > end && strcmp(note + size - end, DKI_NULL_THERE) == 0;
}

dk_status dki_roll_say_again(const dk_table *before, bool lacks_totals, const dk_table **rolled, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_table_n_notes(before) && status == DK_OK; i++) {
        const char *note = dk_table_note(before, i);

        if (is_null_there(note) || strncmp(note, DKI_ROWS_LEFT, sizeof DKI_ROWS_LEFT - 1) == 0 ||
            (!lacks_totals && strcmp(note, gone) == 0))
            status = dki_roll_add_note(note, rolled, err);
    }
    return status;
}

dk_status dki_roll_note_left(dki_roll *roll, const dk_table **rolled, dk_error *err)
{
    uint64_t n = 0;
    dk_status status = dki_roll_say_again(roll->result, roll->lacks_totals, rolled, err);

    for (size_t i = roll->first; i < roll->end && status == DK_OK; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);
        uint64_t before = n;
        char *text;

        if (!leaves_out(item, &n))
            continue;
        text = dki_arena_format(&roll->arena, err, DKI_ROWS_LEFT "%s %s: %llu of %llu",
                                item->kind == DK_LINEAGE_FILTER ? "where" : "by", item->text, (unsigned long long)n,
                                (unsigned long long)before);
        status = text ? dki_roll_add_note(text, rolled, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK && roll->lacks_totals)
        status = dki_roll_add_note(gone, rolled, err);
    return status;
}
