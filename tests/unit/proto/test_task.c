/* Task hashes and lifetimes (H2, X4, X9). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/task.h"
#include "tests/unit/vectors.h"

static struct wp_hash hash_of(const cJSON *object, const char *name)
{
	struct wp_hash hash = { { 0 } };
	const cJSON *text = vectors_member(object, name);

	if (cJSON_IsString(text))
		assert_int_equal(wp_hash_parse(&hash, text->valuestring), 0);
	return hash;
}

static void check_task(const cJSON *vector)
{
	const char *code = vectors_text(vector, "code"), *salt = vectors_text(vector, "salt");
	const cJSON *input = vectors_member(vector, "input");
	struct wp_task task = {
		.task_type = "code-execution",
		.code_hash = wp_task_content_hash(
			(const uint8_t *)salt, strlen(salt), code, strlen(code)),
		.has_expected = cJSON_IsString(vectors_member(vector, "expected")),
		.expected_hash = hash_of(vector, "expected"),
		.engine = wp_engine_resolve("quickjs"),
		.timeout_ms = 1000 * (int64_t)vectors_member(vector, "timeoutSeconds")->valuedouble,
		.clock_ms = (int64_t)vectors_member(vector, "clockMs")->valuedouble,
		.salt = (const uint8_t *)salt,
		.salt_size = strlen(salt),
	};
	struct wp_hash expected = hash_of(vector, "taskHash"), hash;
	uint8_t seed[32];

	if (cJSON_IsString(input))
		task.input_hash = wp_task_content_hash((const uint8_t *)salt, strlen(salt),
			input->valuestring, strlen(input->valuestring));
	struct wp_hash code_hash = hash_of(vector, "codeHash"),
		       input_hash = hash_of(vector, "inputHash");
	assert_true(wp_hash_equal(&task.code_hash, &code_hash));
	assert_true(wp_hash_equal(&task.input_hash, &input_hash));
	assert_int_equal(wp_task_hash(&hash, &task), 0);
	assert_true(wp_hash_equal(&hash, &expected));
	wp_task_seed(seed, &task.code_hash, &task.input_hash);
	struct wp_hash expected_seed = hash_of(vector, "seed");
	assert_memory_equal(seed, expected_seed.bytes, sizeof seed);
}

static void test_known_answers(void **state)
{
	cJSON *root = vectors_load("task.json");
	const cJSON *vector;
	size_t count = 0;

	(void)state;
	cJSON_ArrayForEach(vector, vectors_member(root, "tasks"))
	{
		check_task(vector);
		count++;
	}
	assert_int_equal(count, 7);
	cJSON_Delete(root);
}

static void test_payment_ids(void **state)
{
	cJSON *root = vectors_load("task.json");
	const cJSON *vector;
	size_t count = 0;

	(void)state;
	cJSON_ArrayForEach(vector, vectors_member(root, "payments"))
	{
		uint64_t chain_id = (uint64_t)vectors_member(vector, "chainId")->valuedouble;
		struct wp_hash nonce = hash_of(vector, "nonce");
		struct wp_address asset, payer;
		char text[WP_ID_TEXT];

		assert_int_equal(wp_address_parse(&asset, vectors_text(vector, "asset")), 0);
		assert_int_equal(wp_address_parse(&payer, vectors_text(vector, "payer")), 0);
		struct wp_id id = wp_task_payment_id(chain_id, &asset, &payer, &nonce);
		assert_string_equal(wp_id_text(text, &id), vectors_text(vector, "id"));
		count++;
	}
	assert_int_equal(count, 3);
	cJSON_Delete(root);
}

/* Every member enters the hash. */
static void test_each_member_counts(void **state)
{
	static const uint8_t salt[WP_SALT_MAX_BYTES + 1] = { 1 };
	const struct wp_task task = { .task_type = "code-execution",
		.engine = "quickjs@1",
		.timeout_ms = 30000,
		.clock_ms = 5 };
	struct wp_task changed[8];
	struct wp_hash hash, other;

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(changed); i++)
		changed[i] = task;
	changed[0].task_type = "wasm-execution";
	changed[1].engine = "quickjs@2";
	changed[2].timeout_ms = 31000;
	changed[3].clock_ms = 6;
	changed[4].code_hash.bytes[0] = 1;
	changed[5].input_hash.bytes[0] = 1;
	changed[6].has_expected = true;
	changed[7].salt = salt;
	changed[7].salt_size = WP_SALT_MAX_BYTES;
	assert_int_equal(wp_task_hash(&hash, &task), 0);
	for (size_t i = 0; i < WP_ARRAY_LEN(changed); i++) {
		assert_int_equal(wp_task_hash(&other, &changed[i]), 0);
		assert_false(wp_hash_equal(&hash, &other));
	}
	changed[7].salt_size = WP_SALT_MAX_BYTES + 1;
	assert_int_equal(wp_task_hash(&other, &changed[7]), -WP_E_RANGE);
}

static void test_engines(void **state)
{
	(void)state;
	assert_string_equal(wp_engine_resolve("quickjs"), "quickjs@2025-04-26");
	assert_string_equal(wp_engine_resolve(""), "quickjs@2025-04-26");
	assert_string_equal(wp_engine_resolve(NULL), "quickjs@2025-04-26");
	assert_null(wp_engine_resolve("quick"));
	assert_null(wp_engine_resolve("quickjs@2025-04-26"));
}

/* X9: never past 60 s and the margins; the budget holds all attempts. */
static void test_lifetimes(void **state)
{
	const int64_t margins = WP_BOOT_MARGIN_MS + WP_DRAIN_MARGIN_MS;

	(void)state;
	assert_int_equal(wp_lifetime_run_ms(5000), margins + 20000);
	assert_int_equal(wp_lifetime_run_ms(14999), margins + 59996);
	assert_int_equal(wp_lifetime_run_ms(15000), margins + 60000);
	assert_int_equal(wp_lifetime_run_ms(15001), margins + 60000);
	assert_int_equal(wp_lifetime_run_ms(60000), margins + 60000);
	for (int64_t timeout_ms = 1000 * WP_TIMEOUT_MIN_S; timeout_ms <= 1000 * WP_TIMEOUT_MAX_S;
		timeout_ms += 1000) {
		assert_true(wp_lifetime_run_ms(timeout_ms) >= timeout_ms + margins);
		assert_true(wp_lifetime_budget_ms(timeout_ms) >=
			    WP_ATTEMPTS_MAX * wp_lifetime_run_ms(timeout_ms));
	}
	assert_int_equal(wp_lifetime_budget_ms(60000), 3 * 70000 + WP_WAIT_MARGIN_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_payment_ids),
		cmocka_unit_test(test_each_member_counts),
		cmocka_unit_test(test_engines),
		cmocka_unit_test(test_lifetimes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
