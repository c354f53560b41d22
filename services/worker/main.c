/* workproof-worker - runs one program in an isolate, without any service. */
#include "services/worker/options.h"
#include "services/worker/report.h"
#include "services/worker/task.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_VERDICT = 0, EXIT_PROGRAM = 1, EXIT_USAGE = 64, EXIT_HOST = 70 };

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

int main(int argc, char **argv)
{
	struct options options;
	struct task_outcome outcome;
	const char *why;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(options_usage, stdout) < 0;
	if (options_parse(&options, argc, argv, &why)) {
		fprintf(stderr, "workproof-worker: %s\n%s", why, options_usage);
		return EXIT_USAGE;
	}
	if (sodium_init() < 0)
		return EXIT_HOST;
	int error = task_run(&options, &outcome);
	if (error || outcome.why[0])
		fprintf(stderr, "workproof-worker: %s\n", outcome.why);
	int status = error          ? EXIT_HOST
		     : options.json ? print_json(&outcome)
				    : print_plain(&outcome);
	task_outcome_free(&outcome);
	return status;
}
