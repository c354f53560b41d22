/* hex.h - bytes as lower-case hexadecimal text. */
#ifndef WP_HEX_H
#define WP_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes 2*size digits and a NUL to text (no prefix). */
void wp_hex_encode(char *text, const uint8_t *data, size_t size);

/* Like wp_hex_encode with a leading "0x": 2*size+3 bytes are written. */
void wp_hex_encode0x(char *text, const uint8_t *data, size_t size);

/* Decodes exactly size bytes from text of length length; a leading "0x" is allowed, upper case too.
 * 0, or -WP_E_FORMAT with data untouched. */
int wp_hex_decode(uint8_t *data, size_t size, const char *text, size_t length);

#endif
