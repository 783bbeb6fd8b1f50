/* named_steps.c - numbers and names of steps as columns of an answer. */
#include <string.h>

#include "expr/poll_row.h"
#include "sides.h"

dk_status dki_named_steps(const dk_scenario *scenario, dk_context *context, uint64_t n, dki_step_fn *get,
                          const void *arg, dk_field *number, dk_field *name, dk_error *err)
{
    dk_builder *numbers = NULL, *names = NULL;
    dk_status status = dk_builder_new(context, DK_INTEGER, 0, NULL, &numbers, err);

    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &names, err);
    DKI_FOR_ROWS(i, n, context, status, err)
    {
        size_t step = get(arg, i);
        const char *text = step < scenario->n_steps ? scenario->steps[step].name : NULL;

        status = text ? dk_builder_integer(numbers, (int64_t)step + 1, err) : dk_builder_null(numbers, 1, err);
        if (status == DK_OK)
            status = text ? dk_builder_text(names, (dk_text){ text, strlen(text) }, err)
                          : dk_builder_null(names, 1, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(numbers, &number->column, err);
    if (status == DK_OK)
        status = dk_builder_finish(names, &name->column, err);
    dk_builder_release(names);
    dk_builder_release(numbers);
    return status;
}
