/* driver_frames.h - takes apart what a guest sends (worker-image/guest/protocol.h). The bytes are
 * an attacker's: nothing is believed but that they are bytes, every limit is checked here again. */
#ifndef WP_DRIVER_FRAMES_H
#define WP_DRIVER_FRAMES_H

#include "services/vm-orchestrator/driver.h"

#include <sodium.h>

enum driver_frames_state {
	DRIVER_FRAMES_OPEN,    /* more may come */
	DRIVER_FRAMES_ENDED,   /* the guest said its end: code and message */
	DRIVER_FRAMES_FULL,    /* printed more than DRIVER_OUTPUT_MAX */
	DRIVER_FRAMES_VIOLATED /* broke the protocol */
};

struct driver_frames {
	enum driver_frames_state state;
	uint8_t header[8];
	size_t header_have;
	uint32_t type, left; /* of the frame under way */
	size_t output_bytes;
	crypto_hash_sha256_state output_hash;
	char *result; /* owned; NULL: none came */
	size_t result_size;
	bool code_seen;
	enum driver_error_code code; /* DRIVER_NONE: it went well */
	char message[DRIVER_MESSAGE_MAX];
	size_t message_size;
};

void driver_frames_open(struct driver_frames *frames);
void driver_frames_close(struct driver_frames *frames);

/* Handles size more bytes; printed ones go to output. What follows an end is ignored. 0 or -ENOMEM.
 */
int driver_frames_feed(struct driver_frames *frames, const uint8_t *data, size_t size,
	driver_output_fn *output, void *arg);

#endif
