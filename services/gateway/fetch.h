/* fetch.h - a verification's record, and its private output with it if asked for. */
#ifndef GATEWAY_FETCH_H
#define GATEWAY_FETCH_H

#include "proto/store.h"

#include <stdbool.h>

/* status as wp_store_get's; record is NULL unless 0, output is NULL if there is none. Both are
 * valid during the call. */
typedef void fetch_fn(
	void *arg, int status, const struct wp_record *record, const struct wp_output *output);

/* 0: fn is called exactly once, later. -errno: it is not. */
int fetch_verification(
	struct wp_store *store, const struct wp_id *id, bool with_output, fetch_fn *fn, void *arg);

#endif
