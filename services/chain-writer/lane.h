/* lane.h - one signer key: its lease, its nonces, its transactions until they are final. Whoever
 * wants one sent gives an order; the lane signs it, stores it in the same call as the record's
 * move, and only then sends it. The owner of the lane sends again and raises fees whatever becomes
 * of the record (DESIGN §2.6, SPEC C4). */
#ifndef LANE_H
#define LANE_H

#include "libcommon/http_client.h"
#include "proto/store.h"
#include "services/chain-writer/guard.h"
#include "services/chain-writer/rows.h"
#include "services/chain-writer/senderror.h"
#include "services/payment-verifier/chain.h"

#define LANE_TAKE_MS  1500
#define LANE_TICK_MS  1000
#define LANE_ROWS_MAX 4096 /* not final; unmined ones are bounded by in_flight_max */

struct lane;

struct lane_settings {
	const char *kind; /* "settle", "attest", "refund": of the lane's name and of its rows */
	enum guard_lane guard;
	const struct guard_terms *terms;
	const struct wp_secret *key;
	const char *owner; /* unique to one life of the process */
	struct wp_loop *loop;
	struct wp_store *store;
	struct chain *chain;
	int64_t lease_ms;
	size_t in_flight_max;
};

/* A transaction to be sent, and the move that stores it. Owned by who orders, until sent or failed.
 */
struct lane_order {
	struct lane_order *next;
	struct wp_move move; /* row is the lane's; fields may be set by prepare */
	struct wp_address to;
	const void *data; /* calldata */
	size_t data_size;
	uint64_t gas_limit;
	void *arg;
	/* The hash is known, nothing is stored yet. */
	void (*prepare)(void *arg, const struct wp_hash *hash);
	/* Stored, not sent yet: the new fence. */
	void (*stored)(void *arg, uint64_t fence);
	/* The end: sent once, with whatever answer; what comes after is the lane's care. */
	void (*sent)(void *arg);
	/* The end: nothing was stored, or nobody knows. status as wp_store_advance, -EAGAIN when
	 * the lane closed before it was this order's turn, -WP_E_REFUSED by the guard. */
	void (*failed)(void *arg, int status);
};

struct lane *lane_new(const struct lane_settings *settings); /* NULL: no memory, or a bad key */
void lane_start(struct lane *lane);
/* No new orders; rows are still cared for. */
void lane_close(struct lane *lane);
/* Lets the lease go, so that the next owner need not wait for its end. fn is called once, later; 0
 * or -errno (then it is not). */
int lane_release(struct lane *lane, void (*fn)(void *arg), void *arg);
/* Fails the orders that wait. Calls under way end later; then it frees itself and calls freed. */
void lane_free(struct lane *lane, void (*freed)(void *arg), void *arg);

/* How many orders it takes now: 0 when it is not ours, not loaded, full, or out of money. */
size_t lane_room(struct lane *lane);
/* Ours, and its rows are known. */
bool lane_is_ours(const struct lane *lane);
bool lane_is_idle(const struct lane *lane); /* nothing waits to be stored or sent */
const struct wp_address *lane_address(const struct lane *lane);
/* 0, or -EAGAIN when there is no room. */
int lane_submit(struct lane *lane, struct lane_order *order);
/* Is there a row of (id, kind of the lane) that is not final? */
bool lane_has_row(const struct lane *lane, const struct wp_id *id);
/* Sends that row's stored bytes once more; fn is called once, later. -ENOENT: no such row. */
int lane_resend(struct lane *lane, const struct wp_id *id, void (*fn)(void *arg), void *arg);
/* A new head was seen: looks after the rows. */
void lane_look(struct lane *lane, uint64_t head, const struct fees *suggestion);

/* Is it getting anywhere? Times as seen by this process since it owns the lane, see watch.h. */
struct lane_outlook {
	bool ours;    /* and its rows are known */
	bool counted; /* the chain told how far the key is */
	bool priced;
	size_t unmined;
	int64_t still_ms, starved_ms;
};
struct lane_outlook lane_outlook(const struct lane *lane);

struct lane_stats {
	size_t open, unmined, waiting;
	bool ours, starved;
};
struct lane_stats lane_stats(const struct lane *lane);

#endif
