/* elsewhere.c - names that people bring along, and what does the same here. */
#include "elsewhere.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The names stand between blanks. */
struct names {
    const char *names, *hint;
};

static const struct names functions[] = {
    { " avg average ", "here that is mean(x)" },
    { " n nrow countall ", "here that is count()" },
    { " countif count_if ", "here that is count() where x > 1: every aggregate takes a where" },
    { " sumif sum_if ", "here that is sum(x) where y > 1: every aggregate takes a where" },
    { " minimum ", "here that is min(x)" },
    { " maximum ", "here that is max(x)" },
    { " std stddev stdev stddev_samp ", "here that is sd(x)" },
    { " var var_samp ", "here that is variance(x)" },
    { " covar covar_samp ", "here that is cov(x, y)" },
    { " n_distinct count_distinct nunique uniquen uniq ", "here that is distinct(x)" },
    { " percentile percentile_cont quantile_cont ", "here that is quantile(x, 0.9)" },
    { " any_value arbitrary ", "here that is first(x)" },
    { " share percent percentage pct prop proportion ratio_to_report ",
      "with n = count() before it, a share is n / all(n), or n / all(n, d) within each group of d" },
    { " if iif ifelse if_else fifelse fcase case_when ", "here that is case(x > 1, a, b): what holds, what then, and what else" },
    { " date_trunc datetrunc floor_date ", "here that is period(d, 'month')" },
    { " nvl ifnull ", "here that is coalesce(a, b)" },
    { " nullif ", "here that is case(a ~= b, a)" },
    { " isnull is_null isna is_na ", "here that is x is null" },
    { " notnull is_not_null notna ", "here that is x is not null" },
    { " cast convert try_cast ", "here that is integer(x), decimal(x, 2), real(x), text(x), boolean(x) or date(x)" },
    { " tonumber ", "here that is integer(x), decimal(x, 2) or real(x)" },
    { " int as_integer ", "here that is integer(x)" },
    { " double float as_numeric ", "here that is real(x)" },
    { " str string tostring as_character to_char ", "here that is text(x)" },
    { " to_date as_date ", "here that is date(x)" },
    { " datediff date_diff difftime ", "here that is d - e, in days; age(d, e) is in whole years" },
    { " now today getdate current_date ", "the day is given: date '2024-12-31', or a parameter such as $day" },
    { " len strlen nchar char_length str_length ", "here that is length(s)" },
    { " substr substring str_sub ", "here that is sub(s, 1, 3), from which character to which" },
    { " concat paste paste0 str_c ", "here that is a .. b" },
    { " ucase toupper str_to_upper ", "here that is upper(s)" },
    { " lcase tolower str_to_lower ", "here that is lower(s)" },
    { " ltrim ", "here that is trim_left(s)" },
    { " rtrim ", "here that is trim_right(s)" },
    { " lpad ", "here that is pad_left(s, 8)" },
    { " rpad ", "here that is pad_right(s, 8)" },
    { " str_replace str_replace_all gsub ", "here that is replace(s, t, r), pattern_replace(s, p, r) or regexp_replace(s, p, r)" },
    { " starts begins begins_with str_starts ", "here that is starts_with(s, t)" },
    { " ends str_ends ", "here that is ends_with(s, t)" },
    { " like ilike instr str_detect grepl includes matches ", "here that is contains(s, t), pattern_matches(s, p) or regexp_matches(s, p)" },
    { " match gmatch str_match str_extract regmatches ", "here that is pattern_extract(s, p) or regexp_extract(s, p)" },
    { " regexp rlike regexp_like ", "here that is regexp_matches(s, p)" },
    { " any some any_of ", "of a set that is has_any(v, 'x', 'y'), of conditions a or b, of rows count() where a" },
    { " every all_of ", "of a set that is has_all(v, 'x', 'y'), of conditions a and b, of rows count() where not a" },
    { " combinations ", "by a column of sets itself a breakdown counts combinations" },
    { " unnest explode string_split strsplit ", "by member(v) a breakdown has each row in the group of every member of its set" },
    { " entries ", "here that is rows(), which counts a row for each member of its set" },
    { " sqrt pow power exp log ln log10 ", "here are no roots, powers and logarithms: t:map calls a function of Lua" },
    { " ceiling ", "here that is ceil(x)" },
    { " cut width_bucket ", "here that is bin(x, 18, 27, 50)" },
    { " lag shift ", "here that is previous(x), in t:window" },
    { " lead ", "here that is next(x), in t:window" },
    { " cumsum cum_sum ", "here that is running_sum(x), in t:window" },
    { " cumall cumcount ", "here that is running_count(), in t:window" },
    { " rollmean frollmean ", "here that is moving_mean(x, 3), in t:window" },
};

static const struct names words[] = {
    { " case when then if else ", "a choice is case(x > 1, a, b): what holds, what then, and what else" },
    { " like ilike rlike regexp glob ", "a text is matched by contains(s, t), pattern_matches(s, p) or regexp_matches(s, p)" },
    { " has has_any has_all contains includes ",
      "a set is asked by has(v, 'x'), has_any(v, 'x', 'y') or has_all(v, 'x', 'y'), a text by contains(s, t)" },
    { " as ", "a value of another type is integer(x), decimal(x, 2), real(x), text(x), boolean(x) or date(x)" },
    { " distinct unique ", "distinct(x) counts the values that differ; x ~= y tells whether two do" },
    { " from ", "a part of a date is year(d), quarter(d), month(d) or day(d)" },
    { " interval ", "days are added as a number: d + 30" },
    { " over ", "what looks at other rows is for t:window: running_sum(x), previous(x)" },
    { " filter ", "a measure's condition follows it: count() where x > 1" },
    { " div ", "a whole quotient is x // y" },
    { " mod ", "a remainder is x % y" },
    { " xor ", "one of two is a ~= b" },
    { " nil none ", "what is not known is null here: x is null" },
};

static const struct names methods[] = {
    { " filter query subset drop_na dropna na_omit ", "here that is t:where \"x > 1\"" },
    { " mutate transmute transform assign with_column with_columns add_column fillna replace_na ",
      "here that is t:derive \"name = x + 1\"" },
    { " group_by groupby group summarise summarize aggregate agg count tally value_counts freq table ",
      "here that is t:breakdown { by = \"x\", measures = \"n = count()\" }" },
    { " arrange order_by orderby order sort_by sort_values ", "here that is t:sort { \"x\", \"y desc\" }" },
    { " limit take first slice_head fetch ", "here that is t:head(10)" },
    { " last slice_tail ", "here that is t:tail(10)" },
    { " slice_max nlargest top_n top_k slice_min nsmallest ", "here that is t:top { n = 10, by = \"x desc\" }" },
    { " left_join inner_join right_join full_join semi_join anti_join merge lookup ",
      "here that is t:join(other, \"key\", { kind = \"left\" })" },
    { " bind_rows rbind union union_all concat vstack rows_append ", "here that is t:append(other)" },
    { " pivot_wider pivot_table dcast cast spread crosstab xtabs ",
      "here that is t:pivot { rows = \"x\", columns = \"y\", values = \"z\" }" },
    { " pivot_longer melt gather stack ", "here that is t:unpivot { rows = \"x\" }" },
    { " unique drop_duplicates dedup deduplicate ", "here that is t:distinct()" },
    { " sample_n slice_sample sample_frac ", "here that is t:sample { n = 10, seed = 1 }" },
    { " nrow n_rows row_count rowcount size length len height shape ", "here that is #t" },
    { " names colnames columns dtypes types str glimpse info structure ", "here that is t:schema()" },
    { " iterrows itertuples each ipairs iter ", "here that is for row in t:rows() do ... end" },
    { " over lag lead cumsum rank row_number rolling shift ",
      "here that is t:window { order = \"x\", \"total = running_sum(x)\" }" },
    { " compare difference diff ", "a breakdown compares: b:compare(t, other)" },
    { " to_csv write_csv fwrite to_excel write_xlsx to_json to_html to_markdown export ",
      "here that is t:write \"name.csv\", or .xlsx, .json, .html, .md" },
    { " store dump saverds to_parquet write_parquet ", "here that is t:save \"name.dk\"" },
    { " show print view display ", "here that is print(t)" },
    { " collect to_lua to_table as_table to_list ", "values come by t:rows() and t.x:to_lua()" },
};

static const struct names library[] = {
    { " read_csv fread read_excel read_xlsx read_table read_json from_csv load_csv csv ", "here that is dk.read \"name.csv\"" },
    { " load read_parquet open_dataset readrds attach ", "here that is dk.open \"name.dk\"" },
    { " dataframe data_frame frame tibble from_records from_dict ", "here that is dk.table { { \"name\", { 1, 2 } } }" },
    { " write write_csv to_csv fwrite export ", "here that is t:write \"name.csv\"" },
    { " save to_parquet ", "here that is t:save \"name.dk\"" },
    { " na nan none nil missing ", "here that is dk.null" },
    { " concat bind_rows rbind union ", "here that is t:append(other)" },
    { " today now ", "the day is given: dk.date \"2024-12-31\", and os.date says which day it is" },
};

static const char *find(const struct names *list, size_t n, const char *name)
{
    size_t size = strlen(name);

    for (size_t i = 0; size && i < n; i++) {
        for (const char *at = list[i].names; (at = strchr(at, ' ')) != NULL && at[1]; at++) {
            if (strncasecmp(at + 1, name, size) == 0 && at[1 + size] == ' ')
                return list[i].hint;
        }
    }
    return NULL;
}

const char *dki_elsewhere_hint(const char *name)
{
    return find(functions, sizeof functions / sizeof *functions, name);
}

const char *dki_elsewhere_word(const char *word)
{
    return find(words, sizeof words / sizeof *words, word);
}

const char *dki_elsewhere_method(const char *name)
{
    return find(methods, sizeof methods / sizeof *methods, name);
}

const char *dki_elsewhere_library(const char *name)
{
    return find(library, sizeof library / sizeof *library, name);
}
