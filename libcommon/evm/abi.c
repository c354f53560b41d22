#include "libcommon/evm/abi.h"

#include "libcommon/base.h"
#include "libcommon/evm/keccak.h"

#include <stdlib.h>
#include <string.h>

#define WORD 32

static struct wp_abi_value word_of(const struct wp_amount *amount)
{
	struct wp_abi_value value = { .kind = WP_ABI_WORD };
	wp_amount_to_be(value.word, amount);
	return value;
}

struct wp_abi_value wp_abi_u64(uint64_t value)
{
	struct wp_amount amount = wp_amount_from_u64(value);
	return word_of(&amount);
}

struct wp_abi_value wp_abi_bool(bool value)
{
	return wp_abi_u64(value);
}

struct wp_abi_value wp_abi_amount(const struct wp_amount *amount)
{
	return word_of(amount);
}

struct wp_abi_value wp_abi_address(const struct wp_address *address)
{
	struct wp_abi_value value = { .kind = WP_ABI_WORD };
	memcpy(value.word + WORD - sizeof(address->bytes), address->bytes, sizeof(address->bytes));
	return value;
}

struct wp_abi_value wp_abi_hash(const struct wp_hash *hash)
{
	return wp_abi_fixed(hash->bytes, sizeof(hash->bytes));
}

struct wp_abi_value wp_abi_fixed(const void *data, size_t size)
{
	struct wp_abi_value value = { .kind = WP_ABI_WORD };
	if (size > WORD)
		abort(); /* a caller's mistake, never input */
	memcpy(value.word, data, size);
	return value;
}

struct wp_abi_value wp_abi_bytes(const void *data, size_t size)
{
	return (struct wp_abi_value){ .kind = WP_ABI_BYTES, .data = data, .size = size };
}

struct wp_abi_value wp_abi_string(const char *text)
{
	return wp_abi_bytes(text, strlen(text));
}

struct wp_abi_value wp_abi_tuple(const struct wp_abi_value *members, size_t count)
{
	return (struct wp_abi_value){
		.kind = WP_ABI_TUPLE, .members = members, .member_count = count
	};
}

void wp_abi_selector(uint8_t ret_selector[static 4], const char *signature)
{
	struct wp_hash hash = wp_keccak256(signature, strlen(signature));
	memcpy(ret_selector, hash.bytes, 4);
}

static bool is_dynamic(const struct wp_abi_value *value)
{
	switch (value->kind) {
	case WP_ABI_WORD:
		return false;
	case WP_ABI_BYTES:
		return true;
	case WP_ABI_TUPLE:
		break;
	}
	for (size_t i = 0; i < value->member_count; i++)
		if (is_dynamic(&value->members[i]))
			return true;
	return false;
}

static size_t padding(size_t size)
{
	return (WORD - size % WORD) % WORD;
}

/* Bytes of enc(value), the offset that points to it not counted. */
static size_t encoded_size(const struct wp_abi_value *value)
{
	size_t size = 0;
	switch (value->kind) {
	case WP_ABI_WORD:
		return WORD;
	case WP_ABI_BYTES:
		return WORD + value->size + padding(value->size);
	case WP_ABI_TUPLE:
		break;
	}
	for (size_t i = 0; i < value->member_count; i++) {
		size += encoded_size(&value->members[i]);
		size += is_dynamic(&value->members[i]) ? WORD : 0;
	}
	return size;
}

static void append_u64(struct wp_buffer *out, uint64_t value)
{
	struct wp_abi_value word = wp_abi_u64(value);
	wp_buffer_append(out, word.word, WORD);
}

static void encode(struct wp_buffer *out, const struct wp_abi_value *value);

/* Heads first: static members as they are, for dynamic ones the offset of their tail. */
static void encode_members(struct wp_buffer *out, const struct wp_abi_value *members, size_t count)
{
	size_t offset = 0;
	for (size_t i = 0; i < count; i++)
		offset += is_dynamic(&members[i]) ? WORD : encoded_size(&members[i]);
	for (size_t i = 0; i < count; i++) {
		if (!is_dynamic(&members[i])) {
			encode(out, &members[i]);
			continue;
		}
		append_u64(out, offset);
		offset += encoded_size(&members[i]);
	}
	for (size_t i = 0; i < count; i++)
		if (is_dynamic(&members[i]))
			encode(out, &members[i]);
}

static void encode(struct wp_buffer *out, const struct wp_abi_value *value)
{
	switch (value->kind) {
	case WP_ABI_WORD:
		wp_buffer_append(out, value->word, WORD);
		break;
	case WP_ABI_BYTES:
		append_u64(out, value->size);
		wp_buffer_append(out, value->data, value->size);
		wp_buffer_append_zeros(out, padding(value->size));
		break;
	case WP_ABI_TUPLE:
		encode_members(out, value->members, value->member_count);
		break;
	}
}

void wp_abi_call(struct wp_buffer *out, const char *signature, const struct wp_abi_value *arguments,
	size_t count)
{
	if (signature) {
		uint8_t selector[4];
		wp_abi_selector(selector, signature);
		wp_buffer_append(out, selector, sizeof(selector));
	}
	encode_members(out, arguments, count);
}

int wp_abi_get_word(const uint8_t *data, size_t size, size_t slot, const uint8_t **ret_word)
{
	if (slot >= size / WORD)
		return -WP_E_FORMAT;
	*ret_word = data + slot * WORD;
	return 0;
}

/* A word that is an offset or a length; more than limit is nothing that could be in the data. */
static int get_size(const uint8_t *word, size_t limit, size_t *ret_size)
{
	uint64_t value;
	struct wp_amount amount = wp_amount_from_be(word);
	if (!wp_amount_to_u64(&value, &amount) || value > limit)
		return -WP_E_FORMAT;
	*ret_size = value;
	return 0;
}

int wp_abi_get_bytes(
	const uint8_t *data, size_t size, size_t slot, const uint8_t **ret_bytes, size_t *ret_size)
{
	const uint8_t *word;
	size_t offset, length;
	if (wp_abi_get_word(data, size, slot, &word) || get_size(word, size - WORD, &offset) ||
		get_size(data + offset, size - WORD - offset, &length))
		return -WP_E_FORMAT;
	*ret_bytes = data + offset + WORD;
	*ret_size = length;
	return 0;
}
