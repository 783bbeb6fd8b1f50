#!/bin/sh
# deps.sh - installs the Debian packages of packages.txt that are missing. Says their names where it cannot.
#
# usage: scripts/deps.sh [purpose ...]     purposes: build, test; all of them when none is named
set -eu

list=$(dirname "$0")/packages.txt
[ $# -gt 0 ] || set -- build test

missing=
for purpose in "$@"; do
    for package in $(awk -v purpose="$purpose" '$1 == purpose { print $2 }' "$list"); do
        if ! command -v dpkg-query >/dev/null 2>&1; then
            missing="$missing $package"
            continue
        fi
        state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

explain() {
    echo "dekking needs these Debian packages, which are not installed:$missing" >&2
    echo "$1" >&2
    echo "install them with: apt-get install$missing" >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 || explain "there is no apt-get here to install them with."
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root=sudo
elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
    as_root=sudo
else
    explain "installing them takes root or sudo."
fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The words of $missing are the packages.
# shellcheck disable=SC2086
if ! { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    explain "apt-get could not install them."
fi
