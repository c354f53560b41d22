#include "services/vm-orchestrator/driver_frames.h"

#include "worker-image/guest/protocol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(GUEST_OUTPUT_MAX == DRIVER_OUTPUT_MAX, "guest and host agree on the output limit");
_Static_assert(GUEST_RESULT_MAX == DRIVER_RESULT_MAX, "guest and host agree on the result limit");
_Static_assert(
	GUEST_MESSAGE_MAX == DRIVER_MESSAGE_MAX, "guest and host agree on the message limit");

void driver_frames_open(struct driver_frames *frames)
{
	memset(frames, 0, sizeof(*frames));
	crypto_hash_sha256_init(&frames->output_hash);
}

void driver_frames_close(struct driver_frames *frames)
{
	free(frames->result);
	frames->result = NULL;
}

static bool is_known(uint32_t type, uint32_t size)
{
	switch (type) {
	case GUEST_FRAME_OUTPUT:
	case GUEST_FRAME_RESULT:
		return size <= GUEST_FRAME_MAX;
	case GUEST_FRAME_END:
		return size >= 1 && size <= 1 + DRIVER_MESSAGE_MAX;
	}
	return false;
}

static bool code_of(uint8_t end, enum driver_error_code *ret_code)
{
	static const enum driver_error_code codes[] = {
		[GUEST_END_OK] = DRIVER_NONE,
		[GUEST_END_SYNTAX] = DRIVER_SYNTAX,
		[GUEST_END_RUNTIME] = DRIVER_RUNTIME,
		[GUEST_END_STACK] = DRIVER_STACK,
		[GUEST_END_MEMORY] = DRIVER_MEMORY,
		[GUEST_END_OUTPUT] = DRIVER_OUTPUT,
		[GUEST_END_UNSUPPORTED] = DRIVER_UNSUPPORTED,
	};

	if (end >= sizeof(codes) / sizeof(codes[0]))
		return false;
	*ret_code = codes[end];
	return true;
}

static size_t take_header(struct driver_frames *frames, const uint8_t *data, size_t size)
{
	size_t missing = sizeof(frames->header) - frames->header_have;
	size_t n = size < missing ? size : missing;

	memcpy(frames->header + frames->header_have, data, n);
	frames->header_have += n;
	if (frames->header_have < sizeof(frames->header))
		return n;
	memcpy(&frames->type, frames->header, 4);
	memcpy(&frames->left, frames->header + 4, 4);
	if (!is_known(frames->type, frames->left))
		frames->state = DRIVER_FRAMES_VIOLATED;
	return n;
}

static void take_output(struct driver_frames *frames, const uint8_t *data, size_t size,
	driver_output_fn *output, void *arg)
{
	size_t room = DRIVER_OUTPUT_MAX - frames->output_bytes;
	size_t n = size < room ? size : room;

	if (n > 0) {
		crypto_hash_sha256_update(&frames->output_hash, data, n);
		frames->output_bytes += n;
		output(arg, data, n);
	}
	if (n < size)
		frames->state = DRIVER_FRAMES_FULL;
}

static int take_result(struct driver_frames *frames, const uint8_t *data, size_t size)
{
	if (size > DRIVER_RESULT_MAX - frames->result_size) {
		frames->state = DRIVER_FRAMES_VIOLATED;
		return 0;
	}
	char *grown = realloc(frames->result, frames->result_size + size + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + frames->result_size, data, size);
	frames->result = grown;
	frames->result_size += size;
	grown[frames->result_size] = '\0';
	return 0;
}

static void take_end(struct driver_frames *frames, const uint8_t *data, size_t size)
{
	if (!frames->code_seen) {
		frames->code_seen = true;
		if (!code_of(data[0], &frames->code)) {
			frames->state = DRIVER_FRAMES_VIOLATED;
			return;
		}
		data++;
		size--;
	}
	memcpy(frames->message + frames->message_size, data, size);
	frames->message_size += size;
}

static int take_payload(struct driver_frames *frames, const uint8_t *data, size_t size,
	driver_output_fn *output, void *arg)
{
	switch (frames->type) {
	case GUEST_FRAME_OUTPUT:
		take_output(frames, data, size, output, arg);
		return 0;
	case GUEST_FRAME_RESULT:
		return take_result(frames, data, size);
	case GUEST_FRAME_END:
		take_end(frames, data, size);
		return 0;
	}
	return 0;
}

static void frame_done(struct driver_frames *frames)
{
	frames->header_have = 0;
	if (frames->type == GUEST_FRAME_END && frames->state == DRIVER_FRAMES_OPEN)
		frames->state = DRIVER_FRAMES_ENDED;
}

int driver_frames_feed(struct driver_frames *frames, const uint8_t *data, size_t size,
	driver_output_fn *output, void *arg)
{
	while (size > 0 && frames->state == DRIVER_FRAMES_OPEN) {
		size_t n;
		if (frames->header_have < sizeof(frames->header)) {
			n = take_header(frames, data, size);
		} else {
			n = size < frames->left ? size : frames->left;
			int error = take_payload(frames, data, n, output, arg);
			if (error)
				return error;
			frames->left -= (uint32_t)n;
		}
		data += n;
		size -= n;
		if (frames->header_have == sizeof(frames->header) && frames->left == 0)
			frame_done(frames);
	}
	return 0;
}
