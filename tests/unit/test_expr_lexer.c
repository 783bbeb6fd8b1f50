/* test_expr_lexer.c - the words of an expression. */
#include "check.h"

#include "expr/expr_lexer.h"
#include "expr/quote.h"

#include "with_context.h"

/* Every token of a text as <kind value>, to compare with. Good until the next call. */
static const char *tokens_of(const char *text)
{
    static char out[4096];
    size_t used = 0;
    dki_arena arena;
    dki_lexer lexer = { text, strlen(text), 0, &arena };
    dki_token token;
    dk_error err = DK_ERROR_INIT;

    dki_arena_init(&arena, context);
    out[0] = '\0';
    for (;;) {
        assert_ok(dki_lexer_next(&lexer, &token, &err), &err);
        if (token.kind == DKI_TOKEN_END)
            break;
        assert_true(token.size > 0 && token.at + token.size <= lexer.size);
        assert_int_equal(token.at + token.size, lexer.at);
        switch (token.kind) {
        case DKI_TOKEN_NAME:
            used += (size_t)snprintf(out + used, sizeof out - used, "<%s %s>", token.quoted ? "quoted" : "name",
                                     token.text);
            break;
        case DKI_TOKEN_PARAM: used += (size_t)snprintf(out + used, sizeof out - used, "<$ %s>", token.text); break;
        case DKI_TOKEN_SIGN: used += (size_t)snprintf(out + used, sizeof out - used, "<%s>", token.text); break;
        default: {
            char value[256];

            assert_false(token.value.is_null);
            (void)dk_value_format(&token.value, value, sizeof value);
            used +=
                (size_t)snprintf(out + used, sizeof out - used, "<%s %s>", dk_type_name(token.value.type), value);
        }
        }
    }
    assert_int_equal(token.at, lexer.size);
    dki_arena_drop(&arena);
    return out;
}

/* The first token that cannot be read fails at that place, with that message. */
static void expect_error(const char *text, unsigned line, unsigned column, const char *part)
{
    dki_arena arena;
    dki_lexer lexer = { text, strlen(text), 0, &arena };
    dki_token token;
    dk_status status;
    dk_error err = DK_ERROR_INIT;

    dki_arena_init(&arena, context);
    do
        status = dki_lexer_next(&lexer, &token, &err);
    while (status == DK_OK && token.kind != DKI_TOKEN_END);
    dki_arena_drop(&arena);
    if (status != DK_ERR_SYNTAX)
        fail_msg("%s: %s", text, dk_status_name(status));
    if (strstr(err.message, part) == NULL && strstr(err.hint, part) == NULL)
        fail_msg("%s: the message lacks \"%s\": %s (%s)", text, part, err.message, err.hint);
    if (err.line != line || err.column != column)
        fail_msg("%s: %d:%d, not %u:%u", text, (int)err.line, (int)err.column, line, column);
}

static void every_sign_is_a_token(void **state)
{
    (void)state;
    assert_string_equal(tokens_of("== ~= <= >= // .. + - * / % < > ( ) { } , ="),
                        "<==><~=><<=><>=><//><..><+><-><*></><%><<><>><(><)><{><}><,><=>");
    assert_string_equal(tokens_of("a<=b"), "<name a><<=><name b>"); /* the longest sign that fits */
    assert_string_equal(tokens_of("a<-b"), "<name a><<><-><name b>");
    assert_string_equal(tokens_of("a=b"), "<name a><=><name b>");
    assert_string_equal(tokens_of("a//b/c"), "<name a><//><name b></><name c>");
    assert_string_equal(tokens_of(""), "");
    assert_string_equal(tokens_of(" \t\r\n\v\f"), "");
}

static void names_have_letters_of_any_script(void **state)
{
    (void)state;
    assert_string_equal(tokens_of("leeftijd in_sonar _x x2 A"),
                        "<name leeftijd><name in_sonar><name _x><name x2><name A>");
    assert_string_equal(tokens_of("één Ĳsselstein населення 区 e\u0301e m²"),
                        "<name één><name Ĳsselstein><name населення><name 区><name e\u0301e><name m²>");
    assert_string_equal(tokens_of("a\u00A0<\u2003b"), "<name a><<><name b>"); /* blanks of other kinds */
    assert_string_equal(tokens_of("$grens $één2"), "<$ grens><$ één2>");
    assert_string_equal(tokens_of("`in sonar` `a``b` ```` `and` `1.5`"),
                        "<quoted in sonar><quoted a`b><quoted `><quoted and><quoted 1.5>");
}

static void numbers_are_exact_unless_they_have_an_exponent(void **state)
{
    (void)state;
    assert_string_equal(tokens_of("0 7 007 9223372036854775807"),
                        "<integer 0><integer 7><integer 7><integer 9223372036854775807>");
    assert_string_equal(tokens_of("0.07 1.50 .5 0.000000000000000001"),
                        "<decimal 0.07><decimal 1.50><decimal 0.5><decimal 0.000000000000000001>");
    assert_string_equal(tokens_of("9.223372036854775807"), "<decimal 9.223372036854775807>");
    assert_string_equal(tokens_of("1e3 1E+3 1.5e-3 1e308 1e0"), "<real 1000.0><real 1000.0><real 0.0015>"
                                                                "<real 1e308><real 1.0>");
    assert_string_equal(tokens_of("1-2"), "<integer 1><-><integer 2>");
    assert_string_equal(tokens_of("1 ..2"), "<integer 1><..><integer 2>");
    assert_string_equal(tokens_of("a..'b'"), "<name a><..><text b>");
}

static void texts_have_the_escapes_of_lua(void **state)
{
    (void)state;
    assert_string_equal(tokens_of("'a' \"b\" '' \"it's\" 'say \"x\"'"),
                        "<text a><text b><text ><text it's><text say \"x\">");
    assert_string_equal(tokens_of("'\\n\\r\\t\\a\\b\\f\\v\\\\\\\"\\''"), "<text \n\r\t\a\b\f\v\\\"'>");
    assert_string_equal(tokens_of("'a\\\nb'"), "<text a\nb>"); /* a line end behind a backslash */
    assert_string_equal(tokens_of("'\\65\\066\\x43\\x7a\\0061'"), "<text ABCz\006"
                                                                  "1>");
    assert_string_equal(tokens_of("'\\u{41}\\u{e9}\\u{20AC}\\u{1F600}'"), "<text Aé€😀>");
    assert_string_equal(tokens_of("'\\xC3\\xA9 \\195\\169'"), "<text é é>"); /* bytes that make characters */
    assert_string_equal(tokens_of("'é€'"), "<text é€>");
    assert_string_equal(tokens_of("'a\\z \n\t b\\z' '\\z  '"),
                        "<text ab><text >"); /* blanks behind it are left out */
}

/* A zero byte can only come from an escape, and does not end a text. */
static void a_text_may_hold_a_zero_byte(void **state)
{
    static const char *const texts[] = { "'a\\0b'", "'a\\x00b'", "'a\\u{0}b'" };
    dki_arena arena;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        dki_lexer lexer = { texts[i], strlen(texts[i]), 0, &arena };
        dki_token token;

        dki_arena_init(&arena, context);
        assert_ok(dki_lexer_next(&lexer, &token, &err), &err);
        assert_int_equal(token.value.as.text.size, 3);
        assert_memory_equal(token.value.as.text.bytes, "a\0b", 4);
        dki_arena_drop(&arena);
    }
}

static void what_is_no_token_points_at_its_place(void **state)
{
    (void)state;
    expect_error("a + 1x", 1, 5, "malformed number\n  a + 1x\n      ^^");
    expect_error("2024_q1 > 5", 1, 1, "a name that begins with a digit stands in `backquotes`");
    expect_error("1.2.3", 1, 1, "malformed number\n  1.2.3\n  ^^^^^");
    expect_error("1..2", 1, 1, "malformed number");
    expect_error("5. + 1", 1, 1, "malformed number\n  5. + 1\n  ^^");
    expect_error("0x10", 1, 1, "malformed number\n  0x10\n  ^^^^");
    expect_error("1e", 1, 1, "malformed number");
    expect_error("2é", 1, 1, "malformed number\n  2é\n  ^^");
    expect_error("x <\n  9223372036854775808", 2, 3,
                 "more digits than an exact one can have\n    9223372036854775808");
    expect_error("0.0000000000000000001", 1, 1, "more digits");
    expect_error("0.00000000000000000000000000000000000000000000000000000001", 1, 1, "more digits");
    expect_error("1e309", 1, 1, "does not fit in a real");
    expect_error("é == 'abc", 1, 6, "this text does not end\n  é == 'abc\n       ^^^^");
    expect_error("'abc\\", 1, 5, "this escape is not known");
    expect_error("'abc\ndef'", 1, 1, "this text does not end\n  'abc\n  ^^^^");
    expect_error("'a\\qb'", 1, 3, "this escape is not known: they are those of Lua\n  'a\\qb'\n    ^^");
    expect_error("'\\u{110000}'", 1, 2, "escape");
    expect_error("'\\u{D800}'", 1, 2, "escape");
    expect_error("'\\u{}'", 1, 2, "escape");
    expect_error("'\\u{41'", 1, 2, "escape");
    expect_error("'\\u41'", 1, 2, "escape");
    expect_error("'\\x4'", 1, 2, "escape");
    expect_error("'\\x4g'", 1, 2, "escape");
    expect_error("'\\256'", 1, 2, "escape");
    expect_error("x == '\\xFF'", 1, 6, "this text is not UTF-8\n  x == '\\xFF'\n       ^^^^^^");
    expect_error("`abc", 1, 1, "this name does not end: a backquote is missing\n  `abc\n  ^^^^");
    expect_error("`a``", 1, 1, "a backquote is missing");
    expect_error("`", 1, 1, "a backquote is missing");
    expect_error("x == ``", 1, 6, "a name has at least one character\n  x == ``\n       ^^");
    expect_error("x > $", 1, 5, "a parameter is $ and a name");
    expect_error("$1", 1, 1, "a parameter is $ and a name");
    expect_error("a @ b", 1, 3, "this character has no meaning here\n  a @ b\n    ^");
    expect_error("a # b", 1, 3, "the length of a text is length(s)");
    expect_error("a . b", 1, 3, "columns and functions have plain names");
    expect_error("a ~ b", 1, 3, "no meaning");
    expect_error("x\x01", 1, 2, "no meaning");
    expect_error("prijs_€ > 1", 1, 7,
                 "names with other signs than letters stand in `backquotes`\n  prijs_€ > 1\n        ^");
}

static void what_is_written_elsewhere_is_named(void **state)
{
    (void)state;
    expect_error("a != b", 1, 3, "not equal is written ~=\n  a != b\n    ^^");
    expect_error("a <> b", 1, 3, "not equal is written ~=");
    expect_error("a \u2260 b", 1, 3, "not equal is written ~=\n  a \u2260 b\n    ^");
    expect_error("a \u2264 b", 1, 3, "at most is written <=");
    expect_error("a \u2265 b", 1, 3, "at least is written >=");
    expect_error("a && b", 1, 3, "and is written `and`");
    expect_error("a || b", 1, 3, "or is written `or`");
    expect_error("!a", 1, 1, "not is written `not`");
    expect_error("a ^ 2", 1, 3, "there are no powers");
    expect_error("a;", 1, 2, "an expression has no ;");
    expect_error("a in [1]", 1, 6, "a list is written with ( )");
    expect_error("5 --3", 1, 3, "no comments");
    expect_error("a \u2212 b", 1, 3, "minus is written -");
    expect_error("a \u2013 b", 1, 3, "minus is written -");
    expect_error("a \u00D7 b", 1, 3, "times is written *");
    expect_error("a \u00F7 b", 1, 3, "divided by is written /");
    expect_error("a == \u2018x\u2019", 1, 6, "straight quotes");
    expect_error("a == \u201Cx\u201D", 1, 6, "straight quotes");
    expect_error("a == \u201Ex\u201D", 1, 6, "straight quotes");
}

/* Any bytes that are UTF-8 end in a token, the end, or a syntax error, and never behind the text. */
static void random_texts_are_read_to_an_end(void **state)
{
    static const char *const parts[] = { "a", "'",          "\"", "`", "\\", "$", "1",    ".",
                                         "e", "-",          "é",  "€", "\n", " ", "{",    "u",
                                         "x", "\U0001F600", "=",  "<", "0",  "9", "\x7F", "\u00A0" };
    uint64_t random = 88172645463325252u;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[80] = "";
        dki_arena arena;
        dki_token token = { .kind = DKI_TOKEN_SIGN };
        dki_lexer lexer = { text, 0, 0, &arena };
        dk_status status = DK_OK;
        dk_error err = DK_ERROR_INIT;

        for (int n = 0; n < 12; n++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            strcat(text, parts[random % (sizeof parts / sizeof *parts)]);
        }
        lexer.size = strlen(text);
        dki_arena_init(&arena, context);
        while (status == DK_OK && token.kind != DKI_TOKEN_END) {
            size_t before = lexer.at;

            status = dki_lexer_next(&lexer, &token, &err);
            assert_true(lexer.at <= lexer.size);
            assert_true(status != DK_OK || token.kind == DKI_TOKEN_END || lexer.at > before);
        }
        assert_true(status == DK_OK || status == DK_ERR_SYNTAX);
        assert_true(status == DK_OK || err.column > 0);
        dki_arena_drop(&arena);
    }
}

/* Many short texts take memory for what they are, not for what is left of the expression. */
static void memory_is_linear_in_the_text(void **state)
{
    static char text[60001];
    dki_arena arena;
    dki_lexer lexer = { text, sizeof text - 1, 0, &arena };
    dki_token token = { .kind = DKI_TOKEN_SIGN };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i + 4 < sizeof text; i += 4)
        memcpy(text + i, "'a' ", 5);
    dki_arena_init(&arena, context);
    while (token.kind != DKI_TOKEN_END)
        assert_ok(dki_lexer_next(&lexer, &token, &err), &err);
    assert_true(dk_context_used_bytes(context) < 2000000);
    dki_arena_drop(&arena);
}

static dk_status read_all(const char *text, dki_arena *arena, dk_error *err)
{
    dki_lexer lexer = { text, strlen(text), 0, arena };
    dki_token token;
    dk_status status;

    do
        status = dki_lexer_next(&lexer, &token, err);
    while (status == DK_OK && token.kind != DKI_TOKEN_END);
    dki_arena_drop(arena);
    return status;
}

static void failing_memory_is_survived(void **state)
{
    dki_arena arena;
    char text[1500];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    memset(text, 'x', sizeof text); /* each too long for the first chunk of an arena */
    dki_arena_init(&arena, context);
    text[sizeof text - 1] = '\0';
    assert_survives_failing_memory(context, read_all(text, &arena, &err), &err, true, (void)0);
    text[0] = '$';
    assert_survives_failing_memory(context, read_all(text, &arena, &err), &err, true, (void)0);
    text[0] = text[sizeof text - 2] = '`';
    assert_survives_failing_memory(context, read_all(text, &arena, &err), &err, true, (void)0);
    text[0] = text[sizeof text - 2] = '"';
    assert_survives_failing_memory(context, read_all(text, &arena, &err), &err, true, (void)0);
}

/* What is written is one name to whoever reads it, and words are written as they are. */
static void names_are_quoted_where_they_must(void **state)
{
    static const struct {
        const char *name, *text;
    } names[] = { { "in_sonar", "in_sonar" },
                  { "leeftijd2", "leeftijd2" },
                  { "g\u00e9\u00e9n", "g\u00e9\u00e9n" },
                  { "\u540d\u524d", "\u540d\u524d" },
                  { "date", "date" },
                  { "And", "And" },
                  { "and", "`and`" },
                  { "null", "`null`" },
                  { "2024", "`2024`" },
                  { "in sonar", "`in sonar`" },
                  { " ", "` `" },
                  { "a-b", "`a-b`" },
                  { "\u20ac", "`\u20ac`" },
                  { "a`b", "`a``b`" },
                  { "`", "````" } };
    char shown[DKI_QUOTED_SIZE], longer[301] = "";
    dki_arena arena;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_arena_init(&arena, context);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = dki_quote(&arena, names[i].name, &err);
        dki_lexer lexer = { text, strlen(text), 0, &arena };
        dki_token token;

        assert_string_equal(text, names[i].text);
        assert_int_equal(dki_is_word(names[i].name), text[0] != '`');
        assert_ok(dki_lexer_next(&lexer, &token, &err), &err);
        assert_int_equal(token.kind, DKI_TOKEN_NAME);
        assert_string_equal(token.text, names[i].name);
        assert_int_equal(lexer.at, lexer.size);
    }
    assert_false(dki_is_word(""));
    assert_false(dki_is_word("\xff")); /* no UTF-8 */
    assert_string_equal(dki_quote_shown("in sonar", shown), "`in sonar`");
    assert_string_equal(dki_quote_shown("sonar", shown), "sonar");
    memset(longer, 'x', sizeof longer - 1);
    memcpy(longer + 198, "\u00e9", 2); /* a message is cut between characters */
    assert_int_equal(strlen(dki_quote_shown(longer, shown)), 198);
    dki_arena_drop(&arena);
    assert_survives_failing_memory(context, dki_quote(&arena, "a b", &err) ? DK_OK : DK_ERR_MEMORY, &err, true,
                                   dki_arena_drop(&arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_sign_is_a_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_have_letters_of_any_script, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_exact_unless_they_have_an_exponent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_have_the_escapes_of_lua, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_may_hold_a_zero_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_token_points_at_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_written_elsewhere_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_texts_are_read_to_an_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_is_linear_in_the_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_quoted_where_they_must, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
