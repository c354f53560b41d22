#include "libcommon/evm/tx.h"

#include "libcommon/base.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/evm/rlp.h"

static const uint8_t transaction_type = 0x02;

static bool is_sendable(const struct wp_tx *tx)
{
	return tx->nonce < UINT64_MAX &&
	       wp_amount_compare(&tx->max_priority_fee, &tx->max_fee) <= 0;
}

/* The nine fields of EIP-1559 up to the access list, which is empty. */
static void append_fields(struct wp_buffer *out, const struct wp_tx *tx)
{
	wp_rlp_u64(out, tx->chain_id);
	wp_rlp_u64(out, tx->nonce);
	wp_rlp_amount(out, &tx->max_priority_fee);
	wp_rlp_amount(out, &tx->max_fee);
	wp_rlp_u64(out, tx->gas_limit);
	wp_rlp_bytes(out, tx->to.bytes, sizeof(tx->to.bytes));
	wp_rlp_amount(out, &tx->value);
	wp_rlp_bytes(out, tx->data, tx->data_size);
	wp_rlp_list(out, NULL, 0);
}

/* r and s are integers: their leading zero bytes are stripped. */
static void append_signature(struct wp_buffer *out, const struct wp_signature *signature)
{
	struct wp_amount r = wp_amount_from_be(signature->r);
	struct wp_amount s = wp_amount_from_be(signature->s);
	wp_rlp_u64(out, signature->parity);
	wp_rlp_amount(out, &r);
	wp_rlp_amount(out, &s);
}

/* 0x02 || rlp(fields) */
static void append_envelope(struct wp_buffer *out, const struct wp_buffer *fields)
{
	wp_buffer_append(out, &transaction_type, 1);
	wp_rlp_list(out, fields->data, fields->size);
	out->failed |= fields->failed;
}

static int envelope_digest(struct wp_hash *ret_digest, const struct wp_buffer *fields)
{
	struct wp_buffer envelope = { 0 };
	append_envelope(&envelope, fields);
	int error = envelope.failed ? -ENOMEM : 0;
	if (!error)
		*ret_digest = wp_keccak256(envelope.data, envelope.size);
	wp_buffer_free(&envelope);
	return error;
}

int wp_tx_digest(struct wp_hash *ret_digest, const struct wp_tx *tx)
{
	if (!is_sendable(tx))
		return -WP_E_RANGE;
	struct wp_buffer fields = { 0 };
	append_fields(&fields, tx);
	int error = envelope_digest(ret_digest, &fields);
	wp_buffer_free(&fields);
	return error;
}

int wp_tx_sign(struct wp_buffer *out, struct wp_hash *ret_hash, const struct wp_tx *tx,
	const struct wp_secret *key)
{
	if (!is_sendable(tx))
		return -WP_E_RANGE;
	struct wp_buffer fields = { 0 }, envelope = { 0 };
	struct wp_signature signature;
	struct wp_hash digest;
	append_fields(&fields, tx);
	int error = envelope_digest(&digest, &fields);
	if (!error)
		error = wp_secp_sign(&signature, key, &digest);
	if (error)
		goto out;
	append_signature(&fields, &signature);
	append_envelope(&envelope, &fields);
	if (!envelope.failed)
		wp_buffer_append(out, envelope.data, envelope.size);
	if (envelope.failed || out->failed) {
		error = -ENOMEM;
		goto out;
	}
	*ret_hash = wp_keccak256(envelope.data, envelope.size);
out:
	wp_buffer_free(&fields);
	wp_buffer_free(&envelope);
	return error;
}
