/* elsewhere.h - what SQL, dplyr, data.table, pandas and Polars have is called here: the hint where one of those names is asked for. */
#ifndef DKI_EXPR_ELSEWHERE_H
#define DKI_EXPR_ELSEWHERE_H

/* What to write in the place of a function of that name, in capitals or not; NULL: nothing is known of it. Static. */
const char *dki_elsewhere_hint(const char *name);

/* What to write in the place of a word that stands between values there: like, case, as. As above. */
const char *dki_elsewhere_word(const char *word);

/* What to write in the place of a method of a table, or of a function of the library. As above. */
const char *dki_elsewhere_method(const char *name);
const char *dki_elsewhere_library(const char *name);

#endif
