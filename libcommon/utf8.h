/* utf8.h - well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
#ifndef WP_UTF8_H
#define WP_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes (1..4) of the well-formed sequence at the start of text, 0 if there is none. */
size_t wp_utf8_sequence(const char *text, size_t size);

bool wp_utf8_valid(const char *text, size_t size);

/* Writes the 1..4 bytes of a Unicode scalar value to text and returns their number. */
size_t wp_utf8_encode(char text[static 4], uint32_t scalar);

#endif
