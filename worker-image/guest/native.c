#include "guest/native.h"

#include "guest/inside.h"
#include "guest/wire.h"

#include <string.h>

/* className(value): the internal class, whatever the program did to the object. */
static JSValue class_name(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	(void)self, (void)argc;
	return inside_class_name(ctx, argv[0]);
}

/* isPlainFunction(value): sloppy, by declaration or expression. */
static JSValue is_plain_function(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	(void)self, (void)argc;
	return JS_NewBool(ctx, inside_is_plain_function(argv[0]));
}

/* promiseParts(promise): [state, result]; 0 pending, 1 fulfilled, 2 rejected. */
static JSValue promise_parts(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	JSPromiseStateEnum state = JS_PromiseState(ctx, argv[0]);
	JSValue parts = JS_NewArray(ctx);

	(void)self, (void)argc;
	JS_DefinePropertyValueUint32(ctx, parts, 0, JS_NewInt32(ctx, (int)state), JS_PROP_C_W_E);
	if (state != JS_PROMISE_PENDING)
		JS_DefinePropertyValueUint32(
			ctx, parts, 1, JS_PromiseResult(ctx, argv[0]), JS_PROP_C_W_E);
	return parts;
}

/* proxyParts(value): [target, handler], null if revoked, undefined for what is no proxy. */
static JSValue proxy_parts(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	(void)self, (void)argc;
	return inside_proxy_parts(ctx, argv[0]);
}

/* iteratorRest(iterator): [entries, alternate]. */
static JSValue iterator_rest(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	bool pairs = false;
	JSValue rest = inside_iterator_rest(ctx, argv[0], &pairs);
	JSValue parts = JS_NewArray(ctx);

	(void)self, (void)argc;
	JS_DefinePropertyValueUint32(ctx, parts, 0, rest, JS_PROP_C_W_E);
	JS_DefinePropertyValueUint32(ctx, parts, 1, JS_NewBool(ctx, pairs), JS_PROP_C_W_E);
	return parts;
}

/* unsupported(what): ends the run. */
static JSValue unsupported(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	(void)self, (void)argc;
	wire_unsupported(JS_ToCString(ctx, argv[0]));
}

JSValue native_object(JSContext *ctx)
{
	static const struct {
		const char *name;
		JSCFunction *function;
	} functions[] = {
		{ "className", class_name },
		{ "isPlainFunction", is_plain_function },
		{ "promiseParts", promise_parts },
		{ "proxyParts", proxy_parts },
		{ "iteratorRest", iterator_rest },
		{ "unsupported", unsupported },
	};
	JSValue native = JS_NewObject(ctx);

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		JS_SetPropertyStr(ctx, native, functions[i].name,
			JS_NewCFunction(ctx, functions[i].function, functions[i].name, 1));
	return native;
}
