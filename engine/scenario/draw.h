/* draw.h - random numbers of a step: keyed by its seed, its name and the values that tell a stratum or person apart.
 *
 * Nothing else decides them: not threads, nor the order of rows, codes of categories or the dictionary's order, nor what
 * other columns, steps or scenarios there are. So two scenarios whose steps have one name draw alike: what differs
 * between them is what their shares differ in.
 *
 *   key      XXH3-64 of the seed (8 bytes, little-endian) and the name    2 words
 *   counter  XXH3-64 of the values (draw.c writes them down)              2 words
 *            number of the draw; 0: strata, 1: persons                    2 words
 */
#ifndef DKI_SCENARIO_DRAW_H
#define DKI_SCENARIO_DRAW_H

#include "scenario_parts.h"

/* Settles how much is taken of each stratum by drawing: `taken`, and for persons `chosen`.
 *   share  of each stratum the persons are trials: a binomial number of whole ones; a part of a person is one more
 *          trial, and goes or stays as it is
 *   count  of all strata together so many whole persons, each choice of them alike: hypergeometric numbers, stratum
 *          after stratum in the order of their hashes
 *          Of newcomers, who are taken from nobody, each is like one of those who are matched: multinomial numbers
 *   persons by share: each whose own uniform number is under it; by count: those with the least numbers, of the last one as
 *          much as is still wanted
 * More share, or a greater count, never takes fewer of any stratum, nor leaves out a person that less would take. */
dk_status dki_draw_settle(const dki_stage *stage, dki_strata *strata, dk_error *err);
/* Appends a value in the form in which it is hashed. */
dk_status dki_draw_add_value(dki_buffer *bytes, dk_value value, dk_error *err);

#endif
