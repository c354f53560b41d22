#include "services/vm-orchestrator/driver_null.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const char printed[] = "null\n";

struct null_state {
	unsigned capacity, live;
};

struct null_run {
	struct null_state *state;
	driver_output_fn *output;
	void *arg;
	int event;
	bool killed, told;
	char json[sizeof("null")];
	struct driver_result result;
};

static struct null_run *as_null(const struct driver_run *run)
{
	return (struct null_run *)run;
}

static int null_open(const struct driver_settings *settings, void **ret_state, const char **ret_why)
{
	struct null_state *state = calloc(1, sizeof(*state));

	if (!state) {
		*ret_why = "out of memory";
		return -ENOMEM;
	}
	state->capacity = settings->capacity;
	*ret_state = state;
	return 0;
}

static void null_close(void *state)
{
	free(state);
}

static void fill_result(struct null_run *run)
{
	struct driver_result *result = &run->result;

	memcpy(run->json, "null", sizeof(run->json));
	result->result = run->json;
	result->result_size = 4;
	result->output_bytes = sizeof(printed) - 1;
	result->output_hash = wp_sha256(printed, sizeof(printed) - 1);
	memcpy(result->engine_name, "null", 5);
	memcpy(result->engine_version, "1", 2);
}

static int null_spawn(void *state, const struct driver_task *task, driver_output_fn *output,
	void *arg, struct driver_run **ret_run)
{
	struct null_state *null = state;
	struct null_run *run;

	(void)task;
	if (null->live >= null->capacity)
		return -EAGAIN;
	run = calloc(1, sizeof(*run));
	if (!run)
		return -ENOMEM;
	run->event = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (run->event < 0) {
		int error = -errno;
		free(run);
		return error;
	}
	run->state = null;
	run->output = output;
	run->arg = arg;
	fill_result(run);
	null->live++;
	*ret_run = (struct driver_run *)run;
	return 0;
}

static int null_fd(const struct driver_run *run)
{
	return as_null(run)->event;
}

static const struct driver_result *null_step(struct driver_run *driver_run)
{
	struct null_run *run = as_null(driver_run);
	uint64_t count;

	if (run->told || read(run->event, &count, sizeof(count)) < 0)
		return NULL;
	run->told = true;
	run->state->live--;
	if (run->killed) {
		run->result.outcome = DRIVER_FAILED;
		run->result.output_bytes = 0;
		run->result.output_hash = wp_sha256(run->json, 4);
		memcpy(run->result.error_message, "killed", 7);
	} else {
		run->output(run->arg, (const uint8_t *)printed, sizeof(printed) - 1);
	}
	return &run->result;
}

static void null_kill(struct driver_run *run)
{
	as_null(run)->killed = true;
}

static void null_free(struct driver_run *driver_run)
{
	struct null_run *run = as_null(driver_run);

	if (!run)
		return;
	if (!run->told)
		run->state->live--;
	close(run->event);
	free(run);
}

static int null_list(
	void *state, void (*fn)(void *arg, const char *name, int64_t age_ms), void *arg)
{
	(void)state, (void)fn, (void)arg;
	return 0;
}

static int null_kill_by_name(void *state, const char *name)
{
	(void)state, (void)name;
	return -ESRCH;
}

const struct driver driver_null = {
	.name = "null",
	.isolation = "none",
	.open = null_open,
	.close = null_close,
	.spawn = null_spawn,
	.fd = null_fd,
	.step = null_step,
	.kill = null_kill,
	.free = null_free,
	.list = null_list,
	.kill_by_name = null_kill_by_name,
};
