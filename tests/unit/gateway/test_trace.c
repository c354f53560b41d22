/* O5: traceparent as W3C Trace Context has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "services/gateway/trace.h"

#include <string.h>

#define ID   "0af7651916cd43dd8448eb211c80319c"
#define SPAN "b7ad6b7169203331"

static const uint8_t random_bytes[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
	18, 19, 20, 21, 22, 23, 24 };

static void valid_ones_go_on(void **state)
{
	static const char *const headers[] = { "00-" ID "-" SPAN "-01", "00-" ID "-" SPAN "-00",
		"01-" ID "-" SPAN "-01-more", "cc-" ID "-" SPAN "-ff" };
	static const char *const flags[] = { "01", "00", "01", "01" };
	struct trace trace;
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(headers); i++) {
		assert_true(trace_continue(&trace, headers[i], random_bytes));
		assert_string_equal(trace.id, ID);
		assert_int_equal(strlen(trace.parent), 55);
		assert_int_equal(strncmp(trace.parent, "00-" ID "-1112131415161718-", 53), 0);
		assert_string_equal(trace.parent + 53, flags[i]);
	}
}

static void invalid_ones_are_replaced(void **state)
{
	static const char *const headers[] = { "", "00", "00-" ID "-" SPAN "-1",
		"00-" ID "-" SPAN "-01-more", "00-" ID "-" SPAN "-01x", "ff-" ID "-" SPAN "-01",
		"00-00000000000000000000000000000000-" SPAN "-01", "00-" ID "-0000000000000000-01",
		"00-0AF7651916CD43DD8448EB211C80319C-" SPAN "-01", "00_" ID "-" SPAN "-01",
		"0g-" ID "-" SPAN "-01", "00-" ID "-" SPAN "-0g" };
	struct trace trace;
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(headers); i++) {
		assert_false(trace_continue(&trace, headers[i], random_bytes));
		assert_string_equal(trace.id, "0102030405060708090a0b0c0d0e0f10");
	}
	assert_false(trace_continue(&trace, NULL, random_bytes));
	assert_string_equal(
		trace.parent, "00-0102030405060708090a0b0c0d0e0f10-1112131415161718-00");
}

static void new_ones_differ(void **state)
{
	struct trace first, next;
	(void)state;
	trace_begin(&first, NULL);
	for (int i = 0; i < 25; i++) {
		trace_begin(&next, NULL);
		assert_string_not_equal(first.id, next.id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_ones_go_on),
		cmocka_unit_test(invalid_ones_are_replaced),
		cmocka_unit_test(new_ones_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
