/* xlsx_zip.h - the parts of a workbook, which is a zip file. For the reading of XLSX alone. */
#ifndef DKI_READ_XLSX_ZIP_H
#define DKI_READ_XLSX_ZIP_H

#include <dekking/context.h>

typedef struct dki_zip dki_zip;

/* Opens the zip file that stands in bytes, which are borrowed until dki_zip_close. name is what messages call it.
 *
 * Errors  DK_ERR_DATA    no zip file, or a damaged one
 *         DK_ERR_LIMIT   more parts than any workbook has
 *         DK_ERR_IO      libzip is not there
 *         DK_ERR_MEMORY */
dk_status dki_zip_open(dk_context *context, const char *bytes, size_t size, const char *name, dki_zip **out,
                       dk_error *err);
void dki_zip_close(dki_zip *zip); /* NULL does nothing */
const char *dki_zip_name(const dki_zip *zip);
dk_context *dki_zip_context(const dki_zip *zip);

bool dki_zip_has(dki_zip *zip, const char *part);

/* Takes a piece of a part, in order. */
typedef dk_status dki_zip_take(void *arg, const char *bytes, size_t size, bool last, dk_error *err);

/* Unpacks a part piece by piece; polls. Errors: DK_ERR_DATA where it is not there, is encrypted or damaged; DK_ERR_LIMIT
 * where it unpacks to more than DKI_ZIP_MOST_BYTES, or to more than DKI_ZIP_MOST_TIMES its packed size (a bomb); and those
 * of take. */
dk_status dki_zip_read(dki_zip *zip, const char *part, dki_zip_take *take, void *arg, dk_error *err);

#define DKI_ZIP_MOST_BYTES (UINT64_C(8) << 30)
#define DKI_ZIP_MOST_TIMES 1000
#define DKI_ZIP_MOST_PARTS 100000

#endif
