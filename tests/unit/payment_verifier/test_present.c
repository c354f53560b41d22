/* P4: what is refused before anybody is asked; the vector's payment was made by a stock x402
 * client. */
#include "libcommon/base.h"
#include "libcommon/hex.h"
#include "proto/task.h"
#include "services/payment-verifier/answer.h"
#include "services/payment-verifier/present.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VALID_BEFORE 1795167434
#define CHAIN        84532

struct world {
	struct present_terms terms;
	uint8_t asset[20], from[20], to[20], value[32], nonce[32], signature[65];
	uint8_t exchange[16], id[16];
	struct wp_hash request_hash, task_hash, code_hash;
	uint8_t code[4];
	Workproof__Present message;
	Workproof__Authorization authorization;
	Workproof__Request request;
	struct presentation presentation;
};

#define DECODE(bytes, text)                                                                        \
	assert_int_equal(wp_hex_decode(bytes, sizeof bytes, text, strlen(text)), 0)
#define BYTES(array) ((ProtobufCBinaryData){ .data = array, .len = sizeof array })

static void make_authorization(struct world *world)
{
	workproof__authorization__init(&world->authorization);
	DECODE(world->asset, "036CbD53842c5426634e7929541eC2318f3dCF7e");
	DECODE(world->from, "70997970C51812dc3A010C7d01b50e0d17dc79C8");
	DECODE(world->to, "90F79bf6EB2c4f870365E785982E1f101E93b906");
	DECODE(world->nonce, "5b4e290cb13dfc3222ee117a7b35af3a559ce120f43b65a3e7b057fe04908079");
	DECODE(world->signature,
		"e1308dedfb855ba5a2f1b6a9633381e071816ceef401cb051e65fb77850f4bbd3f174b8bd8a48a1070"
		"2d5a59a69ae7b6b8e9734bad76d5f7c25ed314c04051741c");
	world->value[30] = 0x27;
	world->value[31] = 0x10;
	world->authorization.asset = BYTES(world->asset);
	world->authorization.from = BYTES(world->from);
	world->authorization.to = BYTES(world->to);
	world->authorization.value = BYTES(world->value);
	world->authorization.nonce = BYTES(world->nonce);
	world->authorization.signature = BYTES(world->signature);
	world->authorization.valid_before = VALID_BEFORE;
}

static void make_request(struct world *world)
{
	workproof__request__init(&world->request);
	memcpy(world->code, "1+1;", 4);
	world->code_hash = wp_task_content_hash(NULL, 0, world->code, sizeof world->code);
	const struct wp_task task = { .task_type = "code-execution",
		.code_hash = world->code_hash,
		.engine = "quickjs@1",
		.timeout_ms = 30000,
		.clock_ms = WP_CLOCK_DEFAULT_MS };
	assert_int_equal(wp_task_hash(&world->task_hash, &task), 0);
	world->request.request_hash = BYTES(world->request_hash.bytes);
	world->request.task_hash = BYTES(world->task_hash.bytes);
	world->request.code_hash = BYTES(world->code_hash.bytes);
	world->request.code = BYTES(world->code);
	world->request.task_type = (char *)"code-execution";
	world->request.engine = (char *)"quickjs@1";
	world->request.isolation = (char *)"process";
	world->request.timeout_ms = 30000;
	world->request.clock_ms = WP_CLOCK_DEFAULT_MS;
}

static void read_world(struct world *world)
{
	assert_int_equal(present_read(&world->presentation, &world->message, "trace"), 0);
}

static void make_world(struct world *world)
{
	memset(world, 0, sizeof *world);
	make_authorization(world);
	make_request(world);
	workproof__present__init(&world->message);
	world->message.exchange = BYTES(world->exchange);
	world->message.id = BYTES(world->id);
	world->message.authorization = &world->authorization;
	world->message.request = &world->request;
	world->message.x402_version = 2;
	read_world(world);
	struct wp_id id = wp_task_payment_id(CHAIN, &world->presentation.asset,
		&world->presentation.authorization.from, &world->presentation.authorization.nonce);
	memcpy(world->id, id.bytes, sizeof world->id);
	world->terms = (struct present_terms){
		.token = { "USDC", "2", CHAIN, world->presentation.asset },
		.wallet = world->presentation.authorization.to,
		.price = wp_amount_from_u64(10000),
		.offer_timeout_s = 300,
	};
	read_world(world);
}

static void test_real_payment_is_accepted(void **state)
{
	struct world world;

	(void)state;
	make_world(&world);
	assert_true(present_is_consistent(&world.presentation, CHAIN));
	assert_null(present_refusal(&world.presentation, &world.terms));
	assert_null(present_untimely(&world.presentation, &world.terms, VALID_BEFORE - 100));
}

static void expect_refusal(const struct world *world, const char *reason)
{
	const char *got = present_refusal(&world->presentation, &world->terms);

	assert_non_null(got);
	assert_string_equal(got, reason);
}

static void test_refusals(void **state)
{
	struct world world;

	(void)state;
	make_world(&world);
	world.presentation.asset.bytes[0] ^= 1;
	expect_refusal(&world, "invalid_payment_requirements");
	make_world(&world);
	world.presentation.authorization.to.bytes[19] ^= 1;
	expect_refusal(&world, "invalid_exact_evm_recipient_mismatch");
	make_world(&world);
	world.presentation.authorization.from = world.terms.wallet;
	expect_refusal(&world, "invalid_exact_evm_recipient_mismatch");
	for (uint64_t value = 9999; value <= 10001; value += 2) {
		make_world(&world);
		world.presentation.authorization.value = wp_amount_from_u64(value);
		expect_refusal(&world, "invalid_exact_evm_payload_authorization_value_mismatch");
	}
	make_world(&world);
	world.presentation.signature[5] ^= 1;
	expect_refusal(&world, "invalid_exact_evm_signature");
	make_world(&world);
	world.presentation.authorization.valid_before++; /* not what was signed */
	expect_refusal(&world, "invalid_exact_evm_signature");
	make_world(&world);
	world.terms.token.name = "USD Coin";
	expect_refusal(&world, "invalid_exact_evm_signature");
}

static void test_window_at_its_limits(void **state)
{
	struct world world;
	const char *reason = "invalid_exact_evm_payload_authorization_valid_before";

	(void)state;
	make_world(&world);
	assert_null(present_untimely(
		&world.presentation, &world.terms, VALID_BEFORE - PRESENT_WINDOW_MIN_S));
	assert_string_equal(present_untimely(&world.presentation, &world.terms,
				    VALID_BEFORE - PRESENT_WINDOW_MIN_S + 1),
		reason);
	assert_null(present_untimely(
		&world.presentation, &world.terms, VALID_BEFORE - 300 - PRESENT_WINDOW_MORE_S));
	assert_string_equal(present_untimely(&world.presentation, &world.terms,
				    VALID_BEFORE - 300 - PRESENT_WINDOW_MORE_S - 1),
		reason);
	world.presentation.authorization.valid_after = VALID_BEFORE - 100;
	assert_null(present_untimely(&world.presentation, &world.terms, VALID_BEFORE - 100));
	assert_string_equal(present_untimely(&world.presentation, &world.terms, VALID_BEFORE - 101),
		"invalid_exact_evm_payload_authorization_valid_after");
}

static void test_contradictions(void **state)
{
	struct world world;

	(void)state;
	make_world(&world);
	assert_false(present_is_consistent(&world.presentation, CHAIN + 1)); /* id */
	world.code[0] = '2';
	assert_false(present_is_consistent(&world.presentation, CHAIN));
	make_world(&world);
	world.presentation.task_hash.bytes[0] ^= 1;
	assert_false(present_is_consistent(&world.presentation, CHAIN));
	make_world(&world);
	world.request.has_input = true;
	assert_false(present_is_consistent(&world.presentation, CHAIN));
	make_world(&world);
	world.request.timeout_ms += 1000;
	assert_false(present_is_consistent(&world.presentation, CHAIN));
}

static void test_sizes(void **state)
{
	struct world world;
	struct presentation out;

	(void)state;
	make_world(&world);
	world.authorization.signature.len = 64;
	assert_int_equal(present_read(&out, &world.message, ""), -WP_E_FORMAT);
	make_world(&world);
	world.message.id.len = 15;
	assert_int_equal(present_read(&out, &world.message, ""), -WP_E_FORMAT);
	make_world(&world);
	world.message.request = NULL;
	assert_int_equal(present_read(&out, &world.message, ""), -WP_E_FORMAT);
	make_world(&world);
	world.message.x402_version = 3;
	assert_int_equal(present_read(&out, &world.message, ""), -WP_E_FORMAT);
}

static const char *field(const struct present_fields *fields, enum wp_field name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (fields->values[i].field == name)
			return fields->values[i].value;
	return NULL;
}

static void test_fields(void **state)
{
	struct world world;
	struct present_fields fields;

	(void)state;
	make_world(&world);
	present_write(&fields, &world.presentation, CHAIN, 77);
	assert_true(fields.count <= PRESENT_FIELDS_MAX);
	assert_string_equal(field(&fields, WP_FIELD_method), "x402-v2");
	assert_string_equal(field(&fields, WP_FIELD_chain_id), "84532");
	assert_string_equal(field(&fields, WP_FIELD_valid_before), "1795167434");
	assert_string_equal(field(&fields, WP_FIELD_seen_block), "77");
	assert_string_equal(field(&fields, WP_FIELD_trace), "trace");
	assert_null(field(&fields, WP_FIELD_expected_hash));
	assert_null(field(&fields, WP_FIELD_salt));
	/* The function itself writes these from the admission. */
	assert_null(field(&fields, WP_FIELD_payer));
	assert_null(field(&fields, WP_FIELD_value));
}

static void test_answers(void **state)
{
	static const struct {
		int status;
		Workproof__PresentAnswer__Outcome outcome;
		const char *reason;
	} rows[] = {
		{ 0, WORKPROOF__PRESENT_ANSWER__OUTCOME__ADMITTED, "" },
		{ -EEXIST, WORKPROOF__PRESENT_ANSWER__OUTCOME__EXISTS, "" },
		{ -WP_E_CONFLICT, WORKPROOF__PRESENT_ANSWER__OUTCOME__CONFLICT,
			"payment-used-for-another-request" },
		{ -WP_E_GONE, WORKPROOF__PRESENT_ANSWER__OUTCOME__GONE, "gone" },
		{ -WP_E_FULL, WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE, "capacity" },
		{ -EBUSY, WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE, "payer-open-limit" },
		{ -WP_E_UNKNOWN, WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE,
			"store-unavailable" },
		{ -EPROTO, WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE, "store-unavailable" },
	};

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++) {
		const struct wp_admitted admitted = { .status = rows[i].status };
		struct answer answer = answer_admitted(&admitted);

		assert_int_equal(answer.outcome, rows[i].outcome);
		assert_string_equal(answer.reason, rows[i].reason);
		/* An outage is never a refusal of the payment (V2). */
		if (answer.outcome == WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE)
			assert_true(answer.retry_after_ms > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_payment_is_accepted),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_window_at_its_limits),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
