#include "libcommon/evm/rlp.h"

#include "libcommon/base.h"

#define SHORT_MAX 55 /* longest payload whose length fits the first byte */

/* offset is 0x80 for strings, 0xc0 for lists. */
static void append_header(struct wp_buffer *out, uint8_t offset, size_t size)
{
	if (size <= SHORT_MAX) {
		wp_buffer_append(out, &(uint8_t){ (uint8_t)(offset + size) }, 1);
		return;
	}
	uint8_t header[1 + sizeof(size)];
	size_t length = 0;
	for (size_t rest = size; rest > 0; rest >>= 8)
		header[sizeof(header) - ++length] = (uint8_t)rest;
	size_t start = sizeof(header) - length - 1;
	header[start] = (uint8_t)(offset + SHORT_MAX + length);
	wp_buffer_append(out, header + start, length + 1);
}

void wp_rlp_bytes(struct wp_buffer *out, const void *data, size_t size)
{
	if (size != 1 || *(const uint8_t *)data >= 0x80)
		append_header(out, 0x80, size);
	wp_buffer_append(out, data, size);
}

void wp_rlp_amount(struct wp_buffer *out, const struct wp_amount *amount)
{
	uint8_t bytes[32];
	wp_amount_to_be(bytes, amount);
	size_t skip = 0;
	while (skip < sizeof(bytes) && bytes[skip] == 0)
		skip++;
	wp_rlp_bytes(out, bytes + skip, sizeof(bytes) - skip);
}

void wp_rlp_u64(struct wp_buffer *out, uint64_t value)
{
	struct wp_amount amount = wp_amount_from_u64(value);
	wp_rlp_amount(out, &amount);
}

void wp_rlp_list(struct wp_buffer *out, const void *items, size_t size)
{
	append_header(out, 0xc0, size);
	wp_buffer_append(out, items, size);
}

/* The long form's length: digits bytes, big-endian, minimal and above SHORT_MAX. */
static int read_length(size_t *ret_size, const uint8_t *at, size_t available, size_t digits)
{
	if (digits > available || at[0] == 0)
		return -WP_E_FORMAT;
	uint64_t size = 0;
	for (size_t i = 0; i < digits; i++)
		size = size << 8 | at[i];
	if (size <= SHORT_MAX)
		return -WP_E_FORMAT;
	*ret_size = size;
	return 0;
}

int wp_rlp_next(struct wp_rlp_item *ret_item, const uint8_t **cursor, const uint8_t *end)
{
	const uint8_t *at = *cursor;
	if (at >= end)
		return -WP_E_FORMAT;
	uint8_t first = *at;
	struct wp_rlp_item item = { .is_list = first >= 0xc0 };
	if (first < 0x80) {
		item.size = 1;
	} else {
		at++;
		item.size = first - (item.is_list ? 0xc0u : 0x80u);
	}
	if (item.size > SHORT_MAX) {
		size_t digits = item.size - SHORT_MAX;
		if (read_length(&item.size, at, (size_t)(end - at), digits))
			return -WP_E_FORMAT;
		at += digits;
	}
	if (item.size > (size_t)(end - at))
		return -WP_E_FORMAT;
	/* A single byte below 0x80 is its own encoding. */
	if (first == 0x81 && at[0] < 0x80)
		return -WP_E_FORMAT;
	item.data = at;
	*ret_item = item;
	*cursor = at + item.size;
	return 0;
}
