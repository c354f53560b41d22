#include "proto/task.h"
#include "services/cli/cli.h"
#include "services/vm-orchestrator/driver.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* The output itself is not needed here: the driver hashes it. */
static void output_ignore(void *arg, const uint8_t *data, size_t size)
{
	(void)arg;
	(void)data;
	(void)size;
}

static void run_wait(struct cli_run *ret_run, const struct driver *driver, struct driver_run *run)
{
	const struct driver_result *result = NULL;
	struct pollfd ready = { .fd = driver->fd(run), .events = POLLIN };

	while (!result)
		if (poll(&ready, 1, -1) > 0)
			result = driver->step(run);
	ret_run->output_hash = result->output_hash;
	snprintf(ret_run->outcome, sizeof(ret_run->outcome), "%s",
		driver_outcome_text(result->outcome));
	snprintf(ret_run->error_code, sizeof(ret_run->error_code), "%s",
		driver_error_code_text(result->error_code));
	snprintf(ret_run->message, sizeof(ret_run->message), "%.500s", result->error_message);
}

int cli_rerun(struct cli_run *ret_run, const struct wp_buffer *code, const struct wp_buffer *input,
	int64_t timeout_ms, int64_t clock_ms, const struct wp_hash *code_hash,
	const struct wp_hash *input_hash)
{
	const struct driver *driver = driver_by_name("process");
	const struct driver_settings settings = { .installation = "workproof-cli", .capacity = 1 };
	const char *why = "";
	struct driver_run *run = NULL;
	void *state = NULL;
	char name[DRIVER_NAME_MAX];
	int rc = driver->open(&settings, &state, &why);

	if (rc < 0) {
		cli_fail(0, "this machine cannot isolate a program: %s",
			why ? why : wp_strerror(-rc));
		return rc;
	}
	snprintf(name, sizeof(name), "cli-%d:1", (int)getpid());
	struct driver_task task = {
		.name = name,
		.code = (const char *)code->data,
		.code_size = code->size,
		.input = input ? (const char *)input->data : NULL,
		.input_size = input ? input->size : 0,
		.engine = "quickjs",
		.timeout_ms = timeout_ms,
		.wall_ms = wp_lifetime_run_ms(timeout_ms),
		.clock_ms = clock_ms,
	};
	wp_task_seed(task.seed, code_hash, input_hash);
	rc = driver->spawn(state, &task, output_ignore, NULL, &run);
	if (rc == 0)
		run_wait(ret_run, driver, run);
	else
		cli_fail(0, "starting the isolate: %s", wp_strerror(-rc));
	driver->free(run);
	driver->close(state);
	return rc;
}
