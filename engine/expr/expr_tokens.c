/* expr_tokens.c - the token at which the parser stands, and what is said of one that does not belong there. */
#include "expr_tokens.h"

#include <string.h>

#include "base/status.h"
#include "elsewhere.h"
#include "expr_parser.h"
#include "mark.h"

dk_status dki_parser_fail(dki_parser *p, uint32_t at, uint32_t size, const char *message)
{
    return dki_mark_fail(p->lexer.text, at, size, p->err, DK_ERR_SYNTAX, "%s", message);
}

bool dki_is_keyword(const char *word)
{
    static const char *const keywords[] = { "and",   "or",   "not",   "in",   "between", "is",
                                            "where", "true", "false", "null", NULL };

    for (size_t i = 0; keywords[i]; i++)
        if (strcmp(keywords[i], word) == 0)
            return true;
    return false;
}

/* NOT x, x AND y: the word that was meant, where a name is one but for its letters' size. */
static void hint_keyword(dki_parser *p, const char *name)
{
    char small[16];
    size_t n = 0;

    for (; name[n] && n + 1 < sizeof small; n++)
        small[n] = (char)(name[n] >= 'A' && name[n] <= 'Z' ? name[n] + 'a' - 'A' : name[n]);
    small[n] = '\0';
    if (name[n] == '\0' && strcmp(small, name) != 0 && dki_is_keyword(small))
        dki_hint(p->err, "words of the language are written small: %s", small);
}

/* in sonar: a name that begins with a word of the language, which the name behind that word gives away. */
static bool begins_a_name(const dki_parser *p)
{
    dki_lexer lexer = p->lexer;
    dki_token next = p->token;

    return next.kind == DKI_TOKEN_NAME && !next.quoted && dki_is_keyword(next.text) &&
           dki_lexer_next(&lexer, &next, NULL) == DK_OK && next.kind == DKI_TOKEN_NAME && !next.quoted &&
           !dki_is_keyword(next.text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What is written so in another language, or in Dutch: 1,5. */
static bool hint_elsewhere(const dki_parser *p)
{
    const dki_token *token = &p->token;
    const char *text = p->lexer.text, *hint = NULL;
    uint32_t at = token->at;

    if (token->kind == DKI_TOKEN_NAME && !token->quoted)
        hint = strcmp(token->text, "is") == 0 && text[at + 2] == '.' ? "here that is x is null"
                                                                     : dki_elsewhere_word(token->text);
    else if (dki_parser_is_sign(p, ",") && at && is_digit(text[at - 1]) && is_digit(text[at + 1]))
        hint = "a number has a decimal point: 1.5";
    else if (dki_parser_is_sign(p, "*") && at && text[at - 1] == '(')
        hint = "rows are counted by count()";
    if (hint == NULL && p->word)
        hint = dki_elsewhere_word(p->word);
    if (hint)
        dki_hint(p->err, "%s", hint);
    return hint != NULL;
}

/* dekking > 74% and n > 3: what stands before is no remainder. */
static bool hint_percentage(const dki_parser *p)
{
    const char *text = p->lexer.text;
    uint32_t at = p->end;

    if (at == 0 || text[--at] != '%')
        return false;
    while (at > 0 && text[at - 1] == ' ')
        at--;
    if (at == 0 || !is_digit(text[at - 1]))
        return false;
    dki_hint(p->err, "%% gives the remainder of a division, and a percentage is a fraction: 74 %% is 0.74");
    return true;
}

dk_status dki_parser_unexpected(dki_parser *p, const char *wanted)
{
    const dki_token *token = &p->token;

    if (token->kind == DKI_TOKEN_END) {
        (void)dki_mark_fail(p->lexer.text, p->end, 1, p->err, DK_ERR_SYNTAX,
                            "the expression ends where %s is expected", wanted);
        (void)hint_percentage(p);
        return DK_ERR_SYNTAX;
    }
    if (token->kind == DKI_TOKEN_SIGN && strcmp(token->text, "=") == 0)
        return dki_parser_fail(p, token->at, 1, "equal is written ==");
    dki_mark_fail(p->lexer.text, token->at, token->size, p->err, DK_ERR_SYNTAX, "%s is expected here", wanted);
    if (hint_percentage(p) || hint_elsewhere(p))
        return DK_ERR_SYNTAX;
    if ((p->word && !dki_is_keyword(p->word) && token->kind == DKI_TOKEN_NAME) ||
        (strcmp(wanted, "a value") == 0 && begins_a_name(p)))
        dki_hint(p->err, "a name of several words stands in `backquotes`");
    else if (strcmp(wanted, "a value") == 0 && token->kind == DKI_TOKEN_NAME && dki_is_keyword(token->text))
        dki_hint(p->err, "%s is a word of the language; a column that is called so is written `%s`", token->text,
                 token->text);
    if (p->word)
        hint_keyword(p, p->word);
    if (token->kind == DKI_TOKEN_NAME && !token->quoted)
        hint_keyword(p, token->text);
    return DK_ERR_SYNTAX;
}

dk_status dki_parser_advance(dki_parser *p)
{
    p->end = p->token.at + p->token.size;
    p->word = p->token.kind == DKI_TOKEN_NAME && !p->token.quoted ? p->token.text : NULL;
    return dki_lexer_next(&p->lexer, &p->token, p->err);
}

bool dki_parser_is_sign(const dki_parser *p, const char *sign)
{
    return p->token.kind == DKI_TOKEN_SIGN && strcmp(p->token.text, sign) == 0;
}

bool dki_parser_is_word(const dki_parser *p, const char *word)
{
    return p->token.kind == DKI_TOKEN_NAME && !p->token.quoted && strcmp(p->token.text, word) == 0;
}

dk_status dki_parser_expect(dki_parser *p, const char *sign)
{
    char wanted[8] = { '"', 0 };

    if (dki_parser_is_sign(p, sign))
        return dki_parser_advance(p);
    memcpy(wanted + 1, sign, strlen(sign));
    wanted[strlen(sign) + 1] = '"';
    return dki_parser_unexpected(p, wanted);
}
