#include "libcommon/utf8.h"

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Length by lead byte; the range of the second byte excludes overlong forms, surrogates and what
 * lies above U+10FFFF (RFC 3629, section 4). */
static size_t sequence_length(unsigned char lead, unsigned char *ret_low, unsigned char *ret_high)
{
	*ret_low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	*ret_high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

size_t wp_utf8_sequence(const char *text, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)text;
	unsigned char low, high;
	if (size == 0)
		return 0;
	size_t length = sequence_length(bytes[0], &low, &high);
	if (length > size)
		return 0;
	if (length > 1 && (bytes[1] < low || bytes[1] > high))
		return 0;
	for (size_t i = 2; i < length; i++)
		if (!is_continuation(bytes[i]))
			return 0;
	return length;
}

bool wp_utf8_valid(const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t length = wp_utf8_sequence(text + at, size - at);
		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

size_t wp_utf8_encode(char text[static 4], uint32_t scalar)
{
	if (scalar < 0x80) {
		text[0] = (char)scalar;
		return 1;
	}
	size_t length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
	for (size_t i = length; i-- > 1; scalar >>= 6)
		text[i] = (char)(0x80 | (scalar & 0x3f));
	static const unsigned char lead[] = { [2] = 0xc0, [3] = 0xe0, [4] = 0xf0 };
	text[0] = (char)(lead[length] | scalar);
	return length;
}
