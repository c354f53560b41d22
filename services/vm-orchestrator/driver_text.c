#include "services/vm-orchestrator/driver_text.h"

#include <stdint.h>
#include <string.h>

struct cursor {
	const char *at, *end;
};

size_t driver_text_utf8(const char *text, size_t size)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80   ? 1
		   : s[0] < 0xc2 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
		   : s[0] < 0xf5 ? 4
				 : 0;

	if (n == 0 || n > size)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) ||
		(s[0] == 0xed && s[1] > 0x9f) || /* overlong, surrogate */
		(s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void driver_text_clean(char *out, size_t room, const char *text, size_t size)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t used = 0;

	for (size_t i = 0; i < size;) {
		size_t n = driver_text_utf8(text + i, size - i);
		const char *from = n ? text + i : replacement;
		size_t add = n ? n : 3;
		if (n == 1 && ((unsigned char)*from < 0x20 || *from == 0x7f))
			from = " ";
		if (used + add >= room)
			break;
		memcpy(out + used, from, add);
		used += add;
		i += n ? n : 1;
	}
	out[used] = '\0';
}

static void skip_space(struct cursor *c)
{
	while (c->at < c->end &&
		(*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
		c->at++;
}

static bool take(struct cursor *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool take_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n) != 0)
		return false;
	c->at += n;
	return true;
}

static bool take_digits(struct cursor *c)
{
	const char *start = c->at;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	return c->at > start;
}

static bool take_number(struct cursor *c)
{
	take(c, '-');
	if (!take(c, '0') && !take_digits(c))
		return false;
	if (take(c, '.') && !take_digits(c))
		return false;
	if (take(c, 'e') || take(c, 'E')) {
		if (!take(c, '+'))
			take(c, '-');
		return take_digits(c);
	}
	return true;
}

static bool take_escape(struct cursor *c)
{
	if (c->at == c->end)
		return false;
	char kind = *c->at++;
	if (kind != 'u')
		return strchr("\"\\/bfnrt", kind) != NULL && kind != '\0';
	for (int i = 0; i < 4; i++) {
		if (c->at == c->end || *c->at == '\0' || !strchr("0123456789abcdefABCDEF", *c->at))
			return false;
		c->at++;
	}
	return true;
}

static bool take_string(struct cursor *c)
{
	if (!take(c, '"'))
		return false;
	while (c->at < c->end) {
		if (take(c, '"'))
			return true;
		if (take(c, '\\')) {
			if (!take_escape(c))
				return false;
			continue;
		}
		size_t n = driver_text_utf8(c->at, (size_t)(c->end - c->at));
		if (n == 0 || (unsigned char)*c->at < 0x20)
			return false;
		c->at += n;
	}
	return false;
}

static bool take_scalar(struct cursor *c)
{
	if (c->at == c->end)
		return false;
	switch (*c->at) {
	case '"':
		return take_string(c);
	case 't':
		return take_word(c, "true");
	case 'f':
		return take_word(c, "false");
	case 'n':
		return take_word(c, "null");
	}
	return take_number(c);
}

static bool take_key(struct cursor *c)
{
	skip_space(c);
	if (!take_string(c))
		return false;
	skip_space(c);
	return take(c, ':');
}

/* One bit per level: is it an object? */
struct levels {
	uint8_t object[DRIVER_JSON_DEPTH_MAX / 8];
	size_t depth;
};

static bool in_object(const struct levels *levels)
{
	size_t top = levels->depth - 1;
	return levels->object[top / 8] >> (top % 8) & 1;
}

static bool push(struct levels *levels, bool object)
{
	size_t top = levels->depth;

	if (top == DRIVER_JSON_DEPTH_MAX)
		return false;
	levels->object[top / 8] = (uint8_t)((levels->object[top / 8] & ~(1u << (top % 8))) |
					    (unsigned)object << (top % 8));
	levels->depth++;
	return true;
}

/* Opens a container; false: not one, or broken. ret_empty: it is closed again already. */
static bool open_container(struct cursor *c, struct levels *levels, bool *ret_empty)
{
	bool object = *c->at == '{';

	c->at++;
	skip_space(c);
	*ret_empty = take(c, object ? '}' : ']');
	if (*ret_empty)
		return levels->depth < DRIVER_JSON_DEPTH_MAX;
	return push(levels, object) && (!object || take_key(c));
}

/* After a value: closes what ends here, or takes the comma before the next. */
static bool after_value(struct cursor *c, struct levels *levels, bool *ret_done)
{
	for (;;) {
		skip_space(c);
		*ret_done = levels->depth == 0;
		if (*ret_done)
			return c->at == c->end;
		if (take(c, ','))
			return !in_object(levels) || take_key(c);
		if (!take(c, in_object(levels) ? '}' : ']'))
			return false;
		levels->depth--;
	}
}

bool driver_text_is_json(const char *text, size_t size)
{
	struct cursor c = { text, text + size };
	struct levels levels = { .depth = 0 };

	for (;;) {
		bool complete = true, done;
		skip_space(&c);
		if (c.at < c.end && (*c.at == '{' || *c.at == '[')) {
			if (!open_container(&c, &levels, &complete))
				return false;
		} else if (!take_scalar(&c)) {
			return false;
		}
		if (!complete)
			continue;
		if (!after_value(&c, &levels, &done))
			return false;
		if (done)
			return true;
	}
}
