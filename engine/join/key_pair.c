/* key_pair.c - pairs of types that are compared, and how one type is brought to the other.
 *
 * Texts and categories are compared by text, numbers by value, other types with their own kind. Everything else could be
 * meant in more than one way (is a date the midnight of a timestamp, or its day?) and is refused; the hint has the
 * expression that says one of them.
 */
#include "key_pair.h"

#include <stdio.h>
#include <string.h>

#include "base/period.h"
#include "base/types.h"
#include "expr/quote.h"

#define NAME_BYTES 64 /* longer names would not fit a hint */

static bool is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

bool dki_keys_compare(const dk_column *a, const dk_column *b)
{
    dk_type x = dk_column_type(a), y = dk_column_type(b);

    if (x == DK_INTERVAL || y == DK_INTERVAL) /* which may be equal, or not */
        return false;
    if (is_text(x) || is_text(y))
        return is_text(x) && is_text(y);
    if (dk_type_is_number(x) && dk_type_is_number(y))
        return true;
    return dki_type_same(x, dk_column_scale(a), y, dk_column_scale(b));
}

/* How x, a column of type `from`, becomes one of type `to`; false where there is no one way. */
static bool write_conversion(const dk_column *from, const dk_column *to, const char *x, char *out, size_t size)
{
    dk_type type = dk_column_type(from), wanted = dk_column_type(to);
    uint8_t scale = dk_column_scale(from), wanted_scale = dk_column_scale(to);
    bool has_day = type == DK_DATE || type == DK_TIMESTAMP;
    bool has_number = dk_type_is_number(type) || type == DK_BOOLEAN || is_text(type);

    if (wanted == DK_DATE && (type == DK_TIMESTAMP || is_text(type)))
        (void)snprintf(out, size, "date(%s)", x);
    else if (wanted == DK_PERIOD &&
             (has_day || is_text(type) ||
              (type == DK_PERIOD && dki_periods_in_year(scale) > dki_periods_in_year(wanted_scale))))
        (void)snprintf(out, size, "period(%s, '%s')", x, dki_type_shown(wanted, wanted_scale));
    else if (dk_type_is_number(wanted) && type == DK_PERIOD && dki_periods_in_year(scale) == 1)
        (void)snprintf(out, size, "year(%s)", x);
    else if (wanted == DK_DECIMAL && has_number && (type != DK_DECIMAL || scale < wanted_scale))
        (void)snprintf(out, size, "decimal(%s, %u)", x, wanted_scale);
    else if ((wanted == DK_INTEGER || wanted == DK_REAL) && (type == DK_BOOLEAN || is_text(type)))
        (void)snprintf(out, size, "%s(%s)", wanted == DK_REAL ? "real" : "integer", x);
    else if (wanted == DK_RATIO && type == DK_BOOLEAN)
        (void)snprintf(out, size, "integer(%s)", x);
    else if (is_text(wanted) && type == DK_BOOLEAN)
        (void)snprintf(out, size, "text(%s)", x);
    else
        return false;
    return true;
}

/* From the table of column `from` a column is derived; a name that is no word is written in an expression as `name`. */
static bool write_hint(bool is_left, const char *name, const dk_column *from, const char *other_name,
                       const dk_column *to, dk_error *err)
{
    char x[2 * NAME_BYTES + 3], made[NAME_BYTES + 4], conversion[2 * NAME_BYTES + 32];

    if (strlen(name) >= NAME_BYTES || strlen(other_name) >= NAME_BYTES)
        return false;
    (void)dki_quote_into(name, x);
    (void)snprintf(made, sizeof made, "%s_key", dki_is_word(name) ? name : "the");
    if (!write_conversion(from, to, x, conversion, sizeof conversion))
        return false;
    dki_hint(err, "derive \"%s = %s\" from the %s table, and take the key { mine = \"%s\", theirs = \"%s\" }", made,
             conversion, is_left ? "first" : "other", is_left ? made : other_name, is_left ? other_name : made);
    return true;
}

/* A text may write a moment in more than one way, which reading knows. */
static bool hint_reading(const char *name, const dk_column *text, const dk_column *other, dk_error *err)
{
    if (!is_text(dk_column_type(text)) || dk_column_type(other) != DK_TIMESTAMP)
        return false;
    dki_hint(err, "state the type of %s when reading it: types = { [\"%s\"] = \"timestamp\" }", name, name);
    return true;
}

void dki_key_pair_hint(const char *left_name, const dk_column *left, const char *right_name, const dk_column *right,
                       dk_error *err)
{
    if (!hint_reading(left_name, left, right, err) && !hint_reading(right_name, right, left, err) &&
        !write_hint(false, right_name, right, left_name, left, err) &&
        !write_hint(true, left_name, left, right_name, right, err))
        dki_hint(err,
                 "there is no one way to bring the one to the other: take another key, or derive what is meant");
}
