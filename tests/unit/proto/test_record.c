/* Typed reads of a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/record.h"

#include <stdlib.h>
#include <string.h>

static struct wp_record record;

static void put(enum wp_field field, const char *text)
{
	free(record.values[field]);
	record.values[field] = strdup(text);
}

static int empty(void **state)
{
	(void)state;
	wp_record_free(&record);
	return 0;
}

static void test_absent(void **state)
{
	struct wp_hash hash;
	struct wp_address address;
	struct wp_amount amount;
	int64_t value;

	(void)state;
	assert_false(wp_record_has(&record, WP_FIELD_trace));
	assert_string_equal(wp_record_text(&record, WP_FIELD_trace), "");
	assert_int_equal(wp_record_i64(&record, WP_FIELD_pay_log, &value), -ENOENT);
	assert_int_equal(wp_record_hash(&record, WP_FIELD_pay_tx, &hash), -ENOENT);
	assert_int_equal(wp_record_address(&record, WP_FIELD_payer, &address), -ENOENT);
	assert_int_equal(wp_record_amount(&record, WP_FIELD_value, &amount), -ENOENT);
	assert_int_equal(wp_record_state(&record), WP_STATE_NONE);
	assert_int_equal(wp_record_fence(&record), 0);
	assert_int_equal(wp_record_attempt(&record), 0);
	assert_string_equal(wp_field_name(WP_FIELD_request_hash), "request_hash");
	assert_string_equal(wp_field_name(WP_FIELD_COUNT), "");
}

static void test_integers(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "0x1", "1e3",
		"9223372036854775808" };
	int64_t value = 7;

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++) {
		put(WP_FIELD_pay_log, bad[i]);
		assert_int_equal(wp_record_i64(&record, WP_FIELD_pay_log, &value), -WP_E_FORMAT);
		assert_int_equal(value, 7);
	}
	put(WP_FIELD_pay_log, "9223372036854775807");
	assert_int_equal(wp_record_i64(&record, WP_FIELD_pay_log, &value), 0);
	assert_true(value == INT64_MAX);
	put(WP_FIELD_clock_ms, "-5");
	assert_int_equal(wp_record_i64(&record, WP_FIELD_clock_ms, &value), 0);
	assert_int_equal(value, -5);
}

static void test_values(void **state)
{
	struct wp_hash hash;
	struct wp_address address;
	struct wp_amount amount;
	char text[WP_AMOUNT_TEXT];

	(void)state;
	put(WP_FIELD_st, "ATT_SENT");
	put(WP_FIELD_fence, "1795177547730982");
	put(WP_FIELD_attempt, "2");
	put(WP_FIELD_value, "10000");
	put(WP_FIELD_payer, "0x00000000000000000000000000000000000000ff");
	put(WP_FIELD_pay_tx, "0x11");
	assert_int_equal(wp_record_state(&record), WP_STATE_ATT_SENT);
	assert_true(wp_record_fence(&record) == UINT64_C(1795177547730982));
	assert_int_equal(wp_record_attempt(&record), 2);
	assert_int_equal(wp_record_amount(&record, WP_FIELD_value, &amount), 0);
	assert_string_equal(wp_amount_text(text, &amount), "10000");
	assert_int_equal(wp_record_address(&record, WP_FIELD_payer, &address), 0);
	assert_int_equal(address.bytes[19], 255);
	assert_int_equal(wp_record_hash(&record, WP_FIELD_pay_tx, &hash), -WP_E_FORMAT);
	put(WP_FIELD_value, "010");
	assert_int_equal(wp_record_amount(&record, WP_FIELD_value, &amount), -WP_E_FORMAT);
	put(WP_FIELD_st, "PAUSED");
	assert_int_equal(wp_record_state(&record), WP_STATE_NONE);
	put(WP_FIELD_attempt, "4294967296");
	assert_int_equal(wp_record_attempt(&record), 0);
	put(WP_FIELD_fence, "-1");
	assert_int_equal(wp_record_fence(&record), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_absent, empty),
		cmocka_unit_test_teardown(test_integers, empty),
		cmocka_unit_test_teardown(test_values, empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
