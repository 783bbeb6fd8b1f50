#!/bin/sh
# lint.sh - no warning of clang in any C file, headers that stand alone, no finding of luacheck or shellcheck.
#
# usage: tests/lint.sh FLAG ...     the compiler's flags (gcc's warnings show in a build: make lint)
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0
failed=0
count() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }

# The benchmarks' peers and the fuzzers are built by their own targets, with these warnings.
find engine tests -name '*.c' ! -path 'tests/fuzz/*' -print0 |
    xargs -0 -P "$(nproc)" -n 8 clang "$@" -O2 -Werror -fsyntax-only
count $?

# Every header stands on its own.
FLAGS=$*
export FLAGS
# The words of FLAGS are flags; the shell that xargs starts takes it and the header apart.
# shellcheck disable=SC2016
find include engine tests -name '*.h' -print0 | xargs -0 -P "$(nproc)" -n 1 sh -c '
    printf "#include \"%s\"\nextern int nothing;\n" "$PWD/$1" | gcc $FLAGS -Werror -fsyntax-only -x c - || {
        echo "$1 does not stand alone"
        exit 1
    }' sh
count $?

luacheck -q --codes --no-color scripts tests
count $?
if command -v shellcheck >/dev/null 2>&1; then
    find scripts tests .ci -name '*.sh' -print0 -o -path '.ci/run' -print0 | xargs -0 shellcheck -S warning
    count $?
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
