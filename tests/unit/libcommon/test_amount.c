#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/amount.h"
#include "libcommon/base.h"

#include <string.h>

#define MAX_TEXT "115792089237316195423570985008687907853269984665640564039457584007913129639935"
#define OVER     "115792089237316195423570985008687907853269984665640564039457584007913129639936"
#define MAX_HEX  "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static struct wp_amount amount(const char *text)
{
	struct wp_amount value;
	assert_int_equal(wp_amount_parse(&value, text), 0);
	return value;
}

static void assert_amount(const struct wp_amount *value, const char *text)
{
	char actual[WP_AMOUNT_TEXT];
	assert_string_equal(wp_amount_text(actual, value), text);
}

static void decimal_texts_read_back(void **state)
{
	(void)state;
	static const char *const texts[] = { "0", "1", "9", "10", "255", "256", "999999999",
		"1000000000", "1000000001", "10000000000000000000", "18446744073709551615",
		"18446744073709551616", "340282366920938463463374607431768211455",
		"340282366920938463463374607431768211456",
		"100000000000000000000000000000000000000000000000000000000000000000000000000000",
		MAX_TEXT };
	for (size_t i = 0; i < WP_ARRAY_LEN(texts); i++) {
		struct wp_amount value = amount(texts[i]);
		assert_amount(&value, texts[i]);
	}
}

static void wrong_decimal_texts_leave_the_output_alone(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{ "", -WP_E_FORMAT },
		{ "00", -WP_E_FORMAT },
		{ "01", -WP_E_FORMAT },
		{ "-1", -WP_E_FORMAT },
		{ "+1", -WP_E_FORMAT },
		{ " 1", -WP_E_FORMAT },
		{ "1 ", -WP_E_FORMAT },
		{ "1\n", -WP_E_FORMAT },
		{ "1.0", -WP_E_FORMAT },
		{ "1e3", -WP_E_FORMAT },
		{ "0x1", -WP_E_FORMAT },
		{ "1_000", -WP_E_FORMAT },
		{ "١", -WP_E_FORMAT },
		{ OVER, -WP_E_RANGE },
		{ MAX_TEXT "0", -WP_E_RANGE },
		{ "999999999999999999999999999999999999999999999999999999999999999999999999999999",
			-WP_E_RANGE },
		{ MAX_TEXT MAX_TEXT MAX_TEXT, -WP_E_RANGE },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_amount value = wp_amount_from_u64(7);
		assert_int_equal(wp_amount_parse(&value, cases[i].text), cases[i].error);
		assert_amount(&value, "7");
	}
}

static void hex_quantities(void **state)
{
	(void)state;
	static const struct {
		const char *text, *decimal, *minimal;
	} cases[] = {
		{ "0x0", "0", "0x0" },
		{ "0x00", "0", "0x0" },
		{ "0x1", "1", "0x1" },
		{ "0x0f", "15", "0xf" },
		{ "0xAbC", "2748", "0xabc" },
		{ "0x10000000000000000", "18446744073709551616", "0x10000000000000000" },
		{ MAX_HEX, MAX_TEXT, MAX_HEX },
		{ "0x0000000000000000000000000000000000000000000000000000000000000000", "0",
			"0x0" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_amount value;
		char text[67];
		assert_int_equal(wp_amount_parse_hex(&value, cases[i].text), 0);
		assert_amount(&value, cases[i].decimal);
		assert_string_equal(wp_amount_hex(text, &value), cases[i].minimal);
	}
}

static void wrong_hex_quantities_leave_the_output_alone(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{ "", -WP_E_FORMAT },
		{ "0", -WP_E_FORMAT },
		{ "0x", -WP_E_FORMAT },
		{ "0X1", -WP_E_FORMAT },
		{ "ff", -WP_E_FORMAT },
		{ "0xg", -WP_E_FORMAT },
		{ "0x1 ", -WP_E_FORMAT },
		{ " 0x1", -WP_E_FORMAT },
		{ "0x-1", -WP_E_FORMAT },
		{ "0x10000000000000000000000000000000000000000000000000000000000000000",
			-WP_E_RANGE },
		{ "0x00000000000000000000000000000000000000000000000000000000000000001",
			-WP_E_RANGE },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_amount value = wp_amount_from_u64(7);
		assert_int_equal(wp_amount_parse_hex(&value, cases[i].text), cases[i].error);
		assert_amount(&value, "7");
	}
}

static void sixty_four_bits(void **state)
{
	(void)state;
	static const uint64_t values[] = { 0, 1, 255, 256, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX };
	for (size_t i = 0; i < WP_ARRAY_LEN(values); i++) {
		struct wp_amount value = wp_amount_from_u64(values[i]);
		uint64_t back = 7;
		assert_true(wp_amount_to_u64(&back, &value));
		assert_true(back == values[i]);
	}
	uint64_t untouched = 7;
	struct wp_amount above = amount("18446744073709551616"), max = amount(MAX_TEXT);
	assert_false(wp_amount_to_u64(&untouched, &above));
	assert_false(wp_amount_to_u64(&untouched, &max));
	assert_int_equal(untouched, 7);
}

static void big_endian_bytes(void **state)
{
	(void)state;
	uint8_t bytes[32] = { 0 }, back[32];
	bytes[0] = 0x80;
	bytes[31] = 1;
	struct wp_amount value = wp_amount_from_be(bytes);
	assert_amount(&value,
		"57896044618658097711785492504343953926634992332820282019728792003956564819969");
	wp_amount_to_be(back, &value);
	assert_memory_equal(back, bytes, 32);
}

static void addition_to_the_limit_and_past_it(void **state)
{
	(void)state;
	struct wp_amount max = amount(MAX_TEXT), one = amount("1"), zero = amount("0"), sum;
	struct wp_amount below = amount(
		"115792089237316195423570985008687907853269984665640564039457584007913129639934");
	assert_true(wp_amount_add(&sum, &below, &one));
	assert_amount(&sum, MAX_TEXT);
	assert_true(wp_amount_add(&sum, &max, &zero));
	assert_amount(&sum, MAX_TEXT);
	sum = amount("7");
	assert_false(wp_amount_add(&sum, &max, &one));
	assert_false(wp_amount_add(&sum, &one, &max));
	assert_false(wp_amount_add(&sum, &max, &max));
	assert_amount(&sum, "7");
	struct wp_amount ones = amount("18446744073709551615");
	assert_true(wp_amount_add(&ones, &ones, &one)); /* the output may be an input */
	assert_amount(&ones, "18446744073709551616");
}

static void subtraction_to_zero_and_past_it(void **state)
{
	(void)state;
	struct wp_amount max = amount(MAX_TEXT), one = amount("1"), zero = amount("0"), rest;
	struct wp_amount power = amount("18446744073709551616");
	assert_true(wp_amount_sub(&rest, &max, &max));
	assert_amount(&rest, "0");
	assert_true(wp_amount_sub(&rest, &power, &one));
	assert_amount(&rest, "18446744073709551615");
	assert_true(wp_amount_sub(&rest, &one, &zero));
	assert_amount(&rest, "1");
	rest = amount("7");
	assert_false(wp_amount_sub(&rest, &zero, &one));
	assert_false(wp_amount_sub(&rest, &one, &max));
	assert_amount(&rest, "7");
}

static void multiplication_to_the_limit_and_past_it(void **state)
{
	(void)state;
	struct wp_amount max = amount(MAX_TEXT), zero = amount("0"), product;
	/* (2^256-1) / (2^64-1) is whole. */
	struct wp_amount part =
		amount("6277101735386680764176071790128604879584176795969512275969");
	struct wp_amount more =
		amount("6277101735386680764176071790128604879584176795969512275970");
	assert_true(wp_amount_mul_u64(&product, &part, UINT64_MAX));
	assert_amount(&product, MAX_TEXT);
	assert_true(wp_amount_mul_u64(&product, &max, 1));
	assert_amount(&product, MAX_TEXT);
	assert_true(wp_amount_mul_u64(&product, &max, 0));
	assert_amount(&product, "0");
	assert_true(wp_amount_mul_u64(&product, &zero, UINT64_MAX));
	assert_amount(&product, "0");
	product = amount("7");
	assert_false(wp_amount_mul_u64(&product, &more, UINT64_MAX));
	assert_false(wp_amount_mul_u64(&product, &max, 2));
	assert_false(wp_amount_mul_u64(&product, &max, UINT64_MAX));
	assert_amount(&product, "7");
}

static void order(void **state)
{
	(void)state;
	static const char *const ascending[] = { "0", "1", "255", "256", "18446744073709551615",
		"18446744073709551616", MAX_TEXT };
	for (size_t i = 0; i < WP_ARRAY_LEN(ascending); i++) {
		struct wp_amount a = amount(ascending[i]);
		assert_int_equal(wp_amount_is_zero(&a), i == 0);
		for (size_t j = 0; j < WP_ARRAY_LEN(ascending); j++) {
			struct wp_amount b = amount(ascending[j]);
			assert_int_equal(wp_amount_compare(&a, &b), (i > j) - (i < j));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimal_texts_read_back),
		cmocka_unit_test(wrong_decimal_texts_leave_the_output_alone),
		cmocka_unit_test(hex_quantities),
		cmocka_unit_test(wrong_hex_quantities_leave_the_output_alone),
		cmocka_unit_test(sixty_four_bits),
		cmocka_unit_test(big_endian_bytes),
		cmocka_unit_test(addition_to_the_limit_and_past_it),
		cmocka_unit_test(subtraction_to_zero_and_past_it),
		cmocka_unit_test(multiplication_to_the_limit_and_past_it),
		cmocka_unit_test(order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
