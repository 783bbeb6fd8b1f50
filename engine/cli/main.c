/* main.c - the program: a Lua 5.4 interpreter with dk in it.
 *
 * What stock lua does with options, environment, arguments, exit statuses and errors, this does too; scripts run
 * unchanged. What is added: `dk`, the long options, and a prompt that knows tables.
 */
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "allocate.h"
#include "call.h"
#include "collect.h"
#include "end.h"
#include "interrupt.h"
#include "lua/dekking_lua.h"
#include "lua/library.h"
#include "options.h"
#include "polled.h"
#include "protected.h"
#include "repl.h"

#define KEPT_BYTES ((size_t)256 << 20) /* of the engine's large blocks that were freed, for the next question */

static void greet(void)
{
    printf("dekking %s  %s\n", DK_VERSION, LUA_COPYRIGHT);
    fflush(stdout);
}

/* arg: the script is 0, what follows it counts up, what stands before it counts down. */
static void make_arg_table(lua_State *L, const dkc_options *options)
{
    int script = options->script < options->argc ? options->script : 0;

    lua_createtable(L, options->argc - script, script + 1);
    for (int i = 0; i < options->argc; i++) {
        lua_pushstring(L, options->argv[i]);
        lua_rawseti(L, -2, i - script);
    }
    lua_setglobal(L, "arg");
}

static int run_chunk(lua_State *L, const char *program, int status)
{
    if (status == LUA_OK)
        status = dkc_call(L, 0, 0);
    return dkc_report(L, program, status);
}

static int run_file(lua_State *L, const char *program, const char *path)
{
    return run_chunk(L, program, luaL_loadfile(L, path));
}

static int run_text(lua_State *L, const char *program, const char *text, const char *name)
{
    return run_chunk(L, program, luaL_loadbuffer(L, text, strlen(text), name));
}

/* LUA_INIT_5_4 or else LUA_INIT: Lua text, or "@" and the name of a file. */
static int run_initial(lua_State *L, const char *program)
{
    static const char *const names[] = { "LUA_INIT_5_4", "LUA_INIT" };
    static const char *const chunks[] = { "=LUA_INIT_5_4", "=LUA_INIT" };

    for (int i = 0; i < 2; i++) {
        const char *text = getenv(names[i]);

        if (text)
            return text[0] == '@' ? run_file(L, program, text + 1) : run_text(L, program, text, chunks[i]);
    }
    return LUA_OK;
}

/* "mod" goes into the global mod, "g=mod" into g. */
static int load_library(lua_State *L, const char *program, const char *word)
{
    const char *sign = strchr(word, '=');
    const char *module = sign ? sign + 1 : word;
    int status;

    lua_getglobal(L, "require");
    lua_pushstring(L, module);
    status = dkc_call(L, 1, 1); /* value|message */
    if (status != LUA_OK)
        return dkc_report(L, program, status);
    if (sign)
        lua_pushlstring(L, word, (size_t)(sign - word));
    else
        lua_pushstring(L, word);
    lua_insert(L, -2); /* global value */
    lua_setglobal(L, lua_tostring(L, -2));
    lua_pop(L, 1);
    return LUA_OK;
}

struct visit {
    lua_State *L;
    const char *program;
};

static bool run_option(void *arg, char letter, const char *value)
{
    const struct visit *v = arg;

    switch (letter) {
    case 'e': return run_text(v->L, v->program, value, "=(command line)") == LUA_OK;
    case 'l': return load_library(v->L, v->program, value) == LUA_OK;
    default: lua_warning(v->L, "@on", 0); return true;
    }
}

/* The script gets its arguments as ..., from the table arg, which -e and -l may have changed. */
static int run_script(lua_State *L, const dkc_options *options)
{
    const char *path = options->from_stdin ? NULL : options->argv[options->script];
    int status = luaL_loadfile(L, path);

    if (status == LUA_OK) {
        lua_Integer n;

        if (lua_getglobal(L, "arg") != LUA_TTABLE)
            luaL_error(L, "'arg' is not a table");
        n = luaL_len(L, -1);
        luaL_checkstack(L, (int)n + 3, "too many arguments to script");
        for (lua_Integer i = 1; i <= n; i++)
            lua_rawgeti(L, -i, i); /* function arg ...; the table is i below the top */
        lua_remove(L, -(int)n - 1);
        status = dkc_call(L, (int)n, LUA_MULTRET);
    }
    return dkc_report(L, options->program, status);
}

/* The part of the library that is the subcommands, with the words of the command line. How tables are shown can stand before
 * the subcommand too. */
static int call_command(lua_State *L)
{
    const dkc_options *options = lua_touserdata(L, 1);
    int n = options->argc - options->script;

    luaL_checkstack(L, n + 4, "too many arguments");
    dkl_push_script(L, "command");
    lua_pushstring(L, options->argv[options->script]);
    if (options->has_format) {
        lua_pushliteral(L, "--format");
        lua_pushstring(L, options->format_name);
        n += 2;
    }
    for (int i = options->script + 1; i < options->argc; i++)
        lua_pushstring(L, options->argv[i]);
    lua_call(L, n, 1);
    return 1;
}

/* Whether all is well; what is wrong has been told. */
static bool run_command(lua_State *L, const dkc_options *options)
{
    int status;
    bool success;

    dkc_interrupt_insist(1);
    lua_pushcfunction(L, call_command);
    lua_pushlightuserdata(L, (void *)(uintptr_t)options);
    status = dkc_call_plain(L, 1, 1);
    if (dkc_report(L, options->program, status) != LUA_OK)
        return false;
    success = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return success;
}

/* The C library gives freed memory back to the system as soon as 128 KiB of it are free, and what is asked for next has to be
 * cleared by the system again, page by page: half of the time of a breakdown by 100,000 groups. As much is kept as its own
 * adapting thresholds would come to, could they see what the blocks are for. The engine's blocks of 4 MB and more are others. */
static void keep_freed_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

static void open_libraries(lua_State *L, const dkc_options *options)
{
    if (options->ignore_environment) {
        lua_pushboolean(L, 1); /* the libraries look for this */
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    luaL_openlibs(L);
    luaL_requiref(L, "dekking", luaopen_dekking, 0);
    lua_setglobal(L, "dk");
    dk_context_keep(dkl_context(L), KEPT_BYTES);
    dkc_replace_protected(L);
    dkc_replace_long(L);
    dkc_replace_collect(L);
    lua_pushcfunction(L, dkl_print);
    lua_setglobal(L, "print");
    if (options->has_threads)
        dk_set_threads(options->threads);
    if (options->has_format)
        dkl_set_format(L, options->format);
}

/* Runs all that the command line asks for; the result is whether the program's status is success. */
static int protected_main(lua_State *L)
{
    const dkc_options *options = lua_touserdata(L, 1);
    struct visit v = { L, options->program };

    dkc_end_prepare(L);
    lua_settop(L, 2); /* stock lua has as much on its stack: a script that fills it gets as far */
    luaL_checkversion(L);
    if (options->version)
        greet();
    if (options->version_only) {
        lua_pushboolean(L, 1);
        return 1;
    }
    open_libraries(L, options);
    make_arg_table(L, options);
    lua_gc(L, LUA_GCRESTART);
    lua_gc(L, LUA_GCGEN, 0, 0); /* stock lua does so too */
    if (!options->ignore_environment && run_initial(L, options->program) != LUA_OK)
        return 0;
    if (!dkc_options_each(options, run_option, &v))
        return 0;
    if (options->is_command ? !run_command(L, options)
                            : options->script < options->argc && run_script(L, options) != LUA_OK)
        return 0;
    if (options->interactive) {
        dkc_repl(L, options->ignore_environment);
    } else if (options->script == options->argc && !options->executes && !options->version) {
        if (isatty(STDIN_FILENO)) {
            greet();
            dkc_repl(L, options->ignore_environment);
        } else {
            run_file(L, options->program, NULL);
        }
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* Output that did not arrive is told, and is no success: stock lua says nothing. */
static bool flush_output(const char *program)
{
    bool lost = ferror(stdout) != 0;

    errno = 0;
    if (fflush(stdout) == 0 && !lost)
        return true;
    fprintf(stderr, "%s: standard output: %s\n", program, errno ? strerror(errno) : "not all of it was written");
    return false;
}

struct outcome {
    const char *program;
    bool success;
};

static _Noreturn void leave(const void *of)
{
    const struct outcome *outcome = of;

    exit(flush_output(outcome->program) && outcome->success ? EXIT_SUCCESS : EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    dkc_options options;
    struct outcome outcome;
    lua_State *L;
    int status;

    if (!dkc_options_read(&options, argc, argv))
        return EXIT_FAILURE;
    if (options.help) {
        dkc_usage(stdout, options.program);
        return flush_output(options.program) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    keep_freed_memory();
    L = luaL_newstate();
    if (L == NULL) {
        fprintf(stderr, "%s: cannot create state: not enough memory\n", options.program);
        return EXIT_FAILURE;
    }
    dkc_allocate(L);
    lua_gc(L, LUA_GCSTOP); /* until the libraries stand */
    lua_pushcfunction(L, protected_main);
    lua_pushlightuserdata(L, &options);
    status = lua_pcall(L, 1, 1, 0);
    outcome = (struct outcome){ options.program, lua_toboolean(L, -1) && status == LUA_OK };
    dkc_report(L, options.program, status);
    dkc_end(L, leave, &outcome);
}
