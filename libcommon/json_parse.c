#include "libcommon/base.h"
#include "libcommon/json.h"
#include "libcommon/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *text;
	size_t size;
	size_t at;
	size_t nodes;
	unsigned depth;
	int error; /* the first failure, and what was wrong where */
	const char *problem;
	size_t problem_at;
};

static cJSON *parse_value(struct reader *reader);

static bool fail_at(struct reader *reader, size_t at, int error, const char *problem)
{
	if (!reader->error) {
		reader->error = error;
		reader->problem = problem;
		reader->problem_at = at;
	}
	return false;
}

static bool fail(struct reader *reader, int error, const char *problem)
{
	return fail_at(reader, reader->at, error, problem);
}

static bool fail_memory(struct reader *reader)
{
	return fail(reader, -ENOMEM, "out of memory");
}

/* The byte at the cursor, -1 at the end. */
static int peek(const struct reader *reader)
{
	return reader->at < reader->size ? (unsigned char)reader->text[reader->at] : -1;
}

static bool unexpected(struct reader *reader)
{
	return fail(
		reader, -WP_E_FORMAT, peek(reader) < 0 ? "unexpected end" : "unexpected character");
}

static void skip_space(struct reader *reader)
{
	int c;
	while ((c = peek(reader)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		reader->at++;
}

/* Takes c, after white space. */
static bool take(struct reader *reader, char c)
{
	skip_space(reader);
	if (peek(reader) != c)
		return false;
	reader->at++;
	return true;
}

static bool take_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);
	if (reader->size - reader->at < length ||
		memcmp(reader->text + reader->at, word, length) != 0)
		return unexpected(reader);
	reader->at += length;
	return true;
}

static bool take_hex4(struct reader *reader, uint32_t *ret_value)
{
	uint32_t value = 0;
	for (int i = 0; i < 4; i++, reader->at++) {
		int c = peek(reader);
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return unexpected(reader);
	}
	*ret_value = value;
	return true;
}

/* What follows "\u": one code unit, or two that form a surrogate pair. */
static bool take_unicode_escape(struct reader *reader, char **end)
{
	uint32_t unit, low;
	size_t start = reader->at - 2;
	if (!take_hex4(reader, &unit))
		return false;
	if (unit == 0)
		return fail_at(reader, start, -WP_E_FORMAT, "U+0000 in a string");
	if (unit >= 0xd800 && unit <= 0xdfff) {
		bool paired = unit < 0xdc00 && reader->size - reader->at >= 2 &&
			      memcmp(reader->text + reader->at, "\\u", 2) == 0;
		if (!paired)
			return fail_at(reader, start, -WP_E_FORMAT, "lone surrogate");
		reader->at += 2;
		if (!take_hex4(reader, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return fail_at(reader, start, -WP_E_FORMAT, "lone surrogate");
		unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
	}
	*end += wp_utf8_encode(*end, unit);
	return true;
}

static bool take_escape(struct reader *reader, char **end)
{
	static const char names[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	reader->at++;
	int c = peek(reader);
	const char *name = c > 0 ? strchr(names, c) : NULL;
	if (c != 'u' && !name)
		return unexpected(reader);
	reader->at++;
	if (c == 'u')
		return take_unicode_escape(reader, end);
	*(*end)++ = meanings[name - names];
	return true;
}

/* Decodes up to the closing quote; end has room, since no escape is shorter than what it means. */
static bool take_characters(struct reader *reader, char *end)
{
	for (;;) {
		int c = peek(reader);
		if (c == '"')
			break;
		if (c == '\\') {
			if (!take_escape(reader, &end))
				return false;
			continue;
		}
		if (c < 0x20) /* the end, too */
			return unexpected(reader);
		const char *from = reader->text + reader->at;
		size_t length = wp_utf8_sequence(from, reader->size - reader->at);
		if (length == 0)
			return fail(reader, -WP_E_FORMAT, "invalid UTF-8");
		memcpy(end, from, length);
		end += length;
		reader->at += length;
	}
	reader->at++;
	*end = '\0';
	return true;
}

/* Bytes between the cursor and the closing quote, or the end of the text. */
static size_t raw_length(const struct reader *reader)
{
	size_t at = reader->at;
	while (at < reader->size && reader->text[at] != '"')
		at += reader->text[at] == '\\' ? 2 : 1;
	return (at < reader->size ? at : reader->size) - reader->at;
}

/* A string as cJSON owns it: from cJSON_malloc. NULL on failure. */
static char *parse_text(struct reader *reader)
{
	reader->at++;
	char *text = cJSON_malloc(raw_length(reader) + 1);
	if (!text) {
		fail_memory(reader);
		return NULL;
	}
	if (!take_characters(reader, text)) {
		cJSON_free(text);
		return NULL;
	}
	return text;
}

static cJSON *parse_string(struct reader *reader)
{
	char *text = parse_text(reader);
	if (!text)
		return NULL;
	cJSON *node = cJSON_CreateNull();
	if (!node) {
		cJSON_free(text);
		fail_memory(reader);
		return NULL;
	}
	node->type = cJSON_String; /* hands text over without the copy of cJSON_CreateString */
	node->valuestring = text;
	return node;
}

static bool take_digits(struct reader *reader)
{
	size_t start = reader->at;
	while (peek(reader) >= '0' && peek(reader) <= '9')
		reader->at++;
	return reader->at > start || unexpected(reader);
}

/* RFC 8259, section 6. */
static bool take_number(struct reader *reader)
{
	if (peek(reader) == '-')
		reader->at++;
	if (peek(reader) == '0')
		reader->at++;
	else if (!take_digits(reader))
		return false;
	if (peek(reader) == '.') {
		reader->at++;
		if (!take_digits(reader))
			return false;
	}
	if (peek(reader) == 'e' || peek(reader) == 'E') {
		reader->at++;
		if (peek(reader) == '+' || peek(reader) == '-')
			reader->at++;
		return take_digits(reader);
	}
	return true;
}

static cJSON *parse_number(struct reader *reader)
{
	char text[WP_JSON_NUMBER_MAX + 1];
	size_t start = reader->at;
	if (!take_number(reader))
		return NULL;
	size_t length = reader->at - start;
	if (length > WP_JSON_NUMBER_MAX) {
		fail_at(reader, start, -WP_E_RANGE, "number too long");
		return NULL;
	}
	memcpy(text, reader->text + start, length);
	text[length] = '\0';
	double value = strtod(text, NULL);
	if (!isfinite(value)) {
		fail_at(reader, start, -WP_E_RANGE, "number too large");
		return NULL;
	}
	return cJSON_CreateNumber(value);
}

static int compare_names(const void *a, const void *b)
{
	const cJSON *const *left = a;
	const cJSON *const *right = b;
	return strcmp((*left)->string, (*right)->string);
}

/* Sorted, so that an object made of thousands of keys costs no quadratic time. */
static bool names_differ(struct reader *reader, const cJSON *object, size_t count, size_t start)
{
	const cJSON **members = malloc(count * sizeof(*members));
	if (!members)
		return fail_memory(reader);
	const cJSON *member;
	size_t used = 0;
	cJSON_ArrayForEach(member, object)
	{
		members[used++] = member;
	}
	qsort(members, used, sizeof(*members), compare_names);
	bool differ = true;
	for (size_t i = 1; i < used && differ; i++)
		differ = strcmp(members[i - 1]->string, members[i]->string) != 0;
	free(members);
	return differ || fail_at(reader, start, -WP_E_FORMAT, "duplicate key");
}

static bool parse_member(struct reader *reader, cJSON *object)
{
	skip_space(reader);
	if (peek(reader) != '"')
		return unexpected(reader);
	char *name = parse_text(reader);
	if (!name)
		return false;
	cJSON *value = take(reader, ':') ? parse_value(reader) : NULL;
	if (!value) {
		cJSON_free(name);
		return unexpected(reader); /* has no effect where parse_value failed */
	}
	value->string = name;
	return cJSON_AddItemToArray(object, value); /* keeps the name, unlike …ToObject */
}

static bool parse_element(struct reader *reader, cJSON *array)
{
	cJSON *value = parse_value(reader);
	return value && cJSON_AddItemToArray(array, value);
}

typedef bool parse_item_fn(struct reader *reader, cJSON *container);

/* Items separated by commas up to close; the opening bracket is already taken. */
static bool parse_items(
	struct reader *reader, cJSON *container, char close, parse_item_fn *fn, size_t *ret_count)
{
	size_t count = 0;
	if (!take(reader, close)) {
		do {
			if (!fn(reader, container))
				return false;
			count++;
		} while (take(reader, ','));
		if (!take(reader, close))
			return unexpected(reader);
	}
	*ret_count = count;
	return true;
}

static cJSON *parse_container(struct reader *reader)
{
	size_t start = reader->at, count = 0;
	bool is_object = peek(reader) == '{';
	if (reader->depth == WP_JSON_DEPTH_MAX) {
		fail(reader, -WP_E_RANGE, "too deep");
		return NULL;
	}
	cJSON *node = is_object ? cJSON_CreateObject() : cJSON_CreateArray();
	if (!node) {
		fail_memory(reader);
		return NULL;
	}
	reader->at++;
	reader->depth++;
	bool good = is_object ? parse_items(reader, node, '}', parse_member, &count)
			      : parse_items(reader, node, ']', parse_element, &count);
	reader->depth--;
	if (good && is_object && count > 1)
		good = names_differ(reader, node, count, start);
	if (good)
		return node;
	cJSON_Delete(node);
	return NULL;
}

static cJSON *parse_plain(struct reader *reader)
{
	switch (peek(reader)) {
	case 't':
		return take_word(reader, "true") ? cJSON_CreateTrue() : NULL;
	case 'f':
		return take_word(reader, "false") ? cJSON_CreateFalse() : NULL;
	case 'n':
		return take_word(reader, "null") ? cJSON_CreateNull() : NULL;
	case '"':
		return parse_string(reader);
	}
	return parse_number(reader);
}

static cJSON *parse_value(struct reader *reader)
{
	skip_space(reader);
	if (++reader->nodes > WP_JSON_NODES_MAX) {
		fail(reader, -WP_E_RANGE, "too many values");
		return NULL;
	}
	int c = peek(reader);
	cJSON *node = c == '{' || c == '[' ? parse_container(reader) : parse_plain(reader);
	if (!node)
		fail_memory(reader); /* unless something else was wrong before */
	return node;
}

int wp_json_parse(cJSON **ret_root, const char *text, size_t size, const char **ret_problem,
	size_t *ret_offset)
{
	struct reader reader = { .text = text, .size = size };
	cJSON *root = parse_value(&reader);
	skip_space(&reader);
	if (root && reader.at < size) {
		fail(&reader, -WP_E_FORMAT, "bytes behind the value");
		cJSON_Delete(root);
		root = NULL;
	}
	if (!root) {
		if (ret_problem)
			*ret_problem = reader.problem;
		if (ret_offset)
			*ret_offset = reader.problem_at;
		return reader.error;
	}
	*ret_root = root;
	return 0;
}
