#!/bin/sh
# setup.sh - installs the peers of the benchmarks: Debian packages, and npm packages in a folder of their own.
#
# usage: tests/bench/setup.sh FOLDER
#
# A peer that cannot be installed is named; the benchmarks then run without it.
set -u
folder=$1
here=$(cd "$(dirname "$0")" && pwd)

missing=
need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need node nodejs
need npm npm
need mlr miller
need sqlite3 sqlite3
need Rscript r-base-core
[ -d /usr/lib/R/site-library/data.table ] || missing="$missing r-cran-data.table"

if [ -n "$missing" ]; then
    echo "installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    for package in $missing; do
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
            echo "peer not installed: $package" >&2
    done
fi

mkdir -p "$folder"
if ! cmp -s "$here/package.json" "$folder/package.json" || [ ! -d "$folder/node_modules" ]; then
    cp "$here/package.json" "$folder/package.json"
    (cd "$folder" && npm install --no-audit --no-fund --no-package-lock --loglevel=error) ||
        echo "peers not installed: DuckDB, ClickHouse (chdb), Polars, all from npm" >&2
fi
exit 0
