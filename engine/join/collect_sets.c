/* collect_sets.c - sets from a second table that has a row for each member: (person, skill).
 *
 * The rows of the other table are chained by key, as for a join. Each key's members become a set once, however many rows of
 * this table have the key, and equal sets are one level.
 *
 * Cost: the join, and for each key of the other table sorting its members. Poll: once for each block of rows.
 */
#include <dekking/join.h>
#include <dekking/members.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/members.h"
#include "join_key.h"

struct collecting {
    dki_join join;
    dk_context *context;
    const char *value;       /* the name of the column of members */
    const dk_column *values; /* as a category */
    uint32_t *codes;         /* of it, by row */
    uint32_t *next;          /* the next row of the other table with the key, DKI_NO_ROW behind the last */
    uint32_t *sets;          /* by row of the other table, of the first ones with a key: number of its set + 1 */
    dk_text *members;        /* of one key */
    size_t room;
    dki_buffer text;
    dki_text_map found; /* texts of sets: levels to be */
    bool empty;
};

static dk_status read_codes(struct collecting *c, dk_error *err)
{
    uint64_t n_rows = dk_column_n_rows(c->values);
    dk_view view;
    dk_status status = DK_OK;

    c->codes = dki_alloc_array(c->context, (size_t)n_rows, sizeof *c->codes, err);
    if (c->codes == NULL)
        return DK_ERR_MEMORY;
    dk_view_init(&view, c->context);
    for (uint64_t row = 0; dki_column_block(c->values, row, &view, &status, err); row += view.n)
        dki_view_codes(&view, c->codes + row);
    dk_view_release(&view);
    return status;
}

static dk_status fail_member(const struct collecting *c, dk_text member, uint32_t row, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_RANGE, "collect: \"%.*s\" in row %u of column %.100s %s",
                   (int)dki_utf8_floor(member.bytes, member.size, member.size < 80 ? member.size : 80),
                   member.bytes, row + 1, c->value, dki_member_fault(member));
    dki_hint(err, "derive a column that can be a member: trim(%.100s), replace(%.100s, '|', '/')", c->value,
             c->value);
    return DK_ERR_RANGE;
}

/* The set of a key, whose rows begin with `first`: its number + 1, or 0 where no member of it is known. */
static dk_status make_set(struct collecting *c, uint32_t first, uint32_t *out, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(c->values);
    size_t n = 0;
    uint32_t number;
    dk_status status = DK_OK;

    for (uint32_t row = first; status == DK_OK && row != DKI_NO_ROW; row = c->next[row]) {
        dk_text member;

        if (c->codes[row] == 0)
            continue;
        member = dk_dictionary_level(levels, c->codes[row]);
        if (member.size == 0)
            continue;
        if (dki_member_fault(member))
            return fail_member(c, member, row, err);
        status = dki_grow(c->context, (void **)&c->members, &c->room, n + 1, sizeof *c->members, err);
        if (status == DK_OK)
            c->members[n++] = member;
    }
    *out = 0;
    if (status != DK_OK || (n == 0 && !c->empty))
        return status;
    status = dki_set_text(c->members, n, &c->text, err);
    if (status == DK_OK)
        status = dki_text_map_add(&c->found, c->text.bytes, c->text.size, &number, err);
    if (status == DK_OK)
        *out = number + 1;
    return status;
}

/* The code of every row of this table. */
static dk_status collect_rows(struct collecting *c, uint32_t *codes, dk_error *err)
{
    const dki_match *match = c->join.match;
    uint32_t nothing = 0, number;
    dk_status status = DK_OK;

    if (c->empty) {
        status = dki_text_map_add(&c->found, "", 0, &number, err);
        nothing = number + 1;
    }
    for (uint64_t i = 0; status == DK_OK && i < match->n_rows; i++) {
        uint32_t first = match->rows[i];

        if (i % DK_BLOCK_ROWS == 0)
            status = dki_poll(c->context, err);
        codes[i] = first == DKI_NO_ROW ? nothing : 0;
        if (first >= DKI_NULL_KEY)
            continue;
        if (status == DK_OK && c->sets[first] == UINT32_MAX)
            status = make_set(c, first, &c->sets[first], err);
        codes[i] = c->sets[first];
    }
    return status;
}

static dk_status make_dictionary(struct collecting *c, dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *from = dk_column_levels(c->values);
    size_t n = c->found.n;
    dk_text *texts = dki_alloc_array(c->context, n, sizeof *texts, err);
    dk_dictionary *levels = NULL;
    bool kept = dk_dictionary_is_declared(from) || dk_dictionary_has_labels(from);
    dk_status status = texts ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n; i++)
        texts[i].bytes = dki_text_map_get(&c->found, (uint32_t)i, &texts[i].size);
    if (status == DK_OK)
        status = dk_dictionary_new(c->context, texts, n, false, &levels, err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(levels, kept ? from : NULL, out, err);
    dk_dictionary_release(levels);
    dki_free(c->context, texts);
    return status;
}

static dk_status make_column(struct collecting *c, const dk_column **out, dk_error *err)
{
    size_t n_other = (size_t)dk_table_n_rows(c->join.right), n_rows = (size_t)c->join.match->n_rows;
    uint32_t *codes = dki_alloc_array(c->context, n_rows, sizeof *codes, err);
    dk_dictionary *levels = NULL;
    dk_status status = read_codes(c, err);

    c->next = dki_alloc_array(c->context, n_other, sizeof *c->next, err);
    c->sets = dki_alloc_array(c->context, n_other, sizeof *c->sets, err);
    if (codes == NULL || c->next == NULL || c->sets == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK) {
        memset(c->sets, 0xFF, n_other * sizeof *c->sets);
        status = dki_key_index_chain(c->join.index, c->next, NULL, err);
    }
    if (status == DK_OK)
        status = collect_rows(c, codes, err);
    if (status == DK_OK)
        status = make_dictionary(c, &levels, err);
    if (status == DK_OK)
        status = dki_column_of_codes(c->context, levels, 2, codes, n_rows, out, err);
    dk_dictionary_release(levels);
    dki_free(c->context, codes);
    return status;
}

static dk_status add_column(struct collecting *c, const char *as, const dk_table **out, dk_error *err)
{
    const dki_match *match = c->join.match;
    uint64_t unused = match->n_keys - match->n_used;
    const dk_column *column = NULL;
    const dk_table *made = NULL;
    dk_field field;
    char note[300], keys[DKI_JOIN_WORDS];
    dk_status status = make_column(c, &column, err);

    if (status == DK_OK) {
        field = DK_FIELD(as, column);
        status = dk_table_with(c->join.left, &field, 1, &made, err);
    }
    if (status == DK_OK)
        status = dki_table_add_others(made, c->join.left, &c->join.right, 1, DK_LINEAGE_JOIN, err,
                                      "%s: the sets of %s that %s has by %s", as, c->value,
                                      dki_lineage_name(c->join.right), dki_join_words(&c->join, keys, sizeof keys));
    if (status == DK_OK) {
        (void)snprintf(
            note, sizeof note,
            "%.100s: %llu of %llu rows have an entry in the other table; %llu %s no key; %llu %s of the other "
            "table %s no row",
            as, (unsigned long long)match->n_matched, (unsigned long long)match->n_rows,
            (unsigned long long)match->n_null, match->n_null == 1 ? "has" : "have", (unsigned long long)unused,
            unused == 1 ? "key" : "keys", unused == 1 ? "matches" : "match");
        status = dk_table_with_note(made, note, out, err);
    }
    dk_table_release(made);
    dk_column_release(column);
    return status;
}

static dk_status find_values(struct collecting *c, const char *as, dk_error *err)
{
    const dk_column *column;
    size_t at;
    dk_status status = dk_table_get(c->join.right, c->value, &at, err);

    if (status != DK_OK)
        return status;
    if (dk_table_find(c->join.left, as) != DK_NO_COLUMN) {
        (void)dki_fail(err, DK_ERR_DUPLICATE, "collect: the table has a column %s already", as);
        dki_hint(err, "give the sets another name: as = \"...\"");
        return DK_ERR_DUPLICATE;
    }
    column = dk_table_field(c->join.right, at)->column;
    status = dk_column_is_set(column) ? DK_ERR_TYPE : dki_column_categorise(column, &c->values, err);
    if (status == DK_ERR_TYPE)
        return dki_fail(err, DK_ERR_TYPE, "collect: column %s is %s, and members come from a category or text",
                        c->value, dk_column_type_name(column));
    return status;
}

dk_status dk_table_collect(const dk_table *table, const dk_table *other, const char *const *keys,
                           const char *const *other_keys, size_t n_keys, const char *value, const char *as,
                           bool empty, const dk_table **out, dk_error *err)
{
    struct collecting c = { .context = dk_table_context(table), .value = value, .empty = empty };
    dk_status status = dki_join_init(&c.join, "collect", table, other, keys, other_keys, n_keys, err);

    dki_buffer_init(&c.text, c.context);
    dki_text_map_init(&c.found, c.context);
    if (status == DK_OK && n_keys == 0)
        status = dki_fail(err, DK_ERR_ARGUMENT, "collect takes at least one key");
    if (status == DK_OK)
        status = find_values(&c, as, err);
    if (status == DK_OK)
        status = dki_join_match(&c.join, err);
    if (status == DK_OK)
        status = dki_join_index(&c.join, err);
    if (status == DK_OK)
        status = add_column(&c, as, out, err);
    dki_free(c.context, c.codes);
    dki_free(c.context, c.next);
    dki_free(c.context, c.sets);
    dki_free(c.context, c.members);
    dki_text_map_drop(&c.found);
    dki_buffer_drop(&c.text);
    dk_column_release(c.values);
    dki_join_drop(&c.join);
    return status;
}
