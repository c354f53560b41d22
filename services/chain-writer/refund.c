#include "services/chain-writer/refund.h"

#include "libcommon/base.h"

struct wp_authorization refund_authorization(const struct wp_address *wallet,
	const struct wp_id *id, const struct wp_address *payer, const struct wp_amount *value,
	uint64_t chain_time_s)
{
	return (struct wp_authorization){ .from = *wallet,
		.to = *payer,
		.value = *value,
		.valid_after = 0,
		.valid_before = chain_time_s + GUARD_REFUND_WINDOW_S,
		.nonce = payment_refund_nonce(id) };
}

/* ---- signed, stored, sent ---- */

static void on_sent(void *arg)
{
	struct job *job = arg;

	WP_CRASH_POINT("refund-broadcast");
	job_advance_wait(job, WP_STATE_REF_SENT, chain_wait_ms(&job->writer->chain));
}

static void on_stored(void *arg, uint64_t fence)
{
	struct job *job = arg;

	WP_CRASH_POINT("refund-signed");
	job->baton.state = WP_STATE_REF_SIGNED;
	job->baton.fence = fence;
	job->field_count = 0;
}

static void prepare(void *arg, const struct wp_hash *hash)
{
	struct job *job = arg;
	char amount[WP_AMOUNT_TEXT];

	job_set_hash(job, WP_FIELD_refund_tx, hash);
	job_set(job, WP_FIELD_refund_amount, wp_amount_text(amount, &job->refund.value));
	job_set_i64(job, WP_FIELD_refund_valid_before, (int64_t)job->refund.valid_before);
	job_set(job, WP_FIELD_refund_status, "pending");
	job->order.move.field_count = job->field_count;
	WP_CRASH_POINT("refund-sign");
}

static void order(struct job *job)
{
	if (!job_order(job, GUARD_REFUND, WP_STATE_REF_SIGNED, job->writer->settings->token_address,
		    GUARD_REFUND_GAS, prepare, on_stored, on_sent))
		job_wait_for_lane(job, GUARD_REFUND);
}

/* It would revert: because it was paid already (then the logs tell), or because the wallet is empty
 * or the token stopped. */
static void on_state(void *arg, const struct wp_rpc_answer *answer)
{
	struct job *job = arg;
	struct wp_hash word;

	if (answer->outcome != WP_RPC_OK || chain_read_word(&word, answer->result) < 0) {
		job_park_chain(job, false);
	} else if (!wp_hash_is_zero(&word)) {
		order(job);
	} else {
		wp_log(WP_LOG_ERROR, "a refund cannot be paid now: is the wallet empty?", "id",
			wp_log_id(&job->baton.id), NULL);
		job_park(job, JOB_TROUBLE_MS);
	}
}

static void on_estimated(void *arg, const struct wp_rpc_answer *answer)
{
	struct job *job = arg;
	struct wp_buffer data = { 0 };

	if (answer->outcome == WP_RPC_LOST) {
		job_park_chain(job, false);
	} else if (chain_is_revert(answer)) {
		payment_state_calldata(&data, &job->refund.from, &job->refund.nonce);
		job_call(job, "eth_call",
			chain_call_params(
				NULL, &job->writer->terms.token, data.data, data.size, NULL),
			on_state);
		wp_buffer_free(&data);
	} else {
		order(job);
	}
}

static int sign(struct job *job, const struct proof *proof, uint64_t chain_time_s)
{
	struct writer *writer = job->writer;
	struct wp_signature signature;

	job->refund = refund_authorization(
		&writer->terms.wallet, &job->baton.id, &proof->payer, &proof->value, chain_time_s);
	int status = guard_refund(&writer->terms, &job->baton.id, &job->refund, &proof->payer,
		&proof->value, chain_time_s);
	if (status == 0) {
		struct wp_hash digest = wp_authorization_digest(&writer->token, &job->refund);
		status = wp_secp_sign(&signature, &writer->settings->wallet_key, &digest);
	}
	if (status < 0)
		return status;
	payment_calldata(&job->data, &job->refund, &signature);
	return job->data.failed ? -ENOMEM : 0;
}

/* ---- what is owed: read from the payment's log, when it is final ---- */

static void on_attestation(void *arg, const struct wp_rpc_answer *answer)
{
	struct job *job = arg;
	struct wp_hash word;
	uint64_t chain_time_s = job->chain_time_s;

	wp_buffer_free(&job->data);
	if (answer->outcome != WP_RPC_OK || chain_read_word(&word, answer->result) < 0) {
		job_park_chain(job, false);
	} else if (!wp_hash_is_zero(&word)) {
		job_manual(job, "attested-already"); /* never both, whatever the record says */
	} else if (sign(job, &job->proof, chain_time_s) < 0) {
		writer_count(job->writer, WRITER_REFUSED, 0);
		job_manual(job, "refund-refused-by-guard");
	} else {
		job_estimate(job, GUARD_REFUND, on_estimated);
	}
}

static void owed(struct job *job, const struct proof *proof, uint64_t chain_time_s)
{
	struct writer *writer = job->writer;

	if (lane_room(writer->lanes[GUARD_REFUND]) == 0) {
		job_wait_for_lane(job, GUARD_REFUND);
		return;
	}
	job->proof = *proof;
	job->chain_time_s = chain_time_s;
	attested_calldata(&job->data, &writer->terms.verifier, &job->baton.id);
	job_call(job, "eth_call",
		chain_call_params(
			NULL, &writer->terms.registry, job->data.data, job->data.size, NULL),
		on_attestation);
}

static void never_paid(struct job *job, const struct proof *proof)
{
	if (job->baton.state != WP_STATE_REFUND_DUE) {
		job_manual(job, "final-payment-vanished");
		return;
	}
	job_set(job, WP_FIELD_reject_reason, proof->reason);
	job_advance(job, WP_STATE_VOID, NULL);
}

static void on_payment(
	void *arg, int error, const struct proof *proof, const struct proof_evidence *evidence)
{
	struct job *job = arg;

	if (error < 0 || proof->verdict == PROOF_WAIT) {
		job_park_chain(job, error == 0);
		return;
	}
	if (proof->verdict == PROOF_NEVER)
		never_paid(job, proof);
	else if (!proof->final)
		job_park_chain(job, true);
	else
		owed(job, proof, evidence->head.timestamp);
}

void refund_due(struct job *job, const struct wp_record *record)
{
	(void)record;
	job_look_payment(job, on_payment);
}

/* ---- REF_SIGNED, REF_SENT ---- */

void refund_signed(struct job *job)
{
	job_resend(job, GUARD_REFUND, on_sent);
}

static void refunded(struct job *job, const struct proof *proof)
{
	job_set_hash(job, WP_FIELD_refund_tx, &proof->transaction);
	job_set(job, WP_FIELD_refund_status, proof->final ? "finalized" : "confirmed");
	if (!proof->final) {
		job_park_chain(job, true);
		return;
	}
	WP_CRASH_POINT("refund-final");
	job_advance(job, WP_STATE_REFUNDED, NULL);
}

static void on_refund(
	void *arg, int error, const struct proof *proof, const struct proof_evidence *evidence)
{
	struct job *job = arg;

	if (error < 0 || proof->verdict == PROOF_WAIT) {
		job_park_chain(job, error == 0);
		return;
	}
	if (proof->verdict == PROOF_PAID) {
		refunded(job, proof);
	} else if (evidence->mark_count > 0) {
		/* Only the wallet's key can spend its nonce otherwise. */
		job_manual(job, "refund-nonce-spent-elsewhere");
	} else if (lane_has_row(job->writer->lanes[GUARD_REFUND], &job->baton.id)) {
		job_park_chain(job, true); /* its nonce is not finally spent yet */
	} else {
		wp_log(WP_LOG_WARNING, "a refund lapsed: signed again", "id",
			wp_log_id(&job->baton.id), NULL);
		job_look_payment(job, on_payment);
	}
}

void refund_sent(struct job *job, const struct wp_record *record)
{
	struct writer *writer = job->writer;
	int64_t valid_before = 0;
	struct proof_claim claim = {
		.token = writer->terms.token,
		.from = writer->terms.wallet,
		.to = job->payment.authorization.from,
		.value = job->payment.authorization.value,
		.nonce = payment_refund_nonce(&job->baton.id),
		.confirmations = writer->chain.confirmations,
	};

	if (wp_record_i64(record, WP_FIELD_refund_valid_before, &valid_before) < 0 ||
		valid_before < 0) {
		job_manual(job, "refund-record-malformed");
		return;
	}
	claim.valid_before = (uint64_t)valid_before;
	if (look_start(&writer->chain, &claim, job->pay_block, on_refund, job) < 0)
		job_park_chain(job, false);
}
