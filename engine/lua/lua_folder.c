/* lua_folder.c - what is in a folder, for packs of scripts: Lua itself cannot tell. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "bind.h"

static void close_folder(void *folder)
{
    (void)closedir(folder);
}

/* core.folder(path) -> { name, ... } in no order; nil where it is no folder or not there. Raises where it cannot be read. */
static int core_folder(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    void **slot = dkl_slot(L, close_folder);
    const struct dirent *entry;

    *slot = opendir(path);
    if (*slot == NULL) {
        if (errno != ENOTDIR && errno != ENOENT)
            return dkl_fail(L, "%s: %s", path, strerror(errno));
        lua_pushnil(L);
        return 1;
    }
    lua_newtable(L);
    for (lua_Integer i = 1; (entry = readdir(*slot)) != NULL; i++) {
        lua_pushstring(L, entry->d_name);
        lua_rawseti(L, -2, i);
    }
    return 1;
}

void dkl_open_folder(lua_State *L)
{
    lua_pushcfunction(L, core_folder);
    lua_setfield(L, 2, "folder");
}
