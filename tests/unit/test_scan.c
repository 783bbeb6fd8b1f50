/* test_scan.c - structural bytes: against a reader of one byte at a time, for every kind of instructions. */
#include "check.h"

#include "read/scan.h"

static int tear_down(void **state)
{
    (void)state;
    dki_scan_use(DKI_SCAN_BEST);
    return 0;
}

#define ROOM 4096

typedef struct outcome {
    size_t n_positions, n_ends, bad_from; /* bad_from: the byte that cannot be vouched for; SIZE_MAX: none */
    uint32_t positions[ROOM];
    bool has_quotes, has_escapes, has_quoted_ends, has_high;
} outcome;

/* One byte at a time, as the grammar of docs/csv.md has it. A fault of a quote shows at the quote that opens where none
 * may, or at the byte behind a closing one. */
static void read_slowly(const char *text, size_t size, char delimiter, outcome *out)
{
    enum { START, PLAIN, INSIDE, CLOSED } at = START;

    memset(out, 0, sizeof *out);
    out->bad_from = SIZE_MAX;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool structural = false;
        out->has_high = out->has_high || (unsigned char)c >= 0x80;
        if (c == '\0' || (i > 0 && text[i - 1] == '\r' && c != '\n')) {
            out->bad_from = i;
            return;
        }
        switch (at) {
        case START:
        case PLAIN:
            structural = c == delimiter || c == '\n';
            if (c == '"' && at == PLAIN) {
                out->bad_from = i;
                return;
            }
            at = c == '"' ? INSIDE : structural ? START : PLAIN;
            break;
        case INSIDE:
            out->has_quoted_ends = out->has_quoted_ends || c == '\n';
            at = c == '"' ? CLOSED : INSIDE;
            break;
        case CLOSED:
            structural = c == delimiter || c == '\n';
            if (c == '"')
                out->has_escapes = true;
            else if (!structural && c != '\r') {
                out->bad_from = i;
                return;
            }
            at = c == '"' ? INSIDE : structural ? START : CLOSED;
            break;
        }
        out->has_quotes = out->has_quotes || c == '"';
        if (structural) {
            out->positions[out->n_positions++] = (uint32_t)i;
            out->n_ends += c == '\n';
        }
    }
}

static void scan(const char *text, size_t size, char delimiter, size_t step, outcome *out)
{
    uint64_t bits[ROOM / 64 + 1];
    dki_scan s;
    size_t taken = 0, n_words = (size + 63) / 64;

    memset(out, 0, sizeof *out);
    dki_scan_begin(&s, (dki_dialect){ .delimiter = delimiter, .quote = '"' });
    while (taken < n_words && !s.is_bad)
        taken = dki_scan_words(&s, text, size, taken, taken + step < n_words ? taken + step : n_words, UINT64_MAX,
                               bits);
    out->bad_from = s.is_bad ? (taken - 1) * 64 + s.bad_bit : SIZE_MAX;
    out->n_positions = dki_scan_positions(bits, s.is_bad ? out->bad_from : size, out->positions);
    out->n_ends = (size_t)s.n_ends;
    out->has_quotes = s.has_quotes;
    out->has_escapes = s.has_escapes;
    out->has_quoted_ends = s.has_quoted_ends;
    out->has_high = s.has_high;
    assert_true(s.n_fields >= out->n_positions);
}

static void all_kinds_find_what_a_slow_reader_finds(void **state)
{
    static const char pieces[] = "aaaaaaa;;;;\"\"\"\"\n\n\r\xC3,";
    static const char *const damages[] = { "\r", "\"", "x\"", "\"x", "\r\n", "\"\n" };
    static char text[ROOM];
    static outcome slow, fast;
    uint64_t random = 9;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        size_t size = 0, wanted;
        unsigned tidy;
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        wanted = 1 + (random >> 40) % 700;
        tidy = (unsigned)(random >> 33) % 3;
        memset(text, 0, sizeof text);
        while (size < wanted) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            unsigned pick = (unsigned)(random >> 33);
            if (tidy > 0) { /* whole fields, rarely damaged, so that much is read before something is bad */
                static const char *const fields[] = { "abc;", "\"a;\"\"b\n\";", "x\n",  "\"y\"\r\n",
                                                      ";",    "\"\";",          "z\r\n" };
                const char *piece = tidy == 2 && pick % 97 == 0 ? damages[pick / 97 % 6] : fields[pick % 7];
                memcpy(text + size, piece, strlen(piece));
                size += strlen(piece);
            } else {
                text[size++] = pieces[pick % (sizeof pieces - 1)];
            }
        }
        char delimiter = round % 5 ? ';' : round % 2 ? ',' : '\n'; /* '\n': none */
        read_slowly(text, size, delimiter, &slow);
        for (int kind = DKI_SCAN_BEST; kind < DKI_N_SCAN_KINDS; kind++) {
            if (!dki_scan_use((dki_scan_kind)kind))
                continue;
            scan(text, size, delimiter == '\n' ? DKI_NO_DELIMITER : delimiter, 1 + round % 7, &fast);
            if (fast.bad_from != slow.bad_from)
                fail_msg("kind %d: bad at %zu, not %zu: %.*s", kind, fast.bad_from, slow.bad_from, (int)size, text);
            assert_int_equal(fast.n_positions, slow.n_positions);
            assert_memory_equal(fast.positions, slow.positions, slow.n_positions * sizeof *slow.positions);
            assert_int_equal(fast.n_ends, slow.n_ends);
            if (slow.bad_from == SIZE_MAX) {
                assert_true(fast.has_quotes == slow.has_quotes && fast.has_escapes == slow.has_escapes);
                assert_true(fast.has_quoted_ends == slow.has_quoted_ends && fast.has_high == slow.has_high);
            }
        }
    }
}

static void the_scan_stops_behind_the_wanted_end(void **state)
{
    static char text[1000];
    uint64_t bits[16];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t i = 9; i < sizeof text; i += 10)
        text[i] = '\n';
    for (int kind = DKI_SCAN_PLAIN; kind < DKI_N_SCAN_KINDS; kind++)
        for (uint64_t wanted = 1; wanted <= 100; wanted++) {
            dki_scan s;
            if (!dki_scan_use((dki_scan_kind)kind))
                continue;
            dki_scan_begin(&s, (dki_dialect){ .delimiter = ';', .quote = '"' });
            size_t taken = dki_scan_words(&s, text, sizeof text, 0, 16, wanted, bits);
            assert_int_equal(dki_scan_end(&s, taken, wanted), wanted * 10 - 1);
            assert_int_equal(taken, (wanted * 10 - 1) / 64 + 1);
        }
}

static void all_64_bytes_of_a_word_can_count(void **state)
{
    char text[128];
    uint64_t bits[2];
    uint32_t positions[128 + DKI_SCAN_POSITIONS];
    dki_scan s;

    (void)state;
    memset(text, ';', sizeof text);
    for (int kind = DKI_SCAN_PLAIN; kind < DKI_N_SCAN_KINDS; kind++) {
        if (!dki_scan_use((dki_scan_kind)kind))
            continue;
        dki_scan_begin(&s, (dki_dialect){ .delimiter = ';', .quote = '"' });
        assert_int_equal(dki_scan_words(&s, text, 127, 0, 2, 1, bits), 2);
        assert_int_equal(s.n_ends, 0);
        assert_int_equal(dki_scan_positions(bits, 127, positions), 127);
        for (uint32_t i = 0; i < 127; i++)
            assert_int_equal(positions[i], i);
    }
}

/* Behind a record that the scan could not vouch for, here because of a NUL byte, it finds what it would find without: with
 * that record's own structure where it was well-formed, without it where it was none. */
static void scanning_goes_on_behind_a_record_that_was_read_otherwise(void **state)
{
    static const char *const fields[] = {
        "abc;", "\"a;\"\"b\n\";", "x\n", "\"y\"\r\n", ";", "\"\";", "z\r\n", "0;"
    };
    static char text[ROOM];
    static outcome slow;
    uint64_t random = 3;

    (void)state;
    for (unsigned round = 0; round < 5000; round++) {
        const bool is_row = round % 2;
        size_t size = 0, taken = 0, first = 0, last = 0, n = 0, n_words, odd_at;
        uint64_t bits[ROOM / 64 + 1], n_ends = 0;
        uint32_t found[ROOM + DKI_SCAN_POSITIONS];
        dki_scan s;

        if (!dki_scan_use((dki_scan_kind)(DKI_SCAN_PLAIN + round % (DKI_N_SCAN_KINDS - DKI_SCAN_PLAIN))))
            continue;
        memset(text, 0, sizeof text);
        for (unsigned i = 0; i < 60; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const char *piece = fields[(random >> 33) % 8];
            memcpy(text + size, piece, strlen(piece));
            size += strlen(piece);
        }
        text[size++] = '\n';
        n_words = (size + 63) / 64;
        const char *zero = memchr(text, '0', size);
        if (!zero)
            continue;
        odd_at = (size_t)(zero - text);
        read_slowly(text, size, ';', &slow);
        assert_int_equal(slow.bad_from, SIZE_MAX);
        text[odd_at] = '\0';
        dki_scan_begin(&s, (dki_dialect){ .delimiter = ';', .quote = '"' });
        taken = dki_scan_words(&s, text, size, 0, n_words, UINT64_MAX, bits);
        assert_true(s.is_bad);
        assert_int_equal((taken - 1) * 64 + s.bad_bit, odd_at);
        while (slow.positions[last] < odd_at || text[slow.positions[last]] != '\n') { /* of the record's fields */
            first = text[slow.positions[last]] == '\n' ? last + 1 : first;
            last++;
        }
        size_t from = first > 0 ? slow.positions[first - 1] + 1 : 0;
        taken = dki_scan_resume(&s, from, slow.positions[last] + 1, taken, bits);
        if (is_row)
            dki_scan_take(&s, text, from, slow.positions[last], bits);
        taken = dki_scan_words(&s, text, size, taken, n_words, UINT64_MAX, bits);
        assert_false(s.is_bad);
        size_t n_found = dki_scan_positions(bits, size, found);
        for (size_t i = 0; i < slow.n_positions; i++) {
            if (!is_row && i >= first && i <= last)
                continue;
            assert_true(n < n_found);
            assert_int_equal(found[n++], slow.positions[i]);
            n_ends += text[slow.positions[i]] == '\n';
        }
        assert_int_equal(n, n_found);
        assert_int_equal(s.n_ends, n_ends);
        assert_true(s.n_fields >= n_found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(all_kinds_find_what_a_slow_reader_finds, tear_down),
        cmocka_unit_test_teardown(the_scan_stops_behind_the_wanted_end, tear_down),
        cmocka_unit_test_teardown(scanning_goes_on_behind_a_record_that_was_read_otherwise, tear_down),
        cmocka_unit_test_teardown(all_64_bytes_of_a_word_can_count, tear_down),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
