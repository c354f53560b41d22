/* inside.h - what QuickJS knows and its public interface does not tell. Implemented in inside.c,
 * which compiles the engine's source as its own. */
#ifndef GUEST_INSIDE_H
#define GUEST_INSIDE_H

#include <quickjs.h>

#include <stdbool.h>

/* Whether source text can be compiled in this context. Without it eval and the Function
 * constructors throw; compiled code runs. */
void inside_allow_compiling(JSContext *ctx, bool allowed);

/* What eval and the Function constructors throw then: V8's EvalError. */
JSValue inside_throw_no_eval(JSContext *ctx);

/* Name of the object's internal class ("Map", "Generator", …) whatever the program did to it; of a
 * function "Function", "GeneratorFunction", "AsyncFunction" or "AsyncGeneratorFunction". NULL if
 * value is no object. */
JSValue inside_class_name(JSContext *ctx, JSValueConst value);

/* Is it a function as of before ES2015: sloppy, by declaration or expression? V8 gives those the
 * properties arguments and caller. */
bool inside_is_plain_function(JSValueConst value);

/* The entries a Map or Set iterator has yet to give, without moving it: an array; *ret_pairs says
 * that keys and values alternate. Undefined for other values. */
JSValue inside_iterator_rest(JSContext *ctx, JSValueConst iterator, bool *ret_pairs);

/* [target, handler] of a proxy, null for a revoked one, undefined for other values. */
JSValue inside_proxy_parts(JSContext *ctx, JSValueConst value);

#endif
