/* wait.h - requests that wait for a verification to move, woken by the stream of moves. */
#ifndef GATEWAY_WAIT_H
#define GATEWAY_WAIT_H

#include "libcommon/types.h"
#include "proto/id_table.h"

#include <stdbool.h>
#include <stddef.h>

#define WAIT_MAX_PER_ID    2 /* requests that wait for an outcome (Prefer: wait) */
#define WAIT_MAX_PER_PAYER 16

struct wait_table;

/* Look at the record again: it moved, or moves may have been missed. May remove its own waiter. */
typedef void wait_fn(void *arg);

struct waiter { /* member of the owner's struct */
	struct wp_id_node by_id;
	struct wp_id_node by_payer; /* only while it holds a place */
	wait_fn *fn;
	void *arg;
	bool has_place;
};

struct wait_table *wait_table_new(void); /* NULL: no memory */
void wait_table_free(struct wait_table *table);
size_t wait_count(const struct wait_table *table);

void wait_add(struct wait_table *table, struct waiter *waiter, const struct wp_id *id, wait_fn *fn,
	void *arg);
void wait_remove(struct wait_table *table, struct waiter *waiter); /* one not added is fine */

/* Takes a place among those who wait for an outcome; false: the limits are reached. */
bool wait_take_place(
	struct wait_table *table, struct waiter *waiter, const struct wp_address *payer);

void wait_wake(struct wait_table *table, const struct wp_id *id);
void wait_wake_all(struct wait_table *table);

#endif
