#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/json.h"

#include <string.h>

static const char text[] =
	"{\"s\":\"x\",\"t\":true,\"f\":false,\"n\":null,\"o\":{\"in\":1},\"a\":[1],"
	"\"i\":-5,\"big\":9007199254740991,\"half\":0.5,\"huge\":1e300,\"zero\":-0}";

static cJSON *root;

static int parse_text(void **state)
{
	(void)state;
	return wp_json_parse(&root, text, strlen(text), NULL, NULL);
}

static int free_root(void **state)
{
	(void)state;
	cJSON_Delete(root);
	return 0;
}

static void members_of_the_wanted_type(void **state)
{
	(void)state;
	const char *string = NULL;
	bool flag = false;
	const cJSON *part = NULL;
	assert_int_equal(wp_json_string(root, "s", &string), 0);
	assert_string_equal(string, "x");
	assert_int_equal(wp_json_bool(root, "t", &flag), 0);
	assert_true(flag);
	assert_int_equal(wp_json_bool(root, "f", &flag), 0);
	assert_false(flag);
	assert_int_equal(wp_json_object(root, "o", &part), 0);
	assert_ptr_equal(part, cJSON_GetObjectItemCaseSensitive(root, "o"));
	assert_int_equal(wp_json_array(root, "a", &part), 0);
	assert_ptr_equal(part, cJSON_GetObjectItemCaseSensitive(root, "a"));
}

static void other_members_leave_the_output_alone(void **state)
{
	(void)state;
	const char *string = text;
	const cJSON *part = root;
	bool flag = true;
	int64_t number = 7;
	assert_int_equal(wp_json_string(root, "t", &string), -WP_E_FORMAT);
	assert_int_equal(wp_json_string(root, "n", &string), -WP_E_FORMAT);
	assert_int_equal(wp_json_string(root, "S", &string), -ENOENT);
	assert_int_equal(wp_json_string(root, "", &string), -ENOENT);
	assert_int_equal(wp_json_bool(root, "s", &flag), -WP_E_FORMAT);
	assert_int_equal(wp_json_bool(root, "none", &flag), -ENOENT);
	assert_int_equal(wp_json_object(root, "a", &part), -WP_E_FORMAT);
	assert_int_equal(wp_json_array(root, "o", &part), -WP_E_FORMAT);
	assert_int_equal(wp_json_integer(root, "s", 0, 9, &number), -WP_E_FORMAT);
	assert_int_equal(wp_json_integer(root, "none", 0, 9, &number), -ENOENT);
	assert_ptr_equal(string, text);
	assert_ptr_equal(part, root);
	assert_true(flag);
	assert_int_equal(number, 7);
}

static void integers_within_their_range(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int64_t min, max;
		int error;
		int64_t value;
	} cases[] = {
		{ "i", -5, -5, 0, -5 },
		{ "i", -4, 0, -WP_E_RANGE, 7 },
		{ "i", -9, -6, -WP_E_RANGE, 7 },
		{ "big", 0, 9007199254740991, 0, 9007199254740991 },
		{ "big", 0, 9007199254740990, -WP_E_RANGE, 7 },
		{ "half", 0, 1, -WP_E_FORMAT, 7 },
		{ "huge", 0, 9007199254740991, -WP_E_RANGE, 7 },
		{ "zero", 0, 0, 0, 0 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		int64_t value = 7;
		assert_int_equal(
			wp_json_integer(root, cases[i].name, cases[i].min, cases[i].max, &value),
			cases[i].error);
		assert_true(value == cases[i].value);
	}
}

/* A1: unknown fields are refused. */
static void finds_the_first_unknown_member(void **state)
{
	(void)state;
	static const char *const all[] = { "zero", "huge", "half", "big", "i", "a", "o", "n", "f",
		"t", "s", "more", NULL };
	static const char *const some[] = { "s", "t", "F", NULL };
	static const char *const none[] = { NULL };
	assert_null(wp_json_unknown_member(root, all));
	assert_string_equal(wp_json_unknown_member(root, some)->string, "f");
	assert_string_equal(wp_json_unknown_member(root, none)->string, "s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_the_wanted_type),
		cmocka_unit_test(other_members_leave_the_output_alone),
		cmocka_unit_test(integers_within_their_range),
		cmocka_unit_test(finds_the_first_unknown_member),
	};
	return cmocka_run_group_tests(tests, parse_text, free_root);
}
