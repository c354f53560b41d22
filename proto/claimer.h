/* claimer.h - the claims that make up for batons the bus lost: twice a second what is due in the
 * states of a daemon is taken, as much as it has room for. */
#ifndef WP_CLAIMER_H
#define WP_CLAIMER_H

#include "libcommon/loop.h"
#include "proto/baton.h"
#include "proto/store.h"

#include <stddef.h>

#define WP_CLAIM_INTERVAL_MS 500

struct wp_claimer;

/* How many more verifications of that state may be taken now; 0: none. */
typedef size_t wp_claimer_room_fn(void *arg, enum wp_state state);
/* One claimed verification: the fence is ours, host and trace are empty. It may stop or free the
 * claimer, and call wp_claimer_more when it is done with the verification already. */
typedef void wp_claimer_fn(void *arg, const struct wp_baton *baton);

/* Takes what is due in the listed states, as much as room tells, now and every WP_CLAIM_INTERVAL_MS
 * until it is stopped. states is borrowed. Created stopped. NULL: no memory. */
struct wp_claimer *wp_claimer_new(struct wp_loop *loop, struct wp_store *store,
	const enum wp_state *states, size_t state_count, wp_claimer_room_fn *room,
	wp_claimer_fn *fn, void *arg);
void wp_claimer_start(struct wp_claimer *claimer);
/* No further claim is sent; one under way is still delivered. */
void wp_claimer_stop(struct wp_claimer *claimer);
/* Room came free. Claims at once, or behind the claim under way, if more may be due than was taken
 * last time. */
void wp_claimer_more(struct wp_claimer *claimer);
/* A claim under way is waited for in the background; its verifications, or those of them that are
 * not delivered yet, are left to their lease.
 * NULL is fine. */
void wp_claimer_free(struct wp_claimer *claimer);

#endif
