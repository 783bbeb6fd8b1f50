/* lua_file.c - what receipts need of files: their fingerprints, and texts that are written complete or not at all. */
#include <dekking/fingerprint.h>

#include "base/file.h"
#include "bind.h"
#include "lua_options.h"

/* core.file_fingerprint(path) -> 32 digits, how many bytes; or nil and why not */
static int file_fingerprint(lua_State *L)
{
    const char *path = dkl_check_text(L, 1, "the path of a file");
    char text[DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;
    uint64_t n_bytes;
    dk_status status = dk_file_fingerprint(dkl_check_context(L), path, text, &n_bytes, &err);

    if (status == DK_ERR_IO) {
        lua_pushnil(L);
        lua_pushstring(L, err.message);
        return 2;
    }
    if (status != DK_OK)
        return dkl_raise(L, &err);
    lua_pushstring(L, text);
    lua_pushinteger(L, (lua_Integer)n_bytes);
    return 2;
}

/* core.write_file(path, text) */
static int write_file(lua_State *L)
{
    const char *path = dkl_check_text(L, 1, "the path of a file");
    size_t size;
    const char *text = luaL_checklstring(L, 2, &size);
    dk_error err = DK_ERROR_INIT;
    dki_output output;
    dk_status status = dki_output_open(dkl_check_context(L), path, &output, &err);

    if (status != DK_OK)
        return dkl_raise(L, &err);
    status = dki_output_write(&output, text, size, &err);
    if (status == DK_OK)
        status = dki_output_commit(&output, &err);
    dki_output_drop(&output);
    return status == DK_OK ? 0 : dkl_raise(L, &err);
}

void dkl_open_file(lua_State *L)
{
    static const luaL_Reg primitives[] = { { "file_fingerprint", file_fingerprint },
                                           { "write_file", write_file },
                                           { NULL, NULL } };

    lua_pushvalue(L, 2);
    luaL_setfuncs(L, primitives, 0);
    lua_pop(L, 1);
}
