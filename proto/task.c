/* task.c - the hashes of a task and the lifetimes that follow from its limit. */
#include "proto/task.h"

#include "libcommon/base.h"
#include "libcommon/evm/abi.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/hex.h"
#include "libcommon/json.h"

#include <string.h>

#define RUN_MAX_MS   60000
#define WALL_PER_CPU 4 /* a run may get a quarter of a processor and still use up its time */

/* The engines this release has; the first is the default. */
static const struct engine {
	const char *name, *full;
} engines[] = {
	{ "quickjs", "quickjs@2025-04-26" },
};

const char *wp_engine_resolve(const char *name)
{
	if (name == NULL || name[0] == '\0')
		return engines[0].full;
	for (size_t i = 0; i < WP_ARRAY_LEN(engines); i++) {
		if (strcmp(engines[i].name, name) == 0)
			return engines[i].full;
	}
	return NULL;
}

struct wp_hash wp_task_content_hash(
	const uint8_t *salt, size_t salt_size, const void *data, size_t size)
{
	return wp_sha256_salted(salt, salt_size, data, size);
}

static bool add_hash(cJSON *object, const char *name, const struct wp_hash *hash)
{
	char text[WP_HASH_TEXT];

	if (hash == NULL)
		return cJSON_AddNullToObject(object, name) != NULL;
	return cJSON_AddStringToObject(object, name, wp_hash_text(text, hash)) != NULL;
}

static bool add_salt(cJSON *object, const struct wp_task *task)
{
	char text[2 * WP_SALT_MAX_BYTES + 3];

	if (task->salt_size == 0)
		return cJSON_AddNullToObject(object, "salt") != NULL;
	wp_hex_encode0x(text, task->salt, task->salt_size);
	return cJSON_AddStringToObject(object, "salt", text) != NULL;
}

static bool add_limits(cJSON *object, const struct wp_task *task)
{
	cJSON *limits = cJSON_AddObjectToObject(object, "limits");

	return limits != NULL &&
	       cJSON_AddNumberToObject(limits, "memoryBytes", WP_MEMORY_LIMIT_BYTES) != NULL &&
	       cJSON_AddNumberToObject(limits, "outputBytes", WP_OUTPUT_LIMIT_BYTES) != NULL &&
	       cJSON_AddNumberToObject(
		       limits, "timeoutSeconds", (double)(task->timeout_ms / 1000)) != NULL;
}

static bool describe(cJSON *object, const struct wp_task *task)
{
	const struct wp_hash *input = wp_hash_is_zero(&task->input_hash) ? NULL : &task->input_hash;

	return cJSON_AddNumberToObject(object, "clockMs", (double)task->clock_ms) != NULL &&
	       add_hash(object, "codeHash", &task->code_hash) &&
	       cJSON_AddStringToObject(object, "engine", task->engine) != NULL &&
	       add_hash(object, "expectedHash", task->has_expected ? &task->expected_hash : NULL) &&
	       add_hash(object, "inputHash", input) && add_limits(object, task) &&
	       add_salt(object, task) &&
	       cJSON_AddStringToObject(object, "taskType", task->task_type) != NULL;
}

int wp_task_hash(struct wp_hash *ret_hash, const struct wp_task *task)
{
	struct wp_buffer text = { 0 };
	int rc = -ENOMEM;

	if (task->salt_size > WP_SALT_MAX_BYTES)
		return -WP_E_RANGE;
	cJSON *object = cJSON_CreateObject();
	if (object == NULL || !describe(object, task))
		goto out;
	rc = wp_json_canonical(&text, object);
	if (rc == 0)
		*ret_hash = wp_keccak256(text.data, text.size);
out:
	cJSON_Delete(object);
	wp_buffer_free(&text);
	return rc;
}

void wp_task_seed(
	uint8_t seed[static 32], const struct wp_hash *code_hash, const struct wp_hash *input_hash)
{
	const struct wp_hash both[2] = { *code_hash, *input_hash };
	struct wp_hash hash = wp_sha256(both, sizeof both);

	memcpy(seed, hash.bytes, sizeof hash.bytes);
}

struct wp_id wp_task_payment_id(uint64_t chain_id, const struct wp_address *asset,
	const struct wp_address *payer, const struct wp_hash *nonce)
{
	const struct wp_abi_value words[] = {
		wp_abi_u64(chain_id),
		wp_abi_address(asset),
		wp_abi_address(payer),
		wp_abi_hash(nonce),
	};
	uint8_t encoded[WP_ARRAY_LEN(words)][32];
	struct wp_id id;

	for (size_t i = 0; i < WP_ARRAY_LEN(words); i++)
		memcpy(encoded[i], words[i].word, sizeof encoded[i]);
	struct wp_hash hash = wp_keccak256(encoded, sizeof encoded);
	memcpy(id.bytes, hash.bytes, sizeof id.bytes);
	return id;
}

int64_t wp_lifetime_run_ms(int64_t timeout_ms)
{
	int64_t run_ms =
		timeout_ms < RUN_MAX_MS / WALL_PER_CPU ? WALL_PER_CPU * timeout_ms : RUN_MAX_MS;

	return WP_BOOT_MARGIN_MS + run_ms + WP_DRAIN_MARGIN_MS;
}

int64_t wp_lifetime_budget_ms(int64_t timeout_ms)
{
	return WP_ATTEMPTS_MAX * wp_lifetime_run_ms(timeout_ms) + WP_WAIT_MARGIN_MS;
}
