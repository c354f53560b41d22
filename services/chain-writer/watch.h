/* watch.h - has a lane stopped? What was seen of its key in this life of the process: only what the
 * chain or a node answered counts, a silent endpoint proves nothing. Times are monotonic ms. Pure.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_GAP_MS 15000 /* counts further apart do not belong together */

struct watch { /* zero: nothing was seen */
	bool counted;
	uint64_t latest;
	int64_t still_from_ms, still_to_ms;
	bool starved;
	int64_t starved_from_ms, starved_to_ms;
};

/* The transaction count at the head, and how many rows it leaves unmined. */
void watch_count(struct watch *watch, uint64_t latest, size_t unmined, int64_t now_ms);
/* A node took a transaction, or said that the key cannot pay for it. */
void watch_send(struct watch *watch, bool starved, int64_t now_ms);
/* For how long was no nonce mined although rows waited for it? */
int64_t watch_still_ms(const struct watch *watch);
/* For how long could the key not pay? */
int64_t watch_starved_ms(const struct watch *watch);

#endif
