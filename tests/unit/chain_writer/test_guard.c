/* C5: what each key may sign, and a bump that changes nothing but the fees. */
#include "libcommon/base.h"
#include "services/chain-writer/guard.h"
#include "services/chain-writer/rawtx.h"
#include "services/chain-writer/refund.h"
#include "services/payment-verifier/payment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { TOKEN = 1, REGISTRY, WALLET, VERIFIER, SETTLER, ATTESTER, REFUNDER, PAYER, STRANGER };
#define PRICE 10000
#define NOW   5000

static struct wp_address address(uint8_t last)
{
	return (struct wp_address){ { 0xa0, [19] = last } };
}

static struct guard_terms terms_of(void)
{
	return (struct guard_terms){ .chain_id = 84532,
		.token = address(TOKEN),
		.registry = address(REGISTRY),
		.wallet = address(WALLET),
		.verifier = address(VERIFIER),
		.price = wp_amount_from_u64(PRICE),
		.max_fee = wp_amount_from_u64(1000),
		.senders = { address(SETTLER), address(ATTESTER), address(REFUNDER) } };
}

static struct wp_authorization authorization(uint8_t from, uint8_t to, uint64_t value)
{
	return (struct wp_authorization){ .from = address(from),
		.to = address(to),
		.value = wp_amount_from_u64(value),
		.valid_before = NOW };
}

/* Allowed at the limit, refused one past it. */
static void check_gas(enum guard_lane lane, struct wp_tx tx, uint64_t most)
{
	struct guard_terms terms = terms_of();

	tx.gas_limit = most;
	assert_int_equal(guard_transaction(&terms, lane, &tx), 0);
	tx.gas_limit = most + 1;
	assert_int_equal(guard_transaction(&terms, lane, &tx), -WP_E_REFUSED);
	tx.gas_limit = UINT64_MAX;
	assert_int_equal(guard_transaction(&terms, lane, &tx), -WP_E_REFUSED);
}

static struct wp_tx tx_of(uint8_t to, struct wp_buffer *data)
{
	return (struct wp_tx){ .chain_id = 84532,
		.nonce = 3,
		.max_fee = wp_amount_from_u64(1000),
		.max_priority_fee = wp_amount_from_u64(1000),
		.gas_limit = data->size > 0 ? 100000 : GUARD_NOOP_GAS,
		.to = address(to),
		.data = data->data,
		.data_size = data->size };
}

/* Which lanes sign this transfer? A bit each. */
static unsigned lanes_for(uint8_t token, uint8_t from, uint8_t to, uint64_t value)
{
	const struct wp_signature signature = { .parity = 1 };
	struct guard_terms terms = terms_of();
	struct wp_authorization transfer = authorization(from, to, value);
	struct wp_buffer data = { 0 };
	unsigned lanes = 0;

	payment_calldata(&data, &transfer, &signature);
	struct wp_tx tx = tx_of(token, &data);
	for (int lane = 0; lane < GUARD_LANES; lane++)
		if (guard_transaction(&terms, (enum guard_lane)lane, &tx) == 0)
			lanes |= 1u << lane;
	wp_buffer_free(&data);
	return lanes;
}

static void test_transfers(void **state)
{
	const unsigned settle = 1 << GUARD_SETTLE, refund = 1 << GUARD_REFUND;

	(void)state;
	assert_int_equal(lanes_for(TOKEN, PAYER, WALLET, PRICE), settle);
	assert_int_equal(lanes_for(TOKEN, PAYER, WALLET, PRICE + 1), 0);
	assert_int_equal(lanes_for(TOKEN, PAYER, WALLET, PRICE - 1), 0);
	assert_int_equal(lanes_for(TOKEN, PAYER, STRANGER, PRICE), 0);
	assert_int_equal(lanes_for(STRANGER, PAYER, WALLET, PRICE), 0);
	assert_int_equal(lanes_for(REGISTRY, PAYER, WALLET, PRICE), 0);
	assert_int_equal(lanes_for(TOKEN, WALLET, PAYER, PRICE), refund);
	assert_int_equal(lanes_for(TOKEN, WALLET, WALLET, PRICE), 0);
	assert_int_equal(lanes_for(STRANGER, WALLET, PAYER, PRICE), 0);
}

static void test_attestation(void **state)
{
	struct guard_terms terms = terms_of();
	struct wp_signed_receipt receipt = { 0 };
	struct wp_buffer data = { 0 };

	(void)state;
	assert_int_equal(wp_receipt_calldata(&data, &receipt), 0);
	struct wp_tx tx = tx_of(REGISTRY, &data);
	assert_int_equal(guard_transaction(&terms, GUARD_ATTEST, &tx), 0);
	assert_int_equal(guard_transaction(&terms, GUARD_SETTLE, &tx), -WP_E_REFUSED);
	assert_int_equal(guard_transaction(&terms, GUARD_REFUND, &tx), -WP_E_REFUSED);
	tx.to = terms.token;
	assert_int_equal(guard_transaction(&terms, GUARD_ATTEST, &tx), -WP_E_REFUSED);
	tx = tx_of(REGISTRY, &data);
	data.data[0] ^= 1;
	assert_int_equal(guard_transaction(&terms, GUARD_ATTEST, &tx), -WP_E_REFUSED);
	wp_buffer_free(&data);
}

static void test_noop_and_common_limits(void **state)
{
	struct guard_terms terms = terms_of();
	struct wp_buffer nothing = { 0 };
	struct wp_tx tx = tx_of(SETTLER, &nothing);

	(void)state;
	assert_true(guard_is_noop(&terms, GUARD_SETTLE, &tx));
	assert_int_equal(guard_transaction(&terms, GUARD_SETTLE, &tx), 0);
	assert_int_equal(guard_transaction(&terms, GUARD_ATTEST, &tx), -WP_E_REFUSED);
	tx.value = wp_amount_from_u64(1); /* no coin leaves */
	assert_int_equal(guard_transaction(&terms, GUARD_SETTLE, &tx), -WP_E_REFUSED);
	tx = tx_of(SETTLER, &nothing);
	tx.max_fee = wp_amount_from_u64(1001);
	assert_int_equal(guard_transaction(&terms, GUARD_SETTLE, &tx), -WP_E_REFUSED);
	tx = tx_of(SETTLER, &nothing);
	tx.chain_id = 1;
	assert_int_equal(guard_transaction(&terms, GUARD_SETTLE, &tx), -WP_E_REFUSED);
	tx = tx_of(STRANGER, &nothing);
	assert_int_equal(guard_transaction(&terms, GUARD_SETTLE, &tx), -WP_E_REFUSED);
}

static void test_gas(void **state)
{
	const struct wp_signature signature = { .parity = 1 };
	const struct wp_authorization payment = authorization(PAYER, WALLET, PRICE);
	const struct wp_authorization refund = authorization(WALLET, PAYER, PRICE);
	const struct wp_signed_receipt receipt = { 0 };
	struct wp_buffer data = { 0 }, nothing = { 0 };

	(void)state;
	payment_calldata(&data, &payment, &signature);
	check_gas(GUARD_SETTLE, tx_of(TOKEN, &data), GUARD_SETTLE_GAS);
	wp_buffer_free(&data);
	payment_calldata(&data, &refund, &signature);
	check_gas(GUARD_REFUND, tx_of(TOKEN, &data), GUARD_REFUND_GAS);
	wp_buffer_free(&data);
	assert_int_equal(wp_receipt_calldata(&data, &receipt), 0);
	check_gas(GUARD_ATTEST, tx_of(REGISTRY, &data), GUARD_ATTEST_GAS);
	wp_buffer_free(&data);
	check_gas(GUARD_SETTLE, tx_of(SETTLER, &nothing), GUARD_NOOP_GAS);
	check_gas(GUARD_ATTEST, tx_of(ATTESTER, &nothing), GUARD_NOOP_GAS);
	check_gas(GUARD_REFUND, tx_of(REFUNDER, &nothing), GUARD_NOOP_GAS);
}

static const struct wp_eip712_domain domain = { .name = "USDC",
	.version = "2",
	.chain_id = 84532,
	.verifying_contract = { { 0xa0, [19] = TOKEN } } };

static void sign(struct payment *payment, const struct wp_secret *key)
{
	struct wp_hash digest = wp_authorization_digest(&domain, &payment->authorization);

	assert_int_equal(wp_secp_sign(&payment->signature, key, &digest), 0);
}

/* A payment of `value` to `to` (NULL: to the payer), signed by its payer. */
static struct payment payment_to(const struct wp_address *to, uint64_t value)
{
	struct payment payment = { .chain_id = 84532,
		.asset = address(TOKEN),
		.authorization = authorization(PAYER, PAYER, value) };
	struct wp_secret key = { 0 };
	uint8_t secret[32];

	memset(secret, 7, sizeof secret);
	assert_int_equal(wp_secret_set(&key, secret, sizeof secret), 0);
	assert_int_equal(wp_secp_address(&payment.authorization.from, &key), 0);
	payment.authorization.to = to ? *to : payment.authorization.from;
	sign(&payment, &key);
	wp_secret_wipe(&key);
	return payment;
}

static struct payment payment_of(uint8_t to, uint64_t value)
{
	const struct wp_address wallet = address(to);

	return payment_to(&wallet, value);
}

static int judge(const struct payment *payment, enum wp_state state)
{
	struct guard_terms terms = terms_of();

	return guard_payment(&terms, &domain, payment, state);
}

static void test_payment(void **state)
{
	struct guard_terms terms = terms_of();
	const struct payment good = payment_of(WALLET, PRICE);
	struct payment bad = good;

	(void)state;
	assert_int_equal(judge(&good, WP_STATE_SETTLE_DUE), 0);
	assert_int_equal(judge(&good, WP_STATE_DECIDED), 0);
	bad.chain_id = 1;
	assert_int_equal(judge(&bad, WP_STATE_DECIDED), -WP_E_REFUSED);
	bad = good;
	bad.asset = address(STRANGER);
	assert_int_equal(judge(&bad, WP_STATE_DECIDED), -WP_E_REFUSED);
	bad = payment_of(STRANGER, PRICE);
	assert_int_equal(judge(&bad, WP_STATE_DECIDED), -WP_E_REFUSED);
	bad = payment_to(NULL, PRICE); /* the wallet pays itself */
	terms.wallet = bad.authorization.from;
	assert_int_equal(guard_payment(&terms, &domain, &bad, WP_STATE_DECIDED), -WP_E_REFUSED);
}

/* C5: a price changed meanwhile stops new settlements alone; the payer's signature binds the value.
 */
static void test_payment_at_another_price(void **state)
{
	const enum wp_state under_way[] = { WP_STATE_SETTLE_SIGNED, WP_STATE_DECIDED,
		WP_STATE_ATT_SIGNED, WP_STATE_ATT_SENT, WP_STATE_REFUND_DUE, WP_STATE_REF_SIGNED,
		WP_STATE_REF_SENT };
	const struct payment other = payment_of(WALLET, PRICE + 1);
	struct payment bad = other;

	(void)state;
	assert_int_equal(judge(&other, WP_STATE_SETTLE_DUE), -WP_E_REFUSED);
	bad.authorization.value = wp_amount_from_u64(PRICE + 2);
	for (size_t i = 0; i < WP_ARRAY_LEN(under_way); i++) {
		assert_int_equal(judge(&other, under_way[i]), 0);
		assert_int_equal(judge(&bad, under_way[i]), -WP_E_REFUSED);
	}
	bad = payment_of(WALLET, PRICE);
	bad.authorization.value = wp_amount_from_u64(PRICE - 1); /* not what was signed */
	assert_int_equal(judge(&bad, WP_STATE_DECIDED), -WP_E_REFUSED);
	bad = payment_of(WALLET, PRICE);
	bad.authorization.from = address(PAYER);
	assert_int_equal(judge(&bad, WP_STATE_SETTLE_DUE), -WP_E_REFUSED);
}

static int refuse(const struct wp_authorization *refund, uint8_t payer, uint64_t value)
{
	const struct wp_id id = { { 5 } };
	struct guard_terms terms = terms_of();
	struct wp_address log_payer = address(payer);
	struct wp_amount log_value = wp_amount_from_u64(value);

	return guard_refund(&terms, &id, refund, &log_payer, &log_value, NOW);
}

static void test_refund(void **state)
{
	const struct wp_id id = { { 5 } };
	struct wp_address wallet = address(WALLET), payer = address(PAYER);
	struct wp_amount value = wp_amount_from_u64(PRICE);
	const struct wp_authorization good =
		refund_authorization(&wallet, &id, &payer, &value, NOW);
	struct wp_authorization bad = good;

	(void)state;
	assert_int_equal(refuse(&good, PAYER, PRICE), 0);
	assert_int_equal(refuse(&good, STRANGER, PRICE), -WP_E_REFUSED);
	assert_int_equal(refuse(&good, PAYER, PRICE - 1), -WP_E_REFUSED);
	bad.nonce.bytes[0] ^= 1; /* a second refund under another nonce */
	assert_int_equal(refuse(&bad, PAYER, PRICE), -WP_E_REFUSED);
	bad = good;
	bad.valid_before++;
	assert_int_equal(refuse(&bad, PAYER, PRICE), -WP_E_REFUSED);
	bad = good;
	bad.from = payer;
	assert_int_equal(refuse(&bad, PAYER, PRICE), -WP_E_REFUSED);
	bad = good;
	bad.value = wp_amount_from_u64(2 * PRICE);
	assert_int_equal(refuse(&bad, PAYER, PRICE), -WP_E_REFUSED);
	assert_int_equal(refuse(&bad, PAYER, 2 * PRICE), 0); /* what was paid, at another price */
}

static void test_receipt(void **state)
{
	struct guard_terms terms = terms_of();
	struct wp_receipt receipt = { .chain_id = 84532,
		.registry = address(REGISTRY),
		.task_hash = { { 1 } },
		.verdict = WP_VERDICT_VALID,
		.payment = "p" };

	(void)state;
	assert_int_equal(guard_receipt(&terms, &receipt), 0);
	receipt.verdict = WP_VERDICT_FAILED;
	assert_int_equal(guard_receipt(&terms, &receipt), -WP_E_REFUSED);
	receipt.verdict = WP_VERDICT_VALID;
	receipt.registry = address(STRANGER);
	assert_int_equal(guard_receipt(&terms, &receipt), -WP_E_REFUSED);
	receipt.registry = address(REGISTRY);
	receipt.payment[0] = '\0';
	assert_int_equal(guard_receipt(&terms, &receipt), -WP_E_REFUSED);
}

static void test_signed_transactions_read_back(void **state)
{
	struct wp_secret key = { 0 };
	struct wp_buffer envelope = { 0 }, data = { 0 };
	struct wp_hash hash;
	struct wp_tx got;
	uint8_t secret[32];

	(void)state;
	memset(secret, 7, sizeof secret);
	assert_int_equal(wp_secret_set(&key, secret, sizeof secret), 0);
	wp_buffer_append(&data, "\1\2\3", 3);
	struct wp_tx tx = tx_of(TOKEN, &data);
	for (tx.nonce = 0; tx.nonce < 600; tx.nonce += 37) {
		envelope.size = 0;
		assert_int_equal(wp_tx_sign(&envelope, &hash, &tx, &key), 0);
		assert_int_equal(rawtx_read(&got, envelope.data, envelope.size), 0);
		assert_int_equal(got.nonce, tx.nonce);
		assert_int_equal(got.chain_id, tx.chain_id);
		assert_int_equal(got.gas_limit, tx.gas_limit);
		assert_int_equal(wp_amount_compare(&got.max_fee, &tx.max_fee), 0);
		assert_true(wp_address_equal(&got.to, &tx.to));
		assert_int_equal(got.data_size, 3);
		assert_memory_equal(got.data, "\1\2\3", 3);
		for (size_t cut = 0; cut < envelope.size; cut++)
			assert_int_equal(rawtx_read(&got, envelope.data, cut), -WP_E_FORMAT);
	}
	wp_buffer_append(&envelope, "", 1);
	assert_int_equal(rawtx_read(&got, envelope.data, envelope.size), -WP_E_FORMAT);
	wp_buffer_free(&envelope);
	wp_buffer_free(&data);
	wp_secret_wipe(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_attestation),
		cmocka_unit_test(test_noop_and_common_limits),
		cmocka_unit_test(test_gas),
		cmocka_unit_test(test_payment),
		cmocka_unit_test(test_payment_at_another_price),
		cmocka_unit_test(test_refund),
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_signed_transactions_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
