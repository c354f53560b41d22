#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/buffer.h"

#include <stdlib.h>
#include <string.h>

static void appends_in_order(void **state)
{
	(void)state;
	struct wp_buffer buffer = { 0 };
	wp_buffer_append(&buffer, "ab", 2);
	wp_buffer_append_zeros(&buffer, 2);
	wp_buffer_append(&buffer, NULL, 0);
	wp_buffer_append(&buffer, "c", 1);
	assert_int_equal(buffer.size, 5);
	assert_memory_equal(buffer.data, "ab\0\0c", 5);
	assert_false(buffer.failed);
	wp_buffer_free(&buffer);
	assert_null(buffer.data);
	wp_buffer_free(&buffer);
}

static void takes_exactly_the_maximum(void **state)
{
	(void)state;
	struct wp_buffer buffer = { 0 };
	wp_buffer_append_zeros(&buffer, WP_BUFFER_MAX - 1);
	wp_buffer_append(&buffer, "z", 1);
	assert_false(buffer.failed);
	assert_int_equal(buffer.size, WP_BUFFER_MAX);
	assert_int_equal(buffer.data[WP_BUFFER_MAX - 1], 'z');
	wp_buffer_append(&buffer, "", 0);
	assert_false(buffer.failed);
	wp_buffer_append(&buffer, "y", 1);
	assert_true(buffer.failed);
	assert_int_equal(buffer.size, WP_BUFFER_MAX);
	wp_buffer_free(&buffer);
}

static void failure_is_sticky(void **state)
{
	(void)state;
	struct wp_buffer buffer = { 0 };
	wp_buffer_append(&buffer, "a", 1);
	wp_buffer_append_zeros(&buffer, SIZE_MAX);
	assert_true(buffer.failed);
	wp_buffer_append(&buffer, "b", 1);
	assert_int_equal(buffer.size, 1);
	assert_true(buffer.failed);
	wp_buffer_free(&buffer);
	assert_false(buffer.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_in_order),
		cmocka_unit_test(takes_exactly_the_maximum),
		cmocka_unit_test(failure_is_sticky),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
