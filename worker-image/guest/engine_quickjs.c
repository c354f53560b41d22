#include "guest/canonical.h"
#include "guest/console.h"
#include "guest/engine.h"
#include "guest/heap.h"
#include "guest/host_hooks.h"
#include "guest/inside.h"
#include "guest/native.h"
#include "guest/prelude_bytecode.h"
#include "guest/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GC_THRESHOLD (4u << 20) /* bytes allocated before cycles are first collected */

static JSRuntime *runtime;
static JSContext *context;

/* Rejected promises that nobody handles yet: what is left after the last job is an uncaught error.
 */
static struct {
	JSValue *promises;
	size_t count, room;
} rejections;

static void *engine_malloc(JSMallocState *state, size_t size)
{
	(void)state;
	return heap_alloc(size);
}

static void engine_free(JSMallocState *state, void *block)
{
	(void)state;
	heap_free(block);
}

static void *engine_realloc(JSMallocState *state, void *block, size_t size)
{
	(void)state;
	return heap_realloc(block, size);
}

static const JSMallocFunctions heap_functions = { engine_malloc, engine_free, engine_realloc,
	heap_size };

static void on_rejection(
	JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL handled, void *arg)
{
	(void)reason, (void)arg;
	if (!handled) {
		if (rejections.count == rejections.room) {
			rejections.room = rejections.room * 2 + 16;
			rejections.promises = heap_realloc(rejections.promises,
				rejections.room * sizeof(*rejections.promises));
		}
		rejections.promises[rejections.count++] = JS_DupValue(ctx, promise);
		return;
	}
	for (size_t i = 0; i < rejections.count; i++) {
		if (JS_VALUE_GET_PTR(rejections.promises[i]) != JS_VALUE_GET_PTR(promise))
			continue;
		JS_FreeValue(ctx, rejections.promises[i]);
		rejections.count--;
		memmove(&rejections.promises[i], &rejections.promises[i + 1],
			(rejections.count - i) * sizeof(*rejections.promises));
		return;
	}
}

static int evaluate_prelude(JSContext *ctx)
{
	JSValue global = JS_GetGlobalObject(ctx);
	JSValue native = native_object(ctx);

	JS_SetPropertyStr(ctx, global, "__native", JS_DupValue(ctx, native));
	JSValue code =
		JS_ReadObject(ctx, prelude_bytecode, prelude_bytecode_size, JS_READ_OBJ_BYTECODE);
	JSValue done = JS_EvalFunction(ctx, code);
	JSValue format = JS_GetPropertyStr(ctx, native, "format");
	int error = JS_IsException(done) || !JS_IsFunction(ctx, format) ? -ENOEXEC : 0;
	if (!error)
		console_install(ctx, format);
	JS_FreeValue(ctx, done);
	JS_FreeValue(ctx, native);
	JS_FreeValue(ctx, global);
	return error;
}

static int quickjs_warm(void)
{
	static const uint8_t no_seed[32];
	int error = heap_open();

	if (error)
		return error;
	host_start(0, no_seed);
	runtime = JS_NewRuntime2(&heap_functions, NULL);
	JS_SetMaxStackSize(runtime, GUEST_STACK_MAX);
	JS_SetGCThreshold(runtime, GC_THRESHOLD);
	context = JS_NewContext(runtime);
	inside_allow_compiling(context, false);
	error = evaluate_prelude(context);
	JS_SetHostPromiseRejectionTracker(runtime, on_rejection, NULL);
	JS_RunGC(runtime);
	return error;
}

/* The text without the marks of host_hooks.h. */
static void strip_marks(char *text)
{
	char *to = text;

	for (const char *from = text; *from;) {
		if (strncmp(from, HOST_MARK_MESSAGE, 3) == 0 ||
			strncmp(from, HOST_MARK_STACK, 3) == 0)
			from += 3;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

/* "TypeError: …" of an error object, else what String() makes of the thrown value. */
static void describe(JSContext *ctx, JSValueConst thrown, char text[static GUEST_MESSAGE_MAX + 1])
{
	const char *s = JS_ToCString(ctx, thrown);

	if (!s)
		JS_FreeValue(ctx, JS_GetException(ctx));
	snprintf(text, GUEST_MESSAGE_MAX + 1, "%s", s ? s : "a value that has no text was thrown");
	JS_FreeCString(ctx, s);
	strip_marks(text);
}

static _Noreturn void end_thrown(JSContext *ctx, JSValue thrown)
{
	char text[GUEST_MESSAGE_MAX + 1];

	wire_output_close();
	describe(ctx, thrown, text);
	wire_end(GUEST_END_RUNTIME, text);
}

static _Noreturn void end_syntax(JSContext *ctx)
{
	char text[GUEST_MESSAGE_MAX + 1];
	char whole[GUEST_MESSAGE_MAX + 64];
	int line, column;

	describe(ctx, JS_GetException(ctx), text);
	if (host_error_last_position(&line, &column))
		snprintf(whole, sizeof(whole), "%s (line %d, column %d)", text, line, column);
	else
		snprintf(whole, sizeof(whole), "%s", text);
	wire_end(GUEST_END_SYNTAX, whole);
}

/* As a script; where that fails, as a script with top-level await. */
static JSValue compile(JSContext *ctx, const struct engine_program *program, bool *ret_async)
{
	int flags = JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY;
	int line, column;

	*ret_async = false;
	inside_allow_compiling(ctx, true);
	JSValue code = JS_Eval(ctx, program->code, program->code_size, "program", flags);
	if (JS_IsException(code)) {
		JSValue first = JS_GetException(ctx);
		bool has_position = host_error_last_position(&line, &column);
		code = JS_Eval(ctx, program->code, program->code_size, "program",
			flags | JS_EVAL_FLAG_ASYNC);
		if (JS_IsException(code)) {
			JS_FreeValue(ctx, JS_GetException(ctx));
			JS_Throw(ctx, first);
			if (has_position)
				host_error_position(line, column);
			end_syntax(ctx);
		}
		JS_FreeValue(ctx, first);
		*ret_async = true;
	}
	inside_allow_compiling(ctx, false);
	return code;
}

static void run_jobs(void)
{
	JSContext *ctx;
	int n;

	while ((n = JS_ExecutePendingJob(runtime, &ctx)) > 0)
		;
	if (n < 0)
		end_thrown(ctx, JS_GetException(ctx));
	if (rejections.count > 0)
		end_thrown(context, JS_PromiseResult(context, rejections.promises[0]));
}

/* What a promise came to; undefined while it is pending. */
static JSValue settled(JSContext *ctx, JSValue value)
{
	if (JS_PromiseState(ctx, value) == (JSPromiseStateEnum)-1)
		return value;
	if (JS_PromiseState(ctx, value) == JS_PROMISE_PENDING)
		return JS_UNDEFINED;
	return JS_PromiseResult(ctx, value);
}

/* Awaits an object that may be a thenable. When no job is left it stays pending for ever. */
static JSValue await_thenable(JSContext *ctx, JSValue value)
{
	JSValue functions[2];

	JSValue promise = JS_NewPromiseCapability(ctx, functions);
	if (JS_IsException(promise))
		end_thrown(ctx, JS_GetException(ctx));
	JS_FreeValue(ctx, JS_Call(ctx, functions[0], JS_UNDEFINED, 1, (JSValueConst *)&value));
	run_jobs();
	return settled(ctx, promise);
}

static JSValue completion(JSContext *ctx, JSValue value, bool async)
{
	run_jobs();
	wire_output_close(); /* Node would print nothing of what follows */
	if (async) {
		JSValue wrapped = settled(ctx, value);
		value = JS_IsObject(wrapped) ? JS_GetPropertyStr(ctx, wrapped, "value")
					     : JS_UNDEFINED;
	}
	value = settled(ctx, value);
	return JS_IsObject(value) ? await_thenable(ctx, value) : value;
}

static _Noreturn void finish(JSContext *ctx, JSValue value)
{
	struct canonical_text text;
	const char *why;

	if (JS_IsUndefined(value)) {
		wire_result("null", 4);
	} else if (canonical_json(ctx, value, &text, &why) == 0) {
		wire_result(text.data, text.size);
	} else if (!wire_output_is_empty()) {
		wire_result("null", 4);
	} else if (why) {
		wire_end(GUEST_END_RUNTIME, why);
	} else {
		end_thrown(ctx, JS_GetException(ctx));
	}
	wire_end(GUEST_END_OK, "");
}

static _Noreturn void quickjs_run(const struct engine_program *program)
{
	JSContext *ctx = context;
	JSValue global = JS_GetGlobalObject(ctx);
	JSValue input = JS_UNDEFINED;
	bool async;

	if (program->input)
		input = JS_NewStringLen(ctx, program->input, program->input_size);
	JS_DefinePropertyValueStr(
		ctx, global, "input", input, JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
	JSValue code = compile(ctx, program, &async);
	JSValue value = JS_EvalFunction(ctx, code);
	if (JS_IsException(value))
		end_thrown(ctx, JS_GetException(ctx));
	finish(ctx, completion(ctx, value, async));
}

const struct engine engine_quickjs = { GUEST_ENGINE_NAME, quickjs_warm, quickjs_run };
