/* xlsx_xml.h - the XML of a part, element by element. For the reading of XLSX alone. */
#ifndef DKI_READ_XLSX_XML_H
#define DKI_READ_XLSX_XML_H

#include "xlsx_zip.h"

typedef struct dki_xml dki_xml;

/* What is called while a part is read. Names are local names: prefixes and name spaces are left out. attributes are names
 * and values in turn, ending with NULL. Each may answer another status than DK_OK, err filled, which ends the reading. */
typedef struct dki_xml_sink {
    void *arg;
    dk_status (*start)(void *arg, const char *name, const char *const *attributes, dk_error *err);
    dk_status (*end)(void *arg, const char *name, dk_error *err);
    dk_status (*text)(void *arg, const char *bytes, size_t size,
                      dk_error *err); /* NULL: not wanted; comes in pieces */
} dki_xml_sink;

/* Reads a part of the zip file. A document type is refused, so that no entity can be a bomb, and so are elements nested
 * deeper than DKI_XML_MOST_DEPTH and a tag or text piece of more than DKI_XML_MOST_PENDING bytes.
 * Errors: DK_ERR_DATA with the part and line, DK_ERR_LIMIT, DK_ERR_IO (expat is not there), those of dki_zip_read and of
 * the sink. */
dk_status dki_xml_read(dki_zip *zip, const char *part, const dki_xml_sink *sink, dk_error *err);

#define DKI_XML_MOST_DEPTH 256
#define DKI_XML_MOST_PENDING ((size_t)4 << 20)

/* The value of an attribute, or NULL. */
const char *dki_xml_attribute(const char *const *attributes, const char *name);

#endif
