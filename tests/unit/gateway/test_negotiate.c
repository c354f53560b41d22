/* The request headers that decide about the form of an answer (A7, A9, A12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "services/gateway/negotiate.h"

static void json_types(void **state)
{
	static const char *const yes[] = { "application/json", "Application/JSON",
		"application/json; charset=utf-8", "application/json;charset=UTF-8",
		"application/json ; charset=\"utf-8\"", "application/json; x=y" };
	static const char *const no[] = { "", "text/plain", "application/jsonx",
		"application/json+x", "application/x-www-form-urlencoded",
		"application/json; charset=latin1", "application/json; charset=utf-16" };
	(void)state;
	assert_false(negotiate_is_json(NULL));
	for (size_t i = 0; i < WP_ARRAY_LEN(yes); i++)
		assert_true(negotiate_is_json(yes[i]));
	for (size_t i = 0; i < WP_ARRAY_LEN(no); i++)
		assert_false(negotiate_is_json(no[i]));
}

static void accepted_types(void **state)
{
	static const char *const yes[] = { "", "*/*", "application/json", "text/html, */*;q=0.1",
		"application/*", "application/problem+json", "text/html,application/json;q=0.5",
		"application/json;q=1.0" };
	static const char *const no[] = { "text/html", "text/*", "application/xml",
		"application/json;q=0", "*/*;q=0.000", "application/jsonp" };
	(void)state;
	assert_true(negotiate_accepts_json(NULL));
	for (size_t i = 0; i < WP_ARRAY_LEN(yes); i++)
		assert_true(negotiate_accepts_json(yes[i]));
	for (size_t i = 0; i < WP_ARRAY_LEN(no); i++)
		assert_false(negotiate_accepts_json(no[i]));
}

static void waiting(void **state)
{
	static const struct {
		const char *prefer;
		int64_t seconds;
	} cases[] = { { NULL, 0 }, { "", 0 }, { "wait=1", 1 }, { "wait=30", 30 }, { "wait=31", 30 },
		{ "wait=99999999999999999999", 30 }, { "Wait=5", 5 },
		{ "respond-async, wait=10", 10 }, { "wait=", 0 }, { "wait=x", 0 }, { "wait=-1", 0 },
		{ "wait=1.5", 0 }, { "wait", 0 }, { "wait=7 ", 7 } };
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++)
		assert_int_equal(negotiate_wait_s(cases[i].prefer), cases[i].seconds);
}

static void bearers(void **state)
{
	(void)state;
	assert_string_equal(negotiate_bearer("Bearer abc"), "abc");
	assert_string_equal(negotiate_bearer("bearer abc"), "abc");
	assert_null(negotiate_bearer(NULL));
	assert_null(negotiate_bearer("Basic abc"));
	assert_null(negotiate_bearer("Bearer"));
}

static void origins(void **state)
{
	static const char list[] = "https://a.example, https://b.example:8443";
	(void)state;
	assert_true(negotiate_origin_listed(list, "https://a.example"));
	assert_true(negotiate_origin_listed(list, "https://b.example:8443"));
	assert_false(negotiate_origin_listed(list, "https://b.example"));
	assert_false(negotiate_origin_listed(list, "https://a.example.evil"));
	assert_false(negotiate_origin_listed(list, "http://a.example"));
	assert_false(negotiate_origin_listed(list, "null"));
	assert_false(negotiate_origin_listed(list, ""));
	assert_false(negotiate_origin_listed("", ""));
	assert_false(negotiate_origin_listed("", "https://a.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_types),
		cmocka_unit_test(accepted_types),
		cmocka_unit_test(waiting),
		cmocka_unit_test(bearers),
		cmocka_unit_test(origins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
