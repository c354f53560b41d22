/* C5, V3: a receipt is made only of what payment-verifier and log-streamer signed; and when is an
 * attestation, a settlement, a lane late, deep or hopeless? */
#include "libcommon/base.h"
#include "proto/task.h"
#include "services/chain-writer/attest.h"
#include "services/chain-writer/attested.h"
#include "services/chain-writer/decided.h"
#include "services/chain-writer/settle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ENGINE "quickjs@1"

struct world {
	struct wp_record record;
	struct payment payment;
	struct decided_keys keys;
	struct wp_address registry;
};

static void set(struct world *world, enum wp_field field, const char *value)
{
	free(world->record.values[field]);
	world->record.values[field] = value ? strdup(value) : NULL;
}

static void set_hash(struct world *world, enum wp_field field, const struct wp_hash *hash)
{
	char text[WP_HASH_TEXT];

	set(world, field, wp_hash_text(text, hash));
}

static struct wp_secret seed_of(uint8_t byte)
{
	struct wp_secret seed = { 0 };
	uint8_t bytes[32];

	memset(bytes, byte, sizeof bytes);
	assert_int_equal(wp_secret_set(&seed, bytes, sizeof bytes), 0);
	return seed;
}

static void state_payment(struct world *world)
{
	struct wp_secret seed = seed_of(1);
	char text[WP_STATEMENT_TEXT];
	const struct wp_payment_statement statement = { .id = world->record.id,
		.chain_id = 84532,
		.asset = world->payment.asset,
		.payer = world->payment.authorization.from,
		.value = world->payment.authorization.value,
		.transaction = { { 0xaa } },
		.log_index = 4 };

	assert_int_equal(wp_payment_statement_sign(text, &statement, &seed), 0);
	assert_int_equal(wp_statement_public_key(&world->keys.payment, &seed), 0);
	set(world, WP_FIELD_pay_statement, text);
	set_hash(world, WP_FIELD_pay_tx, &statement.transaction);
	set(world, WP_FIELD_pay_log, "4");
	wp_secret_wipe(&seed);
}

static void state_verdict(struct world *world)
{
	struct wp_secret seed = seed_of(2);
	char text[WP_STATEMENT_TEXT];
	struct wp_verdict_statement statement = { .id = world->record.id,
		.fence = 77,
		.output_hash = { { 0xbb } },
		.verdict = WP_VERDICT_VALID,
		.engine = ENGINE,
		.guest_digest = { { 0xcc } },
		.driver = "null",
		.isolation = "process" };
	const struct wp_task task = { .task_type = "code-execution",
		.code_hash = { { 0xdd } },
		.engine = ENGINE,
		.timeout_ms = 5000,
		.clock_ms = 6 };

	assert_int_equal(wp_task_hash(&statement.task_hash, &task), 0);
	assert_int_equal(wp_verdict_statement_sign(text, &statement, &seed), 0);
	assert_int_equal(wp_statement_public_key(&world->keys.verdict, &seed), 0);
	set(world, WP_FIELD_verdict_statement, text);
	set_hash(world, WP_FIELD_output_hash, &statement.output_hash);
	set_hash(world, WP_FIELD_guest_digest, &statement.guest_digest);
	set_hash(world, WP_FIELD_code_hash, &task.code_hash);
	wp_secret_wipe(&seed);
}

static void make_world(struct world *world)
{
	static const struct {
		enum wp_field field;
		const char *value;
	} fields[] = { { WP_FIELD_task_type, "code-execution" }, { WP_FIELD_engine, ENGINE },
		{ WP_FIELD_timeout_ms, "5000" }, { WP_FIELD_clock_ms, "6" },
		{ WP_FIELD_verdict, "VALID" }, { WP_FIELD_verdict_fence, "77" },
		{ WP_FIELD_time_ms, "12" }, { WP_FIELD_memory_bytes, "1000" },
		{ WP_FIELD_driver, "null" }, { WP_FIELD_isolation, "process" },
		{ WP_FIELD_deadline_ms, "123" }, { WP_FIELD_attest, "direct" } };

	memset(world, 0, sizeof *world);
	world->record.id = (struct wp_id){ { 9 } };
	world->payment.chain_id = 84532;
	world->payment.asset = (struct wp_address){ { 1 } };
	world->payment.authorization.from = (struct wp_address){ { 2 } };
	world->payment.authorization.value = wp_amount_from_u64(10000);
	for (size_t i = 0; i < WP_ARRAY_LEN(fields); i++)
		set(world, fields[i].field, fields[i].value);
	state_payment(world);
	state_verdict(world);
}

static int read_world(const struct world *world, struct decided *ret_decided)
{
	return decided_read(
		ret_decided, &world->record, &world->payment, &world->keys, &world->registry);
}

static void test_stated_record_is_believed(void **state)
{
	struct world world;
	struct decided decided;
	const struct proof proof = { .transaction = { { 0xaa } }, .log_index = 4 };

	(void)state;
	make_world(&world);
	assert_int_equal(read_world(&world, &decided), 0);
	assert_int_equal(decided.verdict, WP_VERDICT_VALID);
	assert_true(decided.attested);
	assert_int_equal(decided.deadline_ms, 123);
	assert_true(decided.receipt.charged);
	assert_int_equal(decided.receipt.timeout_ms, 5000);
	assert_int_equal(decided_set_payment(&decided.receipt, &world.payment, &proof), 0);
	assert_memory_equal(decided.receipt.payment, "eip155:84532/0x0100", 19);
	set(&world, WP_FIELD_attest, "receipt");
	assert_int_equal(read_world(&world, &decided), 0);
	assert_false(decided.attested);
	wp_record_free(&world.record);
}

static void test_changed_records_are_refused(void **state)
{
	static const char other[] =
		"0x1111111111111111111111111111111111111111111111111111111111111111";
	static const struct {
		enum wp_field field;
		const char *value;
		int status;
	} rows[] = {
		{ WP_FIELD_verdict, "INVALID", -WP_E_REFUSED },
		{ WP_FIELD_verdict, "MAYBE", -WP_E_FORMAT },
		{ WP_FIELD_output_hash, other, -WP_E_REFUSED },
		{ WP_FIELD_code_hash, other, -WP_E_REFUSED },
		{ WP_FIELD_input_hash, other, -WP_E_REFUSED },
		{ WP_FIELD_expected_hash, other, -WP_E_REFUSED },
		{ WP_FIELD_engine, "duktape@1", -WP_E_REFUSED },
		{ WP_FIELD_timeout_ms, "6000", -WP_E_REFUSED },
		{ WP_FIELD_clock_ms, "7", -WP_E_REFUSED },
		{ WP_FIELD_salt, "0x01", -WP_E_REFUSED },
		{ WP_FIELD_guest_digest, other, -WP_E_REFUSED },
		{ WP_FIELD_driver, "kvm", -WP_E_REFUSED },
		{ WP_FIELD_isolation, "vm", -WP_E_REFUSED },
		{ WP_FIELD_verdict_fence, "78", -WP_E_REFUSED },
		{ WP_FIELD_verdict_statement, NULL, -WP_E_REFUSED },
		{ WP_FIELD_pay_tx, other, -WP_E_REFUSED },
		{ WP_FIELD_pay_log, "5", -WP_E_REFUSED },
		{ WP_FIELD_pay_statement, NULL, -WP_E_REFUSED },
		{ WP_FIELD_driver, "", -WP_E_FORMAT },
		{ WP_FIELD_time_ms, "-1", -WP_E_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++) {
		struct world world;
		struct decided decided;

		make_world(&world);
		set(&world, rows[i].field, rows[i].value);
		assert_int_equal(read_world(&world, &decided), rows[i].status);
		wp_record_free(&world.record);
	}
}

static void test_statement_of_another_id(void **state)
{
	struct world world;
	struct decided decided;

	(void)state;
	make_world(&world);
	world.record.id.bytes[1] = 1;
	assert_int_equal(read_world(&world, &decided), -WP_E_REFUSED);
	wp_record_free(&world.record);
}

static struct attested depth(enum chain_finality finality, uint64_t head, uint64_t safe,
	uint64_t finalized, uint8_t block_hash)
{
	const struct attested_evidence evidence = { .confirmations = 2,
		.finality = finality,
		.head = { .known = true, .number = head },
		.safe = { .known = safe > 0, .number = safe },
		.finalized = { .known = finalized > 0, .number = finalized },
		.logged = true,
		.log = { .block_number = 10, .block_hash = { { 1 } } },
		.block = { .known = true, .number = 10, .hash = { { block_hash } } } };

	return attested_decide(&evidence);
}

static void test_attestation_depth(void **state)
{
	const struct attested_evidence none = { .head = { .known = true, .number = 20 } };

	(void)state;
	assert_int_equal(attested_decide(&none).depth, ATTESTED_NONE);
	assert_int_equal(depth(CHAIN_CONFIRMATIONS, 10, 0, 0, 1).depth, ATTESTED_PENDING);
	assert_int_equal(depth(CHAIN_CONFIRMATIONS, 11, 0, 0, 1).depth, ATTESTED_CONFIRMED);
	assert_true(depth(CHAIN_CONFIRMATIONS, 11, 0, 0, 1).final);
	assert_int_equal(depth(CHAIN_CONFIRMATIONS, 11, 0, 0, 2).depth, ATTESTED_PENDING);
	assert_false(depth(CHAIN_FINALIZED, 11, 9, 0, 1).final);
	assert_int_equal(depth(CHAIN_FINALIZED, 11, 10, 9, 1).depth, ATTESTED_SAFE);
	assert_false(depth(CHAIN_FINALIZED, 11, 10, 9, 1).final);
	assert_true(depth(CHAIN_SAFE, 11, 10, 9, 1).final);
	assert_true(depth(CHAIN_FINALIZED, 11, 10, 10, 1).final);
}

static void test_time(void **state)
{
	(void)state;
	/* validBefore 1000, blocks of 2 s: at 992 there are 8 s, at 993 too few */
	assert_false(settle_is_late(1000, 992, 2000));
	assert_true(settle_is_late(1000, 993, 2000));
	assert_false(settle_is_late(1000, 994, 0));
	assert_true(settle_is_late(1000, 995, 0));
	assert_int_equal(settle_gas_limit(80000), 100000);
	assert_int_equal(settle_gas_limit(GUARD_SETTLE_GAS), GUARD_SETTLE_GAS);
	assert_int_equal(settle_gas_limit(UINT64_MAX), GUARD_SETTLE_GAS);
	assert_false(attest_is_overdue(0, INT64_MAX));
	assert_false(attest_is_overdue(1000, 1000 + ATTEST_PATIENCE_MS));
	assert_true(attest_is_overdue(1000, 1001 + ATTEST_PATIENCE_MS));
}

/* P8: finished work is given up only when its lane provably stands still. */
static void test_hopeless(void **state)
{
	const int64_t at_limit = ATTEST_PATIENCE_MS, past = ATTEST_PATIENCE_MS + 1;
	const struct {
		const char *what;
		struct lane_outlook lane;
		bool hopeless;
	} cases[] = {
		{ "not ours", { false, true, true, 9, past, past }, false },
		{ "not counted", { true, false, true, 9, past, past }, false },
		{ "not priced", { true, true, false, 9, past, past }, false },
		{ "just started", { true, true, true, 9, 0, 0 }, false },
		{ "full and moving", { true, true, true, 9, 3000, 0 }, false },
		{ "still for the patience", { true, true, true, 9, at_limit, 0 }, false },
		{ "still for longer", { true, true, true, 9, past, 0 }, true },
		{ "nothing to mine", { true, true, true, 0, past, 0 }, false },
		{ "starved for the patience", { true, true, true, 9, 0, at_limit }, false },
		{ "starved for longer", { true, true, true, 9, 0, past }, true },
	};

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		const struct lane_outlook *lane = &cases[i].lane;

		if (attest_is_hopeless(1000, 1000 + past, lane) != cases[i].hopeless)
			fail_msg("%s", cases[i].what);
		assert_false(attest_is_hopeless(1000, 1000 + at_limit, lane));
		assert_false(attest_is_hopeless(0, INT64_MAX, lane));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stated_record_is_believed),
		cmocka_unit_test(test_changed_records_are_refused),
		cmocka_unit_test(test_statement_of_another_id),
		cmocka_unit_test(test_attestation_depth),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_hopeless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
