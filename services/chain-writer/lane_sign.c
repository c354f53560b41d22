#include "services/chain-writer/lane_internal.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"
#include "services/chain-writer/rawtx.h"

#include <stdlib.h>
#include <string.h>

int lane_sign(
	const struct lane *lane, const struct wp_tx *tx, char **ret_raw, struct wp_hash *ret_hash)
{
	struct wp_buffer envelope = { 0 };
	char *raw = NULL;
	int status = guard_transaction(lane->settings.terms, lane->settings.guard, tx);

	if (status == 0)
		status = wp_tx_sign(&envelope, ret_hash, tx, lane->settings.key);
	if (status == 0) {
		raw = malloc(2 * envelope.size + 3);
		status = raw ? 0 : -ENOMEM;
	}
	if (status == 0) {
		wp_hex_encode0x(raw, envelope.data, envelope.size);
		*ret_raw = raw;
	}
	wp_buffer_free(&envelope);
	return status;
}

/* The bytes of the row's newest version, to be freed. */
static uint8_t *row_bytes(const struct row *row, size_t *ret_size)
{
	size_t length = strlen(row->raw);
	size_t size = length > 2 ? (length - 2) / 2 : 0;
	uint8_t *bytes = malloc(size + 1);

	if (bytes != NULL && wp_hex_decode(bytes, size, row->raw, length) < 0) {
		free(bytes);
		return NULL;
	}
	*ret_size = size;
	return bytes;
}

int lane_row_fees(const struct row *row, struct fees *ret_fees)
{
	struct wp_tx tx;
	size_t size = 0;
	uint8_t *bytes = row_bytes(row, &size);
	int status = bytes ? rawtx_read(&tx, bytes, size) : -WP_E_FORMAT;

	if (status == 0)
		*ret_fees = (struct fees){ tx.max_fee, tx.max_priority_fee };
	free(bytes);
	return status;
}

int lane_sign_again(const struct lane *lane, const struct row *row, const struct fees *fees,
	char **ret_raw, struct wp_hash *ret_hash)
{
	struct wp_tx tx;
	size_t size = 0;
	uint8_t *bytes = row_bytes(row, &size);
	int status = bytes ? rawtx_read(&tx, bytes, size) : -WP_E_FORMAT;

	/* The store is not believed: it may not move a transaction to another nonce. */
	if (status == 0 && tx.nonce != row->nonce)
		status = -WP_E_REFUSED;
	if (status == 0) {
		tx.max_fee = fees->max_fee;
		tx.max_priority_fee = fees->priority_fee;
		status = lane_sign(lane, &tx, ret_raw, ret_hash);
	}
	free(bytes);
	return status;
}

int lane_sign_noop(const struct lane *lane, uint64_t nonce, const struct fees *fees, char **ret_raw,
	struct wp_hash *ret_hash)
{
	const struct wp_tx tx = {
		.chain_id = lane->settings.terms->chain_id,
		.nonce = nonce,
		.max_fee = fees->max_fee,
		.max_priority_fee = fees->priority_fee,
		.gas_limit = GUARD_NOOP_GAS,
		.to = lane->address,
	};

	return lane_sign(lane, &tx, ret_raw, ret_hash);
}
