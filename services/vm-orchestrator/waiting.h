/* waiting.h - batons of PAID that wait here for an isolate: first in, first out, for a short time
 * only, so that a busy host neither polls nor holds back what another could run. Pure. */
#ifndef WP_ORCHESTRATOR_WAITING_H
#define WP_ORCHESTRATOR_WAITING_H

#include "proto/baton.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAITING_MAX 256
#define WAITING_LONG_MS                                                                            \
	1000 /* below the lease of PAID (2 s), so that the fence is still ours to park */

struct waiting { /* zero-initialised is empty */
	struct waiting_entry {
		struct wp_baton baton;
		int64_t since_ms;
	} ring[WAITING_MAX];
	size_t first, count;
};

/* False: full. */
bool waiting_add(struct waiting *waiting, const struct wp_baton *baton, int64_t now_ms);
/* The oldest; false: none. */
bool waiting_take(struct waiting *waiting, struct wp_baton *ret_baton);
/* The oldest, if it waited WAITING_LONG_MS or more. */
bool waiting_take_long(struct waiting *waiting, int64_t now_ms, struct wp_baton *ret_baton);

#endif
