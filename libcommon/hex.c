#include "libcommon/hex.h"

#include "libcommon/base.h"

void wp_hex_encode(char *text, const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	text[2 * size] = '\0';
}

void wp_hex_encode0x(char *text, const uint8_t *data, size_t size)
{
	text[0] = '0';
	text[1] = 'x';
	wp_hex_encode(text + 2, data, size);
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int wp_hex_decode(uint8_t *data, size_t size, const char *text, size_t length)
{
	if (length >= 2 && text[0] == '0' && text[1] == 'x') {
		text += 2;
		length -= 2;
	}
	if (length % 2 != 0 || length / 2 != size)
		return -WP_E_FORMAT;
	for (size_t i = 0; i < length; i++)
		if (digit_value(text[i]) < 0)
			return -WP_E_FORMAT;
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(digit_value(text[2 * i]) << 4 | digit_value(text[2 * i + 1]));
	return 0;
}
