/* processes.h - the daemons a benchmark measures, as child processes. */
#ifndef WP_BENCH_PROCESSES_H
#define WP_BENCH_PROCESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESSES_MAX 8

struct processes {
	const char *bin;       /* where the daemons are */
	const char *directory; /* for keys, logs and the bus; exists */
	const char *redis;
	pid_t pids[PROCESSES_MAX];
	size_t count;
};

/* Writes the keys and makes the bus directory. 0 or -errno. */
int processes_prepare(const struct processes *processes);
/* settings: "NAME=value" besides the common ones, NULL-terminated. 0 or -errno. */
int processes_start(struct processes *processes, const char *service, const char *const *settings);
/* CPU seconds all of them used so far. */
double processes_cpu_seconds(const struct processes *processes);
void processes_stop(struct processes *processes);

#endif
