#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/utf8.h"

#include <string.h>

static void every_scalar_reads_back(void **state)
{
	(void)state;
	for (uint32_t scalar = 0; scalar <= 0x10ffff; scalar++) {
		char text[4];
		size_t length = wp_utf8_encode(text, scalar);
		bool surrogate = scalar >= 0xd800 && scalar <= 0xdfff;
		assert_int_equal(wp_utf8_sequence(text, length), surrogate ? 0 : length);
		assert_int_equal(wp_utf8_sequence(text, length - 1), 0);
	}
}

static void edges_of_the_lengths(void **state)
{
	(void)state;
	static const struct {
		uint32_t scalar;
		const char *text;
	} cases[] = { { 0x7f, "\x7f" }, { 0x80, "\xc2\x80" }, { 0x7ff, "\xdf\xbf" },
		{ 0x800, "\xe0\xa0\x80" }, { 0xffff, "\xef\xbf\xbf" },
		{ 0x10000, "\xf0\x90\x80\x80" }, { 0x10ffff, "\xf4\x8f\xbf\xbf" } };
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		char text[5] = "";
		text[wp_utf8_encode(text, cases[i].scalar)] = '\0';
		assert_string_equal(text, cases[i].text);
	}
}

/* RFC 3629, section 10, and the usual tricks: overlong forms, surrogates, stray bytes. */
static void refuses_malformed_text(void **state)
{
	(void)state;
	static const char *const texts[] = { "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2",
		"\xc2\x41", "\xc2\xc2", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe1\x80", "\xe1\x80\x41",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf0\x90\x80", "\xf0\x90\x80\x41", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xfe", "\xff", "ok\xc3" };
	for (size_t i = 0; i < WP_ARRAY_LEN(texts); i++)
		assert_false(wp_utf8_valid(texts[i], strlen(texts[i])));
	assert_true(wp_utf8_valid("", 0));
	assert_true(wp_utf8_valid("a\0b", 3));
	assert_true(wp_utf8_valid("Gr\xc3\xbc\xc3\x9f\x65 \xf0\x9f\x98\x80", 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scalar_reads_back),
		cmocka_unit_test(edges_of_the_lengths),
		cmocka_unit_test(refuses_malformed_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
