#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/json.h"
#include "tests/unit/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assert_canonical(const cJSON *root, const char *expected)
{
	struct wp_buffer out = { 0 };
	assert_int_equal(wp_json_canonical(&out, root), 0);
	wp_buffer_append(&out, "", 1);
	assert_string_equal((char *)out.data, expected);
	wp_buffer_free(&out);
}

static void assert_text_canonical(const char *text, const char *expected)
{
	cJSON *root = NULL;
	assert_int_equal(wp_json_parse(&root, text, strlen(text), NULL, NULL), 0);
	assert_canonical(root, expected);
	cJSON_Delete(root);
}

static void assert_number(uint64_t bits, const char *expected)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	cJSON *number = cJSON_CreateNumber(value);
	assert_canonical(number, expected);
	cJSON_Delete(number);
	assert_text_canonical(expected, expected);
}

/* RFC 8785, appendix B. */
static void numbers_of_the_rfc(void **state)
{
	(void)state;
	static const struct {
		uint64_t bits;
		const char *text;
	} cases[] = {
		{ 0x0000000000000000, "0" },
		{ 0x8000000000000000, "0" },
		{ 0x0000000000000001, "5e-324" },
		{ 0x8000000000000001, "-5e-324" },
		{ 0x7fefffffffffffff, "1.7976931348623157e+308" },
		{ 0xffefffffffffffff, "-1.7976931348623157e+308" },
		{ 0x4340000000000000, "9007199254740992" },
		{ 0xc340000000000000, "-9007199254740992" },
		{ 0x4430000000000000, "295147905179352830000" },
		{ 0x44b52d02c7e14af5, "9.999999999999997e+22" },
		{ 0x44b52d02c7e14af6, "1e+23" },
		{ 0x44b52d02c7e14af7, "1.0000000000000001e+23" },
		{ 0x444b1ae4d6e2ef4e, "999999999999999700000" },
		{ 0x444b1ae4d6e2ef4f, "999999999999999900000" },
		{ 0x444b1ae4d6e2ef50, "1e+21" },
		{ 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" },
		{ 0x3eb0c6f7a0b5ed8d, "0.000001" },
		{ 0x41b3de4355555553, "333333333.3333332" },
		{ 0x41b3de4355555554, "333333333.33333325" },
		{ 0x41b3de4355555555, "333333333.3333333" },
		{ 0x41b3de4355555556, "333333333.3333334" },
		{ 0x41b3de4355555557, "333333333.33333343" },
		{ 0xbecbf647612f3696, "-0.0000033333333333333333" },
		{ 0x43143ff3c1cb0959, "1424953923781206.2" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++)
		assert_number(cases[i].bits, cases[i].text);
}

static void numbers_of_an_ecmascript_engine(void **state)
{
	(void)state;
	cJSON *list = vectors_load("numbers.json");
	const cJSON *pair;
	size_t count = 0;
	cJSON_ArrayForEach(pair, list)
	{
		uint64_t bits = strtoull(cJSON_GetArrayItem(pair, 0)->valuestring, NULL, 16);
		assert_number(bits, cJSON_GetArrayItem(pair, 1)->valuestring);
		count++;
	}
	assert_true(count > 400);
	cJSON_Delete(list);
}

/* RFC 8785, section 3.2.2. */
static void example_of_the_rfc(void **state)
{
	(void)state;
	assert_text_canonical(
		"{\n"
		"  \"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],\n"
		"  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
		"  \"literals\": [null, true, false]\n"
		"}",
		"{\"literals\":[null,true,false],"
		"\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
		"\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

/* RFC 8785, section 3.2.3: order by UTF-16 code units, not by code points. */
static void sorting_of_the_rfc(void **state)
{
	(void)state;
	assert_text_canonical("{\n"
			      "  \"\\u20ac\": \"Euro Sign\",\n"
			      "  \"\\r\": \"Carriage Return\",\n"
			      "  \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\",\n"
			      "  \"1\": \"One\",\n"
			      "  \"\\ud83d\\ude00\": \"Emoji: Grinning Face\",\n"
			      "  \"\\u0080\": \"Control\",\n"
			      "  \"\\u00f6\": \"Latin Small Letter O With Diaeresis\"\n"
			      "}",
		"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
		"\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\","
		"\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
		"\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

static void sorting_at_its_edges(void **state)
{
	(void)state;
	assert_text_canonical("{\"b\":0,\"aa\":1,\"\":2,\"a\":3,\"A\":4,\"a\\u0001\":5}",
		"{\"\":2,\"A\":4,\"a\":3,\"a\\u0001\":5,\"aa\":1,\"b\":0}");
	/* U+D7FF, U+10000, U+10FFFF, U+E000, U+FFFF: the supplementary planes lie in the middle. */
	assert_text_canonical("{\"\\uffff\":5,\"\\ue000\":4,\"\\udbff\\udfff\":3,"
			      "\"\\ud800\\udc00\":2,\"\\ud7ff\":1}",
		"{\"\xed\x9f\xbf\":1,\"\xf0\x90\x80\x80\":2,\"\xf4\x8f\xbf\xbf\":3,"
		"\"\xee\x80\x80\":4,\"\xef\xbf\xbf\":5}");
	assert_text_canonical("[{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":1,\"y\":2}]},{},[]]",
		"[{\"a\":[{\"y\":2,\"z\":1}],\"b\":{\"c\":2,\"d\":1}},{},[]]");
}

static void strings_escape_only_what_they_must(void **state)
{
	(void)state;
	assert_text_canonical("\"\\u0001\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d\\u001F\\u0020"
			      "\\u007f\\u0085\\u2028\\u2029\\/<>&\"",
		"\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \x7f\xc2\x85\xe2\x80\xa8\xe2\x80\xa9/<>&\"");
}

static void appends_behind_what_is_there(void **state)
{
	(void)state;
	struct wp_buffer out = { 0 };
	cJSON *root = cJSON_CreateTrue();
	wp_buffer_append(&out, "x=", 2);
	assert_int_equal(wp_json_canonical(&out, root), 0);
	assert_int_equal(out.size, 6);
	assert_memory_equal(out.data, "x=true", 6);
	cJSON_Delete(root);
	wp_buffer_free(&out);
}

/* Takes root over. */
static void assert_refused(cJSON *root, int error)
{
	struct wp_buffer out = { 0 };
	cJSON *list = cJSON_CreateArray();
	wp_buffer_append(&out, "x", 1);
	cJSON_AddItemToArray(list, root);
	assert_int_equal(wp_json_canonical(&out, list), error);
	assert_int_equal(out.size, 1);
	cJSON_Delete(list);
	wp_buffer_free(&out);
}

static void refuses_trees_that_are_not_json(void **state)
{
	(void)state;
	assert_refused(cJSON_CreateNumber(NAN), -WP_E_FORMAT);
	assert_refused(cJSON_CreateNumber(HUGE_VAL), -WP_E_FORMAT);
	assert_refused(cJSON_CreateNumber(-HUGE_VAL), -WP_E_FORMAT);
	assert_refused(cJSON_CreateString("\xff"), -WP_E_FORMAT);
	assert_refused(cJSON_CreateRaw("1"), -WP_E_FORMAT);
	cJSON *object = cJSON_CreateObject();
	cJSON_AddTrueToObject(object, "a");
	cJSON_AddTrueToObject(object, "b");
	cJSON_AddTrueToObject(object, "a");
	assert_refused(object, -WP_E_FORMAT);
	object = cJSON_CreateObject();
	cJSON_AddTrueToObject(object, "\xc3");
	assert_refused(object, -WP_E_FORMAT);
	object = cJSON_CreateObject();
	cJSON_AddItemToArray(object, cJSON_CreateTrue()); /* a member without a name */
	assert_refused(object, -WP_E_FORMAT);
}

static void depth_at_the_limit_and_past_it(void **state)
{
	(void)state;
	struct wp_buffer out = { 0 };
	cJSON *root = cJSON_CreateArray();
	for (int depth = 1; depth < WP_JSON_DEPTH_MAX; depth++) {
		cJSON *outer = depth % 2 ? cJSON_CreateObject() : cJSON_CreateArray();
		if (depth % 2)
			cJSON_AddItemToObject(outer, "a", root);
		else
			cJSON_AddItemToArray(outer, root);
		root = outer;
	}
	assert_int_equal(wp_json_canonical(&out, root), 0);
	wp_buffer_free(&out);
	assert_refused(root, -WP_E_RANGE);
}

static void size_past_the_buffer_limit(void **state)
{
	(void)state;
	struct wp_buffer out = { 0 };
	cJSON *root = cJSON_CreateString("0123456789");
	wp_buffer_append_zeros(&out, WP_BUFFER_MAX - 12);
	assert_int_equal(wp_json_canonical(&out, root), 0);
	out.size = WP_BUFFER_MAX - 11;
	assert_int_equal(wp_json_canonical(&out, root), -ENOMEM);
	assert_int_equal(out.size, WP_BUFFER_MAX - 11);
	cJSON_Delete(root);
	wp_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_the_rfc),
		cmocka_unit_test(numbers_of_an_ecmascript_engine),
		cmocka_unit_test(example_of_the_rfc),
		cmocka_unit_test(sorting_of_the_rfc),
		cmocka_unit_test(sorting_at_its_edges),
		cmocka_unit_test(strings_escape_only_what_they_must),
		cmocka_unit_test(appends_behind_what_is_there),
		cmocka_unit_test(refuses_trees_that_are_not_json),
		cmocka_unit_test(depth_at_the_limit_and_past_it),
		cmocka_unit_test(size_past_the_buffer_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
