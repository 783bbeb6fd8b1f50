/* test_lua_behind.c - a file whose result takes along what is of another result, or none at all, under right checksums: a cell
 * of it is explained with one sentence more, or with numbers that nobody can tell from right ones; never worse.
 */
#include "check.h"
#include "random.h"
#include "reseal.h"
#include "watched.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include <unistd.h>

#include "lua/dekking_lua.h"

static lua_State *L;
static char path[] = "/tmp/dekking_behind_XXXXXX";
static uint8_t *bytes, *forged;
static size_t size, behind; /* where the record begins */

static const char *const script =
    "local dk, path = ...\n"
    "local t = dk.table { { 'plaats', { 'Arnhem', 'Arnhem', 'Tiel' } }, { 'bekend', { true, false, true } } }\n"
    "dk.breakdown { by = 'plaats', measures = { 'n = count()', 'deel = 1 - (count() where bekend) / n' } } (t)\n"
    "  :save(path, { explain = true })\n"
    "return function() return (dk.open(path):explain { plaats = 'Arnhem' }) end";

static void write_bytes(const uint8_t *what)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(what, 1, size, file), size);
    fclose(file);
}

static int start(void **state)
{
    FILE *file;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    L = luaL_newstate();
    luaL_openlibs(L);
    assert_int_equal(luaL_loadstring(L, script), LUA_OK);
    luaL_requiref(L, "dekking", luaopen_dekking, 0);
    lua_pushstring(L, path);
    if (lua_pcall(L, 2, 1, 0) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(size);
    forged = malloc(size);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    for (behind = 0; behind + 8 <= size && memcmp(bytes + behind, "behind\0", 8) != 0; behind++)
        continue;
    assert_true(behind + 8 < size);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    lua_close(L);
    free(bytes);
    free(forged);
    unlink(path);
    return 0;
}

/* What the cell of the forged file is explained with, or the error; borrowed until the next one. */
static const char *explain(void)
{
    lua_settop(L, 1);
    write_bytes(forged);
    lua_pushvalue(L, 1);
    (void)lua_pcall(L, 0, 1, 0);
    return lua_tostring(L, -1);
}

/* The text, all times that it stands behind the record's name, by another of the same size. */
static void forge(const char *text, const char *other)
{
    size_t n = strlen(text), n_found = 0;

    memcpy(forged, bytes, size);
    for (size_t at = behind; at + n <= size; at++)
        if (memcmp(forged + at, text, n) == 0) {
            memcpy(forged + at, other, n);
            n_found++;
        }
    if (n_found == 0)
        fail_msg("the file has no %s", text);
    reseal(forged, size);
}

static void what_is_of_another_result_is_said(void **state)
{
    static const char of_another[] = "what was saved along is of another result";
    static const struct {
        const char *text, *other, *says;
    } cases[] = {
        { "=n", "=m", of_another },                                 /* no such measure */
        { "plaats", "straat", of_another },                         /* no such dimension */
        { "breakdown 1", "breakdown 2", "a result keeps no rows" }, /* of what is made of this one */
        { ":(count() where bekend) / n", ":(count() where bekend) * n", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text;

        forge(cases[i].text, cases[i].other);
        text = explain();
        if (strstr(text, "The cell plaats = Arnhem of the breakdown:\n  n is 2: count()\n  deel is 0.5000") !=
                text ||
            !strstr(text, cases[i].says))
            fail_msg("case %zu: %s", i, text);
    }
}

static void any_bytes_are_safe(void **state)
{
    static const uint8_t flips[] = { 0x01, 0x80, 0xFF };

    (void)state;
    for (size_t at = behind; at < size; at += watched(3, 7, 97))
        for (size_t k = 0; k < sizeof flips; k++) {
            const char *text;

            memcpy(forged, bytes, size);
            forged[at] ^= flips[k];
            if (random_below(3) > 0)
                forged[behind + random_below((uint32_t)(size - behind))] ^= (uint8_t)(random_below(255) + 1);
            reseal(forged, size);
            text = explain();
            if (!strstr(text, "The cell plaats = Arnhem") && !strstr(text, path))
                fail_msg("byte %zu: %s", at, text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_of_another_result_is_said),
        cmocka_unit_test(any_bytes_are_safe),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
