#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *parse(const char *text)
{
	cJSON *root = NULL;
	const char *problem = "";
	size_t offset = 0;
	if (wp_json_parse(&root, text, strlen(text), &problem, &offset))
		fail_msg("%s: %s at %zu", text, problem, offset);
	return root;
}

struct refusal {
	const char *text;
	int error;
	const char *problem;
	size_t offset;
};

static void assert_refused(const char *text, size_t size, const struct refusal *refusal)
{
	cJSON *root = (cJSON *)refusal;
	const char *problem = NULL;
	size_t offset = 999;
	/* A heap copy of exact size lets the sanitizer see a read behind the text. */
	char *copy = malloc(size ? size : 1);
	memcpy(copy, text, size);
	int error = wp_json_parse(&root, copy, size, &problem, &offset);
	free(copy);
	if (error != refusal->error || strcmp(problem, refusal->problem) != 0 ||
		offset != refusal->offset)
		fail_msg("%.60s: %d, %s at %zu", text, error, error ? problem : "", offset);
	assert_ptr_equal(root, refusal);
}

static void accepts_every_kind_of_value(void **state)
{
	(void)state;
	cJSON *root =
		parse(" { \"a\" : [ true , false , null , -12.5e+1 , \"x\" , { } , [ ] ] ,\r\n"
		      "\t\"b\" : \"y\" } ");
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "a");
	assert_int_equal(cJSON_GetArraySize(list), 7);
	assert_true(cJSON_IsTrue(cJSON_GetArrayItem(list, 0)));
	assert_true(cJSON_IsFalse(cJSON_GetArrayItem(list, 1)));
	assert_true(cJSON_IsNull(cJSON_GetArrayItem(list, 2)));
	assert_true(cJSON_GetArrayItem(list, 3)->valuedouble == -125);
	assert_string_equal(cJSON_GetArrayItem(list, 4)->valuestring, "x");
	assert_true(cJSON_IsObject(cJSON_GetArrayItem(list, 5)));
	assert_true(cJSON_IsArray(cJSON_GetArrayItem(list, 6)));
	assert_string_equal(cJSON_GetObjectItemCaseSensitive(root, "b")->valuestring, "y");
	cJSON_Delete(root);
}

static void accepts_scalars_at_the_top(void **state)
{
	(void)state;
	static const char *const texts[] = { "0", "-0", "\"\"", "true", " null\n", "1E5",
		"0.0e-0" };
	for (size_t i = 0; i < WP_ARRAY_LEN(texts); i++)
		cJSON_Delete(parse(texts[i]));
}

static void decodes_strings(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "\"\"", "" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"\\u0001\\u0041\\u00fc\\u20AC\"", "\x01"
						      "A\xc3\xbc\xe2\x82\xac" },
		{ "\"\\ud83d\\ude00\\uD800\\uDC00\\uDBFF\\uDFFF\"",
			"\xf0\x9f\x98\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
		{ "\"\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\x7f\"",
			"\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\x7f" },
		{ "\"\\uffff\\ufffd\"", "\xef\xbf\xbf\xef\xbf\xbd" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		cJSON *root = parse(cases[i][0]);
		assert_string_equal(root->valuestring, cases[i][1]);
		cJSON_Delete(root);
	}
}

static void refuses_bad_grammar(void **state)
{
	(void)state;
	static const struct refusal cases[] = {
		{ "", -WP_E_FORMAT, "unexpected end", 0 },
		{ " ", -WP_E_FORMAT, "unexpected end", 1 },
		{ "\xef\xbb\xbf{}", -WP_E_FORMAT, "unexpected character", 0 },
		{ "{", -WP_E_FORMAT, "unexpected end", 1 },
		{ "[", -WP_E_FORMAT, "unexpected end", 1 },
		{ "]", -WP_E_FORMAT, "unexpected character", 0 },
		{ "[1", -WP_E_FORMAT, "unexpected end", 2 },
		{ "[1,]", -WP_E_FORMAT, "unexpected character", 3 },
		{ "[,1]", -WP_E_FORMAT, "unexpected character", 1 },
		{ "[1 2]", -WP_E_FORMAT, "unexpected character", 3 },
		{ "[1}", -WP_E_FORMAT, "unexpected character", 2 },
		{ "{\"a\"}", -WP_E_FORMAT, "unexpected character", 4 },
		{ "{\"a\":}", -WP_E_FORMAT, "unexpected character", 5 },
		{ "{\"a\":1,}", -WP_E_FORMAT, "unexpected character", 7 },
		{ "{a:1}", -WP_E_FORMAT, "unexpected character", 1 },
		{ "{'a':1}", -WP_E_FORMAT, "unexpected character", 1 },
		{ "{1:1}", -WP_E_FORMAT, "unexpected character", 1 },
		{ "{\"a\" 1}", -WP_E_FORMAT, "unexpected character", 5 },
		{ "{\"a\":1 \"b\":2}", -WP_E_FORMAT, "unexpected character", 7 },
		{ "tru", -WP_E_FORMAT, "unexpected character", 0 },
		{ "True", -WP_E_FORMAT, "unexpected character", 0 },
		{ "nul", -WP_E_FORMAT, "unexpected character", 0 },
		{ "NaN", -WP_E_FORMAT, "unexpected character", 0 },
		{ "Infinity", -WP_E_FORMAT, "unexpected character", 0 },
		{ "-Infinity", -WP_E_FORMAT, "unexpected character", 1 },
		{ "undefined", -WP_E_FORMAT, "unexpected character", 0 },
		{ "// x\n1", -WP_E_FORMAT, "unexpected character", 0 },
		{ "\f1", -WP_E_FORMAT, "unexpected character", 0 },
		{ "\xc2\xa0"
		  "1",
			-WP_E_FORMAT, "unexpected character", 0 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++)
		assert_refused(cases[i].text, strlen(cases[i].text), &cases[i]);
}

static void refuses_bytes_behind_the_value(void **state)
{
	(void)state;
	static const struct refusal cases[] = {
		{ "{} {}", -WP_E_FORMAT, "bytes behind the value", 3 },
		{ "1 x", -WP_E_FORMAT, "bytes behind the value", 2 },
		{ "truefalse", -WP_E_FORMAT, "bytes behind the value", 4 },
		{ "01", -WP_E_FORMAT, "bytes behind the value", 1 },
		{ "[]]", -WP_E_FORMAT, "bytes behind the value", 2 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++)
		assert_refused(cases[i].text, strlen(cases[i].text), &cases[i]);
	assert_refused(
		"1\0", 2, &(struct refusal){ NULL, -WP_E_FORMAT, "bytes behind the value", 1 });
}

static void refuses_bad_numbers(void **state)
{
	(void)state;
	static const struct refusal cases[] = {
		{ "-", -WP_E_FORMAT, "unexpected end", 1 },
		{ "+1", -WP_E_FORMAT, "unexpected character", 0 },
		{ ".5", -WP_E_FORMAT, "unexpected character", 0 },
		{ "1.", -WP_E_FORMAT, "unexpected end", 2 },
		{ "1.e1", -WP_E_FORMAT, "unexpected character", 2 },
		{ "1e", -WP_E_FORMAT, "unexpected end", 2 },
		{ "1e+", -WP_E_FORMAT, "unexpected end", 3 },
		{ "[-01]", -WP_E_FORMAT, "unexpected character", 3 },
		{ "[0x10]", -WP_E_FORMAT, "unexpected character", 2 },
		{ "[1_0]", -WP_E_FORMAT, "unexpected character", 2 },
		{ "[ 1e309]", -WP_E_RANGE, "number too large", 2 },
		{ "-1e400", -WP_E_RANGE, "number too large", 0 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++)
		assert_refused(cases[i].text, strlen(cases[i].text), &cases[i]);
}

static void refuses_bad_strings(void **state)
{
	(void)state;
	static const struct refusal cases[] = {
		{ "\"", -WP_E_FORMAT, "unexpected end", 1 },
		{ "\"abc", -WP_E_FORMAT, "unexpected end", 4 },
		{ "\"\\", -WP_E_FORMAT, "unexpected end", 2 },
		{ "\"\\\"", -WP_E_FORMAT, "unexpected end", 3 },
		{ "\"\\x41\"", -WP_E_FORMAT, "unexpected character", 2 },
		{ "\"\\U0041\"", -WP_E_FORMAT, "unexpected character", 2 },
		{ "\"\\u\"", -WP_E_FORMAT, "unexpected character", 3 },
		{ "\"\\u004\"", -WP_E_FORMAT, "unexpected character", 6 },
		{ "\"\\u00", -WP_E_FORMAT, "unexpected end", 5 },
		{ "\"\\u00g0\"", -WP_E_FORMAT, "unexpected character", 5 },
		{ "\"\n\"", -WP_E_FORMAT, "unexpected character", 1 },
		{ "\"\x1f\"", -WP_E_FORMAT, "unexpected character", 1 },
		{ "\"a\\u0000b\"", -WP_E_FORMAT, "U+0000 in a string", 2 },
		{ "\"\\ud800\"", -WP_E_FORMAT, "lone surrogate", 1 },
		{ "\"x\\udc00\"", -WP_E_FORMAT, "lone surrogate", 2 },
		{ "\"\\ude00\\ud83d\"", -WP_E_FORMAT, "lone surrogate", 1 },
		{ "\"\\udc00\\udc00\"", -WP_E_FORMAT, "lone surrogate", 1 },
		{ "\"\\ud83d\\ud83d\"", -WP_E_FORMAT, "lone surrogate", 1 },
		{ "\"\\ud83d\\u0041\"", -WP_E_FORMAT, "lone surrogate", 1 },
		{ "\"\\ud83d\\n\"", -WP_E_FORMAT, "lone surrogate", 1 },
		{ "\"\\ud83d\\u\"", -WP_E_FORMAT, "unexpected character", 9 },
		{ "\"\\ud83d", -WP_E_FORMAT, "lone surrogate", 1 },
		{ "\"\x80\"", -WP_E_FORMAT, "invalid UTF-8", 1 },
		{ "\"a\xc3\"", -WP_E_FORMAT, "invalid UTF-8", 2 },
		{ "\"\xc0\x80\"", -WP_E_FORMAT, "invalid UTF-8", 1 },
		{ "\"\xed\xa0\x80\"", -WP_E_FORMAT, "invalid UTF-8", 1 },
		{ "\"\xf4\x90\x80\x80\"", -WP_E_FORMAT, "invalid UTF-8", 1 },
		{ "{\"\xff\":1}", -WP_E_FORMAT, "invalid UTF-8", 2 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++)
		assert_refused(cases[i].text, strlen(cases[i].text), &cases[i]);
	assert_refused(
		"\"\0\"", 3, &(struct refusal){ NULL, -WP_E_FORMAT, "unexpected character", 1 });
}

/* A1 */
static void refuses_duplicate_keys(void **state)
{
	(void)state;
	static const struct refusal cases[] = {
		{ "{\"a\":1,\"a\":1}", -WP_E_FORMAT, "duplicate key", 0 },
		{ "{\"a\":1,\"b\":2,\"a\":3}", -WP_E_FORMAT, "duplicate key", 0 },
		{ "[1,{\"\":1,\"\":2}]", -WP_E_FORMAT, "duplicate key", 3 },
		{ "{\"x\":{\"a\":1,\"\\u0061\":2}}", -WP_E_FORMAT, "duplicate key", 5 },
		{ "{\"\xc3\xbc\":1,\"\\u00fc\":2}", -WP_E_FORMAT, "duplicate key", 0 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++)
		assert_refused(cases[i].text, strlen(cases[i].text), &cases[i]);
	cJSON_Delete(parse("{\"a\":{\"a\":1},\"A\":2,\"\":3,\"aa\":4}"));
}

static char *repeated(const char *before, const char *unit, size_t count, const char *after)
{
	char *text = malloc(strlen(before) + count * strlen(unit) + strlen(after) + 1);
	char *end = stpcpy(text, before);
	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, unit);
	stpcpy(end, after);
	return text;
}

static void depth_at_the_limit_and_past_it(void **state)
{
	(void)state;
	static const char *const units[][2] = { { "[", "]" }, { "{\"a\":", "}" } };
	for (size_t i = 0; i < WP_ARRAY_LEN(units); i++) {
		char *close = repeated("", units[i][1], WP_JSON_DEPTH_MAX, "");
		char *good = repeated("", units[i][0], WP_JSON_DEPTH_MAX - 1, i ? "{" : "[");
		char *text = repeated(good, close, 1, "");
		cJSON_Delete(parse(text));
		char *deep = repeated("", units[i][0], WP_JSON_DEPTH_MAX + 1, "");
		assert_refused(deep, strlen(deep),
			&(struct refusal){ NULL, -WP_E_RANGE, "too deep",
				strlen(units[i][0]) * WP_JSON_DEPTH_MAX });
		free(close);
		free(good);
		free(text);
		free(deep);
	}
	char *hostile = repeated("", "[", 1000000, ""); /* must not use the stack up */
	assert_refused(hostile, 1000000,
		&(struct refusal){ NULL, -WP_E_RANGE, "too deep", WP_JSON_DEPTH_MAX });
	free(hostile);
	cJSON_Delete(parse("[[],[],{\"a\":[]},[[[]]]]")); /* siblings are not depth */
}

static void nodes_at_the_limit_and_past_it(void **state)
{
	(void)state;
	char *text = repeated("[0", ",0", WP_JSON_NODES_MAX - 2, "]");
	cJSON_Delete(parse(text));
	free(text);
	text = repeated("[0", ",0", WP_JSON_NODES_MAX - 1, "]");
	assert_refused(text, strlen(text),
		&(struct refusal){ NULL, -WP_E_RANGE, "too many values", strlen(text) - 2 });
	free(text);
}

static void number_length_at_the_limit_and_past_it(void **state)
{
	(void)state;
	char *text = repeated("0.", "3", WP_JSON_NUMBER_MAX - 2, "");
	cJSON *root = parse(text);
	assert_true(root->valuedouble == 1.0 / 3);
	cJSON_Delete(root);
	free(text);
	text = repeated("0.", "3", WP_JSON_NUMBER_MAX - 1, "");
	assert_refused(
		text, strlen(text), &(struct refusal){ NULL, -WP_E_RANGE, "number too long", 0 });
	free(text);
}

static void reads_no_further_than_size(void **state)
{
	(void)state;
	cJSON *root = NULL;
	char text[] = { '1', '2', '3', '4' };
	assert_int_equal(wp_json_parse(&root, text, 2, NULL, NULL), 0);
	assert_true(root->valuedouble == 12);
	cJSON_Delete(root);
	assert_int_equal(wp_json_parse(&root, "[]", 1, NULL, NULL), -WP_E_FORMAT);
}

/* Thousands of keys: a quadratic search would take minutes under the sanitizers. */
static void many_keys_cost_no_quadratic_time(void **state)
{
	(void)state;
	size_t count = 200000, used = 0, capacity = count * 16;
	char *text = malloc(capacity);
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(
			text + used, capacity - used, "%c\"k%zu\":0", i ? ',' : '{', i);
	used += (size_t)snprintf(text + used, capacity - used, "}");
	cJSON *root = NULL;
	assert_int_equal(wp_json_parse(&root, text, used, NULL, NULL), 0);
	assert_int_equal(cJSON_GetArraySize(root), (int)count);
	cJSON_Delete(root);
	used += (size_t)snprintf(text + used - 1, capacity - used, ",\"k77\":0}") - 1;
	assert_refused(text, used, &(struct refusal){ NULL, -WP_E_FORMAT, "duplicate key", 0 });
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_every_kind_of_value),
		cmocka_unit_test(accepts_scalars_at_the_top),
		cmocka_unit_test(decodes_strings),
		cmocka_unit_test(refuses_bad_grammar),
		cmocka_unit_test(refuses_bytes_behind_the_value),
		cmocka_unit_test(refuses_bad_numbers),
		cmocka_unit_test(refuses_bad_strings),
		cmocka_unit_test(refuses_duplicate_keys),
		cmocka_unit_test(depth_at_the_limit_and_past_it),
		cmocka_unit_test(nodes_at_the_limit_and_past_it),
		cmocka_unit_test(number_length_at_the_limit_and_past_it),
		cmocka_unit_test(reads_no_further_than_size),
		cmocka_unit_test(many_keys_cost_no_quadratic_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
