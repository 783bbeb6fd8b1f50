/* member_answers.h - answers by the members of sets, whichever way rows are put into their groups. */
#ifndef TESTS_UNIT_MEMBER_ANSWERS_H
#define TESTS_UNIT_MEMBER_ANSWERS_H

#include "answers.h"

static const char persons[] = "v:set[lassen,koken,bouwen,zagen] g:category x:integer\n"
                              "koken+lassen|A|10\n"
                              "-|A|20\n"
                              "|B|30\n"
                              "lassen+koken|B|40\n"
                              "bouwen|B|-\n"
                              "lassen|A|60\n";

/* A row counts for each member, and once in totals. */
static inline void assert_members_with_totals(void)
{
    assert_answer(persons,
                  ASK(.by = { "m = member(v)" }, .measures = { "n = count()", "s = sum(x)", "d = n / all(n)" },
                      .margins = DK_MARGINS_TOTALS),
                  "lassen|3|110|1/2\nkoken|2|50|1/3\nbouwen|1|-|1/6\n-|1|20|1/6\n*|6|160|1/1\n");
    assert_answer(persons,
                  ASK(.by = { "m = missing(v)" }, .measures = { "n = count()", "k = count() where x > 20" },
                      .margins = DK_MARGINS_TOTALS),
                  "lassen|2|1\nkoken|3|2\nbouwen|4|3\nzagen|5|3\n-|1|0\n*|6|3\n");
}

static inline void assert_margins_of_members(void)
{
    assert_answer(persons,
                  ASK(.by = { "g", "m = member(v)" },
                      .measures = { "n = count()", "a = n / all(n, m)", "b = n / all(n, g)" },
                      .margins = DK_MARGINS_CUBE),
                  "A|lassen|2|2/3|2/3\nA|koken|1|1/2|1/3\nA|-|1|1/1|1/3\nA|*|3|1/2|1/1\n"
                  "B|lassen|1|1/3|1/3\nB|koken|1|1/2|1/3\nB|bouwen|1|1/1|1/3\nB|*|3|1/2|1/1\n"
                  "*|lassen|3|1/1|1/2\n*|koken|2|1/1|1/3\n*|bouwen|1|1/1|1/6\n*|-|1|1/1|1/6\n*|*|6|1/1|1/1\n");
    assert_answer(persons,
                  ASK(.by = { "a = member(v)", "b = member(v)" }, .measures = { "n = count()" },
                      .where = "g == 'B'", .margins = DK_MARGINS_ROLLUP),
                  "lassen|lassen|1\nlassen|koken|1\nlassen|*|1\nkoken|lassen|1\nkoken|koken|1\nkoken|*|1\n"
                  "bouwen|bouwen|1\nbouwen|*|1\n*|*|3\n");
}

static inline void assert_members_of_nobody(void)
{
    assert_answer(
        persons,
        ASK(.by = { "m = member(v)", "g" }, .measures = { "n = count()" }, .all_levels = true, .where = "x == 1",
            .margins = DK_MARGINS_TOTALS),
        "lassen|A|0\nlassen|B|0\nkoken|A|0\nkoken|B|0\nbouwen|A|0\nbouwen|B|0\nzagen|A|0\nzagen|B|0\n*|*|0\n");
    assert_answer(persons, ASK(.by = { "m = member(v)" }, .measures = { "n = count()" }, .where = "x == 1"), "");
}

#endif
