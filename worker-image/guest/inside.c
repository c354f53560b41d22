/* Math of the engine is ours (math.c): the same bits on every host. */
#include "guest/math_names.h"

#include "guest/inside.h"

#include "quickjs.c"

void inside_allow_compiling(JSContext *ctx, bool allowed)
{
	ctx->eval_internal = allowed ? __JS_EvalInternal : NULL;
}

static void throw_error(JSContext *ctx, JSErrorEnum number, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	JS_ThrowError(ctx, number, format, arguments);
	va_end(arguments);
}

JSValue inside_throw_no_eval(JSContext *ctx)
{
	throw_error(ctx, JS_EVAL_ERROR, "Code generation from strings disallowed for this context");
	return JS_EXCEPTION;
}

static const char *function_kind(int class_id)
{
	switch (class_id) {
	case JS_CLASS_GENERATOR_FUNCTION:
		return "GeneratorFunction";
	case JS_CLASS_ASYNC_FUNCTION:
		return "AsyncFunction";
	case JS_CLASS_ASYNC_GENERATOR_FUNCTION:
		return "AsyncGeneratorFunction";
	}
	return NULL;
}

JSValue inside_class_name(JSContext *ctx, JSValueConst value)
{
	if (JS_VALUE_GET_TAG(value) != JS_TAG_OBJECT)
		return JS_NULL;
	int class_id = JS_VALUE_GET_OBJ(value)->class_id;
	const char *kind = function_kind(class_id);
	if (kind)
		return JS_NewString(ctx, kind);
	return JS_AtomToString(ctx, ctx->rt->class_array[class_id].class_name);
}

bool inside_is_plain_function(JSValueConst value)
{
	if (JS_VALUE_GET_TAG(value) != JS_TAG_OBJECT ||
		JS_VALUE_GET_OBJ(value)->class_id != JS_CLASS_BYTECODE_FUNCTION)
		return false;
	const JSFunctionBytecode *code = JS_VALUE_GET_OBJ(value)->u.func.function_bytecode;
	return code->has_prototype && !(code->js_mode & JS_MODE_STRICT);
}

static void append(JSContext *ctx, JSValueConst array, uint32_t *count, JSValueConst value)
{
	JS_DefinePropertyValueUint32(
		ctx, array, (*count)++, JS_DupValue(ctx, value), JS_PROP_C_W_E);
}

JSValue inside_iterator_rest(JSContext *ctx, JSValueConst iterator, bool *ret_pairs)
{
	JSMapIteratorData *it = JS_GetOpaque(iterator, JS_CLASS_MAP_ITERATOR);
	bool is_set = !it;
	uint32_t count = 0;

	if (!it)
		it = JS_GetOpaque(iterator, JS_CLASS_SET_ITERATOR);
	if (!it)
		return JS_UNDEFINED;
	*ret_pairs = it->kind == JS_ITERATOR_KIND_KEY_AND_VALUE;
	JSValue rest = JS_NewArray(ctx);
	if (JS_IsUndefined(it->obj))
		return rest; /* at its end */
	JSMapState *map = JS_GetOpaque(it->obj, is_set ? JS_CLASS_SET : JS_CLASS_MAP);
	struct list_head *el = it->cur_record ? it->cur_record->link.next : map->records.next;
	for (; el != &map->records; el = el->next) {
		JSMapRecord *record = list_entry(el, JSMapRecord, link);
		if (record->empty)
			continue;
		if (it->kind != JS_ITERATOR_KIND_VALUE || is_set)
			append(ctx, rest, &count, record->key);
		if (it->kind == JS_ITERATOR_KIND_KEY_AND_VALUE)
			append(ctx, rest, &count, is_set ? record->key : record->value);
		if (it->kind == JS_ITERATOR_KIND_VALUE && !is_set)
			append(ctx, rest, &count, record->value);
	}
	return rest;
}

JSValue inside_proxy_parts(JSContext *ctx, JSValueConst value)
{
	JSProxyData *proxy = JS_GetOpaque(value, JS_CLASS_PROXY);

	if (!proxy)
		return JS_UNDEFINED;
	if (proxy->is_revoked)
		return JS_NULL;
	uint32_t count = 0;
	JSValue parts = JS_NewArray(ctx);
	append(ctx, parts, &count, proxy->target);
	append(ctx, parts, &count, proxy->handler);
	return parts;
}
