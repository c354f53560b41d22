#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/types.h"

#include <string.h>

#define ID      "0x00112233445566778899aabbccddeeff"
#define HASH    "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define ADDRESS "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"

static void texts_read_back(void **state)
{
	(void)state;
	struct wp_id id;
	struct wp_hash hash;
	struct wp_address address;
	char text[WP_HASH_TEXT];
	assert_int_equal(wp_id_parse(&id, ID), 0);
	assert_string_equal(wp_id_text(text, &id), ID);
	assert_int_equal(wp_hash_parse(&hash, HASH), 0);
	assert_string_equal(wp_hash_text(text, &hash), HASH);
	assert_int_equal(wp_hash_parse(&hash, &HASH[2]), 0);
	assert_string_equal(wp_hash_text(text, &hash), HASH);
	assert_int_equal(wp_address_parse(&address, ADDRESS), 0);
	assert_string_equal(wp_address_text(text, &address), ADDRESS);
	assert_int_equal(
		wp_address_parse(&address, "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"), 0);
	assert_string_equal(wp_address_text(text, &address), ADDRESS);
}

static void wrong_texts_leave_the_output_alone(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "0x", ID "0", ID "00", &ID[2], "0x0", HASH "00",
		HASH "0", ADDRESS "00", &ADDRESS[2], ADDRESS " ", "x" ID, "0X112233", " " ID,
		"0x0011223344556677 899aabbccddeeff" };
	for (size_t i = 0; i < WP_ARRAY_LEN(texts); i++) {
		struct wp_id id = { { 7 } };
		struct wp_hash hash = { { 7 } };
		struct wp_address address = { { 7 } };
		assert_int_equal(wp_id_parse(&id, texts[i]), -WP_E_FORMAT);
		assert_int_equal(wp_hash_parse(&hash, texts[i]), -WP_E_FORMAT);
		assert_int_equal(wp_address_parse(&address, texts[i]), -WP_E_FORMAT);
		assert_true(wp_id_equal(&id, &(struct wp_id){ { 7 } }));
		assert_true(wp_hash_equal(&hash, &(struct wp_hash){ { 7 } }));
		assert_true(wp_address_equal(&address, &(struct wp_address){ { 7 } }));
	}
}

static void equality_sees_every_byte(void **state)
{
	(void)state;
	struct wp_hash zero = { 0 };
	assert_true(wp_hash_is_zero(&zero));
	for (size_t i = 0; i < 32; i++) {
		struct wp_hash hash = { 0 };
		hash.bytes[i] = 1;
		assert_false(wp_hash_is_zero(&hash));
		assert_false(wp_hash_equal(&hash, &zero));
	}
	assert_true(wp_address_is_zero(&(struct wp_address){ 0 }));
	for (size_t i = 0; i < 20; i++) {
		struct wp_address address = { 0 };
		address.bytes[i] = 1;
		assert_false(wp_address_is_zero(&address));
		assert_false(wp_address_equal(&address, &(struct wp_address){ 0 }));
	}
	for (size_t i = 0; i < 16; i++) {
		struct wp_id id = { 0 };
		id.bytes[i] = 1;
		assert_false(wp_id_equal(&id, &(struct wp_id){ 0 }));
	}
}

/* FIPS 180-4 example and the empty message. */
static void sha256_known_answers(void **state)
{
	(void)state;
	char text[WP_HASH_TEXT];
	struct wp_hash hash = wp_sha256("abc", 3);
	assert_string_equal(wp_hash_text(text, &hash),
		"0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash = wp_sha256(NULL, 0);
	assert_string_equal(wp_hash_text(text, &hash),
		"0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void salt_comes_first(void **state)
{
	(void)state;
	struct wp_hash whole = wp_sha256("abc", 3);
	struct wp_hash salted = wp_sha256_salted("a", 1, "bc", 2);
	struct wp_hash swapped = wp_sha256_salted("bc", 2, "a", 1);
	assert_true(wp_hash_equal(&whole, &salted));
	assert_false(wp_hash_equal(&whole, &swapped));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_read_back),
		cmocka_unit_test(wrong_texts_leave_the_output_alone),
		cmocka_unit_test(equality_sees_every_byte),
		cmocka_unit_test(sha256_known_answers),
		cmocka_unit_test(salt_comes_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
