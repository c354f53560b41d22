/* A2, V3: what of a record may be read, over every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/json.h"
#include "services/gateway/verification.h"

#include <stdlib.h>
#include <string.h>

#define HASH "0x4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865"

/* A record that holds all there is, whatever its state: what must not be read is there to be
 * leaked. */
static struct wp_record full_record(enum wp_state state)
{
	struct wp_record record = { .id = { { 1, 2, 3 } } };
	for (unsigned i = 0; i < WP_FIELD_COUNT; i++)
		record.values[i] = strdup("7");
	static const struct {
		enum wp_field field;
		const char *value;
	} values[] = {
		{ WP_FIELD_verdict, "VALID" },
		{ WP_FIELD_error_code, "RUNTIME" },
		{ WP_FIELD_output_hash, HASH },
		{ WP_FIELD_expected_hash, HASH },
		{ WP_FIELD_receipt, "{\"message\":{\"secret\":\"receipt\"}}" },
		{ WP_FIELD_attestation_id, "0xa77e57" },
		{ WP_FIELD_attest_status, "finalized" },
		{ WP_FIELD_task_hash, HASH },
		{ WP_FIELD_created_ms, "1767225600000" },
		{ WP_FIELD_decided_ms, "1767225601234" },
		{ WP_FIELD_time_ms, "4242" },
		{ WP_FIELD_memory_bytes, "565656" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(values); i++) {
		free(record.values[values[i].field]);
		record.values[values[i].field] = strdup(values[i].value);
	}
	free(record.values[WP_FIELD_st]);
	record.values[WP_FIELD_st] = strdup(wp_state_text(state));
	return record;
}

static void drop(struct wp_record *record, enum wp_field field)
{
	free(record->values[field]);
	record->values[field] = NULL;
}

static const struct wp_output output = {
	.out_stdout = "secret output",
	.out_stdout_size = 13,
	.result = "{\"secret\":\"result\"}",
	.error_message = "secret message",
};

static cJSON *shown(const struct wp_record *record, bool is_presenter)
{
	const struct verification_view view = {
		.record = record, .is_presenter = is_presenter, .output = &output
	};
	cJSON *json = verification_json(&view);
	assert_non_null(json);
	return json;
}

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
	if (!member)
		fail_msg("no member %s", name);
	return cJSON_IsString(member) ? member->valuestring : NULL;
}

static bool leaks(const cJSON *json, const char *word)
{
	char *text = cJSON_PrintUnformatted(json);
	bool found = strstr(text, word) != NULL;
	cJSON_free(text);
	return found;
}

static const struct {
	enum wp_state state;
	const char *status;
	enum verification_outcome outcome;
} table[] = {
	{ WP_STATE_SETTLE_DUE, "PENDING", VERIFICATION_HIDDEN },
	{ WP_STATE_SETTLE_SIGNED, "PENDING", VERIFICATION_HIDDEN },
	{ WP_STATE_SETTLE_SENT, "PENDING", VERIFICATION_HIDDEN },
	{ WP_STATE_PAY_WAIT, "PENDING", VERIFICATION_HIDDEN },
	{ WP_STATE_PAID, "PAID", VERIFICATION_HIDDEN },
	{ WP_STATE_RUNNING, "RUNNING", VERIFICATION_HIDDEN },
	{ WP_STATE_DECIDED, "RUNNING", VERIFICATION_HIDDEN },
	{ WP_STATE_ATT_SIGNED, "DONE", VERIFICATION_VERDICT },
	{ WP_STATE_ATT_SENT, "DONE", VERIFICATION_VERDICT },
	{ WP_STATE_REFUND_DUE, "PAID", VERIFICATION_FAILED },
	{ WP_STATE_REF_SIGNED, "PAID", VERIFICATION_FAILED },
	{ WP_STATE_REF_SENT, "PAID", VERIFICATION_FAILED },
	{ WP_STATE_LAPSED, "PENDING", VERIFICATION_HIDDEN },
	{ WP_STATE_DONE, "DONE", VERIFICATION_VERDICT },
	{ WP_STATE_REFUNDED, "REFUNDED", VERIFICATION_FAILED },
	{ WP_STATE_REJECTED, "REJECTED", VERIFICATION_HIDDEN },
	{ WP_STATE_VOID, "REJECTED", VERIFICATION_HIDDEN },
	{ WP_STATE_MANUAL, "MANUAL", VERIFICATION_FAILED }, /* with a refund owed */
};

static void check_outcome(const cJSON *json, enum verification_outcome outcome, bool is_presenter)
{
	static const char *const outcome_words[] = { &(HASH)[2], "receipt\":{", "0xa77e57",
		"finalized", "4242", "565656", "2026-01-01T00:00:01.234Z", "RUNTIME" };
	const char *verdict = text_of(json, "verdict");
	bool readable = outcome == VERIFICATION_VERDICT;
	if (outcome == VERIFICATION_HIDDEN)
		assert_null(verdict);
	else
		assert_string_equal(verdict, readable ? "VALID" : "FAILED");
	for (size_t i = 1; i < WP_ARRAY_LEN(outcome_words); i++)
		if (leaks(json, outcome_words[i]) != readable)
			fail_msg("%s in %s", outcome_words[i], text_of(json, "status"));
	if (readable)
		assert_string_equal(text_of(json, "outputHash"), &(HASH)[2]);
	else
		assert_null(text_of(json, "outputHash"));
	assert_int_equal(leaks(json, "secret output"), readable && is_presenter);
	assert_int_equal(leaks(json, "secret\":\"result"), readable && is_presenter);
	assert_int_equal(leaks(json, "secret message"), readable && is_presenter);
	assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItem(json, "outputWithheld")),
		readable && !is_presenter);
}

static void every_state(void **state)
{
	(void)state;
	assert_int_equal(WP_ARRAY_LEN(table), WP_STATE_COUNT - 1);
	for (size_t i = 0; i < WP_ARRAY_LEN(table); i++) {
		struct wp_record record = full_record(table[i].state);
		assert_int_equal(verification_outcome(&record), table[i].outcome);
		for (int is_presenter = 0; is_presenter < 2; is_presenter++) {
			cJSON *json = shown(&record, is_presenter);
			assert_string_equal(text_of(json, "status"), table[i].status);
			check_outcome(json, table[i].outcome, is_presenter);
			cJSON_Delete(json);
		}
		wp_record_free(&record);
	}
}

/* Parked by hand: how far it had come decides. */
static void manual_states(void **state)
{
	struct wp_record record = full_record(WP_STATE_MANUAL);
	(void)state;
	drop(&record, WP_FIELD_refund_reason);
	assert_int_equal(verification_outcome(&record), VERIFICATION_VERDICT);
	drop(&record, WP_FIELD_receipt);
	assert_int_equal(verification_outcome(&record), VERIFICATION_HIDDEN);
	wp_record_free(&record);
}

/* A2: every member is there from the first moment, null where nothing is known. */
static void members_of_a_new_record(void **state)
{
	static const char *const names[] = { "id", "status", "verdict", "errorCode", "errorMessage",
		"outputHash", "expectedHash", "stdout", "result", "taskHash", "engine", "driver",
		"isolation", "timings", "payment", "refund", "receipt", "attestation", "createdAt",
		"links" };
	struct wp_record record = { .id = { { 0xab } } };
	(void)state;
	record.values[WP_FIELD_st] = strdup("SETTLE_DUE");
	cJSON *json = shown(&record, false);
	for (size_t i = 0; i < WP_ARRAY_LEN(names); i++)
		assert_non_null(cJSON_GetObjectItemCaseSensitive(json, names[i]));
	assert_string_equal(text_of(json, "id"), "0xab000000000000000000000000000000");
	assert_null(text_of(json, "verdict"));
	assert_null(cJSON_GetObjectItemCaseSensitive(json, "outputToken"));
	const cJSON *attestation = cJSON_GetObjectItemCaseSensitive(json, "attestation");
	assert_string_equal(text_of(attestation, "status"), "none");
	const cJSON *payment = cJSON_GetObjectItemCaseSensitive(json, "payment");
	assert_string_equal(text_of(payment, "status"), "pending");
	cJSON_Delete(json);
	wp_record_free(&record);
}

/* Paid means: the proof is known, and the money did not vanish again. */
static void paid_and_finished(void **state)
{
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(table); i++) {
		struct wp_record record = full_record(table[i].state);
		bool gone = table[i].state == WP_STATE_REJECTED || table[i].state == WP_STATE_VOID;
		assert_int_equal(verification_is_paid(&record), !gone);
		assert_int_equal(verification_is_finished(&record),
			strcmp(table[i].status, "DONE") == 0 ||
				strcmp(table[i].status, "REFUNDED") == 0);
		drop(&record, WP_FIELD_paid_ms);
		assert_false(verification_is_paid(&record));
		wp_record_free(&record);
	}
}

/* X6: what the guest wrote stays inside its string, whatever it is. */
static void hostile_output(void **state)
{
	struct wp_record record = full_record(WP_STATE_DONE);
	const struct wp_output hostile = {
		.out_stdout = "a\0b\",\"verdict\":\"VALID\xff",
		.out_stdout_size = 22,
		.result = "1},\"verdict\":\"VALID\"",
		.error_message = "\"}\x1b",
	};
	const struct verification_view view = {
		.record = &record, .is_presenter = true, .output = &hostile
	};
	cJSON *json = verification_json(&view);
	char *text = cJSON_PrintUnformatted(json);
	const char *message;
	cJSON *back;
	(void)state;
	assert_non_null(strstr(text, "\"a\\u0000b\\\",\\\"verdict\\\":\\\"VALID\xef\xbf\xbd\""));
	/* U+0000 is refused by our own reader: without it the text reads back. */
	memcpy(strstr(text, "\\u0000"), "\\u0001", 6);
	assert_int_equal(wp_json_parse(&back, text, strlen(text), NULL, NULL), 0);
	assert_int_equal(wp_json_string(back, "result", &message), 0);
	assert_string_equal(message, hostile.result);
	assert_int_equal(wp_json_string(back, "errorMessage", &message), 0);
	assert_string_equal(message, hostile.error_message);
	cJSON_Delete(back);
	cJSON_free(text);
	cJSON_Delete(json);
	wp_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state),
		cmocka_unit_test(manual_states),
		cmocka_unit_test(members_of_a_new_record),
		cmocka_unit_test(paid_and_finished),
		cmocka_unit_test(hostile_output),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
