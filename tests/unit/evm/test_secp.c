#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/evm/secp.h"
#include "tests/unit/vectors.h"

#define ORDER      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
#define HALF       "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"
#define HALF_PLUS  "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1"
#define ONE        "0000000000000000000000000000000000000000000000000000000000000001"
#define ZERO       "0000000000000000000000000000000000000000000000000000000000000000"
#define ORDER_LESS "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"

static struct wp_secret key_of(const char *hex)
{
	struct wp_secret key = { 0 };
	assert_int_equal(wp_secret_set(&key, hex, strlen(hex)), 0);
	assert_int_equal(wp_secret_from_hex(&key, 32), 0);
	return key;
}

static struct wp_hash digest_of(const char *text)
{
	return wp_keccak256(text, strlen(text));
}

/* The first account of the usual test mnemonic, and the key 1. */
static void addresses_of_keys(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
			"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" },
		{ ONE, "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_secret key = key_of(cases[i][0]);
		struct wp_address address;
		char text[WP_ADDRESS_TEXT];
		assert_int_equal(wp_secp_address(&address, &key), 0);
		assert_string_equal(wp_address_checksum(text, &address), cases[i][1]);
		wp_secret_wipe(&key);
	}
}

static void keys_at_the_limits_and_past_them(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		int error;
	} cases[] = { { ONE, 0 }, { ORDER_LESS, 0 }, { ZERO, -WP_E_RANGE },
		{ ORDER, -WP_E_RANGE } };
	struct wp_hash digest = digest_of("message");
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_secret key = key_of(cases[i].hex);
		struct wp_signature signature;
		struct wp_address address;
		assert_int_equal(wp_secp_sign(&signature, &key, &digest), cases[i].error);
		assert_int_equal(wp_secp_address(&address, &key), cases[i].error);
		wp_secret_wipe(&key);
	}
	struct wp_secret wrong_size = { 0 };
	struct wp_signature signature;
	struct wp_address address;
	assert_int_equal(wp_secp_sign(&signature, &wrong_size, &digest), -WP_E_RANGE);
	for (size_t size = 31; size <= 33; size += 2) {
		static const uint8_t bytes[33] = { 1 };
		assert_int_equal(wp_secret_set(&wrong_size, bytes, size), 0);
		assert_int_equal(wp_secp_sign(&signature, &wrong_size, &digest), -WP_E_RANGE);
		assert_int_equal(wp_secp_address(&address, &wrong_size), -WP_E_RANGE);
	}
	wp_secret_wipe(&wrong_size);
}

static void signatures_are_deterministic_low_and_recoverable(void **state)
{
	(void)state;
	struct wp_secret key = key_of(ONE);
	struct wp_address signer, recovered;
	assert_int_equal(wp_secp_address(&signer, &key), 0);
	unsigned parities = 0;
	for (uint8_t i = 0; i < 64; i++) {
		struct wp_hash digest = wp_keccak256(&i, 1);
		struct wp_signature signature, again;
		uint8_t bytes[65];
		assert_int_equal(wp_secp_sign(&signature, &key, &digest), 0);
		assert_int_equal(wp_secp_sign(&again, &key, &digest), 0);
		assert_memory_equal(&signature, &again, sizeof(signature));
		wp_signature_to_bytes(bytes, &signature);
		assert_int_equal(wp_signature_from_bytes(&again, bytes), 0); /* so s is low */
		assert_int_equal(wp_secp_recover(&recovered, &again, &digest), 0);
		assert_true(wp_address_equal(&recovered, &signer));
		parities |= 1u << signature.parity;
	}
	assert_int_equal(parities, 3);
	wp_secret_wipe(&key);
}

/* P4: a changed byte anywhere gives another signer or none. */
static void forgeries_do_not_recover_to_the_signer(void **state)
{
	(void)state;
	struct wp_secret key = key_of(ONE);
	struct wp_hash digest = digest_of("pay");
	struct wp_signature signature;
	struct wp_address signer, recovered;
	assert_int_equal(wp_secp_address(&signer, &key), 0);
	assert_int_equal(wp_secp_sign(&signature, &key, &digest), 0);
	for (size_t i = 0; i < 32; i++) {
		struct wp_signature forged = signature;
		struct wp_hash other = digest;
		forged.r[i] ^= 1;
		if (wp_secp_recover(&recovered, &forged, &digest) == 0)
			assert_false(wp_address_equal(&recovered, &signer));
		forged = signature;
		forged.s[i] ^= 1;
		if (wp_secp_recover(&recovered, &forged, &digest) == 0)
			assert_false(wp_address_equal(&recovered, &signer));
		other.bytes[i] ^= 1;
		if (wp_secp_recover(&recovered, &signature, &other) == 0)
			assert_false(wp_address_equal(&recovered, &signer));
	}
	signature.parity ^= 1;
	assert_int_equal(wp_secp_recover(&recovered, &signature, &digest), 0);
	assert_false(wp_address_equal(&recovered, &signer));
	wp_secret_wipe(&key);
}

static int from_hex(struct wp_signature *signature, const char *r, const char *s, const char *v)
{
	char text[131];
	uint8_t bytes[65];
	snprintf(text, sizeof(text), "%s%s%s", r, s, v);
	assert_int_equal(wp_hex_decode(bytes, sizeof(bytes), text, 130), 0);
	return wp_signature_from_bytes(signature, bytes);
}

static void signature_bytes_at_their_limits(void **state)
{
	(void)state;
	static const struct {
		const char *r, *s, *v;
		int error;
		uint8_t parity;
	} cases[] = {
		{ ONE, ONE, "00", 0, 0 },
		{ ONE, ONE, "01", 0, 1 },
		{ ONE, ONE, "1b", 0, 0 },
		{ ONE, ONE, "1c", 0, 1 },
		{ ONE, ONE, "02", -WP_E_FORMAT, 7 },
		{ ONE, ONE, "1a", -WP_E_FORMAT, 7 },
		{ ONE, ONE, "1d", -WP_E_FORMAT, 7 },
		{ ONE, ONE, "1e", -WP_E_FORMAT, 7 },
		{ ONE, ONE, "ff", -WP_E_FORMAT, 7 },
		{ ONE, HALF, "1b", 0, 0 },
		{ ONE, HALF_PLUS, "1b", -WP_E_FORMAT, 7 },
		{ ONE, ORDER_LESS, "1b", -WP_E_FORMAT, 7 },
		{ ONE, ZERO, "1b", -WP_E_FORMAT, 7 },
		{ ZERO, ONE, "1b", -WP_E_FORMAT, 7 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_signature signature = { .parity = 7 };
		assert_int_equal(
			from_hex(&signature, cases[i].r, cases[i].s, cases[i].v), cases[i].error);
		assert_int_equal(signature.parity, cases[i].parity);
	}
}

static void what_fits_no_key_is_refused(void **state)
{
	(void)state;
	struct wp_hash digest = digest_of("pay");
	struct wp_signature signature;
	struct wp_address address = { { 7 } };
	assert_int_equal(from_hex(&signature, ORDER, ONE, "1b"), 0); /* r is the group order */
	assert_int_equal(wp_secp_recover(&address, &signature, &digest), -WP_E_REFUSED);
	/* 5 is the x coordinate of no point. */
	assert_int_equal(from_hex(&signature,
				 "0000000000000000000000000000000000000000000000000000000000000005",
				 ONE, "1b"),
		0);
	assert_int_equal(wp_secp_recover(&address, &signature, &digest), -WP_E_REFUSED);
	/* Recovery ids 2 and 3 stand for x = r + order; Ethereum has no such signatures. */
	for (uint8_t r = 1; r < 20; r++) {
		assert_int_equal(from_hex(&signature, ONE, ONE, "1b"), 0);
		signature.r[31] = r;
		for (signature.parity = 2; signature.parity <= 4; signature.parity++)
			assert_int_equal(
				wp_secp_recover(&address, &signature, &digest), -WP_E_REFUSED);
	}
	memset(&signature, 0, sizeof(signature));
	assert_int_equal(wp_secp_recover(&address, &signature, &digest), -WP_E_REFUSED);
	assert_int_equal(address.bytes[0], 7);
}

/* The examples of EIP-55: all capitals, all small, mixed. */
static const char *const checksummed[] = { "0x52908400098527886E0F7030069857D2E4169EE7",
	"0x8617E340B3D01FA5F11F306F4090FD50E238070D", "0xde709f2102306220921060314715629080e2fb77",
	"0x27b1fdb04752bbc536007a920d24acb045561c26", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
	"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
	"0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb" };

static void checksums_of_the_eip(void **state)
{
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(checksummed); i++) {
		struct wp_address address;
		char text[WP_ADDRESS_TEXT];
		assert_int_equal(wp_address_parse_strict(&address, checksummed[i]), 0);
		assert_string_equal(wp_address_checksum(text, &address), checksummed[i]);
		assert_int_equal(
			wp_address_parse_strict(&address, wp_address_text(text, &address)), 0);
	}
}

static void one_letter_of_wrong_case_is_refused(void **state)
{
	(void)state;
	size_t refused = 0;
	for (size_t i = 4; i < WP_ARRAY_LEN(checksummed); i++) {
		for (size_t at = 2; at < 42; at++) {
			struct wp_address address = { { 7 } };
			char text[WP_ADDRESS_TEXT];
			memcpy(text, checksummed[i], sizeof(text));
			if (text[at] <= '9')
				continue;
			text[at] = (char)(text[at] ^ 0x20);
			assert_int_equal(wp_address_parse_strict(&address, text), -WP_E_FORMAT);
			assert_int_equal(address.bytes[0], 7);
			refused++;
		}
	}
	assert_true(refused > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_keys),
		cmocka_unit_test(keys_at_the_limits_and_past_them),
		cmocka_unit_test(signatures_are_deterministic_low_and_recoverable),
		cmocka_unit_test(forgeries_do_not_recover_to_the_signer),
		cmocka_unit_test(signature_bytes_at_their_limits),
		cmocka_unit_test(what_fits_no_key_is_refused),
		cmocka_unit_test(checksums_of_the_eip),
		cmocka_unit_test(one_letter_of_wrong_case_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
