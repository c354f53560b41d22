#include "services/gateway/negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* A part of a header value, without the white space around it. */
struct part {
	const char *text;
	size_t size;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the part up to the next separator; false at the end. *cursor is NULL then. */
static bool next_part(struct part *ret_part, const char **cursor, char separator)
{
	if (!*cursor)
		return false;
	const char *start = *cursor;
	const char *end = strchr(start, separator);
	*cursor = end ? end + 1 : NULL;
	if (!end)
		end = start + strlen(start);
	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	*ret_part = (struct part){ start, (size_t)(end - start) };
	return true;
}

static bool part_is(struct part part, const char *text)
{
	return part.size == strlen(text) && strncasecmp(part.text, text, part.size) == 0;
}

/* Inside a part there may be more separators: copies of it are short. */
static bool part_copy(char *text, size_t capacity, struct part part)
{
	if (part.size >= capacity)
		return false;
	memcpy(text, part.text, part.size);
	text[part.size] = '\0';
	return true;
}

bool negotiate_is_json(const char *content_type)
{
	struct part part;
	const char *cursor = content_type;
	if (!next_part(&part, &cursor, ';') || !part_is(part, "application/json"))
		return false;
	while (next_part(&part, &cursor, ';'))
		if (part.size >= 8 && strncasecmp(part.text, "charset=", 8) == 0 &&
			!part_is(part, "charset=utf-8") && !part_is(part, "charset=\"utf-8\""))
			return false;
	return true;
}

/* ";q=0", ";q=0.0" and so on refuse a type. */
static bool has_zero_weight(const char *parameters)
{
	struct part part;
	const char *cursor = parameters;
	while (next_part(&part, &cursor, ';'))
		if (part.size >= 3 && strncasecmp(part.text, "q=0", 3) == 0 &&
			strspn(part.text + 3, ".0") >= part.size - 3)
			return true;
	return false;
}

bool negotiate_accepts_json(const char *accept)
{
	static const char *const types[] = { "*/*", "application/*", "application/json",
		"application/problem+json" };
	struct part range;
	const char *cursor = accept && *accept ? accept : NULL;
	if (!cursor)
		return true;
	while (next_part(&range, &cursor, ',')) {
		char text[128];
		struct part type;
		const char *inner = text;
		if (!part_copy(text, sizeof(text), range) || !next_part(&type, &inner, ';'))
			continue;
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			if (part_is(type, types[i]) && !has_zero_weight(inner))
				return true;
	}
	return false;
}

/* 0 unless it is digits and nothing else; large ones are as good as the maximum. */
static int64_t seconds(const char *text, size_t size)
{
	int64_t value = 0;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		value = value * 10 + (text[i] - '0');
		if (value > NEGOTIATE_WAIT_MAX_S)
			value = NEGOTIATE_WAIT_MAX_S;
	}
	return value;
}

int64_t negotiate_wait_s(const char *prefer)
{
	struct part part;
	const char *cursor = prefer;
	while (next_part(&part, &cursor, ','))
		if (part.size > 5 && strncasecmp(part.text, "wait=", 5) == 0)
			return seconds(part.text + 5, part.size - 5);
	return 0;
}

const char *negotiate_bearer(const char *authorization)
{
	if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
		return NULL;
	return authorization + 7;
}

bool negotiate_origin_listed(const char *list, const char *origin)
{
	struct part part;
	const char *cursor = list;
	while (next_part(&part, &cursor, ','))
		if (part.size > 0 && part.size == strlen(origin) &&
			memcmp(part.text, origin, part.size) == 0)
			return true;
	return false;
}
