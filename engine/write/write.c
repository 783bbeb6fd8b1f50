/* write.c - formats by name, and where their bytes go. */
#include <dekking/write.h>

#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/status.h"
#include "base/text.h"
#include "cells.h"

#define FLUSH_BYTES 65536

static const struct {
    const char *name, *extension;
} formats[] = {
#define FORMAT(code, name, extension) { name, extension },
    DK_FORMAT_LIST(FORMAT)
#undef FORMAT
};

static dki_write_fn *const writers[] = {
    [DK_FORMAT_TEXT] = dki_write_text_table,   [DK_FORMAT_CSV] = dki_write_csv,
    [DK_FORMAT_MARKDOWN] = dki_write_markdown, [DK_FORMAT_HTML] = dki_write_html,
    [DK_FORMAT_JSON] = dki_write_json,         [DK_FORMAT_XLSX] = dki_write_xlsx,
};

bool dk_format_find(const char *name, dk_format *out)
{
    for (int i = 0; i < DK_N_FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *out = (dk_format)i;
            return true;
        }
    return false;
}

bool dk_format_of_path(const char *path, dk_format *out)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');

    for (int i = 0; dot && i < DK_N_FORMATS; i++)
        if (dki_text_equal_fold(dot + 1, strlen(dot + 1), formats[i].extension, strlen(formats[i].extension))) {
            *out = (dk_format)i;
            return true;
        }
    return false;
}

bool dk_format_is_binary(dk_format format)
{
    return format == DK_FORMAT_XLSX;
}

dk_status dki_sink_flush(dki_sink *sink, bool all, dk_error *err)
{
    if (sink->fn == NULL || sink->buffer.size == 0 || (!all && sink->buffer.size < FLUSH_BYTES))
        return DK_OK;
    if (!sink->fn(sink->arg, sink->buffer.bytes, sink->buffer.size))
        return dki_fail(err, DK_ERR_IO, "the output was not taken");
    sink->buffer.size = 0;
    return DK_OK;
}

static dk_status write_all(const dk_table *table, dk_format format, const dk_write_options *options, dki_sink *sink,
                           dk_error *err)
{
    static const dk_write_options defaults = DK_WRITE_OPTIONS_INIT;
    dk_status status;

    if ((unsigned)format >= DK_N_FORMATS)
        return dki_fail(err, DK_ERR_ARGUMENT, "format %d does not exist", (int)format);
    status = writers[format](table, options ? options : &defaults, sink, err);
    return status == DK_OK ? dki_sink_flush(sink, true, err) : status;
}

dk_status dk_write_sink(const dk_table *table, dk_format format, const dk_write_options *options, dk_sink_fn *fn,
                        void *arg, dk_error *err)
{
    dki_sink sink = { .fn = fn, .arg = arg };
    dk_status status;

    if (fn == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "there is nothing to write to");
    dki_buffer_init(&sink.buffer, dk_table_context(table));
    status = write_all(table, format, options, &sink, err);
    dki_buffer_drop(&sink.buffer);
    return status;
}

dk_status dk_write_text(const dk_table *table, dk_format format, const dk_write_options *options, char **out,
                        size_t *size, dk_error *err)
{
    dki_sink sink = { .fn = NULL };
    dk_status status;

    dki_buffer_init(&sink.buffer, dk_table_context(table));
    status = write_all(table, format, options, &sink, err);
    if (status == DK_OK)
        status = dki_buffer_terminate(&sink.buffer, err);
    if (status != DK_OK) {
        dki_buffer_drop(&sink.buffer);
        return status;
    }
    *out = sink.buffer.bytes;
    *size = sink.buffer.size;
    return DK_OK;
}

void dk_text_free(dk_context *context, char *text)
{
    dki_free(context, text);
}

struct file {
    dki_output output;
    dk_error error;
    dk_status status;
};

static bool to_file(void *arg, const char *bytes, size_t size)
{
    struct file *file = arg;

    file->status = dki_output_write(&file->output, bytes, size, &file->error);
    return file->status == DK_OK;
}

dk_status dk_write_file(const dk_table *table, const char *path, dk_format format, const dk_write_options *options,
                        dk_error *err)
{
    struct file file = { .status = DK_OK };
    dk_status status = dki_output_open(dk_table_context(table), path, &file.output, err);

    if (status != DK_OK)
        return status;
    status = dk_write_sink(table, format, options, to_file, &file, err);
    if (file.status != DK_OK) { /* the file knows better why */
        status = file.status;
        if (err)
            *err = file.error;
    }
    if (status == DK_OK)
        status = dki_output_commit(&file.output, err);
    dki_output_drop(&file.output);
    return status;
}
