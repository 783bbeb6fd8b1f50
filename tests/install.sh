#!/bin/sh
# install.sh - installs into an empty folder, uses what is there as a stranger would, and uninstalls it again.
#
# usage: tests/install.sh BUILD
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
. tests/count.sh

root=$folder/root
check "make install" make --no-print-directory BUILD="$build" DESTDIR="$root" PREFIX=/usr install

cat >"$folder/user.c" <<'C'
#include <dekking/dekking.h>
#include <stdio.h>
int main(void)
{
    dk_error err = DK_ERROR_INIT;
    dk_context *context = NULL;
    const dk_table *table = NULL;
    dk_csv_options options = DK_CSV_OPTIONS_INIT;
    char *text = NULL;
    size_t size = 0;
    const char csv[] = "gemeente;totaal\nArnhem;2983\nDuiven;249\n";
    if (dk_context_new(&context, &err) != DK_OK ||
        dk_read_csv_bytes(context, csv, sizeof csv - 1, "csv", &options, &table, NULL, &err) != DK_OK ||
        dk_write_text(table, DK_FORMAT_CSV, NULL, &text, &size, &err) != DK_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    fputs(text, stdout);
    dk_text_free(context, text);
    dk_table_release(table);
    dk_context_release(context);
    return 0;
}
C
export PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_PATH="$root/usr/lib/pkgconfig"
expected=$(printf 'gemeente,totaal\nArnhem,2983\nDuiven,249')

# The words that pkg-config prints are arguments.
# shellcheck disable=SC2046
check "a program with the shared library" \
    gcc -std=c17 "$folder/user.c" $(pkg-config --cflags --libs dekking) -o "$folder/user"
actual=$(LD_LIBRARY_PATH=$root/usr/lib "$folder/user")
same "its output" "$expected" "$actual"

# The static library alone, with what pkg-config says that it needs.
mkdir "$folder/static"
cp "$root/usr/lib/libdekking.a" "$folder/static"
unset PKG_CONFIG_SYSROOT_DIR
# shellcheck disable=SC2046
check "a program with the static library" gcc -std=c17 -I"$root/usr/include" "$folder/user.c" -L"$folder/static" \
    $(pkg-config --static --libs dekking) -o "$folder/alone"
actual=$("$folder/alone")
same "its output" "$expected" "$actual"
check "it takes no shared library of ours" sh -c "! ldd '$folder/alone' | grep -q libdekking"

# Only the public interface shows.
symbols() { nm -D --defined-only "$1" | awk '{ print $3 }'; }
hidden=$(symbols "$root/usr/lib/libdekking.so" | grep -v '^dk_' || true)
check "symbols of libdekking.so that are not public: $hidden" test -z "$hidden"
check "public symbols of libdekking.so" sh -c "nm -D --defined-only '$root/usr/lib/libdekking.so' | grep -q ' dk_table_new'"
shown=$(symbols "$root/usr/lib/lua/5.4/dekking.so")
check "symbols of dekking.so: $shown" test "$shown" = luaopen_dekking
check "dekking.so brings no Lua" sh -c "! nm -D '$root/usr/lib/lua/5.4/dekking.so' | grep -q ' T lua_newstate'"
check "dekking.so links no Lua" sh -c "! readelf -d '$root/usr/lib/lua/5.4/dekking.so' | grep -q 'liblua'"

check "the page for man" grep -q '^.Dt DEKKING 1' "$root/usr/share/man/man1/dekking.1"
check "annotations for editors" lua5.4 -e 'dk = nil' "$root/usr/share/dekking/library/table.lua"

LUA_CPATH="$root/usr/lib/lua/5.4/?.so"
export LUA_CPATH
check "require in stock Lua" lua5.4 -e 'local dk = require "dekking"; assert(dk.version)'
check "the program elsewhere" sh -c "cd / && '$root/usr/bin/dekking' -e 'assert(dk.table and dk.publication)'"

same "the folder in dekking.pc" /usr "$(pkg-config --variable=prefix dekking)"
same "the version in dekking.pc" "$("$root/usr/bin/dekking" -e 'print(dk.version)')" "$(pkg-config --modversion dekking)"

# What others have there stays.
echo kept >"$root/usr/lib/libdekking.so.99"
check "make uninstall" make --no-print-directory BUILD="$build" DESTDIR="$root" PREFIX=/usr uninstall
left=$(cd "$root" && find . -type f -o -type l)
same "left after uninstall" "./usr/lib/libdekking.so.99" "$left"
check "no folder of dekking's is left" sh -c "! find '$root' -type d -name dekking | grep -q ."
check "make install elsewhere" make --no-print-directory BUILD="$build" DESTDIR="$folder/other" PREFIX=/opt/dk install
same "prefix elsewhere" prefix=/opt/dk "$(head -n 1 "$folder/other/opt/dk/lib/pkgconfig/dekking.pc")"

# As a rock, into a tree of its own.
unset LUA_CPATH
export BUILD="$build" # of luarocks' make, too
check "luarocks make" luarocks --lua-version 5.4 make --tree "$folder/rocks" dekking-dev-1.rockspec
check "require of the rock" sh -c "eval \"\$(luarocks --lua-version 5.4 --tree '$folder/rocks' path)\" &&
    cd / && lua5.4 -e 'local dk = require \"dekking\" assert(#dk.table { { \"a\", { 1, 2 } } } == 2)'"

finish
