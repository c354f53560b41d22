#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/time.h"

#include <limits.h>

static void text_is_rfc_3339(void **state)
{
	(void)state;
	static const struct {
		int64_t wall_ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ 1795176000000, "2026-11-20T12:00:00.000Z" },
		{ 1709210096789, "2024-02-29T12:34:56.789Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" },
		{ 253402300800000, "9999-12-31T23:59:59.999Z" }, /* one past the last year */
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
		{ -1, "1970-01-01T00:00:00.000Z" },
		{ INT64_MIN, "1970-01-01T00:00:00.000Z" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		char text[25];
		assert_string_equal(wp_time_text(text, cases[i].wall_ms), cases[i].text);
	}
}

static void clocks_agree_and_do_not_run_backwards(void **state)
{
	(void)state;
	int64_t before_us = wp_time_monotonic_us();
	int64_t ms = wp_time_monotonic_ms();
	int64_t after_us = wp_time_monotonic_us();
	assert_true(before_us / 1000 <= ms && ms <= after_us / 1000);
	assert_true(wp_time_wall_ms() > INT64_C(1700000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_rfc_3339),
		cmocka_unit_test(clocks_agree_and_do_not_run_backwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
