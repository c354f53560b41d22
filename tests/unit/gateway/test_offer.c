/* A6, P1: the 402 as stock clients read it. The checks follow what v1's and v2's schemas demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/json.h"
#include "services/gateway/problem.h"
#include "tests/unit/gateway/payments.h"

static cJSON *decode_line(const char *line, const char *name)
{
	size_t length = strlen(name);
	uint8_t bytes[4096];
	size_t size;
	cJSON *root;
	assert_int_equal(strncmp(line, name, length), 0);
	assert_int_equal(strncmp(line + length, ": ", 2), 0);
	const char *text = line + length + 2;
	assert_int_equal(wp_base64_decode(bytes, sizeof(bytes), text, strlen(text), &size), 0);
	assert_int_equal(wp_json_parse(&root, (const char *)bytes, size, NULL, NULL), 0);
	return root;
}

static const char *text_of(const cJSON *object, const char *name)
{
	const char *text = NULL;
	if (wp_json_string(object, name, &text) != 0)
		fail_msg("%s is no string", name);
	return text;
}

static cJSON *body_of(const struct offer_answer *answer)
{
	cJSON *root;
	assert_int_equal(strlen(answer->body), answer->body_size);
	assert_int_equal(wp_json_parse(&root, answer->body, answer->body_size, NULL, NULL), 0);
	return root;
}

static void v2_challenge(void **state)
{
	struct offer_terms terms = payments_terms();
	struct offer *offer = offer_new(&terms);
	const struct offer_answer *answer = offer_unpaid(offer);
	(void)state;
	assert_true(strlen(answer->header) < 3072); /* hosted facilitators break above */
	cJSON *root = decode_line(answer->header, "PAYMENT-REQUIRED");
	int64_t version;
	assert_int_equal(wp_json_integer(root, "x402Version", 2, 2, &version), 0);
	const cJSON *resource, *accepts;
	assert_int_equal(wp_json_object(root, "resource", &resource), 0);
	assert_string_equal(text_of(resource, "url"), terms.url);
	assert_int_equal(wp_json_array(root, "accepts", &accepts), 0);
	assert_int_equal(cJSON_GetArraySize(accepts), 1);
	cJSON *expected = payments_accepted();
	/* Echoed as it is, it matches what a payment is compared with. */
	assert_true(cJSON_Compare(cJSON_GetArrayItem(accepts, 0), expected, true));
	cJSON_Delete(expected);
	cJSON_Delete(root);
	offer_free(offer);
}

static void v1_body(void **state)
{
	static const char *const strings[] = { "scheme", "network", "maxAmountRequired", "resource",
		"description", "mimeType", "payTo", "asset" };
	struct offer_terms terms = payments_terms();
	struct offer *offer = offer_new(&terms);
	cJSON *root = body_of(offer_unpaid(offer));
	const cJSON *accepts, *extra;
	int64_t number;
	(void)state;
	assert_int_equal(wp_json_integer(root, "x402Version", 1, 1, &number), 0);
	assert_true(strlen(text_of(root, "error")) > 0);
	assert_int_equal(wp_json_array(root, "accepts", &accepts), 0);
	assert_int_equal(cJSON_GetArraySize(accepts), 1);
	const cJSON *entry = cJSON_GetArrayItem(accepts, 0);
	for (size_t i = 0; i < WP_ARRAY_LEN(strings); i++)
		text_of(entry, strings[i]);
	assert_string_equal(text_of(entry, "network"), "base-sepolia");
	assert_string_equal(text_of(entry, "maxAmountRequired"), "10000");
	assert_string_equal(text_of(entry, "asset"), TOKEN);
	assert_string_equal(text_of(entry, "payTo"), WALLET);
	assert_int_equal(strncmp(text_of(entry, "resource"), "http", 4), 0);
	assert_int_equal(wp_json_integer(entry, "maxTimeoutSeconds", 60, 60, &number), 0);
	assert_int_equal(wp_json_object(entry, "extra", &extra), 0);
	assert_string_equal(text_of(extra, "name"), "USDC");
	/* null is what v1's schema stumbles over. */
	assert_null(cJSON_GetObjectItemCaseSensitive(entry, "outputSchema"));
	cJSON_Delete(root);
	offer_free(offer);
}

/* A6: in words, what it costs and how to pay. */
static void words(void **state)
{
	static const struct {
		const char *price;
		uint32_t decimals;
		const char *words;
	} cases[] = {
		{ "10000", 6, "costs 0.01 USDC" },
		{ "1000000", 6, "costs 1 USDC" },
		{ "1234567", 6, "costs 1.234567 USDC" },
		{ "1", 6, "costs 0.000001 USDC" },
		{ "0", 6, "costs 0 USDC" },
		{ "25", 0, "costs 25 USDC" },
		{ "100000000000000000000", 18, "costs 100 USDC" },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639935",
			36,
			"costs 115792089237316195423570985008687907853269.98466564056403945758400791312"
			"9639935 USDC" },
	};
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct offer_terms terms = payments_terms();
		terms.token_decimals = cases[i].decimals;
		assert_int_equal(wp_amount_parse(&terms.price, cases[i].price), 0);
		struct offer *offer = offer_new(&terms);
		cJSON *root = body_of(offer_unpaid(offer));
		const char *text = text_of(root, "howToPay");
		if (!strstr(text, cases[i].words))
			fail_msg("%s: %s", cases[i].price, text);
		assert_non_null(strstr(text, "PAYMENT-SIGNATURE"));
		assert_non_null(strstr(text, "X-PAYMENT"));
		cJSON_Delete(root);
		offer_free(offer);
	}
}

/* A chain v1 has no name for: v1 clients get no offer they would choke on. */
static void a_chain_unknown_to_v1(void **state)
{
	struct offer_terms terms = payments_terms();
	terms.chain_id = 31337;
	struct offer *offer = offer_new(&terms);
	cJSON *root = body_of(offer_unpaid(offer));
	const cJSON *accepts;
	(void)state;
	assert_int_equal(wp_json_array(root, "accepts", &accepts), 0);
	assert_int_equal(cJSON_GetArraySize(accepts), 0);
	cJSON_Delete(root);
	root = decode_line(offer_unpaid(offer)->header, "PAYMENT-REQUIRED");
	assert_int_equal(wp_json_array(root, "accepts", &accepts), 0);
	assert_string_equal(text_of(cJSON_GetArrayItem(accepts, 0), "network"), "eip155:31337");
	cJSON_Delete(root);
	offer_free(offer);
}

static void refusals_carry_reason_and_offer(void **state)
{
	struct offer_terms terms = payments_terms();
	struct offer *offer = offer_new(&terms);
	(void)state;
	for (unsigned i = X402_OK + 1; i < X402_REASON_COUNT; i++) {
		enum x402_reason reason = (enum x402_reason)i;
		const struct offer_answer *answer = offer_refused(offer, reason);
		cJSON *body = body_of(answer);
		cJSON *header = decode_line(answer->header, "PAYMENT-REQUIRED");
		const cJSON *accepts;
		assert_string_equal(text_of(body, "error"), x402_reason_text(reason));
		assert_string_equal(text_of(body, "code"), "payment-refused");
		assert_string_equal(text_of(header, "error"), x402_reason_text(reason));
		assert_int_equal(wp_json_array(body, "accepts", &accepts), 0);
		assert_int_equal(cJSON_GetArraySize(accepts), 1);
		cJSON_Delete(header);
		cJSON_Delete(body);
	}
	struct offer_answer made;
	assert_int_equal(offer_answer_make(&made, &terms, "settlement_failed", true), 0);
	cJSON *body = body_of(&made);
	assert_string_equal(text_of(body, "code"), "payment-failed");
	assert_string_equal(text_of(body, "reason"), "settlement_failed");
	cJSON_Delete(body);
	offer_answer_free(&made);
	offer_free(offer);
}

static void receipt_lines(void **state)
{
	struct wp_address payer;
	bool success;
	(void)state;
	assert_int_equal(wp_address_parse(&payer, PAYER), 0);
	struct offer_receipt receipt = {
		.version = 2, .chain_id = 84532, .transaction = NONCE, .payer = &payer
	};
	char *line = offer_receipt_line(&receipt);
	cJSON *root = decode_line(line, "PAYMENT-RESPONSE");
	assert_int_equal(wp_json_bool(root, "success", &success), 0);
	assert_true(success);
	assert_string_equal(text_of(root, "transaction"), NONCE);
	assert_string_equal(text_of(root, "network"), "eip155:84532");
	assert_string_equal(text_of(root, "payer"), PAYER);
	cJSON_Delete(root);
	free(line);
	receipt = (struct offer_receipt){
		.version = 1, .chain_id = 84532, .reason = "invalid_payload"
	};
	line = offer_receipt_line(&receipt);
	root = decode_line(line, "X-PAYMENT-RESPONSE");
	assert_int_equal(wp_json_bool(root, "success", &success), 0);
	assert_false(success);
	assert_string_equal(text_of(root, "errorReason"), "invalid_payload");
	assert_string_equal(text_of(root, "transaction"), "");
	assert_string_equal(text_of(root, "network"), "base-sepolia");
	cJSON_Delete(root);
	free(line);
}

/* A9: every public error has a code of its own, a status of the list, and says what the money did.
 */
static void problems(void **state)
{
	static const unsigned statuses[] = { 400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 413,
		415, 422, 429, 431, 500, 503 };
	(void)state;
	for (unsigned i = 0; i < PROBLEM_COUNT; i++) {
		const struct problem_row *row = problem_row((enum problem_code)i);
		bool listed = false;
		for (size_t k = 0; k < WP_ARRAY_LEN(statuses); k++)
			listed = listed || statuses[k] == row->status;
		assert_true(listed);
		assert_ptr_equal(problem_find(row->code), row);
		const struct problem_field field = { "/code", "why" };
		const struct problem problem = { .code = (enum problem_code)i,
			.fields = &field,
			.field_count = 1,
			.request_id = "r" };
		cJSON *json = problem_json(&problem);
		assert_string_equal(text_of(json, "code"), row->code);
		assert_true(strlen(text_of(json, "money")) > 10);
		assert_int_equal(strncmp(text_of(json, "type"), "/errors/", 8), 0);
		cJSON_Delete(json);
	}
	assert_null(problem_find("nothing"));
}

/* A9: what was lost on the way to the record may have been admitted. */
static void unknown_outcomes_claim_nothing(void **state)
{
	static const enum problem_code unknown[] = { PROBLEM_INTERNAL, PROBLEM_UNAVAILABLE,
		PROBLEM_VERIFIER_UNAVAILABLE, PROBLEM_STORE_UNAVAILABLE };
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(unknown); i++) {
		const char *money = problem_row(unknown[i])->money;
		assert_null(strstr(money, "nothing was taken"));
		assert_non_null(strstr(money, "it is served once"));
	}
	assert_non_null(strstr(problem_row(PROBLEM_BUSY)->money, "nothing was taken"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_challenge),
		cmocka_unit_test(v1_body),
		cmocka_unit_test(words),
		cmocka_unit_test(a_chain_unknown_to_v1),
		cmocka_unit_test(refusals_carry_reason_and_offer),
		cmocka_unit_test(receipt_lines),
		cmocka_unit_test(problems),
		cmocka_unit_test(unknown_outcomes_claim_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
