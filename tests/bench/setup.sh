#!/bin/sh
# setup.sh - installs the peers of the benchmarks.
#
# usage: tests/bench/setup.sh FOLDER
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../peers.sh" "$1" "$here/package.json" node=nodejs npm=npm mlr=miller sqlite3=sqlite3 \
    Rscript=r-base-core /usr/lib/R/site-library/data.table=r-cran-data.table
