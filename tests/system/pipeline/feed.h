/* feed.h - verifications made and paid by the store alone, for tests of what comes after PAID. */
#ifndef WP_TEST_FEED_H
#define WP_TEST_FEED_H

#include "proto/store.h"

#include <stddef.h>
#include <stdint.h>

struct feed_item {
	struct wp_id id;
	const char *code;
	size_t code_size;
	const char *expected_hash; /* hex, or NULL */
	const char *engine;        /* name@version; NULL: the default */
	const char *isolation;     /* NULL: process */
	int64_t timeout_ms;
	int64_t budget_ms; /* until its deadline */
	int64_t due_ms;    /* PAID: due for claims after this; 0: the lease of the state */
};

/* status of the last call; fence of PAID. */
typedef void feed_fn(void *arg, int status, uint64_t fence);

/* Admits the item and moves it to PAID. 0 or -errno. item is borrowed for the call. */
int feed_pay(struct wp_store *store, const struct feed_item *item, feed_fn *fn, void *arg);

#endif
