/* buffer.h - a growable run of bytes with a hard maximum; the writer of JSON, RLP and ABI. */
#ifndef WP_BUFFER_H
#define WP_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WP_BUFFER_MAX (8u << 20)

struct wp_buffer { /* zero-initialised is empty */
	uint8_t *data;
	size_t size;
	size_t capacity;
	bool failed; /* sticky: no memory or over WP_BUFFER_MAX; check once at the end */
};

void wp_buffer_append(struct wp_buffer *buffer, const void *data, size_t size);
void wp_buffer_append_zeros(struct wp_buffer *buffer, size_t size);
void wp_buffer_free(struct wp_buffer *buffer); /* empties; an empty one is fine */

#endif
