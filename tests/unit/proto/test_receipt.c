/* Receipts against vectors made by another implementation (H3), and every changed field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/receipt.h"
#include "tests/unit/vectors.h"

static cJSON *vectors;
static struct wp_secret key;

static int open_vectors(void **state)
{
	(void)state;
	vectors = vectors_load("../../contracts/test/vectors/receipt.json");
	const char *text = vectors_text(vectors, "privateKey");
	if (wp_secret_set(&key, text, strlen(text)) != 0)
		return -1;
	return wp_secret_from_hex(&key, 32);
}

static int close_vectors(void **state)
{
	(void)state;
	cJSON_Delete(vectors);
	wp_secret_wipe(&key);
	return 0;
}

static struct wp_hash hash_of(const cJSON *object, const char *name)
{
	struct wp_hash hash;

	assert_int_equal(wp_hash_parse(&hash, vectors_text(object, name)), 0);
	return hash;
}

static uint64_t u64_of(const cJSON *object, const char *name)
{
	return strtoull(vectors_text(object, name), NULL, 10);
}

static void copy_text(char *to, size_t room, const cJSON *object, const char *name)
{
	assert_true(strlen(vectors_text(object, name)) < room);
	snprintf(to, room, "%s", vectors_text(object, name));
}

static struct wp_receipt receipt_of(const cJSON *vector)
{
	const cJSON *domain = vectors_member(vector, "domain");
	const cJSON *from = vectors_member(vector, "receipt");
	struct wp_receipt receipt = { 0 };

	receipt.chain_id = (uint64_t)vectors_member(domain, "chainId")->valuedouble;
	assert_int_equal(
		wp_address_parse(&receipt.registry, vectors_text(domain, "verifyingContract")), 0);
	assert_int_equal(wp_id_parse(&receipt.id, vectors_text(from, "id")), 0);
	receipt.task_hash = hash_of(from, "taskHash");
	receipt.code_hash = hash_of(from, "codeHash");
	receipt.input_hash = hash_of(from, "inputHash");
	receipt.output_hash = hash_of(from, "outputHash");
	receipt.verdict = (enum wp_verdict)vectors_member(from, "verdict")->valueint;
	copy_text(receipt.engine, sizeof receipt.engine, from, "engine");
	receipt.guest_digest = hash_of(from, "guestDigest");
	copy_text(receipt.driver, sizeof receipt.driver, from, "driver");
	copy_text(receipt.isolation, sizeof receipt.isolation, from, "isolation");
	receipt.runs = (uint8_t)vectors_member(from, "runs")->valueint;
	receipt.timeout_ms = u64_of(from, "timeoutMs");
	receipt.memory_limit_bytes = u64_of(from, "memoryLimitBytes");
	receipt.output_limit_bytes = u64_of(from, "outputLimitBytes");
	receipt.time_ms = u64_of(from, "timeMs");
	receipt.memory_peak_bytes = u64_of(from, "memoryPeakBytes");
	copy_text(receipt.payment, sizeof receipt.payment, from, "payment");
	receipt.charged = cJSON_IsTrue(vectors_member(from, "charged"));
	receipt.issued_at = u64_of(from, "issuedAt");
	return receipt;
}

/* One vector has texts as long as the contract takes them; ours are shorter. */
static bool fits(const cJSON *vector)
{
	const cJSON *from = vectors_member(vector, "receipt");
	const struct wp_receipt *receipt = NULL;

	return strlen(vectors_text(from, "engine")) < sizeof receipt->engine &&
	       strlen(vectors_text(from, "driver")) < sizeof receipt->driver &&
	       strlen(vectors_text(from, "isolation")) < sizeof receipt->isolation &&
	       strlen(vectors_text(from, "payment")) < sizeof receipt->payment;
}

static void check_vector(const cJSON *vector)
{
	const struct wp_receipt receipt = receipt_of(vector);
	struct wp_signed_receipt made;
	struct wp_hash expected = hash_of(vector, "digest"), digest = wp_receipt_digest(&receipt);
	struct wp_buffer calldata = { 0 };
	struct wp_address signer;
	uint8_t signature[65];
	size_t size;

	assert_true(wp_hash_equal(&digest, &expected));
	assert_int_equal(wp_receipt_sign(&made, &receipt, &key), 0);
	uint8_t *bytes = vectors_bytes(vectors_text(vector, "signature"), &size);
	wp_signature_to_bytes(signature, &made.signature);
	assert_memory_equal(signature, bytes, 65);
	free(bytes);
	assert_int_equal(wp_address_parse(&signer, vectors_text(vectors, "signer")), 0);
	assert_true(wp_address_equal(&made.verifier, &signer));
	bytes = vectors_bytes(vectors_text(vector, "attestReceiptCalldata"), &size);
	assert_int_equal(wp_receipt_calldata(&calldata, &made), 0);
	assert_int_equal(calldata.size, size);
	assert_memory_equal(calldata.data, bytes, size);
	free(bytes);
	wp_buffer_free(&calldata);
}

static void test_vectors(void **state)
{
	const cJSON *vector;
	size_t count = 0, too_long = 0;

	(void)state;
	assert_string_equal(vectors_text(vectors, "type"), WP_RECEIPT_TYPE);
	cJSON_ArrayForEach(vector, vectors_member(vectors, "vectors"))
	{
		if (fits(vector))
			check_vector(vector);
		else
			too_long++;
		count++;
	}
	assert_true(count - too_long >= 8);
}

static struct wp_signed_receipt signed_receipt(void)
{
	const cJSON *vector = cJSON_GetArrayItem(vectors_member(vectors, "vectors"), 0);
	const struct wp_receipt receipt = receipt_of(vector);
	struct wp_signed_receipt made;

	assert_int_equal(wp_receipt_sign(&made, &receipt, &key), 0);
	return made;
}

static int read_back(const struct wp_signed_receipt *receipt, struct wp_signed_receipt *ret_seen)
{
	struct wp_buffer text = { 0 };

	assert_int_equal(wp_receipt_write(&text, receipt), 0);
	int rc = wp_receipt_read(ret_seen, (const char *)text.data, text.size);
	wp_buffer_free(&text);
	return rc;
}

static void test_round_trip(void **state)
{
	const struct wp_signed_receipt receipt = signed_receipt();
	struct wp_signed_receipt seen;

	(void)state;
	assert_int_equal(read_back(&receipt, &seen), 0);
	struct wp_hash before = wp_receipt_digest(&receipt.receipt);
	struct wp_hash after = wp_receipt_digest(&seen.receipt);
	assert_true(wp_hash_equal(&before, &after));
	assert_true(wp_address_equal(&seen.verifier, &receipt.verifier));
	assert_memory_equal(&seen.signature, &receipt.signature, sizeof seen.signature);
	assert_int_equal(seen.receipt.chain_id, 84532);
}

/* Each field changed after signing, with the digest adapted to it: the signature does not fit. */
static void test_each_field_is_signed(void **state)
{
	struct wp_signed_receipt bad[21], seen;

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++)
		bad[i] = signed_receipt();
	bad[0].receipt.chain_id++;
	bad[1].receipt.registry.bytes[0] ^= 1;
	bad[2].receipt.id.bytes[15] ^= 1;
	bad[3].receipt.task_hash.bytes[0] ^= 1;
	bad[4].receipt.code_hash.bytes[0] ^= 1;
	bad[5].receipt.input_hash.bytes[0] ^= 1;
	bad[6].receipt.output_hash.bytes[0] ^= 1;
	bad[7].receipt.verdict = WP_VERDICT_INVALID;
	bad[8].receipt.engine[0] ^= 1;
	bad[9].receipt.guest_digest.bytes[0] ^= 1;
	bad[10].receipt.driver[0] ^= 1;
	bad[11].receipt.isolation[0] ^= 1;
	bad[12].receipt.runs ^= 1;
	bad[13].receipt.timeout_ms ^= 1;
	bad[14].receipt.memory_limit_bytes ^= 1;
	bad[15].receipt.output_limit_bytes ^= 1;
	bad[16].receipt.time_ms ^= 1;
	bad[17].receipt.memory_peak_bytes ^= 1;
	bad[18].receipt.payment[10] ^= 1;
	bad[19].receipt.charged = !bad[19].receipt.charged;
	bad[20].receipt.issued_at ^= 1;
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++)
		assert_int_equal(read_back(&bad[i], &seen), -WP_E_REFUSED);
	struct wp_signed_receipt other = signed_receipt();
	other.verifier.bytes[0] ^= 1;
	assert_int_equal(read_back(&other, &seen), -WP_E_REFUSED);
	other = signed_receipt();
	other.signature.parity ^= 1;
	assert_int_equal(read_back(&other, &seen), -WP_E_REFUSED);
}

static int read_tree(const cJSON *root)
{
	struct wp_signed_receipt seen;
	char *text = cJSON_PrintUnformatted(root);
	int rc = wp_receipt_read(&seen, text, strlen(text));

	free(text);
	return rc;
}

static cJSON *tree_of(const struct wp_signed_receipt *receipt)
{
	struct wp_buffer text = { 0 };
	cJSON *root = NULL;

	assert_int_equal(wp_receipt_write(&text, receipt), 0);
	assert_int_equal(wp_json_parse(&root, (const char *)text.data, text.size, NULL, NULL), 0);
	wp_buffer_free(&text);
	return root;
}

/* Missing, foreign and unsigned members. */
static void test_shape(void **state)
{
	const struct wp_signed_receipt receipt = signed_receipt();
	cJSON *root = tree_of(&receipt);

	(void)state;
	assert_int_equal(read_tree(root), 0);
	static const char *const parents[] = { NULL, "domain", "message" };
	for (size_t i = 0; i < WP_ARRAY_LEN(parents); i++) {
		cJSON *parent = parents[i] == NULL ? root : cJSON_GetObjectItem(root, parents[i]);
		cJSON_AddStringToObject(parent, "note", "unsigned");
		assert_int_equal(read_tree(root), -WP_E_FORMAT);
		cJSON_DeleteItemFromObject(parent, "note");
		for (int count = cJSON_GetArraySize(parent); count > 0; count--) {
			cJSON *taken = cJSON_DetachItemFromArray(parent, 0);
			assert_int_equal(read_tree(root), -WP_E_FORMAT);
			cJSON_AddItemToObject(parent, taken->string, taken);
		}
	}
	assert_int_equal(read_tree(root), 0);
	cJSON *domain = cJSON_GetObjectItem(root, "domain");
	cJSON_SetValuestring(cJSON_GetObjectItem(domain, "version"), "2");
	assert_int_equal(read_tree(root), -WP_E_FORMAT);
	cJSON_Delete(root);
	struct wp_signed_receipt seen;
	assert_int_equal(wp_receipt_read(&seen, "{}", 2), -WP_E_FORMAT);
	assert_int_equal(wp_receipt_read(&seen, "", 0), -WP_E_FORMAT);
}

static void test_limits(void **state)
{
	struct wp_signed_receipt receipt = signed_receipt();
	cJSON *root = tree_of(&receipt), *message = cJSON_GetObjectItem(root, "message");

	(void)state;
	cJSON_SetValuestring(cJSON_GetObjectItem(message, "timeMs"), "8"); /* as long as before */
	assert_int_equal(read_tree(root), -WP_E_REFUSED);
	cJSON_ReplaceItemInObject(message, "timeMs", cJSON_CreateString("18446744073709551615"));
	assert_int_equal(read_tree(root), -WP_E_REFUSED);
	cJSON_ReplaceItemInObject(message, "timeMs", cJSON_CreateString("18446744073709551616"));
	assert_int_equal(read_tree(root), -WP_E_FORMAT);
	cJSON_ReplaceItemInObject(message, "timeMs", cJSON_CreateString("7"));
	cJSON_ReplaceItemInObject(message, "driver", cJSON_CreateString("fifteen-letters"));
	assert_int_equal(read_tree(root), -WP_E_REFUSED);
	cJSON_ReplaceItemInObject(message, "driver", cJSON_CreateString("sixteen-letters-"));
	assert_int_equal(read_tree(root), -WP_E_FORMAT);
	cJSON_ReplaceItemInObject(message, "driver", cJSON_CreateString("kvm"));
	cJSON_ReplaceItemInObject(message, "verdict", cJSON_CreateNumber(8));
	assert_int_equal(read_tree(root), -WP_E_FORMAT);
	cJSON_Delete(root);
	struct wp_secret none = { 0 };
	assert_int_equal(wp_receipt_sign(&receipt, &receipt.receipt, &none), -WP_E_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_each_field_is_signed),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, open_vectors, close_vectors);
}
