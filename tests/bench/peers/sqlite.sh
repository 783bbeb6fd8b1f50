#!/bin/sh
# sqlite.sh - SQLite: the file imported into a table in memory, texts as it has them. Whole process; runs once.
#
# usage: sqlite.sh found FILE RUNS
exec sqlite3 :memory: <<SQL
.mode csv
.separator ;
.import '$2' p
.separator ' '
select count(*), sum(in_sonar = '1'), sum(opleiding = ''), sum(nullif(uren, '')), count(distinct gemeente) from p;
SQL
