/* workproof-worker - runs one program in an isolate, without any service. */
#include "services/worker/options.h"
#include "services/worker/report.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

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
	int status = error ? EXIT_HOST : report_print(&outcome, options.json);
	task_outcome_free(&outcome);
	return status;
}
