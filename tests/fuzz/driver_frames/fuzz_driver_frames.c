/* A guest's bytes in one piece and in pieces come to the same end; limits hold; text taken from
 * them is clean. Half of the inputs are built from valid frames. */
#include "services/vm-orchestrator/driver_frames.h"
#include "services/vm-orchestrator/driver_text.h"
#include "tests/fuzz/harness.h"
#include "worker-image/guest/protocol.h"

static void count_output(void *arg, const uint8_t *data, size_t size)
{
	(void)data;
	*(size_t *)arg += size;
}

static struct driver_frames feed(const uint8_t *data, size_t size, size_t step)
{
	struct driver_frames frames;
	size_t output = 0;

	driver_frames_open(&frames);
	for (size_t at = 0; at < size; at += step) {
		size_t n = size - at < step ? size - at : step;
		CHECK(driver_frames_feed(&frames, data + at, n, count_output, &output) == 0);
	}
	CHECK(output == frames.output_bytes && output <= DRIVER_OUTPUT_MAX);
	CHECK(frames.result_size <= DRIVER_RESULT_MAX && frames.message_size <= DRIVER_MESSAGE_MAX);
	return frames;
}

static void check_text(const struct driver_frames *frames)
{
	char text[DRIVER_MESSAGE_MAX + 1];

	driver_text_clean(text, sizeof(text), frames->message, frames->message_size);
	for (size_t i = 0, size = strlen(text), n; i < size; i += n) {
		n = driver_text_utf8(text + i, size - i);
		CHECK(n > 0);
	}
	if (frames->result)
		driver_text_is_json(frames->result, frames->result_size);
}

static void check(const uint8_t *data, size_t size, size_t step)
{
	struct driver_frames whole = feed(data, size, size + 1), pieces = feed(data, size, step);

	CHECK(whole.state == pieces.state && whole.output_bytes == pieces.output_bytes);
	CHECK(whole.result_size == pieces.result_size && whole.message_size == pieces.message_size);
	check_text(&whole);
	fuzz_count(whole.state == DRIVER_FRAMES_ENDED);
	driver_frames_close(&whole);
	driver_frames_close(&pieces);
}

static size_t build(uint8_t *out, size_t room, struct fuzz_bytes *bytes)
{
	size_t used = 0;

	while (fuzz_left(bytes) > 0 && used + 300 < room) {
		uint8_t kind = fuzz_byte(bytes);
		size_t size, wanted = fuzz_byte(bytes);
		const uint8_t *data = fuzz_take(bytes, wanted, &size);
		struct guest_frame header = { 1 + kind % 3u, (uint32_t)size };
		memcpy(out + used, &header, sizeof(header));
		if (size > 0)
			memcpy(out + used + sizeof(header), data, size);
		used += sizeof(header) + size;
	}
	return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t built[1 << 16];

	if (size < 2)
		return 0;
	size_t step = 1 + data[1] % 40u;
	if (data[0] % 2 == 0) {
		check(data + 2, size - 2, step);
		return 0;
	}
	struct fuzz_bytes bytes = { data + 2, data + size };
	check(built, build(built, sizeof(built), &bytes), step);
	return 0;
}
