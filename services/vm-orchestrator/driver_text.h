/* driver_text.h - makes text that a guest sent fit to be passed on. Pure. */
#ifndef WP_DRIVER_TEXT_H
#define WP_DRIVER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define DRIVER_JSON_DEPTH_MAX 512

/* Is text one JSON value (RFC 8259) in valid UTF-8 and nothing else, nested at most
 * DRIVER_JSON_DEPTH_MAX deep? So it can stand inside other JSON. */
bool driver_text_is_json(const char *text, size_t size);

/* Bytes of the UTF-8 character at text (RFC 3629), 0 if there is none. size is at least 1. */
size_t driver_text_utf8(const char *text, size_t size);

/* Copies at most room - 1 bytes of text to out as valid UTF-8 without control characters, cut at a
 * character, and a NUL. What is no UTF-8 becomes U+FFFD. */
void driver_text_clean(char *out, size_t room, const char *text, size_t size);

#endif
