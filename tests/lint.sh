#!/bin/sh
# lint.sh - no warning from gcc or clang in any C file, no finding of luacheck in any Lua file.
set -u
cd "$(dirname "$0")/.." || exit 1

flags="-std=c17 -D_GNU_SOURCE -Iinclude -Iengine -Itests/unit -fPIC -fvisibility=hidden -pthread -O2 \
    -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
    -Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wdouble-promotion -Werror -fsyntax-only"
packages="$(pkg-config --cflags lua5.4 libedit libxxhash libutf8proc)"
pkg-config --exists libzstd && packages="$packages -DDK_HAVE_ZSTD"
status=0

for compiler in gcc clang; do
    # Words of flags and packages are arguments.
    # shellcheck disable=SC2086
    find engine tests -name '*.c' ! -path 'tests/fuzz/*' -print0 |
        xargs -0 -P 2 -n 8 "$compiler" $flags $packages || status=1
done

# Every header stands on its own.
for header in $(find include engine -name '*.h'); do
    # shellcheck disable=SC2086
    printf '#include "%s"\nextern int nothing;\n' "$PWD/$header" | gcc $flags $packages -x c - ||
        { echo "$header does not stand alone"; status=1; }
done

luacheck -q --codes scripts tests || status=1
exit $status
