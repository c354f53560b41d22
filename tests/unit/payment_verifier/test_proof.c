/* P4, P6: what proves a payment, what does not, and what proves that it can never come. */
#include "libcommon/base.h"
#include "libcommon/evm/abi.h"
#include "services/payment-verifier/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define VALID_BEFORE 1000

static struct wp_address address(uint8_t last)
{
	struct wp_address address = { { 0 } };

	address.bytes[0] = 0xa0;
	address.bytes[19] = last;
	return address;
}

static struct wp_hash hash(uint8_t last)
{
	struct wp_hash hash = { { 0 } };

	hash.bytes[31] = last;
	return hash;
}

enum { TOKEN = 1, PAYER, WALLET, STRANGER, OTHER_TOKEN };
#define NONCE 7
#define VALUE 10000

static struct wp_hash word(const struct wp_address *from)
{
	struct wp_hash hash;
	struct wp_abi_value value = wp_abi_address(from);

	memcpy(hash.bytes, value.word, 32);
	return hash;
}

static struct wp_evm_log mark(
	struct wp_hash event, uint8_t token, uint8_t from, uint8_t nonce, uint64_t index)
{
	struct wp_address authorizer = address(from);

	return (struct wp_evm_log){ .address = address(token),
		.topics = { event, word(&authorizer), hash(nonce) },
		.topic_count = 3,
		.block_number = 100,
		.block_hash = hash(100),
		.transaction_hash = hash(50),
		.log_index = index };
}

static struct wp_evm_log transfer(
	uint8_t token, uint8_t from, uint8_t to, uint64_t value, uint64_t index)
{
	struct wp_address payer = address(from), payee = address(to);
	struct wp_amount amount = wp_amount_from_u64(value);
	struct wp_evm_log log = { .address = address(token),
		.topics = { proof_topic_transfer(), word(&payer), word(&payee) },
		.topic_count = 3,
		.data_size = 32,
		.log_index = index };

	wp_amount_to_be(log.data, &amount);
	return log;
}

/* A payment as it should be: block 100, head 101, two confirmations asked for. */
struct world {
	struct proof_claim claim;
	struct proof_evidence evidence;
	struct wp_evm_log marks[2];
	struct wp_evm_log logs[6];
};

static void paid_world(struct world *world)
{
	*world = (struct world){ 0 };
	world->claim = (struct proof_claim){ .token = address(TOKEN),
		.from = address(PAYER),
		.to = address(WALLET),
		.value = wp_amount_from_u64(VALUE),
		.nonce = hash(NONCE),
		.valid_before = VALID_BEFORE,
		.confirmations = 2 };
	world->marks[0] = mark(proof_topic_used(), TOKEN, PAYER, NONCE, 4);
	world->logs[0] = world->marks[0];
	world->logs[1] = transfer(TOKEN, PAYER, WALLET, VALUE, 5);
	world->evidence = (struct proof_evidence){
		.head = { .known = true, .number = 101, .timestamp = 500 },
		.final = { .known = true, .number = 100, .timestamp = 499 },
		.marks = world->marks,
		.mark_count = 1,
		.receipt = { .known = true,
			.success = true,
			.block_number = 100,
			.block_hash = hash(100),
			.transaction = hash(50),
			.logs = world->logs,
			.log_count = 2 },
		.block = { .known = true, .number = 100, .hash = hash(100) },
	};
}

static void expect(const struct world *world, enum proof_verdict verdict, const char *reason)
{
	struct proof proof = proof_decide(&world->claim, &world->evidence);

	assert_string_equal(proof.reason, reason);
	assert_int_equal(proof.verdict, verdict);
}

static void test_two_adjacent_logs_pay(void **state)
{
	struct world world;
	struct wp_address payer = address(PAYER);
	struct wp_hash transaction = hash(50);

	(void)state;
	paid_world(&world);
	struct proof proof = proof_decide(&world.claim, &world.evidence);
	assert_int_equal(proof.verdict, PROOF_PAID);
	assert_int_equal(proof.log_index, 5);
	assert_int_equal(proof.block_number, 100);
	assert_int_equal(proof.confirmations, 2);
	assert_true(proof.final);
	assert_true(wp_address_equal(&proof.payer, &payer));
	assert_true(wp_hash_equal(&proof.transaction, &transaction));
	world.evidence.final.number = 99;
	proof = proof_decide(&world.claim, &world.evidence);
	assert_int_equal(proof.verdict, PROOF_PAID);
	assert_false(proof.final);
}

static void test_topics_are_the_published_ones(void **state)
{
	char text[WP_HASH_TEXT];
	struct wp_hash used = proof_topic_used(), moved = proof_topic_transfer();

	(void)state;
	assert_memory_equal(wp_hash_text(text, &used), "0x98de5035", 10);
	assert_memory_equal(wp_hash_text(text, &moved), "0xddf252ad", 10);
}

static void test_confirmations_at_and_below_the_limit(void **state)
{
	struct world world;

	(void)state;
	paid_world(&world);
	world.evidence.head.number = 100; /* its own block is the first */
	expect(&world, PROOF_WAIT, "confirmations");
	world.claim.confirmations = 1;
	expect(&world, PROOF_PAID, "paid");
	world.evidence.head.number = 99; /* the head was read before the block came */
	expect(&world, PROOF_WAIT, "confirmations");
}

/* A stranger's contract sends ours among others: only the two logs count, not who sent them. */
static void test_two_authorizations_in_one_transaction(void **state)
{
	struct world world;

	(void)state;
	paid_world(&world);
	world.logs[0] = mark(proof_topic_used(), TOKEN, STRANGER, 9, 2);
	world.logs[1] = transfer(TOKEN, STRANGER, WALLET, VALUE, 3);
	world.logs[2] = mark(proof_topic_used(), TOKEN, PAYER, NONCE, 4);
	world.logs[3] = transfer(TOKEN, PAYER, WALLET, VALUE, 5);
	world.evidence.receipt.log_count = 4;
	expect(&world, PROOF_PAID, "paid");
	/* Ours went to somebody else; the other transfer to us does not stand in for it. */
	world.logs[3] = transfer(TOKEN, PAYER, STRANGER, VALUE, 5);
	expect(&world, PROOF_NEVER, "authorization_used_elsewhere");
}

static void test_wrong_transfer_is_no_payment(void **state)
{
	const struct wp_evm_log wrong[] = {
		transfer(OTHER_TOKEN, PAYER, WALLET, VALUE, 5),
		transfer(TOKEN, PAYER, STRANGER, VALUE, 5),
		transfer(TOKEN, STRANGER, WALLET, VALUE, 5),
		transfer(TOKEN, PAYER, WALLET, VALUE - 1, 5),
		transfer(TOKEN, PAYER, WALLET, VALUE + 1, 5),
		transfer(TOKEN, PAYER, WALLET, VALUE, 6), /* not adjacent */
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(wrong); i++) {
		paid_world(&world);
		world.logs[1] = wrong[i];
		expect(&world, PROOF_NEVER, "authorization_used_elsewhere");
		world.evidence.final.number = 99; /* not for ever before it is final */
		expect(&world, PROOF_WAIT, "used-elsewhere");
	}
}

static void test_marks_of_others_do_not_count(void **state)
{
	const struct wp_evm_log others[] = {
		mark(proof_topic_used(), OTHER_TOKEN, PAYER, NONCE, 4),
		mark(proof_topic_used(), TOKEN, STRANGER, NONCE, 4),
		mark(proof_topic_used(), TOKEN, PAYER, NONCE + 1, 4),
		mark(proof_topic_transfer(), TOKEN, PAYER, NONCE, 4),
	};
	struct world world;
	bool used;

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(others); i++) {
		paid_world(&world);
		world.marks[0] = others[i];
		assert_null(proof_mark(&world.claim, &world.evidence, &used));
		expect(&world, PROOF_WAIT, "not-seen");
	}
	paid_world(&world);
	world.marks[0].removed = true;
	expect(&world, PROOF_WAIT, "not-seen");
}

static void test_reorg_makes_it_wait(void **state)
{
	struct world world;

	(void)state;
	paid_world(&world);
	world.evidence.block.hash = hash(101); /* another block stands at its height */
	expect(&world, PROOF_WAIT, "not-canonical");
	paid_world(&world);
	world.evidence.block.known = false;
	expect(&world, PROOF_WAIT, "not-canonical");
	paid_world(&world);
	world.evidence.receipt.known = false;
	expect(&world, PROOF_WAIT, "no-receipt");
	paid_world(&world);
	world.evidence.receipt.success = false;
	expect(&world, PROOF_WAIT, "no-receipt");
	paid_world(&world);
	world.evidence.receipt.log_count = 0; /* the receipt contradicts the log search */
	expect(&world, PROOF_WAIT, "no-log");
	paid_world(&world);
	world.evidence.head.known = false;
	expect(&world, PROOF_WAIT, "no-block");
	paid_world(&world);
	world.evidence.final.known = false;
	expect(&world, PROOF_WAIT, "no-block");
}

static void canceled_world(struct world *world)
{
	paid_world(world);
	world->marks[0] = mark(proof_topic_canceled(), TOKEN, PAYER, NONCE, 4);
	world->evidence.receipt = (struct proof_receipt){ 0 };
	world->evidence.state_at_final = PROOF_STATE_USED;
}

/* A cancel sets authorizationState, too: it never counts as paid, and is final only when final. */
static void test_cancel(void **state)
{
	struct world world;

	(void)state;
	canceled_world(&world);
	assert_true(proof_needs_state(&world.claim, &world.evidence));
	expect(&world, PROOF_NEVER, "authorization_canceled");
	world.evidence.final.number = 99;
	expect(&world, PROOF_WAIT, "canceled");
	canceled_world(&world);
	world.evidence.block.hash = hash(3);
	expect(&world, PROOF_WAIT, "canceled");
	canceled_world(&world);
	world.evidence.state_at_final = PROOF_STATE_UNUSED;
	expect(&world, PROOF_WAIT, "canceled");
	/* During a reorg both may be shown: use decides. */
	paid_world(&world);
	world.marks[1] = mark(proof_topic_canceled(), TOKEN, PAYER, NONCE, 6);
	world.evidence.mark_count = 2;
	expect(&world, PROOF_PAID, "paid");
}

static void test_expiry_only_at_a_final_block_without_use(void **state)
{
	struct world world;

	(void)state;
	paid_world(&world);
	world.evidence.mark_count = 0;
	world.evidence.head.timestamp = VALID_BEFORE + 100; /* the head's time proves nothing */
	world.evidence.final.timestamp = VALID_BEFORE - 1;
	world.evidence.state_at_final = PROOF_STATE_UNUSED;
	assert_false(proof_needs_state(&world.claim, &world.evidence));
	expect(&world, PROOF_WAIT, "not-seen");
	world.evidence.final.timestamp = VALID_BEFORE;
	assert_true(proof_needs_state(&world.claim, &world.evidence));
	expect(&world, PROOF_NEVER, "payment_expired");
	world.evidence.state_at_final = PROOF_STATE_UNKNOWN;
	expect(&world, PROOF_WAIT, "not-seen");
	world.evidence.state_at_final =
		PROOF_STATE_USED; /* used, but no log shown: contradiction */
	expect(&world, PROOF_WAIT, "not-seen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_adjacent_logs_pay),
		cmocka_unit_test(test_topics_are_the_published_ones),
		cmocka_unit_test(test_confirmations_at_and_below_the_limit),
		cmocka_unit_test(test_two_authorizations_in_one_transaction),
		cmocka_unit_test(test_wrong_transfer_is_no_payment),
		cmocka_unit_test(test_marks_of_others_do_not_count),
		cmocka_unit_test(test_reorg_makes_it_wait),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_expiry_only_at_a_final_block_without_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
