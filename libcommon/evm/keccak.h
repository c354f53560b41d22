/* keccak.h - Keccak-256 as Ethereum uses it (original padding 0x01, not FIPS 202's 0x06). */
#ifndef WP_EVM_KECCAK_H
#define WP_EVM_KECCAK_H

#include "libcommon/types.h"

#include <stddef.h>

struct wp_hash wp_keccak256(const void *data, size_t size);

/* Keccak over several pieces in order. */
struct wp_bytes_view {
	const void *data;
	size_t size;
};
struct wp_hash wp_keccak256_pieces(const struct wp_bytes_view *pieces, size_t count);

#endif
