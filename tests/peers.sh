#!/bin/sh
# peers.sh - installs programs of others that answer the same questions: Debian packages, and npm packages in a folder.
#
# usage: tests/peers.sh FOLDER PACKAGE_JSON [WHAT=PACKAGE ...]
#
# WHAT is a command, or a path that is there once the Debian package is installed. What cannot be installed is named on
# standard error; that is no failure, for tests and benchmarks go on without it and say so.
set -u
folder=$1
wanted=$2
shift 2

missing=
for pair in "$@"; do
    what=${pair%%=*}
    command -v "$what" >/dev/null 2>&1 || [ -e "$what" ] || missing="$missing ${pair#*=}"
done
if [ -n "$missing" ]; then
    echo "installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1
    for package in $missing; do
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
            echo "not installed: $package" >&2
    done
fi

mkdir -p "$folder"
if ! cmp -s "$wanted" "$folder/package.json" || [ ! -d "$folder/node_modules" ]; then
    cp "$wanted" "$folder/package.json"
    (cd "$folder" && npm install --no-audit --no-fund --no-package-lock --loglevel=error >/dev/null 2>&1) || {
        rm -f "$folder/package.json"
        echo "not installed: the npm packages of $wanted" >&2
    }
fi
exit 0
