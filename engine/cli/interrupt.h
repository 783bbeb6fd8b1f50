/* interrupt.h - Ctrl-C stops what runs, and nothing else. */
#ifndef DKC_CLI_INTERRUPT_H
#define DKC_CLI_INTERRUPT_H

#include <dekking/context.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* From here until dkc_interrupt_end, SIGINT stops the Lua code that runs in L and the engine's work on context,
 * by raising an error there, which can be caught; `handler`, the message handler of the call, runs to its end. One more ends
 * the program, for what cannot be stopped otherwise. */
void dkc_interrupt_begin(lua_State *L, dk_context *context, lua_CFunction handler);
void dkc_interrupt_end(lua_State *L);
/* Whether SIGINT came during the last call. */
bool dkc_interrupted(void);
/* From here on the error passes through protected calls, and n SIGINTs in one call are answered before the next one ends the
 * program. */
void dkc_interrupt_insist(int n);
/* Whether that error is on its way. */
bool dkc_interrupt_is_raised(void);
/* Whether the error that the running function, a protected call, has caught must be raised again: where somebody insists, and
 * where it is the library that made the call. */
bool dkc_interrupt_passes(lua_State *L);
/* Between the two the collector does nothing, for what is said of the error. That takes no memory to speak of, and a step that is due
 * just then goes through a table whole: 60 ms for five million numbers. */
void dkc_interrupt_rest_collector(lua_State *L);
void dkc_interrupt_wake_collector(lua_State *L);
/* Calls of `function` keep a message handler in their second slot. Where somebody insists none is asked about the error: once it is
 * raised the handler of the call stands in its place, in the nearest calls. */
void dkc_interrupt_handled_by(lua_CFunction function);
/* Raises the error on top again, or is about to: the next of those calls get that handler. */
void dkc_interrupt_goes_on(lua_State *L);
/* It came through message handlers that did not end: pushes what they were called for. What is to be closed on the way out may take
 * its time again. */
void dkc_interrupt_end_handlers(lua_State *L);

/* For Lua's allocator: whether to give it none of so many bytes, since SIGINT waits for an answer; at_once: what is to be done
 * with them takes long, and else only where it has waited for a while. */
bool dkc_interrupt_refuses(size_t size, bool at_once);
/* Where the error on top is that Lua got no memory for that reason, it says so from here on. */
void dkc_interrupt_reword(lua_State *L);

/* A coroutine runs from here on until dkc_interrupt_leave, which is given what this returns: SIGINT stops it. The second
 * raises in L where SIGINT came too late for the coroutine. */
typedef struct dkc_interrupt_caller {
    lua_State *running;
    int n_raised;
} dkc_interrupt_caller;
dkc_interrupt_caller dkc_interrupt_enter(lua_State *coroutine);
void dkc_interrupt_leave(lua_State *L, dkc_interrupt_caller caller);

#endif
