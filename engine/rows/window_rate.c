/* window_rate.c - windows over rates: a sum is the ratio of sums, a mean and a share are refused. */
#include "window_parts.h"

#include <string.h>

#include "base/status.h"
#include "data/overlap.h"
#include "rate_lacking.h"

dk_status dki_window_fail_rate(const dk_expr *expr, const dki_node *node, dk_error *err)
{
    const char *mean = strstr(node->text, "mean");
    char argument[DKI_NODE_TEXT];

    (void)dki_node_text(expr, node->children[0], argument);
    if (mean) {
        (void)dki_node_fail(expr, node, err, DK_ERR_TYPE, "the mean of rates is not the rate of all together");
        dki_hint(err, "%.*ssum%s(%s) is that: the sum of the numerators over that of the denominators",
                 (int)(mean - node->text), node->text, mean + strlen("mean"), argument);
    } else {
        (void)dki_node_fail(expr, node, err, DK_ERR_TYPE, "a rate has no share of other rates");
        dki_hint(err, "share(numerator(%s)) is that of what is counted", argument);
    }
    return DK_ERR_TYPE;
}

/* A sum of rates: that of the numerators over that of the denominators. */
static dk_status run_rates(const dki_window *window, const dki_window_call *call, const dk_column **out,
                           dk_error *err)
{
    const dk_column *sums[2] = { NULL, NULL };
    dki_window_call part = *call;
    dki_arena arena;
    dk_status status;

    dki_arena_init_small(&arena, window->context);
    status = dki_rate_check_sum(window->table, call->expr, call->node, &arena, err);
    dki_arena_drop(&arena);

    for (size_t i = 0; i < 2 && status == DK_OK; i++) {
        part.arg = dk_column_child(call->arg, i);
        status = dki_window_run(window, &part, &sums[i], err);
    }
    if (status == DK_OK)
        status = dk_rate_new(sums[DK_CHILD_NUMERATOR], sums[DK_CHILD_DENOMINATOR], out, err);
    for (size_t i = 0; i < 2; i++)
        dk_column_release(sums[i]);
    return status;
}

static dk_status run(const dki_window *window, const dki_window_call *call, const dk_column **out, dk_error *err)
{
    bool has_parts = call->arg && dk_column_type(call->arg) == DK_RATIO && dk_column_n_children(call->arg) > 0;

    if (has_parts && call->what == DKI_MEAN)
        return dki_window_fail_rate(call->expr, call->node, err);
    if (call->what == DKI_SUM && has_parts && dk_column_is_rate(call->arg))
        return run_rates(window, call, out, err);
    if (call->what == DKI_SUM && has_parts) {
        dk_status status = dki_window_check_whole(window, call, err);

        if (status != DK_OK)
            return status;
    }
    return dki_window_run(window, call, out, err);
}

dk_status dki_window_rate(const dki_window *window, const dki_window_call *call, const dk_column **out,
                          dk_error *err)
{
    const dk_column *overlap = call->arg && call->what == DKI_SUM ? dki_column_overlap(call->arg) : NULL;
    dk_status status = overlap ? dki_window_check_overlap(window, call, err) : DK_OK;

    if (status == DK_OK)
        status = run(window, call, out, err);
    return status == DK_OK ? dki_overlap_give(out, overlap, err) : status;
}
