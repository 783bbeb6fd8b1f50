/* test_conformance.c - the public suites for readers of CSV: what they expect, and where dekking says otherwise.
 *
 * Retyped from
 *   spectrum  csv-spectrum, BSD-2-Clause, max ogden
 *   rust      rust-csv (csv-core), MIT or Unlicense, Andrew Gallant
 *   go        Go's encoding/csv, BSD-3-Clause, The Go Authors
 *   papa      Papa Parse, MIT, Matthew Holt
 *   pollock   kinds of pollution of the Pollock benchmark, MIT, Gerardo Vitagliano; the data are ours
 * and left out what sets a dialect that dekking does not have: comments, escapes, trimming, other ends of records.
 *
 * Every case is read by both paths, with all columns as text and without header. Expected are records with a $ at the end,
 * their fields with a | between; ~ is null, which is what an empty field without quotes is here, and empty text there. A
 * case that begins with ! is refused, on that line, with these words; what the suite says instead stands beside it.
 */
#include "check.h"

#include <stdlib.h>

#include "both_paths.h"

static const struct conformance {
    const char *name, *text, *expected;
    char delimiter; /* 0: a comma, stated */
    char quote;
} cases[] = {
    /* csv-spectrum */
    { "spectrum comma_in_quotes", "first,last,address,city,zip\nJohn,Doe,120 any st.,\"Anytown, WW\",08123\n",
      "first|last|address|city|zip$John|Doe|120 any st.|Anytown, WW|08123$", 0, 0 },
    { "spectrum empty", "a,b,c\n1,\"\",\"\"\n2,3,4\n", "a|b|c$1||$2|3|4$", 0, 0 },
    { "spectrum empty_crlf", "a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", "a|b|c$1||$2|3|4$", 0, 0 },
    { "spectrum escaped_quotes", "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", "a|b$1|ha \"ha\" ha$3|4$", 0, 0 },
    { "spectrum json", "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n",
      "key|val$1|{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}$", 0, 0 },
    { "spectrum newlines", "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n",
      "a|b|c$1|2|3$Once upon \na time|5|6$7|8|9$", 0, 0 },
    { "spectrum newlines_crlf", "a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n7,8,9\r\n",
      "a|b|c$1|2|3$Once upon \r\na time|5|6$7|8|9$", 0, 0 },
    { "spectrum newlines_cr", "a,b,c\r1,2,3\r\"Once upon \ra time\",5,6\r7,8,9\r",
      "a|b|c$1|2|3$Once upon \ra time|5|6$7|8|9$", 0, 0 },
    { "spectrum null", "a,b,c\n1,,2\n3,\"NULL\",4\n5,NULL,6\n", "a|b|c$1|~|2$3|NULL|4$5|NULL|6$", 0,
      0 }, /* NULL without quotes is null, with them a text; here nulls = { "NULL" } makes both null */
    { "spectrum quotes_and_newlines", "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n", "a|b$1|ha \n\"ha\" \nha$3|4$", 0,
      0 },
    { "spectrum simple", "a,b,c\n1,2,3\n", "a|b|c$1|2|3$", 0, 0 },
    { "spectrum simple_crlf", "a,b,c\r\n1,2,3\r\n", "a|b|c$1|2|3$", 0, 0 },
    { "spectrum utf8", "a,b,c\n1,2,3\n4,5,\xCA\xA4\n", "a|b|c$1|2|3$4|5|\xCA\xA4$", 0, 0 },
    { "spectrum latin1", "a,b,c\n1,2,3\n4,5,\xA9\n", "a|b|c$1|2|3$4|5|\xC2\xA9$", 0, 0 },
    /* its quotes stand within an unquoted field, and are kept there */
    { "spectrum location_coordinates",
      "Contact Phone Number,Location Coordinates,Cities,Counties\n"
      "02095257564,37\xC2\xB0"
      "36'37.8\"N 121\xC2\xB0"
      "2'17.9\"W,Modesto,Stanislaus",
      "!2 quote", 0, 0 },

    /* rust-csv */
    { "rust one_row_one_field", "a", "a$", 0, 0 },
    { "rust one_row_many_fields", "a,b,c", "a|b|c$", 0, 0 },
    { "rust one_row_trailing_comma", "a,b,", "a|b|~$", 0, 0 },
    { "rust one_row_many_fields_lf", "a,b,c\n", "a|b|c$", 0, 0 },
    { "rust one_row_trailing_comma_crlf", "a,b,\r\n", "a|b|~$", 0, 0 },
    { "rust one_row_one_field_cr", "a\r", "a$", 0, 0 },
    { "rust one_row_trailing_comma_cr", "a,b,\r", "a|b|~$", 0, 0 },
    { "rust many_rows_one_field", "a\nb", "a$b$", 0, 0 },
    { "rust many_rows_many_fields", "a,b,c\nx,y,z", "a|b|c$x|y|z$", 0, 0 },
    { "rust many_rows_trailing_comma", "a,b,\nx,y,", "a|b|~$x|y|~$", 0, 0 },
    { "rust many_rows_many_fields_crlf", "a,b,c\r\nx,y,z\r\n", "a|b|c$x|y|z$", 0, 0 },
    { "rust many_rows_many_fields_cr", "a,b,c\rx,y,z\r", "a|b|c$x|y|z$", 0, 0 },
    { "rust trailing_lines_no_record", "\n\n\na,b,c\nx,y,z\n\n\n", "a|b|c$x|y|z$", 0, 0 },
    { "rust trailing_lines_no_record_cr", "\r\r\ra,b,c\rx,y,z\r\r\r", "a|b|c$x|y|z$", 0, 0 },
    { "rust trailing_lines_no_record_crlf", "\r\n\r\n\r\na,b,c\r\nx,y,z\r\n\r\n\r\n", "a|b|c$x|y|z$", 0, 0 },
    { "rust empty", "", "!0 empty", 0, 0 }, /* no records */
    { "rust empty_lines", "\n\n\n\n", "!0 empty", 0, 0 },
    { "rust empty_lines_mixed", "\r\n\n\r\n\n", "!0 empty", 0, 0 },
    { "rust empty_lines_interspersed", "\n\na,b\n\n\nx,y\n\n\nm,n\n", "a|b$x|y$m|n$", 0, 0 },
    { "rust empty_lines_interspersed_crlf", "\r\n\r\na,b\r\n\r\n\r\nx,y\r\n\r\n\r\nm,n\r\n", "a|b$x|y$m|n$", 0, 0 },
    { "rust empty_lines_interspersed_mixed", "\n\r\na,b\r\n\n\r\nx,y\r\n\n\r\nm,n\r\n", "a|b$x|y$m|n$", 0, 0 },
    { "rust empty_lines_interspersed_cr", "\r\ra,b\r\r\rx,y\r\r\rm,n\r", "a|b$x|y$m|n$", 0, 0 },
    { "rust bom_at_start",
      "\xEF\xBB\xBF"
      "a",
      "a$", 0, 0 },
    { "rust bom_in_field", "a\xEF\xBB\xBF", "a\xEF\xBB\xBF$", 0, 0 },
    { "rust bom_at_field_start",
      "a,\xEF\xBB\xBF"
      "b",
      "a|\xEF\xBB\xBF"
      "b$",
      0, 0 },
    { "rust quote_empty", "\"\"", "$", 0, 0 },
    { "rust quote_lf", "\"\"\n", "$", 0, 0 },
    { "rust quote_space", "\" \"", " $", 0, 0 },
    { "rust quote_inner_space", "\" a \"", " a $", 0, 0 },
    { "rust quote_outer_space", "  \"a\"  ", "!1 quote", 0, 0 }, /* the quotes are part of the field */
    { "rust quote_change", "zaz", "a$", 0, 'z' },
    { "rust quote_no_escapes", "\"a\\\"b\"", "!1 quote", 0, 0 }, /* a\b" */
    { "rust delimiter_tabs", "a\tb", "a|b$", '\t', 0 },
    { "rust delimiter_weird", "azb", "a|b$", 'z', 0 },
    { "rust extra_record_crlf_2", "foo\r\n1\r\n", "foo$1$", 0, 0 },
    { "rust stream_space", " ", " $", 0, 0 },
    { "rust stream_comma", ",", "~|~$", 0, 0 },

    /* Go */
    { "go BareCR", "a,b\rc,d\r\n", "a|b$c|d$", 0, 0 }, /* CR alone is part of the field b\rc */
    { "go RFC4180test",
      "#field1,field2,field3\n\"aaa\",\"bb\nb\",\"ccc\"\n\"a,a\",\"b\"\"bb\",\"ccc\"\nzzz,yyy,xxx\n",
      "#field1|field2|field3$aaa|bb\nb|ccc$a,a|b\"bb|ccc$zzz|yyy|xxx$", 0, 0 },
    { "go Semicolon", "a;b;c\n", "a|b|c$", ';', 0 },
    { "go MultiLine", "\"two\nline\",\"one line\",\"three\nline\nfield\"", "two\nline|one line|three\nline\nfield$",
      0, 0 },
    { "go BlankLine", "a,b,c\n\nd,e,f\n\n", "a|b|c$d|e|f$", 0, 0 },
    { "go LeadingSpace", " a,  b,   c\n", " a|  b|   c$", 0, 0 },
    { "go BadDoubleQuotes", "a\"\"b,c", "!1 quote", 0, 0 },
    { "go BadBareQuote", "a \"word\",\"b\"", "!1 quote", 0, 0 },
    { "go BadTrailingQuote", "\"a word\",b\"", "!1 quote", 0, 0 },
    { "go ExtraneousQuote", "\"a \"word\",\"b\"", "!1 quote", 0, 0 },
    { "go BadFieldCount", "a,b,c\nd,e", "!2 the record has 2 fields, and the first record has 3", 0, 0 },
    { "go TrailingCommaEOL", "a,b,c,\n", "a|b|c|~$", 0, 0 },
    { "go NotTrailingComma3", "a,b,c, \n", "a|b|c| $", 0, 0 },
    { "go CommaFieldTest",
      "x,y,z,w\nx,y,z,\nx,y,,\nx,,,\n,,,\n\"x\",\"y\",\"z\",\"w\"\n\"x\",\"y\",\"z\",\"\"\n\"x\",\"y\",\"\",\"\"\n"
      "\"x\",\"\",\"\",\"\"\n\"\",\"\",\"\",\"\"\n",
      "x|y|z|w$x|y|z|~$x|y|~|~$x|~|~|~$~|~|~|~$x|y|z|w$x|y|z|$x|y||$x|||$|||$", 0, 0 },
    { "go StartLine1", "a,\"b\nc\"d,e", "!2 quote", 0, 0 },
    { "go StartLine2", "a,b\n\"d\n\n,e", "!2 quote", 0, 0 }, /* told on the last line; here on that of the quote */
    { "go CRLFInQuotedField", "A,\"Hello\r\nHi\",B\r\n", "A|Hello\r\nHi|B$", 0, 0 }, /* CR LF becomes LF */
    { "go TrailingCR", "field1,field2\r", "field1|field2$", 0, 0 },                  /* the CR is kept */
    { "go QuotedFieldMultipleLF", "\"\n\n\n\n\"", "\n\n\n\n$", 0, 0 },
    { "go QuoteWithTrailingCRLF", "\"foo\"bar\"\r\n", "!1 quote", 0, 0 },
    { "go DoubleQuoteWithTrailingCRLF", "\"foo\"\"bar\"\r\n", "foo\"bar$", 0, 0 },
    { "go EvenQuotes", "\"\"\"\"\"\"\"\"", "\"\"\"$", 0, 0 },
    { "go OddQuotes", "\"\"\"\"\"\"\"", "!1 quote", 0, 0 },

    /* Papa Parse */
    { "papa whitespace at edges of unquoted field", "a,\tb ,c", "a|\tb |c$", 0, 0 },
    { "papa quoted field", "A,\"B\",C", "A|B|C$", 0, 0 },
    { "papa quoted field with extra whitespace on edges", "A,\" B  \",C", "A| B  |C$", 0, 0 },
    { "papa quoted fields with line breaks", "A,\"B\nB\",\"C\nC\nC\"", "A|B\nB|C\nC\nC$", 0, 0 },
    { "papa delimiter and line break at end of row", "a,b,\"c,c\nc\"\nd,e,f", "a|b|c,c\nc$d|e|f$", 0, 0 },
    { "papa escaped quotes at boundaries", "A,\"\"\"B\"\"\",C", "A|\"B\"|C$", 0, 0 },
    { "papa unquoted field with quotes at end", "A,B\",C", "!1 quote", 0, 0 }, /* B" */
    { "papa quotes around delimiter", "A,\"\"\",\"\"\",C", "A|\",\"|C$", 0, 0 },
    { "papa quotes on right side of delimiter", "A,\",\"\"\",C", "A|,\"|C$", 0, 0 },
    { "papa quotes on left side of delimiter", "A,\"\"\",\",C", "A|\",|C$", 0, 0 },
    { "papa five quotes in a row", "\"1\",\"cnonce=\"\"\"\",nc=\"\"\"\"\",\"2\"", "1|cnonce=\"\",nc=\"\"|2$", 0,
      0 },
    { "papa whitespace around quotes", "A, \"B\" ,C", "!1 quote", 0, 0 }, /* kept, with the quotes */
    { "papa misplaced quotes", "A,B \"B\",C", "!1 quote", 0, 0 },         /* kept */
    { "papa no closing quote", "a,\"b,c\nd,e,f", "!1 quote", 0, 0 },
    { "papa trailing quote after delimiter", "\"a,\"b,c\"\nd,e,f", "!1 quote", 0, 0 },
    { "papa trailing quote before delimiter", "a,\"b\"c,d\ne,f,g", "!1 quote", 0, 0 },
    { "papa trailing quote after new line", "a,\"b,c\nd\"e,f,g", "!2 quote", 0, 0 },
    { "papa valid trailing quote at the end", "a,b,c\nd,e,\"f\"", "a|b|c$d|e|f$", 0, 0 },
    { "papa line starts with quoted field", "a,b,c\n\"d\",e,f", "a|b|c$d|e|f$", 0, 0 },
    { "papa first field of next line is empty", "a,b,c\n,e,f\n,\"h\",\"i\"\n,\"k\",\"l\"",
      "a|b|c$~|e|f$~|h|i$~|k|l$", 0, 0 },
    { "papa quotes at end of row", "a,b,\"c\"\"c\"\"\"\nd,e,f", "a|b|c\"c\"$d|e|f$", 0, 0 },
    { "papa empty quoted field at the end", "a,b,\"\"\na,b,\"\"", "a|b|$a|b|$", 0, 0 },
    { "papa multiple consecutive empty fields", "a,b,,,c,d\n,,e,,,f", "a|b|~|~|c|d$~|~|e|~|~|f$", 0, 0 },
    { "papa just empty fields", ",,\n,,,", "!2 the record has 4 fields", 0, 0 }, /* both records */
    { "papa one column with empty fields", "a\nb\n\n\nc\nd\ne\n", "a$b$~$~$c$d$e$", 0, 0 },
    { "papa blanks between closing quote and delimiter", "A,\"B\" ,C,D\r\nE,F,\"G\"  ,H", "!1 quote", 0, 0 },
    { "papa mixed line ends", "a,b,c\nd,e,f\rg,h,i\n", "a|b|c$d|e|f$g|h|i$", 0, 0 }, /* LF alone ends a record */

    /* kinds of pollution */
    { "pollock file_no_trailing_newline", "a,b\n1,2", "a|b$1|2$", 0, 0 },
    { "pollock file_double_trailing_newline", "a,b\n1,2\n\n", "a|b$1|2$", 0, 0 },
    { "pollock file_one_data_row", "a,b\n1,2\n", "a|b$1|2$", 0, 0 },
    { "pollock file_field_delimiter_0x20", "a b\n1 2\n", "a|b$1|2$", ' ', 0 },
    { "pollock file_quotation_char_0x27", "a,b\n'1,1','it''s'\n", "a|b$1,1|it's$", 0, '\'' },
    { "pollock file_record_delimiter_0xd", "a,b\r1,2\r", "a|b$1|2$", 0, 0 },
    { "pollock row_extra_quote", "a,b\n1\",2\n", "!2 quote", 0, 0 },
    { "pollock row_less_sep", "a,b,c\n1,2\n3,4,5\n", "!2 the record has 2 fields", 0, 0 },
    { "pollock row_more_sep", "a,b\n1,2\n1,,2\n", "!3 the record has 3 fields", 0, 0 },
    { "pollock row_field_delimiter", "a,b\n1;2\n", "!2 the record has 1 field", 0, 0 },
    { "pollock field delimiter comma and blank", "a, b\n1, 2\n", "a| b$1| 2$", 0, 0 },
    { "pollock field delimiter of two tabs", "a\t\tb\n1\t\t2\n", "a|~|b$1|~|2$", '\t', 0 },
    { "pollock quotation with a blank behind it", "\"a\" ,\"b\" \n", "!1 quote", 0, 0 },
    { "pollock escape character", "a,b\n\"1\\\"\",2\n", "!2 quote", 0, 0 }, /* 1" */
    { "pollock record delimiter of one row", "a,b\r\n1,2\n3,4\r\n", "a|b$1|2$3|4$", 0, 0 },
    { "pollock quotation of one row", "\"a\",\"b\"\n'1','2'\n", "a|b$'1'|'2'$", 0, 0 },
    { "pollock empty row", "a,b\n\n3,4\n", "a|b$3|4$", 0, 0 },
    { "pollock footnote", "a,b\n1,2\n\nno more\n", "!4 the record has 1 field", 0, 0 },
    { "pollock second table", "a,b\n1,2\n\nc,d,e\n3,4,5\n", "!4 the record has 3 fields", 0, 0 },
    { "pollock file_preamble", "About this file\n\na,b\n1,2\n", "!3 the record has 2 fields", 0, 0 },
};

static void show(const dk_table *t, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (uint64_t row = 0; row < dk_table_n_rows(t); row++)
        for (size_t i = 0; i < dk_table_n_columns(t); i++) {
            dk_value value;
            const char *end = i + 1 < dk_table_n_columns(t) ? "|" : "$";

            assert_int_equal(dk_column_get(dk_table_field(t, i)->column, row, &value, NULL), DK_OK);
            used += (size_t)snprintf(out + used, size - used, "%.*s%s", value.is_null ? 1 : (int)value.as.text.size,
                                     value.is_null        ? "~"
                                     : value.as.text.size ? value.as.text.bytes
                                                          : "",
                                     end);
            assert_true(used < size);
        }
}

/* As many as the first record that is expected has. */
static size_t count_columns(const struct conformance *c)
{
    size_t n = 1;

    for (const char *at = c->expected; *at != '$'; at++)
        n += *at == '|';
    return n;
}

static void the_suites_are_read_as_they_say(void **state)
{
    dk_context *context = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_context_new(&context, &err), &err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct conformance *c = &cases[i];
        static const char *const names[] = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "kolom_5", "kolom_6" };
        dk_csv_column columns[6];
        dk_csv_options o = { .header = DK_HEADER_NONE,
                             .delimiter = c->delimiter ? c->delimiter : ',',
                             .any_line_end = true };
        both_reading fast, plain;
        char why[2048], shown[1024];
        bool refused = c->expected[0] == '!';

        o.quote = c->quote;
        o.columns = columns;
        o.n_columns = refused ? 0 : count_columns(c);
        for (size_t k = 0; k < o.n_columns; k++)
            columns[k] = (dk_csv_column){ .name = names[k], .type = DK_TEXT };
        both_read(context, c->text, strlen(c->text), &o, false, &fast);
        both_read(context, c->text, strlen(c->text), &o, true, &plain);
        if (!both_same(&fast, &plain, why, sizeof why))
            fail_msg("%s: %s", c->name, why);
        if (refused) {
            char *words;
            unsigned long line = strtoul(c->expected + 1, &words, 10);

            if (fast.status != DK_ERR_DATA || fast.err.line != line || !strstr(fast.err.message, words + 1))
                fail_msg("%s: %s, line %llu", c->name, fast.err.message, (unsigned long long)fast.err.line);
        } else if (fast.status != DK_OK) {
            fail_msg("%s: %s", c->name, fast.err.message);
        } else {
            show(fast.table, shown, sizeof shown);
            if (strcmp(shown, c->expected) != 0)
                fail_msg("%s: %s", c->name, shown);
        }
        both_drop(&fast);
        both_drop(&plain);
    }
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
}

/* Pollock's widest file, and its longest names. */
static void thousands_of_columns_and_endless_names_are_read(void **state)
{
    enum { N_COLUMNS = 17000, NAME_BYTES = 600000 };
    dk_context *context = NULL;
    dk_error err = DK_ERROR_INIT;
    char *text = malloc((size_t)N_COLUMNS * 16 + NAME_BYTES + 16), why[2048];
    size_t size = 0;
    both_reading fast, plain;

    (void)state;
    assert_non_null(text);
    memset(text, 'H', NAME_BYTES);
    size = NAME_BYTES;
    for (int i = 1; i < N_COLUMNS; i++)
        size += (size_t)sprintf(text + size, ";c%d", i);
    text[size++] = '\n';
    for (int i = 0; i < N_COLUMNS; i++)
        size += (size_t)sprintf(text + size, "%s%d", i ? ";" : "", i);
    text[size++] = '\n';
    assert_ok(dk_context_new(&context, &err), &err);
    both_read(context, text, size, NULL, false, &fast);
    both_read(context, text, size, NULL, true, &plain);
    assert_ok(fast.status, &fast.err);
    if (!both_same(&fast, &plain, why, sizeof why))
        fail_msg("%s", why);
    assert_int_equal(dk_table_n_columns(fast.table), N_COLUMNS);
    assert_int_equal(dk_table_n_rows(fast.table), 1);
    assert_int_equal(strlen(dk_table_field(fast.table, 0)->name), NAME_BYTES);
    for (int i = 0; i < N_COLUMNS; i += 999) {
        dk_value value;

        assert_ok(dk_column_get(dk_table_field(fast.table, (size_t)i)->column, 0, &value, &err), &err);
        assert_int_equal(value.as.integer, i);
    }
    both_drop(&fast);
    both_drop(&plain);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_suites_are_read_as_they_say),
        cmocka_unit_test(thousands_of_columns_and_endless_names_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
