/* lane_internal.h - the lane's own state, for lane*.c only. */
#ifndef LANE_INTERNAL_H
#define LANE_INTERNAL_H

#include "services/chain-writer/lane.h"
#include "services/chain-writer/watch.h"

#define LANE_NAME_TEXT 96

struct lane {
	struct lane_settings settings;
	struct wp_address address;
	char name[LANE_NAME_TEXT];
	struct wp_timer *take_timer;
	uint64_t fence;
	bool owned, loaded, counted, priced;
	bool closing, freed, starved;
	struct watch watch;
	struct rows rows;
	uint64_t latest; /* transaction count at the head */
	bool final_known;
	uint64_t final;
	struct fees suggestion;
	struct lane_order *first, **last; /* waiting to be stored */
	size_t waiting;
	struct lane_order *storing;
	char *storing_raw;
	struct wp_hash storing_hash;
	uint64_t storing_nonce;
	bool counting, filling;
	int64_t counted_ms;
	uint64_t head;
	int counts_waiting;
	bool counts_lost;
	uint64_t new_latest, new_final;
	int under_way; /* calls whose answers come here */
	void (*on_released)(void *arg);
	void *released_arg;
	void (*on_freed)(void *arg);
	void *freed_arg;
};

/* lane.c */
void lane_call_ended(struct lane *lane); /* one call less; frees a freed lane */
void lane_lost(struct lane *lane);       /* somebody else may have it: nothing is known any more */
void lane_reload(struct lane *lane);
void lane_pump(struct lane *lane);

/* lane_sign.c: 0, -WP_E_REFUSED by the guard, -ENOMEM. raw is 0x hex, owned by the caller. */
int lane_sign(
	const struct lane *lane, const struct wp_tx *tx, char **ret_raw, struct wp_hash *ret_hash);
/* The newest version of row, with other fees. */
int lane_sign_again(const struct lane *lane, const struct row *row, const struct fees *fees,
	char **ret_raw, struct wp_hash *ret_hash);
/* To itself, nothing. */
int lane_sign_noop(const struct lane *lane, uint64_t nonce, const struct fees *fees, char **ret_raw,
	struct wp_hash *ret_hash);
/* Fees of the row's newest version. 0 or -WP_E_FORMAT. */
int lane_row_fees(const struct row *row, struct fees *ret_fees);

/* lane_rows.c */
void lane_send_row(struct lane *lane, uint64_t nonce, void (*fn)(void *arg), void *arg);
void lane_count(struct lane *lane); /* asks the chain how far the key is, then tends the rows */

#endif
