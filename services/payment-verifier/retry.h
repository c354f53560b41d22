/* retry.h - a record that was parked is looked at again when it falls due, by who parked it:
 * parking keeps the fence. Without this it would wait for the next claim, twice a second. Who dies
 * meanwhile loses nothing: it is claimed RETRY_GRACE_MS later. Shared with chain-writer. */
#ifndef RETRY_H
#define RETRY_H

#include "libcommon/loop.h"
#include "proto/baton.h"

#define RETRY_GRACE_MS 1000 /* what is parked falls due for others so much later */

struct retries;
typedef void retry_fn(void *arg, const struct wp_baton *baton);

struct retries *retry_new(struct wp_loop *loop, retry_fn *fn, void *arg); /* NULL: no memory */
/* Calls fn with a copy of baton in delay_ms. A failure is silent: then it is claimed. */
void retry_add(struct retries *retries, const struct wp_baton *baton, int64_t delay_ms);
size_t retry_count(const struct retries *retries);
void retry_free(struct retries *retries); /* those to come are not called; NULL is fine */

#endif
