/* Engine messages in V8's words. A row is added when its wording is proven equal to Node's;
 * everything else is marked, and a program that prints it ends UNSUPPORTED instead of printing
 * something else. */
#include "guest/host_hooks.h"

#include <stdio.h>
#include <string.h>

struct wording {
	const char *before,
		*after; /* the engine's text around a name; after NULL: the whole text */
	const char *v8_before, *v8_after;
};

static const struct wording wordings[] = {
	{ "'", "' is not defined", "", " is not defined" },
	{ "cannot read property '", "' of undefined",
		"Cannot read properties of undefined (reading '", "')" },
	{ "cannot read property '", "' of null", "Cannot read properties of null (reading '",
		"')" },
	{ "cannot set property '", "' of undefined",
		"Cannot set properties of undefined (setting '", "')" },
	{ "cannot set property '", "' of null", "Cannot set properties of null (setting '", "')" },
	{ "", " is not initialized", "Cannot access '", "' before initialization" },
	{ "assignment to constant", NULL, "Assignment to constant variable.", NULL },
	{ "invalid array length", NULL, "Invalid array length", NULL },
	{ "BigInt division by zero", NULL, "Division by zero", NULL },
	{ "cannot convert symbol to string", NULL, "Cannot convert a Symbol value to a string",
		NULL },
	{ "cannot convert symbol to number", NULL, "Cannot convert a Symbol value to a number",
		NULL },
	{ "Code generation from strings disallowed for this context", NULL,
		"Code generation from strings disallowed for this context", NULL },
};

static int error_line, error_column;

static bool has_suffix(const char *text, size_t size, const char *suffix)
{
	size_t n = strlen(suffix);
	return size >= n && memcmp(text + size - n, suffix, n) == 0;
}

#define NAME_MAX_BYTES 60 /* the engine cuts longer names; V8 prints them whole */

static bool reword(const struct wording *w, char *text, size_t room)
{
	char name[NAME_MAX_BYTES + 1];
	size_t size = strlen(text);
	size_t before = strlen(w->before);

	if (!w->after) {
		if (strcmp(text, w->before) != 0)
			return false;
		snprintf(text, room, "%s", w->v8_before);
		return true;
	}
	size_t after = strlen(w->after);
	if (size < before + after || size - before - after > NAME_MAX_BYTES ||
		memcmp(text, w->before, before) != 0 || !has_suffix(text, size, w->after))
		return false;
	memcpy(name, text + before, size - before - after);
	name[size - before - after] = '\0';
	snprintf(text, room, "%s%s%s", w->v8_before, name, w->v8_after);
	return true;
}

static bool is_marked(const char *text)
{
	return memcmp(text, HOST_MARK_MESSAGE, strlen(HOST_MARK_MESSAGE)) == 0;
}

void host_error_text(char *text, size_t room, bool is_syntax)
{
	if (!is_syntax) {
		for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++) {
			if (reword(&wordings[i], text, room))
				return;
		}
	}
	size_t size = strlen(text);
	size_t mark = strlen(HOST_MARK_MESSAGE);
	if (is_marked(text) || size + mark + 1 > room)
		return;
	memmove(text + mark, text, size + 1);
	memcpy(text, HOST_MARK_MESSAGE, mark);
}

void host_error_position(int line, int column)
{
	error_line = line;
	error_column = column;
}

bool host_error_last_position(int *ret_line, int *ret_column)
{
	*ret_line = error_line;
	*ret_column = error_column;
	return error_line > 0;
}
