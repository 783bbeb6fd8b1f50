#!/bin/sh
# lint.sh - no warning of clang in any C file, nor of gcc for ARM64, headers that stand alone, no finding of luacheck
# or of shellcheck.
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

FLAGS=$*
export FLAGS

# The engine compiles for ARM64, where no path is wider than plain C. Headers of libraries are those of this machine.
arm64="-O0 -S -o /dev/null -idirafter /usr/include -idirafter /usr/include/$(gcc -print-multiarch)"
# shellcheck disable=SC2016
find engine -name '*.c' -print0 | ARM64=$arm64 xargs -0 -P "$(nproc)" -n 8 sh -c '
    for file; do
        aarch64-linux-gnu-gcc $FLAGS -Werror $ARM64 "$file" || exit 1
    done' sh
count $?

# Every header stands on its own.
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
