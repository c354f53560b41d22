#include "proto/task.h"
#include "services/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_hash(int argc, char **argv)
{
	const char *file = NULL, *input_file = NULL, *clock = NULL;
	const struct cli_argument arguments[] = {
		{ NULL, &file, NULL, true, "the program (JavaScript); - is standard input" },
		{ "--input", &input_file, NULL, false, "a file the program sees as `input`" },
		{ "--clock", &clock, NULL, false, "clockMs: what the program's clock says" },
	};
	struct wp_buffer code = { 0 }, input = { 0 };
	struct wp_hash code_hash, input_hash = { 0 };
	struct cli_run run;
	char text[WP_HASH_TEXT];
	int rc, status = cli_arguments(argc, argv, "hash FILE [--input FILE] [--clock MS]",
			arguments, WP_ARRAY_LEN(arguments));

	if (status != CLI_OK)
		return status < 0 ? CLI_OK : status;
	rc = cli_read_file(&code, file, WP_CODE_MAX_BYTES);
	if (rc == 0 && input_file)
		rc = cli_read_file(&input, input_file, WP_BODY_MAX_BYTES);
	if (rc < 0) {
		status = cli_fail(CLI_IO, "%s: %s", file, wp_strerror(-rc));
		goto out;
	}
	code_hash = wp_task_content_hash(NULL, 0, code.data, code.size);
	if (input_file)
		input_hash = wp_task_content_hash(NULL, 0, input.data, input.size);
	rc = cli_rerun(&run, &code, input_file ? &input : NULL, WP_TIMEOUT_DEFAULT_S * 1000,
		clock ? strtoll(clock, NULL, 10) : WP_CLOCK_DEFAULT_MS, &code_hash, &input_hash);
	if (rc < 0) {
		status = CLI_SOFTWARE;
	} else if (strcmp(run.outcome, "OK") != 0) {
		status = cli_fail(CLI_NEGATIVE, "the program ended %s %s: %s", run.outcome,
			run.error_code, run.message);
	} else {
		puts(wp_hash_text(text, &run.output_hash) + 2);
	}
out:
	wp_buffer_free(&input);
	wp_buffer_free(&code);
	return status;
}
