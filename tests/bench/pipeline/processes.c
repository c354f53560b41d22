#include "tests/bench/pipeline/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTINGS_MAX 32

static int write_key(const char *directory, const char *name)
{
	static const char text[] =
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	char path[256];

	snprintf(path, sizeof path, "%s/%s.key", directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ssize_t written = write(fd, text, sizeof text - 1);
	close(fd);
	return written == sizeof text - 1 ? 0 : -EIO;
}

int processes_prepare(const struct processes *processes)
{
	char path[256];

	snprintf(path, sizeof path, "%s/bus", processes->directory);
	if (mkdir(path, 0700) < 0)
		return -errno;
	int status = write_key(processes->directory, "result");
	return status < 0 ? status : write_key(processes->directory, "statement");
}

static _Noreturn void become(
	const struct processes *processes, const char *service, const char *const *settings)
{
	char texts[3][300], path[300], log[300];
	char *environment[SETTINGS_MAX + 1] = { texts[0], texts[1], texts[2] };
	char *argv[] = { path, NULL };
	size_t count = 3;

	snprintf(path, sizeof path, "%s/wp-%s", processes->bin, service);
	snprintf(log, sizeof log, "%s/%s.log", processes->directory, service);
	snprintf(texts[0], sizeof texts[0], "WORKPROOF_REDIS=%s", processes->redis);
	snprintf(texts[1], sizeof texts[1], "WORKPROOF_BUS_DIRECTORY=%s/bus", processes->directory);
	snprintf(texts[2], sizeof texts[2], "WORKPROOF_INSTANCE=%s", service);
	for (; *settings != NULL && count < SETTINGS_MAX; settings++)
		environment[count++] = (char *)*settings;
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd >= 0) {
		dup2(fd, STDERR_FILENO);
		execve(path, argv, environment);
	}
	_exit(127);
}

int processes_start(struct processes *processes, const char *service, const char *const *settings)
{
	if (processes->count == PROCESSES_MAX)
		return -ENOSPC;
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(processes, service, settings);
	processes->pids[processes->count++] = pid;
	return 0;
}

static double cpu_of(pid_t pid)
{
	char path[64], text[1024];
	unsigned long user = 0, system_time = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return 0;
	size_t size = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[size] = '\0';
	const char *behind = strrchr(text, ')');
	if (behind == NULL ||
		sscanf(behind, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			&system_time) != 2)
		return 0;
	return (double)(user + system_time) / (double)sysconf(_SC_CLK_TCK);
}

double processes_cpu_seconds(const struct processes *processes)
{
	double sum = 0;

	for (size_t i = 0; i < processes->count; i++)
		sum += cpu_of(processes->pids[i]);
	return sum;
}

void processes_stop(struct processes *processes)
{
	for (size_t i = 0; i < processes->count; i++)
		kill(processes->pids[i], SIGKILL);
	for (size_t i = 0; i < processes->count; i++)
		waitpid(processes->pids[i], NULL, 0);
	processes->count = 0;
}
