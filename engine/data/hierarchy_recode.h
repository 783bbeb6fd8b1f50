/* hierarchy_recode.h - members that are followed from one day to another. For hierarchy_recode.c and hierarchy_origins.c alone. */
#ifndef DKI_DATA_HIERARCHY_RECODE_H
#define DKI_DATA_HIERARCHY_RECODE_H

#include "hierarchy_parts.h"
#include "hierarchy_shares.h"
#include "recode_parts.h"

/* A member and what share of something it is. */
typedef struct dki_piece {
    uint32_t member;
    dki_share share;
} dki_piece;

typedef struct dki_pieces {
    dki_piece *items;
    size_t n, capacity;
} dki_pieces;

/* A part of a member that was divided, and its share or its weight. */
typedef struct dki_division {
    uint32_t member;
    dki_share share;
} dki_division;

/* Why a division is not known. n: the members that one is divided over; member 0: it is known. */
typedef struct dki_lack {
    uint32_t member, lacks; /* lacks 0: all of them weigh 0 */
    size_t n;
} dki_lack;

typedef struct dki_follow {
    const dk_hierarchy *hierarchy;
    dk_context *context;
    int64_t from, to;
    const dk_table *weights;
    const bool *wanted;   /* of each member whether it is asked for; NULL: all are */
    dki_lacking *lacking; /* gets those that cannot be told; NULL: the first one is a fault */
    dk_ratio *by_member;  /* of each member its weight; 0/0: none was given */
    bool forth;           /* weights say how members are divided; else nobody does */
    dki_pieces now, next;
    dki_division *parts;
    size_t n_parts, parts_capacity;
    dki_lack lack; /* the first division of the member that is followed which weights do not tell */
    dki_recode_items made;
} dki_follow;

/* Whether it is to be told what a member that is there on the day `from` is. */
bool dki_follow_wants(const dki_follow *follow, uint32_t member);
dk_text dki_follow_name(const dki_follow *follow, uint32_t member);
/* A piece more, or more of one that is there. */
dk_status dki_follow_add(const dki_follow *follow, dki_pieces *pieces, uint32_t member, const dki_share *share,
                         dk_error *err);
/* What became of a member by changes behind a day, up to another: the pieces in follow->now. */
dk_status dki_follow_member(dki_follow *follow, uint32_t member, int64_t after, int64_t until, dk_error *err);
/* Adds what a member becomes, all of known shares, to what is made, unless it stays what it is. */
dk_status dki_follow_add_pairs(dki_follow *follow, uint32_t member, const dki_pieces *becomes, dk_error *err);
/* Of what is told of a member, with own as its error: where that is no fault, as it is lacking, DK_OK. */
dk_status dki_follow_told(dki_follow *follow, uint32_t member, dk_status status, const dk_error *own,
                          dk_error *err);
dk_status dki_follow_fail_fit(const dki_follow *follow, uint32_t member, dk_error *err);
dk_status dki_follow_fail_unknown(const dki_follow *follow, uint32_t member, dk_error *err);
dk_status dki_follow_fail_lack(const dki_follow *follow, const dki_lack *lack, dk_error *err);

/* hierarchy_origins.c: members of the day `from` on the earlier day `to`. */
dk_status dki_recode_back(dki_follow *follow, size_t n_members, dk_error *err);

#endif
