#!/bin/sh
# run.sh - runs each fuzzer for some seconds, from its corpus in the tree; what it finds stays in build/fuzz.
#
# usage: tests/fuzz/run.sh SECONDS PROGRAM ...
set -eu
cd "$(dirname "$0")/../.."
seconds=$1
shift
passed=0
for program in "$@"; do
    name=$(basename "$program")
    kind=${name#fuzz_}
    found=build/fuzz/corpus/$kind
    mkdir -p "$found"
    seeds=
    [ -d "tests/fuzz/corpus/$kind" ] && seeds=tests/fuzz/corpus/$kind
    echo "== $name"
    # The corpus of the tree is read only: what is found goes to the first folder.
    # shellcheck disable=SC2086
    "$program" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -timeout=10 -print_final_stats=0 \
        -verbosity=0 -artifact_prefix="build/fuzz/$kind-" "$found" $seeds
    passed=$((passed + 1))
done
echo "$passed passed, 0 failed"
