#include "services/worker/report.h"

#include "services/vm-orchestrator/driver_text.h"

#include <stdio.h>
#include <string.h>

static void put(struct wp_buffer *out, const char *text)
{
	wp_buffer_append(out, text, strlen(text));
}

/* A string; what a captured guest sent as no UTF-8 shows as U+FFFD (the hash covers the bytes). */
static void put_string(struct wp_buffer *out, const char *text, size_t size)
{
	char escape[8];

	put(out, "\"");
	for (size_t i = 0, n; i < size; i += n ? n : 1) {
		unsigned char c = (unsigned char)text[i];
		n = driver_text_utf8(text + i, size - i);
		if (n == 0) {
			put(out, "\xef\xbf\xbd");
		} else if (c == '"' || c == '\\') {
			wp_buffer_append(out, (char[]){ '\\', (char)c }, 2);
		} else if (c < 0x20 || c == 0x7f) {
			snprintf(escape, sizeof(escape), "\\u%04x", c);
			put(out, escape);
		} else {
			wp_buffer_append(out, text + i, n);
		}
	}
	put(out, "\"");
}

static void put_member_name(struct wp_buffer *out, const char *name)
{
	put(out, out->size > 0 && out->data[out->size - 1] != '{' ? "," : "");
	put_string(out, name, strlen(name));
	put(out, ":");
}

static void put_text(struct wp_buffer *out, const char *name, const char *text)
{
	put_member_name(out, name);
	if (text && text[0])
		put_string(out, text, strlen(text));
	else
		put(out, "null");
}

static void put_integer(struct wp_buffer *out, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	put_member_name(out, name);
	put(out, text);
}

static void put_hash(struct wp_buffer *out, const char *name, const struct wp_hash *hash)
{
	char text[WP_HASH_TEXT];

	put_text(out, name, wp_hash_is_zero(hash) ? NULL : wp_hash_text(text, hash));
}

static const char *outcome_text(const struct task_outcome *outcome)
{
	if (outcome->refusal != WP_PROGRAM_FINE)
		return "ERROR";
	return driver_outcome_text(outcome->result.outcome);
}

static void put_error(struct wp_buffer *out, const struct task_outcome *outcome)
{
	char text[sizeof(outcome->problem.text) + 48];
	const struct wp_program_problem *problem = &outcome->problem;

	if (outcome->refusal == WP_PROGRAM_FINE) {
		put_text(out, "errorCode", driver_error_code_text(outcome->result.error_code));
		put_text(out, "errorMessage", outcome->result.error_message);
		return;
	}
	if (problem->line > 0)
		snprintf(text, sizeof(text), "line %zu, column %zu: %s", problem->line,
			problem->column, problem->text);
	else
		snprintf(text, sizeof(text), "%s", problem->text);
	put_text(out, "errorCode", wp_program_refusal_text(outcome->refusal));
	put_text(out, "errorMessage", text);
}

void report_write(struct wp_buffer *out, const struct task_outcome *outcome)
{
	const struct driver_result *result = &outcome->result;

	put(out, "{");
	put_text(out, "outcome", outcome_text(outcome));
	put_error(out, outcome);
	put_member_name(out, "stdout");
	put_string(out, (const char *)outcome->output.data, outcome->output.size);
	put_member_name(out, "result");
	put(out, result->result ? result->result : "null");
	put_hash(out, "outputHash", &result->output_hash);
	put_integer(out, "outputBytes", (int64_t)result->output_bytes);
	put_integer(out, "timeMs", result->time_ms);
	put_integer(out, "memoryPeakBytes", result->memory_peak_bytes);
	put_member_name(out, "engine");
	put(out, "{");
	put_text(out, "name", result->engine_name[0] ? result->engine_name : outcome->engine);
	put_text(out, "version", result->engine_version);
	put(out, "}");
	put_hash(out, "guestDigest", &result->guest_digest);
	put_text(out, "driver", outcome->driver->name);
	put_text(out, "isolation", outcome->driver->isolation);
	put(out, "}\n");
}

static int print_plain(const struct task_outcome *outcome)
{
	const struct driver_result *result = &outcome->result;

	if (outcome->output.size > 0)
		fwrite(outcome->output.data, 1, outcome->output.size, stdout);
	if (outcome->refusal != WP_PROGRAM_FINE) {
		fprintf(stderr, "workproof-worker: %s: line %zu: %s\n",
			wp_program_refusal_text(outcome->refusal), outcome->problem.line,
			outcome->problem.text);
		return EXIT_PROGRAM;
	}
	if (result->outcome == DRIVER_OK)
		return EXIT_VERDICT;
	fprintf(stderr, "workproof-worker: %s %s\n", driver_error_code_text(result->error_code),
		result->error_message);
	return result->outcome == DRIVER_FAILED ? EXIT_HOST : EXIT_PROGRAM;
}

static int print_json(const struct task_outcome *outcome)
{
	struct wp_buffer out = { 0 };

	report_write(&out, outcome);
	if (!out.failed)
		fwrite(out.data, 1, out.size, stdout);
	int status =
		out.failed || outcome->result.outcome == DRIVER_FAILED ? EXIT_HOST : EXIT_VERDICT;
	wp_buffer_free(&out);
	return status;
}

int report_print(const struct task_outcome *outcome, bool as_json)
{
	return as_json ? print_json(outcome) : print_plain(outcome);
}
