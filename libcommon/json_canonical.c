#include "libcommon/base.h"
#include "libcommon/json.h"
#include "libcommon/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 17 /* tell every double from its neighbours */
/* ECMAScript writes 1e21 and 1e-7 with an exponent, and what lies between without. */
#define POINT_MAX 21
#define POINT_MIN (-5)

static int append_value(struct wp_buffer *out, const cJSON *value, unsigned depth);

static void append_text(struct wp_buffer *out, const char *text)
{
	wp_buffer_append(out, text, strlen(text));
}

struct decimal { /* 0.d1d2…dn * 10^point */
	char digits[DIGITS_MAX + 1];
	int point;
};

static struct decimal round_to(double value, int count)
{
	char text[DIGITS_MAX + 8]; /* "d.ddde-308" */
	struct decimal decimal;
	snprintf(text, sizeof(text), "%.*e", count - 1, value);
	char *exponent = strchr(text, 'e');
	decimal.point = 1 + (int)strtol(exponent + 1, NULL, 10);
	decimal.digits[0] = text[0];
	memcpy(decimal.digits + 1, text + 2, (size_t)count - 1);
	decimal.digits[count] = '\0';
	return decimal;
}

static bool reads_back(const struct decimal *decimal, double value)
{
	char text[DIGITS_MAX + 16];
	snprintf(text, sizeof(text), "0.%se%d", decimal->digits, decimal->point);
	return strtod(text, NULL) == value;
}

/* The next larger decimal of as many digits. False for 99…9: that one has fewer digits. */
static bool increment(struct decimal *decimal)
{
	size_t i = strlen(decimal->digits);
	while (i > 0 && decimal->digits[i - 1] == '9')
		decimal->digits[--i] = '0';
	if (i == 0)
		return false;
	decimal->digits[i - 1]++;
	return true;
}

/* The fewest digits that read back as value, the nearest of those (ECMA-262, Number::toString).
 * Above a power of two doubles lie twice as far apart as below, so the next larger decimal may read
 * back where the nearest one, being smaller, does not. */
static struct decimal shortest(double value)
{
	for (int count = 1;; count++) {
		struct decimal decimal = round_to(value, count);
		if (count == DIGITS_MAX || reads_back(&decimal, value))
			return decimal;
		if (increment(&decimal) && reads_back(&decimal, value))
			return decimal;
	}
}

static int append_number(struct wp_buffer *out, double value)
{
	char text[48];
	if (!isfinite(value))
		return -WP_E_FORMAT;
	if (value == 0) {
		append_text(out, "0"); /* negative zero, too */
		return 0;
	}
	if (value < 0)
		append_text(out, "-");
	struct decimal decimal = shortest(fabs(value));
	int count = (int)strlen(decimal.digits);
	const char *digits = decimal.digits;
	int point = decimal.point;
	if (point > POINT_MAX || point < POINT_MIN)
		snprintf(text, sizeof(text), "%c%s%se%+d", digits[0], count > 1 ? "." : "",
			digits + 1, point - 1);
	else if (point <= 0)
		snprintf(text, sizeof(text), "0.%.*s%s", -point, "00000", digits);
	else if (count <= point)
		snprintf(text, sizeof(text), "%s%.*s", digits, point - count,
			"00000000000000000000");
	else
		snprintf(text, sizeof(text), "%.*s.%s", point, digits, digits + point);
	append_text(out, text);
	return 0;
}

/* RFC 8785, section 3.2.2.2: only these are escaped, the shortest way. */
static void append_escape(struct wp_buffer *out, char c)
{
	static const char meanings[] = "\"\\\b\f\n\r\t";
	static const char names[] = "\"\\bfnrt";
	char text[12];
	const char *meaning = strchr(meanings, c);
	if (meaning)
		snprintf(text, sizeof(text), "\\%c", names[meaning - meanings]);
	else
		snprintf(text, sizeof(text), "\\u%04x", (unsigned)c);
	append_text(out, text);
}

static int append_string(struct wp_buffer *out, const char *text)
{
	if (!text || !wp_utf8_valid(text, strlen(text)))
		return -WP_E_FORMAT;
	append_text(out, "\"");
	while (*text) {
		size_t plain = 0;
		while ((unsigned char)text[plain] >= ' ' && text[plain] != '"' &&
			text[plain] != '\\')
			plain++;
		wp_buffer_append(out, text, plain);
		text += plain;
		if (*text)
			append_escape(out, *text++);
	}
	append_text(out, "\"");
	return 0;
}

/* Orders UTF-8 bytes by UTF-16 code units: what takes a surrogate pair (lead bytes 0xf0…0xf4) comes
 * before U+E000…U+FFFF (0xee, 0xef). */
static int utf16_rank(char c)
{
	unsigned char byte = (unsigned char)c;
	return byte == 0xee || byte == 0xef ? byte + 0x10 : byte;
}

static int compare_names(const void *a, const void *b)
{
	const char *left = (*(const cJSON *const *)a)->string;
	const char *right = (*(const cJSON *const *)b)->string;
	while (*left && *left == *right) {
		left++;
		right++;
	}
	return utf16_rank(*left) - utf16_rank(*right);
}

static int append_member(struct wp_buffer *out, const cJSON *member, unsigned depth)
{
	int error = append_string(out, member->string);
	if (error)
		return error;
	append_text(out, ":");
	return append_value(out, member, depth);
}

static int append_members(
	struct wp_buffer *out, const cJSON **members, size_t count, unsigned depth)
{
	int error = 0;
	qsort(members, count, sizeof(*members), compare_names);
	for (size_t i = 0; i < count && !error; i++) {
		if (i > 0)
			append_text(out, ",");
		if (i > 0 && strcmp(members[i - 1]->string, members[i]->string) == 0)
			return -WP_E_FORMAT;
		error = append_member(out, members[i], depth);
	}
	return error;
}

static int append_object(struct wp_buffer *out, const cJSON *object, unsigned depth)
{
	size_t count = 0, used = 0;
	int error = 0;
	const cJSON *member;
	cJSON_ArrayForEach(member, object)
	{
		if (!member->string)
			return -WP_E_FORMAT;
		count++;
	}
	const cJSON **members = malloc((count + 1) * sizeof(*members));
	if (!members)
		return -ENOMEM;
	cJSON_ArrayForEach(member, object)
	{
		members[used++] = member;
	}
	append_text(out, "{");
	error = append_members(out, members, count, depth);
	append_text(out, "}");
	free(members);
	return error;
}

static int append_array(struct wp_buffer *out, const cJSON *array, unsigned depth)
{
	const cJSON *element;
	append_text(out, "[");
	cJSON_ArrayForEach(element, array)
	{
		if (element != array->child)
			append_text(out, ",");
		int error = append_value(out, element, depth);
		if (error)
			return error;
	}
	append_text(out, "]");
	return 0;
}

/* depth: how many arrays and objects are around value. */
static int append_value(struct wp_buffer *out, const cJSON *value, unsigned depth)
{
	bool container = cJSON_IsObject(value) || cJSON_IsArray(value);
	if (container && depth == WP_JSON_DEPTH_MAX)
		return -WP_E_RANGE;
	switch (value->type & 0xff) {
	case cJSON_Object:
		return append_object(out, value, depth + 1);
	case cJSON_Array:
		return append_array(out, value, depth + 1);
	case cJSON_String:
		return append_string(out, value->valuestring);
	case cJSON_Number:
		return append_number(out, value->valuedouble);
	case cJSON_True:
		append_text(out, "true");
		return 0;
	case cJSON_False:
		append_text(out, "false");
		return 0;
	case cJSON_NULL:
		append_text(out, "null");
		return 0;
	}
	return -WP_E_FORMAT;
}

int wp_json_canonical(struct wp_buffer *out, const cJSON *root)
{
	size_t before = out->size;
	int error = append_value(out, root, 0);
	if (!error && out->failed)
		error = -ENOMEM;
	if (error)
		out->size = before;
	return error;
}
