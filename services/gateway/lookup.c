#include "services/gateway/lookup.h"

#include "libcommon/base.h"
#include "proto/task.h"
#include "services/gateway/fetch.h"
#include "services/gateway/negotiate.h"
#include "services/gateway/token.h"
#include "services/gateway/verification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_AFTER_S 2

struct lookup {
	struct reply reply;
	struct wp_id id;
	bool is_presenter;
	bool is_by_payment; /* then the answer names its own address */
	bool is_receipt;
	bool is_gone;
};

static void on_gone(void *arg)
{
	struct lookup *lookup = arg;
	lookup->is_gone = true;
}

static void answer_failure(struct lookup *lookup, int status)
{
	struct reply *reply = &lookup->reply;
	const struct problem unavailable = { .code = PROBLEM_STORE_UNAVAILABLE };
	if (status == -ENOENT)
		reply_code(reply, PROBLEM_UNKNOWN_VERIFICATION);
	else if (status == -WP_E_GONE)
		reply_code(reply, PROBLEM_GONE);
	else
		reply_later(reply, &unavailable, RETRY_AFTER_S);
}

static void answer_verification(
	struct lookup *lookup, const struct wp_record *record, const struct wp_output *output)
{
	char id[WP_ID_TEXT], location[96];
	const char *const lines[] = { lookup->is_by_payment ? location : NULL, NULL };
	const struct verification_view view = {
		.record = record,
		.is_presenter = lookup->is_presenter,
		.output = output,
	};
	snprintf(location, sizeof(location), "Content-Location: /v1/verifications/%s",
		wp_id_text(id, &lookup->id));
	reply_json(&lookup->reply, 200, lines, verification_json(&view));
}

/* Will there be a receipt? Not when the money never came or went back. */
static bool has_ended_without_receipt(const struct wp_record *record)
{
	enum wp_state state = wp_record_state(record);
	return state == WP_STATE_REJECTED || state == WP_STATE_VOID ||
	       verification_outcome(record) == VERIFICATION_FAILED;
}

static void answer_receipt(struct lookup *lookup, const struct wp_record *record)
{
	struct reply *reply = &lookup->reply;
	const struct problem not_ready = { .code = PROBLEM_RECEIPT_NOT_READY };
	const char *receipt = wp_record_text(record, WP_FIELD_receipt);
	if (verification_outcome(record) == VERIFICATION_VERDICT && *receipt)
		reply_send(reply, 200, "application/json", NULL, receipt, strlen(receipt));
	else if (has_ended_without_receipt(record))
		reply_code(reply, PROBLEM_NO_RECEIPT);
	else
		reply_later(reply, &not_ready, RETRY_AFTER_S);
}

static void on_record(
	void *arg, int status, const struct wp_record *record, const struct wp_output *output)
{
	struct lookup *lookup = arg;
	if (lookup->is_gone)
		;
	else if (status != 0)
		answer_failure(lookup, status);
	else if (lookup->is_receipt)
		answer_receipt(lookup, record);
	else
		answer_verification(lookup, record, output);
	free(lookup);
}

static void begin(struct reply *reply, const struct lookup *order)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));
	if (!lookup) {
		reply_code(reply, PROBLEM_INTERNAL);
		return;
	}
	*lookup = *order;
	lookup->reply = *reply;
	wp_exchange_keep(reply->exchange, on_gone, lookup);
	int error = fetch_verification(
		reply->gateway->store, &lookup->id, lookup->is_presenter, on_record, lookup);
	if (!error)
		return;
	answer_failure(lookup, error);
	free(lookup);
}

static bool is_presenter(const struct reply *reply, const struct wp_id *id)
{
	const char *token = negotiate_bearer(wp_exchange_header(reply->exchange, "Authorization"));
	return token_opens(token, &reply->gateway->settings->output_token_key, id);
}

static void lookup_id(struct reply *reply, const char *text, bool is_receipt)
{
	struct lookup lookup = { .is_receipt = is_receipt };
	if (wp_id_parse(&lookup.id, text) != 0) {
		const struct problem problem = { .code = PROBLEM_INVALID_ID,
			.detail = "an id is 0x and 32 hexadecimal digits" };
		reply_problem(reply, &problem, NULL);
		return;
	}
	lookup.is_presenter = !is_receipt && is_presenter(reply, &lookup.id);
	begin(reply, &lookup);
}

void lookup_verification(struct reply *reply, const char *id)
{
	lookup_id(reply, id, false);
}

void lookup_receipt(struct reply *reply, const char *id)
{
	lookup_id(reply, id, true);
}

int lookup_payment_parse(struct wp_address *ret_payer, struct wp_hash *ret_nonce, const char *text)
{
	const char *colon = strchr(text, ':');
	char payer[WP_ADDRESS_TEXT];
	struct wp_address address;
	struct wp_hash nonce;
	if (!colon || colon - text != WP_ADDRESS_TEXT - 1)
		return -WP_E_FORMAT;
	memcpy(payer, text, sizeof(payer) - 1);
	payer[sizeof(payer) - 1] = '\0';
	if (wp_address_parse(&address, payer) != 0 || wp_hash_parse(&nonce, colon + 1) != 0)
		return -WP_E_FORMAT;
	*ret_payer = address;
	*ret_nonce = nonce;
	return 0;
}

void lookup_by_payment(struct reply *reply, const char *unused)
{
	const struct offer_terms *terms = &reply->gateway->terms;
	const char *payment = wp_exchange_query(reply->exchange, "payment");
	struct lookup lookup = { .is_by_payment = true };
	struct wp_address payer;
	struct wp_hash nonce;
	(void)unused;
	if (!payment || lookup_payment_parse(&payer, &nonce, payment) != 0) {
		const struct problem problem = { .code = PROBLEM_INVALID_QUERY,
			.detail = "ask with ?payment=0x<payer>:0x<nonce of the authorization>" };
		reply_problem(reply, &problem, NULL);
		return;
	}
	lookup.id = wp_task_payment_id(terms->chain_id, &terms->asset, &payer, &nonce);
	lookup.is_presenter = is_presenter(reply, &lookup.id);
	begin(reply, &lookup);
}
