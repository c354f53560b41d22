#include "libcommon/base64.h"

#include "libcommon/base.h"

#include <sodium.h>

char *wp_base64_encode(char *text, const void *data, size_t size)
{
	return sodium_bin2base64(
		text, WP_BASE64_TEXT(size), data, size, sodium_base64_VARIANT_ORIGINAL);
}

int wp_base64_decode(
	uint8_t *data, size_t capacity, const char *text, size_t length, size_t *ret_size)
{
	if (length % 4 != 0)
		return -WP_E_FORMAT;
	size_t size = WP_BASE64_BYTES(length);
	for (size_t i = 1; i <= 2 && length > 0; i++)
		size -= text[length - i] == '=';
	if (size > capacity)
		return -WP_E_RANGE;
	/* Refuses padding at other places, other characters and set bits that are not used. */
	if (sodium_base642bin(data, capacity, text, length, NULL, &size, NULL,
		    sodium_base64_VARIANT_ORIGINAL) != 0)
		return -WP_E_FORMAT;
	*ret_size = size;
	return 0;
}
