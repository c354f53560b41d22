#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/evm/abi.h"
#include "tests/unit/vectors.h"

static cJSON *vectors;

static int load(void **state)
{
	(void)state;
	vectors = vectors_load("evm.json");
	return 0;
}

static int unload(void **state)
{
	(void)state;
	cJSON_Delete(vectors);
	return 0;
}

/* The values that tests/vectors/generate.mjs encodes. */
static struct wp_abi_value account(void)
{
	struct wp_address address;
	assert_int_equal(
		wp_address_parse(&address, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"), 0);
	return wp_abi_address(&address);
}

static struct wp_abi_value hash_a1(void)
{
	struct wp_hash hash;
	memset(hash.bytes, 0xa1, sizeof(hash.bytes));
	return wp_abi_hash(&hash);
}

static struct wp_abi_value largest(void)
{
	uint8_t bytes[32];
	memset(bytes, 0xff, sizeof(bytes));
	struct wp_amount amount = wp_amount_from_be(bytes);
	return wp_abi_amount(&amount);
}

static void check(
	const char *name, const char *signature, const struct wp_abi_value *arguments, size_t count)
{
	struct wp_buffer out = { 0 };
	wp_abi_call(&out, signature, arguments, count);
	assert_false(out.failed);
	assert_hex_equal(out.data, out.size, vectors_text(vectors_member(vectors, "abi"), name));
	wp_buffer_free(&out);
}

#define CHECK(name, signature, ...)                                                                \
	check(name, signature, (const struct wp_abi_value[]){ __VA_ARGS__ },                       \
		WP_ARRAY_LEN(((const struct wp_abi_value[]){ __VA_ARGS__ })))

static void selectors(void **state)
{
	(void)state;
	static const struct {
		const char *signature, *selector;
	} cases[] = {
		{ "transfer(address,uint256)", "0xa9059cbb" },
		{ "balanceOf(address)", "0x70a08231" },
		{ "authorizationState(address,bytes32)", "0xe94a0102" },
		{ "attestValidation(bytes32,string,bool,bytes)", "0x384c1e79" },
		{ "getAttestation(bytes32)", "0xa3112a64" },
		{ "validationRequest(address,uint256,string,bytes32)", "0xaaf400c4" },
		{ "validationResponse(bytes32,uint8,string,bytes32,string)", "0x3d659a96" },
		{ "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,"
		  "bytes)",
			"0xcf092995" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		uint8_t selector[4];
		wp_abi_selector(selector, cases[i].signature);
		assert_hex_equal(selector, 4, cases[i].selector);
	}
}

static void static_words(void **state)
{
	(void)state;
	CHECK("statics", NULL, wp_abi_u64(7), account(), wp_abi_bool(true), hash_a1(),
		wp_abi_fixed("\xde\xad\xbe\xef", 4));
	CHECK("transfer", "transfer(address,uint256)", account(), wp_abi_u64(10000));
}

static void zeros_and_empty_strings(void **state)
{
	(void)state;
	struct wp_address nobody = { 0 };
	CHECK("zeros", NULL, wp_abi_u64(0), wp_abi_address(&nobody), wp_abi_bool(false),
		wp_abi_bytes(NULL, 0), wp_abi_string(""));
}

static void bytes_around_a_word(void **state)
{
	(void)state;
	uint8_t data[33];
	memset(data, 0xb2, sizeof(data));
	CHECK("bytes31", NULL, wp_abi_bytes(data, 31));
	CHECK("bytes32", NULL, wp_abi_bytes(data, 32));
	CHECK("bytes33", NULL, wp_abi_bytes(data, 33));
}

static void heads_and_tails(void **state)
{
	(void)state;
	CHECK("mixed", NULL, largest(), wp_abi_string("Grüße"), wp_abi_u64(2),
		wp_abi_bytes("\x01\x02", 2));
	CHECK("attest", "attestValidation(bytes32,string,bool,bytes)", hash_a1(),
		wp_abi_string("reexecution-v1-code-execution"), wp_abi_bool(true),
		wp_abi_string("{\"k\":1}"));
	CHECK("respond", "validationResponse(bytes32,uint8,string,bytes32,string)", hash_a1(),
		wp_abi_u64(100), wp_abi_string("https://example.com/r/1"), hash_a1(),
		wp_abi_string("hard"));
}

static void tuples(void **state)
{
	(void)state;
	const struct wp_abi_value pair[] = { wp_abi_u64(5), account() };
	CHECK("staticTuple", NULL, wp_abi_tuple(pair, 2), wp_abi_string("tail"));
	const struct wp_abi_value innermost[] = { wp_abi_bytes("\xab\xcd\xef", 3),
		wp_abi_bool(true) };
	const struct wp_abi_value inner[] = { wp_abi_string("inner"), wp_abi_u64(2),
		wp_abi_tuple(innermost, 2) };
	CHECK("dynamicTuple", NULL, wp_abi_u64(1), wp_abi_tuple(inner, 3), wp_abi_u64(3));
	const struct wp_abi_value first[] = { wp_abi_string("first"), wp_abi_u64(1) };
	const struct wp_abi_value last[] = { wp_abi_bytes("\x03", 1), wp_abi_string("last") };
	CHECK("tupleFirst", NULL, wp_abi_tuple(first, 2), wp_abi_bytes("\x01\x02", 2),
		wp_abi_tuple(last, 2));
	const struct wp_abi_value empty[] = { wp_abi_string(""), wp_abi_string("") };
	CHECK("emptyTuple", NULL, wp_abi_string("a"), wp_abi_tuple(empty, 2));
}

static void no_arguments(void **state)
{
	(void)state;
	struct wp_buffer out = { 0 };
	wp_abi_call(&out, "name()", NULL, 0);
	assert_hex_equal(out.data, out.size, "0x06fdde03");
	wp_buffer_free(&out);
}

static void decodes_what_it_encodes(void **state)
{
	(void)state;
	size_t size, length;
	const uint8_t *part;
	uint8_t *data = vectors_bytes(vectors_text(vectors_member(vectors, "abi"), "mixed"), &size);
	struct wp_abi_value max = largest();
	assert_int_equal(wp_abi_get_word(data, size, 0, &part), 0);
	assert_memory_equal(part, max.word, 32);
	assert_int_equal(wp_abi_get_bytes(data, size, 1, &part, &length), 0);
	assert_int_equal(length, strlen("Grüße"));
	assert_memory_equal(part, "Grüße", length);
	assert_int_equal(wp_abi_get_bytes(data, size, 3, &part, &length), 0);
	assert_int_equal(length, 2);
	assert_memory_equal(part, "\x01\x02", 2);
	free(data);
}

static void words_end_with_the_data(void **state)
{
	(void)state;
	uint8_t data[95] = { 0 };
	const uint8_t *word = data;
	assert_int_equal(wp_abi_get_word(data, 95, 1, &word), 0);
	assert_ptr_equal(word, data + 32);
	assert_int_equal(wp_abi_get_word(data, 95, 2, &word), -WP_E_FORMAT);
	assert_int_equal(wp_abi_get_word(data, 0, 0, &word), -WP_E_FORMAT);
	assert_int_equal(wp_abi_get_word(data, 31, 0, &word), -WP_E_FORMAT);
	assert_int_equal(wp_abi_get_word(data, 95, SIZE_MAX / 32 + 1, &word), -WP_E_FORMAT);
	assert_int_equal(wp_abi_get_word(data, 95, SIZE_MAX, &word), -WP_E_FORMAT);
	assert_ptr_equal(word, data + 32);
}

/* One slot with an offset, a length at that offset, then bytes up to size. */
static int get_bytes(
	uint64_t offset, uint8_t high, uint64_t length, uint8_t length_high, size_t size)
{
	uint8_t *data = calloc(1, size);
	struct wp_abi_value word = wp_abi_u64(offset);
	word.word[0] = high;
	memcpy(data, word.word, 32);
	word = wp_abi_u64(length);
	word.word[0] = length_high;
	if (size >= 64 && offset <= size - 32)
		memcpy(data + offset, word.word, 32);
	const uint8_t *part = data;
	size_t part_size = 7;
	int error = wp_abi_get_bytes(data, size, 0, &part, &part_size);
	if (error) {
		assert_ptr_equal(part, data);
		assert_int_equal(part_size, 7);
	} else {
		assert_ptr_equal(part, data + offset + 32);
		assert_int_equal(part_size, length);
	}
	free(data);
	return error;
}

static void offsets_and_lengths_stay_inside(void **state)
{
	(void)state;
	assert_int_equal(get_bytes(32, 0, 0, 0, 64), 0);
	assert_int_equal(get_bytes(33, 0, 0, 0, 64), -WP_E_FORMAT);
	assert_int_equal(get_bytes(32, 0, 36, 0, 100), 0);
	assert_int_equal(get_bytes(32, 0, 37, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(68, 0, 0, 0, 100), 0);
	assert_int_equal(get_bytes(68, 0, 1, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(69, 0, 0, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(32, 1, 0, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(32, 0, 0, 1, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(UINT64_MAX, 0, 0, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(UINT64_MAX - 31, 0, 0, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(32, 0, UINT64_MAX, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(32, 0, UINT64_MAX - 63, 0, 100), -WP_E_FORMAT);
	assert_int_equal(get_bytes(0, 0, 0, 0, 32), 0); /* the slot itself is an empty string */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selectors),
		cmocka_unit_test(static_words),
		cmocka_unit_test(zeros_and_empty_strings),
		cmocka_unit_test(bytes_around_a_word),
		cmocka_unit_test(heads_and_tails),
		cmocka_unit_test(tuples),
		cmocka_unit_test(no_arguments),
		cmocka_unit_test(decodes_what_it_encodes),
		cmocka_unit_test(words_end_with_the_data),
		cmocka_unit_test(offsets_and_lengths_stay_inside),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
