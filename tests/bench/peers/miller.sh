#!/bin/sh
# miller.sh - Miller: the same answer in one pass over the file, which it keeps nothing of. Whole process; runs once.
#
# usage: miller.sh found FILE RUNS
exec mlr --icsv --ifs ';' --onidx put -q '
  begin { @n = 0; @known = 0; @empty = 0; @hours = 0 }
  @n += 1; @known += $in_sonar; @places[$gemeente] = 1;
  if ($opleiding == "") { @empty += 1 }
  if ($uren != "") { @hours += $uren }
  end { emit1 {"a": @n, "b": @known, "c": @empty, "d": @hours, "e": length(@places)} }' "$2"
