#!/bin/sh
# build.sh - what make says and does besides building: its list of targets, what is missing, packing.
#
# usage: tests/build.sh
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/count.sh
# What is run here are makes of their own.
unset MAKEFLAGS MFLAGS MAKELEVEL

# Every target that a user may name is in the list, with a word about it.
make help >"$folder/help"
targets=$(sed -n '/^\.PHONY:/,/[^\\]$/p' Makefile | sed 's/^\.PHONY://; s/\\$//')
n=0
for target in $targets; do
    n=$((n + 1))
    check "make help names $target" grep -Eq "^$target +[a-z]" "$folder/help"
done
check "there are targets" test "$n" -ge 18
same "make help names nothing else" "$n" "$(wc -l <"$folder/help" | tr -d ' ')"

# The user's flags reach every compilation and every link, after ours.
make -n BUILD="$folder/dry" CC=compiler CFLAGS=-DMARK LDFLAGS=-LMARK all unit-programs >"$folder/dry.log" 2>&1
lines=$(grep -c '^compiler ' "$folder/dry.log")
check "a dry run compiles and links" test "$lines" -gt 100
same "compilations without CFLAGS" "" "$(grep '^compiler ' "$folder/dry.log" | grep -v -e ' -DMARK ')"
same "links without LDFLAGS" "" "$(sed -e :a -e '/\\$/N; s/\\\n//; ta' "$folder/dry.log" | grep '^compiler ' |
    grep -v -e ' -c ' | grep -v -e ' -LMARK ')"
same "ours come before" "" "$(grep '^compiler ' "$folder/dry.log" | grep -e ' -DMARK .*-Wall')"

# What the build needs and is not there, by name. The second list of packages has one that nobody has.
mkdir -p "$folder/scripts"
cp scripts/needs.sh scripts/deps.sh "$folder/scripts"
printf 'build  gcc\nbuild  libc6-dev  stdio.h\nbuild  libnone-dev  none/none.h\ntest  none-tests  none_tests.h\n' \
    >"$folder/scripts/packages.txt"
# The words that pkg-config prints are flags.
# shellcheck disable=SC2046
check "all is there" scripts/needs.sh build $(pkg-config --cflags lua5.4)
said=$("$folder/scripts/needs.sh" build 2>&1)
same "a header that is missing" 1 $?
has "a header that is missing" "none/none.h (Debian: libnone-dev)" "$said"
has "a header that is missing" "apt-get install libnone-dev" "$said"
check "only what is missing is named" test "${said#*stdio.h}" = "$said"
check "only what the purpose needs is named" test "${said#*none_tests.h}" = "$said"
has "an interpreter that is missing" "the interpreter luanone (Debian: lua5.4)" \
    "$(LUA=luanone scripts/needs.sh build 2>&1)"
has "a compiler that is missing" "the compiler ccnone (Debian: gcc)" "$(CC=ccnone scripts/needs.sh build 2>&1)"
has "a library that is missing" "/none/liblua5.4.a (Debian: liblua5.4-dev)" \
    "$(LIBRARIES=/none/liblua5.4.a scripts/needs.sh build 2>&1)"

# A machine without pkg-config: make says so, and compiles nothing.
mkdir "$folder/bin"
for tool in sh make sed mkdir touch dirname awk echo nproc; do
    ln -s "$(command -v "$tool")" "$folder/bin/$tool"
done
said=$(PATH=$folder/bin make BUILD="$folder/out" 2>&1)
check "make without pkg-config" test $? -ne 0
has "make without pkg-config" "pkg-config (Debian: pkg-config)" "$said"
check "make without pkg-config compiles nothing" test "${said#*CC  }" = "$said"

# Packages that are missing are named where they cannot be installed.
as_other=
[ "$(id -u)" != 0 ] || as_other="setpriv --reuid=65534 --regid=65534 --clear-groups"
chmod 755 "$folder" "$folder/scripts"
# A sudo that refuses, before any that there is.
printf '#!/bin/sh\nexit 1\n' >"$folder/bin/sudo"
chmod 755 "$folder/bin/sudo"
said=$(PATH=$folder/bin:$PATH $as_other "$folder/scripts/deps.sh" </dev/null 2>&1)
same "make deps without root" 1 $?
has "make deps without root" "which are not installed: libnone-dev none-tests" "$said"
has "make deps without root" "apt-get install libnone-dev none-tests" "$said"
said=$(PATH=$folder/bin:$PATH $as_other "$folder/scripts/deps.sh" build </dev/null 2>&1)
check "packages for one purpose" test "${said#*none-tests}" = "$said"
printf 'build  libc6\n' >"$folder/scripts/packages.txt"
same "nothing is missing" "" "$($as_other "$folder/scripts/deps.sh" 2>&1)"

# What dist packs unpacks, builds from nothing, and says what it is.
if git rev-parse --verify -q HEAD >/dev/null 2>&1; then
    check "make dist" make --no-print-directory dist
    version=$(sed -n 's/^.define DK_VERSION "\(.*\)"/\1/p' include/dekking/api.h)
    check "what dist packed" tar -xzf "dist/dekking-$version.tar.gz" -C "$folder"
    check "building it" make -C "$folder/dekking-$version" -j"$(nproc)" CFLAGS=-O0 all data
    has "its program" "dekking $version" "$("$folder/dekking-$version/build/dekking" --version 2>&1)"
    said=$(make -C "$folder/dekking-$version" dist GIT_DIR=/none 2>&1)
    check "make dist where there is no clone" test $? -ne 0
    has "make dist where there is no clone" "this is no clone" "$said"
fi

finish
