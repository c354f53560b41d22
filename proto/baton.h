/* baton.h - what every daemon that moves verifications shares: envelopes on the bus, and the baton
 * that hands a verification to its next mover. What the bus loses is claimed: see claimer.h. */
#ifndef WP_BATON_H
#define WP_BATON_H

#include "libcommon/bus.h"
#include "libcommon/types.h"
#include "proto/bus.pb-c.h"
#include "proto/record.h"

#include <stddef.h>
#include <stdint.h>

#define WP_TRACE_MAX 64 /* a traceparent (55 characters) and NUL */

struct wp_baton {
	struct wp_id id;
	enum wp_state state;
	uint64_t fence;
	uint32_t attempt;               /* runs started so far */
	char host[WP_BUS_ENDPOINT_MAX]; /* RUNNING: who serves the output; "" when not known */
	char trace[WP_TRACE_MAX];       /* W3C traceparent; "" when not known */
};

/* ---- envelopes ---- */

/* NULL: not an envelope, or no memory. Free with workproof__envelope__free_unpacked(envelope,
 * NULL). */
Workproof__Envelope *wp_envelope_read(const uint8_t *data, size_t size);
/* wp_bus_push and wp_bus_send of an envelope; -ENOMEM and -EMSGSIZE too. */
int wp_envelope_push(struct wp_bus *bus, const char *service, const Workproof__Envelope *envelope);
int wp_envelope_send(struct wp_bus *bus, const char *endpoint, const Workproof__Envelope *envelope);
/* The id of a message's bytes field: 0, or -WP_E_FORMAT unless it has 16 bytes. */
int wp_envelope_id(struct wp_id *ret_id, const ProtobufCBinaryData *bytes);

/* ---- batons ---- */

/* Hands the verification to the mover of state; fence is the one of the move into it. host and
 * traceparent may be NULL. 0, -EINVAL (nobody moves that state), or as wp_bus_push: a failure needs
 * no handling, the mover claims the record when its lease is over. */
int wp_baton_push(struct wp_bus *bus, enum wp_state state, const struct wp_id *id, uint64_t fence,
	uint32_t attempt, const char *host, const char *traceparent);
/* 0, -ENOMSG (another kind of message), -WP_E_FORMAT (id, state, or a text too long). */
int wp_baton_read(struct wp_baton *ret_baton, const Workproof__Envelope *envelope);

#endif
