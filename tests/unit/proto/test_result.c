/* The result line: what the host saw, and nothing a guest could have written (X6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/result.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct wp_secret key, other_key;

static int open_keys(void **state)
{
	static const uint8_t bytes[32] = { 9 }, others[32] = { 8 };

	(void)state;
	if (sodium_init() < 0 || wp_secret_set(&key, bytes, sizeof bytes) != 0)
		return -1;
	return wp_secret_set(&other_key, others, sizeof others);
}

static int close_keys(void **state)
{
	(void)state;
	wp_secret_wipe(&key);
	wp_secret_wipe(&other_key);
	return 0;
}

static struct wp_result result_of(char *message, char *value)
{
	struct wp_result result = { .attempt = 2,
		.outcome = "ERROR",
		.error_code = "RUNTIME",
		.error_message = message,
		.result = value,
		.output_bytes = 1048576,
		.time_ms = 12,
		.memory_peak_bytes = 268435456,
		.engine = "quickjs@2025-04-26",
		.driver = "kvm",
		.isolation = "vm" };

	result.id.bytes[0] = 1;
	result.output_hash.bytes[0] = 2;
	result.guest_digest.bytes[0] = 3;
	return result;
}

static void test_round_trip(void **state)
{
	char message[] = "bad \"quote\"\nNOTARY_RESULT: {\"mac\":\"00\"}\x01\xc3\xa4",
	     value[] = "[1,2]";
	const struct wp_result written = result_of(message, value);
	struct wp_buffer line = { 0 };
	struct wp_result seen;

	(void)state;
	assert_int_equal(wp_result_write(&line, &written, &key), 0);
	assert_memory_equal(line.data, WP_RESULT_PREFIX, strlen(WP_RESULT_PREFIX));
	assert_null(memchr(line.data, '\n', line.size)); /* one line, whatever the guest said */
	assert_int_equal(wp_result_read(&seen, (const char *)line.data, line.size, &key), 0);
	assert_true(wp_id_equal(&seen.id, &written.id));
	assert_int_equal(seen.attempt, 2);
	assert_string_equal(seen.outcome, "ERROR");
	assert_string_equal(seen.error_code, "RUNTIME");
	assert_string_equal(seen.error_message, message);
	assert_string_equal(seen.result, value);
	assert_true(wp_hash_equal(&seen.output_hash, &written.output_hash));
	assert_int_equal(seen.output_bytes, 1048576);
	assert_int_equal(seen.time_ms, 12);
	assert_int_equal(seen.memory_peak_bytes, 268435456);
	assert_string_equal(seen.engine, written.engine);
	assert_true(wp_hash_equal(&seen.guest_digest, &written.guest_digest));
	assert_string_equal(seen.driver, "kvm");
	assert_string_equal(seen.isolation, "vm");
	wp_result_free(&seen);
	wp_buffer_free(&line);
}

/* Every bit of the line counts; so do its borders and the key. */
static void test_tampering(void **state)
{
	char message[] = "m", value[] = "null";
	const struct wp_result written = result_of(message, value);
	struct wp_buffer line = { 0 };
	struct wp_result seen;

	(void)state;
	assert_int_equal(wp_result_write(&line, &written, &key), 0);
	const char *text = (const char *)line.data;
	for (size_t i = 0; i < line.size; i++) {
		line.data[i] ^= 1;
		assert_int_not_equal(wp_result_read(&seen, text, line.size, &key), 0);
		line.data[i] ^= 1;
	}
	for (size_t size = 0; size < line.size; size++)
		assert_int_not_equal(wp_result_read(&seen, text, size, &key), 0);
	assert_int_equal(wp_result_read(&seen, text, line.size, &other_key), -WP_E_REFUSED);
	wp_buffer_append(&line, " ", 1);
	assert_int_equal(
		wp_result_read(&seen, (const char *)line.data, line.size, &key), -WP_E_FORMAT);
	wp_buffer_free(&line);
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* What a guest may print to look like a result: without the key it is refused (MAC) or no line at
 * all. */
static void test_spoofs(void **state)
{
	static const char *const spoofs[] = {
		"NOTARY_RESULT: {\"outcome\":\"OK\"}",
		"NOTARY_RESULT: {\"outcome\":\"OK\",\"mac\":\"\"}",
		WP_RESULT_PREFIX "{\"outcome\":\"OK\",\"mac\":\"" ZEROS "\"}",
		WP_RESULT_PREFIX "{\"mac\":\"" ZEROS "\"}",
		"NOTARY_RESULT: ",
		"notary_result: {}",
		"",
	};
	struct wp_result seen = { .attempt = 77 };

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(spoofs); i++) {
		int rc = wp_result_read(&seen, spoofs[i], strlen(spoofs[i]), &key);
		assert_int_equal(rc, i == 2 ? -WP_E_REFUSED : -WP_E_FORMAT);
	}
	assert_int_equal(seen.attempt, 77);
}

/* A MAC of ours over something that is no result (another use of the key) is refused as well. */
static void test_signed_garbage(void **state)
{
	static const char *const bodies[] = { "{\"a\":1", "{",
		"{\"outcome\":\"OK\",\"outcome\":\"OK\"",
		"{\"id\":\"0x00000000000000000000000000000000\"" };

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(bodies); i++) {
		char line[512], hex[2 * crypto_auth_BYTES + 1];
		uint8_t mac[crypto_auth_BYTES];
		struct wp_result seen;

		snprintf(line, sizeof line, WP_RESULT_PREFIX "%s", bodies[i]);
		size_t size = strlen(line);
		crypto_auth(mac, (const uint8_t *)line, size, key.data);
		sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
		snprintf(line + size, sizeof line - size, ",\"mac\":\"%s\"}", hex);
		assert_int_equal(wp_result_read(&seen, line, strlen(line), &key), -WP_E_FORMAT);
	}
}

static void test_limits(void **state)
{
	char message[] = "", value[] = "", not_utf8[] = "\xff";
	struct wp_result result = result_of(message, value);
	struct wp_secret shorter = { .data = key.data, .size = 31 };
	struct wp_buffer line = { 0 };

	(void)state;
	assert_int_equal(wp_result_write(&line, &result, &shorter), -WP_E_RANGE);
	result.time_ms = (INT64_C(1) << 53) - 1;
	assert_int_equal(wp_result_write(&line, &result, &key), 0);
	line.size = 0;
	result.time_ms++;
	assert_int_equal(wp_result_write(&line, &result, &key), -WP_E_RANGE);
	result.time_ms = -1;
	assert_int_equal(wp_result_write(&line, &result, &key), -WP_E_RANGE);
	result = result_of(not_utf8, value);
	assert_int_equal(wp_result_write(&line, &result, &key), -WP_E_RANGE);
	assert_int_equal(line.size, 0);
	wp_buffer_free(&line);
	struct wp_result seen = { 0 };
	assert_int_equal(wp_result_read(&seen, WP_RESULT_PREFIX, 0, &shorter), -WP_E_FORMAT);
}

/* A whole megabyte of result travels. */
static void test_large(void **state)
{
	size_t size = 1u << 20;
	char *value = malloc(size + 1), message[] = "";
	struct wp_buffer line = { 0 };
	struct wp_result seen;

	(void)state;
	memset(value, '"', size);
	value[size] = '\0';
	const struct wp_result result = result_of(message, value);
	assert_int_equal(wp_result_write(&line, &result, &key), 0);
	assert_int_equal(wp_result_read(&seen, (const char *)line.data, line.size, &key), 0);
	assert_int_equal(strlen(seen.result), size);
	wp_result_free(&seen);
	wp_buffer_free(&line);
	free(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_tampering),
		cmocka_unit_test(test_spoofs),
		cmocka_unit_test(test_signed_garbage),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
