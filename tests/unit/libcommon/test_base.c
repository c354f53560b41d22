#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"

#include <limits.h>

static void every_domain_error_has_its_own_text(void **state)
{
	(void)state;
	for (int a = WP_E_FIRST; a < WP_E_LAST; a++) {
		assert_string_not_equal(wp_strerror(-a), "unknown error");
		assert_string_equal(wp_strerror(-a), wp_strerror(a));
		for (int b = WP_E_FIRST; b < a; b++)
			assert_string_not_equal(wp_strerror(a), wp_strerror(b));
	}
}

static void errno_has_the_text_of_the_system(void **state)
{
	(void)state;
	assert_string_equal(wp_strerror(-ENOENT), "No such file or directory");
	assert_string_equal(wp_strerror(ENOENT), "No such file or directory");
	assert_string_equal(wp_strerror(0), "Success");
}

static void nothing_gives_null(void **state)
{
	(void)state;
	static const int numbers[] = { WP_E_FIRST - 1, WP_E_LAST, 100000, INT_MAX, INT_MIN };
	for (size_t i = 0; i < WP_ARRAY_LEN(numbers); i++) {
		assert_string_equal(wp_strerror(numbers[i]), "unknown error");
		assert_string_equal(wp_strerror(numbers[i] == INT_MIN ? INT_MIN : -numbers[i]),
			"unknown error");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_domain_error_has_its_own_text),
		cmocka_unit_test(errno_has_the_text_of_the_system),
		cmocka_unit_test(nothing_gives_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
