/* trace.h - W3C Trace Context: the caller's traceparent if it is valid, else a new one. */
#ifndef GATEWAY_TRACE_H
#define GATEWAY_TRACE_H

#include <stdbool.h>
#include <stdint.h>

struct trace {
	char id[33];     /* trace-id, 32 lower-case hex digits: also the answer's X-Request-Id */
	char parent[56]; /* "00-<trace-id>-<our span>-<flags>", for whoever works for this request
			  */
};

/* header may be NULL or anything. random: 24 bytes, the first 16 for a new trace-id, the rest for
 * our span. Pure. True if the caller's trace goes on. */
bool trace_continue(struct trace *ret_trace, const char *header, const uint8_t random[static 24]);
/* Takes the random bytes itself. */
void trace_begin(struct trace *ret_trace, const char *header);

#endif
