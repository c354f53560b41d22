/* options.h - the command line of workproof-worker. */
#ifndef WORKER_OPTIONS_H
#define WORKER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define OPTIONS_TIMEOUT_MIN_S 1
#define OPTIONS_TIMEOUT_MAX_S 60
#define OPTIONS_TIMEOUT_S     30
#define OPTIONS_CLOCK_MS      INT64_C(1767225600000) /* 2026-01-01T00:00:00Z (X4) */

struct options {
	const char *code_path;  /* required */
	const char *input_path; /* NULL: no input */
	int64_t timeout_ms;
	const char *driver;
	const char *engine;
	int64_t clock_ms;
	bool has_seed;
	uint8_t seed[32];
	bool json;
};

/* 0; or -1 and ret_why says what is wrong (static memory). */
int options_parse(struct options *ret_options, int argc, char **argv, const char **ret_why);
extern const char options_usage[];

#endif
