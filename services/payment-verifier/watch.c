#include "services/payment-verifier/watch.h"

#include "libcommon/base.h"
#include "proto/task.h"
#include "services/payment-verifier/look.h"
#include "services/payment-verifier/payment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Logs are looked for from so far below the head of admission: a reorg may put them there. */
#define REORG_MARGIN 16

struct watch {
	struct verifier *verifier;
	struct wp_baton baton;
	struct payment payment;
	int64_t timeout_ms;
	enum wp_state to; /* of the advance under way */
};

static void end(struct watch *watch)
{
	struct verifier *verifier = watch->verifier;

	free(watch);
	verifier_watch_ended(verifier);
}

static void on_parked(void *arg, const struct wp_moved *answer)
{
	(void)answer;
	end(arg);
}

static void park(struct watch *watch, int64_t delay_ms)
{
	struct verifier *verifier = watch->verifier;

	if (verifier->stopped) {
		end(watch);
		return;
	}
	if (!verifier->draining && verifier->retries != NULL)
		retry_add(verifier->retries, &watch->baton, delay_ms);
	if (wp_store_park(verifier->store, &watch->baton.id, watch->baton.fence, watch->baton.state,
		    delay_ms + RETRY_GRACE_MS, NULL, 0, on_parked, watch) < 0)
		end(watch);
}

/* ---- the move ---- */

static void on_advanced(void *arg, const struct wp_moved *answer)
{
	struct watch *watch = arg;
	struct verifier *verifier = watch->verifier;

	if (answer->status == 0) {
		WP_CRASH_POINT(watch->to == WP_STATE_PAID ? "paid" : "rejected");
		if (watch->to == WP_STATE_PAID)
			wp_baton_push(verifier->context->bus, watch->to, &watch->baton.id,
				answer->fence, answer->attempt, NULL, watch->baton.trace);
		verifier_count(verifier,
			watch->to == WP_STATE_PAID ? VERIFIER_PAID : VERIFIER_REJECTED, 0);
		wp_log(WP_LOG_INFO, watch->to == WP_STATE_PAID ? "paid" : "rejected", "id",
			wp_log_id(&watch->baton.id), NULL);
	} else if (answer->status == -EPROTO) {
		wp_log(WP_LOG_ERROR, "a move was refused", "id", wp_log_id(&watch->baton.id),
			"text", answer->text, NULL);
	}
	end(watch);
}

static void advance(struct watch *watch, const struct wp_move *move, wp_store_move_fn *fn)
{
	watch->to = move->to;
	if (wp_store_advance(watch->verifier->store, move, fn, watch) < 0)
		end(watch);
}

static struct wp_move move_to(const struct watch *watch, enum wp_state to,
	const struct wp_field_value *fields, size_t count)
{
	return (struct wp_move){ .id = watch->baton.id,
		.fence = watch->baton.fence,
		.from = WP_STATE_SETTLE_SENT,
		.to = to,
		.fields = fields,
		.field_count = count };
}

static void reject(struct watch *watch, const char *reason)
{
	const struct wp_field_value fields[] = { { WP_FIELD_reject_reason, reason } };
	struct wp_move move = move_to(watch, WP_STATE_REJECTED, fields, WP_ARRAY_LEN(fields));

	advance(watch, &move, on_advanced);
}

static void on_paid(void *arg, const struct wp_moved *answer)
{
	struct watch *watch = arg;

	/* The same log paid for another id: only a damaged store can say so, see SPEC P5. */
	if (answer->status == -WP_E_CONFLICT)
		reject(watch, "payment_already_consumed");
	else
		on_advanced(arg, answer);
}

static int sign(
	char text[static WP_STATEMENT_TEXT], const struct watch *watch, const struct proof *proof)
{
	const struct wp_payment_statement statement = {
		.id = watch->baton.id,
		.chain_id = watch->payment.chain_id,
		.asset = watch->payment.asset,
		.payer = proof->payer,
		.value = proof->value,
		.transaction = proof->transaction,
		.log_index = proof->log_index,
	};

	return wp_payment_statement_sign(
		text, &statement, &watch->verifier->settings->statement_key);
}

static void pay(struct watch *watch, const struct proof *proof)
{
	char key[PAYMENT_KEY_TEXT], statement[WP_STATEMENT_TEXT], transaction[WP_HASH_TEXT];
	char block_hash[WP_HASH_TEXT], log[24], block[24];

	if (sign(statement, watch, proof) < 0) {
		end(watch);
		return;
	}
	snprintf(log, sizeof log, "%" PRIu64, proof->log_index);
	snprintf(block, sizeof block, "%" PRIu64, proof->block_number);
	const struct wp_field_value fields[] = {
		{ WP_FIELD_pay_tx, wp_hash_text(transaction, &proof->transaction) },
		{ WP_FIELD_pay_log, log },
		{ WP_FIELD_pay_block, block },
		{ WP_FIELD_pay_block_hash, wp_hash_text(block_hash, &proof->block_hash) },
		{ WP_FIELD_pay_statement, statement },
	};
	struct wp_move move = move_to(watch, WP_STATE_PAID, fields, WP_ARRAY_LEN(fields));
	move.consume = payment_consume_key(key, &watch->payment, proof);
	move.run_budget_ms = wp_lifetime_budget_ms(watch->timeout_ms);
	WP_CRASH_POINT("paid-proven");
	advance(watch, &move, on_paid);
}

/* ---- the look ---- */

static void on_look(
	void *arg, int error, const struct proof *proof, const struct proof_evidence *evidence)
{
	struct watch *watch = arg;
	struct verifier *verifier = watch->verifier;
	int64_t wait_ms = chain_note(&verifier->chain, error == 0);

	(void)evidence;
	if (error < 0) {
		verifier_count(verifier, VERIFIER_RPC_LOST, 0);
		park(watch, wait_ms);
		return;
	}
	verifier_count(verifier, VERIFIER_CHECKS, (size_t)proof->verdict);
	switch (proof->verdict) {
	case PROOF_WAIT:
		park(watch, wait_ms);
		break;
	case PROOF_PAID:
		pay(watch, proof);
		break;
	case PROOF_NEVER:
		reject(watch, proof->reason);
		break;
	}
}

static bool is_ours(const struct watch *watch)
{
	const struct verifier *verifier = watch->verifier;

	return watch->payment.chain_id == verifier->chain.id &&
	       wp_address_equal(&watch->payment.asset, &verifier->settings->token_address) &&
	       wp_address_equal(
		       &watch->payment.authorization.to, &verifier->settings->payment_wallet);
}

static void look(struct watch *watch)
{
	struct verifier *verifier = watch->verifier;
	struct proof_claim claim = payment_claim(&watch->payment, verifier->chain.confirmations);
	uint64_t seen = watch->payment.seen_block;

	if (look_start(&verifier->chain, &claim, seen > REORG_MARGIN ? seen - REORG_MARGIN : 0,
		    on_look, watch) < 0)
		end(watch);
}

static void on_record(void *arg, int status, const struct wp_record *record)
{
	struct watch *watch = arg;

	if (status < 0 || wp_record_state(record) != watch->baton.state ||
		wp_record_fence(record) != watch->baton.fence) {
		end(watch);
		return;
	}
	snprintf(watch->baton.trace, sizeof watch->baton.trace, "%s",
		wp_record_text(record, WP_FIELD_trace));
	if (payment_parse(&watch->payment, record) < 0 || !is_ours(watch) ||
		wp_record_i64(record, WP_FIELD_timeout_ms, &watch->timeout_ms) < 0) {
		/* Not written by us, or under other settings: an operator has to look. */
		const struct wp_field_value fields[] = { { WP_FIELD_manual_reason,
			"payment-record-malformed" } };
		struct wp_move move = move_to(watch, WP_STATE_MANUAL, fields, 1);
		wp_log(WP_LOG_ERROR, "a payment record is not one of ours", "id",
			wp_log_id(&watch->baton.id), NULL);
		advance(watch, &move, on_advanced);
		return;
	}
	look(watch);
}

void watch_take(struct verifier *verifier, const struct wp_baton *baton)
{
	struct watch *watch = calloc(1, sizeof *watch);

	if (watch == NULL)
		return;
	watch->verifier = verifier;
	watch->baton = *baton;
	verifier->watches++;
	if (wp_store_get(verifier->store, &baton->id, on_record, watch) < 0)
		end(watch);
}
