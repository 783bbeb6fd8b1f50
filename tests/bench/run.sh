#!/bin/sh
# run.sh - times dekking beside a peer, command by command in turn, and prints medians and their ratio.
#
# usage: tests/bench/run.sh BUILD [RUNS]
#
# Figures are of whole processes, in milliseconds. They are no tests: nothing fails when something is slow. The
# data is synthetic: the persons of tests/bench/persons.lua.
set -eu
cd "$(dirname "$0")/../.."
build=$1
runs=${2:-9}
work=$build/bench
rows=${ROWS:-1000000}
mkdir -p "$work"

now() { date +%s%N; }

# time_once COMMAND: milliseconds with three decimals
time_once() {
    start=$(now)
    sh -c "$1" >/dev/null
    end=$(now)
    echo "$start $end" | awk '{ printf "%.3f\n", ($2 - $1) / 1e6 }'
}

median() { sort -n | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

# pair NAME PEER OURS THEIRS: both in turn, after one run of each that is not counted
pair() {
    time_once "$3" >/dev/null
    time_once "$4" >/dev/null
    : >"$work/ours"
    : >"$work/theirs"
    i=0
    while [ "$i" -lt "$runs" ]; do
        time_once "$3" >>"$work/ours"
        time_once "$4" >>"$work/theirs"
        i=$((i + 1))
    done
    ours=$(median <"$work/ours")
    theirs=$(median <"$work/theirs")
    echo "$1|$2|$ours|$theirs" |
        awk -F'|' '{ printf "%-42s %10.1f %10.1f  %-10s %8.2f\n", $1, $3, $4, $2, $4 / $3 }'
}

data=$work/persons-$rows.csv
[ -f "$data" ] || lua5.4 tests/bench/persons.lua "$rows" >"$data"

printf '%-42s %10s %10s  %-10s %8s\n' "medians of $runs runs, ms" dekking peer "" "peer/dekking"
pair "start: -e ''" lua5.4 "$build/dekking -e ''" "lua5.4 -e ''"

cat >"$work/group.lua" <<LUA
local t = dk.read("$data", { types = { pseudoniem = "text" } })
io.write(dk.breakdown { by = { "arbeidsmarktregio", "doelgroep" },
  measures = { "n = count()", "known = count() where in_sonar == 1", "hours = sum(uren)" } }(t):text { format = "csv" })
LUA
cat >"$work/group.sql" <<SQL
.mode csv
.separator ;
.import $data p
.separator ,
select arbeidsmarktregio, doelgroep, count(*), sum(in_sonar = '1'), sum(nullif(uren, '')) from p group by 1, 2 order by 1, 2;
SQL
$build/dekking "$work/group.lua" | tail -n +2 | tr -d '"' >"$work/ours.csv"
sqlite3 :memory: <"$work/group.sql" | tr -d '"\r' >"$work/theirs.csv"
if ! cmp -s "$work/ours.csv" "$work/theirs.csv"; then
    echo "the answers differ:" >&2
    diff "$work/ours.csv" "$work/theirs.csv" | head >&2
    exit 1
fi
[ "$runs" -le 3 ] || runs=3
pair "read $rows rows, group by two, three measures" sqlite3 "$build/dekking $work/group.lua" \
    "sqlite3 :memory: <$work/group.sql"
