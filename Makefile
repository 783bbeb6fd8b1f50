# dekking - build, test, install. `make help` lists the targets.
#
# CFLAGS, LDFLAGS, PREFIX and DESTDIR are yours; what the project itself needs stands in DK_CFLAGS. V=1 shows commands.
# A variant (sanitizers, valgrind) is the same targets with other flags, in a build folder of its own. Targets that call
# make again use every processor, unless -j says how many.

BUILD  ?= build
PREFIX ?= /usr/local
CC     ?= cc
AR     ?= ar
LUA    ?= lua5.4
CFLAGS ?= -O2 -g
Q      := $(if $(V),,@)
AGAIN   = $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

VERSION   := $(shell sed -n 's/^.define DK_VERSION "\(.*\)"/\1/p' include/dekking/api.h)
SOVERSION := $(firstword $(subst ., ,$(VERSION)))

# Packages by the names pkg-config knows; libcsv has no .pc file.
CORE_PC  := libxxhash libutf8proc
LUA_PC   := lua5.4
CLI_PC   := libedit
# What dekking can do without: its header is looked for, the library is opened when first used. HAVE_ZSTD=, HAVE_PCRE2=, HAVE_CLP=
# and HAVE_CBC= build without.
HAVE_ZSTD ?= $(shell pkg-config --exists libzstd 2>/dev/null && echo yes)
HAVE_PCRE2 ?= $(shell pkg-config --exists libpcre2-8 2>/dev/null && echo yes)
HAVE_CLP ?= $(shell pkg-config --exists clp 2>/dev/null && echo yes)
HAVE_CBC ?= $(shell pkg-config --exists cbc 2>/dev/null && echo yes)
CORE_INC := $(if $(HAVE_ZSTD),-DDK_HAVE_ZSTD) $(if $(HAVE_PCRE2),-DDK_HAVE_PCRE2) $(if $(HAVE_CLP),-DDK_HAVE_CLP) \
            $(if $(HAVE_CBC),-DDK_HAVE_CBC) $(shell pkg-config --cflags $(CORE_PC) 2>/dev/null)
CORE_LIB := $(shell pkg-config --libs $(CORE_PC) 2>/dev/null) -lcsv -lm -ldl -pthread
LUA_INC  := $(shell pkg-config --cflags $(LUA_PC) 2>/dev/null)
LUA_A    := $(shell pkg-config --variable=libdir $(LUA_PC) 2>/dev/null)/liblua5.4.a
CLI_INC  := $(shell pkg-config --cflags $(CLI_PC) 2>/dev/null)
TEST_LIB := $(shell pkg-config --libs cmocka sqlite3 libzip zlib $(if $(HAVE_ZSTD),libzstd) 2>/dev/null)

# No fused multiply-add behind our back: the same bits on every machine.
DK_CFLAGS := -std=c17 -D_GNU_SOURCE -Iinclude -Iengine -fPIC -fvisibility=hidden -pthread -ffp-contract=off \
             -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
             -Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wnull-dereference -Wdouble-promotion

# The tree is the list: a new file is built, and a new test runs, without an edit here. Layers in the order of
# docs/architecture.md; the core is all but the last two, and knows nothing of Lua.
LAYERS   ?= base data snapshot read expr rows join measure query scenario whatif protect write remote
CORE_SRC := $(foreach layer,$(LAYERS),$(sort $(wildcard engine/$(layer)/*.c)))
LUA_SRC  := $(sort $(wildcard engine/lua/*.c))
CLI_SRC  := $(sort $(wildcard engine/cli/*.c))
# help() knows the functions of expressions by the tables of these pages.
LUA_LIB  := $(sort $(wildcard scripts/dekking/*.lua scripts/library/*.lua)) \
            $(addprefix docs/,expressions.md intervals.md sets.md windows.md)
UNIT     ?= $(sort $(wildcard tests/unit/test_*.c))

CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o)
LUA_OBJ  := $(LUA_SRC:%.c=$(BUILD)/%.o) $(BUILD)/library_data.o
CLI_OBJ  := $(CLI_SRC:%.c=$(BUILD)/%.o)
TESTS    := $(UNIT:%.c=$(BUILD)/%)
LUA_TEST := $(filter $(BUILD)/tests/unit/test_lua_%,$(TESTS))

ARCHIVE  := $(BUILD)/libdekking.a
SHARED   := $(BUILD)/libdekking.so.$(VERSION)
PROGRAM  := $(BUILD)/dekking
MODULE   := $(BUILD)/dekking.so

.DEFAULT_GOAL := all
.PHONY: all module install-module deps build-deps data demo test check unit unit-programs asan tsan cross valgrind bench fuzz lint style docs \
        manual install uninstall dist clean help

all: $(ARCHIVE) $(SHARED) $(BUILD)/dekking.pc $(PROGRAM) $(MODULE) ## build the library, the program and the Lua module

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(CC) $(DK_CFLAGS) $(INCLUDES) $(CFLAGS) -MMD -MP -c $< -o $@

# What is not there is named, before the compiler stumbles over it.
$(BUILD)/needs-%: scripts/packages.txt scripts/needs.sh
	@mkdir -p $(@D)
	$(Q)CC="$(CC)" LUA="$(LUA)" LIBRARIES="$(LUA_A)" scripts/needs.sh $* $(CORE_INC) $(LUA_INC) $(CLI_INC)
	@touch $@

$(CORE_OBJ) $(LUA_OBJ) $(CLI_OBJ) $(BUILD)/library_data.c: | $(BUILD)/needs-build
$(TESTS): | $(BUILD)/needs-test
$(CORE_OBJ): INCLUDES := $(CORE_INC)
$(LUA_OBJ): INCLUDES := $(LUA_INC)
$(CLI_OBJ): INCLUDES := $(LUA_INC) $(CLI_INC)

$(ARCHIVE): $(CORE_OBJ)
	@mkdir -p $(@D); echo "  AR   $@"; rm -f $@
	$(Q)$(AR) rcs $@ $^

$(TESTS): $(BUILD)/%: %.c $(ARCHIVE) Makefile
	@mkdir -p $(@D); echo "  LD   $@"
	$(Q)$(CC) $(DK_CFLAGS) -Itests/unit $(INCLUDES) $(CFLAGS) -MMD -MP -MF $@.d $< $(BINDINGS) $(ARCHIVE) \
	        $(LDFLAGS) $(CORE_LIB) $(TEST_LIB) -o $@

# Tests of the bindings bring a Lua of their own.
$(TESTS): INCLUDES := $(CORE_INC)
$(LUA_TEST): INCLUDES := $(CORE_INC) $(LUA_INC)
$(LUA_TEST): BINDINGS = $(LUA_OBJ) $(LUA_A)
$(LUA_TEST): $(LUA_OBJ)
$(BUILD)/tests/unit/test_blocks: BINDINGS = $(BUILD)/engine/cli/blocks.o
$(BUILD)/tests/unit/test_blocks: $(BUILD)/engine/cli/blocks.o
ALLOCATE_OBJ := $(patsubst %,$(BUILD)/engine/cli/%.o,allocate blocks)
$(BUILD)/tests/unit/test_lua_allocate: BINDINGS = $(ALLOCATE_OBJ) $(LUA_A) -Wl,--wrap=luaM_realloc_
$(BUILD)/tests/unit/test_lua_allocate: $(ALLOCATE_OBJ)

# The program and the module. ---------------------------------------------------------------------------------------

$(BUILD)/library_data.c: $(LUA_LIB) scripts/embed.lua
	@mkdir -p $(@D); echo "  GEN  $@"
	$(Q)$(LUA) scripts/embed.lua $(LUA_LIB) >$@.new && mv $@.new $@

$(BUILD)/library_data.o: $(BUILD)/library_data.c Makefile
	@echo "  CC   $<"
	$(Q)$(CC) $(DK_CFLAGS) $(LUA_INC) $(CFLAGS) -MMD -MP -c $< -o $@

# Lua stands in the program once, with every symbol visible, so that C modules of others load into it. Where it runs a hook, raises an
# error or wants memory, the program takes part (engine/cli/interrupt.c and allocate.c).
WRAPPED := luaD_hook luaD_throw luaC_fullgc luaC_step luaM_realloc_
$(PROGRAM): $(CLI_OBJ) $(LUA_OBJ) $(ARCHIVE)
	@echo "  LD   $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(CLI_OBJ) $(LUA_OBJ) $(ARCHIVE) -Wl,--exclude-libs,libdekking.a \
	        -Wl,--whole-archive $(LUA_A) -Wl,--no-whole-archive $(WRAPPED:%=-Wl,--wrap=%) -Wl,-E $(CORE_LIB) -o $@

# The module brings no Lua of its own, shows nothing but luaopen_dekking, and stays loaded, as the library does, when a state
# closes while threads live: the pool's, or one that puts a workbook together which nobody waits for.
$(MODULE): $(LUA_OBJ) $(ARCHIVE)
	@echo "  LD   $@"
	$(Q)$(CC) -shared $(CFLAGS) $(LDFLAGS) $(LUA_OBJ) $(ARCHIVE) -Wl,--exclude-libs,ALL -Wl,-z,nodelete \
	        $(CORE_LIB) -o $@

$(SHARED): $(CORE_OBJ)
	@echo "  LD   $@"
	$(Q)$(CC) -shared $(CFLAGS) $(LDFLAGS) -Wl,-soname,libdekking.so.$(SOVERSION) -Wl,-z,nodelete $^ $(CORE_LIB) -o $@
	$(Q)ln -sf $(notdir $@) $(BUILD)/libdekking.so.$(SOVERSION)
	$(Q)ln -sf $(notdir $@) $(BUILD)/libdekking.so

$(BUILD)/dekking.pc: Makefile include/dekking/api.h
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' 'includedir=$${prefix}/include' '' \
	        'Name: dekking' 'Description: Analysis engine for register coverage' 'Version: $(VERSION)' \
	        'Requires.private: $(CORE_PC)' 'Libs: -L$${libdir} -ldekking' 'Libs.private: -lcsv -lm -ldl -pthread' \
	        'Cflags: -I$${includedir}' >$@

# What a user does. ---------------------------------------------------------------------------------------------------

deps: ## install the Debian packages that are missing (scripts/packages.txt)
	$(Q)scripts/deps.sh

build-deps: ## install those that building takes, without those of the tests
	$(Q)scripts/deps.sh build

# Recipes that need the packages call make anew: what pkg-config says is read when the Makefile is.
data: $(BUILD)/data/register.csv ## make the synthetic register and Sonar extract in build/data
$(BUILD)/data/register.csv: scripts/data/synthetic.lua scripts/data/midden-gelderland.txt
	@mkdir -p $(@D); echo "  DATA $(@D)"
	$(Q)$(LUA) scripts/data/synthetic.lua $(@D)

demo: build-deps ## install what is missing, build, and answer the first questions on the published table
	$(Q)$(AGAIN) all data
	$(Q)DEKKING_BUILD=$(BUILD) $(PROGRAM) scripts/demo.lua

# Tests. --------------------------------------------------------------------------------------------------------------

RUN_TESTS = $(LUA) tests/run.lua --build $(BUILD)
unit: $(TESTS) ## run the C tests alone
	$(Q)for test in $(TESTS); do echo "== $$test"; $$test || exit 1; done

check: all data $(TESTS) ## build and run the tests
	$(Q)$(RUN_TESTS)

test: deps ## install what is missing, build, and run every test, also under sanitizers and valgrind
	$(Q)$(AGAIN) CFLAGS="$(CFLAGS) -Werror" all data unit-programs
	$(Q)$(AGAIN) BUILD=build/asan CFLAGS="$(ASAN_CFLAGS)" LDFLAGS="$(ASAN_FLAGS)" all data unit-programs
	$(Q)tests/cross/setup.sh $(CROSS)
	$(Q)$(RUN_TESTS) --also build/asan --valgrind --style --cross $(CROSS)

unit-programs: $(TESTS) ## build the C tests

export LSAN_OPTIONS ?= suppressions=$(CURDIR)/tests/leaks.lsan:print_suppressions=0
ASAN_FLAGS  := -fsanitize=address,undefined -fno-sanitize-recover=all
ASAN_CFLAGS := -O1 -g1 -fno-omit-frame-pointer $(ASAN_FLAGS)
asan: ## the tests under the address, undefined-behaviour and leak sanitizers
	$(Q)$(AGAIN) BUILD=build/asan CFLAGS="$(ASAN_CFLAGS)" LDFLAGS="$(ASAN_FLAGS)" check

tsan: ## the C tests under the thread sanitizer
	$(Q)$(AGAIN) BUILD=build/tsan CFLAGS="-O1 -g -fsanitize=thread" \
	        LDFLAGS="-fsanitize=thread" unit

# Who answers the same questions in the tests; what cannot be installed is named and left out.
CROSS ?= build/cross
cross: all ## random questions beside DuckDB, and public data beside R
	$(Q)tests/cross/setup.sh $(CROSS)
	$(Q)$(RUN_TESTS) --cross $(CROSS) cross

valgrind: all data unit-programs ## the tests under valgrind
	$(Q)$(RUN_TESTS) --valgrind valgrind

LINT_FLAGS = $(DK_CFLAGS) -Itests/unit -Itests $(CORE_INC) $(LUA_INC) $(CLI_INC)
lint: ## warnings of gcc and clang as errors, and luacheck, over the whole tree
	$(Q)$(AGAIN) BUILD=build/lint CFLAGS="-O2 -Werror" all unit-programs style

style: $(BUILD)/needs-build $(BUILD)/needs-test ## the part of lint that builds nothing
	$(Q)tests/lint.sh $(LINT_FLAGS)

# The benchmarks: SUITES=read ROWS=1000000 RUNS=3 narrow them. Peers that cannot be installed are named and left out.
BENCH  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))
SUITES ?=
bench: all $(BENCH) ## time dekking beside its peers, on generated data
	$(Q)tests/bench/setup.sh $(BUILD)/bench/peers
	$(Q)$(LUA) tests/bench/run.lua $(BUILD) $(SUITES)
$(BENCH): $(BUILD)/%: %.c Makefile
	@mkdir -p $(@D); echo "  LD   $@"
	$(Q)$(CC) $(DK_CFLAGS) $(INCLUDES) $(CFLAGS) $< $(BINDINGS) $(LDFLAGS) -lcsv $(LIBRARIES) -o $@
$(BUILD)/tests/bench/calls: INCLUDES := $(LUA_INC)
$(BUILD)/tests/bench/calls: BINDINGS = $(CALLS_OBJ) $(LUA_OBJ) $(ARCHIVE) $(LUA_A)
$(BUILD)/tests/bench/calls: LIBRARIES = $(CORE_LIB)
$(BUILD)/tests/bench/calls: CALLS_OBJ := $(BUILD)/engine/cli/blocks.o
$(BUILD)/tests/bench/calls: $(LUA_OBJ) $(ARCHIVE) $(BUILD)/engine/cli/blocks.o

# Fuzzing takes clang. SECONDS=60 says how long each program runs.
SECONDS ?= 20
FUZZ    := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz: ## run the fuzzers for SECONDS each
	$(Q)$(AGAIN) CC=clang BUILD=build/fuzz \
	        CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" \
	        LDFLAGS="-fsanitize=fuzzer,address,undefined" $(FUZZ)
	$(Q)tests/fuzz/run.sh $(SECONDS) $(FUZZ)
build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(ARCHIVE)
	@echo "  LD   $@"
	$(Q)$(CC) $(DK_CFLAGS) -Itests $(CORE_INC) $(CFLAGS) $< $(ARCHIVE) $(LDFLAGS) $(CORE_LIB) -o $@

docs: all data ## run every code block of README and docs, and show what differs
	$(Q)$(RUN_TESTS) docs

manual: ## write docs/manual.md and docs/dekking.1 from the annotations in scripts/library
	$(Q)$(LUA) scripts/manual.lua markdown >docs/manual.md.new && mv docs/manual.md.new docs/manual.md
	$(Q)$(LUA) scripts/manual.lua man >docs/dekking.1.new && mv docs/dekking.1.new docs/dekking.1

# Installing. ---------------------------------------------------------------------------------------------------------

bindir     = $(DESTDIR)$(PREFIX)/bin
libdir     = $(DESTDIR)$(PREFIX)/lib
pcdir      = $(libdir)/pkgconfig
includedir = $(DESTDIR)$(PREFIX)/include/dekking
docdir     = $(DESTDIR)$(PREFIX)/share/doc/dekking
moddir     = $(DESTDIR)$(PREFIX)/lib/lua/5.4
mandir     = $(DESTDIR)$(PREFIX)/share/man/man1
stubdir    = $(DESTDIR)$(PREFIX)/share/dekking/library
HEADERS   := $(wildcard include/dekking/*.h)
PAGES     := README.md LICENSE CHANGELOG.md $(wildcard docs/*.md)
STUBS     := $(wildcard scripts/library/*.lua)

install: all ## install under PREFIX (/usr/local), below DESTDIR
	install -d $(bindir) $(libdir) $(pcdir) $(includedir) $(moddir) $(docdir) $(mandir) $(stubdir)
	install -m 755 $(PROGRAM) $(bindir)/dekking
	install -m 755 $(MODULE) $(moddir)/dekking.so
	install -m 644 $(ARCHIVE) $(libdir)/libdekking.a
	install -m 755 $(SHARED) $(libdir)/libdekking.so.$(VERSION)
	ln -sf libdekking.so.$(VERSION) $(libdir)/libdekking.so.$(SOVERSION)
	ln -sf libdekking.so.$(SOVERSION) $(libdir)/libdekking.so
	sed 's|^prefix=.*|prefix=$(PREFIX)|' $(BUILD)/dekking.pc >$(pcdir)/dekking.pc
	chmod 644 $(pcdir)/dekking.pc
	install -m 644 $(HEADERS) $(includedir)
	install -m 644 $(PAGES) $(docdir)
	install -m 644 docs/dekking.1 $(mandir)/dekking.1
	install -m 644 $(STUBS) $(stubdir)

module: $(MODULE) ## build the Lua module alone

install-module: module ## install the Lua module alone, into moddir
	install -d $(moddir)
	install -m 755 $(MODULE) $(moddir)/dekking.so

# Folders that only dekking uses go too, where nothing else is in them.
uninstall: ## take away what install put there
	rm -f $(bindir)/dekking $(moddir)/dekking.so $(pcdir)/dekking.pc $(libdir)/libdekking.a $(libdir)/libdekking.so \
	        $(libdir)/libdekking.so.$(SOVERSION) $(libdir)/libdekking.so.$(VERSION) \
	        $(addprefix $(includedir)/,$(notdir $(HEADERS))) $(addprefix $(docdir)/,$(notdir $(PAGES))) \
        $(mandir)/dekking.1 $(addprefix $(stubdir)/,$(notdir $(STUBS)))
	-rmdir $(includedir) $(docdir) $(stubdir) $(DESTDIR)$(PREFIX)/share/dekking

dist: ## pack the committed tree as dist/dekking-VERSION.tar.gz
	@git rev-parse --verify -q HEAD >/dev/null || { echo "make dist packs what git has: this is no clone" >&2; exit 1; }
	@mkdir -p dist
	git archive --prefix=dekking-$(VERSION)/ -o dist/dekking-$(VERSION).tar.gz HEAD

clean: ## remove what was built
	rm -rf build dist

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' Makefile | expand -t 15

-include $(CORE_OBJ:.o=.d) $(LUA_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TESTS:=.d)
