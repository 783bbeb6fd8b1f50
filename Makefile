# dekking - build, test, install. `make help` lists the targets.
#
# CFLAGS, LDFLAGS, PREFIX and DESTDIR are yours; what the project itself needs stands in DK_CFLAGS. V=1 shows commands.
# A variant (sanitizers, valgrind) is the same targets with other flags, in a build folder of its own.

BUILD  ?= build
PREFIX ?= /usr/local
CC     ?= cc
AR     ?= ar
LUA    ?= lua5.4
CFLAGS ?= -O2 -g
Q      := $(if $(V),,@)

VERSION   := $(shell sed -n 's/^.define DK_VERSION "\(.*\)"/\1/p' include/dekking/api.h)
SOVERSION := $(firstword $(subst ., ,$(VERSION)))

# Packages by the names pkg-config knows; libcsv has no .pc file.
CORE_PC  := libxxhash libutf8proc
LUA_PC   := lua5.4
CLI_PC   := libedit
CORE_INC := $(shell pkg-config --cflags $(CORE_PC) 2>/dev/null)
CORE_LIB := $(shell pkg-config --libs $(CORE_PC) 2>/dev/null) -lcsv -lm -pthread
LUA_INC  := $(shell pkg-config --cflags $(LUA_PC) 2>/dev/null)
LUA_A    := $(shell pkg-config --variable=libdir $(LUA_PC) 2>/dev/null)/liblua5.4.a
CLI_INC  := $(shell pkg-config --cflags $(CLI_PC) 2>/dev/null)
CLI_LIB  := $(shell pkg-config --libs $(CLI_PC) 2>/dev/null)
TEST_LIB := $(shell pkg-config --libs cmocka sqlite3 2>/dev/null)

# No fused multiply-add behind our back: the same bits on every machine.
DK_CFLAGS := -std=c17 -D_GNU_SOURCE -Iinclude -Iengine -fPIC -fvisibility=hidden -pthread -ffp-contract=off \
             -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
             -Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wnull-dereference -Wdouble-promotion

# The tree is the list: a new file is built, and a new test runs, without an edit here. Layers in the order of
# docs/architecture.md; the core is all but the last two, and knows nothing of Lua.
LAYERS   ?= base data read query scenario protect write remote
CORE_SRC := $(foreach layer,$(LAYERS),$(sort $(wildcard engine/$(layer)/*.c)))
LUA_SRC  := $(sort $(wildcard engine/lua/*.c))
CLI_SRC  := $(sort $(wildcard engine/cli/*.c))
LUA_LIB  := $(sort $(wildcard scripts/dekking/*.lua))
UNIT     ?= $(sort $(wildcard tests/unit/test_*.c))

CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o)
LUA_OBJ  := $(LUA_SRC:%.c=$(BUILD)/%.o) $(BUILD)/library.o
CLI_OBJ  := $(CLI_SRC:%.c=$(BUILD)/%.o)
TESTS    := $(UNIT:%.c=$(BUILD)/%)

ARCHIVE  := $(BUILD)/libdekking.a
SHARED   := $(BUILD)/libdekking.so.$(VERSION)
PROGRAM  := $(BUILD)/dekking
MODULE   := $(BUILD)/dekking.so

.DEFAULT_GOAL := all
.PHONY: all unit-programs unit

all: $(ARCHIVE) $(SHARED) $(BUILD)/dekking.pc $(PROGRAM) $(MODULE) ## build the library, the program and the Lua module

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D); echo "  CC   $<"
	$(Q)$(CC) $(DK_CFLAGS) $(INCLUDES) $(CFLAGS) -MMD -MP -c $< -o $@

$(CORE_OBJ): INCLUDES := $(CORE_INC)
$(LUA_OBJ): INCLUDES := $(LUA_INC)
$(CLI_OBJ): INCLUDES := $(LUA_INC) $(CLI_INC)

$(ARCHIVE): $(CORE_OBJ)
	@mkdir -p $(@D); echo "  AR   $@"; rm -f $@
	$(Q)$(AR) rcs $@ $^

$(TESTS): $(BUILD)/%: %.c $(ARCHIVE) Makefile
	@mkdir -p $(@D); echo "  LD   $@"
	$(Q)$(CC) $(DK_CFLAGS) -Itests/unit $(CORE_INC) $(CFLAGS) -MMD -MP -MF $@.d $< $(ARCHIVE) \
	        $(LDFLAGS) $(CORE_LIB) $(TEST_LIB) -o $@

unit-programs: $(TESTS)

unit: $(TESTS)
	$(Q)for test in $(TESTS); do echo "== $$test"; $$test || exit 1; done

-include $(CORE_OBJ:.o=.d) $(LUA_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TESTS:=.d)
