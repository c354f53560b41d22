/* tx.h - EIP-1559 (type 2) transactions: build, sign, hash. */
#ifndef WP_EVM_TX_H
#define WP_EVM_TX_H

#include "libcommon/amount.h"
#include "libcommon/buffer.h"
#include "libcommon/evm/secp.h"
#include "libcommon/types.h"

struct wp_tx {
	uint64_t chain_id;
	uint64_t nonce;
	struct wp_amount max_priority_fee; /* wei per gas */
	struct wp_amount max_fee;          /* wei per gas */
	uint64_t gas_limit;
	struct wp_address to;
	struct wp_amount value; /* wei */
	const void *data;       /* calldata, borrowed */
	size_t data_size;
};

/* keccak256(0x02 || rlp(9 fields)): what is signed. 0, -ENOMEM, or -WP_E_RANGE for what no node
 * would take: a tip above the fee, the nonce 2^64-1 (EIP-1559, EIP-2681). */
int wp_tx_digest(struct wp_hash *ret_digest, const struct wp_tx *tx);
/* Appends the signed envelope 0x02 || rlp(12 fields) to out; its keccak-256 is the transaction
 * hash. 0, -ENOMEM, -WP_E_RANGE (also for an invalid key); out is then as before. */
int wp_tx_sign(struct wp_buffer *out, struct wp_hash *ret_hash, const struct wp_tx *tx,
	const struct wp_secret *key);

#endif
