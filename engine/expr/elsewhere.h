/* elsewhere.h - what functions of SQL, dplyr, data.table and pandas are called here: the hint where one of those is asked for. */
#ifndef DKI_EXPR_ELSEWHERE_H
#define DKI_EXPR_ELSEWHERE_H

/* What to write in the place of a function of that name, in capitals or not; NULL: nothing is known of it. Static. */
const char *dki_elsewhere_hint(const char *name);

/* What to write in the place of a word that stands between values there: like, case, as. As above. */
const char *dki_elsewhere_word(const char *word);

#endif
