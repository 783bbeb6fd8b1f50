#!/bin/sh
# needs.sh - looks whether what the build needs is there, and names what is not, with the package that brings it.
#
# usage: scripts/needs.sh PURPOSE [FLAG ...]     the compiler's flags, as pkg-config gave them
#
# CC and LUA are the compiler and the interpreter, LIBRARIES the files of libraries. What is needed for a purpose (build,
# test) stands in packages.txt.
set -u

list=$(dirname "$0")/packages.txt
purpose=$1
shift
CC=${CC:-cc}
missing=
packages=

lacks() { # what, package
    missing="$missing
  $1 (Debian: $2)"
    case " $packages " in *" $2 "*) ;; *) packages="$packages $2" ;; esac
}

# The words of CC are the compiler and its flags.
# shellcheck disable=SC2086
has_header() { # header, flag ...
    header_=$1
    shift
    echo "#include <$header_>" | $CC "$@" -E -x c - >/dev/null 2>&1
}

if ! command -v pkg-config >/dev/null 2>&1; then
    lacks pkg-config pkg-config # without it no flags are known, so nothing can be said about the rest
elif ! command -v "${CC%% *}" >/dev/null 2>&1; then
    lacks "the compiler $CC" gcc
else
    command -v "${LUA:-lua5.4}" >/dev/null 2>&1 || lacks "the interpreter ${LUA:-lua5.4}" lua5.4
    for file in ${LIBRARIES:-}; do
        [ -e "$file" ] || lacks "$file" liblua5.4-dev
    done
    while read -r for_what package header; do
        [ "$for_what" = "$purpose" ] && [ -n "$header" ] || continue
        has_header "$header" "$@" || lacks "$header" "$package"
    done <"$list"
fi
[ -n "$missing" ] || exit 0

echo "dekking needs for its $purpose what is not here:$missing" >&2
echo "\`make deps\` installs it, or: apt-get install$packages" >&2
exit 1
