#include "services/chain-writer/guard.h"

#include "libcommon/base.h"

#include <string.h>

#define SELECTOR     4
#define TRANSFER_ARG 9 /* words of transferWithAuthorization */

static const uint8_t transfer_selector[SELECTOR] = { 0xe3, 0xee, 0x16, 0x0e };

static bool word_is(const struct wp_tx *tx, size_t slot, const struct wp_abi_value *expected)
{
	const uint8_t *data = tx->data;

	return memcmp(data + SELECTOR + 32 * slot, expected->word, 32) == 0;
}

static bool is_transfer(const struct wp_tx *tx)
{
	return tx->data_size == SELECTOR + 32 * TRANSFER_ARG &&
	       memcmp(tx->data, transfer_selector, SELECTOR) == 0;
}

static bool is_settlement(const struct guard_terms *terms, const struct wp_tx *tx)
{
	struct wp_abi_value wallet = wp_abi_address(&terms->wallet);
	struct wp_abi_value price = wp_abi_amount(&terms->price);

	return wp_address_equal(&tx->to, &terms->token) && is_transfer(tx) &&
	       !word_is(tx, 0, &wallet) && word_is(tx, 1, &wallet) && word_is(tx, 2, &price);
}

static bool is_refund(const struct guard_terms *terms, const struct wp_tx *tx)
{
	struct wp_abi_value wallet = wp_abi_address(&terms->wallet);

	return wp_address_equal(&tx->to, &terms->token) && is_transfer(tx) &&
	       word_is(tx, 0, &wallet) && !word_is(tx, 1, &wallet);
}

static bool is_attestation(const struct guard_terms *terms, const struct wp_tx *tx)
{
	static uint8_t selector[SELECTOR];
	static bool known;

	if (!known) {
		/* The tuple is the receipt's members in order, see proto/receipt.h. */
		wp_abi_selector(selector,
			"attestReceipt((bytes16,bytes32,bytes32,bytes32,bytes32,uint8,string,bytes32,"
			"string,string,uint8,uint64,uint64,uint64,uint64,uint64,string,bool,uint64),"
			"bytes)");
		known = true;
	}
	return wp_address_equal(&tx->to, &terms->registry) && tx->data_size > SELECTOR &&
	       memcmp(tx->data, selector, SELECTOR) == 0;
}

bool guard_is_noop(const struct guard_terms *terms, enum guard_lane lane, const struct wp_tx *tx)
{
	return wp_address_equal(&tx->to, &terms->senders[lane]) && tx->data_size == 0;
}

int guard_transaction(const struct guard_terms *terms, enum guard_lane lane, const struct wp_tx *tx)
{
	bool allowed = false;
	uint64_t gas_most = 0;

	/* No key of ours ever sends the native coin away, or pays any fee for it. */
	if (tx->chain_id != terms->chain_id || !wp_amount_is_zero(&tx->value) ||
		wp_amount_compare(&tx->max_fee, &terms->max_fee) > 0 ||
		wp_amount_compare(&tx->max_priority_fee, &tx->max_fee) > 0)
		return -WP_E_REFUSED;
	switch (lane) {
	case GUARD_SETTLE:
		allowed = is_settlement(terms, tx);
		gas_most = GUARD_SETTLE_GAS;
		break;
	case GUARD_ATTEST:
		allowed = is_attestation(terms, tx);
		gas_most = GUARD_ATTEST_GAS;
		break;
	case GUARD_REFUND:
		allowed = is_refund(terms, tx);
		gas_most = GUARD_REFUND_GAS;
		break;
	}
	if (guard_is_noop(terms, lane, tx)) {
		allowed = true;
		gas_most = GUARD_NOOP_GAS;
	}
	return allowed && tx->gas_limit <= gas_most ? 0 : -WP_E_REFUSED;
}

static bool is_signed_by_payer(const struct wp_eip712_domain *token, const struct payment *payment)
{
	struct wp_address signer;
	struct wp_hash digest = wp_authorization_digest(token, &payment->authorization);

	return wp_secp_recover(&signer, &payment->signature, &digest) == 0 &&
	       wp_address_equal(&signer, &payment->authorization.from);
}

int guard_payment(const struct guard_terms *terms, const struct wp_eip712_domain *token,
	const struct payment *payment, enum wp_state state)
{
	const struct wp_authorization *authorization = &payment->authorization;

	if (payment->chain_id != terms->chain_id ||
		!wp_address_equal(&payment->asset, &terms->token) ||
		!wp_address_equal(&authorization->to, &terms->wallet) ||
		wp_address_equal(&authorization->from, &terms->wallet) ||
		!is_signed_by_payer(token, payment))
		return -WP_E_REFUSED;
	if (state == WP_STATE_SETTLE_DUE &&
		wp_amount_compare(&authorization->value, &terms->price) != 0)
		return -WP_E_REFUSED;
	return 0;
}

int guard_refund(const struct guard_terms *terms, const struct wp_id *id,
	const struct wp_authorization *authorization, const struct wp_address *log_payer,
	const struct wp_amount *log_value, uint64_t chain_time_s)
{
	struct wp_hash nonce = payment_refund_nonce(id);

	if (!wp_address_equal(&authorization->from, &terms->wallet) ||
		!wp_address_equal(&authorization->to, log_payer) ||
		wp_address_equal(log_payer, &terms->wallet) || wp_address_is_zero(log_payer) ||
		wp_amount_compare(&authorization->value, log_value) != 0 ||
		!wp_hash_equal(&authorization->nonce, &nonce) || authorization->valid_after != 0 ||
		authorization->valid_before > chain_time_s + GUARD_REFUND_WINDOW_S)
		return -WP_E_REFUSED;
	return 0;
}

int guard_receipt(const struct guard_terms *terms, const struct wp_receipt *receipt)
{
	if (receipt->chain_id != terms->chain_id ||
		!wp_address_equal(&receipt->registry, &terms->registry) ||
		wp_hash_is_zero(&receipt->task_hash) || receipt->verdict == WP_VERDICT_NONE ||
		receipt->verdict == WP_VERDICT_FAILED || receipt->payment[0] == '\0')
		return -WP_E_REFUSED;
	return 0;
}
