/* own.c - what a context keeps for its own thread, from when it is made until nobody holds it. */
#include "own.h"

#include "mapping.h"

#define N_LISTS (sizeof((dki_own *)NULL)->lists / sizeof *((dki_own *)NULL)->lists)

_Thread_local char dki_here;

/* Who watches memory finds what is used after it was freed in memory of malloc alone, as with mappings. */
void dki_own_init(dki_own *own)
{
    *own = (dki_own){ .thread = dki_thread(), .most = DKI_HAS_MAPPINGS ? DKI_SMALL_KEPT : 0 };
}

void dki_own_drop(dki_own *own)
{
    for (size_t i = 0; i < N_LISTS; i++)
        while (own->lists[i]) {
            dki_small *block = own->lists[i];

            own->lists[i] = block->next;
            free(block);
        }
}
