#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/evm/rpc.h"
#include "libcommon/json.h"

#include <string.h>

#define ADDRESS "0x036cbd53842c5426634e7929541ec2318f3dcf7e"
#define TOPIC   "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
#define PAYER   "0x00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8"
#define BLOCK   "0x8f4525d6512cd9930aff07682aa60ff5e9cbc64a59f2064137da36d1a342308e"
#define TX      "0x4ebd5e419fff746b58dceab3ef3ace0317a89eea50938a36eb8d5cf02f644ac5"
#define VALUE   "0000000000000000000000000000000000000000000000000000000000002710"

static void quantities(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int error;
		uint64_t value;
	} cases[] = {
		{ "0x0", 0, 0 },
		{ "0x2a", 0, 42 },
		{ "0x002A", 0, 42 },
		{ "0xffffffffffffffff", 0, UINT64_MAX },
		{ "0x10000000000000000", -WP_E_RANGE, 7 },
		{ "0x", -WP_E_FORMAT, 7 },
		{ "42", -WP_E_FORMAT, 7 },
		{ "", -WP_E_FORMAT, 7 },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		uint64_t value = 7;
		cJSON *quantity = cJSON_CreateString(cases[i].text);
		assert_int_equal(wp_rpc_get_u64(&value, quantity), cases[i].error);
		assert_true(value == cases[i].value);
		cJSON_Delete(quantity);
	}
}

static void other_types_are_no_values(void **state)
{
	(void)state;
	cJSON *values[] = { NULL, cJSON_CreateNull(), cJSON_CreateNumber(42), cJSON_CreateArray(),
		cJSON_CreateObject(), cJSON_CreateTrue() };
	for (size_t i = 0; i < WP_ARRAY_LEN(values); i++) {
		uint64_t number;
		struct wp_amount amount;
		struct wp_hash hash;
		struct wp_address address;
		struct wp_evm_log log;
		assert_int_equal(wp_rpc_get_u64(&number, values[i]), -WP_E_FORMAT);
		assert_int_equal(wp_rpc_get_amount(&amount, values[i]), -WP_E_FORMAT);
		assert_int_equal(wp_rpc_get_hash(&hash, values[i]), -WP_E_FORMAT);
		assert_int_equal(wp_rpc_get_address(&address, values[i]), -WP_E_FORMAT);
		assert_int_equal(wp_rpc_get_log(&log, values[i]), -WP_E_FORMAT);
		cJSON_Delete(values[i]);
	}
}

static void hashes_and_addresses_need_their_prefix(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int hash_error, address_error;
	} cases[] = {
		{ TOPIC, 0, -WP_E_FORMAT },
		{ ADDRESS, -WP_E_FORMAT, 0 },
		{ &TOPIC[2], -WP_E_FORMAT, -WP_E_FORMAT },
		{ &ADDRESS[2], -WP_E_FORMAT, -WP_E_FORMAT },
		{ TOPIC "00", -WP_E_FORMAT, -WP_E_FORMAT },
		{ ADDRESS "0", -WP_E_FORMAT, -WP_E_FORMAT },
		{ "0x0x036cbd53842c5426634e7929541ec2318f3dcf", -WP_E_FORMAT, -WP_E_FORMAT },
		{ "0x", -WP_E_FORMAT, -WP_E_FORMAT },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_hash hash;
		struct wp_address address;
		cJSON *text = cJSON_CreateString(cases[i].text);
		assert_int_equal(wp_rpc_get_hash(&hash, text), cases[i].hash_error);
		assert_int_equal(wp_rpc_get_address(&address, text), cases[i].address_error);
		cJSON_Delete(text);
	}
}

static void parameters(void **state)
{
	(void)state;
	struct wp_address from = { { 1 } }, to = { { 2 } };
	cJSON *list = cJSON_CreateArray();
	cJSON_AddItemToArray(list, wp_rpc_quantity(0));
	cJSON_AddItemToArray(list, wp_rpc_quantity(UINT64_MAX));
	cJSON_AddItemToArray(list, wp_rpc_call_object(NULL, &to, "\x01\xff", 2));
	cJSON_AddItemToArray(list, wp_rpc_call_object(&from, &to, NULL, 0));
	char *printed = cJSON_PrintUnformatted(list);
	assert_string_equal(printed,
		"[\"0x0\",\"0xffffffffffffffff\","
		"{\"to\":\"0x0200000000000000000000000000000000000000\",\"data\":\"0x01ff\"},"
		"{\"from\":\"0x0100000000000000000000000000000000000000\","
		"\"to\":\"0x0200000000000000000000000000000000000000\",\"data\":\"0x\"}]");
	cJSON_free(printed);
	cJSON_Delete(list);
}

static cJSON *transfer_log(void)
{
	static const char text[] =
		"{\"address\":\"" ADDRESS "\",\"topics\":[\"" TOPIC "\",\"" PAYER "\"],"
		"\"data\":\"0x" VALUE "ff\",\"blockNumber\":\"0x10\",\"blockHash\":\"" BLOCK "\","
		"\"transactionHash\":\"" TX "\",\"transactionIndex\":\"0x1\","
		"\"logIndex\":\"0x3\",\"removed\":true}";
	cJSON *log = NULL;
	assert_int_equal(wp_json_parse(&log, text, strlen(text), NULL, NULL), 0);
	return log;
}

static void logs_are_read_whole(void **state)
{
	(void)state;
	cJSON *object = transfer_log();
	struct wp_evm_log log;
	char text[WP_HASH_TEXT];
	assert_int_equal(wp_rpc_get_log(&log, object), 0);
	assert_string_equal(wp_address_text(text, &log.address), ADDRESS);
	assert_int_equal(log.topic_count, 2);
	assert_string_equal(wp_hash_text(text, &log.topics[0]), TOPIC);
	assert_string_equal(wp_hash_text(text, &log.topics[1]), PAYER);
	assert_int_equal(log.data_size, 33);
	assert_int_equal(log.data[30], 0x27);
	assert_int_equal(log.data[31], 0x10);
	assert_int_equal(log.block_number, 16);
	assert_string_equal(wp_hash_text(text, &log.block_hash), BLOCK);
	assert_string_equal(wp_hash_text(text, &log.transaction_hash), TX);
	assert_int_equal(log.log_index, 3);
	assert_true(log.removed);
	cJSON_Delete(object);
}

static void short_data_is_no_word(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t size;
		uint8_t first;
	} cases[] = { { "0x", 0, 0 }, { "0xff", 1, 0 },
		{ "0xff000000000000000000000000000000000000000000000000000000000000", 31, 0 },
		{ "0xff00000000000000000000000000000000000000000000000000000000000000", 32,
			0xff } };
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		cJSON *object = transfer_log();
		struct wp_evm_log log;
		cJSON_ReplaceItemInObjectCaseSensitive(
			object, "data", cJSON_CreateString(cases[i].text));
		cJSON_DeleteItemFromObjectCaseSensitive(object, "removed");
		assert_int_equal(wp_rpc_get_log(&log, object), 0);
		assert_int_equal(log.data_size, cases[i].size);
		assert_int_equal(log.data[0], cases[i].first);
		assert_false(log.removed);
		cJSON_Delete(object);
	}
}

static void topics_up_to_four(void **state)
{
	(void)state;
	for (size_t count = 0; count <= 5; count++) {
		cJSON *object = transfer_log(), *topics = cJSON_CreateArray();
		struct wp_evm_log log = { .topic_count = 77 };
		for (size_t i = 0; i < count; i++)
			cJSON_AddItemToArray(topics, cJSON_CreateString(TOPIC));
		cJSON_ReplaceItemInObjectCaseSensitive(object, "topics", topics);
		assert_int_equal(wp_rpc_get_log(&log, object), count <= 4 ? 0 : -WP_E_FORMAT);
		assert_int_equal(log.topic_count, count <= 4 ? count : 77);
		cJSON_Delete(object);
	}
}

static void logs_missing_or_changing_a_member_are_refused(void **state)
{
	(void)state;
	static const char *const names[] = { "address", "topics", "data", "blockNumber",
		"blockHash", "transactionHash", "logIndex" };
	static const char *const bad_data[] = { "0x0", "0xgg", "00", "", "0X00" };
	struct wp_evm_log log;
	for (size_t i = 0; i < WP_ARRAY_LEN(names); i++) {
		cJSON *object = transfer_log();
		cJSON_ReplaceItemInObjectCaseSensitive(object, names[i], cJSON_CreateNull());
		assert_int_equal(wp_rpc_get_log(&log, object), -WP_E_FORMAT);
		cJSON_DeleteItemFromObjectCaseSensitive(object, names[i]);
		assert_int_equal(wp_rpc_get_log(&log, object), -WP_E_FORMAT);
		cJSON_Delete(object);
	}
	for (size_t i = 0; i < WP_ARRAY_LEN(bad_data); i++) {
		cJSON *object = transfer_log();
		cJSON_ReplaceItemInObjectCaseSensitive(
			object, "data", cJSON_CreateString(bad_data[i]));
		assert_int_equal(wp_rpc_get_log(&log, object), -WP_E_FORMAT);
		cJSON_Delete(object);
	}
	cJSON *object = transfer_log();
	cJSON_ReplaceItemInObjectCaseSensitive(object, "removed", cJSON_CreateString("no"));
	assert_int_equal(wp_rpc_get_log(&log, object), -WP_E_FORMAT);
	cJSON_Delete(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantities),
		cmocka_unit_test(other_types_are_no_values),
		cmocka_unit_test(hashes_and_addresses_need_their_prefix),
		cmocka_unit_test(parameters),
		cmocka_unit_test(logs_are_read_whole),
		cmocka_unit_test(short_data_is_no_word),
		cmocka_unit_test(topics_up_to_four),
		cmocka_unit_test(logs_missing_or_changing_a_member_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
