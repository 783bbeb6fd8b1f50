/* options.c - reads the command line.
 *
 * Short options are those of stock lua with its rules: -e and -l take their argument from the same word or the next
 * one, the others stand alone in their word, and the first word that is no option is the script. Long options are
 * ours; stock lua refuses every word that begins with "--" and goes on.
 */
#include "options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void dkc_usage(FILE *to, const char *program)
{
    fprintf(to,
            "usage: %s [options] [script [args]]\n"
            "       %s [options] list|run|check|replay ...\n"
            "Available options are:\n"
            "  -e stat        execute string 'stat'\n"
            "  -i             enter interactive mode after executing 'script'\n"
            "  -l mod         require library 'mod' into global 'mod'\n"
            "  -l g=mod       require library 'mod' into global 'g'\n"
            "  -v             show version information\n"
            "  -E             ignore environment variables\n"
            "  -W             turn warnings on\n"
            "  --             stop handling options\n"
            "  -              stop handling options and execute stdin\n"
            "  --format NAME  print tables as text, csv, md, html or json\n"
            "  --threads N    use N threads (default: one for each processor)\n"
            "  --help         show this text and exit\n"
            "  --version      show version information and exit\n"
            "Subcommands, for packs of breakdowns and scenarios ('run --help' tells more):\n"
            "  list [pack ...]                  show what packs define\n"
            "  run name --data file [options]   run a breakdown of a pack\n"
            "  check [pack ...]                 tell what is wrong with packs\n"
            "  replay receipt                   ask again what a receipt tells, and compare\n",
            program, program);
}

DK_PRINTF(2, 3) static bool refuse(const dkc_options *options, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", options->program);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    dkc_usage(stderr, options->program);
    return false;
}

/* The value of a long option `name`: after "=" or the next word, in which case *i moves on. NULL: there is none. */
static const char *long_value(const dkc_options *options, int *i, const char *name)
{
    const char *word = options->argv[*i];
    size_t length = strlen(name);

    if (word[length] == '=')
        return word[length + 1] ? word + length + 1 : NULL;
    if (*i + 1 >= options->argc)
        return NULL;
    return options->argv[++*i];
}

static bool is_long(const char *word, const char *name)
{
    size_t length = strlen(name);

    return strncmp(word, name, length) == 0 && (word[length] == '\0' || word[length] == '=');
}

static bool read_threads(dkc_options *options, const char *value)
{
    char *end = NULL;
    long n = value[0] >= '0' && value[0] <= '9' ? strtol(value, &end, 10) : 0;

    if (end == NULL || *end != '\0' || n < 1 || n > 1024)
        return refuse(options, "'--threads' wants a whole number from 1 to 1024, not '%s'", value);
    options->has_threads = true;
    options->threads = (unsigned)n;
    return true;
}

static bool read_long(dkc_options *options, int *i)
{
    const char *word = options->argv[*i];
    const char *value = NULL;

    if (strcmp(word, "--help") == 0) {
        options->help = true;
    } else if (strcmp(word, "--version") == 0) {
        options->version = true;
        options->version_only = true;
    } else if (is_long(word, "--threads")) {
        if ((value = long_value(options, i, "--threads")) == NULL)
            return refuse(options, "'%s' needs argument", "--threads");
        return read_threads(options, value);
    } else if (is_long(word, "--format")) {
        if ((value = long_value(options, i, "--format")) == NULL)
            return refuse(options, "'%s' needs argument", "--format");
        if (!dk_format_find(value, &options->format) || dk_format_is_binary(options->format))
            return refuse(options, "'--format' wants text, csv, md, html or json, not '%s'", value);
        options->has_format = true;
        options->format_name = value;
    } else {
        return refuse(options, "unrecognized option '%s'", word);
    }
    return true;
}

static bool is_command(const char *word)
{
    static const char *const commands[] = { "check", "list", "replay", "run" };

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(word, commands[i]) == 0)
            return true;
    return false;
}

bool dkc_options_read(dkc_options *options, int argc, char **argv)
{
    bool ended = false; /* by "--" */
    int i;

    memset(options, 0, sizeof *options);
    options->argc = argc;
    options->argv = argv;
    options->program = argc > 0 && argv[0][0] ? argv[0] : "dekking";
    for (i = 1; i < argc; i++) {
        const char *word = argv[i];

        if (word[0] != '-')
            break;
        if (word[1] == '\0') {
            options->from_stdin = true;
            break;
        }
        if (word[1] == '-') {
            if (word[2] == '\0') {
                ended = true;
                i++;
                break;
            }
            if (!read_long(options, &i))
                return false;
            continue;
        }
        switch (word[1]) {
        case 'E':
        case 'W':
        case 'i':
        case 'v':
            if (word[2] != '\0')
                return refuse(options, "unrecognized option '%s'", word);
            options->ignore_environment |= word[1] == 'E';
            options->interactive |= word[1] == 'i';
            options->version |= word[1] == 'i' || word[1] == 'v'; /* -i greets, as in stock lua */
            break;
        case 'e':
        case 'l':
            options->executes |= word[1] == 'e';
            if (word[2] == '\0') {
                i++;
                if (i >= argc || argv[i][0] == '-')
                    return refuse(options, "'%s' needs argument", word);
            }
            break;
        default: return refuse(options, "unrecognized option '%s'", word);
        }
    }
    options->script = i < argc ? i : argc;
    options->is_command = i < argc && !ended && !options->from_stdin && is_command(argv[i]);
    return true;
}

bool dkc_options_each(const dkc_options *options, dkc_option_fn *visit, void *arg)
{
    for (int i = 1; i < options->script; i++) {
        const char *word = options->argv[i];

        if (strcmp(word, "--threads") == 0 || strcmp(word, "--format") == 0) {
            i++;
        } else if (word[1] == 'e' || word[1] == 'l') {
            const char *value = word[2] ? word + 2 : options->argv[++i];

            if (!visit(arg, word[1], value))
                return false;
        } else if (word[1] == 'W' && !visit(arg, 'W', NULL)) {
            return false;
        }
    }
    return true;
}
