/* xlsx_zip.c - parts of a zip file, by libzip, which is opened when the first one is read.
 *
 * Limits hold against bombs: what a part says of its size is not believed, what comes out is counted. Deflate packs at
 * most 1032 to 1, and a sheet full of one number about 300 to 1.
 */
#include "xlsx_zip.h"

#include "base/memory.h"
#include "base/status.h"

#if __has_include(<zip.h>)

#include <string.h>
#include <zip.h>

#include "base/late.h"

#define LIBRARY "libzip.so.4"
#define PACKAGE "libzip4"
#define PIECE_BYTES 65536
#define FREE_BYTES (UINT64_C(16) << 20) /* any part may unpack to so much */

#define FUNCTIONS(X)            \
    X(zip_source_buffer_create) \
    X(zip_source_free)          \
    X(zip_open_from_source)     \
    X(zip_discard)              \
    X(zip_get_num_entries)      \
    X(zip_name_locate)          \
    X(zip_stat_init)            \
    X(zip_stat_index)           \
    X(zip_fopen_index)          \
    X(zip_fread)                \
    X(zip_fclose)               \
    X(zip_error_init)           \
    X(zip_error_strerror)       \
    X(zip_error_fini)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

struct dki_zip {
    struct functions fn;
    dk_context *context;
    const char *name; /* borrowed */
    zip_t *archive;
};

static dk_status fail_damaged(const dki_zip *zip, const char *what, const char *why, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_DATA, "%s%s%s", what, why ? ": " : "", why ? why : "");
    dki_at(err, zip->name, 0, 0);
    dki_hint(err, "open it in the program that made it, and save it again");
    return DK_ERR_DATA;
}

/* Takes the source over. */
static dk_status open_archive(dki_zip *zip, const char *bytes, size_t size, dk_error *err)
{
    zip_error_t problem;
    zip_source_t *source;
    dk_status status = DK_OK;

    if (size == 0) {
        status = dki_fail(err, DK_ERR_DATA, "the file is empty");
        dki_at(err, zip->name, 0, 0);
        return status;
    }
    zip->fn.zip_error_init(&problem);
    source = zip->fn.zip_source_buffer_create(bytes, size, 0, &problem);
    zip->archive = source ? zip->fn.zip_open_from_source(source, ZIP_RDONLY, &problem) : NULL;
    if (zip->archive == NULL) {
        status = fail_damaged(zip, "the file is no workbook, or it is damaged",
                              zip->fn.zip_error_strerror(&problem), err);
        if (source)
            zip->fn.zip_source_free(source);
    } else if (zip->fn.zip_get_num_entries(zip->archive, 0) > DKI_ZIP_MOST_PARTS) {
        status = dki_fail(err, DK_ERR_LIMIT, "the file has more than %d parts, which no workbook has",
                          DKI_ZIP_MOST_PARTS);
        dki_at(err, zip->name, 0, 0);
    }
    zip->fn.zip_error_fini(&problem);
    return status;
}

dk_status dki_zip_open(dk_context *context, const char *bytes, size_t size, const char *name, dki_zip **out,
                       dk_error *err)
{
    struct functions fn;
    dki_zip *zip;
    dk_status status = open_functions("reading XLSX", &fn, err);

    if (status != DK_OK)
        return status;
    zip = dki_calloc(context, 1, sizeof *zip, err);
    if (zip == NULL)
        return DK_ERR_MEMORY;
    zip->fn = fn;
    zip->context = context;
    zip->name = name;
    status = open_archive(zip, bytes, size, err);
    if (status == DK_OK)
        *out = zip;
    else
        dki_zip_close(zip);
    return status;
}

void dki_zip_close(dki_zip *zip)
{
    if (zip == NULL)
        return;
    if (zip->archive)
        zip->fn.zip_discard(zip->archive);
    dki_free(zip->context, zip);
}

const char *dki_zip_name(const dki_zip *zip)
{
    return zip->name;
}

dk_context *dki_zip_context(const dki_zip *zip)
{
    return zip->context;
}

bool dki_zip_has(dki_zip *zip, const char *part)
{
    return zip->fn.zip_name_locate(zip->archive, part, ZIP_FL_NOCASE) >= 0;
}

static dk_status check_size(const dki_zip *zip, const char *part, uint64_t n, uint64_t packed, dk_error *err)
{
    if (n <= FREE_BYTES || (n <= DKI_ZIP_MOST_BYTES && n / DKI_ZIP_MOST_TIMES <= packed))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_LIMIT, "%s unpacks to more than %llu MiB from %llu bytes, which no sheet does", part,
                   (unsigned long long)(n >> 20), (unsigned long long)packed);
    dki_at(err, zip->name, 0, 0);
    return DK_ERR_LIMIT;
}

static dk_status read_pieces(dki_zip *zip, zip_file_t *file, const char *part, uint64_t packed, dki_zip_take *take,
                             void *arg, dk_error *err)
{
    char *piece = dki_alloc(zip->context, PIECE_BYTES, err);
    uint64_t n = 0;
    dk_status status = piece ? DK_OK : DK_ERR_MEMORY;
    bool last = false;

    while (status == DK_OK && !last) {
        zip_int64_t size = zip->fn.zip_fread(file, piece, PIECE_BYTES);

        if (size < 0) {
            status = fail_damaged(zip, part, "it cannot be unpacked", err);
            break;
        }
        n += (uint64_t)size;
        last = size == 0;
        status = check_size(zip, part, n, packed, err);
        if (status == DK_OK)
            status = dki_poll(zip->context, err);
        if (status == DK_OK)
            status = take(arg, piece, (size_t)size, last, err);
    }
    dki_free(zip->context, piece);
    return status;
}

dk_status dki_zip_read(dki_zip *zip, const char *part, dki_zip_take *take, void *arg, dk_error *err)
{
    zip_int64_t index = zip->fn.zip_name_locate(zip->archive, part, ZIP_FL_NOCASE);
    zip_file_t *file;
    zip_stat_t about;
    dk_status status;

    if (index < 0)
        return fail_damaged(zip, "the workbook lacks the part", part, err);
    zip->fn.zip_stat_init(&about);
    if (zip->fn.zip_stat_index(zip->archive, (zip_uint64_t)index, 0, &about) != 0 ||
        !(about.valid & ZIP_STAT_COMP_SIZE))
        return fail_damaged(zip, part, "it cannot be found", err);
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE)
        return fail_damaged(zip, part, "it is encrypted; save the workbook without a password", err);
    file = zip->fn.zip_fopen_index(zip->archive, (zip_uint64_t)index, 0);
    if (file == NULL)
        return fail_damaged(zip, part, "it cannot be unpacked", err);
    status = read_pieces(zip, file, part, about.comp_size, take, arg, err);
    zip->fn.zip_fclose(file);
    return status;
}

#else

struct dki_zip {
    dk_context *context;
};

dk_status dki_zip_open(dk_context *context, const char *bytes, size_t size, const char *name, dki_zip **out,
                       dk_error *err)
{
    (void)context, (void)bytes, (void)size, (void)name, (void)out;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "this dekking was built without libzip, so it cannot read XLSX");
    dki_hint(err, "install it (Debian: apt-get install libzip-dev libexpat1-dev) and build again");
    return DK_ERR_ARGUMENT;
}

void dki_zip_close(dki_zip *zip)
{
    (void)zip;
}

const char *dki_zip_name(const dki_zip *zip)
{
    (void)zip;
    return "";
}

dk_context *dki_zip_context(const dki_zip *zip)
{
    return zip->context;
}

bool dki_zip_has(dki_zip *zip, const char *part)
{
    (void)zip, (void)part;
    return false;
}

dk_status dki_zip_read(dki_zip *zip, const char *part, dki_zip_take *take, void *arg, dk_error *err)
{
    (void)zip, (void)take, (void)arg;
    return dki_fail(err, DK_ERR_ARGUMENT, "%s cannot be read without libzip", part);
}

#endif
