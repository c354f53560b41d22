/* collect.h - the output of one run as it arrives in chunks, which may be lost, doubled or late:
 * offsets only, no I/O. */
#ifndef WP_STREAMER_COLLECT_H
#define WP_STREAMER_COLLECT_H

#include "libcommon/buffer.h"
#include "proto/task.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COLLECT_MAX WP_OUTPUT_LIMIT_BYTES

enum collect_step {
	COLLECT_MORE,  /* taken, or known already: wait for the next one */
	COLLECT_GAP,   /* a chunk before it is missing: ask again from bytes.size on */
	COLLECT_ENDED, /* all bytes are there and the trailer came with them */
	COLLECT_BAD /* more than COLLECT_MAX, or no memory: this run's output cannot be believed */
};

/* Takes the chunk [offset, offset + size) into bytes; ended: the output ends behind it. */
enum collect_step collect_chunk(
	struct wp_buffer *bytes, uint64_t offset, const void *data, size_t size, bool ended);

#endif
