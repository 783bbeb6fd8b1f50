/* attach.h - what a layer above keeps with a context, for as long as that lives. */
#ifndef DKI_BASE_ATTACH_H
#define DKI_BASE_ATTACH_H

#include <dekking/context.h>

/* Begins a struct of the layer. kind is compared as a pointer; drop frees the struct, when the context ends. */
typedef struct dki_attached {
    struct dki_attached *next; /* an older one */
    const char *kind;
    void (*drop)(dk_context *context, struct dki_attached *attached);
} dki_attached;

/* Any thread may look; attaching is for when no call on the context runs. */
void dki_attach(dk_context *context, dki_attached *attached);
/* The newest of all kinds; the others stand behind it. */
const dki_attached *dki_attached_first(const dk_context *context);

#endif
