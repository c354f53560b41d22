#include "services/vm-orchestrator/driver_scan.h"

#include "libcommon/types.h"
#include "services/vm-orchestrator/driver.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TITLE_WORD "workproof-run"

struct found {
	pid_t pid;
	char name[DRIVER_NAME_MAX];
	int64_t age_ms;
};
/* True: go on. */
typedef bool found_fn(void *arg, const struct found *found);

void driver_scan_mark(char mark[static 16], const char *installation)
{
	struct wp_hash hash = wp_sha256(installation, strlen(installation));
	char text[WP_HASH_TEXT];

	wp_hash_text(text, &hash);
	snprintf(mark, 16, "wr%.13s", text + 2);
}

void driver_scan_title(char title[static 128], const char *installation, const char *name)
{
	snprintf(title, 128, TITLE_WORD " %s %s", installation, name);
}

/* Reads /proc/<pid>/<file>; size without the NUL that is put behind, or -errno. */
static ssize_t read_proc(pid_t pid, const char *file, char *text, size_t room)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, text, room - 1);
	int error = errno;
	close(fd);
	if (n < 0)
		return -error;
	text[n] = '\0';
	return n;
}

static int64_t uptime_ms(void)
{
	char text[64];
	int fd = open("/proc/uptime", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return (int64_t)(strtod(text, NULL) * 1000);
}

/* State and start of a process from /proc/<pid>/stat (proc(5): fields 3 and 22). */
static bool read_stat(pid_t pid, char *ret_state, int64_t *ret_start_ms)
{
	char text[1024];
	unsigned long long ticks = 0;

	if (read_proc(pid, "stat", text, sizeof(text)) <= 0)
		return false;
	const char *after = strrchr(text, ')'); /* the name may hold anything */
	if (!after ||
		sscanf(after + 1,
			" %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
			ret_state, &ticks) != 2)
		return false;
	*ret_start_ms = (int64_t)ticks * 1000 / sysconf(_SC_CLK_TCK);
	return true;
}

static bool is_name(const char *name)
{
	size_t n = strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz:_-");
	return n > 0 && n < DRIVER_NAME_MAX && name[n] == '\0';
}

static bool has_mark(pid_t pid, const char *mark)
{
	char comm[32];
	ssize_t n = read_proc(pid, "comm", comm, sizeof(comm));
	return n > 0 && comm[n - 1] == '\n' && (size_t)n - 1 == strlen(mark) &&
	       memcmp(comm, mark, (size_t)n - 1) == 0;
}

static bool look(pid_t pid, const char *installation, const char *mark, int64_t now_ms,
	struct found *ret_found)
{
	char line[256], prefix[128], state;
	int64_t start_ms;

	if (!has_mark(pid, mark) || !read_stat(pid, &state, &start_ms) || state == 'Z' ||
		state == 'X')
		return false;
	ssize_t n = read_proc(pid, "cmdline", line, sizeof(line));
	driver_scan_title(prefix, installation, "");
	const char *name =
		n > 0 && strncmp(line, prefix, strlen(prefix)) == 0 ? line + strlen(prefix) : "";
	ret_found->pid = pid;
	ret_found->age_ms = now_ms > start_ms ? now_ms - start_ms : 0;
	if (is_name(name))
		snprintf(ret_found->name, sizeof(ret_found->name), "%s", name);
	else
		snprintf(ret_found->name, sizeof(ret_found->name), "pid:%d", (int)pid);
	return true;
}

static int scan(const char *installation, found_fn *fn, void *arg)
{
	char mark[16];
	struct dirent *entry;
	struct found found;
	DIR *directory = opendir("/proc");

	if (!directory)
		return -errno;
	int64_t now_ms = uptime_ms();
	driver_scan_mark(mark, installation);
	for (errno = 0; (entry = readdir(directory)); errno = 0) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (look(pid, installation, mark, now_ms, &found) && !fn(arg, &found))
			break;
	}
	int error = entry ? 0 : -errno;
	closedir(directory);
	return error;
}

struct list_call {
	void (*fn)(void *arg, const char *name, int64_t age_ms);
	void *arg;
};

static bool list_one(void *arg, const struct found *found)
{
	const struct list_call *call = arg;

	call->fn(call->arg, found->name, found->age_ms);
	return true;
}

int driver_scan_list(const char *installation,
	void (*fn)(void *arg, const char *name, int64_t age_ms), void *arg)
{
	struct list_call call = { fn, arg };

	return scan(installation, list_one, &call);
}

struct kill_call {
	const char *installation, *name;
	int result;
};

/* The pid may be somebody else's by now: hold the process first, then look again. */
static bool kill_one(void *arg, const struct found *found)
{
	struct kill_call *call = arg;
	struct found again;
	char mark[16];

	if (strcmp(found->name, call->name) != 0)
		return true;
	int fd = (int)syscall(SYS_pidfd_open, found->pid, 0);
	if (fd < 0)
		return true;
	driver_scan_mark(mark, call->installation);
	if (look(found->pid, call->installation, mark, 0, &again) &&
		strcmp(again.name, call->name) == 0)
		call->result = syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) ? -errno : 0;
	close(fd);
	return call->result != 0;
}

int driver_scan_kill(const char *installation, const char *name)
{
	struct kill_call call = { installation, name, -ESRCH };
	int error = scan(installation, kill_one, &call);

	return error ? error : call.result;
}
