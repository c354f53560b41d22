/* base64.h - RFC 4648, section 4: the standard alphabet with padding, as HTTP headers carry it. */
#ifndef WP_BASE64_H
#define WP_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of text for size bytes, NUL included, and most bytes that length characters can hold. */
#define WP_BASE64_TEXT(size)    (((size) + 2) / 3 * 4 + 1)
#define WP_BASE64_BYTES(length) ((length) / 4 * 3)

/* Writes WP_BASE64_TEXT(size) bytes to text and returns it. */
char *wp_base64_encode(char *text, const void *data, size_t size);

/* Decodes exactly length characters: no white space, padding required, unused bits zero, so that
 * every text has one meaning and every meaning one text. 0, -WP_E_FORMAT, -WP_E_RANGE (more than
 * capacity bytes); data is then undefined. */
int wp_base64_decode(
	uint8_t *data, size_t capacity, const char *text, size_t length, size_t *ret_size);

#endif
