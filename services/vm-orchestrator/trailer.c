#include "services/vm-orchestrator/trailer.h"

#include "libcommon/base.h"
#include "proto/result.h"

#include <stdio.h>
#include <string.h>

static void set_text(char *to, size_t capacity, const char *text)
{
	snprintf(to, capacity, "%s", text);
}

/* The texts of ret_result are borrowed from source: it is not to be freed. */
static void describe(
	struct wp_result *ret_result, const struct trailer_source *source, size_t output_bytes)
{
	const struct driver_result *result = source->result;

	*ret_result = (struct wp_result){
		.id = source->id,
		.attempt = source->attempt,
		.error_message = (char *)result->error_message,
		.result = result->result == NULL ? (char *)"null" : result->result,
		.output_hash = result->output_hash,
		.output_bytes = output_bytes,
		.time_ms = result->time_ms,
		.memory_peak_bytes = result->memory_peak_bytes,
		.guest_digest = result->guest_digest,
	};
	set_text(ret_result->outcome, sizeof ret_result->outcome,
		driver_outcome_text(result->outcome));
	set_text(ret_result->error_code, sizeof ret_result->error_code,
		driver_error_code_text(result->error_code));
	set_text(ret_result->driver, sizeof ret_result->driver, source->driver->name);
	set_text(ret_result->isolation, sizeof ret_result->isolation, source->driver->isolation);
	/* A driver that runs nothing stands in for whatever engine was asked for. */
	if (result->engine_name[0] == '\0' || strcmp(source->driver->isolation, "none") == 0)
		set_text(ret_result->engine, sizeof ret_result->engine, source->engine);
	else if (snprintf(ret_result->engine, sizeof ret_result->engine, "%s@%s",
			 result->engine_name,
			 result->engine_version) >= (int)sizeof ret_result->engine)
		ret_result->engine[0] = '\0';
}

static void replace_outcome(
	struct wp_result *result, const char *outcome, const char *error_code, const char *message)
{
	set_text(result->outcome, sizeof result->outcome, outcome);
	set_text(result->error_code, sizeof result->error_code, error_code);
	result->error_message = (char *)message;
	result->result = (char *)"null";
}

/* The completion value decides only where nothing was printed (H1). */
static void drop_value(struct wp_result *result)
{
	if (strcmp(result->outcome, "OK") == 0 && result->output_bytes == 0)
		replace_outcome(result, "ERROR", "OUTPUT", "the completion value is too large");
	else
		result->result = (char *)"null";
}

int trailer_end(
	struct output *output, const struct trailer_source *source, const struct wp_secret *key)
{
	struct wp_result result;
	struct wp_buffer line = { 0 };
	int status;

	describe(&result, source, output->bytes.size);
	if (output->overflow || output->bytes.failed ||
		output->bytes.size != source->result->output_bytes)
		replace_outcome(
			&result, "FAILED", "", "the driver's output is not what it counted");
	status = wp_result_write(&line, &result, key);
	if (status == 0 && line.size > OUTPUT_TRAILER_MAX) {
		wp_buffer_free(&line);
		drop_value(&result);
		status = wp_result_write(&line, &result, key);
	}
	wp_buffer_append(&line, "", 1);
	if (status == 0 && line.failed)
		status = -ENOMEM;
	if (status < 0) {
		wp_buffer_free(&line);
		return status;
	}
	line.size--;
	wp_buffer_free(&output->trailer);
	output->trailer = line;
	output->ended = true;
	return 0;
}
