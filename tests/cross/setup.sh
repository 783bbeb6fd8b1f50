#!/bin/sh
# setup.sh - installs what the tests ask the same questions: DuckDB, and R with packages that answer or whose data they read.
#
# usage: tests/cross/setup.sh FOLDER
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../peers.sh" "$1" "$here/package.json" node=nodejs npm=npm Rscript=r-base-core \
    /usr/lib/R/site-library/survey=r-cran-survey /usr/lib/R/site-library/carData=r-cran-cardata \
    /usr/lib/R/site-library/dplyr=r-cran-dplyr /usr/lib/R/site-library/tidyr=r-cran-tidyr \
    /usr/lib/R/site-library/data.table=r-cran-data.table
