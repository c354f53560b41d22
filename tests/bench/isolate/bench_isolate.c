/* bench_isolate - start to result of `1+1`, each in a fresh isolate: the process driver beside the
 * floor (clone3 into the same namespaces, nothing in them), bwrap with the guest binary that only
 * says its version, and a node child with vm. Usage: bench_isolate [ROUNDS] */
#include "libcommon/time.h"
#include "services/vm-orchestrator/driver.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS      1000
#define SLOW_ROUNDS 40

extern char **environ;

struct bench {
	const char *name;
	unsigned rounds;
	int (*once)(void *arg); /* 0: it gave the right answer */
	void *arg;
};

struct isolate {
	const struct driver *driver;
	void *state;
};

static void drop(void *arg, const uint8_t *data, size_t size)
{
	(void)arg, (void)data, (void)size;
}

static int once_process(void *arg)
{
	const struct isolate *isolate = arg;
	struct driver_task task = { .name = "bench:1",
		.code = "1+1",
		.code_size = 3,
		.engine = "quickjs",
		.timeout_ms = 5000,
		.wall_ms = 20000 };
	const struct driver_result *result;
	struct driver_run *run;

	if (isolate->driver->spawn(isolate->state, &task, drop, NULL, &run))
		return -1;
	while (!(result = isolate->driver->step(run))) {
		struct pollfd poll_fd = { isolate->driver->fd(run), POLLIN, 0 };
		poll(&poll_fd, 1, -1);
	}
	int wrong = strcmp(result->result, "2") != 0;
	isolate->driver->free(run);
	return wrong;
}

static int once_floor(void *arg)
{
	struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
					    CLONE_NEWIPC | CLONE_NEWUTS,
		.exit_signal = SIGCHLD };
	int status;
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	(void)arg;
	if (pid == 0)
		syscall(SYS_exit_group, 0);
	return pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
}

static int once_command(void *arg)
{
	char *const *command = arg;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	int error = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error || waitpid(pid, &status, 0) != pid || status != 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* p50 in microseconds; -1 when it does not work here. */
static int64_t measure(const struct bench *bench, int64_t ours_us)
{
	int64_t *times = calloc(bench->rounds, sizeof(*times));

	for (unsigned i = 0; i < bench->rounds + bench->rounds / 10; i++) {
		int64_t start_us = wp_time_monotonic_us();
		if (bench->once(bench->arg)) {
			printf("%-46s not available here\n", bench->name);
			free(times);
			return -1;
		}
		times[i % bench->rounds] =
			wp_time_monotonic_us() - start_us; /* the first tenth warms up */
	}
	qsort(times, bench->rounds, sizeof(*times), compare);
	int64_t p50 = times[bench->rounds / 2], p99 = times[bench->rounds * 99 / 100];
	printf("%-46s p50 %8.3f ms   p99 %8.3f ms", bench->name, (double)p50 / 1000,
		(double)p99 / 1000);
	if (ours_us > 0)
		printf("   %6.2f x ours", (double)p50 / (double)ours_us);
	printf("\n");
	free(times);
	return p50;
}

static void guest_beside_us(char path[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 32);

	path[n < 0 ? 0 : n] = '\0';
	char *slash = strrchr(path, '/');
	snprintf(slash ? slash + 1 : path, 32, "workproof-guest");
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS;
	char guest[PATH_MAX];
	struct driver_settings settings = {
		.installation = "bench", .guest_path = guest, .capacity = 1
	};
	struct isolate isolate = { driver_by_name("process"), NULL };
	const char *why = "";

	guest_beside_us(guest);
	char *const bwrap[] = { "bwrap", "--unshare-all", "--ro-bind", guest, "/g",
		"--die-with-parent", "/g", "--version", NULL };
	char *const node[] = { "node", "-e",
		"if (require('vm').runInNewContext('1+1') !== 2) process.exit(1)", NULL };
	const struct bench others[] = {
		{ "floor: clone3, same namespaces, empty", rounds, once_floor, NULL },
		{ "bwrap, guest --version (no program)", SLOW_ROUNDS * 3, once_command,
			(void *)(uintptr_t)bwrap },
		{ "node child, vm", SLOW_ROUNDS, once_command, (void *)(uintptr_t)node },
	};

	if (sodium_init() < 0 || isolate.driver->open(&settings, &isolate.state, &why)) {
		fprintf(stderr, "bench_isolate: %s\n", why);
		return 1;
	}
	const struct bench ours = { "process driver, 1+1", rounds, once_process, &isolate };
	int64_t ours_us = measure(&ours, 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		measure(&others[i], ours_us);
	isolate.driver->close(isolate.state);
	return ours_us < 0;
}
