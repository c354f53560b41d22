#include "services/worker/task.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALL_FACTOR   4 /* wall time allowed per CPU time: a busy host is not the program's fault */
#define WALL_EXTRA_MS 5000
#define INPUT_MAX     (1u << 20)

struct text {
	char *data;
	size_t size;
};

/* At most limit + 1 bytes, so that one too many shows. 0 or -errno. */
static int read_file(const char *path, size_t limit, struct text *ret_text)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return -errno;
	char *data = malloc(limit + 2);
	size_t size = data ? fread(data, 1, limit + 1, file) : 0;
	int error = !data ? -ENOMEM : ferror(file) ? -EIO : 0;
	fclose(file);
	if (error) {
		free(data);
		return error;
	}
	data[size] = '\0';
	ret_text->data = data;
	ret_text->size = size;
	return 0;
}

/* X4: SHA-256(codeHash ‖ inputHash); without input the hash of nothing. */
static void default_seed(const struct text *code, const struct text *input, uint8_t seed[static 32])
{
	struct wp_hash hashes[2] = { wp_sha256(code->data, code->size),
		wp_sha256(input->data ? input->data : "", input->size) };
	struct wp_hash hash = wp_sha256(hashes, sizeof(hashes));

	memcpy(seed, hash.bytes, 32);
}

static void keep_output(void *arg, const uint8_t *data, size_t size)
{
	wp_buffer_append(arg, data, size);
}

static const struct driver_result *wait_for_end(const struct driver *driver, struct driver_run *run)
{
	const struct driver_result *result;

	while (!(result = driver->step(run))) {
		struct pollfd poll_fd = { driver->fd(run), POLLIN, 0 };
		poll(&poll_fd, 1, -1);
	}
	return result;
}

static int run_on(const struct driver *driver, void *state, const struct driver_task *task,
	struct task_outcome *outcome)
{
	struct driver_run *run;
	int error = driver->spawn(state, task, keep_output, &outcome->output, &run);

	if (error) {
		snprintf(outcome->why, sizeof(outcome->why), "cannot start an isolate: %s",
			strerror(-error));
		return error;
	}
	outcome->result = *wait_for_end(driver, run);
	outcome->result.result = strdup(outcome->result.result ? outcome->result.result : "null");
	driver->free(run);
	return outcome->result.result && !outcome->output.failed ? 0 : -ENOMEM;
}

static int run_program(const struct options *options, const struct text *code,
	const struct text *input, struct task_outcome *outcome)
{
	char name[DRIVER_NAME_MAX];
	struct driver_settings settings = { .installation = "worker", .capacity = 1 };
	struct driver_task task = { .name = name,
		.code = code->data,
		.code_size = code->size,
		.input = input->data,
		.input_size = input->size,
		.engine = options->engine,
		.timeout_ms = options->timeout_ms,
		.wall_ms = options->timeout_ms * WALL_FACTOR + WALL_EXTRA_MS,
		.clock_ms = options->clock_ms };
	void *state;
	const char *why = NULL;

	snprintf(name, sizeof(name), "run:%08x", randombytes_random());
	if (options->has_seed)
		memcpy(task.seed, options->seed, sizeof(task.seed));
	else
		default_seed(code, input, task.seed);
	int error = outcome->driver->open(&settings, &state, &why);
	if (why)
		snprintf(outcome->why, sizeof(outcome->why), "%s", why);
	if (error)
		return error;
	error = run_on(outcome->driver, state, &task, outcome);
	outcome->driver->close(state);
	return error;
}

int task_run(const struct options *options, struct task_outcome *ret_outcome)
{
	struct text code = { 0 }, input = { 0 };

	memset(ret_outcome, 0, sizeof(*ret_outcome));
	ret_outcome->engine = options->engine;
	ret_outcome->driver = driver_by_name(options->driver);
	if (!ret_outcome->driver || strcmp(options->engine, "quickjs") != 0) {
		snprintf(ret_outcome->why, sizeof(ret_outcome->why),
			"there is no such driver or engine");
		return -EINVAL;
	}
	int error = read_file(options->code_path, WP_PROGRAM_SIZE_MAX, &code);
	if (!error && options->input_path)
		error = read_file(options->input_path, INPUT_MAX, &input);
	if (!error && input.size > INPUT_MAX)
		error = -EFBIG;
	if (error)
		snprintf(ret_outcome->why, sizeof(ret_outcome->why),
			"cannot read the program or its input: %s", strerror(-error));
	else
		ret_outcome->refusal =
			wp_program_check(code.data, code.size, &ret_outcome->problem);
	if (!error && ret_outcome->refusal == WP_PROGRAM_FINE)
		error = run_program(options, &code, &input, ret_outcome);
	free(code.data);
	free(input.data);
	return error;
}

void task_outcome_free(struct task_outcome *outcome)
{
	free(outcome->result.result);
	wp_buffer_free(&outcome->output);
}
