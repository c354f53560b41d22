/* X11: chunks lost, doubled, late or cut anywhere give the same bytes; X2: 1 MB and one past. */
#include "services/log-streamer/collect.h"

#include "libcommon/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "0123456789";

static enum collect_step add(struct wp_buffer *bytes, uint64_t offset, size_t size, bool ended)
{
	return collect_chunk(bytes, offset, text + (offset > 10 ? 0 : offset), size, ended);
}

static void joins_chunks(void **state)
{
	struct wp_buffer bytes = { 0 };

	(void)state;
	assert_int_equal(add(&bytes, 0, 4, false), COLLECT_MORE);
	assert_int_equal(add(&bytes, 4, 3, false), COLLECT_MORE);
	assert_int_equal(add(&bytes, 7, 3, true), COLLECT_ENDED);
	assert_int_equal(bytes.size, 10);
	assert_memory_equal(bytes.data, text, 10);
	wp_buffer_free(&bytes);
}

/* Every cut of the text, resent from every offset. */
static void resumes_at_every_offset(void **state)
{
	(void)state;
	for (size_t cut = 0; cut <= 10; cut++) {
		for (size_t again = 0; again <= cut; again++) {
			struct wp_buffer bytes = { 0 };

			assert_int_equal(add(&bytes, 0, cut, false), COLLECT_MORE);
			assert_int_equal(add(&bytes, again, 10 - again, true), COLLECT_ENDED);
			assert_int_equal(bytes.size, 10);
			assert_memory_equal(bytes.data, text, 10);
			wp_buffer_free(&bytes);
		}
	}
}

static void ignores_what_it_knows(void **state)
{
	struct wp_buffer bytes = { 0 };

	(void)state;
	add(&bytes, 0, 8, false);
	assert_int_equal(add(&bytes, 2, 3, false), COLLECT_MORE);
	assert_int_equal(add(&bytes, 8, 0, false), COLLECT_MORE);
	assert_int_equal(bytes.size, 8);
	wp_buffer_free(&bytes);
}

static void asks_for_a_gap(void **state)
{
	struct wp_buffer bytes = { 0 };

	(void)state;
	add(&bytes, 0, 3, false);
	assert_int_equal(add(&bytes, 4, 2, false), COLLECT_GAP);
	assert_int_equal(add(&bytes, 4, 6, true), COLLECT_GAP);
	assert_int_equal(bytes.size, 3);
	wp_buffer_free(&bytes);
}

static void does_not_believe_an_end_before_what_it_holds(void **state)
{
	struct wp_buffer bytes = { 0 };

	(void)state;
	add(&bytes, 0, 8, false);
	assert_int_equal(add(&bytes, 2, 3, true), COLLECT_BAD);
	wp_buffer_free(&bytes);
}

static void an_empty_output_ends_at_once(void **state)
{
	struct wp_buffer bytes = { 0 };

	(void)state;
	assert_int_equal(collect_chunk(&bytes, 0, NULL, 0, true), COLLECT_ENDED);
	assert_int_equal(bytes.size, 0);
}

static void stops_one_past_the_limit(void **state)
{
	struct wp_buffer bytes = { 0 };
	char *data = calloc(1, COLLECT_MAX + 1);

	(void)state;
	assert_non_null(data);
	assert_int_equal(collect_chunk(&bytes, 0, data, COLLECT_MAX + 1, false), COLLECT_BAD);
	assert_int_equal(collect_chunk(&bytes, 0, data, COLLECT_MAX, false), COLLECT_MORE);
	assert_int_equal(collect_chunk(&bytes, COLLECT_MAX, data, 1, false), COLLECT_BAD);
	assert_int_equal(collect_chunk(&bytes, UINT64_MAX, data, 1, false), COLLECT_BAD);
	assert_int_equal(collect_chunk(&bytes, COLLECT_MAX, data, 0, true), COLLECT_ENDED);
	wp_buffer_free(&bytes);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_chunks),
		cmocka_unit_test(resumes_at_every_offset),
		cmocka_unit_test(ignores_what_it_knows),
		cmocka_unit_test(asks_for_a_gap),
		cmocka_unit_test(does_not_believe_an_end_before_what_it_holds),
		cmocka_unit_test(an_empty_output_ends_at_once),
		cmocka_unit_test(stops_one_past_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
