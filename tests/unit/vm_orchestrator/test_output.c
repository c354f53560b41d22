/* X2: output at 1 MB and one past; X11: a follower resumes at any offset. */
#include "services/vm-orchestrator/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fill(struct output *output, size_t size)
{
	uint8_t *data = malloc(size);

	assert_non_null(data);
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	output_append(output, data, size);
	free(data);
}

static void keeps_one_megabyte_and_no_more(void **state)
{
	struct output output = { 0 };

	(void)state;
	fill(&output, OUTPUT_MAX - 1);
	output_append(&output, "x", 1);
	assert_int_equal(output.bytes.size, OUTPUT_MAX);
	assert_false(output.overflow);
	output_append(&output, "y", 1);
	assert_int_equal(output.bytes.size, OUTPUT_MAX);
	assert_int_equal(output.bytes.data[OUTPUT_MAX - 1], 'x');
	assert_true(output.overflow);
	output_free(&output);
}

static void cuts_an_append_that_crosses_the_limit(void **state)
{
	struct output output = { 0 };

	(void)state;
	fill(&output, OUTPUT_MAX - 2);
	output_append(&output, "abc", 3);
	assert_int_equal(output.bytes.size, OUTPUT_MAX);
	assert_memory_equal(output.bytes.data + OUTPUT_MAX - 2, "ab", 2);
	assert_true(output.overflow);
	output_free(&output);
}

/* Everything from offset on arrives once, in order, in pieces within the limit. */
static void expect_all_from(const struct output *output, uint64_t offset)
{
	struct output_follower follower = { 0 };
	struct output_chunk chunk;
	uint64_t next = offset;
	unsigned count = 0;

	assert_true(output_follow(&follower, output, 1, offset, "ipc://a"));
	while (output_next_chunk(&follower, output, &chunk)) {
		assert_true(chunk.size <= OUTPUT_CHUNK_MAX);
		assert_true(chunk.offset == next);
		assert_true(chunk.size == 0 ||
			    memcmp(chunk.data, output->bytes.data + next, chunk.size) == 0);
		next += chunk.size;
		assert_int_equal(chunk.ended, output->ended && next == output->bytes.size);
		output_chunk_sent(&follower, &chunk);
		assert_true(++count <= OUTPUT_MAX / OUTPUT_CHUNK_MAX + 1);
	}
	assert_true(next == output->bytes.size);
	assert_int_equal(follower.finished, output->ended);
}

static void sends_from_any_offset(void **state)
{
	static const uint64_t offsets[] = { 0, 1, OUTPUT_CHUNK_MAX - 1, OUTPUT_CHUNK_MAX,
		OUTPUT_CHUNK_MAX + 1, 2 * OUTPUT_CHUNK_MAX, OUTPUT_MAX - 1, OUTPUT_MAX };
	struct output output = { 0 };

	(void)state;
	fill(&output, OUTPUT_MAX);
	for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++)
		expect_all_from(&output, offsets[i]);
	output.ended = true;
	for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++)
		expect_all_from(&output, offsets[i]);
	output_free(&output);
}

static void takes_an_offset_past_the_end_as_the_end(void **state)
{
	struct output output = { 0 };
	struct output_follower follower = { 0 };
	struct output_chunk chunk;

	(void)state;
	output_append(&output, "abc", 3);
	output.ended = true;
	assert_true(output_follow(&follower, &output, 1, UINT64_MAX, "ipc://a"));
	assert_true(output_next_chunk(&follower, &output, &chunk));
	assert_true(chunk.offset == 3 && chunk.size == 0 && chunk.ended);
	output_free(&output);
}

static void is_silent_without_news_until_asked_again(void **state)
{
	struct output output = { 0 };
	struct output_follower follower = { 0 };
	struct output_chunk chunk;

	(void)state;
	assert_false(output_next_chunk(&follower, &output, &chunk));
	assert_true(output_follow(&follower, &output, 5, 0, "ipc://a"));
	assert_false(output_next_chunk(&follower, &output, &chunk));
	assert_true(output_follow(&follower, &output, 5, 0, "ipc://a"));
	assert_true(output_next_chunk(&follower, &output, &chunk));
	assert_true(chunk.size == 0 && !chunk.ended);
	output_chunk_sent(&follower, &chunk);
	assert_false(output_next_chunk(&follower, &output, &chunk));
	output_append(&output, "z", 1);
	assert_true(output_next_chunk(&follower, &output, &chunk));
	assert_int_equal(chunk.size, 1);
	output_free(&output);
}

static void the_trailer_goes_once_per_request(void **state)
{
	struct output output = { .ended = true };
	struct output_follower follower = { 0 };
	struct output_chunk chunk;

	(void)state;
	assert_true(output_follow(&follower, &output, 5, 0, "ipc://a"));
	assert_true(output_next_chunk(&follower, &output, &chunk));
	output_chunk_sent(&follower, &chunk);
	assert_false(output_next_chunk(&follower, &output, &chunk));
	assert_true(output_follow(&follower, &output, 5, 0, "ipc://a"));
	assert_true(output_next_chunk(&follower, &output, &chunk));
	assert_true(chunk.ended);
}

static void follows_the_highest_fence(void **state)
{
	struct output output = { 0 };
	struct output_follower follower = { 0 };
	char endpoint[WP_BUS_ENDPOINT_MAX + 1];

	(void)state;
	assert_true(output_follow(&follower, &output, 5, 0, "ipc://a"));
	assert_true(output_follow(&follower, &output, 6, 0, "ipc://b"));
	assert_false(output_follow(&follower, &output, 5, 0, "ipc://a"));
	assert_string_equal(follower.endpoint, "ipc://b");
	assert_false(output_follow(&follower, &output, 7, 0, ""));
	memset(endpoint, 'e', sizeof endpoint);
	endpoint[WP_BUS_ENDPOINT_MAX] = '\0';
	assert_false(output_follow(&follower, &output, 7, 0, endpoint));
	endpoint[WP_BUS_ENDPOINT_MAX - 1] = '\0';
	assert_true(output_follow(&follower, &output, 7, 0, endpoint));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_one_megabyte_and_no_more),
		cmocka_unit_test(cuts_an_append_that_crosses_the_limit),
		cmocka_unit_test(sends_from_any_offset),
		cmocka_unit_test(takes_an_offset_past_the_end_as_the_end),
		cmocka_unit_test(is_silent_without_news_until_asked_again),
		cmocka_unit_test(the_trailer_goes_once_per_request),
		cmocka_unit_test(follows_the_highest_fence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
