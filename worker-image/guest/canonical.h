/* canonical.h - a value as RFC 8785 canonical JSON. */
#ifndef GUEST_CANONICAL_H
#define GUEST_CANONICAL_H

#include <quickjs.h>

#include <stddef.h>

struct canonical_text {
	char *data; /* heap.h; NUL-terminated */
	size_t size, room;
};

/* What JSON.stringify makes of value (toJSON is honoured, the program's own JSON is not used), with
 * sorted keys. 0; or -1: not JSON, and *ret_why says why, or is NULL and an exception is pending.
 * The caller frees ret_text->data with heap_free. */
int canonical_json(
	JSContext *ctx, JSValueConst value, struct canonical_text *ret_text, const char **ret_why);

#endif
