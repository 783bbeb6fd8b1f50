/* unpack_codec.h - what unpack.c asks of gzip and zstd alike. */
#ifndef DKI_READ_UNPACK_CODEC_H
#define DKI_READ_UNPACK_CODEC_H

#include <stdbool.h>

#include "base/memory.h"

/* Input and output of a step: both move forward. */
typedef struct dki_unpack_step {
    const char *in;
    size_t n_in;
    char *out;
    size_t room;
    bool is_end;     /* a member (frame) is complete: what follows is another one */
    const char *why; /* of DK_ERR_DATA */
} dki_unpack_step;

/* state comes from open, which opens the library, and goes to close. step gives DK_OK; DK_ERR_DATA (why is set, err is not);
 * or DK_ERR_MEMORY, err filled. */
typedef struct dki_codec {
    dk_status (*open)(dk_context *context, void **state, dk_error *err);
    dk_status (*step)(void *state, dki_unpack_step *step, dk_error *err);
    void (*close)(void *state);
} dki_codec;

extern const dki_codec dki_codec_gzip, dki_codec_zstd;

#endif
