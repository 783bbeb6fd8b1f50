/* draw.c - who is drawn: how many of each stratum, or each person alone.
 *
 * The values that tell a stratum or person apart are hashed in this form, in the order of their columns' names:
 *
 *   null               'n'
 *   text, category     't', size (8 bytes, little-endian), bytes
 *   integer, decimal   'v', size, the digits without zeros behind the last place that is needed
 *   others             'v', size, as an expression writes them
 *
 * Cost: a microsecond or so for each stratum, less for each person. Poll: once per block.
 */
#include "draw.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/philox.h"
#include "base/quantile.h"
#include "base/status.h"
#include "data/checksum.h"
#include "expr/poll_row.h"
#include "rows/sort_rows.h"

/* Uniforms ----------------------------------------------------------------------------------------------------- */

enum purpose { OF_STRATA, OF_PERSONS };

/* Random numbers of one step in one draw. */
struct stream {
    const dk_table *cells;
    size_t *columns; /* whose values tell apart, by name */
    size_t n_columns;
    uint32_t key[2], draw, purpose;
    dki_buffer bytes; /* of one stratum or person */
};

static void split_words(uint64_t number, uint32_t words[2])
{
    words[0] = (uint32_t)number;
    words[1] = (uint32_t)(number >> 32);
}

static dk_status add_number(dki_buffer *bytes, uint64_t number, dk_error *err)
{
    char out[8];

    for (int i = 0; i < 8; i++)
        out[i] = (char)(number >> 8 * i & 0xFF);
    return dki_buffer_append(bytes, out, sizeof out, err);
}

dk_status dki_draw_add_value(dki_buffer *bytes, dk_value value, dk_error *err)
{
    char plain[128];
    dk_text text = { plain, 0 };
    bool is_text = value.type == DK_TEXT || value.type == DK_CATEGORY;
    dk_status status;

    if (value.is_null)
        return dki_buffer_append(bytes, "n", 1, err);
    if (is_text) {
        text = value.as.text;
    } else if (value.type == DK_INTEGER || value.type == DK_DECIMAL) {
        int64_t number = value.as.integer;
        unsigned scale = value.type == DK_DECIMAL ? value.scale : 0;

        for (; scale > 0 && number % 10 == 0; scale--)
            number /= 10;
        text.size = dki_format_decimal(number, scale, plain, sizeof plain);
    } else {
        text.size = dk_value_format(&value, plain, sizeof plain);
    }
    status = dki_buffer_append(bytes, is_text ? "t" : "v", 1, err);
    if (status == DK_OK)
        status = add_number(bytes, text.size, err);
    return status == DK_OK && text.size > 0 ? dki_buffer_append(bytes, text.bytes, text.size, err) : status;
}

/* In the order of names, so that nothing hangs on the order in which a step mentions columns. */
static void sort_columns(const dk_table *cells, size_t *columns, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        size_t column = columns[i], k = i;

        for (;
             k > 0 && strcmp(dk_table_field(cells, columns[k - 1])->name, dk_table_field(cells, column)->name) > 0;
             k--)
            columns[k] = columns[k - 1];
        columns[k] = column;
    }
}

static struct stream make_stream(const dki_stage *stage, enum purpose purpose, size_t *columns, size_t n)
{
    struct stream stream = {
        .cells = stage->cells, .columns = columns, .n_columns = n, .draw = stage->draw, .purpose = purpose
    };

    dki_buffer_init(&stream.bytes, dk_table_context(stage->cells));
    return stream;
}

static dk_status key_stream(struct stream *stream, const dki_step *step, dk_error *err)
{
    dk_status status = add_number(&stream->bytes, step->seed, err);

    sort_columns(stream->cells, stream->columns, stream->n_columns);
    if (status == DK_OK)
        status = dki_buffer_text(&stream->bytes, step->name, err);
    if (status == DK_OK)
        split_words(dki_checksum(stream->bytes.bytes, stream->bytes.size), stream->key);
    return status;
}

/* The hash of who stands in a row of the cells. */
static dk_status hash_row(struct stream *stream, uint64_t row, uint64_t *out, dk_error *err)
{
    dk_status status = dki_buffer_terminate(&stream->bytes, err);

    stream->bytes.size = 0;
    for (size_t i = 0; i < stream->n_columns && status == DK_OK; i++) {
        dk_value value;

        status = dk_column_get(dk_table_field(stream->cells, stream->columns[i])->column, row, &value, err);
        if (status == DK_OK)
            status = dki_draw_add_value(&stream->bytes, value, err);
    }
    if (status == DK_OK)
        *out = dki_checksum(stream->bytes.bytes, stream->bytes.size);
    return status;
}

/* Two uniform numbers of whom a hash stands for. */
static void draw_uniforms(const struct stream *stream, uint64_t hash, uint64_t out[2])
{
    uint32_t counter[4] = { 0, 0, stream->draw, stream->purpose }, words[4];

    split_words(hash, counter);
    dki_philox(counter, stream->key, words);
    out[0] = words[0] | (uint64_t)words[1] << 32;
    out[1] = words[2] | (uint64_t)words[3] << 32;
}

/* u / 2^64 is under the share. */
static bool is_under(uint64_t u, dk_ratio share)
{
    return (dki_u128)u * (uint64_t)share.denominator < (dki_u128)(uint64_t)share.numerator << 64;
}

/* Strata ------------------------------------------------------------------------------------------------------- */

struct place {
    uint64_t hash, stratum;
};

static int by_hash(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->stratum > y->stratum) - (x->stratum < y->stratum);
}

/* How many of n persons of stratum k; of repeated draws the first keeps what the others need. */
static int64_t draw_binomial(const dki_stage *stage, uint64_t k, int64_t n, dk_ratio share, uint64_t u)
{
    dki_laws *laws = stage->laws && k < stage->laws->n ? stage->laws : NULL;
    dki_quantile law;

    if (laws && stage->draw > 0 && dki_quantile_is(&laws->items[k], n, share))
        return dki_quantile_draw(&laws->items[k], u);
    dki_quantile_init(&law, n, share);
    if (laws && stage->draw == 0)
        laws->items[k] = law;
    return dki_quantile_draw(&law, u);
}

static void draw_share(const dki_stage *stage, const struct stream *stream, const struct place *places,
                       dk_ratio share, dki_strata *strata)
{
    for (uint64_t k = 0; k < strata->n; k++) {
        int64_t part = strata->available[k] % DKI_PERSON;
        uint64_t u[2];

        draw_uniforms(stream, places[k].hash, u);
        strata->taken[k] = draw_binomial(stage, k, strata->available[k] / DKI_PERSON, share, u[0]) * DKI_PERSON;
        if (is_under(u[1], share))
            strata->taken[k] += part;
    }
}

static void draw_count(const struct stream *stream, struct place *places, int64_t n, int64_t count,
                       dki_strata *strata)
{
    qsort(places, (size_t)strata->n, sizeof *places, by_hash);
    for (uint64_t i = 0; i < strata->n; i++) {
        uint64_t k = places[i].stratum, u[2];
        int64_t here = strata->available[k] / DKI_PERSON, drawn;

        draw_uniforms(stream, places[i].hash, u);
        drawn = dki_quantile_hypergeometric(n, here, count, u[0]);
        strata->taken[k] = drawn * DKI_PERSON;
        n -= here;
        count -= drawn;
    }
}

/* Newcomers, each of them like somebody of those who are matched: multinomial. */
static void draw_newcomers(const struct stream *stream, struct place *places, int64_t units, int64_t count,
                           dki_strata *strata)
{
    qsort(places, (size_t)strata->n, sizeof *places, by_hash);
    for (uint64_t i = 0; i < strata->n; i++) {
        uint64_t k = places[i].stratum, u[2];
        dk_ratio share;
        int64_t drawn;

        draw_uniforms(stream, places[i].hash, u);
        (void)dki_ratio_make(strata->available[k], units, &share); /* of who is left */
        drawn = dki_quantile_binomial(count, share, u[0]);
        strata->taken[k] = drawn * DKI_PERSON;
        units -= strata->available[k];
        count -= drawn;
    }
}

static dk_status make_laws(dki_laws *laws, dk_context *context, uint64_t n, dk_error *err)
{
    laws->items = dki_calloc(context, (size_t)n, sizeof *laws->items, err);
    laws->n = laws->items ? n : 0;
    return laws->items ? DK_OK : DK_ERR_MEMORY;
}

static dk_status draw_strata(const dki_stage *stage, dk_ratio amount, dki_strata *strata, dk_error *err)
{
    dk_context *context = strata->context;
    size_t *columns = dki_alloc_array(context, strata->n_columns, sizeof *columns, err);
    struct place *places = dki_alloc_array(context, (size_t)strata->n, sizeof *places, err);
    struct stream stream = make_stream(stage, OF_STRATA, columns, strata->n_columns);
    int64_t n = 0, units = 0;
    dk_status status = columns && places ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        memcpy(columns, strata->columns, strata->n_columns * sizeof *columns);
        status = key_stream(&stream, stage->step, err);
    }
    DKI_FOR_ROWS(k, strata->n, context, status, err)
    {
        places[k].stratum = k;
        status = hash_row(&stream, dki_strata_cell(strata, k), &places[k].hash, err);
        n += strata->available[k] / DKI_PERSON;
        units += strata->available[k];
    }
    if (status == DK_OK && stage->laws && stage->laws->items == NULL && stage->draw == 0)
        status = make_laws(stage->laws, context, strata->n, err);
    if (status == DK_OK && stage->step->share)
        draw_share(stage, &stream, places, amount, strata);
    else if (status == DK_OK && strata->effect == DK_ADDS)
        draw_newcomers(&stream, places, units, amount.numerator, strata);
    else if (status == DK_OK && amount.numerator > n)
        status = dki_fail_short(stage, strata, amount, n * DKI_PERSON, "whole ", err);
    else if (status == DK_OK)
        draw_count(&stream, places, n, amount.numerator, strata);
    dki_buffer_drop(&stream.bytes);
    dki_free(context, places);
    dki_free(context, columns);
    return status;
}

/* Persons ------------------------------------------------------------------------------------------------------ */

/* Persons on their way: of each matched cell the uniforms, and the cells by these. */
struct persons {
    uint64_t (*uniforms)[2];
    uint64_t *order;
    int64_t *chosen; /* units */
};

static int by_uniform(const void *arg, uint64_t a, uint64_t b)
{
    const struct persons *persons = arg;
    const uint64_t *x = persons->uniforms[a], *y = persons->uniforms[b];
    int first = (x[0] > y[0]) - (x[0] < y[0]);

    return first ? first : (x[1] > y[1]) - (x[1] < y[1]);
}

static dk_status choose_count(const dki_stage *stage, const dki_strata *strata, struct persons *persons,
                              int64_t units, dk_error *err)
{
    dk_status status;

    for (uint64_t i = 0; i < strata->n_cells; i++)
        persons->order[i] = i;
    status = dki_sort_rows(strata->context, persons->order, strata->n_cells, by_uniform, persons, err);
    for (uint64_t i = 0; i < strata->n_cells && status == DK_OK && units > 0; i++) {
        uint64_t at = persons->order[i];
        int64_t weight = stage->weights[strata->cells[at]];

        persons->chosen[at] = weight < units ? weight : units;
        units -= persons->chosen[at];
    }
    return status;
}

/* Keeps who was chosen, and adds up what strata give. */
static void give_chosen(dki_strata *strata, struct persons *persons)
{
    dki_free(strata->context, strata->chosen);
    strata->chosen = persons->chosen;
    persons->chosen = NULL;
    for (uint64_t k = 0; k < strata->n; k++) {
        uint64_t end = strata->combinations[strata->strata[k + 1]];

        strata->taken[k] = 0;
        for (uint64_t i = strata->combinations[strata->strata[k]]; i < end; i++)
            strata->taken[k] += strata->chosen[i];
    }
}

static dk_status find_key(const dki_stage *stage, size_t *columns, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < stage->n_key && status == DK_OK; i++)
        status = dk_table_get(stage->cells, stage->key[i], &columns[i], err);
    return status;
}

static dk_status draw_persons(const dki_stage *stage, dk_ratio amount, dki_strata *strata, dk_error *err)
{
    dk_context *context = strata->context;
    size_t n = (size_t)strata->n_cells;
    size_t *columns = dki_alloc_array(context, stage->n_key, sizeof *columns, err);
    struct persons persons = { dki_alloc_array(context, n, sizeof *persons.uniforms, err),
                               dki_alloc_array(context, n, sizeof *persons.order, err),
                               dki_calloc(context, n, sizeof *persons.chosen, err) };
    struct stream stream = make_stream(stage, OF_PERSONS, columns, stage->n_key);
    dk_status status = columns && persons.uniforms && persons.order && persons.chosen ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = find_key(stage, columns, err);
    if (status == DK_OK)
        status = key_stream(&stream, stage->step, err);
    DKI_FOR_ROWS(i, n, context, status, err)
    {
        uint64_t hash = 0;

        status = hash_row(&stream, strata->cells[i], &hash, err);
        draw_uniforms(&stream, hash, persons.uniforms[i]);
        if (stage->step->share && is_under(persons.uniforms[i][0], amount))
            persons.chosen[i] = stage->weights[strata->cells[i]];
    }
    if (status == DK_OK && stage->step->count)
        status = choose_count(stage, strata, &persons, amount.numerator * DKI_PERSON, err);
    if (status == DK_OK)
        give_chosen(strata, &persons);
    dki_buffer_drop(&stream.bytes);
    dki_free(context, persons.chosen);
    dki_free(context, persons.order);
    dki_free(context, persons.uniforms);
    dki_free(context, columns);
    return status;
}

/* Settling ----------------------------------------------------------------------------------------------------- */

dk_status dki_draw_settle(const dki_stage *stage, dki_strata *strata, dk_error *err)
{
    const dki_step *step = stage->step;
    dk_ratio amount = { 0, 1 };
    int64_t total = 0;
    dk_status status = dki_amount(step->share ? step->share : step->count, stage->cells, stage->params,
                                  step->share ? "share" : "count", &amount, err);

    if (status == DK_OK)
        status = step->share ? dki_check_share(amount, err) : dki_check_count(amount, true, err);
    if (status == DK_OK && step->drawn == DK_DRAWN_PERSONS && stage->n_key == 0)
        status = dki_fail_keyless(err);
    if (status != DK_OK || (strata->n == 0 && step->allow_none))
        return status;
    for (uint64_t k = 0; k < strata->n; k++)
        total += strata->available[k];
    if (step->count && strata->effect != DK_ADDS && (dki_i128)amount.numerator * DKI_PERSON > total)
        return dki_fail_short(stage, strata, amount, total, "", err);
    if (step->count && !dki_fits_i64((dki_i128)amount.numerator * DKI_PERSON))
        return dki_fail_many(err);
    return step->drawn == DK_DRAWN_PERSONS ? draw_persons(stage, amount, strata, err)
                                           : draw_strata(stage, amount, strata, err);
}
