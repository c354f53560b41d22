#include "guest/console.h"

#include "guest/host_hooks.h"
#include "guest/wire.h"

#include <stdbool.h>
#include <string.h>

static JSValue formatter;

/* Sends text; a lone surrogate goes out as U+FFFD, as Node writes it. */
static void print(const char *s, size_t size)
{
	const char *end = s + size;

	while (s < end) {
		const char *stop = s;
		while (stop < end && (unsigned char)*stop != 0xed && (unsigned char)*stop != 0xef)
			stop++;
		wire_output(s, (size_t)(stop - s));
		s = stop;
		if (end - s < 3) {
			wire_output(s, (size_t)(end - s));
			return;
		}
		if (memcmp(s, HOST_MARK_MESSAGE, 3) == 0)
			wire_unsupported("printing the message of an error that the engine raised");
		if (memcmp(s, HOST_MARK_STACK, 3) == 0)
			wire_unsupported("printing the stack of an Error");
		bool lone = (unsigned char)s[0] == 0xed && (unsigned char)s[1] >= 0xa0;
		wire_output(lone ? "\xef\xbf\xbd" : s, 3);
		s += 3;
	}
}

static int print_value(JSContext *ctx, JSValueConst value)
{
	size_t size;
	const char *s = JS_ToCStringLen(ctx, &size, value);

	if (!s)
		return -1;
	print(s, size);
	JS_FreeCString(ctx, s);
	return 0;
}

/* Strings need no formatter unless the first of several holds a directive. */
static bool is_plain(JSContext *ctx, int argc, JSValueConst *argv)
{
	for (int i = 0; i < argc; i++) {
		if (!JS_IsString(argv[i]))
			return false;
	}
	if (argc < 2)
		return true;
	size_t size;
	const char *s = JS_ToCStringLen(ctx, &size, argv[0]);
	bool plain = s && !memchr(s, '%', size);
	JS_FreeCString(ctx, s);
	return plain;
}

static JSValue console_log(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	(void)self;
	if (is_plain(ctx, argc, argv)) {
		for (int i = 0; i < argc; i++) {
			if (i > 0)
				wire_output(" ", 1);
			if (print_value(ctx, argv[i]))
				return JS_EXCEPTION;
		}
	} else {
		JSValue line = JS_Call(ctx, formatter, JS_UNDEFINED, argc, argv);
		if (JS_IsException(line) || print_value(ctx, line))
			return JS_EXCEPTION;
		JS_FreeValue(ctx, line);
	}
	wire_output("\n", 1);
	return JS_UNDEFINED;
}

/* console.error and console.warn: Node sends them to stderr, which no hash covers. */
static JSValue console_drop(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
	(void)ctx, (void)self, (void)argc, (void)argv;
	return JS_UNDEFINED;
}

void console_install(JSContext *ctx, JSValue format)
{
	static const struct {
		const char *name;
		JSCFunction *function;
	} methods[] = {
		{ "log", console_log },
		{ "warn", console_drop },
		{ "error", console_drop },
		{ "info", console_log },
		{ "debug", console_log },
	};
	JSValue global = JS_GetGlobalObject(ctx);
	JSValue console = JS_NewObject(ctx);

	formatter = format;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		JS_SetPropertyStr(ctx, console, methods[i].name,
			JS_NewCFunction(ctx, methods[i].function, methods[i].name, 0));
	JS_DefinePropertyValueStr(
		ctx, global, "console", console, JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
	JS_FreeValue(ctx, global);
}
