/* recode_table.c - a table whose members are others now.
 *
 * Where every member becomes one, its codes are looked up. Where one becomes several, its rows are repeated, and what is
 * additive is divided (recode_divide.c).
 */
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"
#include "levels.h"
#include "lineage.h"
#include "members.h"
#include "recode_table.h"
#include "table_parts.h"

#define NAMED 4 /* so many columns that stay whole does a note name */

/* A member as a column that goes by labels has it: its label, where it has one. */
static dk_text label_of(const dk_dictionary *members, dk_text member)
{
    if (members)
        (void)dk_dictionary_label(members, dk_dictionary_find(members, member), &member);
    return member;
}

/* The code that the column has for a member; by label: for its label, which is no member itself. */
static uint32_t find_member(const dki_recoding *recoding, dk_text member, bool by_label)
{
    const dk_dictionary *members = dki_recode_old(recoding->recode);
    dk_text name = by_label ? label_of(members, member) : member;

    return by_label && (members == NULL || dk_dictionary_find(members, name) > 0)
               ? 0
               : dk_dictionary_find(dk_column_levels(recoding->column), name);
}

/* Where each row goes by its own day, levels stay in their places that rows have, or can have, on the day that is recoded to. */
static dk_status keep_levels(const dki_recoding *recoding, dki_text_map *map, dk_error *err)
{
    dki_text_map news;
    uint32_t number;
    dk_status status = DK_OK;

    dki_text_map_init(&news, recoding->context);
    for (size_t i = 0; i < dk_recode_n_pairs(recoding->recode) && status == DK_OK; i++) {
        dk_text name = dk_recode_get(recoding->recode, i).new;

        status = dki_text_map_add(&news, name.bytes, name.size, &number, err);
    }
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(recoding->values) && status == DK_OK; code++) {
        dk_text name = dk_dictionary_level(recoding->values, code);

        if (dki_text_map_find(&news, name.bytes, name.size) != DKI_MAP_NONE ||
            dki_recode_days_keep(recoding->days, name))
            status = dki_text_map_add(map, name.bytes, name.size, &number, err);
    }
    dki_text_map_drop(&news);
    return status;
}

/* Levels: those that stay as they are, and behind them the new ones. */
static dk_status make_levels(dki_recoding *recoding, dk_error *err)
{
    const dk_dictionary *values = dk_column_levels(recoding->column);
    size_t n_pairs = dk_recode_n_pairs(recoding->recode), n_kept = 0;
    size_t n_most = recoding->n_codes + 2 * n_pairs + dk_dictionary_n_levels(recoding->values);
    dk_text *names = dki_alloc_array(recoding->context, n_most, sizeof *names, err);
    dki_text_map map;
    dk_dictionary *plain = NULL;
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;
    uint32_t number;

    dki_text_map_init(&map, recoding->context);
    if (recoding->days && status == DK_OK)
        status = keep_levels(recoding, &map, err);
    for (uint32_t code = 1; code < recoding->n_codes && status == DK_OK; code++)
        if (recoding->becomes[code].n == 0) {
            dk_text name = dki_recode_kept_name(recoding->recode, dk_dictionary_level(values, code));

            status = dki_text_map_add(&map, name.bytes, name.size, &number, err);
            recoding->becomes[code].codes = number + 1;
        }
    for (size_t i = 0; i < 2 * n_pairs && status == DK_OK; i++) {
        bool by_label = i >= n_pairs;
        dk_text name = dk_recode_get(recoding->recode, i % n_pairs).new;

        if (by_label)
            name = label_of(dki_recode_new(recoding->recode), name);
        if (recoding->codes[i] == 0 && (by_label || recoding->by_label))
            continue;
        status = dki_text_map_add(&map, name.bytes, name.size, &number, err);
        recoding->codes[i] = number + 1;
    }
    for (n_kept = 0; n_kept < map.n && status == DK_OK; n_kept++)
        names[n_kept].bytes = dki_text_map_get(&map, (uint32_t)n_kept, &names[n_kept].size);
    if (status == DK_OK)
        status =
            dk_dictionary_new(recoding->context, names, n_kept, dk_dictionary_is_declared(values), &plain, err);
    dki_text_map_drop(&map);
    dki_free(recoding->context, names);
    if (status == DK_OK)
        status = dki_recode_label(recoding->recode, recoding->values, plain, &recoding->levels, err);
    dk_dictionary_release(plain);
    return status;
}

static dk_status match(dki_recoding *recoding, dk_error *err)
{
    const dk_dictionary *values = dk_column_levels(recoding->column);
    size_t n_pairs = dk_recode_n_pairs(recoding->recode);
    dk_status status;

    recoding->n_codes = dk_dictionary_n_levels(values) + 1;
    recoding->becomes = dki_calloc(recoding->context, recoding->n_codes, sizeof *recoding->becomes, err);
    recoding->codes =
        recoding->becomes ? dki_calloc(recoding->context, 2 * n_pairs, sizeof *recoding->codes, err) : NULL;
    if (recoding->codes == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < 2 * n_pairs; i++) {
        bool by_label = i >= n_pairs;
        uint32_t code = find_member(recoding, dk_recode_get(recoding->recode, i % n_pairs).old, by_label);

        if (code == 0)
            continue;
        recoding->codes[i] = 1;
        recoding->by_label |= by_label;
        if (recoding->becomes[code].n++ == 0)
            recoding->becomes[code].first = i;
    }
    status = make_levels(recoding, err);
    return status == DK_OK
               ? dki_recode_keep(recoding->table, recoding->values, recoding->recode, &recoding->levels, err)
               : status;
}

/* Rows. ------------------------------------------------------------------------------------------------------------ */

/* Calls act for each row with its code. */
static dk_status each_row(const dki_recoding *recoding, void (*act)(void *arg, uint64_t row, uint32_t code),
                          void *arg, dk_error *err)
{
    uint32_t codes[DK_BLOCK_ROWS];
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, recoding->context);
    for (uint64_t row = 0; dki_column_block(recoding->column, row, &view, &status, err); row += view.n) {
        dki_view_codes(&view, codes);
        for (size_t i = 0; i < view.n; i++)
            act(arg, row + i, codes[i]);
    }
    dk_view_release(&view);
    return status;
}

static void count_row(void *arg, uint64_t row, uint32_t code)
{
    dki_recoding *recoding = arg;
    size_t n = recoding->becomes[code].n;

    (void)row;
    recoding->n_rows += n > 1 ? n : 1;
    recoding->n_divided += n > 1;
}

static void write_row(void *arg, uint64_t row, uint32_t code)
{
    dki_recoding *recoding = arg;
    size_t n = recoding->becomes[code].n;

    for (size_t part = 0; part < (n > 1 ? n : 1); part++) {
        recoding->rows[recoding->n_rows] = row;
        recoding->parts[recoding->n_rows++] = n > 1 ? (uint32_t)part + 1 : 0;
    }
}

static dk_status lay_out_rows(dki_recoding *recoding, dk_error *err)
{
    dk_status status = each_row(recoding, count_row, recoding, err);

    if (status != DK_OK || recoding->n_divided == 0)
        return status;
    recoding->rows = dki_alloc_array(recoding->context, (size_t)recoding->n_rows, sizeof *recoding->rows, err);
    recoding->parts =
        recoding->rows ? dki_alloc_array(recoding->context, (size_t)recoding->n_rows, sizeof *recoding->parts, err)
                       : NULL;
    if (recoding->parts == NULL)
        return DK_ERR_MEMORY;
    recoding->n_rows = 0;
    return each_row(recoding, write_row, recoding, err);
}

/* Columns. --------------------------------------------------------------------------------------------------------- */

static dk_status recode_codes(const dki_recoding *recoding, const dk_column **out, dk_error *err)
{
    uint32_t *codes = dki_calloc(recoding->context, recoding->n_codes, sizeof *codes, err);
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t code = 1; code < recoding->n_codes && status == DK_OK; code++) {
        const dki_becomes *becomes = &recoding->becomes[code];

        codes[code] = becomes->n > 0 ? recoding->codes[becomes->first] : becomes->codes;
    }
    if (status == DK_OK)
        status = dki_column_map_codes(recoding->column, codes, recoding->levels, out, err);
    dki_free(recoding->context, codes);
    return status;
}

/* The members of rows some of which are parts. */
static dk_status recode_parts(const dki_recoding *recoding, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(recoding->context, DK_CATEGORY, 0, recoding->levels, &builder, err);
    dk_view view;
    uint64_t seen = UINT64_MAX;

    dk_view_init(&view, recoding->context);
    for (uint64_t i = 0; i < recoding->n_rows && status == DK_OK; i++) {
        uint64_t row = recoding->rows[i], block = row / DK_BLOCK_ROWS * DK_BLOCK_ROWS;
        uint64_t left = dk_column_n_rows(recoding->column) - block;
        const dki_becomes *becomes;
        uint32_t code;

        if (block != seen) {
            status = dki_poll(recoding->context, err);
            if (status == DK_OK)
                status = dk_column_view(recoding->column, block,
                                        left < DK_BLOCK_ROWS ? (size_t)left : DK_BLOCK_ROWS, &view, err);
            if (status != DK_OK)
                break;
            seen = block;
        }
        code = dki_view_code(&view, (size_t)(row - block));
        becomes = &recoding->becomes[code];
        code = code == 0 ? 0
               : becomes->n == 0
                   ? becomes->codes
                   : recoding->codes[becomes->first + (recoding->parts[i] ? recoding->parts[i] - 1 : 0)];
        status = dk_builder_code(builder, code, err);
    }
    dk_view_release(&view);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* The table. ------------------------------------------------------------------------------------------------------- */

static bool is_divided(const dki_recoding *recoding, const dk_recode_options *options, const char *name)
{
    const char *weight = dk_table_properties(recoding->table)->weight;

    if (weight && strcmp(weight, name) == 0)
        return true;
    for (size_t i = 0; i < options->n_columns; i++)
        if (strcmp(options->columns[i], name) == 0)
            return true;
    return false;
}

static dk_status check_divided(const dki_recoding *recoding, const dk_recode_options *options, dk_error *err)
{
    const char *weight = dk_table_properties(recoding->table)->weight;
    dk_status status = DK_OK;

    for (size_t i = 0; i < options->n_columns && status == DK_OK; i++) {
        size_t at = 0;
        dk_type type;

        status = dk_table_get(recoding->table, options->columns[i], &at, err);
        type = status == DK_OK ? dk_column_type(dk_table_field(recoding->table, at)->column) : DK_INTEGER;
        if (type != DK_INTEGER && type != DK_DECIMAL && type != DK_INTERVAL)
            return dki_fail(err, DK_ERR_TYPE, "the column %s is %s: only whole and decimal numbers can be divided",
                            options->columns[i], dk_type_name(type));
    }
    if (status != DK_OK || recoding->n_divided == 0)
        return status;
    if (dk_table_margin(recoding->table)) {
        (void)dki_fail(err, DK_ERR_MARGIN, "rows are to be divided, and the table has rows that are totals");
        dki_hint(err, "take its :detail()");
        return DK_ERR_MARGIN;
    }
    for (size_t i = 0; i < options->n_columns && (weight || options->weight); i++)
        if (weight == NULL || strcmp(options->columns[i], weight) != 0) {
            (void)dki_fail(err, DK_ERR_ARGUMENT,
                           "%s is to be divided, and so is the weight of its rows%s%s: sum(%s) "
                           "goes by both, and would be divided twice",
                           options->columns[i], weight ? ", " : "", weight ? weight : "", options->columns[i]);
            dki_hint(err, weight ? "leave out divide, or take the weight away: t:with { weight = dk.null }"
                                 : "leave out weight or divide");
            return DK_ERR_ARGUMENT;
        }
    if (weight || options->weight || options->n_columns > 0)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "%llu row%s to be divided, and the table has no weight",
                   (unsigned long long)recoding->n_divided, recoding->n_divided == 1 ? " is" : "s are");
    dki_hint(err,
             "name a weight to be made, { weight = \"gewicht\" }, or the counts to divide, { divide = { ... } }");
    return DK_ERR_ARGUMENT;
}

static dk_status make_column(const dki_recoding *recoding, const dk_recode_options *options, size_t i,
                             const dk_column **out, dk_error *err)
{
    const dk_field *field = dk_table_field(recoding->table, i);

    if (recoding->rows == NULL) {
        if (strcmp(field->name, recoding->name) == 0)
            return recode_codes(recoding, out, err);
        *out = dk_column_retain(field->column);
        return DK_OK;
    }
    if (strcmp(field->name, recoding->name) == 0)
        return recode_parts(recoding, out, err);
    if (is_divided(recoding, options, field->name))
        return dki_recoding_divide(recoding, field->column, out, err);
    return dk_column_gather(field->column, recoding->rows, recoding->n_rows, out, err);
}

static dk_status add_note(const char *note, const dk_table **table, dk_error *err)
{
    const dk_table *noted = NULL;
    dk_status status = dk_table_with_note(*table, note, &noted, err);

    if (status == DK_OK) {
        dk_table_release(*table);
        *table = noted;
    }
    return status;
}

static bool is_in(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Who divides one count of a row leaves the others whole in each part, and a sum of these would count them again. */
static dk_status note_whole(const dki_recoding *recoding, const dk_recode_options *options, const dk_table **table,
                            dk_error *err)
{
    const dk_properties *properties = dk_table_properties(recoding->table);
    size_t n = 0;
    dki_buffer text;
    dk_status status = DK_OK;

    dki_buffer_init(&text, recoding->context);
    for (size_t i = 0; options->n_columns > 0 && status == DK_OK && i < dk_table_n_columns(recoding->table); i++) {
        const dk_field *field = dk_table_field(recoding->table, i);
        dk_type type = dk_column_type(field->column);

        if ((type == DK_INTEGER || type == DK_DECIMAL || type == DK_INTERVAL) &&
            !is_in(field->name, options->columns, options->n_columns) &&
            !is_in(field->name, properties->key, properties->n_key) && n++ < NAMED)
            status = dki_buffer_format(&text, err, "%s%s", n > 1 ? ", " : "", field->name);
    }
    if (status == DK_OK && n > NAMED)
        status = dki_buffer_format(&text, err, " and %zu more", n - NAMED);
    if (status == DK_OK && n > 0)
        status = dki_buffer_format(&text, err, " %s not divided: each part has %s whole, and a sum counts %s again",
                                   n == 1 ? "is" : "are", n == 1 ? "it" : "them", n == 1 ? "it" : "them");
    if (status == DK_OK && n > 0)
        status = add_note(text.bytes, table, err);
    dki_buffer_drop(&text);
    return status;
}

static dk_status add_words(const dki_recoding *recoding, const dk_recode_options *options, const dk_table **table,
                           dk_error *err)
{
    dki_buffer text;
    dk_status status = dki_table_add_step(*table, recoding->table, err, "members of %s recoded%s", recoding->name,
                                          recoding->n_divided > 0 ? DKI_DIVIDED : "");

    if (status == DK_OK && recoding->note.size > 0)
        status = add_note(recoding->note.bytes, table, err);
    if (status != DK_OK || recoding->n_divided == 0)
        return status;
    dki_buffer_init(&text, recoding->context);
    status = dki_buffer_format(&text, err, "an estimate: %llu row%s divided over several %s by shares",
                               (unsigned long long)recoding->n_divided,
                               recoding->n_divided == 1 ? " was" : "s were", recoding->name);
    if (status == DK_OK)
        status = add_note(text.bytes, table, err);
    dki_buffer_drop(&text);
    return status == DK_OK ? note_whole(recoding, options, table, err) : status;
}

static dk_status make_table(const dki_recoding *recoding, const dk_recode_options *options, const dk_table **out,
                            dk_error *err)
{
    size_t n = dk_table_n_columns(recoding->table);
    dk_properties properties = *dk_table_properties(recoding->table);
    bool makes_weight = recoding->n_divided > 0 && options->weight && properties.weight == NULL;
    dk_field *fields = dki_calloc(recoding->context, n + 1, sizeof *fields, err);
    dk_attachment attached[DK_MOST_ATTACHED] = { { NULL, NULL, 0 } };
    bool stays = recoding->rows || recoding->days; /* nobody knows which part of a figure goes along */
    dk_table *made = NULL;
    const dk_table *table = NULL;
    dk_status status = fields ? dki_recode_attached(recoding->table, recoding->name,
                                                    stays ? NULL : recoding->recode, attached, err)
                              : DK_ERR_MEMORY;

    properties.attached = attached;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        fields[i] = *dk_table_field(recoding->table, i);
        fields[i].column = NULL;
        status = make_column(recoding, options, i, &fields[i].column, err);
    }
    if (status == DK_OK)
        status = dki_recode_follow(recoding->table, recoding->name, recoding->rows, recoding->n_rows, fields, err);
    if (status == DK_OK && makes_weight) {
        fields[n] = DK_FIELD(options->weight, NULL);
        status = dki_recoding_divide(recoding, NULL, &fields[n].column, err);
        properties.weight = options->weight;
    }
    if (status == DK_OK) {
        properties.key = recoding->rows ? NULL : properties.key;
        properties.n_key = recoding->rows ? 0 : properties.n_key;
        status = dki_table_make(recoding->context, fields, n + makes_weight,
                                recoding->rows ? recoding->n_rows : dk_table_n_rows(recoding->table), &properties,
                                recoding->rows ? NULL : dk_table_margin(recoding->table), &made, err);
    }
    if (status == DK_OK) {
        if (recoding->rows == NULL)
            dki_table_settle_key(made, recoding->table);
        table = made;
        status = add_words(recoding, options, &table, err);
    }
    if (status == DK_OK)
        status = dki_recode_tell_attached(&table, recoding->table, recoding->name, recoding->rows, attached, err);
    for (size_t i = 0; i < properties.n_attached; i++)
        dk_table_release(attached[i].table);
    for (size_t i = 0; fields && i <= n; i++)
        dk_column_release(fields[i].column);
    dki_free(recoding->context, fields);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}

/* By the day of each row: members are told apart by times, for a while. *members is the column as it was. */
static dk_status by_day(dki_recoding *recoding, const dk_column **members, const dk_recode **composed,
                        dk_error *err)
{
    dk_status status;

    recoding->days = dki_recode_days_of(recoding->recode);
    *members = recoding->column;
    recoding->column = NULL;
    status = dki_recode_by_day(recoding->table, *members, recoding->name, recoding->recode, &recoding->note,
                               &recoding->column, composed, err);
    if (status == DK_OK)
        recoding->recode = *composed;
    return status;
}

dk_status dk_table_recode(const dk_table *table, const char *column, const dk_recode *recode,
                          const dk_recode_options *options, const dk_table **out, dk_error *err)
{
    static const dk_recode_options none = { NULL, 0, NULL };
    dki_recoding recoding = {
        .table = table, .context = dk_table_context(table), .recode = recode, .name = column
    };
    const dk_column *members = NULL;
    const dk_recode *composed = NULL;
    size_t at = 0;
    dk_status status = dk_table_get(table, column, &at, err);

    if (status != DK_OK)
        return status;
    if (dk_column_is_set(dk_table_field(table, at)->column))
        return dki_recode_sets(table, at, recode, out, err);
    if (options == NULL)
        options = &none;
    dki_buffer_init(&recoding.note, recoding.context);
    status = dki_column_categorise(dk_table_field(table, at)->column, &recoding.column, err);
    if (status == DK_ERR_TYPE)
        return dki_fail(err, DK_ERR_TYPE, "members to be recoded are categories or texts, and %s is %s", column,
                        dk_type_name(dk_column_type(dk_table_field(table, at)->column)));
    if (status == DK_OK)
        status = dki_recode_check_rows(recode, recoding.column, err);
    if (status == DK_OK)
        recoding.values = dk_column_levels(recoding.column);
    if (status == DK_OK && dki_recode_days_of(recode))
        status = by_day(&recoding, &members, &composed, err);
    if (status == DK_OK)
        status = match(&recoding, err);
    if (status == DK_OK && !dk_recode_is_exact(recoding.recode)) /* else no row is divided */
        status = lay_out_rows(&recoding, err);
    if (status == DK_OK)
        status = check_divided(&recoding, options, err);
    if (status == DK_OK)
        status = make_table(&recoding, options, out, err);
    dk_column_release(recoding.column);
    dk_column_release(members);
    dk_recode_release(composed);
    dk_dictionary_release(recoding.levels);
    dki_free(recoding.context, recoding.becomes);
    dki_free(recoding.context, recoding.codes);
    dki_free(recoding.context, recoding.rows);
    dki_free(recoding.context, recoding.parts);
    dki_buffer_drop(&recoding.note);
    return status;
}
