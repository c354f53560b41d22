/* output.h - the bytes one run printed, and who is being sent them: buffer limits and offsets, no
 * I/O. */
#ifndef WP_ORCHESTRATOR_OUTPUT_H
#define WP_ORCHESTRATOR_OUTPUT_H

#include "libcommon/buffer.h"
#include "libcommon/bus.h"
#include "services/vm-orchestrator/driver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTPUT_MAX       DRIVER_OUTPUT_MAX
#define OUTPUT_CHUNK_MAX (256u << 10)
/* What an ended run's last message may add to its data: the result line with a result of
 * DRIVER_RESULT_MAX. A line beyond it would not pass the bus. */
#define OUTPUT_TRAILER_MAX (WP_BUS_MESSAGE_MAX - OUTPUT_CHUNK_MAX - 4096u)

struct output { /* zero-initialised is empty */
	struct wp_buffer bytes;
	struct wp_buffer trailer; /* the result line, once ended; a NUL follows it */
	bool overflow;            /* more than OUTPUT_MAX was handed in: the rest is cut off */
	bool ended;
};

void output_append(struct output *output, const void *data, size_t size);
void output_free(struct output *output); /* empties */

/* The one who follows a run: whoever asked last with the highest fence. */
struct output_follower { /* zero-initialised is nobody */
	bool present;
	bool repeat;   /* asked again: wants a sign of life even when there is nothing new */
	bool finished; /* was sent the trailer */
	uint64_t fence;
	uint64_t offset; /* the next byte to send */
	char endpoint[WP_BUS_ENDPOINT_MAX];
};

/* Takes a request. False, and nothing is changed: its fence is older than the follower's, or the
 * endpoint is too long. An offset past the end is taken as the end. */
bool output_follow(struct output_follower *follower, const struct output *output, uint64_t fence,
	uint64_t offset, const char *endpoint);

struct output_chunk {
	uint64_t offset;
	const uint8_t *data; /* within the output */
	size_t size;         /* 0..OUTPUT_CHUNK_MAX */
	bool ended;          /* the trailer goes with it */
};

/* What is to be sent next. False: nothing. */
bool output_next_chunk(const struct output_follower *follower, const struct output *output,
	struct output_chunk *ret_chunk);
/* The chunk has left. */
void output_chunk_sent(struct output_follower *follower, const struct output_chunk *chunk);

#endif
