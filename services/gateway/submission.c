#include "services/gateway/submission.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/gateway/fetch.h"
#include "services/gateway/negotiate.h"
#include "services/gateway/present.h"
#include "services/gateway/token.h"
#include "services/gateway/verification.h"
#include "services/gateway/wait.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum phase {
	RECALLING,  /* the payment cannot be taken (any more): was it served before? */
	PRESENTING, /* payment-verifier has it */
	SETTLING,   /* admitted: until PAID or proven bad */
	WATCHING    /* paid: until the outcome, as the client prefers */
};

struct submission {
	struct reply reply;
	struct request request; /* emptied once it is admitted */
	struct wp_hash request_hash;
	struct x402_payment payment;
	enum x402_reason reason; /* RECALLING: why it cannot be taken */
	struct wp_id id;
	enum phase phase;
	int64_t wait_s; /* Prefer: wait; 0: none */
	struct present *present;
	struct waiter waiter;
	struct wp_timer *timer;
	bool is_looking;  /* a read is under way */
	bool look_again;  /* it moved meanwhile */
	bool is_late;     /* the time of this phase is over: answer with what is known */
	bool with_output; /* the next read brings the output too: the answer shows it */
	bool is_dead;     /* answered, or the client is gone; freed when no read is under way */
};

static void look(struct submission *submission);

/* ---- life ---- */

static void show_waiting(const struct gateway *gateway)
{
	wp_metric_set(gateway->context->metrics, gateway->metrics_base + METRIC_WAITING, 0,
		(double)wait_count(gateway->waits));
}

static void submission_end(struct submission *submission)
{
	struct gateway *gateway = submission->reply.gateway;
	if (submission->present)
		present_cancel(submission->present);
	submission->present = NULL;
	wait_remove(gateway->waits, &submission->waiter);
	show_waiting(gateway);
	wp_timer_free(submission->timer);
	submission->timer = NULL;
	request_free(&submission->request);
	submission->is_dead = true;
	if (!submission->is_looking)
		free(submission);
}

static void on_gone(void *arg)
{
	submission_end(arg);
}

static void log_answer(const struct submission *submission, const char *outcome)
{
	wp_log(WP_LOG_INFO, "paid request answered", "id", wp_log_id(&submission->id), "outcome",
		outcome, "trace", submission->reply.trace.id, NULL);
}

/* ---- answers ---- */

static char *failure_line(const struct submission *submission, const char *reason)
{
	const struct x402_payment *payment = &submission->payment;
	const struct offer_receipt receipt = {
		.version = payment->version,
		.chain_id = submission->reply.gateway->terms.chain_id,
		.reason = reason,
		.payer = payment->has_authorization ? &payment->authorization.from : NULL,
	};
	return offer_receipt_line(&receipt);
}

static void answer_refused_locally(struct submission *submission)
{
	struct reply *reply = &submission->reply;
	enum x402_reason reason = submission->reason;
	char *line = failure_line(submission, x402_reason_text(reason));
	gateway_count(reply->gateway, METRIC_REFUSED_LOCALLY, 0);
	reply_offer(reply, offer_refused(reply->gateway->offer, reason), line);
	free(line);
}

/* failed: it was admitted and its settlement is proven never to come. */
static void answer_refused(struct submission *submission, const char *reason, bool failed)
{
	struct reply *reply = &submission->reply;
	const char *name = *reason ? reason : "invalid_transaction_state";
	struct offer_answer answer;
	log_answer(submission, name);
	if (offer_answer_make(&answer, &reply->gateway->terms, name, failed) != 0) {
		reply_code(reply, PROBLEM_INTERNAL);
		return;
	}
	char *line = failure_line(submission, name);
	reply_offer(reply, &answer, line);
	free(line);
	offer_answer_free(&answer);
}

static void answer_code(struct submission *submission, enum problem_code code)
{
	const struct problem problem = { .code = code };
	const struct problem_row *row = problem_row(code);
	log_answer(submission, row->code);
	if (row->retryable)
		reply_later(&submission->reply, &problem, SUBMISSION_RETRY_AFTER_S);
	else
		reply_code(&submission->reply, code);
}

static void answer_unavailable(
	struct submission *submission, const Workproof__PresentAnswer *answer)
{
	const struct problem problem = {
		.code = PROBLEM_UNAVAILABLE,
		.detail = *answer->message ? answer->message : NULL,
		.reason = *answer->reason ? answer->reason : NULL,
	};
	int64_t after_s = ((int64_t)answer->retry_after_ms + 999) / 1000;
	log_answer(submission, *answer->reason ? answer->reason : "unavailable");
	reply_later(&submission->reply, &problem, after_s > 0 ? after_s : SUBMISSION_RETRY_AFTER_S);
}

static char *success_line(const struct submission *submission, const struct wp_record *record)
{
	const struct offer_receipt receipt = {
		.version = submission->payment.version,
		.chain_id = submission->reply.gateway->terms.chain_id,
		.transaction = wp_record_text(record, WP_FIELD_pay_tx),
		.payer = &submission->payment.authorization.from,
	};
	return offer_receipt_line(&receipt);
}

/* 200 or 202, with the receipt header once the money is in. */
static void answer_verification(struct submission *submission, unsigned status,
	const struct wp_record *record, const struct wp_output *output)
{
	struct reply *reply = &submission->reply;
	char token[TOKEN_TEXT], id[WP_ID_TEXT], location[96], later[32], applied[48];
	const char *lines[REPLY_LINES_MAX] = { location };
	size_t used = 1;
	bool is_paid = verification_is_paid(record);
	const struct verification_view view = {
		.record = record,
		.is_presenter = true,
		.output = output,
		.output_token = token_make(
			token, &reply->gateway->settings->output_token_key, &submission->id),
	};
	char *receipt = is_paid ? success_line(submission, record) : NULL;
	snprintf(location, sizeof(location), "Location: /v1/verifications/%s",
		wp_id_text(id, &submission->id));
	snprintf(later, sizeof(later), "Retry-After: %d", SUBMISSION_RETRY_AFTER_S);
	snprintf(applied, sizeof(applied), "Preference-Applied: wait=%" PRId64, submission->wait_s);
	if (receipt)
		lines[used++] = receipt;
	else
		lines[used++] = later;
	if (submission->phase == WATCHING)
		lines[used++] = applied;
	log_answer(submission, wp_state_text(wp_record_state(record)));
	reply_json(reply, status, lines, verification_json(&view));
	free(receipt);
}

/* The record cannot be read. Once it is known to be there, the client is told where, as if it was
 * still to be settled; before that, or where it vanished, nothing is known. */
static void answer_unread(struct submission *submission, int status)
{
	char state[] = "SETTLE_DUE";
	const struct wp_record record = {
		.id = submission->id,
		.values[WP_FIELD_st] = state,
	};
	if (status == -WP_E_GONE)
		answer_code(submission, PROBLEM_GONE);
	else if (submission->phase == RECALLING || status == -ENOENT)
		answer_code(submission, PROBLEM_STORE_UNAVAILABLE);
	else
		answer_verification(submission, 202, &record, NULL);
}

/* ---- looking at the record ---- */

static void wait_longer(struct submission *submission)
{
	if (submission->look_again)
		look(submission);
}

/* The verdict is to be waited for: as the client prefers, while there is room. */
static bool may_watch(struct submission *submission, const struct wp_record *record)
{
	struct gateway *gateway = submission->reply.gateway;
	if (submission->phase == WATCHING)
		return true;
	if (submission->wait_s == 0 || wp_record_state(record) == WP_STATE_MANUAL ||
		!wait_take_place(gateway->waits, &submission->waiter,
			&submission->payment.authorization.from))
		return false;
	submission->phase = WATCHING;
	submission->is_late = false;
	wp_timer_start(submission->timer, submission->wait_s * 1000, 0);
	return true;
}

static void decide_paid(struct submission *submission, const struct wp_record *record,
	const struct wp_output *output)
{
	bool is_waited_for = may_watch(submission, record);
	bool is_finished = verification_is_finished(record);
	if (is_waited_for && !is_finished && !submission->is_late &&
		!submission->reply.gateway->draining) {
		wait_longer(submission);
		return;
	}
	if (verification_outcome(record) == VERIFICATION_VERDICT && !submission->with_output) {
		submission->with_output = true;
		look(submission);
		return;
	}
	answer_verification(submission, is_waited_for && is_finished ? 200 : 202, record, output);
	submission_end(submission);
}

static void decide(struct submission *submission, const struct wp_record *record,
	const struct wp_output *output)
{
	enum wp_state state = wp_record_state(record);
	if (state == WP_STATE_REJECTED || state == WP_STATE_VOID) {
		answer_refused(submission, wp_record_text(record, WP_FIELD_reject_reason), true);
		submission_end(submission);
	} else if (verification_is_paid(record)) {
		decide_paid(submission, record, output);
	} else if (state == WP_STATE_MANUAL || submission->is_late ||
		   submission->reply.gateway->draining) {
		answer_verification(submission, 202, record, NULL);
		submission_end(submission);
	} else {
		wait_longer(submission);
	}
}

/* The payment itself cannot be taken; the verification it once paid for is given again (A8). */
static void decide_recalled(
	struct submission *submission, int status, const struct wp_record *record);

static void on_record(
	void *arg, int status, const struct wp_record *record, const struct wp_output *output)
{
	struct submission *submission = arg;
	submission->is_looking = false;
	if (submission->is_dead) {
		free(submission);
	} else if (submission->phase == RECALLING) {
		decide_recalled(submission, status, record);
	} else if (status == 0) {
		decide(submission, record, output);
	} else if (submission->is_late || status != -WP_E_UNKNOWN) {
		answer_unread(submission, status);
		submission_end(submission);
	} /* else the event stream breaks with Redis and wakes us when it is back */
}

static void look(struct submission *submission)
{
	submission->look_again = submission->is_looking;
	if (submission->is_looking)
		return;
	submission->is_looking = true;
	int error = fetch_verification(submission->reply.gateway->store, &submission->id,
		submission->with_output, on_record, submission);
	if (!error)
		return;
	submission->is_looking = false;
	answer_unread(submission, error);
	submission_end(submission);
}

static void on_moved(void *arg)
{
	look(arg);
}

static void on_late(void *arg)
{
	struct submission *submission = arg;
	submission->is_late = true;
	look(submission);
}

static void settle(struct submission *submission)
{
	struct gateway *gateway = submission->reply.gateway;
	submission->phase = SETTLING;
	request_free(&submission->request);
	wait_add(gateway->waits, &submission->waiter, &submission->id, on_moved, submission);
	show_waiting(gateway);
	wp_timer_start(submission->timer, SUBMISSION_SETTLE_MS, 0);
	look(submission);
}

static void decide_recalled(
	struct submission *submission, int status, const struct wp_record *record)
{
	struct wp_hash hash;
	if (status == 0 && wp_record_hash(record, WP_FIELD_request_hash, &hash) == 0) {
		if (wp_hash_equal(&hash, &submission->request_hash)) {
			settle(submission);
			return;
		}
		answer_code(submission, PROBLEM_PAYMENT_CONFLICT);
	} else if (status == -ENOENT) {
		answer_refused_locally(submission);
	} else {
		answer_unread(submission, status);
	}
	submission_end(submission);
}

/* ---- presenting ---- */

static void on_answer(void *arg, const Workproof__PresentAnswer *answer)
{
	struct submission *submission = arg;
	submission->present = NULL;
	if (!answer) {
		answer_code(submission, PROBLEM_VERIFIER_UNAVAILABLE);
		submission_end(submission);
		return;
	}
	switch (answer->outcome) {
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__ADMITTED:
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__EXISTS:
		settle(submission);
		return;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__CONFLICT:
		answer_code(submission, PROBLEM_PAYMENT_CONFLICT);
		break;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__REFUSED:
		answer_refused(submission, answer->reason, false);
		break;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__GONE:
		answer_code(submission, PROBLEM_GONE);
		break;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__UNSPECIFIED:
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE:
	case _WORKPROOF__PRESENT_ANSWER__OUTCOME_IS_INT_SIZE:
		answer_unavailable(submission, answer);
		break;
	}
	submission_end(submission);
}

static void present(struct submission *submission)
{
	struct gateway *gateway = submission->reply.gateway;
	const struct present_order order = {
		.id = &submission->id,
		.payment = &submission->payment,
		.asset = &gateway->terms.asset,
		.request = &submission->request,
		.traceparent = submission->reply.trace.parent,
	};
	submission->phase = PRESENTING;
	int error = present_begin(
		&submission->present, gateway->presents, &order, on_answer, submission);
	if (!error)
		return;
	answer_code(submission, error == -WP_E_FULL ? PROBLEM_BUSY : PROBLEM_INTERNAL);
	submission_end(submission);
}

/* ---- the beginning ---- */

/* 0: seal it, its payer is known; else answered. */
static int identify(struct submission *submission)
{
	const struct gateway *gateway = submission->reply.gateway;
	const struct wp_authorization *authorization = &submission->payment.authorization;
	if (submission->reason != X402_OK && !submission->payment.is_signed) {
		answer_refused_locally(submission);
		return -WP_E_REFUSED;
	}
	int error = request_seal(&submission->request);
	submission->timer = wp_timer_new(gateway->context->loop, on_late, submission);
	if (error || !submission->timer) {
		reply_code(&submission->reply, PROBLEM_INTERNAL);
		return -ENOMEM;
	}
	submission->request_hash = submission->request.request_hash;
	submission->id = wp_task_payment_id(gateway->terms.chain_id, &gateway->terms.asset,
		&authorization->from, &authorization->nonce);
	return 0;
}

void submission_begin(
	struct reply *reply, struct request *request, unsigned version, const char *header)
{
	struct gateway *gateway = reply->gateway;
	struct submission *submission = calloc(1, sizeof(*submission));
	if (!submission) {
		reply_code(reply, PROBLEM_INTERNAL);
		request_free(request);
		return;
	}
	submission->reply = *reply;
	submission->request = *request;
	submission->wait_s = negotiate_wait_s(wp_exchange_header(reply->exchange, "Prefer"));
	submission->reason = payment_x402_check(
		&submission->payment, &gateway->terms, version, header, wp_time_wall_ms() / 1000);
	if (identify(submission) != 0) {
		submission_end(submission);
		return;
	}
	wp_exchange_keep(reply->exchange, on_gone, submission);
	submission->phase = RECALLING;
	if (submission->reason == X402_OK)
		present(submission);
	else
		look(submission);
}
