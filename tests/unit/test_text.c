/* test_text.c - UTF-8 against its definition, widths, folding, Windows-1252, nearest names. */
#include "check.h"
#include "watched.h"

#include <stdlib.h>

#include "base/text.h"

/* UTF-8. ------------------------------------------------------------------------------------------------------- */

/* The definition the other way round: what a code point is written as. Returns the length. */
static size_t encode(uint32_t c, unsigned char out[4])
{
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (unsigned char)(0xC0 + c / 64);
        out[1] = (unsigned char)(0x80 + c % 64);
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (unsigned char)(0xE0 + c / 4096);
        out[1] = (unsigned char)(0x80 + c / 64 % 64);
        out[2] = (unsigned char)(0x80 + c % 64);
        return 3;
    }
    out[0] = (unsigned char)(0xF0 + c / 262144);
    out[1] = (unsigned char)(0x80 + c / 4096 % 64);
    out[2] = (unsigned char)(0x80 + c / 64 % 64);
    out[3] = (unsigned char)(0x80 + c % 64);
    return 4;
}

/* A bit for each sequence of three bytes that begins with a whole character of two or three of them. */
static unsigned char *whole_sequences(void)
{
    unsigned char *bits = calloc(1u << 21, 1), bytes[4];

    assert_non_null(bits);
    for (uint32_t c = 0x80; c < 0x10000; c++) {
        size_t n;
        uint32_t at;

        if (c >= 0xD800 && c < 0xE000)
            continue; /* a surrogate is no character */
        n = encode(c, bytes);
        if (n == 3) {
            at = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
            bits[at / 8] |= (unsigned char)(1u << at % 8);
        }
        for (uint32_t third = 0; n == 2 && third < 256; third++) {
            at = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | third;
            bits[at / 8] |= (unsigned char)(1u << at % 8);
        }
    }
    return bits;
}

static void every_three_bytes_are_judged_as_defined(void **state)
{
    unsigned char *bits = whole_sequences();
    uint32_t step = watched(1, 1, 251);

    (void)state;
    for (uint32_t at = 0x800000; at < 0x1000000; at += step) {
        char bytes[3] = { (char)(at >> 16), (char)(at >> 8), (char)at };
        bool is_whole = bits[at / 8] >> at % 8 & 1;

        if ((dki_utf8_check(bytes, 3) > 0) != is_whole)
            fail_msg("%06X: %zu bytes are well-formed", at, dki_utf8_check(bytes, 3));
    }
    free(bits);
}

static void every_character_is_well_formed_and_no_part_of_it(void **state)
{
    unsigned char bytes[4];
    uint32_t step = watched(1, 1, 97);

    (void)state;
    for (uint32_t c = 0; c < 0x110000; c += step) {
        size_t n = encode(c, bytes);
        bool good = c < 0xD800 || c > 0xDFFF;

        if (dki_utf8_check((char *)bytes, n) != (good ? n : 0))
            fail_msg("U+%04X", c);
        for (size_t part = 1; part < n; part++)
            if (dki_utf8_check((char *)bytes, part) != 0)
                fail_msg("%zu bytes of U+%04X", part, c);
        if (good && (dki_utf8_length((char *)bytes, n) != 1 || dki_utf8_whole((char *)bytes, n) != n))
            fail_msg("U+%04X is not one whole character", c);
    }
    for (uint32_t c = 0x110000; c < 0x200000; c += 1 + c % 61) { /* written as UTF-8 would be, had it more room */
        encode(c, bytes);
        assert_int_equal(dki_utf8_check((char *)bytes, 4), 0);
    }
}

/* Unicode, table 3-7: each way to be ill-formed, behind every number of good bytes around the eight that are read at
 * once, and with good ones behind. The text ends where the block of memory does, so that reading on shows. */
static void ill_formed_sequences_are_found_where_they_are(void **state)
{
    static const char *const wrong[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC0\xAF",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x20",
        "\xC2\xC2",
        "\xDF\x7F",
        "\xDF\xC0",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xE0\xA0",
        "\xE0\xA0\x7F",
        "\xE0\xA0\xC0",
        "\xE1\x80",
        "\xE1\x7F\x80",
        "\xEC\xC0\x80",
        "\xED\xA0\x80",
        "\xED\xAF\xBF",
        "\xED\xB0\x80",
        "\xED\xBF\xBF",
        "\xED\x9F",
        "\xEE\x80",
        "\xEF\xBF\x20",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF0\x90\x80",
        "\xF0\x90\x80\x20",
        "\xF1\x80\x80",
        "\xF1\x7F\x80\x80",
        "\xF3\xC0\x80\x80",
        "\xF4\x90\x80\x80",
        "\xF4\x8F\xBF",
        "\xF4\x8F\xBF\xC0",
        "\xF5\x80\x80\x80",
        "\xF7\xBF\xBF\xBF",
        "\xF8\x88\x80\x80",
        "\xFC\x84\x80\x80",
        "\xFE",
        "\xFF",
        "\xFE\xFF",
    };

    (void)state;
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++)
        for (size_t before = 0; before < 20; before++)
            for (size_t behind = 0; behind < 20; behind += 19) {
                size_t n = strlen(wrong[w]), size = before + n + behind;
                char *bytes = malloc(size);

                assert_non_null(bytes);
                memset(bytes, 'a', size);
                memcpy(bytes + before, wrong[w], n);
                if (dki_utf8_check(bytes, size) != before)
                    fail_msg("sequence %zu behind %zu bytes: %zu", w, before, dki_utf8_check(bytes, size));
                free(bytes);
            }
    assert_int_equal(dki_utf8_check("a\0b", 3), 3); /* NUL is a character */
    assert_int_equal(dki_utf8_check(NULL, 0), 0);
}

static void lengths_and_prefixes_go_by_characters(void **state)
{
    static const char text[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z"; /* a é € 😀 z: 1 2 3 4 1 bytes */
    static const size_t ends[] = { 0, 1, 3, 6, 10, 11 };
    size_t size = sizeof text - 1, whole = 0;

    (void)state;
    assert_int_equal(dki_utf8_length(text, size), 5);
    assert_int_equal(dki_utf8_length(text, 0), 0);
    for (size_t n = 0; n <= size; n++) {
        if (whole < 5 && ends[whole + 1] <= n)
            whole++;
        assert_int_equal(dki_utf8_floor(text, size, n), ends[whole]);
        assert_int_equal(dki_utf8_whole(text, n), ends[whole]);
    }
    assert_int_equal(dki_utf8_floor(text, size, 1000), size);
    assert_int_equal(dki_utf8_floor(text, size, SIZE_MAX), size);
    assert_int_equal(dki_utf8_whole("\x80\x80\x80\x80\x80", 5), 5); /* nothing is begun */
    assert_int_equal(dki_utf8_whole("\xE2\x82", 2), 0);
    assert_int_equal(dki_utf8_whole("a\xFF", 2), 2);
}

/* Widths as Unicode's East Asian Width has them: W and F are two columns, combining marks and joiners none. */
static void wide_characters_take_two_columns_and_marks_none(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } cases[] = {
        { "", 0 },
        { "Arnhem", 6 },
        { "co\xC3\xB6rdinatie", 11 },      /* ö as one character */
        { "coo\xCC\x88rdinatie", 11 },     /* o and a combining diaeresis */
        { "\xE2\x80\x93", 1 },             /* en dash, which shows null */
        { "\xE2\x94\x80", 1 },             /* the line of a table */
        { "\xE2\x82\xAC", 1 },             /* euro */
        { "\xE6\x97\xA5\xE6\x9C\xAC", 4 }, /* 日本 */
        { "\xED\x95\x9C\xEA\xB8\x80", 4 }, /* 한글 */
        { "\xEF\xBC\xA1", 2 },             /* full-width A */
        { "\xEF\xBD\xB1", 1 },             /* half-width katakana */
        { "\xF0\x9F\x98\x80", 2 },         /* 😀 */
        { "\xF0\xA0\x80\x80", 2 },         /* U+20000 */
        { "a\xE2\x80\x8D", 1 },            /* zero width joiner */
        { "a\xE2\x80\x8B", 1 },            /* zero width space */
        { "\xE2\x9D\xA4\xEF\xB8\x8F", 1 }, /* variation selector */
        { "\xD7\xA9\xD6\xB8", 1 },         /* Hebrew letter and point */
        { "\xE0\xA4\x95\xE0\xA5\x8D", 1 }, /* Devanagari letter and virama */
        { "a\tb\n", 4 },                   /* control characters count as one */
        { "\x7F\xC2\x85\xC2\xA0", 3 },     /* delete, next line, no-break space */
        { "\xFFz\x80", 3 },                /* bytes that are no characters */
        { "\xE2\x82", 2 },
        { "\xED\xA0\x80", 3 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (dki_utf8_width(cases[i].text, strlen(cases[i].text)) != cases[i].width)
            fail_msg("%s: %zu columns, not %zu", cases[i].text,
                     dki_utf8_width(cases[i].text, strlen(cases[i].text)), cases[i].width);
    assert_int_equal(dki_utf8_width("\0\0", 2), 2);
}

/* Comparing. --------------------------------------------------------------------------------------------------- */

static void texts_are_ordered_by_bytes_then_length(void **state)
{
    (void)state;
    assert_true(dki_text_compare("a", 1, "b", 1) < 0);
    assert_true(dki_text_compare("b", 1, "a", 1) > 0);
    assert_true(dki_text_compare("a", 1, "ab", 2) < 0);
    assert_true(dki_text_compare("b", 1, "ab", 2) > 0);
    assert_true(dki_text_compare("a\0b", 3, "a\0c", 3) < 0);
    assert_true(dki_text_compare("a\0", 2, "a", 1) > 0);
    assert_true(dki_text_compare("\x7F", 1, "\x80", 1) < 0); /* bytes are unsigned */
    assert_int_equal(dki_text_compare(NULL, 0, NULL, 0), 0);
    assert_true(dki_text_compare(NULL, 0, "a", 1) < 0);
}

static bool fold_equal(const char *a, const char *b)
{
    bool equal = dki_text_equal_fold(a, strlen(a), b, strlen(b));

    assert_true(dki_text_equal_fold(b, strlen(b), a, strlen(a)) == equal);
    return equal;
}

static void case_does_not_count_in_any_script(void **state)
{
    (void)state;
    assert_true(fold_equal("", ""));
    assert_true(fold_equal("TOTAAL", "totaal"));
    assert_true(fold_equal("[@`{", "[@`{"));
    assert_false(fold_equal("[", "{")); /* 32 apart, like letters */
    assert_false(fold_equal("@", "`"));
    assert_true(fold_equal("\xC3\x89\xC3\xA9n", "\xC3\xA9\xC3\x89N")); /* Één */
    assert_true(fold_equal("\xCE\xA3", "\xCF\x83"));                   /* Σ σ */
    assert_true(fold_equal("\xD0\x96", "\xD0\xB6"));                   /* Ж ж */
    assert_true(fold_equal("\xE1\xBA\x9E", "\xC3\x9F"));               /* ẞ ß, of other lengths */
    assert_true(fold_equal("\xE2\x84\xAA", "k"));                      /* the Kelvin sign */
    assert_true(fold_equal("\xF0\x90\x90\x80", "\xF0\x90\x90\xA8"));   /* Deseret */
    assert_false(fold_equal("\xC3\x9F", "ss"));                        /* one by one: no ß = ss */
    assert_false(fold_equal("\xC3\xA9", "e"));
    assert_false(fold_equal("\xC3\xA9", "e\xCC\x81")); /* not normalised */
    assert_false(fold_equal("totaal", "totaa"));
    assert_false(fold_equal("totaal", ""));
    assert_false(dki_text_equal_fold("a\0b", 3, "a\0c", 3));
    assert_true(dki_text_equal_fold(NULL, 0, NULL, 0));
}

/* An ill-formed byte equals itself alone: not another one, and not NUL. */
static void ill_formed_bytes_differ(void **state)
{
    (void)state;
    assert_true(fold_equal("\xFF", "\xFF"));
    assert_false(fold_equal("\xFF", "\xFE"));
    assert_false(fold_equal("\xC3", "\xC3\xA9"));
    assert_false(dki_text_equal_fold("\xFF", 1, "\0", 1));
}

/* Windows-1252. ------------------------------------------------------------------------------------------------ */

/* 80 .. 9F as Unicode's table CP1252.TXT maps them; the other bytes above 7F are the code points of that number. */
static void every_byte_of_windows_1252_becomes_its_character(void **state)
{
    static const char *const page[32] = {
        "\xE2\x82\xAC", NULL,           "\xE2\x80\x9A", "\xC6\x92",     "\xE2\x80\x9E", "\xE2\x80\xA6",
        "\xE2\x80\xA0", "\xE2\x80\xA1", "\xCB\x86",     "\xE2\x80\xB0", "\xC5\xA0",     "\xE2\x80\xB9",
        "\xC5\x92",     NULL,           "\xC5\xBD",     NULL,           NULL,           "\xE2\x80\x98",
        "\xE2\x80\x99", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\xA2", "\xE2\x80\x93", "\xE2\x80\x94",
        "\xCB\x9C",     "\xE2\x84\xA2", "\xC5\xA1",     "\xE2\x80\xBA", "\xC5\x93",     NULL,
        "\xC5\xBE",     "\xC5\xB8",
    };

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        char in = (char)byte, out[3];
        unsigned char expected[4];
        size_t bad = 99, n = dki_from_windows_1252(&in, 1, out, &bad);

        if (byte >= 0x80 && byte < 0xA0) {
            const char *text = page[byte - 0x80];

            assert_int_equal(n, text ? strlen(text) : SIZE_MAX);
            assert_int_equal(bad, text ? 99 : 0);
            if (text)
                assert_memory_equal(out, text, n);
        } else {
            assert_int_equal(n, encode(byte, expected));
            assert_memory_equal(out, expected, n);
        }
    }
}

static void what_the_code_page_lacks_is_found_where_it_is(void **state)
{
    char out[64];
    size_t bad = 99;

    (void)state;
    assert_int_equal(dki_from_windows_1252("20 \x80 caf\xE9", 9, out, &bad), 12);
    assert_memory_equal(out, "20 \xE2\x82\xAC caf\xC3\xA9", 12);
    assert_int_equal(bad, 99);
    assert_int_equal(dki_from_windows_1252("ab\xE9\x81\x8D", 5, out, &bad), SIZE_MAX);
    assert_int_equal(bad, 3);
    assert_int_equal(dki_from_windows_1252(NULL, 0, out, &bad), 0);
}

/* Nearest names. ----------------------------------------------------------------------------------------------- */

static const char *nearest(const char *wanted, const char *const *names)
{
    static char found[256];
    dki_nearest near;

    dki_nearest_init(&near, wanted, strlen(wanted));
    for (; *names; names++)
        dki_nearest_try(&near, *names, strlen(*names));
    if (near.best == NULL)
        return "(none)";
    snprintf(found, sizeof found, "%.*s", (int)near.best_size, near.best);
    return found;
}

static void the_nearest_name_is_offered_where_one_is_near(void **state)
{
    static const char *const names[] = { "gemeente", "leeftijd", "in_sonar",           "kolom_1",
                                         "kolom_2",  "id",       "co\xC3\xB6rdinator", NULL };

    (void)state;
    assert_string_equal(nearest("gemente", names), "gemeente");   /* a letter lacks */
    assert_string_equal(nearest("gemeeente", names), "gemeente"); /* one too many */
    assert_string_equal(nearest("gemeenta", names), "gemeente");  /* a wrong one */
    assert_string_equal(nearest("gemeetne", names), "gemeente");  /* two in the wrong order */
    assert_string_equal(nearest("GEMEENTE", names), "gemeente");
    assert_string_equal(nearest("insonar", names), "in_sonar");
    assert_string_equal(nearest("kolom_3", names), "kolom_1"); /* of equals the first */
    assert_string_equal(nearest("coordinator", names), "co\xC3\xB6rdinator");
    assert_string_equal(nearest("CO\xC3\x96RDINATR", names), "co\xC3\xB6rdinator");
    assert_string_equal(nearest("if", names), "id");
    assert_string_equal(nearest("x", names), "(none)"); /* replacing all of it is no likeness */
    assert_string_equal(nearest("", names), "(none)");
    assert_string_equal(nearest("provincie", names), "(none)");
    assert_string_equal(nearest("leef", names), "(none)");
    assert_string_equal(nearest("gem\xFF"
                                "ente",
                                names),
                        "gemeente"); /* ill-formed bytes are letters like others */
}

static void names_of_more_than_64_characters_are_not_guessed_at(void **state)
{
    char wanted[80], candidate[80];
    const char *const names[] = { "", candidate, NULL };

    (void)state;
    for (size_t n = 62; n < 68; n++) {
        memset(wanted, 'a', n);
        wanted[n] = '\0';
        memset(candidate, 'a', n - 1);
        memcpy(candidate + n - 1, "b", 2);
        assert_string_equal(nearest(wanted, names), n <= 64 ? candidate : "(none)");
    }
}

/* Insert, delete, replace, or swap two neighbours, no part edited twice: by its recursive definition. */
static size_t distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    size_t best, other;

    if (n_a == 0 || n_b == 0)
        return n_a + n_b;
    best = distance(a, n_a - 1, b, n_b - 1) + (a[n_a - 1] != b[n_b - 1]);
    other = distance(a, n_a - 1, b, n_b) + 1;
    best = other < best ? other : best;
    other = distance(a, n_a, b, n_b - 1) + 1;
    best = other < best ? other : best;
    if (n_a > 1 && n_b > 1 && a[n_a - 1] == b[n_b - 2] && a[n_a - 2] == b[n_b - 1]) {
        other = distance(a, n_a - 2, b, n_b - 2) + 1;
        best = other < best ? other : best;
    }
    return best;
}

static void near_is_a_third_of_the_letters_by_edit_distance(void **state)
{
    uint32_t seed = 12345;

    (void)state;
    for (unsigned round = 0; round < watched(400, 400, 20); round++) {
        char a[8], b[8];
        size_t n_a, n_b, expected, allowed;
        dki_nearest near;

        for (size_t i = 0; i < 16; i++) {
            seed = seed * 1664525 + 1013904223;
            *(i < 8 ? &a[i] : &b[i - 8]) = "abc"[(seed >> 16) % 3];
        }
        n_a = 1 + (seed >> 8) % 7;
        n_b = 1 + (seed >> 20) % 7;
        expected = distance(a, n_a, b, n_b);
        allowed = n_a < 6 ? 1 : n_a / 3;
        dki_nearest_init(&near, a, n_a);
        dki_nearest_try(&near, b, n_b);
        assert_true((near.best != NULL) == (expected <= allowed && expected < n_a));
        if (near.best)
            assert_int_equal(near.distance, expected);
    }
}

/* Every subject of few letters, and needles up to what is left to the C library. */
static void a_text_is_found_where_a_byte_by_byte_search_finds_it(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        char subject[120], text[40];
        size_t size = (random = random * 1664525 + 1013904223) >> 8 & 127, n, at, found;

        size = size > sizeof subject ? sizeof subject : size;
        n = (random = random * 1664525 + 1013904223) >> 8 & (round % 8 == 0 ? 63 : 3);
        n = n > sizeof text ? sizeof text : n;
        for (size_t i = 0; i < size; i++)
            subject[i] = (char)('a' + ((random = random * 1664525 + 1013904223) >> 9 & (round % 16 == 0 ? 0 : 1)));
        for (size_t i = 0; i < n; i++)
            text[i] = (char)('a' + ((random = random * 1664525 + 1013904223) >> 9 & (round % 16 == 0 ? 0 : 1)));
        at = size ? (random >> 8) % (size + 2) : 0;
        found = at;
        while (found + n <= size && memcmp(subject + found, text, n) != 0)
            found++;
        assert_int_equal(dki_text_find(subject, size, at, text, n), found + n <= size ? found : SIZE_MAX);
    }
}

static void a_text_is_ascii_where_no_byte_has_the_eighth_bit(void **state)
{
    char text[80];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t size = 0; size <= sizeof text; size++) {
        assert_true(dki_text_is_ascii(text, size));
        for (size_t i = 0; i < size; i++) {
            text[i] = (char)0x80;
            assert_false(dki_text_is_ascii(text, size));
            text[i] = 'x';
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_three_bytes_are_judged_as_defined),
        cmocka_unit_test(every_character_is_well_formed_and_no_part_of_it),
        cmocka_unit_test(ill_formed_sequences_are_found_where_they_are),
        cmocka_unit_test(lengths_and_prefixes_go_by_characters),
        cmocka_unit_test(wide_characters_take_two_columns_and_marks_none),
        cmocka_unit_test(texts_are_ordered_by_bytes_then_length),
        cmocka_unit_test(case_does_not_count_in_any_script),
        cmocka_unit_test(ill_formed_bytes_differ),
        cmocka_unit_test(every_byte_of_windows_1252_becomes_its_character),
        cmocka_unit_test(what_the_code_page_lacks_is_found_where_it_is),
        cmocka_unit_test(the_nearest_name_is_offered_where_one_is_near),
        cmocka_unit_test(names_of_more_than_64_characters_are_not_guessed_at),
        cmocka_unit_test(near_is_a_third_of_the_letters_by_edit_distance),
        cmocka_unit_test(a_text_is_found_where_a_byte_by_byte_search_finds_it),
        cmocka_unit_test(a_text_is_ascii_where_no_byte_has_the_eighth_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
