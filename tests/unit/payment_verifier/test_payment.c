/* P5, P8: the payment as the record tells it, its consumption key and its refund's nonce. */
#include "libcommon/base.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/hex.h"
#include "proto/task.h"
#include "services/payment-verifier/chain.h"
#include "services/payment-verifier/payment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN "0x036cbd53842c5426634e7929541ec2318f3dcf7e"
#define PAYER "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"

static void set(struct wp_record *record, enum wp_field field, const char *value)
{
	free(record->values[field]);
	record->values[field] = strdup(value);
}

static void make_record(struct wp_record *record)
{
	struct wp_address token, payer;
	struct wp_hash nonce;

	memset(record, 0, sizeof *record);
	set(record, WP_FIELD_chain_id, "84532");
	set(record, WP_FIELD_asset, TOKEN);
	set(record, WP_FIELD_payer, PAYER);
	set(record, WP_FIELD_pay_to, "0x90f79bf6eb2c4f870365e785982e1f101e93b906");
	set(record, WP_FIELD_value, "10000");
	set(record, WP_FIELD_valid_after, "0");
	set(record, WP_FIELD_valid_before, "1795167434");
	set(record, WP_FIELD_pay_nonce,
		"0x5b4e290cb13dfc3222ee117a7b35af3a559ce120f43b65a3e7b057fe04908079");
	set(record, WP_FIELD_pay_signature,
		"0xe1308dedfb855ba5a2f1b6a9633381e071816ceef401cb051e65fb77850f4bbd3f174b8bd8a48a1070"
		"2d5a59a69ae7b6b8e9734bad76d5f7c25ed314c04051741c");
	set(record, WP_FIELD_seen_block, "12");
	wp_address_parse(&token, TOKEN);
	wp_address_parse(&payer, PAYER);
	wp_record_hash(record, WP_FIELD_pay_nonce, &nonce);
	record->id = wp_task_payment_id(84532, &token, &payer, &nonce);
}

static void test_calldata_is_the_vector(void **state)
{
	static const char expected[] =
		"e3ee160e00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c800000000000000"
		"000000000090f79bf6eb2c4f870365e785982e1f101e93b9060000000000000000000000000000000000"
		"000000000000000000000000002710000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000000000006b0014ca5b4e290cb1"
		"3dfc3222ee117a7b35af3a559ce120f43b65a3e7b057fe04908079000000000000000000000000000000"
		"000000000000000000000000000000001ce1308dedfb855ba5a2f1b6a9633381e071816ceef401cb051e"
		"65fb77850f4bbd3f174b8bd8a48a10702d5a59a69ae7b6b8e9734bad76d5f7c25ed314c0405174";
	struct wp_record record;
	struct payment payment;
	struct wp_buffer data = { 0 };
	char text[sizeof expected + 8];

	(void)state;
	make_record(&record);
	assert_int_equal(payment_parse(&payment, &record), 0);
	assert_int_equal(payment.seen_block, 12);
	payment_calldata(&data, &payment.authorization, &payment.signature);
	assert_false(data.failed);
	assert_int_equal(2 * data.size, sizeof expected - 1);
	wp_hex_encode(text, data.data, data.size);
	assert_string_equal(text, expected);
	wp_buffer_free(&data);
	wp_record_free(&record);
}

static void test_damaged_records(void **state)
{
	static const enum wp_field needed[] = { WP_FIELD_chain_id, WP_FIELD_asset, WP_FIELD_payer,
		WP_FIELD_pay_to, WP_FIELD_value, WP_FIELD_valid_after, WP_FIELD_valid_before,
		WP_FIELD_pay_nonce, WP_FIELD_pay_signature, WP_FIELD_seen_block };
	struct wp_record record;
	struct payment payment;

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(needed); i++) {
		make_record(&record);
		set(&record, needed[i], "x");
		assert_int_equal(payment_parse(&payment, &record), -WP_E_FORMAT);
		wp_record_free(&record);
	}
	/* C5: a record that names another payment than its id is not believed. */
	make_record(&record);
	set(&record, WP_FIELD_payer, "0x90f79bf6eb2c4f870365e785982e1f101e93b906");
	assert_int_equal(payment_parse(&payment, &record), -WP_E_REFUSED);
	wp_record_free(&record);
}

static void test_consume_key(void **state)
{
	struct wp_record record;
	struct payment payment;
	struct proof proof = { .log_index = 3 };
	char key[PAYMENT_KEY_TEXT];

	(void)state;
	make_record(&record);
	assert_int_equal(payment_parse(&payment, &record), 0);
	memset(proof.transaction.bytes, 0xab, 32);
	assert_string_equal(payment_consume_key(key, &payment, &proof),
		"84532:" TOKEN
		":0xabababababababababababababababababababababababababababababababab:3");
	wp_record_free(&record);
}

static void test_refund_nonce(void **state)
{
	struct wp_id id = { { 1, 2, 3 } };
	uint8_t bytes[22] = "refund";
	struct wp_hash nonce = payment_refund_nonce(&id);

	(void)state;
	memcpy(bytes + 6, id.bytes, 16);
	struct wp_hash expected = wp_keccak256(bytes, sizeof bytes);
	assert_true(wp_hash_equal(&nonce, &expected));
}

static void test_waiting(void **state)
{
	uint64_t number = 0;

	(void)state;
	assert_int_equal(chain_backoff_ms(2000, 0), 2000);
	assert_int_equal(chain_backoff_ms(2000, 3), 16000);
	assert_int_equal(chain_backoff_ms(2000, 4), CHAIN_BACKOFF_MAX_MS);
	assert_int_equal(chain_backoff_ms(2000, 1000000), CHAIN_BACKOFF_MAX_MS);
	assert_false(chain_final_number(0, 2, &number));
	assert_true(chain_final_number(1, 2, &number));
	assert_int_equal(number, 0);
	assert_true(chain_final_number(9, 1, &number));
	assert_int_equal(number, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calldata_is_the_vector),
		cmocka_unit_test(test_damaged_records),
		cmocka_unit_test(test_consume_key),
		cmocka_unit_test(test_refund_nonce),
		cmocka_unit_test(test_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
