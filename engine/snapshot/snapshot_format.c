/* snapshot_format.c - bytes of a snapshot to numbers and back. Nothing here knows a table.
 *
 * Names are written out (a type, a storage, an encoding, a block's part), so that what a later version adds is refused by
 * name and not misread.
 */
#include "snapshot_format.h"

#include <string.h>

#include "base/text.h"
#include "data/checksum.h"

static const unsigned char magic[8] = { 0x89, 'D', 'K', 'S', '\r', '\n', 0x1A, '\n' };
static const unsigned char footer_magic[8] = { 0x89, 'D', 'K', 'S', 'f', 'o', 'o', 't' };

static void put(unsigned char *out, uint64_t value)
{
    memcpy(out, &value, sizeof value);
}

static uint64_t get(const unsigned char *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

/* Header and footer ------------------------------------------------------------------------------------------------- */

void dki_commit_encode(const dki_commit *commit, uint64_t identity, unsigned char out[DKI_COMMIT_BYTES])
{
    put(out, commit->generation);
    put(out + 8, commit->end);
    put(out + 16, identity);
    put(out + 24, dki_checksum(out, 24));
}

static bool decode_commit(const unsigned char *bytes, uint64_t identity, dki_commit *out)
{
    if (get(bytes + 24) != dki_checksum(bytes, 24) || get(bytes + 16) != identity)
        return false;
    out->generation = get(bytes);
    out->end = get(bytes + 8);
    return true;
}

void dki_header_encode(uint64_t identity, const dki_commit *commit, unsigned char out[DKI_HEADER_BYTES])
{
    const dki_commit none = { 0, 0 };

    memset(out, 0, DKI_HEADER_BYTES);
    memcpy(out, magic, sizeof magic);
    put(out + 8, DKI_SNAPSHOT_VERSION);
    put(out + 16, identity);
    put(out + 56, dki_checksum(out, 56));
    dki_commit_encode(&none, identity, out + DKI_COMMIT_OFFSET(commit->generation + 1));
    dki_commit_encode(commit, identity, out + DKI_COMMIT_OFFSET(commit->generation));
}

enum dki_header_fault dki_header_decode(const unsigned char bytes[DKI_HEADER_BYTES], uint64_t *identity,
                                        dki_commit *commit, unsigned *n_commits, uint32_t *version)
{
    dki_commit other;

    if (memcmp(bytes, magic, sizeof magic) != 0)
        return DKI_HEADER_NO_SNAPSHOT;
    if (get(bytes + 56) != dki_checksum(bytes, 56))
        return DKI_HEADER_DAMAGED;
    *version = (uint32_t)get(bytes + 8);
    if (get(bytes + 8) != DKI_SNAPSHOT_VERSION)
        return DKI_HEADER_NEWER;
    *identity = get(bytes + 16);
    *n_commits = 0;
    *commit = (dki_commit){ 0, 0 };
    for (uint64_t i = 0; i < 2; i++) {
        if (!decode_commit(bytes + DKI_COMMIT_OFFSET(i), *identity, &other))
            continue;
        ++*n_commits;
        if (other.generation > commit->generation)
            *commit = other;
    }
    return commit->generation > 0 ? DKI_HEADER_OK : DKI_HEADER_DAMAGED;
}

void dki_footer_encode(const dki_footer *footer, unsigned char out[DKI_FOOTER_BYTES])
{
    memcpy(out, footer_magic, sizeof footer_magic);
    put(out + 8, footer->generation);
    put(out + 16, footer->offset);
    put(out + 24, footer->size);
    put(out + 32, footer->hash);
    put(out + 40, footer->before);
    put(out + 48, footer->identity);
    put(out + 56, dki_checksum(out, 56));
}

bool dki_footer_decode(const unsigned char bytes[DKI_FOOTER_BYTES], uint64_t identity, uint64_t end,
                       dki_footer *out)
{
    if (memcmp(bytes, footer_magic, sizeof footer_magic) != 0 || get(bytes + 56) != dki_checksum(bytes, 56))
        return false;
    *out = (dki_footer){ .generation = get(bytes + 8),
                         .offset = get(bytes + 16),
                         .size = get(bytes + 24),
                         .hash = get(bytes + 32),
                         .before = get(bytes + 40),
                         .identity = get(bytes + 48) };
    /* Its place is part of it: a copy of a footer among the data is none. */
    return out->identity == identity && out->generation > 0 && out->offset % DKI_BLOCK_ALIGN == 0 &&
           out->before % DKI_BLOCK_ALIGN == 0 && out->offset >= (out->before ? out->before : DKI_HEADER_BYTES) &&
           out->offset < end && out->size <= end - out->offset && (out->before == 0) == (out->generation == 1) &&
           end - out->offset >= DKI_FOOTER_BYTES && DKI_ALIGNED(out->size) == end - out->offset - DKI_FOOTER_BYTES;
}

/* Writing a directory ----------------------------------------------------------------------------------------------- */

static const char *const storage_names[] = {
    [DK_STORE_BITS] = "bits",   [DK_STORE_I8] = "i8",   [DK_STORE_I16] = "i16",  [DK_STORE_I32] = "i32",
    [DK_STORE_I64] = "i64",     [DK_STORE_F64] = "f64", [DK_STORE_U8] = "u8",    [DK_STORE_U16] = "u16",
    [DK_STORE_RATIO] = "ratio", [DK_STORE_U32] = "u32", [DK_STORE_TEXT] = "text"
};
static const char *const block_roles[DKI_N_BLOCKS] = { "values", "valid", "bytes", "ends" };

/* Values of one byte that are packed: what they would be as bytes follows from the type. */
static const char *const packed_names[] = { [1] = "u1", [2] = "u2", [4] = "u4" };

static const char *storage_name(const dki_stored_form *form)
{
    return form->packed ? packed_names[form->packed] : storage_names[form->storage];
}

static bool find_storage(const char name[DKI_NAME_BYTES], dki_stored_form *form)
{
    form->packed = 0;
    for (uint8_t width = 1; width <= 4; width *= 2) {
        if (strncmp(packed_names[width], name, DKI_NAME_BYTES) == 0) {
            form->packed = width;
            form->storage = form->type == DK_CATEGORY ? DK_STORE_U8 : DK_STORE_I8;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof storage_names / sizeof *storage_names; i++) {
        if (strncmp(storage_names[i], name, DKI_NAME_BYTES) == 0) {
            form->storage = (dk_storage)i;
            return true;
        }
    }
    return false;
}

dk_status dki_put_u64(dki_buffer *buffer, uint64_t value, dk_error *err)
{
    unsigned char bytes[8];

    put(bytes, value);
    return dki_buffer_append(buffer, (const char *)bytes, sizeof bytes, err);
}

dk_status dki_put_name(dki_buffer *buffer, const char *name, dk_error *err)
{
    char bytes[DKI_NAME_BYTES] = { 0 };

    memcpy(bytes, name, strlen(name));
    return dki_buffer_append(buffer, bytes, sizeof bytes, err);
}

/* Paths, and what a script says of a table, can be any bytes, and a snapshot has UTF-8: each byte that is ill-formed becomes
 * U+FFFD. Without a buffer the size alone is told. */
static dk_status put_well_formed(dki_buffer *buffer, const char *text, size_t *size, dk_error *err)
{
    static const char unknown[] = "\xEF\xBF\xBD";
    size_t left = strlen(text);

    *size = 0;
    for (;;) {
        size_t good = dki_utf8_check(text, left);
        dk_status status = buffer ? dki_buffer_append(buffer, text, good, err) : DK_OK;

        *size += good;
        text += good;
        left -= good;
        if (status != DK_OK || left == 0)
            return status;
        if (buffer)
            status = dki_buffer_append(buffer, unknown, sizeof unknown - 1, err);
        if (status != DK_OK)
            return status;
        *size += sizeof unknown - 1;
        text++;
        left--;
    }
}

dk_status dki_put_text(dki_buffer *buffer, const char *text, dk_error *err)
{
    static const char zeros[8] = { 0 };
    size_t size = 0;
    dk_status status = text ? put_well_formed(NULL, text, &size, err) : DK_OK;

    if (status == DK_OK)
        status = dki_put_u64(buffer, text ? size : UINT64_MAX, err);
    if (status == DK_OK && text)
        status = put_well_formed(buffer, text, &size, err);
    if (status == DK_OK && size % 8 > 0)
        status = dki_buffer_append(buffer, zeros, 8 - size % 8, err);
    return status;
}

dk_status dki_put_record(dki_buffer *buffer, const char *name, uint64_t flags, size_t *start, dk_error *err)
{
    dk_status status = dki_put_name(buffer, name, err);

    if (status == DK_OK)
        status = dki_put_u64(buffer, flags, err);
    if (status == DK_OK)
        status = dki_put_u64(buffer, 0, err);
    *start = buffer->size;
    return status;
}

void dki_end_record(dki_buffer *buffer, size_t start)
{
    put((unsigned char *)buffer->bytes + start - 8, buffer->size - start);
}

dk_status dki_put_chunk(dki_buffer *buffer, const dki_stored_form *form, dk_error *err)
{
    uint64_t n_blocks = 0;
    dk_status status = dki_put_name(buffer, storage_name(form), err);

    for (size_t i = 0; i < DKI_N_BLOCKS; i++)
        n_blocks += form->blocks[i].stored_bytes > 0;
    {
        const uint64_t numbers[] = {
            form->n_rows,
            form->facts.n_nulls,
            (uint64_t)form->constant | (uint64_t)form->facts.has_bounds << 1,
            form->facts.has_bounds ? (uint64_t)form->facts.least : 0,
            form->facts.has_bounds ? (uint64_t)form->facts.greatest : 0,
            n_blocks,
        };

        for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == DK_OK; i++)
            status = dki_put_u64(buffer, numbers[i], err);
    }
    for (size_t i = 0; i < DKI_N_BLOCKS && status == DK_OK; i++) {
        const dki_block *block = &form->blocks[i];
        const uint64_t numbers[] = { block->offset, block->stored_bytes, block->bytes, block->hash };

        if (block->stored_bytes == 0)
            continue;
        status = dki_put_name(buffer, block_roles[i], err);
        if (status == DK_OK)
            status = dki_put_name(buffer, block->compressed ? "zstd" : "raw", err);
        for (size_t k = 0; k < 4 && status == DK_OK; k++)
            status = dki_put_u64(buffer, numbers[k], err);
    }
    return status;
}

/* Reading a directory ----------------------------------------------------------------------------------------------- */

static const unsigned char *take(dki_cursor *cursor, uint64_t size)
{
    const unsigned char *bytes = cursor->at;

    if (cursor->bad == NULL && size > (uint64_t)(cursor->end - cursor->at))
        cursor->bad = "ends too early";
    if (cursor->bad)
        return NULL;
    cursor->at += size;
    return bytes;
}

uint64_t dki_get_u64(dki_cursor *cursor)
{
    const unsigned char *bytes = take(cursor, 8);

    return bytes ? get(bytes) : 0;
}

void dki_get_name(dki_cursor *cursor, char out[DKI_NAME_BYTES + 1])
{
    const unsigned char *bytes = take(cursor, DKI_NAME_BYTES);

    memset(out, 0, DKI_NAME_BYTES + 1);
    for (size_t i = 0; bytes && i < DKI_NAME_BYTES && bytes[i]; i++)
        out[i] = bytes[i] > ' ' && bytes[i] < 127 ? (char)bytes[i] : '?';
}

dk_status dki_get_text(dki_cursor *cursor, dki_arena *arena, const char **out, dk_error *err)
{
    uint64_t size = dki_get_u64(cursor);
    const unsigned char *bytes;

    *out = NULL;
    if (cursor->bad || size == UINT64_MAX)
        return DK_OK;
    bytes = take(cursor, size);
    if (size % 8 > 0)
        take(cursor, 8 - size % 8);
    if (cursor->bad)
        return DK_OK;
    if (memchr(bytes, 0, (size_t)size) || dki_utf8_check((const char *)bytes, (size_t)size) != size) {
        cursor->bad = "has a text that is none";
        return DK_OK;
    }
    *out = dki_arena_text(arena, (const char *)bytes, (size_t)size, err);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

bool dki_get_record(dki_cursor *cursor, char name[DKI_NAME_BYTES + 1], uint64_t *flags, dki_cursor *payload)
{
    uint64_t size;
    const unsigned char *bytes;

    if (cursor->bad || cursor->at == cursor->end)
        return false;
    dki_get_name(cursor, name);
    *flags = dki_get_u64(cursor);
    size = dki_get_u64(cursor);
    bytes = take(cursor, size);
    if (bytes == NULL)
        return false;
    *payload = (dki_cursor){ bytes, bytes + size, NULL };
    return true;
}

/* Which block of the chunk comes next; DKI_N_BLOCKS where its name is not known. */
static size_t find_role(const char *name)
{
    for (size_t i = 0; i < DKI_N_BLOCKS; i++)
        if (strcmp(block_roles[i], name) == 0)
            return i;
    return DKI_N_BLOCKS;
}

static bool get_block(dki_cursor *cursor, dki_stored_form *form, char unknown[32])
{
    char role[DKI_NAME_BYTES + 1], encoding[DKI_NAME_BYTES + 1];
    size_t which;
    dki_block block;

    dki_get_name(cursor, role);
    dki_get_name(cursor, encoding);
    block.offset = dki_get_u64(cursor);
    block.stored_bytes = dki_get_u64(cursor);
    block.bytes = dki_get_u64(cursor);
    block.hash = dki_get_u64(cursor);
    block.compressed = strcmp(encoding, "zstd") == 0;
    if (cursor->bad)
        return true;
    which = find_role(role);
    if (which == DKI_N_BLOCKS) {
        strcpy(stpcpy(unknown, "part "), role);
        return false;
    }
    if (!block.compressed && strcmp(encoding, "raw") != 0) {
        strcpy(stpcpy(unknown, "encoding "), encoding);
        return false;
    }
    if (form->blocks[which].stored_bytes > 0 || block.stored_bytes == 0)
        cursor->bad = "names a block twice, or an empty one";
    form->blocks[which] = block;
    return true;
}

bool dki_get_chunk(dki_cursor *cursor, dki_stored_form *form, char unknown[32])
{
    char name[DKI_NAME_BYTES + 1];
    uint64_t flags, n_blocks;

    unknown[0] = '\0';
    dki_get_name(cursor, name);
    if (cursor->bad == NULL && !find_storage(name, form)) {
        strcpy(stpcpy(unknown, "storage "), name);
        return false;
    }
    form->n_rows = dki_get_u64(cursor);
    form->facts.n_nulls = dki_get_u64(cursor);
    flags = dki_get_u64(cursor);
    form->constant = flags & 1;
    form->facts.has_bounds = flags >> 1 & 1;
    form->facts.least = (int64_t)dki_get_u64(cursor);
    form->facts.greatest = (int64_t)dki_get_u64(cursor);
    n_blocks = dki_get_u64(cursor);
    if (flags > 3 || n_blocks > DKI_N_BLOCKS)
        cursor->bad = cursor->bad ? cursor->bad : "has a chunk with flags or blocks that are not known";
    memset(form->blocks, 0, sizeof form->blocks);
    for (uint64_t i = 0; i < n_blocks && cursor->bad == NULL; i++)
        if (!get_block(cursor, form, unknown))
            return false;
    return true;
}
