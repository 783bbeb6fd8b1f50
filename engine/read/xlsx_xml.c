/* xlsx_xml.c - XML by expat, which is opened when the first part is read. */
#include "xlsx_xml.h"

#include <string.h>

#include "base/status.h"

const char *dki_xml_attribute(const char *const *attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

#if __has_include(<expat.h>)

#include <expat.h>

#include "base/late.h"

#define LIBRARY "libexpat.so.1"
#define PACKAGE "libexpat1"
#define MOST_ATTRIBUTES 64
#define SEPARATOR '|' /* between a name space and a name: no name holds it */

#define FUNCTIONS(X)                  \
    X(XML_ParserCreateNS)             \
    X(XML_ParserFree)                 \
    X(XML_SetUserData)                \
    X(XML_SetElementHandler)          \
    X(XML_SetCharacterDataHandler)    \
    X(XML_SetStartDoctypeDeclHandler) \
    X(XML_Parse)                      \
    X(XML_StopParser)                 \
    X(XML_GetErrorCode)               \
    X(XML_ErrorString)                \
    X(XML_GetCurrentLineNumber)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

struct dki_xml {
    struct functions fn;
    XML_Parser parser;
    const dki_xml_sink *sink;
    const char *name, *part;
    uint64_t n_fed, n_told; /* bytes in all, and when something was last told of them */
    unsigned depth;
    dk_status status; /* of the sink; ends the parsing */
    dk_error *err;
};

static const char *local_name(const char *name)
{
    const char *at = strrchr(name, SEPARATOR);

    return at ? at + 1 : name;
}

static void stop(dki_xml *xml, dk_status status)
{
    xml->status = status;
    (void)xml->fn.XML_StopParser(xml->parser, XML_FALSE);
}

static dk_status fail_here(dki_xml *xml, dk_status code, const char *what)
{
    (void)dki_fail(xml->err, code, "%s, line %llu: %s", xml->part,
                   (unsigned long long)xml->fn.XML_GetCurrentLineNumber(xml->parser), what);
    dki_at(xml->err, xml->name, 0, 0);
    return code;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **given)
{
    dki_xml *xml = user;
    const char *attributes[2 * MOST_ATTRIBUTES + 1];
    size_t n = 0;

    if (xml->status != DK_OK)
        return;
    xml->n_told = xml->n_fed;
    if (++xml->depth > DKI_XML_MOST_DEPTH) {
        stop(xml, fail_here(xml, DK_ERR_LIMIT, "elements stand in each other deeper than any workbook has them"));
        return;
    }
    for (; given[n] && n < 2 * MOST_ATTRIBUTES;
         n += 2) { /* a cell has three; what comes behind is nothing we know */
        attributes[n] = local_name(given[n]);
        attributes[n + 1] = given[n + 1];
    }
    attributes[n] = NULL;
    if (xml->sink->start) {
        dk_status status = xml->sink->start(xml->sink->arg, local_name(name), attributes, xml->err);

        if (status != DK_OK)
            stop(xml, status);
    }
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    dki_xml *xml = user;

    if (xml->status != DK_OK)
        return;
    xml->n_told = xml->n_fed;
    xml->depth--;
    if (xml->sink->end) {
        dk_status status = xml->sink->end(xml->sink->arg, local_name(name), xml->err);

        if (status != DK_OK)
            stop(xml, status);
    }
}

static void XMLCALL on_text(void *user, const XML_Char *bytes, int size)
{
    dki_xml *xml = user;
    dk_status status;

    xml->n_told = xml->n_fed;
    if (xml->status != DK_OK || xml->sink->text == NULL)
        return;
    status = xml->sink->text(xml->sink->arg, bytes, (size_t)size, xml->err);
    if (status != DK_OK)
        stop(xml, status);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                               int internal)
{
    dki_xml *xml = user;

    (void)name, (void)system, (void)public, (void)internal;
    if (xml->status == DK_OK)
        stop(xml, fail_here(xml, DK_ERR_DATA, "a document type, which no workbook has"));
}

static dk_status take(void *arg, const char *bytes, size_t size, bool last, dk_error *err)
{
    dki_xml *xml = arg;

    xml->err = err;
    xml->n_fed += size;
    if (xml->fn.XML_Parse(xml->parser, bytes, (int)size, last) == XML_STATUS_ERROR) {
        if (xml->status != DK_OK)
            return xml->status;
        if (xml->fn.XML_GetErrorCode(xml->parser) == XML_ERROR_NO_MEMORY)
            return dki_fail(err, DK_ERR_MEMORY, "out of memory while reading %s", xml->part);
        return fail_here(xml, DK_ERR_DATA, xml->fn.XML_ErrorString(xml->fn.XML_GetErrorCode(xml->parser)));
    }
    if (xml->n_fed - xml->n_told > DKI_XML_MOST_PENDING)
        return fail_here(xml, DK_ERR_LIMIT, "a tag of more than 4 MiB, which no workbook has");
    return DK_OK;
}

dk_status dki_xml_read(dki_zip *zip, const char *part, const dki_xml_sink *sink, dk_error *err)
{
    dki_xml xml = { .sink = sink, .name = dki_zip_name(zip), .part = part, .err = err };
    dk_status status = open_functions("reading XLSX", &xml.fn, err);

    if (status != DK_OK)
        return status;
    xml.parser = xml.fn.XML_ParserCreateNS(NULL, SEPARATOR);
    if (xml.parser == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "out of memory while reading %s", part);
    xml.fn.XML_SetUserData(xml.parser, &xml);
    xml.fn.XML_SetElementHandler(xml.parser, on_start, on_end);
    xml.fn.XML_SetCharacterDataHandler(xml.parser, on_text);
    xml.fn.XML_SetStartDoctypeDeclHandler(xml.parser, on_doctype);
    status = dki_zip_read(zip, part, take, &xml, err);
    xml.fn.XML_ParserFree(xml.parser);
    return status;
}

#else

dk_status dki_xml_read(dki_zip *zip, const char *part, const dki_xml_sink *sink, dk_error *err)
{
    (void)zip, (void)part, (void)sink;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "this dekking was built without expat, so it cannot read XLSX");
    dki_hint(err, "install it (Debian: apt-get install libzip-dev libexpat1-dev) and build again");
    return DK_ERR_ARGUMENT;
}

#endif
