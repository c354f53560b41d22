/* store.h - the Redis Functions of proto/redis as typed, asynchronous calls. Every move of a
 * verification is one of these; the daemons send no other writing command. Time is Redis's.
 *
 * Each call: 0 (fn is called exactly once, later) or -errno (it is not). Answers:
 *   0              done
 *   -WP_E_STALE    the fence or the state moved on: drop the baton
 *   -WP_E_FULL     a capacity is reached (admit, →RUNNING, row over the in-flight cap)
 *   -WP_E_CONFLICT the key belongs to another (consumption key, admit with another request, nonce)
 *   -WP_E_RANGE    RUNNING→PAID or PAID→RUNNING after the last attempt: ask for REFUND_DUE
 *   -WP_E_GONE     there was such a record, its retention is over
 *   -ENOENT        no such record
 *   -WP_E_UNKNOWN  the connection was lost: it may or may not have happened; drop the baton
 *   -EPROTO        Redis answered with an error: text says which
 * Times given (due, delay, lease, run budget, slot) are at least 1 ms, a delay or due time 0 ms,
 * and shorter than a week: else -EPROTO, and nothing is written. */
#ifndef WP_STORE_H
#define WP_STORE_H

#include "libcommon/redis.h"
#include "proto/record.h"

struct wp_store;

struct wp_store *wp_store_new(struct wp_redis *redis); /* NULL: no memory */
void wp_store_free(struct wp_store *store);

/* Loads the function library if Redis has none or an older one; never replaces a newer one. Besides
 * the above: -EAGAIN, Redis did not say which it has (text says why); -ENOBUFS or -ENOMEM, the load
 * could not be sent. Nothing was loaded then: try again later. */
typedef void wp_store_done_fn(void *arg, int status, const char *text);
int wp_store_install(struct wp_store *store, wp_store_done_fn *fn, void *arg);

struct wp_field_value { /* a write: value NULL deletes the field */
	enum wp_field field;
	const char *value;
};

/* ---- admission ---- */
struct wp_admission {
	struct wp_id id;
	enum wp_state state; /* SETTLE_DUE or PAY_WAIT */
	struct wp_hash request_hash;
	struct wp_address payer;
	struct wp_amount value;
	int64_t open_max; /* this payer's unsettled records, at most (8); negative: no limit */
	int64_t live_max; /* records that wait for money or a run ("live" in states.txt), at most;
			     negative: no limit (a mined native payment is never refused) */
	const struct wp_field_value *fields; /* payment_verifier's fields, see record.h */
	size_t field_count;
	const void *code;
	size_t code_size;
	const void *input; /* NULL: none */
	size_t input_size;
};
struct wp_admitted {
	int status; /* 0: made; -EEXIST: the same request is there; -WP_E_CONFLICT: another request;
		       -WP_E_FULL: live_max; -EBUSY: open_max; -WP_E_GONE; as above otherwise */
	uint64_t fence;      /* 0 */
	enum wp_state state; /* 0, -EEXIST */
	const char *text;
};
typedef void wp_store_admit_fn(void *arg, const struct wp_admitted *answer);
int wp_store_admit(struct wp_store *store, const struct wp_admission *admission,
	wp_store_admit_fn *fn, void *arg);

/* Sum of the values of this payer's unsettled records, and their number: "balance covers this
 * payer's open authorizations". */
typedef void wp_store_open_fn(void *arg, int status, const struct wp_amount *sum, int64_t count);
int wp_store_open_sum(
	struct wp_store *store, const struct wp_address *payer, wp_store_open_fn *fn, void *arg);

/* ---- the baton ---- */
struct wp_moved {
	int status;
	uint64_t fence; /* the new one, when 0 */
	uint32_t attempt;
	const char *text;
};
typedef void wp_store_move_fn(void *arg, const struct wp_moved *answer);

/* A transaction to be remembered in the same call as the move, before it is broadcast. */
struct wp_row {
	const char *lane; /* "settle:84532:0x…" */
	uint64_t lane_fence;
	uint64_t nonce;
	const char *kind; /* "settle", "attest", "refund": the one of →*_SIGNED; "noop" */
	struct wp_hash hash;
	const char *raw;  /* signed envelope, 0x hex */
	const char *fees; /* "maxFee/priorityFee", wei */
	int64_t open_max; /* rows of the lane that are not final, at most; 0: 256 */
};

struct wp_move {
	struct wp_id id;
	uint64_t fence;
	enum wp_state from, to;
	int64_t due_ms; /* 0: the table's lease (we go on or send the baton); > 0: park so long */
	const struct wp_field_value *fields;
	size_t field_count;
	const char *consume; /* money comes in (→PAID, PAY_WAIT→REFUND_DUE): the consumption key,
				e.g. "84532:0x<token>:0x<tx>:<log>" */
	int64_t run_budget_ms;    /* →PAID (first): deadline_ms = now + this */
	int64_t slot_max;         /* →RUNNING: capacity of the installation */
	int64_t slot_ms;          /* →RUNNING: the slot's hard end, from now; sets vm_end_ms */
	const struct wp_row *row; /* →*_SIGNED */
	const void *out_stdout;   /* →DECIDED: private output, kept for 24 h after the end */
	size_t out_stdout_size;
	const char *out_result, *out_error_message;
};
int wp_store_advance(
	struct wp_store *store, const struct wp_move *move, wp_store_move_fn *fn, void *arg);

/* Keeps the baton: due = now + lease of the state. Same fence. */
int wp_store_renew(struct wp_store *store, const struct wp_id *id, uint64_t fence,
	enum wp_state state, wp_store_move_fn *fn, void *arg);
/* Lets go: due in delay_ms for whoever claims then; fields are written too. Same fence, claims
 * reset. */
int wp_store_park(struct wp_store *store, const struct wp_id *id, uint64_t fence,
	enum wp_state state, int64_t delay_ms, const struct wp_field_value *fields,
	size_t field_count, wp_store_move_fn *fn, void *arg);

struct wp_claimed {
	struct wp_id id;
	uint64_t fence; /* new: ours */
	uint32_t attempt;
};
typedef void wp_store_claim_fn(
	void *arg, int status, const struct wp_claimed *claimed, size_t count);
/* Takes up to most verifications of state that are due. One that was claimed twice already since
 * its last move or park comes alone, and with each claim past the fifth its lease doubles: whoever
 * dies over it takes no other down. So fewer than most is no proof that nothing else is due. */
int wp_store_claim(struct wp_store *store, enum wp_state state, int64_t most, wp_store_claim_fn *fn,
	void *arg);

/* ---- reads ---- */
typedef void wp_store_record_fn(void *arg, int status, const struct wp_record *record);
int wp_store_get(struct wp_store *store, const struct wp_id *id, wp_store_record_fn *fn, void *arg);
struct wp_body { /* valid during the callback */
	const char *code;
	size_t code_size;
	const char *input; /* NULL: none */
	size_t input_size;
};
typedef void wp_store_body_fn(void *arg, int status, const struct wp_body *body);
int wp_store_get_body(
	struct wp_store *store, const struct wp_id *id, wp_store_body_fn *fn, void *arg);
struct wp_output {
	const char *out_stdout;
	size_t out_stdout_size;
	const char *result;        /* JSON text */
	const char *error_message; /* "" if none */
};
typedef void wp_store_output_fn(void *arg, int status, const struct wp_output *output);
int wp_store_get_output(
	struct wp_store *store, const struct wp_id *id, wp_store_output_fn *fn, void *arg);

/* ---- slots ---- */
/* Frees "<id>:<attempt>"; an absent one is fine. */
int wp_store_slot_free(struct wp_store *store, const struct wp_id *id, uint32_t attempt,
	wp_store_done_fn *fn, void *arg);
struct wp_slot {
	struct wp_id id;
	uint32_t attempt;
	int64_t end_ms;     /* Redis time */
	int64_t overdue_ms; /* past its hard end; negative: still to go */
};
typedef void wp_store_slots_fn(void *arg, int status, const struct wp_slot *slots, size_t count);
int wp_store_slots(struct wp_store *store, wp_store_slots_fn *fn, void *arg);

/* ---- the reaper's net: deadlines → REFUND_DUE, slots past their hard end are freed ---- */
struct wp_reaped {
	int64_t refunds; /* moved to REFUND_DUE */
	int64_t slots;   /* freed */
	int64_t leases;  /* due for more than 10 s and not claimed: nobody serves their queue */
};
typedef void wp_store_reap_fn(void *arg, int status, const struct wp_reaped *reaped);
int wp_store_reap(struct wp_store *store, int64_t slot_grace_ms, wp_store_reap_fn *fn, void *arg);

/* ---- lanes: one signer key each ---- */
#define WP_ROW_VERSIONS_MAX 8
typedef void wp_store_lane_fn(void *arg, int status, uint64_t lane_fence);
/* Takes or renews the lane for owner (unique to one life of a process): 0 and its fence, or -EBUSY
 * while another holds it. A new owner gets a new fence. */
int wp_store_lane_take(struct wp_store *store, const char *lane, const char *owner,
	int64_t lease_ms, wp_store_lane_fn *fn, void *arg);
struct wp_lane_row {
	uint64_t nonce;
	struct wp_id id;
	char kind[16];
	bool final;
	int64_t stored_ms; /* age of the newest version */
	int64_t age_ms;
	size_t version_count; /* oldest first */
	struct {
		struct wp_hash hash;
		const char *raw;
		const char *fees;
		const char *kind; /* the row's, or "noop": spends its nonce without the effect */
	} versions[WP_ROW_VERSIONS_MAX];
};
typedef void wp_store_rows_fn(void *arg, int status, const struct wp_lane_row *rows, size_t count);
/* Rows that are not final, in nonce order, and the highest final one. */
int wp_store_rows(struct wp_store *store, const char *lane, wp_store_rows_fn *fn, void *arg);
/* One more version of the row with this id (a fee bump, or kind "noop"), or, where the nonce has no
 * row yet, a no-op row of its own. id NULL: none. -WP_E_FULL: no room for another version; the last
 * one is kept for the no-op. */
int wp_store_row_version(struct wp_store *store, const struct wp_row *row, const struct wp_id *id,
	wp_store_done_fn *fn, void *arg);
/* Marks final; final rows below the highest final one are deleted. 0 if it was final already. */
int wp_store_row_final(struct wp_store *store, const char *lane, uint64_t lane_fence,
	uint64_t nonce, wp_store_done_fn *fn, void *arg);

/* ---- events: every move, in order ---- */
struct wp_event {
	struct wp_id id;
	enum wp_state from, to; /* from NONE: admitted */
	int64_t at_ms;
};
typedef void wp_store_event_fn(void *arg, const struct wp_event *event);
/* Follows wp:ev over its own connection (blocking reads). lost is called when following begins,
 * also again after a break, and after a gap: whoever waits must look at the records again. NULL: no
 * memory. */
struct wp_events;
struct wp_events *wp_events_new(struct wp_loop *loop, const char *socket, wp_store_event_fn *fn,
	void (*lost)(void *arg), void *arg);
void wp_events_free(struct wp_events *events);

#endif
