#include "libcommon/base64.h"

#include "libcommon/base.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

char *wp_base64_encode(char *text, const void *data, size_t size)
{
	return sodium_bin2base64(
		text, WP_BASE64_TEXT(size), data, size, sodium_base64_VARIANT_ORIGINAL);
}

/* libsodium 1.0.18 takes some bytes above 0x7f for digits, so decoding is done here. */
static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Three bytes of four digits. False if one of them is no digit. */
static bool decode_group(uint8_t group[static 3], const char *digits)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < 4; i++) {
		int value = digit_value(digits[i]);
		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
	}
	group[0] = (uint8_t)(bits >> 16);
	group[1] = (uint8_t)(bits >> 8);
	group[2] = (uint8_t)bits;
	return true;
}

/* The last four characters, of which the last padding ones are '='. */
static bool decode_last(uint8_t *data, const char *digits, size_t padding)
{
	static const uint8_t zero[3];
	char filled[4] = { 'A', 'A', 'A', 'A' };
	uint8_t group[3];
	size_t size = 3 - padding;
	memcpy(filled, digits, 4 - padding);
	if (!decode_group(group, filled) || memcmp(group + size, zero, padding) != 0)
		return false;
	memcpy(data, group, size);
	return true;
}

int wp_base64_decode(
	uint8_t *data, size_t capacity, const char *text, size_t length, size_t *ret_size)
{
	if (length % 4 != 0)
		return -WP_E_FORMAT;
	size_t padding = 0;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	size_t size = WP_BASE64_BYTES(length) - padding, used = 0;
	if (size > capacity)
		return -WP_E_RANGE;
	for (; used + 3 < size; used += 3, text += 4)
		if (!decode_group(data + used, text))
			return -WP_E_FORMAT;
	if (size > 0 && !decode_last(data + used, text, padding))
		return -WP_E_FORMAT;
	*ret_size = size;
	return 0;
}
