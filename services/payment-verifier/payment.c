#include "services/payment-verifier/payment.h"

#include "libcommon/base.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/hex.h"
#include "proto/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int parse_u64(const struct wp_record *record, enum wp_field field, uint64_t *ret_value)
{
	int64_t value = 0;
	int status = wp_record_i64(record, field, &value);

	if (status < 0 || value < 0)
		return -WP_E_FORMAT;
	*ret_value = (uint64_t)value;
	return 0;
}

static int parse_signature(const struct wp_record *record, struct wp_signature *ret_signature)
{
	uint8_t bytes[65];
	const char *text = wp_record_text(record, WP_FIELD_pay_signature);

	if (wp_hex_decode(bytes, sizeof bytes, text, strlen(text)) < 0)
		return -WP_E_FORMAT;
	return wp_signature_from_bytes(ret_signature, bytes);
}

static int parse_authorization(
	const struct wp_record *record, struct wp_authorization *ret_authorization)
{
	struct wp_authorization *to = ret_authorization;

	if (wp_record_address(record, WP_FIELD_payer, &to->from) < 0 ||
		wp_record_address(record, WP_FIELD_pay_to, &to->to) < 0 ||
		wp_record_amount(record, WP_FIELD_value, &to->value) < 0 ||
		parse_u64(record, WP_FIELD_valid_after, &to->valid_after) < 0 ||
		parse_u64(record, WP_FIELD_valid_before, &to->valid_before) < 0 ||
		wp_record_hash(record, WP_FIELD_pay_nonce, &to->nonce) < 0)
		return -WP_E_FORMAT;
	return 0;
}

int payment_parse(struct payment *ret_payment, const struct wp_record *record)
{
	struct payment payment = { .id = record->id };

	if (parse_u64(record, WP_FIELD_chain_id, &payment.chain_id) < 0 ||
		wp_record_address(record, WP_FIELD_asset, &payment.asset) < 0 ||
		parse_authorization(record, &payment.authorization) < 0 ||
		parse_signature(record, &payment.signature) < 0 ||
		parse_u64(record, WP_FIELD_seen_block, &payment.seen_block) < 0)
		return -WP_E_FORMAT;
	struct wp_id id = wp_task_payment_id(payment.chain_id, &payment.asset,
		&payment.authorization.from, &payment.authorization.nonce);
	if (!wp_id_equal(&id, &record->id))
		return -WP_E_REFUSED;
	*ret_payment = payment;
	return 0;
}

struct proof_claim payment_claim(const struct payment *payment, uint64_t confirmations)
{
	return (struct proof_claim){ .token = payment->asset,
		.from = payment->authorization.from,
		.to = payment->authorization.to,
		.value = payment->authorization.value,
		.nonce = payment->authorization.nonce,
		.valid_before = payment->authorization.valid_before,
		.confirmations = confirmations };
}

char *payment_consume_key(char text[static PAYMENT_KEY_TEXT], const struct payment *payment,
	const struct proof *proof)
{
	char asset[WP_ADDRESS_TEXT];
	char transaction[WP_HASH_TEXT];

	snprintf(text, PAYMENT_KEY_TEXT, "%" PRIu64 ":%s:%s:%" PRIu64, payment->chain_id,
		wp_address_text(asset, &payment->asset),
		wp_hash_text(transaction, &proof->transaction), proof->log_index);
	return text;
}

void payment_calldata(struct wp_buffer *out, const struct wp_authorization *authorization,
	const struct wp_signature *signature)
{
	const struct wp_abi_value arguments[] = {
		wp_abi_address(&authorization->from),
		wp_abi_address(&authorization->to),
		wp_abi_amount(&authorization->value),
		wp_abi_u64(authorization->valid_after),
		wp_abi_u64(authorization->valid_before),
		wp_abi_hash(&authorization->nonce),
		wp_abi_u64(27u + signature->parity),
		wp_abi_fixed(signature->r, sizeof signature->r),
		wp_abi_fixed(signature->s, sizeof signature->s),
	};

	wp_abi_call(out,
		"transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,"
		"bytes32,bytes32)",
		arguments, WP_ARRAY_LEN(arguments));
}

void payment_state_calldata(
	struct wp_buffer *out, const struct wp_address *from, const struct wp_hash *nonce)
{
	const struct wp_abi_value arguments[] = { wp_abi_address(from), wp_abi_hash(nonce) };

	wp_abi_call(out, "authorizationState(address,bytes32)", arguments, WP_ARRAY_LEN(arguments));
}

void payment_balance_calldata(struct wp_buffer *out, const struct wp_address *owner)
{
	const struct wp_abi_value argument = wp_abi_address(owner);

	wp_abi_call(out, "balanceOf(address)", &argument, 1);
}

struct wp_hash payment_refund_nonce(const struct wp_id *id)
{
	const struct wp_bytes_view pieces[] = {
		{ .data = "refund", .size = 6 },
		{ .data = id->bytes, .size = sizeof id->bytes },
	};

	return wp_keccak256_pieces(pieces, WP_ARRAY_LEN(pieces));
}
