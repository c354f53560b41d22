/* P1, P4: what a payment header is, and every way it can be wrong, told by its stock reason without
 * a look at the chain: the function has no way to look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "tests/unit/gateway/payments.h"
#include "tests/unit/vectors.h"

#define NOW INT64_C(1795167134) /* 300 s before the vectors' validBefore */

static enum x402_reason check_header(
	struct x402_payment *payment, unsigned version, const char *header, int64_t now_s)
{
	struct offer_terms terms = payments_terms();
	return payment_x402_check(payment, &terms, version, header, now_s);
}

static enum x402_reason check_json(unsigned version, cJSON *json)
{
	struct x402_payment payment;
	char *header = payments_header(json);
	enum x402_reason reason = check_header(&payment, version, header, NOW);
	free(header);
	return reason;
}

static enum x402_reason check_form(const struct payment_form *form)
{
	return check_json(form->version, payments_json(form));
}

/* The headers real clients made (vector 0). */
static void captured_payments_are_accepted(void **state)
{
	cJSON *file = vectors_load("x402-eip712.json");
	const cJSON *vector = cJSON_GetArrayItem(vectors_member(file, "vectors"), 0);
	struct x402_payment payment;
	struct wp_address payer;
	(void)state;
	assert_int_equal(check_header(&payment, 2, vectors_text(vector, "headerV2"), NOW), X402_OK);
	assert_true(payment.is_signed);
	assert_hex_equal(payment.signature, 65, vectors_text(vector, "signature"));
	assert_int_equal(wp_address_parse(&payer, PAYER), 0);
	assert_true(wp_address_equal(&payer, &payment.authorization.from));
	assert_int_equal(payment.authorization.valid_before, NOW + 300);
	assert_int_equal(
		check_header(&payment, 1, vectors_text(vector, "headerV1"), NOW + 240), X402_OK);
	cJSON_Delete(file);
}

/* The other vectors are good payments for other terms. */
static void foreign_payments_are_refused(void **state)
{
	cJSON *file = vectors_load("x402-eip712.json");
	const cJSON *vectors = vectors_member(file, "vectors");
	struct x402_payment payment;
	(void)state;
	for (int i = 1; i < 3; i++) {
		const cJSON *vector = cJSON_GetArrayItem(vectors, i);
		assert_int_equal(check_header(&payment, 2, vectors_text(vector, "headerV2"), NOW),
			X402_NETWORK);
		assert_false(payment.is_signed);
	}
	cJSON_Delete(file);
}

static void own_payments_are_accepted(void **state)
{
	(void)state;
	for (unsigned version = 1; version <= 2; version++) {
		struct payment_form form = payments_form(version, NOW);
		assert_int_equal(check_form(&form), X402_OK);
	}
}

static void garbage_is_no_payment(void **state)
{
	static const char *const headers[] = { "", "=", "!!!!", "e30", "e30=\n",
		" e30=", "e30 =", "bnVsbA==" /* null */, "W10=" /* [] */, "MQ==" /* 1 */,
		"e30=" /* {} without version */, "e31=" /* unused bits set */,
		"eyJhIjoxLCJhIjoyfQ==" /* {"a":1,"a":2} */ };
	struct x402_payment payment;
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(headers); i++) {
		enum x402_reason reason = check_header(&payment, 2, headers[i], NOW);
		assert_true(reason == X402_PAYLOAD ||
			    (reason == X402_VERSION && strcmp(headers[i], "e30=") == 0));
		assert_false(payment.is_signed);
	}
}

/* The longest header is read, one character more is not. */
static void the_header_limit(void **state)
{
	struct payment_form form = payments_form(2, NOW);
	struct x402_payment payment;
	(void)state;
	for (int over = 0; over < 2; over++) {
		/* 6144 bytes of JSON are 8192 characters; blanks behind the value are JSON too. */
		size_t size = 6144 + (over ? 3 : 0);
		cJSON *json = payments_json(&form);
		char *text = cJSON_PrintUnformatted(json);
		char *padded = malloc(size);
		memset(padded, ' ', size);
		memcpy(padded, text, strlen(text));
		char *header = malloc(WP_BASE64_TEXT(size));
		wp_base64_encode(header, padded, size);
		assert_int_equal(strlen(header), X402_HEADER_MAX + (over ? 4 : 0));
		assert_int_equal(
			check_header(&payment, 2, header, NOW), over ? X402_PAYLOAD : X402_OK);
		free(header);
		free(padded);
		cJSON_free(text);
		cJSON_Delete(json);
	}
}

static void versions_do_not_mix(void **state)
{
	(void)state;
	struct payment_form v1 = payments_form(1, NOW), v2 = payments_form(2, NOW);
	assert_int_equal(check_json(2, payments_json(&v1)), X402_VERSION);
	assert_int_equal(check_json(1, payments_json(&v2)), X402_VERSION);
}

/* Replaces a member of the v2 payment (path in it) and tells the reason. NULL value: deleted. */
static enum x402_reason replaced(
	const char *outer, const char *inner, const char *name, cJSON *value)
{
	struct payment_form form = payments_form(2, NOW);
	cJSON *json = payments_json(&form);
	cJSON *object = json;
	if (outer)
		object = cJSON_GetObjectItemCaseSensitive(object, outer);
	if (inner)
		object = cJSON_GetObjectItemCaseSensitive(object, inner);
	assert_non_null(object);
	if (value)
		cJSON_ReplaceItemInObjectCaseSensitive(object, name, value);
	else
		cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	return check_json(2, json);
}

static cJSON *text(const char *value)
{
	return cJSON_CreateString(value);
}

static void accepted_is_our_offer(void **state)
{
	(void)state;
	assert_int_equal(replaced("accepted", NULL, "scheme", text("upto")), X402_SCHEME);
	assert_int_equal(replaced("accepted", NULL, "network", text("eip155:8453")), X402_NETWORK);
	assert_int_equal(replaced("accepted", NULL, "amount", text("9999")), X402_REQUIREMENTS);
	assert_int_equal(replaced("accepted", NULL, "asset", text(STRANGER)), X402_REQUIREMENTS);
	assert_int_equal(replaced("accepted", NULL, "payTo", text(STRANGER)), X402_REQUIREMENTS);
	assert_int_equal(replaced("accepted", NULL, "maxTimeoutSeconds", cJSON_CreateNumber(301)),
		X402_REQUIREMENTS);
	assert_int_equal(replaced("accepted", NULL, "extra", NULL), X402_DOMAIN);
	assert_int_equal(replaced("accepted", "extra", "name", NULL), X402_DOMAIN);
	assert_int_equal(replaced("accepted", "extra", "name", text("USD Coin")), X402_TOKEN_NAME);
	assert_int_equal(replaced("accepted", "extra", "version", text("1")), X402_TOKEN_VERSION);
	assert_int_equal(replaced(NULL, NULL, "accepted", NULL), X402_PAYLOAD);
}

/* The payer may add to extra and write addresses in his own case. */
static void accepted_may_be_richer(void **state)
{
	struct payment_form form = payments_form(2, NOW);
	cJSON *json = payments_json(&form);
	cJSON *accepted = cJSON_GetObjectItemCaseSensitive(json, "accepted");
	(void)state;
	cJSON_AddStringToObject(
		cJSON_GetObjectItemCaseSensitive(accepted, "extra"), "more", "fine");
	cJSON_ReplaceItemInObjectCaseSensitive(
		accepted, "asset", text("0x036cbd53842c5426634e7929541ec2318f3dcf7e"));
	cJSON_AddObjectToObject(json, "extensions");
	assert_int_equal(check_json(2, json), X402_OK);
}

static void malformed_authorizations(void **state)
{
	static const char *const names[] = { "from", "to", "value", "validAfter", "validBefore",
		"nonce" };
	static const char *const values[] = { "", "x", "-1", "1.5", "0x", "1e3", "01" };
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(names); i++) {
		assert_int_equal(
			replaced("payload", "authorization", names[i], NULL), X402_PAYLOAD);
		assert_int_equal(
			replaced("payload", "authorization", names[i], cJSON_CreateNumber(10000)),
			X402_PAYLOAD);
		for (size_t k = 0; k < WP_ARRAY_LEN(values); k++)
			assert_int_equal(
				replaced("payload", "authorization", names[i], text(values[k])),
				X402_PAYLOAD);
	}
	assert_int_equal(replaced("payload", NULL, "authorization", NULL), X402_PAYLOAD);
	assert_int_equal(replaced("payload", NULL, "signature", NULL), X402_PAYLOAD);
	assert_int_equal(replaced(NULL, NULL, "payload", NULL), X402_PAYLOAD);
}

static void times_beyond_every_clock(void **state)
{
	static const char huge[] = "18446744073709551616"; /* 2^64 */
	(void)state;
	assert_int_equal(
		replaced("payload", "authorization", "validBefore", text(huge)), X402_VALID_BEFORE);
	assert_int_equal(
		replaced("payload", "authorization", "validAfter", text(huge)), X402_VALID_AFTER);
}

/* A flipped bit anywhere in r, s or v; lengths; the high s that tokens refuse. */
static void broken_signatures(void **state)
{
	struct payment_form form = payments_form(2, NOW);
	char signature[140];
	(void)state;
	for (size_t i = 2; i < 132; i += 7) {
		payments_sign(signature, &form);
		signature[i] = signature[i] == '0' ? '1' : '0';
		assert_int_equal(
			replaced("payload", NULL, "signature", text(signature)), X402_SIGNATURE);
	}
	payments_sign(signature, &form);
	memcpy(signature + 132, "00", 3);
	assert_int_equal(
		replaced("payload", NULL, "signature", text(signature)), X402_SMART_WALLET);
	payments_sign(signature, &form);
	signature[130] = '\0';
	assert_int_equal(replaced("payload", NULL, "signature", text(signature)), X402_SIGNATURE);
	assert_int_equal(replaced("payload", NULL, "signature", text("0x")), X402_SIGNATURE);
}

/* v 0 and 1 mean 27 and 28, and are handed on as those. */
static void short_v_is_brought_into_form(void **state)
{
	struct payment_form form = payments_form(2, NOW);
	struct x402_payment payment;
	char signature[133], short_form[133];
	(void)state;
	payments_sign(signature, &form);
	memcpy(short_form, signature, sizeof(signature));
	short_form[130] = '0';
	short_form[131] = signature[131] == 'b' ? '0' : '1';
	cJSON *json = payments_json(&form);
	cJSON_ReplaceItemInObjectCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(json, "payload"), "signature", text(short_form));
	char *header = payments_header(json);
	assert_int_equal(check_header(&payment, 2, header, NOW), X402_OK);
	assert_hex_equal(payment.signature, 65, signature);
	free(header);
}

/* Correctly signed, and still not what we ask for. */
static void re_signed_wrong_payments(void **state)
{
	(void)state;
	for (unsigned version = 1; version <= 2; version++) {
		struct payment_form form = payments_form(version, NOW);
		form.value = "9999";
		assert_int_equal(check_form(&form), X402_VALUE);
		form.value = "10001"; /* v1 too: exactly */
		assert_int_equal(check_form(&form), X402_VALUE);
		form.value = "0";
		assert_int_equal(check_form(&form), X402_VALUE);
		form = payments_form(version, NOW);
		form.to = PAYER;
		assert_int_equal(check_form(&form), X402_RECIPIENT);
		form = payments_form(version, NOW);
		form.domain_name = "USD Coin";
		assert_int_equal(check_form(&form), X402_SIGNATURE);
		form = payments_form(version, NOW);
		form.domain_version = "1";
		assert_int_equal(check_form(&form), X402_SIGNATURE);
		form = payments_form(version, NOW);
		form.domain_chain = 8453;
		assert_int_equal(check_form(&form), X402_SIGNATURE);
		form = payments_form(version, NOW);
		form.domain_contract = STRANGER;
		assert_int_equal(check_form(&form), X402_SIGNATURE);
	}
}

/* The window: at each limit and one past it. */
static void the_validity_window(void **state)
{
	static const struct {
		unsigned version;
		int64_t before, after; /* distances from now */
		enum x402_reason reason;
	} cases[] = {
		{ 2, 20, 0, X402_OK },
		{ 2, 19, 0, X402_VALID_BEFORE },
		{ 2, 360, 0, X402_OK },
		{ 2, 361, 0, X402_VALID_BEFORE },
		{ 1, 20, 0, X402_OK },
		{ 1, 19, 0, X402_VALID_BEFORE },
		{ 1, 120, 0, X402_OK },
		{ 1, 121, 0, X402_VALID_BEFORE },
		{ 2, -1, 0, X402_VALID_BEFORE },
		{ 2, 60, -600, X402_OK },
		{ 2, 60, 1, X402_VALID_AFTER },
	};
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct payment_form form = payments_form(cases[i].version, NOW);
		form.valid_before = (uint64_t)(NOW + cases[i].before);
		form.valid_after = (uint64_t)(NOW + cases[i].after);
		assert_int_equal(check_form(&form), cases[i].reason);
	}
}

/* A8: one that is over or repriced is still known by its payer, so that it can be served again. */
static void late_payments_keep_their_payer(void **state)
{
	struct payment_form form = payments_form(2, NOW);
	struct x402_payment payment;
	struct offer_terms dearer = payments_terms();
	char *header = payments_header(payments_json(&form));
	(void)state;
	assert_int_equal(check_header(&payment, 2, header, NOW + 3600), X402_VALID_BEFORE);
	assert_true(payment.is_signed);
	assert_int_equal(wp_amount_parse(&dearer.price, "20000"), 0);
	assert_int_equal(payment_x402_check(&payment, &dearer, 2, header, NOW), X402_REQUIREMENTS);
	assert_true(payment.is_signed);
	free(header);
}

static void every_reason_has_words(void **state)
{
	(void)state;
	for (unsigned i = X402_OK + 1; i < X402_REASON_COUNT; i++) {
		assert_true(strlen(x402_reason_text((enum x402_reason)i)) > 5);
		assert_true(strlen(x402_reason_sentence((enum x402_reason)i)) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captured_payments_are_accepted),
		cmocka_unit_test(foreign_payments_are_refused),
		cmocka_unit_test(own_payments_are_accepted),
		cmocka_unit_test(garbage_is_no_payment),
		cmocka_unit_test(the_header_limit),
		cmocka_unit_test(versions_do_not_mix),
		cmocka_unit_test(accepted_is_our_offer),
		cmocka_unit_test(accepted_may_be_richer),
		cmocka_unit_test(malformed_authorizations),
		cmocka_unit_test(times_beyond_every_clock),
		cmocka_unit_test(broken_signatures),
		cmocka_unit_test(short_v_is_brought_into_form),
		cmocka_unit_test(re_signed_wrong_payments),
		cmocka_unit_test(the_validity_window),
		cmocka_unit_test(late_payments_keep_their_payer),
		cmocka_unit_test(every_reason_has_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
