/* P4: which logs of a receipt are kept as evidence, however many others stand around them. */
#include "libcommon/base.h"
#include "libcommon/evm/abi.h"
#include "services/payment-verifier/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MANY 1025

static const struct proof_claim claim = {
	.token = { { 1 } }, .from = { { 2 } }, .to = { { 3 } }, .nonce = { { 4 } }
};

static void add_topic(cJSON *topics, const void *bytes)
{
	struct wp_hash hash;
	char text[WP_HASH_TEXT];

	memcpy(hash.bytes, bytes, sizeof hash.bytes);
	cJSON_AddItemToArray(topics, cJSON_CreateString(wp_hash_text(text, &hash)));
}

/* A log of the token without topics. */
static cJSON *add_log(cJSON *list, uint64_t index)
{
	cJSON *log = cJSON_CreateObject();
	char address[WP_ADDRESS_TEXT], hash[WP_HASH_TEXT];

	wp_address_text(address, &claim.token);
	wp_hash_text(hash, &claim.nonce);
	cJSON_AddStringToObject(log, "address", address);
	cJSON_AddArrayToObject(log, "topics");
	cJSON_AddStringToObject(log, "data", "0x");
	cJSON_AddStringToObject(log, "blockNumber", "0x64");
	cJSON_AddStringToObject(log, "blockHash", hash);
	cJSON_AddStringToObject(log, "transactionHash", hash);
	cJSON_AddItemToObject(log, "logIndex", wp_rpc_quantity(index));
	cJSON_AddItemToArray(list, log);
	return log;
}

static void add_mark(cJSON *list, uint64_t index)
{
	cJSON *topics = cJSON_GetObjectItem(add_log(list, index), "topics");
	struct wp_hash event = proof_topic_used();
	struct wp_abi_value from = wp_abi_address(&claim.from);

	add_topic(topics, event.bytes);
	add_topic(topics, from.word);
	add_topic(topics, claim.nonce.bytes);
}

/* Before and behind the two logs, and in an order that is not the indexes'. */
static void test_any_number_of_other_logs(void **state)
{
	struct wp_evm_log logs[LOOK_LOGS_KEPT];
	size_t count = 9;
	cJSON *list = cJSON_CreateArray();

	(void)state;
	add_log(list, MANY + 1);
	for (uint64_t i = 0; i < MANY; i++)
		add_log(list, i);
	add_mark(list, MANY);
	for (uint64_t i = MANY + 2; i < 3 * MANY; i++)
		add_log(list, i);
	assert_int_equal(look_keep_logs(&claim, list, logs, &count), 0);
	assert_int_equal(count, 2);
	assert_true(proof_is_used(&claim, &logs[0]));
	assert_int_equal(logs[0].log_index, MANY);
	assert_int_equal(logs[1].log_index, MANY + 1);
	cJSON_Delete(list);
}

static void test_no_mark_and_nothing_behind_it(void **state)
{
	struct wp_evm_log logs[LOOK_LOGS_KEPT];
	size_t count = 9;
	cJSON *list = cJSON_CreateArray();

	(void)state;
	assert_int_equal(look_keep_logs(&claim, list, logs, &count), 0);
	assert_int_equal(count, 0);
	add_log(list, 3);
	add_log(list, 6);
	assert_int_equal(look_keep_logs(&claim, list, logs, &count), 0);
	assert_int_equal(count, 0);
	add_mark(list, 4);
	assert_int_equal(look_keep_logs(&claim, list, logs, &count), 0);
	assert_int_equal(count, 1);
	cJSON_Delete(list);
}

static void test_what_is_no_list_of_logs(void **state)
{
	struct wp_evm_log logs[LOOK_LOGS_KEPT];
	size_t count = 9;
	cJSON *list = cJSON_CreateArray();

	(void)state;
	assert_int_equal(look_keep_logs(&claim, NULL, logs, &count), -WP_E_FORMAT);
	cJSON_AddItemToArray(list, cJSON_CreateNull());
	assert_int_equal(look_keep_logs(&claim, list, logs, &count), -WP_E_FORMAT);
	assert_int_equal(count, 9);
	cJSON_Delete(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_number_of_other_logs),
		cmocka_unit_test(test_no_mark_and_nothing_behind_it),
		cmocka_unit_test(test_what_is_no_list_of_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
