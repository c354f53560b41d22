#include "services/gateway/verification.h"

#include "libcommon/base.h"
#include "libcommon/json.h"
#include "libcommon/time.h"
#include "proto/state.gen.h"
#include "proto/verdict.h"
#include "services/gateway/quote.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINK_MAX 96

enum verification_outcome verification_outcome(const struct wp_record *record)
{
	switch (wp_record_state(record)) {
	case WP_STATE_ATT_SIGNED:
	case WP_STATE_ATT_SENT:
	case WP_STATE_DONE:
		return VERIFICATION_VERDICT;
	case WP_STATE_REFUND_DUE:
	case WP_STATE_REF_SIGNED:
	case WP_STATE_REF_SENT:
	case WP_STATE_REFUNDED:
		return VERIFICATION_FAILED;
	case WP_STATE_MANUAL:
		/* Parked wherever it was: a signed receipt or an owed refund says how far it came.
		 */
		if (wp_record_has(record, WP_FIELD_refund_reason))
			return VERIFICATION_FAILED;
		return wp_record_has(record, WP_FIELD_receipt) ? VERIFICATION_VERDICT
							       : VERIFICATION_HIDDEN;
	case WP_STATE_NONE:
	case WP_STATE_SETTLE_DUE:
	case WP_STATE_SETTLE_SIGNED:
	case WP_STATE_SETTLE_SENT:
	case WP_STATE_PAY_WAIT:
	case WP_STATE_PAID:
	case WP_STATE_RUNNING:
	case WP_STATE_DECIDED:
	case WP_STATE_LAPSED:
	case WP_STATE_REJECTED:
	case WP_STATE_VOID:
	case WP_STATE_COUNT:
		return VERIFICATION_HIDDEN;
	}
	return VERIFICATION_HIDDEN;
}

bool verification_is_paid(const struct wp_record *record)
{
	enum wp_state state = wp_record_state(record);
	return state != WP_STATE_REJECTED && state != WP_STATE_VOID &&
	       wp_record_has(record, WP_FIELD_paid_ms) && wp_record_has(record, WP_FIELD_pay_tx);
}

bool verification_is_finished(const struct wp_record *record)
{
	const char *status = wp_state_public(wp_record_state(record));
	return strcmp(status, "DONE") == 0 || strcmp(status, "REFUNDED") == 0;
}

/* ---- members: text where there is one, else null ---- */

static void add_text(cJSON *object, const char *name, const char *text)
{
	if (text && *text)
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_field(
	cJSON *object, const char *name, const struct wp_record *record, enum wp_field field)
{
	add_text(object, name, wp_record_text(record, field));
}

/* SHA-256 hashes as sha256sum prints them. */
static void add_digest(
	cJSON *object, const char *name, const struct wp_record *record, enum wp_field field)
{
	const char *text = wp_record_text(record, field);
	add_text(object, name, strncmp(text, "0x", 2) == 0 ? text + 2 : text);
}

static void add_number(
	cJSON *object, const char *name, const struct wp_record *record, enum wp_field field)
{
	int64_t value;
	if (wp_record_i64(record, field, &value) == 0)
		cJSON_AddNumberToObject(object, name, (double)value);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_time(
	cJSON *object, const char *name, const struct wp_record *record, enum wp_field field)
{
	int64_t at_ms;
	char text[25];
	bool has = wp_record_i64(record, field, &at_ms) == 0;
	add_text(object, name, has ? wp_time_text(text, at_ms) : NULL);
}

/* ---- parts ---- */

static const char *payment_status(const struct wp_record *record)
{
	switch (wp_record_state(record)) {
	case WP_STATE_REFUND_DUE:
	case WP_STATE_REF_SIGNED:
	case WP_STATE_REF_SENT:
		return "refunding";
	case WP_STATE_REFUNDED:
		return "refunded";
	case WP_STATE_REJECTED:
		return "rejected";
	case WP_STATE_VOID:
		return "vanished";
	case WP_STATE_LAPSED:
		return "lapsed";
	case WP_STATE_NONE:
	case WP_STATE_SETTLE_DUE:
	case WP_STATE_SETTLE_SIGNED:
	case WP_STATE_SETTLE_SENT:
	case WP_STATE_PAY_WAIT:
	case WP_STATE_PAID:
	case WP_STATE_RUNNING:
	case WP_STATE_DECIDED:
	case WP_STATE_ATT_SIGNED:
	case WP_STATE_ATT_SENT:
	case WP_STATE_DONE:
	case WP_STATE_MANUAL:
	case WP_STATE_COUNT:
		break;
	}
	return verification_is_paid(record) ? "settled" : "pending";
}

static void add_payment(cJSON *object, const struct wp_record *record)
{
	cJSON *payment = cJSON_AddObjectToObject(object, "payment");
	char network[40] = "";
	if (wp_record_has(record, WP_FIELD_chain_id))
		snprintf(network, sizeof(network), "eip155:%s",
			wp_record_text(record, WP_FIELD_chain_id));
	add_field(payment, "method", record, WP_FIELD_method);
	add_text(payment, "network", network);
	add_field(payment, "payer", record, WP_FIELD_payer);
	add_field(payment, "amount", record, WP_FIELD_value);
	add_field(payment, "asset", record, WP_FIELD_asset);
	add_field(payment, "transaction", record, WP_FIELD_pay_tx);
	add_text(payment, "status", payment_status(record));
	add_field(payment, "reason", record, WP_FIELD_reject_reason);
}

static void add_refund(cJSON *object, const struct wp_record *record)
{
	if (!wp_record_has(record, WP_FIELD_refund_reason) &&
		!wp_record_has(record, WP_FIELD_refund_tx)) {
		cJSON_AddNullToObject(object, "refund");
		return;
	}
	cJSON *refund = cJSON_AddObjectToObject(object, "refund");
	const char *status = wp_record_text(record, WP_FIELD_refund_status);
	if (wp_record_state(record) == WP_STATE_VOID)
		status = "void";
	add_text(refund, "status", *status ? status : "due");
	add_field(refund, "amount", record, WP_FIELD_refund_amount);
	add_field(refund, "transaction", record, WP_FIELD_refund_tx);
	add_field(refund, "reason", record, WP_FIELD_refund_reason);
}

static void add_attestation(cJSON *object, const struct wp_record *record, bool readable)
{
	static const struct wp_record nothing;
	const struct wp_record *source = readable ? record : &nothing;
	cJSON *attestation = cJSON_AddObjectToObject(object, "attestation");
	const char *status = wp_record_text(source, WP_FIELD_attest_status);
	add_field(attestation, "id", source, WP_FIELD_attestation_id);
	add_field(attestation, "transaction", source, WP_FIELD_attest_tx);
	add_text(attestation, "status", *status ? status : "none");
}

static void add_timings(cJSON *object, const struct wp_record *record, bool readable)
{
	static const struct wp_record nothing;
	const struct wp_record *outcome = readable ? record : &nothing;
	cJSON *timings = cJSON_AddObjectToObject(object, "timings");
	add_time(timings, "paidAt", record, WP_FIELD_paid_ms);
	add_time(timings, "startedAt", record, WP_FIELD_running_ms);
	add_time(timings, "decidedAt", outcome, WP_FIELD_decided_ms);
	add_time(timings, "endedAt", record, WP_FIELD_ended_ms);
	add_number(timings, "timeMs", outcome, WP_FIELD_time_ms);
	add_number(timings, "memoryPeakBytes", outcome, WP_FIELD_memory_bytes);
}

/* A JSON text written by others: as a value if it is one, else as a string, never as it stands. */
static void add_json(cJSON *object, const char *name, const char *text)
{
	cJSON *value = NULL;
	if (!text || !*text)
		value = cJSON_CreateNull();
	else if (wp_json_parse(&value, text, strlen(text), NULL, NULL) != 0)
		value = quote_bytes(text, strlen(text));
	cJSON_AddItemToObject(object, name, value);
}

static void add_output(cJSON *object, const struct verification_view *view, bool readable)
{
	const struct wp_output *output = readable && view->is_presenter ? view->output : NULL;
	cJSON *text = NULL;
	if (output && output->out_stdout)
		text = quote_bytes(output->out_stdout, output->out_stdout_size);
	else
		text = cJSON_CreateNull();
	cJSON_AddItemToObject(object, "stdout", text);
	add_json(object, "result", output ? output->result : NULL);
	const char *message = output ? output->error_message : NULL;
	bool has_message = message && *message;
	cJSON_AddItemToObject(object, "errorMessage",
		has_message ? quote_bytes(message, strlen(message)) : cJSON_CreateNull());
	/* There is something to see for whoever has the output token. */
	cJSON_AddBoolToObject(object, "outputWithheld", readable && !view->is_presenter);
}

static void add_outcome(cJSON *object, const struct verification_view *view)
{
	static const struct wp_record nothing;
	enum verification_outcome outcome = verification_outcome(view->record);
	bool readable = outcome == VERIFICATION_VERDICT;
	const struct wp_record *record = readable ? view->record : &nothing;
	if (outcome == VERIFICATION_FAILED)
		add_text(object, "verdict", wp_verdict_text(WP_VERDICT_FAILED));
	else
		add_field(object, "verdict", record, WP_FIELD_verdict);
	add_field(object, "errorCode", record, WP_FIELD_error_code);
	add_digest(object, "outputHash", record, WP_FIELD_output_hash);
	add_digest(object, "expectedHash", view->record, WP_FIELD_expected_hash);
	add_output(object, view, readable);
	add_attestation(object, view->record, readable);
	add_timings(object, view->record, readable);
	add_json(object, "receipt", wp_record_text(record, WP_FIELD_receipt));
}

static void add_link(cJSON *links, const char *name, const char *id, const char *suffix)
{
	char path[LINK_MAX];
	snprintf(path, sizeof(path), "/v1/verifications/%s%s", id, suffix);
	cJSON_AddStringToObject(links, name, path);
}

static void fill(cJSON *object, const struct verification_view *view)
{
	const struct wp_record *record = view->record;
	char id[WP_ID_TEXT];
	wp_id_text(id, &record->id);
	add_text(object, "id", id);
	add_text(object, "status", wp_state_public(wp_record_state(record)));
	add_outcome(object, view);
	add_field(object, "taskType", record, WP_FIELD_task_type);
	add_field(object, "taskHash", record, WP_FIELD_task_hash);
	add_field(object, "engine", record, WP_FIELD_engine);
	add_field(object, "driver", record, WP_FIELD_driver);
	add_field(object, "isolation", record, WP_FIELD_isolation);
	add_payment(object, record);
	add_refund(object, record);
	add_time(object, "createdAt", record, WP_FIELD_created_ms);
	if (view->output_token)
		add_text(object, "outputToken", view->output_token);
	cJSON *links = cJSON_AddObjectToObject(object, "links");
	add_link(links, "self", id, "");
	add_link(links, "receipt", id, "/receipt");
}

cJSON *verification_json(const struct verification_view *view)
{
	cJSON *object = cJSON_CreateObject();
	if (object)
		fill(object, view);
	return object;
}
