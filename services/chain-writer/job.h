/* job.h - one record in the hands of chain-writer: read it, act, move it on. A job lives from
 * taking the baton to the call that ends it; every function named job_… that ends it says so. */
#ifndef JOB_H
#define JOB_H

#include "services/chain-writer/attested.h"
#include "services/chain-writer/writer.h"
#include "services/payment-verifier/look.h"

#define JOB_FIELDS_MAX   12
#define JOB_REORG_MARGIN 16    /* logs are looked for from so far below a known block */
#define JOB_TROUBLE_MS   30000 /* an operator has to look: do not ask often */

struct job {
	struct writer *writer;
	struct wp_baton baton;
	struct payment payment;
	uint64_t pay_block;
	struct wp_hash attest_digest; /* ATT_SENT: of the stored receipt */
	char attest_status[16];
	uint64_t chain_time_s; /* of the head the payment was seen from */
	struct decided decided;
	struct wp_signed_receipt receipt;
	struct wp_authorization refund;
	struct proof proof;
	struct lane_order order;
	struct wp_buffer data; /* calldata */
	struct wp_buffer json;
	struct attested_look attested;
	int64_t wait_ms; /* after the move under way */
	/* What is written with the next move or park. */
	struct wp_field_value fields[JOB_FIELDS_MAX];
	size_t field_count;
	char texts[JOB_FIELDS_MAX][WP_AMOUNT_TEXT];
	void (*next)(struct job *job); /* after the move under way, if we go on */
	enum wp_state to;
};

/* Reads the record and gives it to the handler of its state. */
void job_take(struct writer *writer, const struct wp_baton *baton);

/* Adds a field; value is copied if it is shorter than WP_AMOUNT_TEXT, else borrowed. */
void job_set(struct job *job, enum wp_field field, const char *value);
void job_set_i64(struct job *job, enum wp_field field, int64_t value);
void job_set_hash(struct job *job, enum wp_field field, const struct wp_hash *hash);

/* Ends the job without a move. */
void job_end(struct job *job);
/* Ends it: looked at again in delay_ms; the fields are written. */
void job_park(struct job *job, int64_t delay_ms);
/* The lane takes no order now. Ours but full: we look again soon. Another instance's: the record is
 * due at once for whoever holds the lane; looking again ourselves would keep it from him. */
void job_wait_for_lane(struct job *job, enum guard_lane lane);
/* Ends it: parked until about the next block, longer after lost RPC answers. */
void job_park_chain(struct job *job, bool answered);
/* Moves to `to`. next NULL: ends the job, handing the baton on; else next goes on with the new
 * fence. */
void job_advance(struct job *job, enum wp_state to, void (*next)(struct job *job));
/* Moves to `to` and looks again in delay_ms; ends the job. */
void job_advance_wait(struct job *job, enum wp_state to, int64_t delay_ms);
/* Ends it: moved to MANUAL with an alarm. */
void job_manual(struct job *job, const char *reason);

/* Looks for the payment of this job; fn as in look.h with the job as arg. */
void job_look_payment(struct job *job, look_fn *fn);
/* Calls the token or registry; a job ended by a failure to call is parked. */
void job_call(struct job *job, const char *method, cJSON *params, wp_rpc_fn *fn);
/* eth_estimateGas of job->data from the lane's key to the token. */
void job_estimate(struct job *job, enum guard_lane lane, wp_rpc_fn *fn);

/* Orders job->data to be sent to `to` with the move from the job's state to `state`. stored and
 * failed as in lane.h, with the job as arg. True, or false when the lane has no room (nothing was
 * done). */
bool job_order(struct job *job, enum guard_lane lane, enum wp_state state, struct wp_address to,
	uint64_t gas_limit, void (*prepare)(void *arg, const struct wp_hash *hash),
	void (*stored)(void *arg, uint64_t fence), void (*sent)(void *arg));
/* For a *_SIGNED state that was claimed: the stored bytes once more, then fn. */
void job_resend(struct job *job, enum guard_lane lane, void (*fn)(void *arg));

#endif
