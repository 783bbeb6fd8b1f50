/* hierarchy_recode.h - members that are followed from one day to another. For hierarchy_recode.c and hierarchy_origins.c alone. */
#ifndef DKI_DATA_HIERARCHY_RECODE_H
#define DKI_DATA_HIERARCHY_RECODE_H

#include "hierarchy_parts.h"
#include "recode_parts.h"

/* A member and what share of something it is; 0/0 where nobody stated that. */
typedef struct dki_piece {
    uint32_t member;
    dk_ratio share;
} dki_piece;

typedef struct dki_pieces {
    dki_piece *items;
    size_t n, capacity;
} dki_pieces;

typedef struct dki_follow {
    const dk_hierarchy *hierarchy;
    dk_context *context;
    int64_t from, to;
    const dk_table *weights;
    const bool *wanted;  /* of each member whether it is asked for; NULL: all are */
    dk_ratio *by_member; /* of each member its weight; 0/0: none was given */
    dki_pieces now, next, parts;
    dki_recode_items made;
} dki_follow;

/* Whether it is to be told what a member that is there on the day `from` is. */
bool dki_follow_wants(const dki_follow *follow, uint32_t member);
dk_text dki_follow_name(const dki_follow *follow, uint32_t member);
/* A piece more, or more of one that is there. */
dk_status dki_follow_add(const dki_follow *follow, dki_pieces *pieces, uint32_t member, dk_ratio share,
                         dk_error *err);
/* The first change behind those of the day of changes[begin]. */
size_t dki_follow_day_end(const dki_follow *follow, size_t begin);
/* Adds what a member becomes to what is made, unless it stays what it is. */
dk_status dki_follow_add_pairs(dki_follow *follow, uint32_t member, const dki_pieces *becomes, dk_error *err);
dk_status dki_follow_fail_fit(const dki_follow *follow, uint32_t member, dk_error *err);
dk_status dki_follow_fail_unknown(const dki_follow *follow, uint32_t member, dk_error *err);
dk_status dki_follow_fail_weight(const dki_follow *follow, uint32_t member, size_t n, uint32_t lacks,
                                 dk_error *err);
dk_status dki_follow_fail_zero(const dki_follow *follow, uint32_t member, dk_error *err);

/* hierarchy_origins.c: members of the day `from` on the earlier day `to`. */
dk_status dki_recode_back(dki_follow *follow, size_t n_members, dk_error *err);

#endif
