#include "guest/canonical.h"

#include "guest/heap.h"
#include "guest/host_hooks.h"
#include "guest/protocol.h"
#include "guest/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char why_depth[] = "the completion value is nested more than 500 levels deep";
static const char why_unicode[] = "the completion value holds a lone surrogate: not valid Unicode";
static const char why_no_json[] = "the completion value is a function or symbol: not JSON";

static void put(struct canonical_text *text, const char *data, size_t size)
{
	if (text->size + size + 1 > text->room) {
		text->room = (text->size + size + 1) * 2;
		text->data = heap_realloc(text->data, text->room);
	}
	memcpy(text->data + text->size, data, size);
	text->size += size;
	text->data[text->size] = '\0';
}

static bool is_surrogate(const char *s)
{
	return (unsigned char)s[0] == 0xed && ((unsigned char)s[1] & 0xe0) == 0xa0;
}

static void put_escaped(struct canonical_text *text, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char named[] = "btn?fr"; /* of 8 … 13 */

	if (c >= 8 && c <= 13 && c != 11)
		put(text, (char[]){ '\\', named[c - 8] }, 2);
	else if (c < 0x20)
		put(text, (char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6);
	else
		put(text, (char[]){ '\\', (char)c }, 2);
}

/* Frames of a stack are V8's own text: in a result they are shown without their mark. Any other
 * text only V8 makes cannot be part of a result. */
static bool is_stack_mark(const char *s)
{
	return memcmp(s, HOST_MARK_STACK, 3) == 0;
}

static int put_string(struct canonical_text *text, const char *s, size_t size, const char **ret_why)
{
	put(text, "\"", 1);
	for (size_t i = 0, step; i < size; i += step) {
		unsigned char c = (unsigned char)s[i];
		step = 1;
		if (c == 0xed && i + 1 < size && is_surrogate(s + i)) {
			*ret_why = why_unicode;
			return -1;
		}
		if (c == 0xef && i + 2 < size && is_stack_mark(s + i)) {
			step = 3;
			continue;
		}
		if (c < 0x20 || c == '"' || c == '\\')
			put_escaped(text, c);
		else
			put(text, s + i, 1);
	}
	put(text, "\"", 1);
	return 0;
}

struct key {
	const char *text;
	size_t size;
	JSAtom atom;
};

/* UTF-16 order differs from UTF-8 order only where one side is outside the basic plane. */
static unsigned utf16_rank(unsigned char lead)
{
	return lead >= 0xf0 ? 0xedu * 2 + 1 : lead * 2u;
}

static int key_compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	size_t n = x->size < y->size ? x->size : y->size;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)x->text[i], d = (unsigned char)y->text[i];
		if (c != d)
			return utf16_rank(c) < utf16_rank(d)   ? -1
			       : utf16_rank(c) > utf16_rank(d) ? 1
							       : (c < d ? -1 : 1);
	}
	return x->size < y->size ? -1 : x->size > y->size;
}

static int put_value(JSContext *ctx, JSValueConst value, int depth, struct canonical_text *text,
	const char **ret_why);

static int put_array(JSContext *ctx, JSValueConst array, int depth, struct canonical_text *text,
	const char **ret_why)
{
	int64_t length = 0;
	JSValue count = JS_GetPropertyStr(ctx, array, "length");

	JS_ToInt64(ctx, &length, count);
	put(text, "[", 1);
	for (int64_t i = 0; i < length; i++) {
		if (i > 0)
			put(text, ",", 1);
		JSValue item = JS_GetPropertyUint32(ctx, array, (uint32_t)i);
		int error = put_value(ctx, item, depth + 1, text, ret_why);
		JS_FreeValue(ctx, item);
		if (error)
			return error;
	}
	put(text, "]", 1);
	return 0;
}

static int put_member(JSContext *ctx, JSValueConst object, const struct key *key, int depth,
	struct canonical_text *text, const char **ret_why)
{
	int error = put_string(text, key->text, key->size, ret_why);
	if (error)
		return error;
	put(text, ":", 1);
	JSValue member = JS_GetProperty(ctx, object, key->atom);
	error = put_value(ctx, member, depth + 1, text, ret_why);
	JS_FreeValue(ctx, member);
	return error;
}

static int put_object(JSContext *ctx, JSValueConst object, int depth, struct canonical_text *text,
	const char **ret_why)
{
	JSPropertyEnum *names;
	uint32_t count;
	int error = 0;

	if (JS_GetOwnPropertyNames(ctx, &names, &count, object, JS_GPN_STRING_MASK))
		return -1;
	struct key *keys = heap_alloc((count + 1) * sizeof(*keys));
	for (uint32_t i = 0; i < count; i++) {
		keys[i].atom = names[i].atom;
		JSValue name = JS_AtomToString(ctx, names[i].atom);
		keys[i].text = JS_ToCStringLen(ctx, &keys[i].size, name);
		JS_FreeValue(ctx, name);
	}
	qsort(keys, count, sizeof(*keys), key_compare);
	put(text, "{", 1);
	for (uint32_t i = 0; i < count && !error; i++) {
		if (i > 0)
			put(text, ",", 1);
		error = put_member(ctx, object, &keys[i], depth, text, ret_why);
	}
	put(text, "}", 1);
	for (uint32_t i = 0; i < count; i++)
		JS_FreeCString(ctx, keys[i].text), JS_FreeAtom(ctx, keys[i].atom);
	heap_free(keys);
	js_free(ctx, names);
	return error;
}

/* value comes from JSON text: null, boolean, number, string, plain array or plain object. */
static int put_value(JSContext *ctx, JSValueConst value, int depth, struct canonical_text *text,
	const char **ret_why)
{
	if (depth > GUEST_DEPTH_MAX) {
		*ret_why = why_depth;
		return -1;
	}
	if (JS_IsArray(ctx, value) == 1)
		return put_array(ctx, value, depth, text, ret_why);
	if (JS_IsObject(value))
		return put_object(ctx, value, depth, text, ret_why);
	size_t size;
	const char *s = JS_ToCStringLen(ctx, &size, value);
	if (!s)
		return -1;
	int error = 0;
	if (JS_IsString(value))
		error = put_string(text, s, size, ret_why);
	else
		put(text, s, size);
	JS_FreeCString(ctx, s);
	return error;
}

int canonical_json(
	JSContext *ctx, JSValueConst value, struct canonical_text *ret_text, const char **ret_why)
{
	size_t size;
	struct canonical_text text = { 0 };

	*ret_why = NULL;
	JSValue json = JS_JSONStringify(ctx, value, JS_UNDEFINED, JS_UNDEFINED);
	if (JS_IsException(json))
		return -1;
	if (JS_IsUndefined(json)) {
		*ret_why = why_no_json;
		return -1;
	}
	const char *s = JS_ToCStringLen(ctx, &size, json);
	if (memmem(s, size, HOST_MARK_MESSAGE, strlen(HOST_MARK_MESSAGE)))
		wire_unsupported("the message of an error that the engine raised");
	JSValue tree = JS_ParseJSON(ctx, s, size, "");
	JS_FreeCString(ctx, s);
	JS_FreeValue(ctx, json);
	int error = JS_IsException(tree) ? -1 : put_value(ctx, tree, 1, &text, ret_why);
	JS_FreeValue(ctx, tree);
	if (error) {
		heap_free(text.data);
		return error;
	}
	*ret_text = text;
	return 0;
}
