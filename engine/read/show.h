/* show.h - bytes of a file as a message shows them. */
#ifndef DKI_READ_SHOW_H
#define DKI_READ_SHOW_H

#include <dekking/error.h>

#define DKI_SHOW_BYTES 104

/* Writes the bytes between double quotes, terminated: control characters as \n, \t or \x1F, ill-formed UTF-8 as \xNN,
 * cut after some sixty bytes with an ellipsis. Returns out. */
const char *dki_show(char out[DKI_SHOW_BYTES], const char *bytes, size_t size);

/* Writes a column's name as a key of a Lua table: totaal, or ["in Sonar"]. Returns out; a name that is too long is cut. */
const char *dki_show_key(char out[DKI_SHOW_BYTES], const char *name);

#endif
