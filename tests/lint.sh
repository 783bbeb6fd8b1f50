#!/bin/sh
# lint.sh - no warning of clang in any C file, headers that stand alone, no finding of luacheck or shellcheck.
#
# usage: tests/lint.sh FLAG ...     the compiler's flags (gcc's warnings show in a build: make lint)
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

# The benchmarks' peers and the fuzzers are built by their own targets, with these warnings.
find engine tests -name '*.c' ! -path 'tests/fuzz/*' -print0 |
    xargs -0 -P "$(nproc)" -n 8 clang "$@" -O2 -Werror -fsyntax-only || status=1

# Every header stands on its own.
FLAGS=$*
export FLAGS
# The words of FLAGS are flags; the shell that xargs starts takes it and the header apart.
# shellcheck disable=SC2016
find include engine tests -name '*.h' -print0 | xargs -0 -P "$(nproc)" -n 1 sh -c '
    printf "#include \"%s\"\nextern int nothing;\n" "$PWD/$1" | gcc $FLAGS -Werror -fsyntax-only -x c - || {
        echo "$1 does not stand alone"
        exit 1
    }' sh || status=1

luacheck -q --codes scripts tests || status=1
if command -v shellcheck >/dev/null 2>&1; then
    find scripts tests .ci -name '*.sh' -print0 -o -path '.ci/run' -print0 | xargs -0 shellcheck -S warning || status=1
fi
exit $status
