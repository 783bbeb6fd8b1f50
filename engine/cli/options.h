/* options.h - the command line: stock lua's options, and a few long ones. */
#ifndef DKC_CLI_OPTIONS_H
#define DKC_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include <dekking/write.h>

typedef struct dkc_options {
    const char *program; /* argv[0], for messages */
    int argc;
    char **argv;
    int script;              /* place of the script in argv; argc where there is none */
    bool from_stdin;         /* the script is "-" */
    bool is_command;         /* what stands there is list, run or check, and no file */
    bool interactive;        /* -i */
    bool version;            /* -v, --version */
    bool help;               /* --help */
    bool version_only;       /* --version: nothing else runs */
    bool executes;           /* -e was given */
    bool ignore_environment; /* -E */
    bool has_threads;
    unsigned threads;
    bool has_format;
    dk_format format; /* how print shows tables */
    const char *format_name;
} dkc_options;

/* Reads argv. On failure writes what is wrong and the usage to standard error and returns false. */
bool dkc_options_read(dkc_options *options, int argc, char **argv);
void dkc_usage(FILE *to, const char *program);

/* -e, -l and -W take effect in the order in which they stand: calls visit for each, with the letter and its
 * argument (NULL for -W), until it returns false. */
typedef bool dkc_option_fn(void *arg, char letter, const char *value);
bool dkc_options_each(const dkc_options *options, dkc_option_fn *visit, void *arg);

#endif
