/* Statements between daemons: any changed field, key or character is refused (C5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/statement.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct wp_secret seed;
static struct wp_public_key key;

static int open_keys(void **state)
{
	static const uint8_t bytes[32] = { 1, 2, 3 };

	(void)state;
	if (sodium_init() < 0 || wp_secret_set(&seed, bytes, sizeof bytes) != 0)
		return -1;
	return wp_statement_public_key(&key, &seed);
}

static int close_keys(void **state)
{
	(void)state;
	wp_secret_wipe(&seed);
	return 0;
}

static struct wp_payment_statement payment(void)
{
	struct wp_payment_statement statement = { .chain_id = 84532, .log_index = 17 };

	statement.value = wp_amount_from_u64(10000);
	return statement;
}

static void test_payment(void **state)
{
	const struct wp_payment_statement good = payment();
	struct wp_payment_statement bad[7];
	char text[WP_STATEMENT_TEXT];

	(void)state;
	assert_int_equal(wp_payment_statement_sign(text, &good, &seed), 0);
	assert_int_equal(strlen(text), WP_STATEMENT_TEXT - 1);
	assert_true(wp_payment_statement_verify(&good, text, &key));
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++)
		bad[i] = good;
	bad[0].id.bytes[15] ^= 1;
	bad[1].chain_id++;
	bad[2].asset.bytes[19] ^= 1;
	bad[3].payer.bytes[0] ^= 1;
	bad[4].value = wp_amount_from_u64(10001);
	bad[5].transaction.bytes[31] ^= 1;
	bad[6].log_index--;
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++)
		assert_false(wp_payment_statement_verify(&bad[i], text, &key));
}

static struct wp_verdict_statement verdict(void)
{
	return (struct wp_verdict_statement){ .fence = 9,
		.verdict = WP_VERDICT_VALID,
		.engine = "quickjs@1",
		.driver = "kvm",
		.isolation = "vm" };
}

static void test_verdict(void **state)
{
	const struct wp_verdict_statement good = verdict();
	struct wp_verdict_statement bad[10];
	char text[WP_STATEMENT_TEXT];

	(void)state;
	assert_int_equal(wp_verdict_statement_sign(text, &good, &seed), 0);
	assert_true(wp_verdict_statement_verify(&good, text, &key));
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++)
		bad[i] = good;
	bad[0].id.bytes[0] ^= 1;
	bad[1].fence = 10;
	bad[2].task_hash.bytes[0] ^= 1;
	bad[3].output_hash.bytes[31] ^= 1;
	bad[4].verdict = WP_VERDICT_INVALID;
	bad[5].engine = "quickjs@2";
	bad[6].guest_digest.bytes[5] ^= 1;
	bad[7].driver = "fly";
	bad[8].isolation = "process";
	bad[9].driver = "kvmv"; /* the border between two texts is signed, too */
	bad[9].isolation = "m";
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++)
		assert_false(wp_verdict_statement_verify(&bad[i], text, &key));
}

/* A statement of one kind is none of the other, and a text is taken in one form only. */
static void test_texts(void **state)
{
	const struct wp_payment_statement good = payment();
	const struct wp_verdict_statement other = verdict();
	char text[WP_STATEMENT_TEXT], changed[WP_STATEMENT_TEXT + 1];
	struct wp_public_key wrong = key;

	(void)state;
	assert_int_equal(wp_payment_statement_sign(text, &good, &seed), 0);
	assert_false(wp_verdict_statement_verify(&other, text, &key));
	wrong.bytes[0] ^= 1;
	assert_false(wp_payment_statement_verify(&good, text, &wrong));
	for (size_t i = 0; i < WP_STATEMENT_TEXT - 1; i++) {
		memcpy(changed, text, sizeof text);
		changed[i] = changed[i] == '0' ? '1' : '0';
		assert_false(wp_payment_statement_verify(&good, changed, &key));
	}
	memcpy(changed, text, sizeof text);
	for (size_t i = 2; changed[i] != '\0'; i++)
		changed[i] = (char)toupper(changed[i]);
	assert_false(wp_payment_statement_verify(&good, changed, &key));
	snprintf(changed, sizeof changed, "%s0", text);
	assert_false(wp_payment_statement_verify(&good, changed, &key));
	snprintf(changed, sizeof changed, "%.129s", text);
	assert_false(wp_payment_statement_verify(&good, changed, &key));
	assert_false(wp_payment_statement_verify(&good, text + 2, &key));
	assert_false(wp_payment_statement_verify(&good, "", &key));
}

static void test_limits(void **state)
{
	struct wp_verdict_statement statement = verdict();
	struct wp_secret shorter = { .data = seed.data, .size = 31 };
	struct wp_public_key unused;
	char text[WP_STATEMENT_TEXT], engine[257];

	(void)state;
	memset(engine, 'e', sizeof engine);
	engine[255] = '\0';
	statement.engine = engine;
	assert_int_equal(wp_verdict_statement_sign(text, &statement, &seed), 0);
	assert_true(wp_verdict_statement_verify(&statement, text, &key));
	engine[255] = 'e';
	engine[256] = '\0';
	assert_int_equal(wp_verdict_statement_sign(text, &statement, &seed), -WP_E_RANGE);
	assert_false(wp_verdict_statement_verify(&statement, text, &key));
	statement = verdict();
	assert_int_equal(wp_verdict_statement_sign(text, &statement, &shorter), -WP_E_RANGE);
	assert_int_equal(wp_statement_public_key(&unused, &shorter), -WP_E_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payment),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
