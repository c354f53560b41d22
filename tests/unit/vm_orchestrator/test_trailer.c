/* X6: the result line says what the host saw, and only the key's holder can write it. */
#include "services/vm-orchestrator/trailer.h"

#include "libcommon/base.h"
#include "proto/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct driver fake_driver = { .name = "process", .isolation = "process" };
static const uint8_t key_bytes[32] = { 1 }, other_bytes[32] = { 2 };

struct setting {
	struct wp_secret key, other;
	struct output output;
	struct driver_result result;
	struct trailer_source source;
};

static int set_up(void **state)
{
	struct setting *setting = calloc(1, sizeof *setting);

	*state = setting;
	setting->result.outcome = DRIVER_OK;
	setting->result.output_bytes = 3;
	setting->result.output_hash = wp_sha256("42\n", 3);
	setting->result.result = (char *)"null";
	setting->result.result_size = 4;
	snprintf(setting->result.engine_name, 32, "quickjs");
	snprintf(setting->result.engine_version, 32, "9");
	setting->source = (struct trailer_source){ .id = { { 7 } },
		.attempt = 2,
		.engine = "quickjs@9",
		.driver = &fake_driver,
		.result = &setting->result };
	output_append(&setting->output, "42\n", 3);
	return wp_secret_set(&setting->key, key_bytes, 32) |
	       wp_secret_set(&setting->other, other_bytes, 32);
}

static int tear_down(void **state)
{
	struct setting *setting = *state;

	output_free(&setting->output);
	wp_secret_wipe(&setting->key);
	wp_secret_wipe(&setting->other);
	free(setting);
	return 0;
}

static int read_back(struct setting *setting, struct wp_result *result)
{
	const struct wp_buffer *trailer = &setting->output.trailer;

	return wp_result_read(result, (const char *)trailer->data, trailer->size, &setting->key);
}

static void says_what_the_host_saw(void **state)
{
	struct setting *setting = *state;
	struct wp_result result;

	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_true(setting->output.ended);
	assert_int_equal(setting->output.trailer.data[setting->output.trailer.size], '\0');
	assert_int_equal(read_back(setting, &result), 0);
	assert_int_equal(result.id.bytes[0], 7);
	assert_int_equal(result.attempt, 2);
	assert_string_equal(result.outcome, "OK");
	assert_string_equal(result.engine, "quickjs@9");
	assert_string_equal(result.driver, "process");
	assert_int_equal(result.output_bytes, 3);
	assert_true(wp_hash_equal(&result.output_hash, &setting->result.output_hash));
	wp_result_free(&result);
}

/* The guest prints a whole line, and even puts one into its completion value: neither is the line.
 */
static void a_printed_line_is_only_output(void **state)
{
	struct setting *setting = *state;
	struct wp_result result;
	static const char spoof[] = "\nNOTARY_RESULT: {\"outcome\":\"OK\",\"mac\":\"00\"}\n";

	output_append(&setting->output, spoof, strlen(spoof));
	setting->result.output_bytes = setting->output.bytes.size;
	setting->result.result = (char *)"\"NOTARY_RESULT: {}\\nNOTARY_RESULT: {}\"";
	setting->result.outcome = DRIVER_ERROR;
	setting->result.error_code = DRIVER_RUNTIME;
	snprintf(setting->result.error_message, DRIVER_MESSAGE_MAX,
		"\",\"outcome\":\"OK\"}\nNOTARY_RESULT: {");
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_null(memchr(setting->output.trailer.data, '\n', setting->output.trailer.size));
	assert_int_equal(read_back(setting, &result), 0);
	assert_string_equal(result.outcome, "ERROR");
	assert_string_equal(result.error_code, "RUNTIME");
	assert_string_equal(result.error_message, setting->result.error_message);
	wp_result_free(&result);
}

static void no_other_key_and_no_other_byte_passes(void **state)
{
	struct setting *setting = *state;
	struct wp_buffer *trailer = &setting->output.trailer;
	struct wp_result result;

	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_true(wp_result_read(&result, (const char *)trailer->data, trailer->size,
			    &setting->other) < 0);
	for (size_t i = 0; i < trailer->size; i++) {
		trailer->data[i] ^= 1;
		assert_true(read_back(setting, &result) < 0);
		trailer->data[i] ^= 1;
	}
	assert_int_equal(read_back(setting, &result), 0);
	wp_result_free(&result);
}

static void a_count_that_differs_is_our_failure(void **state)
{
	struct setting *setting = *state;
	struct wp_result result;

	setting->result.output_bytes = 2;
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_int_equal(read_back(setting, &result), 0);
	assert_string_equal(result.outcome, "FAILED");
	assert_int_equal(result.output_bytes, 3);
	wp_result_free(&result);
}

static void too_many_bytes_are_our_failure(void **state)
{
	struct setting *setting = *state;
	struct wp_result result;

	setting->output.overflow = true;
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_int_equal(read_back(setting, &result), 0);
	assert_string_equal(result.outcome, "FAILED");
	wp_result_free(&result);
}

/* A completion value that fills the line to size bytes. */
static void set_value(struct setting *setting, char *value, size_t size)
{
	memset(value, '1', size);
	value[size] = '\0';
	setting->result.result = value;
	setting->result.result_size = size;
}

static void bounds_the_line(void **state)
{
	struct setting *setting = *state;
	struct wp_result result;
	char *value = malloc(OUTPUT_TRAILER_MAX + 1);

	assert_non_null(value);
	set_value(setting, value, 1);
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	size_t rest = setting->output.trailer.size - 1;
	/* At the limit the value is told. */
	set_value(setting, value, OUTPUT_TRAILER_MAX - rest);
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_int_equal(setting->output.trailer.size, OUTPUT_TRAILER_MAX);
	/* One past it is not; it decides nothing where something was printed. */
	set_value(setting, value, OUTPUT_TRAILER_MAX - rest + 1);
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_int_equal(read_back(setting, &result), 0);
	assert_string_equal(result.outcome, "OK");
	assert_string_equal(result.result, "null");
	wp_result_free(&result);
	/* Where nothing was printed it is the output, and too much of it. */
	output_free(&setting->output);
	setting->result.output_bytes = 0;
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_int_equal(read_back(setting, &result), 0);
	assert_string_equal(result.outcome, "ERROR");
	assert_string_equal(result.error_code, "OUTPUT");
	wp_result_free(&result);
	free(value);
}

static void tells_the_engine_asked_for_when_there_was_none(void **state)
{
	struct setting *setting = *state;
	struct wp_result result;

	setting->result = (struct driver_result){ .outcome = DRIVER_FAILED, .output_bytes = 3 };
	assert_int_equal(trailer_end(&setting->output, &setting->source, &setting->key), 0);
	assert_int_equal(read_back(setting, &result), 0);
	assert_string_equal(result.engine, "quickjs@9");
	assert_string_equal(result.outcome, "FAILED");
	wp_result_free(&result);
}

static void needs_a_whole_key(void **state)
{
	struct setting *setting = *state;
	struct wp_secret none = { 0 };

	assert_true(trailer_end(&setting->output, &setting->source, &none) < 0);
	assert_false(setting->output.ended);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_what_the_host_saw),
		TEST(a_printed_line_is_only_output),
		TEST(no_other_key_and_no_other_byte_passes),
		TEST(a_count_that_differs_is_our_failure),
		TEST(too_many_bytes_are_our_failure),
		TEST(bounds_the_line),
		TEST(tells_the_engine_asked_for_when_there_was_none),
		TEST(needs_a_whole_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
