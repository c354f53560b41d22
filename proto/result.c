/* result.c - the result line. The MAC covers every byte before it, the prefix too, and is checked
 * before anything is parsed. Its member comes last and has a fixed size, so it is found without
 * parsing. */
#include "proto/result.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"
#include "libcommon/json.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define MAC_HEAD    ",\"mac\":\""
#define MAC_TAIL    "\"}"
#define HEAD_SIZE   (sizeof MAC_HEAD - 1)
#define TAIL_SIZE   (sizeof MAC_TAIL - 1)
#define MAC_HEX     (2 * (size_t)crypto_auth_BYTES)
#define MAC_MEMBER  (HEAD_SIZE + MAC_HEX + TAIL_SIZE)
#define PREFIX_SIZE (sizeof WP_RESULT_PREFIX - 1)
#define NUMBER_MAX  ((INT64_C(1) << 53) - 1)

void wp_result_free(struct wp_result *result)
{
	free(result->error_message);
	free(result->result);
	memset(result, 0, sizeof *result);
}

/* ---- writing ---- */

static bool add_text(cJSON *object, const char *name, const char *text)
{
	return cJSON_AddStringToObject(object, name, text != NULL ? text : "") != NULL;
}

static bool add_number(cJSON *object, const char *name, int64_t value)
{
	return cJSON_AddNumberToObject(object, name, (double)value) != NULL;
}

static bool add_hash(cJSON *object, const char *name, const struct wp_hash *hash)
{
	char text[WP_HASH_TEXT];

	return add_text(object, name, wp_hash_text(text, hash));
}

static bool describe(cJSON *object, const struct wp_result *result)
{
	char id[WP_ID_TEXT];

	return add_text(object, "id", wp_id_text(id, &result->id)) &&
	       add_number(object, "attempt", result->attempt) &&
	       add_text(object, "outcome", result->outcome) &&
	       add_text(object, "errorCode", result->error_code) &&
	       add_text(object, "errorMessage", result->error_message) &&
	       add_text(object, "result", result->result) &&
	       add_hash(object, "outputHash", &result->output_hash) &&
	       add_number(object, "outputBytes", (int64_t)result->output_bytes) &&
	       add_number(object, "timeMs", result->time_ms) &&
	       add_number(object, "memoryPeakBytes", result->memory_peak_bytes) &&
	       add_text(object, "engine", result->engine) &&
	       add_hash(object, "guestDigest", &result->guest_digest) &&
	       add_text(object, "driver", result->driver) &&
	       add_text(object, "isolation", result->isolation);
}

static bool is_in_range(const struct wp_result *result)
{
	return result->output_bytes <= (uint64_t)NUMBER_MAX && result->time_ms >= 0 &&
	       result->time_ms <= NUMBER_MAX && result->memory_peak_bytes >= 0 &&
	       result->memory_peak_bytes <= NUMBER_MAX;
}

/* Puts the MAC member behind the object's last member. */
static void append_mac(struct wp_buffer *line, const struct wp_secret *key)
{
	uint8_t mac[crypto_auth_BYTES];
	char text[MAC_HEX + 1];

	line->size--; /* the brace */
	crypto_auth(mac, line->data, line->size, key->data);
	wp_hex_encode(text, mac, sizeof mac);
	wp_buffer_append(line, MAC_HEAD, HEAD_SIZE);
	wp_buffer_append(line, text, MAC_HEX);
	wp_buffer_append(line, MAC_TAIL, TAIL_SIZE);
}

int wp_result_write(
	struct wp_buffer *out, const struct wp_result *result, const struct wp_secret *key)
{
	struct wp_buffer line = { 0 };
	int rc = -ENOMEM;

	if (key->size != crypto_auth_KEYBYTES || !is_in_range(result))
		return -WP_E_RANGE;
	cJSON *object = cJSON_CreateObject();
	if (object == NULL || !describe(object, result))
		goto out;
	wp_buffer_append(&line, WP_RESULT_PREFIX, PREFIX_SIZE);
	rc = wp_json_canonical(&line, object);
	if (rc != 0) {
		rc = rc == -ENOMEM ? -ENOMEM : -WP_E_RANGE;
		goto out;
	}
	append_mac(&line, key);
	wp_buffer_append(out, line.data, line.size);
	rc = line.failed || out->failed ? -ENOMEM : 0;
out:
	cJSON_Delete(object);
	wp_buffer_free(&line);
	return rc;
}

/* ---- reading ---- */

static int check_mac(const char *line, size_t size, const struct wp_secret *key)
{
	uint8_t mac[crypto_auth_BYTES];

	if (size < PREFIX_SIZE + MAC_MEMBER || memcmp(line, WP_RESULT_PREFIX, PREFIX_SIZE) != 0)
		return -WP_E_FORMAT;
	size_t covered = size - MAC_MEMBER;
	const char *member = line + covered;
	if (memcmp(member, MAC_HEAD, HEAD_SIZE) != 0 ||
		memcmp(line + size - TAIL_SIZE, MAC_TAIL, TAIL_SIZE) != 0 ||
		wp_hex_decode(mac, sizeof mac, member + HEAD_SIZE, MAC_HEX) != 0)
		return -WP_E_FORMAT;
	if (key->size != crypto_auth_KEYBYTES ||
		crypto_auth_verify(mac, (const uint8_t *)line, covered, key->data) != 0)
		return -WP_E_REFUSED;
	return 0;
}

/* Copies a text into an array of the result; false if it is absent or too long. */
static bool take_text(char *to, size_t room, const cJSON *object, const char *name)
{
	const char *text;

	if (wp_json_string(object, name, &text) != 0 || strlen(text) >= room)
		return false;
	memcpy(to, text, strlen(text) + 1);
	return true;
}

static bool take_hash(struct wp_hash *hash, const cJSON *object, const char *name)
{
	const char *text;

	return wp_json_string(object, name, &text) == 0 && wp_hash_parse(hash, text) == 0;
}

static bool take_numbers(struct wp_result *result, const cJSON *object)
{
	int64_t attempt, output_bytes;

	if (wp_json_integer(object, "attempt", 0, UINT32_MAX, &attempt) != 0 ||
		wp_json_integer(object, "outputBytes", 0, NUMBER_MAX, &output_bytes) != 0 ||
		wp_json_integer(object, "timeMs", 0, NUMBER_MAX, &result->time_ms) != 0 ||
		wp_json_integer(
			object, "memoryPeakBytes", 0, NUMBER_MAX, &result->memory_peak_bytes) != 0)
		return false;
	result->attempt = (uint32_t)attempt;
	result->output_bytes = (uint64_t)output_bytes;
	return true;
}

static int take(struct wp_result *result, const cJSON *object)
{
	const char *id, *message, *value;

	if (wp_json_string(object, "id", &id) != 0 || wp_id_parse(&result->id, id) != 0 ||
		wp_json_string(object, "errorMessage", &message) != 0 ||
		wp_json_string(object, "result", &value) != 0 ||
		!take_text(result->outcome, sizeof result->outcome, object, "outcome") ||
		!take_text(result->error_code, sizeof result->error_code, object, "errorCode") ||
		!take_text(result->engine, sizeof result->engine, object, "engine") ||
		!take_text(result->driver, sizeof result->driver, object, "driver") ||
		!take_text(result->isolation, sizeof result->isolation, object, "isolation") ||
		!take_hash(&result->output_hash, object, "outputHash") ||
		!take_hash(&result->guest_digest, object, "guestDigest") ||
		!take_numbers(result, object))
		return -WP_E_FORMAT;
	result->error_message = strdup(message);
	result->result = strdup(value);
	return result->error_message == NULL || result->result == NULL ? -ENOMEM : 0;
}

int wp_result_read(
	struct wp_result *ret_result, const char *line, size_t size, const struct wp_secret *key)
{
	struct wp_result result = { 0 };
	cJSON *object = NULL;
	int rc = check_mac(line, size, key);

	if (rc != 0)
		return rc;
	rc = wp_json_parse(&object, line + PREFIX_SIZE, size - PREFIX_SIZE, NULL, NULL);
	if (rc == 0)
		rc = take(&result, object);
	cJSON_Delete(object);
	if (rc != 0) {
		wp_result_free(&result);
		return rc == -ENOMEM ? -ENOMEM : -WP_E_FORMAT;
	}
	*ret_result = result;
	return 0;
}
