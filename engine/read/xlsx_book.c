/* xlsx_book.c - the parts of a workbook that its sheets refer to.
 *
 * Which part is what stands in relationships: _rels/.rels names the workbook, the workbook's own name its sheets, its
 * shared texts and its styles. Part names in them are relative to the folder of whom they belong to.
 */
#include "xlsx_book.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/status.h"
#include "xlsx_xml.h"

static bool ends_in(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);

    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static bool is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}

/* Relationships. ------------------------------------------------------------------------------------------------ */

struct relation {
    const char *id, *type, *target;
};

struct relations {
    dki_book *book;
    const char *owner; /* the part that they belong to; "" for the file */
    struct relation *items;
    size_t n, room;
};

/* The path of a target, seen from the owner's folder. */
static const char *resolve(const struct relations *relations, const char *target, dk_error *err)
{
    const char *slash = strrchr(relations->owner, '/');
    int folder = slash ? (int)(slash - relations->owner) : 0;

    if (*target == '/')
        return dki_arena_text(&relations->book->arena, target + 1, strlen(target) - 1, err);
    while (strncmp(target, "../", 3) == 0 || strncmp(target, "./", 2) == 0) {
        bool up = target[1] == '.';

        target += up ? 3 : 2;
        while (up && folder > 0 && relations->owner[folder - 1] != '/')
            folder--;
        folder -= up && folder > 0;
    }
    return dki_arena_format(&relations->book->arena, err, "%.*s%s%s", folder, relations->owner, folder ? "/" : "",
                            target);
}

static dk_status on_relation(void *arg, const char *name, const char *const *attributes, dk_error *err)
{
    struct relations *relations = arg;
    const char *id = dki_xml_attribute(attributes, "Id"), *type = dki_xml_attribute(attributes, "Type");
    const char *target = dki_xml_attribute(attributes, "Target");
    dki_arena *arena = &relations->book->arena;
    struct relation *item;
    dk_status status;

    if (strcmp(name, "Relationship") != 0 || !id || !type || !target)
        return DK_OK;
    status = dki_grow(arena->context, (void **)&relations->items, &relations->room, relations->n + 1,
                      sizeof *relations->items, err);
    if (status != DK_OK)
        return status;
    item = &relations->items[relations->n];
    item->id = dki_arena_text(arena, id, strlen(id), err);
    item->type = item->id ? dki_arena_text(arena, type, strlen(type), err) : NULL;
    item->target = item->type ? resolve(relations, target, err) : NULL;
    if (item->target == NULL)
        return DK_ERR_MEMORY;
    relations->n++;
    return DK_OK;
}

/* The relationships of a part; none where it has no such file. */
static dk_status read_relations(dki_book *book, const char *owner, struct relations *out, dk_error *err)
{
    const dki_xml_sink sink = { .arg = out, .start = on_relation };
    const char *slash = strrchr(owner, '/'), *base = slash ? slash + 1 : owner;
    char *part = dki_arena_format(&book->arena, err, "%.*s_rels/%s.rels", (int)(base - owner), owner, base);

    *out = (struct relations){ .book = book, .owner = owner };
    if (part == NULL)
        return DK_ERR_MEMORY;
    return dki_zip_has(book->zip, part) ? dki_xml_read(book->zip, part, &sink, err) : DK_OK;
}

static const char *target_of_type(const struct relations *relations, const char *type)
{
    for (size_t i = 0; i < relations->n; i++)
        if (ends_in(relations->items[i].type, type))
            return relations->items[i].target;
    return NULL;
}

static const char *target_of_id(const struct relations *relations, const char *id)
{
    for (size_t i = 0; i < relations->n; i++)
        if (strcmp(relations->items[i].id, id) == 0)
            return relations->items[i].target;
    return NULL;
}

/* The workbook: sheets, and the day from which it counts. ------------------------------------------------------- */

struct workbook {
    dki_book *book;
    const struct relations *relations;
};

static dk_status on_workbook(void *arg, const char *name, const char *const *attributes, dk_error *err)
{
    struct workbook *workbook = arg;
    dki_book *book = workbook->book;
    const char *title, *id, *part;
    dk_status status;

    if (strcmp(name, "workbookPr") == 0)
        book->date1904 = is_true(dki_xml_attribute(attributes, "date1904"));
    if (strcmp(name, "sheet") != 0)
        return DK_OK;
    title = dki_xml_attribute(attributes, "name");
    id = dki_xml_attribute(attributes, "id");
    part = id ? target_of_id(workbook->relations, id) : NULL;
    if (title == NULL || part == NULL || strstr(part, "chartsheet"))
        return DK_OK;
    status = dki_grow(book->arena.context, (void **)&book->sheets, &book->sheets_room, book->n_sheets + 1,
                      sizeof *book->sheets, err);
    if (status != DK_OK)
        return status;
    title = dki_arena_text(&book->arena, title, strlen(title), err);
    if (title == NULL)
        return DK_ERR_MEMORY;
    book->sheets[book->n_sheets++] = (dki_sheet){ title, part };
    return DK_OK;
}

/* Shared texts. -------------------------------------------------------------------------------------------------- */

struct texts {
    dki_book *book;
    dki_buffer raw;    /* of the item so far */
    bool in_text;      /* within t */
    unsigned phonetic; /* within rPh: how it is said, which is no part of it */
};

static dk_status on_text_start(void *arg, const char *name, const char *const *attributes, dk_error *err)
{
    struct texts *texts = arg;

    (void)attributes;
    (void)err;
    if (strcmp(name, "si") == 0)
        texts->raw.size = 0;
    else if (strcmp(name, "t") == 0)
        texts->in_text = true;
    else if (strcmp(name, "rPh") == 0)
        texts->phonetic++;
    return DK_OK;
}

static dk_status on_text_end(void *arg, const char *name, dk_error *err)
{
    struct texts *texts = arg;
    dki_book *book = texts->book;
    dk_status status = DK_OK;

    if (strcmp(name, "t") == 0)
        texts->in_text = false;
    else if (strcmp(name, "rPh") == 0 && texts->phonetic > 0)
        texts->phonetic--;
    else if (strcmp(name, "si") == 0) {
        status = dki_grow(book->arena.context, (void **)&book->ends, &book->ends_room, book->n_texts + 1,
                          sizeof *book->ends, err);
        if (status == DK_OK)
            status = dki_xlsx_unescape(texts->raw.bytes, texts->raw.size, &book->texts, err);
        if (status == DK_OK)
            book->ends[book->n_texts++] = book->texts.size;
    }
    return status;
}

static dk_status on_text(void *arg, const char *bytes, size_t size, dk_error *err)
{
    struct texts *texts = arg;

    return texts->in_text && texts->phonetic == 0 ? dki_buffer_append(&texts->raw, bytes, size, err) : DK_OK;
}

static dk_status read_texts(dki_book *book, const char *part, dk_error *err)
{
    struct texts texts = { .book = book };
    const dki_xml_sink sink = { &texts, on_text_start, on_text_end, on_text };
    dk_status status;

    dki_buffer_init(&texts.raw, book->arena.context);
    status = dki_xml_read(book->zip, part, &sink, err);
    dki_buffer_drop(&texts.raw);
    return status;
}

dk_text dki_book_text(const dki_book *book, size_t i)
{
    size_t from = i > 0 ? book->ends[i - 1] : 0;

    return (dk_text){ book->texts.bytes ? book->texts.bytes + from : "", book->ends[i] - from };
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* The code of _xHHHH_ at the start of text, or -1. */
static int escaped(const char *text, size_t size)
{
    int code = 0;

    if (size < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return -1;
    for (size_t i = 2; i < 6; i++) {
        if (hex_digit(text[i]) < 0)
            return -1;
        code = code * 16 + hex_digit(text[i]);
    }
    return code == 0 || (code >= 0xD800 && code <= 0xDFFF) ? -1 : code; /* no character stays what it is */
}

dk_status dki_xlsx_unescape(const char *text, size_t size, dki_buffer *out, dk_error *err)
{
    dk_status status = DK_OK;
    size_t from = 0, i = 0;

    while (status == DK_OK && i < size) {
        int code = escaped(text + i, size - i);
        char bytes[3];
        size_t n = 0;

        if (code < 0) {
            i++;
            continue;
        }
        if (code < 0x80) {
            bytes[n++] = (char)code;
        } else if (code < 0x800) {
            bytes[n++] = (char)(0xC0 | code >> 6);
            bytes[n++] = (char)(0x80 | (code & 0x3F));
        } else {
            bytes[n++] = (char)(0xE0 | code >> 12);
            bytes[n++] = (char)(0x80 | (code >> 6 & 0x3F));
            bytes[n++] = (char)(0x80 | (code & 0x3F));
        }
        status = dki_buffer_append(out, text + from, i - from, err);
        if (status == DK_OK)
            status = dki_buffer_append(out, bytes, n, err);
        i += 7;
        from = i;
    }
    return status == DK_OK && size > from ? dki_buffer_append(out, text + from, size - from, err) : status;
}

/* Styles. --------------------------------------------------------------------------------------------------------- */

struct styles {
    dki_book *book;
    struct custom {
        unsigned id;
        dki_format_kind kind;
    } * custom;
    size_t n_custom, custom_room;
    bool in_cells; /* within cellXfs: the formats that cells refer to */
};

dki_format_kind dki_format_of_code(const char *code)
{
    bool date = false, time = false, quoted = false;
    int bracket = 0;

    for (; *code && *code != ';'; code++) { /* the first section stands for the others */
        char c = *code;

        if (quoted) {
            quoted = c != '"';
        } else if (bracket) {
            bracket = c != ']';
            time = time || ((c == 'h' || c == 'H' || c == 's' || c == 'S') && code[-1] == '[');
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[') {
            bracket = 1;
        } else if ((c == '\\' || c == '_' || c == '*') && code[1]) {
            code++;
        } else if (strncasecmp(code, "general", 7) == 0) {
            code += 6;
        } else if (strchr("dDyY", c)) {
            date = true;
        } else if (strchr("hHsS", c)) {
            time = true;
        } else if ((c == 'm' || c == 'M') && !time) {
            const char *rest = code + strspn(code, "mM");

            /* minutes stand beside hours or seconds */
            date = date || !(*rest == ':' && strspn(rest, ":sS") > 1);
            time = time || (*rest == ':' && strspn(rest, ":sS") > 1);
            code = rest - 1;
        }
    }
    return date ? DKI_FORMAT_DATE : time ? DKI_FORMAT_TIME : DKI_FORMAT_PLAIN;
}

static dki_format_kind kind_of_id(const struct styles *styles, unsigned id)
{
    for (size_t i = styles->n_custom; i-- > 0;)
        if (styles->custom[i].id == id)
            return styles->custom[i].kind;
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58)
        return DKI_FORMAT_DATE;
    return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 || id == 56
               ? DKI_FORMAT_TIME
               : DKI_FORMAT_PLAIN;
}

static dk_status on_style_start(void *arg, const char *name, const char *const *attributes, dk_error *err)
{
    struct styles *styles = arg;
    dki_book *book = styles->book;
    const char *id = dki_xml_attribute(attributes, "numFmtId"), *code = dki_xml_attribute(attributes, "formatCode");
    dk_status status = DK_OK;

    if (strcmp(name, "cellXfs") == 0)
        styles->in_cells = true;
    if (strcmp(name, "numFmt") == 0 && id && code) {
        status = dki_grow(book->arena.context, (void **)&styles->custom, &styles->custom_room, styles->n_custom + 1,
                          sizeof *styles->custom, err);
        if (status == DK_OK)
            styles->custom[styles->n_custom++] =
                (struct custom){ (unsigned)strtoul(id, NULL, 10), dki_format_of_code(code) };
    } else if (styles->in_cells && strcmp(name, "xf") == 0) {
        status = dki_grow(book->arena.context, (void **)&book->formats, &book->formats_room, book->n_formats + 1, 1,
                          err);
        if (status == DK_OK)
            book->formats[book->n_formats++] =
                (uint8_t)kind_of_id(styles, id ? (unsigned)strtoul(id, NULL, 10) : 0);
    }
    return status;
}

static dk_status on_style_end(void *arg, const char *name, dk_error *err)
{
    struct styles *styles = arg;

    (void)err;
    if (strcmp(name, "cellXfs") == 0)
        styles->in_cells = false;
    return DK_OK;
}

static dk_status read_styles(dki_book *book, const char *part, dk_error *err)
{
    struct styles styles = { .book = book };
    const dki_xml_sink sink = { &styles, on_style_start, on_style_end, NULL };
    dk_status status = dki_xml_read(book->zip, part, &sink, err);

    dki_free(book->arena.context, styles.custom);
    return status;
}

dki_format_kind dki_book_format(const dki_book *book, size_t style)
{
    return style < book->n_formats ? (dki_format_kind)book->formats[style] : DKI_FORMAT_PLAIN;
}

/* The whole. ------------------------------------------------------------------------------------------------------- */

static dk_status fail_no_workbook(const dki_book *book, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_DATA,
                   "the file is a zip file, and no workbook: nothing in it says where the sheets are");
    dki_at(err, dki_zip_name(book->zip), 0, 0);
    dki_hint(
        err,
        "a workbook is saved as .xlsx; older (.xls), binary (.xlsb) and open document (.ods) ones are not read");
    return DK_ERR_DATA;
}

static dk_status read_book(dki_book *book, struct relations *of_file, struct relations *of_workbook, dk_error *err)
{
    struct workbook workbook = { book, of_workbook };
    const dki_xml_sink sink = { .arg = &workbook, .start = on_workbook };
    const char *main_part, *part;
    dk_status status = read_relations(book, "", of_file, err);

    if (status != DK_OK)
        return status;
    main_part = target_of_type(of_file, "/officeDocument");
    if (main_part == NULL || ends_in(main_part, ".bin"))
        return fail_no_workbook(book, err);
    status = read_relations(book, main_part, of_workbook, err);
    if (status == DK_OK)
        status = dki_xml_read(book->zip, main_part, &sink, err);
    if (status == DK_OK && book->n_sheets == 0)
        status = fail_no_workbook(book, err);
    part = status == DK_OK ? target_of_type(of_workbook, "/sharedStrings") : NULL;
    if (part)
        status = read_texts(book, part, err);
    part = status == DK_OK ? target_of_type(of_workbook, "/styles") : NULL;
    return part ? read_styles(book, part, err) : status;
}

dk_status dki_book_open(dk_context *context, const char *bytes, size_t size, const char *name, dki_book *out,
                        dk_error *err)
{
    struct relations of_file = { .book = NULL }, of_workbook = { .book = NULL };
    dk_status status;

    memset(out, 0, sizeof *out);
    dki_arena_init(&out->arena, context);
    dki_buffer_init(&out->texts, context);
    status = dki_zip_open(context, bytes, size, name, &out->zip, err);
    if (status == DK_OK)
        status = read_book(out, &of_file, &of_workbook, err);
    dki_free(context, of_file.items);
    dki_free(context, of_workbook.items);
    if (status != DK_OK)
        dki_book_close(out);
    return status;
}

void dki_book_close(dki_book *book)
{
    dk_context *context = book->arena.context;

    if (context == NULL)
        return;
    dki_zip_close(book->zip);
    dki_free(context, book->sheets);
    dki_free(context, book->ends);
    dki_free(context, book->formats);
    dki_buffer_drop(&book->texts);
    dki_arena_drop(&book->arena);
    memset(book, 0, sizeof *book);
}
