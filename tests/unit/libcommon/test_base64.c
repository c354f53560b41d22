#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/base64.h"

#include <string.h>

/* RFC 4648, section 10. */
static void known_answers(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" }, { "\xfb\xff\xbf", "+/+/" } };
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		char text[WP_BASE64_TEXT(6)];
		uint8_t data[6];
		size_t size = 99;
		assert_string_equal(
			wp_base64_encode(text, cases[i][0], strlen(cases[i][0])), cases[i][1]);
		assert_int_equal(wp_base64_decode(data, sizeof(data), cases[i][1],
					 strlen(cases[i][1]), &size),
			0);
		assert_int_equal(size, strlen(cases[i][0]));
		assert_memory_equal(data, cases[i][0], size);
	}
}

static void every_length_reads_back(void **state)
{
	(void)state;
	uint8_t data[70], back[70];
	char text[WP_BASE64_TEXT(70)];
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 37 + 11);
	for (size_t size = 0; size <= sizeof(data); size++) {
		size_t decoded = 99;
		wp_base64_encode(text, data, size);
		assert_int_equal(strlen(text) + 1, WP_BASE64_TEXT(size));
		assert_true(WP_BASE64_BYTES(strlen(text)) >= size);
		assert_int_equal(
			wp_base64_decode(back, sizeof(back), text, strlen(text), &decoded), 0);
		assert_int_equal(decoded, size);
		assert_memory_equal(back, data, size);
	}
}

static void refuses_what_is_not_canonical(void **state)
{
	(void)state;
	static const char *const texts[] = { "Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm8==", "=",
		"==", "===", "====", "Zm9v=", "Zm9v==", "Zm9v====", "Zg==Zg==", "Zm8=Zm8=", "Z=g=",
		"Zh==", "Zi==", "Zv==", "Zm9=", "Zm+=", "Zm/=", " Zg==", "Zg== ", "Zg==\n",
		"Zm\n9v", "Zm 9", "Zm9-", "Zm9_", "Zm9.", "Zm9*", "Zm\xc3\xb6", "Zm9v\x80" };
	for (size_t i = 0; i < WP_ARRAY_LEN(texts); i++) {
		uint8_t data[16];
		size_t size = 99;
		if (wp_base64_decode(data, sizeof(data), texts[i], strlen(texts[i]), &size) !=
			-WP_E_FORMAT)
			fail_msg("accepted: %s", texts[i]);
		assert_int_equal(size, 99);
	}
	uint8_t data[16];
	size_t size;
	assert_int_equal(wp_base64_decode(data, 16, "Zm9v\0Zm9", 8, &size), -WP_E_FORMAT);
}

static void capacity_is_the_limit(void **state)
{
	(void)state;
	uint8_t data[6];
	size_t size = 99;
	assert_int_equal(wp_base64_decode(data, 6, "Zm9vYmFy", 8, &size), 0);
	assert_int_equal(size, 6);
	assert_int_equal(wp_base64_decode(data, 5, "Zm9vYmFy", 8, &size), -WP_E_RANGE);
	assert_int_equal(wp_base64_decode(data, 5, "Zm9vYmE=", 8, &size), 0);
	assert_int_equal(wp_base64_decode(data, 0, "", 0, &size), 0);
	assert_int_equal(wp_base64_decode(data, 0, "Zg==", 4, &size), -WP_E_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(every_length_reads_back),
		cmocka_unit_test(refuses_what_is_not_canonical),
		cmocka_unit_test(capacity_is_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
