#include "services/vm-orchestrator/driver_process.h"

#include "libcommon/time.h"
#include "services/vm-orchestrator/driver_run.h"
#include "services/vm-orchestrator/driver_scan.h"
#include "services/vm-orchestrator/driver_zygote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define CPU_SLACK_S 2 /* RLIMIT_CPU counts whole seconds; the host's own deadline comes first */

struct process_state {
	char installation[33];
	unsigned capacity, live;
	struct driver_zygote zygote;
	struct driver_run *runs;
};

static bool is_installation(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz-");
	return n >= 1 && n <= 32 && text[n] == '\0';
}

static bool is_run_name(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz:_-");
	return n >= 1 && n < DRIVER_NAME_MAX && text[n] == '\0';
}

static void process_close(void *arg)
{
	struct process_state *state = arg;

	if (!state)
		return;
	while (state->runs) {
		struct driver_run *run = state->runs;
		driver_run_kill(run, DRIVER_RUN_REQUEST);
		while (state->runs == run) /* takes itself off the list when it is dead */
			driver_run_step(run);
	}
	driver_zygote_close(&state->zygote);
	free(state);
}

/* why outlives the call: it is kept in static memory of the last failure. */
static const char *keep_why(const char *why)
{
	static char kept[sizeof(((struct driver_zygote *)0)->why)];

	snprintf(kept, sizeof(kept), "%s", why);
	return kept[0] ? kept : NULL;
}

static int process_open(
	const struct driver_settings *settings, void **ret_state, const char **ret_why)
{
	struct process_state *state;

	if (!is_installation(settings->installation)) {
		*ret_why = "the installation's name must be 1 to 32 of a-z, 0-9 and -";
		return -EINVAL;
	}
	state = calloc(1, sizeof(*state));
	if (!state) {
		*ret_why = "out of memory";
		return -ENOMEM;
	}
	memcpy(state->installation, settings->installation, strlen(settings->installation) + 1);
	state->capacity = settings->capacity;
	int error = driver_zygote_open(&state->zygote, settings->guest_path);
	if (!error)
		error = driver_zygote_start(&state->zygote);
	*ret_why = keep_why(state->zygote.why);
	if (error)
		process_close(state);
	else
		*ret_state = state;
	return error;
}

/* The task as a memory file: the guest maps it, nothing is copied through a pipe. */
static int write_task(const struct driver_task *task, int *ret_fd)
{
	struct guest_task header = { .magic = GUEST_TASK_MAGIC,
		.has_input = task->input != NULL,
		.code_size = task->code_size,
		.input_size = task->input ? task->input_size : 0,
		.clock_ms = task->clock_ms };
	struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ (void *)(uintptr_t)task->code, task->code_size },
		{ (void *)(uintptr_t) "", 1 },
		{ (void *)(uintptr_t)(task->input ? task->input : ""), header.input_size },
		{ (void *)(uintptr_t) "", 1 },
	};
	size_t total = sizeof(header) + task->code_size + 1 + header.input_size + 1;

	memcpy(header.seed, task->seed, sizeof(header.seed));
	int fd = memfd_create("task", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (writev(fd, parts, 5) != (ssize_t)total) {
		close(fd);
		return -ENOSPC;
	}
	*ret_fd = fd;
	return 0;
}

static void write_order(const struct process_state *state, const struct driver_task *task,
	struct guest_order *ret_order)
{
	memset(ret_order, 0, sizeof(*ret_order));
	ret_order->magic = GUEST_ORDER_MAGIC;
	ret_order->cpu_limit_s = (uint32_t)((task->timeout_ms + 999) / 1000 + CPU_SLACK_S);
	ret_order->wall_ms = task->wall_ms;
	driver_scan_mark(ret_order->comm, state->installation);
	driver_scan_title(ret_order->title, state->installation, task->name);
}

static void join_list(struct process_state *state, struct driver_run *run)
{
	run->live = &state->live;
	run->next = state->runs;
	run->link = &state->runs;
	if (run->next)
		run->next->link = &run->next;
	state->runs = run;
	state->live++;
}

static void name_guest(const struct process_state *state, struct driver_result *result)
{
	snprintf(result->engine_name, sizeof(result->engine_name), "%s", GUEST_ENGINE_NAME);
	snprintf(
		result->engine_version, sizeof(result->engine_version), "%s", GUEST_ENGINE_VERSION);
	result->guest_digest = state->zygote.digest;
}

static bool is_task(const struct driver_task *task)
{
	return is_run_name(task->name) && strcmp(task->engine, GUEST_ENGINE_NAME) == 0 &&
	       task->timeout_ms > 0 && task->wall_ms > 0;
}

static int process_spawn(void *arg, const struct driver_task *task, driver_output_fn *output,
	void *output_arg, struct driver_run **ret_run)
{
	struct process_state *state = arg;
	struct guest_order order;
	int pair[2], task_fd = -1;
	pid_t pid;

	if (!is_task(task))
		return -EINVAL;
	if (state->live >= state->capacity)
		return -EAGAIN;
	int64_t start_us = wp_time_monotonic_us();
	int error = write_task(task, &task_fd);
	if (error)
		return error;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		error = -errno;
		close(task_fd);
		return error;
	}
	write_order(state, task, &order);
	error = driver_zygote_order(&state->zygote, &order, pair[1], task_fd, &pid);
	close(pair[1]);
	close(task_fd);
	if (error) {
		close(pair[0]);
		return error;
	}
	error = driver_run_new(ret_run, task, start_us, pair[0], pid, output, output_arg);
	if (error)
		return error;
	join_list(state, *ret_run);
	name_guest(state, &(*ret_run)->result);
	return 0;
}

static int process_fd(const struct driver_run *run)
{
	return run->epoll;
}

static void process_kill(struct driver_run *run)
{
	driver_run_kill(run, DRIVER_RUN_REQUEST);
}

static int process_list(
	void *arg, void (*fn)(void *arg, const char *name, int64_t age_ms), void *fn_arg)
{
	const struct process_state *state = arg;
	return driver_scan_list(state->installation, fn, fn_arg);
}

static int process_kill_by_name(void *arg, const char *name)
{
	const struct process_state *state = arg;
	return driver_scan_kill(state->installation, name);
}

const struct driver driver_process = {
	.name = "process",
	.isolation = "process",
	.open = process_open,
	.close = process_close,
	.spawn = process_spawn,
	.fd = process_fd,
	.step = driver_run_step,
	.kill = process_kill,
	.free = driver_run_free,
	.list = process_list,
	.kill_by_name = process_kill_by_name,
};
