/* program_branch.c - whole numbers: branch and bound, with a bound that is proved at each node.
 *
 * A node is the program with narrower bounds of numbers. Clp solves it in parts of numbers; its multipliers prove, in whole
 * numbers, what the gains can be at most, and where that is no more than the best solution has, the node is done. Else whole
 * numbers near Clp's are offered, and some number that is in parts makes two nodes, one on either side. Cbc, whose cuts and
 * heuristics find good solutions sooner, is asked for one before the search begins.
 *
 * Source: Land and Doig, An automatic method of solving discrete programming problems (1960).
 */
#include "program.h"

#include <math.h>
#include <string.h>

#include "memory.h"
#include "program_parts.h"
#include "progress.h"

#define MOST_NODES 20000
#define FEWEST_NODES 200
#define NODES_TIMES_SIZE 1000000 /* a node takes longer where there are more numbers and rows */
#define CLOSE 1e-6               /* as near to a whole number as doubles are trusted to be */

/* Where the search may go back to: a number's bounds before, and those of the side that was not tried yet. */
struct turn {
    size_t number;
    int64_t least, greatest, other_least, other_greatest;
    bool is_done;
};

struct search {
    dki_program *program;
    const int64_t *gains;
    dki_relaxed *relaxed;
    dki_program_answer *answer;
    struct turn *turns;
    size_t n_turns, capacity;
    int64_t *numbers, *room; /* room: what is left of each row's limit, when a solution is improved */
    size_t n_nodes, most_nodes;
};

/* Improving whole numbers --------------------------------------------------------------------------------------------- */

/* How far number j can go in a direction: up to the row that stops it first. */
static int64_t find_way(const dki_program *p, const int64_t *numbers, size_t j, int direction,
                        const size_t *starts_of, const uint32_t *rows_of, const int64_t *factors_of,
                        const int64_t *room)
{
    int64_t way = direction > 0 ? p->greatest[j] - numbers[j] : numbers[j] - p->least[j];

    for (size_t t = starts_of[j]; t < starts_of[j + 1] && way > 0; t++) {
        int64_t by = direction * factors_of[t];

        if (by > 0 && room[rows_of[t]] / by < way)
            way = room[rows_of[t]] / by;
    }
    return way;
}

/* The terms of each number, where those of rows are known. */
struct columns {
    size_t *starts;
    uint32_t *rows;
    int64_t *factors;
};

static dk_status make_columns(const dki_program *p, struct columns *c, dk_error *err)
{
    size_t n_terms = p->starts[p->n_rows];

    c->starts = dki_calloc(p->context, p->n + 2, sizeof *c->starts, err);
    c->rows = dki_alloc_array(p->context, n_terms, sizeof *c->rows, err);
    c->factors = dki_alloc_array(p->context, n_terms, sizeof *c->factors, err);
    if (c->starts == NULL || c->rows == NULL || c->factors == NULL)
        return DK_ERR_MEMORY;
    for (size_t t = 0; t < n_terms; t++)
        c->starts[p->numbers[t] + 2]++;
    for (size_t j = 0; j < p->n; j++)
        c->starts[j + 2] += c->starts[j + 1];
    for (size_t i = 0; i < p->n_rows; i++)
        for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++) {
            size_t at = c->starts[p->numbers[t] + 1]++;

            c->rows[at] = (uint32_t)i;
            c->factors[at] = p->factors[t];
        }
    return DK_OK;
}

static void drop_columns(const dki_program *p, struct columns *c)
{
    dki_free(p->context, c->starts);
    dki_free(p->context, c->rows);
    dki_free(p->context, c->factors);
}

/* Moves each number as far as it helps, the first ones first, and offers what comes of it. */
static void improve_and_offer(struct search *s, const struct columns *c)
{
    const dki_program *p = s->program;

    if (!dki_program_holds(p, s->numbers))
        return;
    for (size_t i = 0; i < p->n_rows; i++) {
        dki_i128 room = p->most[i];

        for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++)
            room -= (dki_i128)p->factors[t] * s->numbers[p->numbers[t]];
        s->room[i] = room > INT64_MAX ? INT64_MAX : (int64_t)room;
    }
    for (size_t j = 0; j < p->n; j++) {
        int direction = s->gains[j] > 0 ? 1 : -1;
        int64_t way =
            s->gains[j] == 0 ? 0 : find_way(p, s->numbers, j, direction, c->starts, c->rows, c->factors, s->room);

        s->numbers[j] += direction * way;
        for (size_t t = c->starts[j]; t < c->starts[j + 1]; t++)
            if (s->room[c->rows[t]] != INT64_MAX)
                s->room[c->rows[t]] -= direction * way * c->factors[t];
    }
    (void)dki_program_offer(p, s->gains, s->numbers, s->answer);
}

static int64_t within(const dki_program *p, size_t j, double number)
{
    return number < (double)p->least[j]      ? p->least[j]
           : number > (double)p->greatest[j] ? p->greatest[j]
                                             : (int64_t)number;
}

/* Clp's numbers rounded down, up and to the nearest. */
static void offer_rounded(struct search *s, const struct columns *c, const double *numbers)
{
    for (int way = 0; way < 3; way++) {
        for (size_t j = 0; j < s->program->n; j++) {
            double number = way == 0   ? floor(numbers[j] + CLOSE)
                            : way == 1 ? ceil(numbers[j] - CLOSE)
                                       : nearbyint(numbers[j]);

            s->numbers[j] = within(s->program, j, number);
        }
        improve_and_offer(s, c);
    }
}

/* Searching ------------------------------------------------------------------------------------------------------------ */

/* The number that is furthest from a whole one; n where all are whole. */
static size_t find_split(const struct search *s, const double *numbers)
{
    size_t at = s->program->n;
    double most = CLOSE;

    for (size_t j = 0; j < s->program->n; j++) {
        double part = fabs(numbers[j] - nearbyint(numbers[j]));

        if (part > most && s->program->least[j] < s->program->greatest[j]) {
            most = part;
            at = j;
        }
    }
    return at;
}

/* What the node's multipliers prove; false: nothing. */
static bool is_beaten(const struct search *s, const dki_relaxed_answer *relaxed, dki_i128 *bound)
{
    if (relaxed->end == DKI_RELAXED_IMPOSSIBLE)
        return dki_program_bound(s->program, NULL, relaxed->multipliers, bound) && *bound < 0;
    return dki_program_bound(s->program, s->gains, relaxed->multipliers, bound) && s->answer->is_possible &&
           *bound <= s->answer->value;
}

static dk_status open_turn(struct search *s, size_t j, double number, dk_error *err)
{
    dki_program *p = s->program;
    int64_t below = within(p, j, floor(number));
    dk_status status =
        dki_grow(p->context, (void **)&s->turns, &s->capacity, s->n_turns + 1, sizeof *s->turns, err);
    struct turn *turn;
    bool up_first = number - floor(number) >= 0.5;

    if (status != DK_OK)
        return status;
    if (below == p->greatest[j])
        below--;
    turn = &s->turns[s->n_turns++];
    *turn = (struct turn){ .number = j, .least = p->least[j], .greatest = p->greatest[j] };
    turn->other_least = up_first ? p->least[j] : below + 1;
    turn->other_greatest = up_first ? below : p->greatest[j];
    if (up_first)
        p->least[j] = below + 1;
    else
        p->greatest[j] = below;
    return DK_OK;
}

/* To the next node that is not done; false: there is none. */
static bool turn_back(struct search *s)
{
    dki_program *p = s->program;

    while (s->n_turns > 0) {
        struct turn *turn = &s->turns[s->n_turns - 1];

        if (!turn->is_done) {
            turn->is_done = true;
            p->least[turn->number] = turn->other_least;
            p->greatest[turn->number] = turn->other_greatest;
            return true;
        }
        p->least[turn->number] = turn->least;
        p->greatest[turn->number] = turn->greatest;
        s->n_turns--;
    }
    return false;
}

/* Gives the program its bounds back. */
static void turn_home(struct search *s)
{
    for (size_t i = s->n_turns; i-- > 0;) {
        s->program->least[s->turns[i].number] = s->turns[i].least;
        s->program->greatest[s->turns[i].number] = s->turns[i].greatest;
    }
}

/* One node. *split is the number to go on with, n where the node is done. */
static dk_status look(struct search *s, const struct columns *c, size_t *split, double *number, dk_error *err)
{
    dki_program_answer *answer = s->answer;
    dki_relaxed_answer relaxed;
    dki_i128 bound = 0;
    dk_status status = dki_relaxed_run(s->relaxed, s->gains, DKI_LIMITS_STATED, &relaxed, err);
    bool is_done;

    *split = s->program->n;
    if (status != DK_OK)
        return status;
    if (relaxed.end == DKI_RELAXED_SOLVED)
        offer_rounded(s, c, relaxed.numbers);
    is_done = is_beaten(s, &relaxed, &bound);
    if (s->n_nodes == 0 && relaxed.end == DKI_RELAXED_SOLVED && !is_done) {
        answer->has_bound = dki_program_bound(s->program, s->gains, relaxed.multipliers, &answer->bound);
        status = dki_program_ask_cbc(s->program, s->gains, answer, err);
        is_done = status == DK_OK && is_beaten(s, &relaxed, &bound);
    }
    s->n_nodes++;
    if (status != DK_OK || is_done)
        return status;
    if (relaxed.end == DKI_RELAXED_SOLVED)
        *split = find_split(s, relaxed.numbers);
    if (*split < s->program->n)
        *number = relaxed.numbers[*split];
    else
        answer->is_proved = false; /* done by Clp's word alone */
    return DK_OK;
}

static dk_status search(struct search *s, const struct columns *c, dk_error *err)
{
    dk_status status = DK_OK;
    bool is_open = true;

    s->answer->is_proved = true;
    s->answer->has_bound = false;
    while (is_open && status == DK_OK) {
        size_t split;
        double number = 0;

        status = look(s, c, &split, &number, err);
        if (status == DK_OK && split < s->program->n)
            status = open_turn(s, split, number, err);
        else
            is_open = turn_back(s);
        if (is_open && s->n_nodes >= s->most_nodes) {
            s->answer->is_proved = false;
            break;
        }
        dki_progress(s->program->context, "allocating", s->n_nodes, s->most_nodes);
    }
    dki_progress_end(s->program->context);
    turn_home(s);
    if (s->answer->is_proved) {
        s->answer->has_bound = s->answer->is_possible;
        s->answer->bound = s->answer->value;
    }
    return status;
}

size_t dki_program_nodes(const dki_program *program)
{
    size_t n = NODES_TIMES_SIZE / (program->n + program->n_rows + 1);

    return n > MOST_NODES ? MOST_NODES : n < FEWEST_NODES ? FEWEST_NODES : n;
}

dk_status dki_program_branch(dki_program *program, const int64_t *gains, dki_relaxed *relaxed, size_t *n_nodes,
                             dki_program_answer *answer, dk_error *err)
{
    dk_context *context = program->context;
    struct search s = {
        .program = program, .gains = gains, .relaxed = relaxed, .answer = answer, .most_nodes = *n_nodes
    };
    struct columns c = { NULL, NULL, NULL };
    dk_status status;

    answer->is_proved = answer->has_bound = false;
    if (*n_nodes == 0)
        return DK_OK;
    status = make_columns(program, &c, err);

    s.numbers = dki_alloc_array(context, program->n, sizeof *s.numbers, err);
    s.room = dki_alloc_array(context, program->n_rows, sizeof *s.room, err);
    if (s.numbers == NULL || s.room == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = search(&s, &c, err);
    *n_nodes = s.n_nodes < s.most_nodes ? s.most_nodes - s.n_nodes : 0;
    drop_columns(program, &c);
    dki_free(context, s.turns);
    dki_free(context, s.room);
    dki_free(context, s.numbers);
    return status;
}
