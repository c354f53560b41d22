#include "services/payment-verifier/admission.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/payment-verifier/answer.h"
#include "services/payment-verifier/check.h"

#include <stdlib.h>

/* One presentation. It lives until it is answered; the message holds code and input meanwhile. */
struct admission {
	struct verifier *verifier;
	Workproof__Envelope *envelope;
	struct presentation presentation;
	struct funds_answer funds; /* why it is not to be admitted, unless it was meanwhile */
};

static void reply(struct admission *admission, const struct answer *answer)
{
	struct verifier *verifier = admission->verifier;

	if (!verifier->stopped)
		answer_send(verifier->context->bus, admission->envelope->present, answer);
	verifier_count(verifier, VERIFIER_PRESENTS, (size_t)answer->outcome);
	workproof__envelope__free_unpacked(admission->envelope, NULL);
	free(admission);
	verifier_present_ended(verifier);
}

static void reply_unavailable(struct admission *admission, const char *reason, const char *message)
{
	struct answer answer = answer_unavailable(reason, message);

	reply(admission, &answer);
}

static void reply_store_lost(struct admission *admission)
{
	reply_unavailable(
		admission, "store-unavailable", "The payment could not be looked up; ask again.");
}

static void reply_refused(struct admission *admission, const char *reason)
{
	struct answer answer = answer_refused(reason);

	reply(admission, &answer);
}

/* ---- the record is made ---- */

static void on_admitted(void *arg, const struct wp_admitted *admitted)
{
	struct admission *admission = arg;
	struct verifier *verifier = admission->verifier;
	struct answer answer = answer_admitted(admitted);

	if (admitted->status == 0 && !verifier->stopped) {
		WP_CRASH_POINT("admitted");
		wp_baton_push(verifier->context->bus, admitted->state, &admission->presentation.id,
			admitted->fence, 0, NULL, admission->envelope->traceparent);
		wp_log(WP_LOG_INFO, "admitted", "id", wp_log_id(&admission->presentation.id), NULL);
	} else if (admitted->status == -EPROTO) {
		wp_log(WP_LOG_ERROR, "an admission was refused", "id",
			wp_log_id(&admission->presentation.id), "text", admitted->text, NULL);
	}
	reply(admission, &answer);
}

/* For a payment that is there already this makes nothing: it answers what is there. */
static void admit(struct admission *admission, uint64_t seen_block)
{
	struct verifier *verifier = admission->verifier;
	const struct presentation *presentation = &admission->presentation;
	const Workproof__Request *request = presentation->message->request;
	struct present_fields fields;

	present_write(&fields, presentation, verifier->chain.id, seen_block);
	const struct wp_admission order = {
		.id = presentation->id,
		.state = WP_STATE_SETTLE_DUE,
		.request_hash = presentation->request_hash,
		.payer = presentation->authorization.from,
		.value = presentation->authorization.value,
		.open_max = verifier->settings->open_max,
		.live_max = verifier->settings->live_max,
		.fields = fields.values,
		.field_count = fields.count,
		.code = request->code.data,
		.code_size = request->code.len,
		.input = request->has_input
				 ? (request->input.data ? (const void *)request->input.data : "")
				 : NULL,
		.input_size = request->input.len,
	};
	if (verifier->stopped ||
		wp_store_admit(verifier->store, &order, on_admitted, admission) < 0)
		reply_store_lost(admission);
}

/* Another replica may have admitted this payment during the check, and the check then saw what came
 * of that: the nonce used, the balance spent. Only a payment without a record was not taken. */
static void on_record_again(void *arg, int status, const struct wp_record *record)
{
	struct admission *admission = arg;

	(void)record;
	if (status == 0 || status == -WP_E_GONE) {
		admit(admission, 0);
	} else if (status != -ENOENT) {
		reply_store_lost(admission);
	} else {
		struct answer answer = answer_funds(&admission->funds);
		reply(admission, &answer);
	}
}

static void on_checked(void *arg, const struct funds_answer *funds, uint64_t seen_block)
{
	struct admission *admission = arg;

	if (funds->outcome == FUNDS_OK) {
		WP_CRASH_POINT("funded");
		admit(admission, seen_block);
		return;
	}
	struct verifier *verifier = admission->verifier;
	admission->funds = *funds;
	if (verifier->stopped || wp_store_get(verifier->store, &admission->presentation.id,
					 on_record_again, admission) < 0)
		reply_store_lost(admission);
}

/* ---- is it there already? ---- */

static void on_record(void *arg, int status, const struct wp_record *record)
{
	struct admission *admission = arg;
	struct verifier *verifier = admission->verifier;

	(void)record;
	if (status == 0 || status == -WP_E_GONE) {
		admit(admission, 0);
		return;
	}
	if (status != -ENOENT || verifier->stopped) {
		reply_store_lost(admission);
		return;
	}
	const char *reason = present_untimely(
		&admission->presentation, &verifier->terms, wp_time_wall_ms() / 1000);
	if (reason != NULL)
		reply_refused(admission, reason);
	else if (check_start(verifier, &admission->presentation, on_checked, admission) < 0)
		reply_store_lost(admission);
}

/* ---- local checks ---- */

static void judge(struct admission *admission)
{
	struct verifier *verifier = admission->verifier;
	const struct presentation *presentation = &admission->presentation;

	if (verifier->draining || !verifier->chain.checked ||
		verifier->presents > VERIFIER_PRESENTS_MAX) {
		reply_unavailable(
			admission, "capacity", "Payments are not taken right now; ask again.");
		return;
	}
	if (!present_is_consistent(presentation, verifier->chain.id)) {
		wp_log(WP_LOG_ERROR, "a presentation contradicts itself", "id",
			wp_log_id(&presentation->id), NULL);
		reply_unavailable(admission, "presentation-inconsistent",
			"The request could not be passed on as it was made.");
		return;
	}
	const char *reason = present_refusal(presentation, &verifier->terms);
	if (reason != NULL)
		reply_refused(admission, reason);
	else if (wp_store_get(verifier->store, &presentation->id, on_record, admission) < 0)
		reply_store_lost(admission);
}

void admission_present(struct verifier *verifier, Workproof__Envelope *envelope)
{
	struct admission *admission = calloc(1, sizeof *admission);

	if (admission == NULL || present_read(&admission->presentation, envelope->present,
					 envelope->traceparent) < 0) {
		wp_log(WP_LOG_WARNING, "a presentation could not be read", NULL);
		workproof__envelope__free_unpacked(envelope, NULL);
		free(admission);
		return;
	}
	admission->verifier = verifier;
	admission->envelope = envelope;
	verifier->presents++;
	judge(admission);
}
