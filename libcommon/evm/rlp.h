/* rlp.h - Recursive Length Prefix encoding (Ethereum Yellow Paper, appendix B). */
#ifndef WP_EVM_RLP_H
#define WP_EVM_RLP_H

#include "libcommon/amount.h"
#include "libcommon/buffer.h"

void wp_rlp_bytes(struct wp_buffer *out, const void *data, size_t size);
/* Integers are minimal big-endian: zero is the empty string, leading zero bytes are stripped. */
void wp_rlp_amount(struct wp_buffer *out, const struct wp_amount *amount);
void wp_rlp_u64(struct wp_buffer *out, uint64_t value);
/* Wraps the already encoded items as one list. */
void wp_rlp_list(struct wp_buffer *out, const void *items, size_t size);

/* Decoding cursor over strict RLP: non-minimal forms are -WP_E_FORMAT. */
struct wp_rlp_item {
	bool is_list;
	const uint8_t *data;
	size_t size;
};
/* Takes the next item from [*cursor, end). 0, -WP_E_FORMAT with *cursor untouched. */
int wp_rlp_next(struct wp_rlp_item *ret_item, const uint8_t **cursor, const uint8_t *end);

#endif
