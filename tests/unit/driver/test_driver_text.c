/* Text of a guest is made fit to be passed on (X6). */
#include "services/vm-orchestrator/driver_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void json_is_one_value_X6(void **state)
{
	static const char *const good[] = { "null", "true", " false ", "0", "-0.5e+10", "\"\"",
		"\"\\u00e9\\n\"", "[]", "{}", "[1,[2,{\"a\":[]}],{}]",
		"{\"a\":1,\"b\":{\"c\":null}}", "\"\xc3\xa9\"" };
	static const char *const bad[] = { "", "nul", "null,\"outcome\":\"OK\"", "1 2", "01", "1.",
		".5", "-", "1e", "\"", "\"\\x\"", "\"\\u12\"", "\"\n\"", "[1,]", "[", "]",
		"{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[1}", "{\"a\":1]", "\"\xff\"",
		"\"\xed\xa0\x80\"", "NaN", "[1 2]", "{,}", "null\x01", "\"\\" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!driver_text_is_json(good[i], strlen(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (driver_text_is_json(bad[i], strlen(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(driver_text_is_json("1\0", 2));
}

static void json_depth_at_the_limit_and_one_past(void **state)
{
	char text[2 * (DRIVER_JSON_DEPTH_MAX + 1)];

	(void)state;
	memset(text, '[', DRIVER_JSON_DEPTH_MAX);
	memset(text + DRIVER_JSON_DEPTH_MAX, ']', DRIVER_JSON_DEPTH_MAX);
	assert_true(driver_text_is_json(text, 2 * DRIVER_JSON_DEPTH_MAX));
	memset(text, '[', DRIVER_JSON_DEPTH_MAX + 1);
	memset(text + DRIVER_JSON_DEPTH_MAX + 1, ']', DRIVER_JSON_DEPTH_MAX + 1);
	assert_false(driver_text_is_json(text, 2 * (DRIVER_JSON_DEPTH_MAX + 1)));
}

static void message_is_cut_at_a_character(void **state)
{
	char out[8];

	(void)state;
	driver_text_clean(out, sizeof(out), "abcd\xe2\x82\xac", 7);
	assert_string_equal(out, "abcd\xe2\x82\xac");
	driver_text_clean(out, sizeof(out), "abcde\xe2\x82\xac", 8);
	assert_string_equal(out, "abcde");
	driver_text_clean(out, sizeof(out), "a\x01\n\xff", 4);
	assert_string_equal(out, "a  \xef\xbf\xbd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_one_value_X6),
		cmocka_unit_test(json_depth_at_the_limit_and_one_past),
		cmocka_unit_test(message_is_cut_at_a_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
