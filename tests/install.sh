#!/bin/sh
# install.sh - installs into an empty folder, uses what is there as a stranger would, and uninstalls it again.
#
# usage: tests/install.sh BUILD
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

check() { # what, command ...
    what=$1
    shift
    if "$@" >"$folder/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$what:"
        cat "$folder/log"
    fi
}

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
check "its output" test "$actual" = "$expected"

unset PKG_CONFIG_SYSROOT_DIR
# shellcheck disable=SC2046
check "a program with the static library" gcc -std=c17 -I"$root/usr/include" "$folder/user.c" \
    "$root/usr/lib/libdekking.a" $(pkg-config --libs libxxhash libutf8proc) -lcsv -lm -pthread -o "$folder/static"
actual=$("$folder/static")
check "its output" test "$actual" = "$expected"

# Only the public interface shows.
symbols() { nm -D --defined-only "$1" | awk '{ print $3 }'; }
hidden=$(symbols "$root/usr/lib/libdekking.so" | grep -v '^dk_' || true)
check "symbols of libdekking.so that are not public: $hidden" test -z "$hidden"
check "public symbols of libdekking.so" sh -c "nm -D --defined-only '$root/usr/lib/libdekking.so' | grep -q ' dk_table_new'"
shown=$(symbols "$root/usr/lib/lua/5.4/dekking.so")
check "symbols of dekking.so: $shown" test "$shown" = luaopen_dekking
check "dekking.so brings no Lua" sh -c "! nm -D '$root/usr/lib/lua/5.4/dekking.so' | grep -q ' T lua_newstate'"
check "dekking.so links no Lua" sh -c "! readelf -d '$root/usr/lib/lua/5.4/dekking.so' | grep -q 'liblua'"

LUA_CPATH="$root/usr/lib/lua/5.4/?.so"
export LUA_CPATH
check "require in stock Lua" lua5.4 -e 'local dk = require "dekking"; assert(dk.version)'
check "the program elsewhere" sh -c "cd / && '$root/usr/bin/dekking' -e 'assert(dk.table and dk.publication)'"

check "make uninstall" make --no-print-directory BUILD="$build" DESTDIR="$root" PREFIX=/usr uninstall
left=$(find "$root" -type f -o -type l)
check "left after uninstall: $left" test -z "$left"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
