/* follow.h - one run being followed: from the baton of RUNNING to its result line, by whoever holds
 * the fence. */
#ifndef WP_STREAMER_FOLLOW_H
#define WP_STREAMER_FOLLOW_H

#include "libcommon/buffer.h"
#include "proto/record.h"
#include "services/log-streamer/decide.h"
#include "services/log-streamer/streamer.h"

#define FOLLOW_RENEW_MS   1500
#define FOLLOW_SILENCE_MS 500 /* nothing came: ask again */
/* A host that is neither registered nor heard of for so long is gone, and its isolates with it.
 * Longer than two turns of the registry, so that a restart of Redis looks like nothing. */
#define FOLLOW_HOST_GONE_MS 5000

struct follow {
	struct wp_id_node node; /* in streamer->follows */
	struct streamer *streamer;
	uint64_t fence;
	uint32_t attempt;
	char host[WP_BUS_ENDPOINT_MAX];
	char trace[WP_TRACE_MAX];
	struct wp_record record; /* empty until read; the fields a decision needs */
	bool has_record;
	struct wp_buffer output;
	char *trailer; /* NULL until the output has ended */
	bool deciding; /* the move is under way: nothing else may be started */
	bool dropped;  /* out of the table; freed when the last call came back */
	unsigned held;
	struct wp_timer *renew, *silence;
	int64_t begun_us, heard_ms;
};

/* Takes the baton of RUNNING up; an older one for the same verification is let go. */
void follow_baton(struct streamer *streamer, const struct wp_baton *baton);
void follow_on_chunk(struct streamer *streamer, const Workproof__OutputChunk *chunk);
/* The host need not keep the output any more. */
void follow_tell_done(const struct follow *follow);
/* Lets go, whatever is under way. */
void follow_drop(struct follow *follow);
void follow_hold(struct follow *follow);
void follow_let_go(struct follow *follow);
/* At the stop. */
void follow_drop_all(struct streamer *streamer);

#endif
