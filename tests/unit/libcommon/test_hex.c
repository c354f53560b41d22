#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/hex.h"

#include <string.h>

static void encodes_lower_case(void **state)
{
	(void)state;
	char text[9];
	wp_hex_encode(text, (const uint8_t[]){ 0x00, 0xab, 0xff }, 3);
	assert_string_equal(text, "00abff");
	wp_hex_encode0x(text, (const uint8_t[]){ 0x00, 0xab, 0xff }, 3);
	assert_string_equal(text, "0x00abff");
	wp_hex_encode0x(text, NULL, 0);
	assert_string_equal(text, "0x");
}

static void decodes_every_byte(void **state)
{
	(void)state;
	for (unsigned value = 0; value < 256; value++) {
		uint8_t byte = (uint8_t)value, decoded = (uint8_t)~value;
		char text[3];
		wp_hex_encode(text, &byte, 1);
		assert_int_equal(wp_hex_decode(&decoded, 1, text, 2), 0);
		assert_int_equal(decoded, byte);
	}
}

static void decodes_prefix_and_upper_case(void **state)
{
	(void)state;
	uint8_t data[2];
	assert_int_equal(wp_hex_decode(data, 2, "0xABcd", 6), 0);
	assert_memory_equal(data, "\xab\xcd", 2);
	assert_int_equal(wp_hex_decode(data, 0, "", 0), 0);
	assert_int_equal(wp_hex_decode(data, 0, "0x", 2), 0);
}

static void refuses_and_leaves_data_alone(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "0x", "ab", "abc", "abcde", "abcdef", "0xabc",
		"0Xabcd", "0x0xabcd", "abcg", "gbcd", "ab d", "ab:d", "ab@d", "ab`d", "ab/d",
		" abcd", "abcd ", "-bcd" };
	for (size_t i = 0; i < WP_ARRAY_LEN(texts); i++) {
		uint8_t data[2] = { 1, 2 };
		assert_int_equal(wp_hex_decode(data, 2, texts[i], strlen(texts[i])), -WP_E_FORMAT);
		assert_memory_equal(data, "\x01\x02", 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes_lower_case),
		cmocka_unit_test(decodes_every_byte),
		cmocka_unit_test(decodes_prefix_and_upper_case),
		cmocka_unit_test(refuses_and_leaves_data_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
