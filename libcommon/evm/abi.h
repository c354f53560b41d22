/* abi.h - Solidity contract ABI, the parts the suite speaks: head/tail encoding of static words and
 * dynamic bytes/strings, calldata, event decoding (Solidity docs, "Contract ABI Specification"). */
#ifndef WP_EVM_ABI_H
#define WP_EVM_ABI_H

#include "libcommon/amount.h"
#include "libcommon/buffer.h"
#include "libcommon/types.h"

enum wp_abi_kind {
	WP_ABI_WORD,  /* 32 bytes as they are: uintN (amount), bytes32 */
	WP_ABI_BYTES, /* dynamic bytes or string */
	WP_ABI_TUPLE  /* nested tuple; dynamic if any member is */
};

struct wp_abi_value {
	enum wp_abi_kind kind;
	uint8_t word[32];
	const void *data; /* BYTES */
	size_t size;
	const struct wp_abi_value *members; /* TUPLE */
	size_t member_count;
};

struct wp_abi_value wp_abi_u64(uint64_t value);
struct wp_abi_value wp_abi_bool(bool value);
struct wp_abi_value wp_abi_amount(const struct wp_amount *amount);
struct wp_abi_value wp_abi_address(const struct wp_address *address);
struct wp_abi_value wp_abi_hash(const struct wp_hash *hash);
/* bytesN, left-aligned, size <= 32. */
struct wp_abi_value wp_abi_fixed(const void *data, size_t size);
struct wp_abi_value wp_abi_bytes(const void *data, size_t size);                    /* borrowed */
struct wp_abi_value wp_abi_string(const char *text);                                /* borrowed */
struct wp_abi_value wp_abi_tuple(const struct wp_abi_value *members, size_t count); /* borrowed */

/* First four bytes of keccak256(signature). */
void wp_abi_selector(uint8_t ret_selector[static 4], const char *signature);
/* selector || encoded arguments; with a NULL signature the arguments alone (abi.encode). Values
 * nest as deep as the caller builds them. */
void wp_abi_call(struct wp_buffer *out, const char *signature, const struct wp_abi_value *arguments,
	size_t count);

/* Decoding: word index of a head slot; dynamic bytes at the head slot's offset.
 * 0, -WP_E_FORMAT (short data, offset or length outside it). Results point into data. */
int wp_abi_get_word(const uint8_t *data, size_t size, size_t slot, const uint8_t **ret_word);
int wp_abi_get_bytes(
	const uint8_t *data, size_t size, size_t slot, const uint8_t **ret_bytes, size_t *ret_size);

#endif
