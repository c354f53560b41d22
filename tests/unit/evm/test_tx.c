#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/evm/rlp.h"
#include "libcommon/evm/tx.h"
#include "tests/unit/vectors.h"

static struct wp_amount amount_of(const cJSON *vector, const char *name)
{
	struct wp_amount amount;
	assert_int_equal(wp_amount_parse(&amount, vectors_text(vector, name)), 0);
	return amount;
}

static uint64_t u64_of(const cJSON *vector, const char *name)
{
	struct wp_amount amount = amount_of(vector, name);
	uint64_t value = 0;
	assert_true(wp_amount_to_u64(&value, &amount));
	return value;
}

static struct wp_secret key_of(const cJSON *vector)
{
	struct wp_secret key = { 0 };
	const char *text = vectors_text(vector, "privateKey");
	assert_int_equal(wp_secret_set(&key, text, strlen(text)), 0);
	assert_int_equal(wp_secret_from_hex(&key, 32), 0);
	return key;
}

/* data of the result is to be freed. */
static struct wp_tx tx_of(const cJSON *vector)
{
	struct wp_tx tx = {
		.chain_id = (uint64_t)vectors_member(vector, "chainId")->valueint,
		.nonce = u64_of(vector, "nonce"),
		.max_priority_fee = amount_of(vector, "maxPriorityFee"),
		.max_fee = amount_of(vector, "maxFee"),
		.gas_limit = u64_of(vector, "gasLimit"),
		.value = amount_of(vector, "value"),
	};
	assert_int_equal(wp_address_parse(&tx.to, vectors_text(vector, "to")), 0);
	tx.data = vectors_bytes(vectors_text(vector, "data"), &tx.data_size);
	return tx;
}

static void check_vector(const cJSON *vector)
{
	struct wp_secret key = key_of(vector);
	struct wp_tx tx = tx_of(vector);
	struct wp_buffer out = { 0 };
	struct wp_hash digest, hash;
	struct wp_signature signature;
	struct wp_address from;
	char text[WP_ADDRESS_TEXT];
	assert_int_equal(wp_tx_digest(&digest, &tx), 0);
	assert_hex_equal(digest.bytes, 32, vectors_text(vector, "digest"));
	assert_int_equal(wp_secp_sign(&signature, &key, &digest), 0);
	assert_hex_equal(signature.r, 32, vectors_text(vector, "r"));
	assert_hex_equal(signature.s, 32, vectors_text(vector, "s"));
	assert_int_equal(signature.parity, vectors_member(vector, "yParity")->valueint);
	assert_int_equal(wp_secp_recover(&from, &signature, &digest), 0);
	assert_string_equal(wp_address_checksum(text, &from), vectors_text(vector, "from"));
	assert_int_equal(wp_tx_sign(&out, &hash, &tx, &key), 0);
	assert_hex_equal(out.data, out.size, vectors_text(vector, "signed"));
	assert_hex_equal(hash.bytes, 32, vectors_text(vector, "hash"));
	wp_buffer_free(&out);
	free((void *)tx.data);
	wp_secret_wipe(&key);
}

/* Whether the vectors hold a signature number that begins with a zero byte. */
static size_t count_leading_zeros(const cJSON *list, const char *name)
{
	const cJSON *vector;
	size_t count = 0;
	cJSON_ArrayForEach(vector, list)
	{
		count += strncmp(vectors_text(vector, name), "0x00", 4) == 0;
	}
	return count;
}

static void transactions_of_another_signer(void **state)
{
	(void)state;
	cJSON *root = vectors_load("evm.json");
	const cJSON *list = vectors_member(root, "transactions");
	const cJSON *vector;
	assert_int_equal(cJSON_GetArraySize(list), 30);
	assert_true(count_leading_zeros(list, "r") >= 3);
	assert_true(count_leading_zeros(list, "s") >= 3);
	cJSON_ArrayForEach(vector, list)
	{
		check_vector(vector);
	}
	cJSON_Delete(root);
}

static void appends_behind_what_is_there(void **state)
{
	(void)state;
	cJSON *root = vectors_load("evm.json");
	const cJSON *vector = cJSON_GetArrayItem(vectors_member(root, "transactions"), 0);
	struct wp_secret key = key_of(vector);
	struct wp_tx tx = tx_of(vector);
	struct wp_buffer out = { 0 };
	struct wp_hash hash;
	wp_buffer_append(&out, "ab", 2);
	assert_int_equal(wp_tx_sign(&out, &hash, &tx, &key), 0);
	assert_memory_equal(out.data, "ab", 2);
	assert_hex_equal(out.data + 2, out.size - 2, vectors_text(vector, "signed"));
	assert_hex_equal(hash.bytes, 32, vectors_text(vector, "hash"));
	wp_buffer_free(&out);
	free((void *)tx.data);
	wp_secret_wipe(&key);
	cJSON_Delete(root);
}

static int sign(const struct wp_tx *tx)
{
	struct wp_secret key = { 0 };
	struct wp_hash hash = { { 7 } }, digest = { { 7 } };
	struct wp_buffer out = { 0 };
	uint8_t one[32] = { [31] = 1 };
	assert_int_equal(wp_secret_set(&key, one, sizeof(one)), 0);
	int error = wp_tx_sign(&out, &hash, tx, &key);
	assert_int_equal(wp_tx_digest(&digest, tx), error);
	if (error) {
		assert_int_equal(out.size, 0);
		assert_int_equal(hash.bytes[0], 7);
		assert_int_equal(digest.bytes[0], 7);
	}
	wp_buffer_free(&out);
	wp_secret_wipe(&key);
	return error;
}

static void limits_of_what_a_node_takes(void **state)
{
	(void)state;
	struct wp_tx tx = { .chain_id = 1, .nonce = UINT64_MAX - 1, .gas_limit = 21000 };
	assert_int_equal(sign(&tx), 0);
	tx.nonce = UINT64_MAX;
	assert_int_equal(sign(&tx), -WP_E_RANGE);
	tx.nonce = 0;
	tx.max_fee = wp_amount_from_u64(5);
	tx.max_priority_fee = wp_amount_from_u64(5);
	assert_int_equal(sign(&tx), 0);
	tx.max_priority_fee = wp_amount_from_u64(6);
	assert_int_equal(sign(&tx), -WP_E_RANGE);
}

/* Size of the envelope with size zero bytes of calldata; 0 if there was no room. */
static size_t signed_size(size_t size)
{
	struct wp_secret key = { 0 };
	struct wp_hash hash;
	struct wp_buffer out = { 0 };
	uint8_t one[32] = { [31] = 1 };
	uint8_t *data = calloc(1, size);
	struct wp_tx tx = { .chain_id = 1, .data = data, .data_size = size };
	assert_int_equal(wp_secret_set(&key, one, sizeof(one)), 0);
	int error = wp_tx_sign(&out, &hash, &tx, &key);
	assert_true(error == 0 || error == -ENOMEM);
	size_t result = error ? 0 : out.size;
	assert_true(error == 0 || out.size == 0);
	wp_buffer_free(&out);
	wp_secret_wipe(&key);
	free(data);
	return result;
}

static void size_at_the_buffer_limit_and_past_it(void **state)
{
	(void)state;
	size_t overhead = signed_size(WP_BUFFER_MAX - 1000) - (WP_BUFFER_MAX - 1000);
	assert_true(overhead > 80 && overhead < 200);
	assert_int_equal(signed_size(WP_BUFFER_MAX - 100 - overhead), WP_BUFFER_MAX - 100);
	assert_int_equal(signed_size(WP_BUFFER_MAX - overhead + 8), 0);
	assert_int_equal(signed_size(WP_BUFFER_MAX), 0);
}

static void invalid_keys_sign_nothing(void **state)
{
	(void)state;
	struct wp_secret key = { 0 };
	struct wp_tx tx = { .chain_id = 1 };
	struct wp_buffer out = { 0 };
	struct wp_hash hash;
	assert_int_equal(wp_tx_sign(&out, &hash, &tx, &key), -WP_E_RANGE);
	assert_int_equal(wp_secret_set(&key, (uint8_t[32]){ 0 }, 32), 0);
	assert_int_equal(wp_tx_sign(&out, &hash, &tx, &key), -WP_E_RANGE);
	assert_int_equal(out.size, 0);
	wp_secret_wipe(&key);
	wp_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transactions_of_another_signer),
		cmocka_unit_test(appends_behind_what_is_there),
		cmocka_unit_test(limits_of_what_a_node_takes),
		cmocka_unit_test(size_at_the_buffer_limit_and_past_it),
		cmocka_unit_test(invalid_keys_sign_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
