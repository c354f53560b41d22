#include "libcommon/base.h"
#include "libcommon/evm/rpc.h"
#include "libcommon/hex.h"
#include "libcommon/json.h"

#include <stdlib.h>
#include <string.h>

int wp_rpc_get_amount(struct wp_amount *ret_amount, const cJSON *quantity)
{
	if (!cJSON_IsString(quantity))
		return -WP_E_FORMAT;
	return wp_amount_parse_hex(ret_amount, quantity->valuestring);
}

int wp_rpc_get_u64(uint64_t *ret_value, const cJSON *quantity)
{
	struct wp_amount amount;
	int error = wp_rpc_get_amount(&amount, quantity);
	if (error)
		return error;
	return wp_amount_to_u64(ret_value, &amount) ? 0 : -WP_E_RANGE;
}

/* "0x" and whole bytes of hex. The digits behind the prefix, NULL if text is nothing like that. */
static const char *hex_digits(const cJSON *text, size_t *ret_count)
{
	if (!cJSON_IsString(text) || strncmp(text->valuestring, "0x", 2) != 0)
		return NULL;
	const char *digits = text->valuestring + 2;
	size_t count = strlen(digits);
	if (count % 2 != 0 || strspn(digits, "0123456789abcdefABCDEF") != count)
		return NULL;
	*ret_count = count;
	return digits;
}

static int get_fixed(uint8_t *ret_bytes, size_t size, const cJSON *text)
{
	size_t count;
	const char *digits = hex_digits(text, &count);
	return digits ? wp_hex_decode(ret_bytes, size, digits, count) : -WP_E_FORMAT;
}

int wp_rpc_get_hash(struct wp_hash *ret_hash, const cJSON *text)
{
	return get_fixed(ret_hash->bytes, sizeof(ret_hash->bytes), text);
}

int wp_rpc_get_address(struct wp_address *ret_address, const cJSON *text)
{
	return get_fixed(ret_address->bytes, sizeof(ret_address->bytes), text);
}

cJSON *wp_rpc_quantity(uint64_t value)
{
	char text[67];
	struct wp_amount amount = wp_amount_from_u64(value);
	return cJSON_CreateString(wp_amount_hex(text, &amount));
}

static bool add_address(cJSON *object, const char *name, const struct wp_address *address)
{
	char text[WP_ADDRESS_TEXT];
	return cJSON_AddStringToObject(object, name, wp_address_text(text, address));
}

static bool add_bytes(cJSON *object, const char *name, const void *data, size_t size)
{
	char *text = malloc(2 * size + 3);
	if (!text)
		return false;
	wp_hex_encode0x(text, data, size);
	bool added = cJSON_AddStringToObject(object, name, text);
	free(text);
	return added;
}

cJSON *wp_rpc_call_object(
	const struct wp_address *from, const struct wp_address *to, const void *data, size_t size)
{
	cJSON *object = cJSON_CreateObject();
	if ((from && !add_address(object, "from", from)) || !add_address(object, "to", to) ||
		!add_bytes(object, "data", data, size)) {
		cJSON_Delete(object);
		return NULL;
	}
	return object;
}

static int get_topics(struct wp_evm_log *log, const cJSON *object)
{
	const cJSON *topics, *topic;
	if (wp_json_array(object, "topics", &topics))
		return -WP_E_FORMAT;
	cJSON_ArrayForEach(topic, topics)
	{
		if (log->topic_count == WP_ARRAY_LEN(log->topics) ||
			wp_rpc_get_hash(&log->topics[log->topic_count++], topic))
			return -WP_E_FORMAT;
	}
	return 0;
}

static int get_data(struct wp_evm_log *log, const cJSON *object)
{
	size_t count;
	const char *digits = hex_digits(cJSON_GetObjectItemCaseSensitive(object, "data"), &count);
	if (!digits)
		return -WP_E_FORMAT;
	log->data_size = count / 2;
	if (log->data_size < sizeof(log->data))
		return 0;
	return wp_hex_decode(log->data, sizeof(log->data), digits, 2 * sizeof(log->data));
}

/* Where the log stands in the chain. */
static int get_place(struct wp_evm_log *log, const cJSON *object)
{
	int error = wp_json_bool(object, "removed", &log->removed);
	if (error && error != -ENOENT) /* logs inside receipts may leave it out */
		return error;
	if (wp_rpc_get_u64(
		    &log->block_number, cJSON_GetObjectItemCaseSensitive(object, "blockNumber")) ||
		wp_rpc_get_hash(
			&log->block_hash, cJSON_GetObjectItemCaseSensitive(object, "blockHash")) ||
		wp_rpc_get_hash(&log->transaction_hash,
			cJSON_GetObjectItemCaseSensitive(object, "transactionHash")) ||
		wp_rpc_get_u64(
			&log->log_index, cJSON_GetObjectItemCaseSensitive(object, "logIndex")))
		return -WP_E_FORMAT;
	return 0;
}

int wp_rpc_get_log(struct wp_evm_log *ret_log, const cJSON *log)
{
	struct wp_evm_log read = { 0 };
	if (!cJSON_IsObject(log) ||
		wp_rpc_get_address(
			&read.address, cJSON_GetObjectItemCaseSensitive(log, "address")) ||
		get_topics(&read, log) || get_data(&read, log) || get_place(&read, log))
		return -WP_E_FORMAT;
	*ret_log = read;
	return 0;
}
