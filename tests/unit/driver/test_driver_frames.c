/* The guest's bytes are an attacker's: frames whole, split, too long, out of range (X6, X7). */
#include "services/vm-orchestrator/driver_frames.h"
#include "worker-image/guest/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t *data;
	size_t size;
};

static void add(struct bytes *bytes, const void *data, size_t size)
{
	bytes->data = realloc(bytes->data, bytes->size + size + 1);
	if (size > 0)
		memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

static void add_frame(struct bytes *bytes, uint32_t type, const void *data, uint32_t size)
{
	struct guest_frame header = { type, size };

	add(bytes, &header, sizeof(header));
	add(bytes, data, size);
}

static void add_end(struct bytes *bytes, uint8_t code, const char *message)
{
	char payload[64];

	payload[0] = (char)code;
	memcpy(payload + 1, message, strlen(message));
	add_frame(bytes, GUEST_FRAME_END, payload, (uint32_t)(1 + strlen(message)));
}

static void keep(void *arg, const uint8_t *data, size_t size)
{
	add(arg, data, size);
}

/* Feeds in pieces of at most step bytes. */
static struct driver_frames feed(const struct bytes *bytes, size_t step, struct bytes *ret_output)
{
	struct driver_frames frames;

	driver_frames_open(&frames);
	for (size_t at = 0; at < bytes->size; at += step) {
		size_t n = bytes->size - at < step ? bytes->size - at : step;
		uint8_t *piece =
			malloc(n); /* its own block, so that a sanitizer sees a read past it */
		memcpy(piece, bytes->data + at, n);
		assert_int_equal(driver_frames_feed(&frames, piece, n, keep, ret_output), 0);
		free(piece);
	}
	return frames;
}

static void a_run_in_pieces_of_any_size(void **state)
{
	struct bytes bytes = { 0 };

	(void)state;
	add_frame(&bytes, GUEST_FRAME_OUTPUT, "hello ", 6);
	add_frame(&bytes, GUEST_FRAME_OUTPUT, "", 0);
	add_frame(&bytes, GUEST_FRAME_OUTPUT, "world\n", 6);
	add_frame(&bytes, GUEST_FRAME_RESULT, "[1,", 3);
	add_frame(&bytes, GUEST_FRAME_RESULT, "2]", 2);
	add_end(&bytes, GUEST_END_RUNTIME, "oops");
	add(&bytes, "what follows an end is ignored", 30);
	for (size_t step = 1; step <= bytes.size; step++) {
		struct bytes output = { 0 };
		struct driver_frames frames = feed(&bytes, step, &output);
		assert_int_equal(frames.state, DRIVER_FRAMES_ENDED);
		assert_int_equal(frames.code, DRIVER_RUNTIME);
		assert_int_equal(frames.message_size, 4);
		assert_memory_equal(frames.message, "oops", 4);
		assert_string_equal(frames.result, "[1,2]");
		assert_int_equal(output.size, 12);
		assert_memory_equal(output.data, "hello world\n", 12);
		free(output.data);
		driver_frames_close(&frames);
	}
	free(bytes.data);
}

static void output_at_the_limit_and_one_past_X2(void **state)
{
	static char block[GUEST_FRAME_MAX];

	(void)state;
	for (int past = 0; past < 2; past++) {
		struct bytes bytes = { 0 }, output = { 0 };
		for (size_t i = 0; i < DRIVER_OUTPUT_MAX / GUEST_FRAME_MAX; i++)
			add_frame(&bytes, GUEST_FRAME_OUTPUT, block, GUEST_FRAME_MAX);
		if (past)
			add_frame(&bytes, GUEST_FRAME_OUTPUT, "x", 1);
		add_end(&bytes, GUEST_END_OK, "");
		struct driver_frames frames = feed(&bytes, 99999, &output);
		assert_int_equal(frames.state, past ? DRIVER_FRAMES_FULL : DRIVER_FRAMES_ENDED);
		assert_int_equal(frames.output_bytes, DRIVER_OUTPUT_MAX);
		assert_int_equal(output.size, DRIVER_OUTPUT_MAX);
		driver_frames_close(&frames);
		free(output.data);
		free(bytes.data);
	}
}

static void result_at_the_limit_and_one_past(void **state)
{
	static char block[GUEST_FRAME_MAX];

	(void)state;
	for (int past = 0; past < 2; past++) {
		struct bytes bytes = { 0 }, output = { 0 };
		for (size_t i = 0; i < DRIVER_RESULT_MAX / GUEST_FRAME_MAX; i++)
			add_frame(&bytes, GUEST_FRAME_RESULT, block, GUEST_FRAME_MAX);
		if (past)
			add_frame(&bytes, GUEST_FRAME_RESULT, "1", 1);
		add_end(&bytes, GUEST_END_OK, "");
		struct driver_frames frames = feed(&bytes, 1 << 20, &output);
		assert_int_equal(frames.state, past ? DRIVER_FRAMES_VIOLATED : DRIVER_FRAMES_ENDED);
		driver_frames_close(&frames);
		free(output.data);
		free(bytes.data);
	}
}

static void broken_frames_are_violations_X6(void **state)
{
	static const struct guest_frame headers[] = { { 0, 1 }, { 4, 1 }, { 0xffffffff, 0 },
		{ GUEST_FRAME_OUTPUT, GUEST_FRAME_MAX + 1 }, { GUEST_FRAME_RESULT, 0xffffffff },
		{ GUEST_FRAME_END, 0 }, { GUEST_FRAME_END, DRIVER_MESSAGE_MAX + 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct bytes bytes = { 0 }, output = { 0 };
		add(&bytes, &headers[i], sizeof(headers[i]));
		add(&bytes, "abc", 3);
		struct driver_frames frames = feed(&bytes, 3, &output);
		assert_int_equal(frames.state, DRIVER_FRAMES_VIOLATED);
		driver_frames_close(&frames);
		free(bytes.data);
	}
	struct bytes bytes = { 0 }, output = { 0 };
	add_end(&bytes, GUEST_END_UNSUPPORTED + 1, "no such end");
	struct driver_frames frames = feed(&bytes, 4, &output);
	assert_int_equal(frames.state, DRIVER_FRAMES_VIOLATED);
	driver_frames_close(&frames);
	free(bytes.data);
}

static void longest_message_and_header_at_the_limit(void **state)
{
	static char payload[1 + DRIVER_MESSAGE_MAX];
	struct bytes bytes = { 0 }, output = { 0 };

	(void)state;
	memset(payload + 1, 'm', DRIVER_MESSAGE_MAX);
	payload[0] = GUEST_END_RUNTIME;
	add_frame(&bytes, GUEST_FRAME_END, payload, sizeof(payload));
	struct driver_frames frames = feed(&bytes, 100, &output);
	assert_int_equal(frames.state, DRIVER_FRAMES_ENDED);
	assert_int_equal(frames.message_size, DRIVER_MESSAGE_MAX);
	driver_frames_close(&frames);
	free(bytes.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_in_pieces_of_any_size),
		cmocka_unit_test(output_at_the_limit_and_one_past_X2),
		cmocka_unit_test(result_at_the_limit_and_one_past),
		cmocka_unit_test(broken_frames_are_violations_X6),
		cmocka_unit_test(longest_message_and_header_at_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
