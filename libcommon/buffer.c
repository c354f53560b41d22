#include "libcommon/buffer.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256u

/* Makes room for size more bytes and returns where they go; NULL after a failure. */
static uint8_t *extend(struct wp_buffer *buffer, size_t size)
{
	if (buffer->failed || size > WP_BUFFER_MAX - buffer->size)
		goto failed;
	size_t need = buffer->size + size;
	if (need > buffer->capacity) {
		size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
		while (capacity < need)
			capacity *= 2;
		uint8_t *data = realloc(buffer->data, capacity);
		if (!data)
			goto failed;
		buffer->data = data;
		buffer->capacity = capacity;
	}
	uint8_t *room = buffer->data + buffer->size;
	buffer->size = need;
	return room;
failed:
	buffer->failed = true;
	return NULL;
}

void wp_buffer_append(struct wp_buffer *buffer, const void *data, size_t size)
{
	if (size == 0)
		return;
	uint8_t *room = extend(buffer, size);
	if (room)
		memcpy(room, data, size);
}

void wp_buffer_append_zeros(struct wp_buffer *buffer, size_t size)
{
	if (size == 0)
		return;
	uint8_t *room = extend(buffer, size);
	if (room)
		memset(room, 0, size);
}

void wp_buffer_free(struct wp_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct wp_buffer){ 0 };
}
