/* lua_callback.h - functions of a script that the engine calls.
 *
 * Each call goes through lua_pcall in the coroutine that asked (dkl_state.running), so nothing jumps across the engine: an
 * error stays in the registry, the call becomes DK_ERR_CALLBACK, and dkl_raise raises the very value that the script
 * raised.
 */
#ifndef DKL_LUA_CALLBACK_H
#define DKL_LUA_CALLBACK_H

#include "bind.h"

/* Calls function, which finds `call` as its one argument, a light userdata, and whose results are dropped. */
dk_status dkl_call_back(dkl_state *state, lua_CFunction function, void *call, dk_error *err);

/* The type of the option "result", "real" where it is not given; "decimal(2)" has its scale with it. */
dk_type dkl_option_result(lua_State *L, int index, const char *what, uint8_t *scale);
/* What a function gave, as a value of the type: nil and dk.null are null; whole numbers and floats are decimals, rounded to the
 * scale, and reals too; a date is its text. false where it is none. A text is borrowed from the Lua string. */
bool dkl_to_result(lua_State *L, int index, dk_type type, uint8_t scale, dk_value *out);
/* Raises what is wrong with it. who: "finish of aggregate range". */
int dkl_fail_result(lua_State *L, int index, const char *who, dk_type type);

#endif
