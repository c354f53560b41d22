#include "services/chain-writer/attest.h"

#include "libcommon/base.h"
#include "libcommon/time.h"

#include <stdio.h>
#include <string.h>

bool attest_is_overdue(int64_t deadline_ms, int64_t now_ms)
{
	return deadline_ms > 0 && now_ms > deadline_ms + ATTEST_PATIENCE_MS;
}

bool attest_is_hopeless(int64_t deadline_ms, int64_t now_ms, const struct lane_outlook *lane)
{
	bool is_known = lane->ours && lane->counted && lane->priced;
	bool is_stuck = (lane->unmined > 0 && lane->still_ms > ATTEST_PATIENCE_MS) ||
			lane->starved_ms > ATTEST_PATIENCE_MS;

	return attest_is_overdue(deadline_ms, now_ms) && is_known && is_stuck;
}

static void give_back(struct job *job, const char *reason)
{
	wp_log(WP_LOG_WARNING, "the money goes back", "id", wp_log_id(&job->baton.id), "reason",
		reason, NULL);
	job->field_count = 0;
	job_set(job, WP_FIELD_refund_reason, reason);
	job_advance(job, WP_STATE_REFUND_DUE, NULL);
}

/* ---- DECIDED: the attestation is signed, stored, sent ---- */

static void on_sent(void *arg)
{
	struct job *job = arg;

	WP_CRASH_POINT("att-broadcast");
	job_advance_wait(job, WP_STATE_ATT_SENT, chain_wait_ms(&job->writer->chain));
}

static void on_stored(void *arg, uint64_t fence)
{
	struct job *job = arg;

	WP_CRASH_POINT("att-signed");
	job->baton.state = WP_STATE_ATT_SIGNED;
	job->baton.fence = fence;
	job->field_count = 0;
}

static void prepare(void *arg, const struct wp_hash *hash)
{
	struct job *job = arg;

	job_set(job, WP_FIELD_receipt, (const char *)job->json.data);
	job_set(job, WP_FIELD_attest_status, attested_depth_text(ATTESTED_PENDING));
	job_set_hash(job, WP_FIELD_attest_tx, hash);
	job->order.move.field_count = job->field_count;
	WP_CRASH_POINT("att-sign");
}

static void wait_for_lane(struct job *job)
{
	struct lane_outlook lane = lane_outlook(job->writer->lanes[GUARD_ATTEST]);

	if (attest_is_hopeless(job->decided.deadline_ms, wp_time_wall_ms(), &lane))
		give_back(job, "attestation-impossible");
	else
		job_wait_for_lane(job, GUARD_ATTEST);
}

static void attest(struct job *job)
{
	if (wp_receipt_calldata(&job->data, &job->receipt) < 0 ||
		!job_order(job, GUARD_ATTEST, WP_STATE_ATT_SIGNED,
			job->writer->settings->registry_address, GUARD_ATTEST_GAS, prepare,
			on_stored, on_sent))
		wait_for_lane(job);
}

static void finish_unattested(struct job *job)
{
	job_set(job, WP_FIELD_receipt, (const char *)job->json.data);
	job_set(job, WP_FIELD_attest_status, attested_depth_text(ATTESTED_NONE));
	WP_CRASH_POINT("receipt-signed");
	job_advance(job, WP_STATE_DONE, NULL);
}

static int make_receipt(struct job *job, const struct proof *proof)
{
	struct writer *writer = job->writer;
	struct wp_receipt *receipt = &job->decided.receipt;
	int status = decided_set_payment(receipt, &job->payment, proof);

	receipt->issued_at = (uint64_t)(wp_time_wall_ms() / 1000);
	if (status == 0)
		status = guard_receipt(&writer->terms, receipt);
	if (status == 0)
		status = wp_receipt_sign(&job->receipt, receipt, &writer->settings->verifier_key);
	if (status == 0)
		status = wp_receipt_write(&job->json, &job->receipt);
	wp_buffer_append(&job->json, "", 1);
	return status == 0 && job->json.failed ? -ENOMEM : status;
}

/* ---- DECIDED: the payment is looked at once more before anything is signed (P6) ---- */

static void on_payment(
	void *arg, int error, const struct proof *proof, const struct proof_evidence *evidence)
{
	struct job *job = arg;

	(void)evidence;
	if (error < 0 || proof->verdict == PROOF_WAIT) {
		job_park_chain(job, error == 0);
		return;
	}
	if (proof->verdict == PROOF_NEVER) {
		wp_log(WP_LOG_WARNING, "the payment is provably gone", "id",
			wp_log_id(&job->baton.id), "reason", proof->reason, NULL);
		job_set(job, WP_FIELD_reject_reason, proof->reason);
		job_advance(job, WP_STATE_VOID, NULL);
		return;
	}
	int status = make_receipt(job, proof);
	if (status < 0) {
		wp_log(WP_LOG_ERROR, "a receipt could not be made", "id", wp_log_id(&job->baton.id),
			"error", wp_log_error(status), NULL);
		job_park(job, JOB_TROUBLE_MS);
	} else if (job->decided.attested) {
		attest(job);
	} else {
		finish_unattested(job);
	}
}

static void disbelieve(struct job *job, const struct wp_record *record, int status)
{
	int64_t deadline_ms = 0;

	writer_count(job->writer, WRITER_REFUSED, 0);
	wp_log(WP_LOG_ERROR, "a decided record is not covered by its statements: nothing is signed",
		"id", wp_log_id(&job->baton.id), "error", wp_log_error(status), NULL);
	wp_record_i64(record, WP_FIELD_deadline_ms, &deadline_ms);
	if (attest_is_overdue(deadline_ms, wp_time_wall_ms()))
		give_back(job, "verdict-unproven");
	else
		job_park(job, JOB_TROUBLE_MS);
}

void attest_decided(struct job *job, const struct wp_record *record)
{
	struct writer *writer = job->writer;
	int status = decided_read(&job->decided, record, &job->payment, &writer->keys,
		&writer->settings->registry_address);

	if (status < 0) {
		disbelieve(job, record, status);
	} else if (!wp_verdict_is_charged(job->decided.verdict)) {
		give_back(job, "failed");
	} else if (job->decided.attested && lane_room(writer->lanes[GUARD_ATTEST]) == 0) {
		wait_for_lane(job);
	} else {
		job_look_payment(job, on_payment);
	}
}

/* ---- ATT_SIGNED ---- */

void attest_signed(struct job *job)
{
	job_resend(job, GUARD_ATTEST, on_sent);
}

/* ---- ATT_SENT: until it is final ---- */

static void on_missing(void *arg, const struct wp_rpc_answer *answer)
{
	struct job *job = arg;
	struct wp_hash word;

	if (answer->outcome != WP_RPC_OK || chain_read_word(&word, answer->result) < 0)
		job_park_chain(job, false);
	else if (!wp_hash_is_zero(&word))
		job_park_chain(job, true); /* it is there after all: the log search lags */
	else
		job_manual(job, "attestation-never-landed");
}

/* No event. While a row of ours is open it may still come; afterwards its nonce is finally spent.
 */
static void not_there(struct job *job)
{
	struct writer *writer = job->writer;
	const struct lane *lane = writer->lanes[GUARD_ATTEST];

	if (!lane_is_ours(lane) || lane_has_row(lane, &job->baton.id)) {
		job_park_chain(job, true);
		return;
	}
	attested_calldata(&job->data, &writer->terms.verifier, &job->baton.id);
	job_call(job, "eth_call",
		chain_call_params(
			NULL, &writer->terms.registry, job->data.data, job->data.size, NULL),
		on_missing);
}

static void set_attestation(
	struct job *job, const struct attested_evidence *evidence, const char *depth)
{
	struct wp_hash id;

	memcpy(id.bytes, evidence->log.data, sizeof id.bytes);
	job_set(job, WP_FIELD_attest_status, depth);
	job_set_hash(job, WP_FIELD_attestation_id, &id);
	job_set_hash(job, WP_FIELD_attest_tx, &evidence->log.transaction_hash);
}

static void on_attested(void *arg, int error, const struct attested_evidence *evidence)
{
	struct job *job = arg;
	struct attested attested = attested_decide(evidence);
	const char *depth = attested_depth_text(attested.depth);

	if (error < 0) {
		job_park_chain(job, false);
	} else if (attested.depth == ATTESTED_NONE) {
		not_there(job);
	} else if (!wp_hash_equal(&evidence->digest, &job->attest_digest)) {
		job_manual(job, "attestation-contradicts-receipt");
	} else if (attested.final) {
		set_attestation(job, evidence, depth);
		WP_CRASH_POINT("att-final");
		job_advance(job, WP_STATE_DONE, NULL);
	} else {
		if (strcmp(depth, job->attest_status) != 0)
			set_attestation(job, evidence, depth);
		job_park_chain(job, true);
	}
}

void attest_sent(struct job *job, const struct wp_record *record)
{
	struct writer *writer = job->writer;
	const char *text = wp_record_text(record, WP_FIELD_receipt);
	struct wp_signed_receipt receipt;

	if (wp_receipt_read(&receipt, text, strlen(text)) < 0) {
		job_manual(job, "receipt-malformed");
		return;
	}
	job->attest_digest = wp_receipt_digest(&receipt.receipt);
	snprintf(job->attest_status, sizeof job->attest_status, "%s",
		wp_record_text(record, WP_FIELD_attest_status));
	job->attested = (struct attested_look){ .chain = &writer->chain,
		.fn = on_attested,
		.arg = job,
		.registry = writer->terms.registry,
		.verifier = writer->terms.verifier,
		.id = job->baton.id,
		.from_block = job->pay_block };
	if (attested_start(&job->attested) < 0)
		job_park_chain(job, false);
}
