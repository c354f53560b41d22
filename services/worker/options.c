#include "services/worker/options.h"

#include "libcommon/hex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char options_usage[] =
	"usage: workproof-worker run --code FILE [--input FILE] [--timeout S] [--driver D] [--engine E]\n"
	"                            [--clock MS] [--seed HEX] [--json]\n"
	"Runs one program in an isolate and prints what it prints.\n"
	"  --timeout S   CPU seconds, 1 to 60 (30)\n"
	"  --driver D    process (default) or null\n"
	"  --engine E    quickjs (default)\n"
	"  --clock MS    what Date.now() says (1767225600000)\n"
	"  --seed HEX    64 digits, of Math.random (SHA-256 of code hash and input hash)\n"
	"  --json        prints the outcome as one JSON object; the exit status is then 0\n";

static char why[128];

static int refuse(const char **ret_why, const char *what, const char *name)
{
	snprintf(why, sizeof(why), "%s %.64s", what, name);
	*ret_why = why;
	return -1;
}

static int parse_integer(const char *text, int64_t least, int64_t most, int64_t *ret_value)
{
	char *end;

	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < least || value > most)
		return -1;
	*ret_value = value;
	return 0;
}

/* Time values of ECMAScript: 8.64e15 ms around 1970. */
#define CLOCK_LIMIT_MS INT64_C(8640000000000000)

static int set_option(struct options *options, const char *name, const char *value)
{
	int64_t seconds;

	if (strcmp(name, "--code") == 0) {
		options->code_path = value;
	} else if (strcmp(name, "--input") == 0) {
		options->input_path = value;
	} else if (strcmp(name, "--driver") == 0) {
		options->driver = value;
	} else if (strcmp(name, "--engine") == 0) {
		options->engine = value;
	} else if (strcmp(name, "--clock") == 0) {
		return parse_integer(value, -CLOCK_LIMIT_MS, CLOCK_LIMIT_MS, &options->clock_ms);
	} else if (strcmp(name, "--seed") == 0) {
		options->has_seed = true;
		return wp_hex_decode(options->seed, sizeof(options->seed), value, strlen(value))
			       ? -1
			       : 0;
	} else {
		if (parse_integer(value, OPTIONS_TIMEOUT_MIN_S, OPTIONS_TIMEOUT_MAX_S, &seconds))
			return -1;
		options->timeout_ms = seconds * 1000;
	}
	return 0;
}

static bool is_option(const char *name)
{
	static const char *const names[] = { "--code", "--input", "--timeout", "--driver",
		"--engine", "--clock", "--seed" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

int options_parse(struct options *ret_options, int argc, char **argv, const char **ret_why)
{
	struct options options = { .timeout_ms = OPTIONS_TIMEOUT_S * 1000,
		.driver = "process",
		.engine = "quickjs",
		.clock_ms = OPTIONS_CLOCK_MS };

	if (argc < 2 || strcmp(argv[1], "run") != 0)
		return refuse(ret_why, "the first word must be", "run");
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			options.json = true;
			continue;
		}
		if (!is_option(argv[i]))
			return refuse(ret_why, "unknown option", argv[i]);
		if (i + 1 == argc)
			return refuse(ret_why, "a value is missing after", argv[i]);
		if (set_option(&options, argv[i], argv[i + 1]))
			return refuse(ret_why, "not a value of its option:", argv[i + 1]);
		i++;
	}
	if (!options.code_path)
		return refuse(ret_why, "missing option", "--code");
	*ret_options = options;
	return 0;
}
