#include "services/vm-orchestrator/driver_run.h"

#include "libcommon/time.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP_BYTES     (256u << 10) /* read in one step, so that one run cannot hold the loop */
#define CHECK_FLOOR_US 2000         /* the clock is not looked at more often */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void send_kill(const struct driver_run *run)
{
	if (run->pid > 0)
		kill(run->pid, SIGKILL); /* our child and not yet waited for: the pid is its own */
}

void driver_run_kill(struct driver_run *run, enum driver_run_kill why)
{
	if (run->kill != DRIVER_RUN_ALIVE)
		return;
	run->kill = why;
	send_kill(run);
}

static void set_timer(const struct driver_run *run, int64_t after_us)
{
	struct itimerspec when = { .it_value = {
					   after_us / 1000000, (after_us % 1000000) * 1000 } };

	timerfd_settime(run->timer, 0, &when, NULL);
}

static int watch(const struct driver_run *run, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int open_descriptors(struct driver_run *run)
{
	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
	run->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (run->pidfd < 0 || run->timer < 0 || run->epoll < 0)
		return -errno;
	int error = watch(run, run->socket);
	error = error ? error : watch(run, run->pidfd);
	return error ? error : watch(run, run->timer);
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int driver_run_new(struct driver_run **ret_run, const struct driver_task *task, int64_t start_us,
	int socket, pid_t pid, driver_output_fn *output, void *arg)
{
	struct driver_run *run = calloc(1, sizeof(*run));

	if (!run) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, __WALL);
		close(socket);
		return -ENOMEM;
	}
	run->pidfd = run->timer = run->epoll = -1;
	run->socket = socket;
	run->socket_open = true;
	run->pid = pid;
	run->output = output;
	run->arg = arg;
	run->start_us = start_us;
	run->timeout_us = task->timeout_ms * 1000;
	run->wall_us = task->wall_ms * 1000;
	driver_frames_open(&run->frames);
	int error = open_descriptors(run);
	if (error) {
		driver_run_free(run);
		return error;
	}
	set_timer(run, least(run->timeout_us, run->wall_us));
	*ret_run = run;
	return 0;
}

static void leave_list(struct driver_run *run)
{
	if (!run->link)
		return;
	*run->link = run->next;
	if (run->next)
		run->next->link = run->link;
	run->link = NULL;
	(*run->live)--;
}

/* Waits for the killed or ended process. */
static int reap(struct driver_run *run, struct rusage *ret_usage)
{
	int status = 0;
	pid_t pid;

	memset(ret_usage, 0, sizeof(*ret_usage));
	do
		pid = wait4(run->pid, &status, __WALL, ret_usage);
	while (pid < 0 && errno == EINTR);
	run->pid = 0;
	leave_list(run);
	return status;
}

void driver_run_free(struct driver_run *run)
{
	struct rusage usage;

	if (!run)
		return;
	if (run->pid > 0) {
		send_kill(run);
		reap(run, &usage);
	}
	close_fd(&run->socket);
	close_fd(&run->pidfd);
	close_fd(&run->timer);
	close_fd(&run->epoll);
	driver_frames_close(&run->frames);
	free(run->result.result);
	free(run);
}

/* Reads what is there. True: nothing more will come. */
static bool drain(struct driver_run *run, size_t budget)
{
	uint8_t buffer[1 << 16];

	for (size_t done = 0; done < budget;) {
		ssize_t n = recv(run->socket, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n <= 0)
			return true;
		if (run->kill == DRIVER_RUN_REQUEST)
			continue;
		if (driver_frames_feed(&run->frames, buffer, (size_t)n, run->output, run->arg))
			driver_run_kill(run, DRIVER_RUN_TROUBLE);
		if (run->frames.state != DRIVER_FRAMES_OPEN)
			driver_run_kill(run, DRIVER_RUN_DONE);
		done += (size_t)n;
	}
	return false;
}

/* Time over? Else looks again when it could be at the earliest. */
static void check_time(struct driver_run *run)
{
	int64_t cpu_us = 0;
	int64_t wall_us = wp_time_monotonic_us() - run->start_us;

	if (wp_time_process_cpu_us(run->pid, &cpu_us))
		return; /* it is ending */
	if (cpu_us >= run->timeout_us) {
		driver_run_kill(run, DRIVER_RUN_CPU);
	} else if (wall_us >= run->wall_us) {
		driver_run_kill(run, DRIVER_RUN_WALL);
	} else {
		int64_t next = least(run->timeout_us - cpu_us, run->wall_us - wall_us);
		set_timer(run, next < CHECK_FLOOR_US ? CHECK_FLOOR_US : next);
	}
}

static int64_t microseconds(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static const struct driver_result *finish(struct driver_run *run)
{
	struct rusage usage;
	struct driver_run_end end = { .kill = run->kill, .timeout_us = run->timeout_us };

	end.wait_status = reap(run, &usage);
	end.cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
	run->told = true;
	run->result.time_ms = end.cpu_us / 1000;
	run->result.wall_time_us = wp_time_monotonic_us() - run->start_us;
	run->result.memory_peak_bytes = (int64_t)usage.ru_maxrss * 1024;
	end.wall_over = run->result.wall_time_us >= run->wall_us;
	driver_run_decide(&end, &run->frames, &run->result);
	run->result.result = run->frames.result;
	run->result.result_size = run->frames.result_size;
	run->frames.result = NULL;
	if (run->result.outcome != DRIVER_OK || !run->result.result) {
		free(run->result.result);
		run->result.result = strdup("null");
		run->result.result_size = 4;
	}
	run->result.output_bytes = run->frames.output_bytes;
	crypto_hash_sha256_final(&run->frames.output_hash, run->result.output_hash.bytes);
	if (run->frames.output_bytes == 0)
		run->result.output_hash = wp_sha256("null", 4);
	if (run->frames.output_bytes == 0 && run->result.result)
		run->result.output_hash = wp_sha256(run->result.result, run->result.result_size);
	return &run->result;
}

const struct driver_result *driver_run_step(struct driver_run *run)
{
	struct epoll_event events[3];
	bool exited = false;

	if (run->told)
		return NULL;
	int n = epoll_wait(run->epoll, events, 3, 0);
	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == run->timer) {
			uint64_t count;
			if (read(run->timer, &count, sizeof(count)) > 0)
				check_time(run);
		}
		exited = exited || events[i].data.fd == run->pidfd;
	}
	if (run->socket_open && drain(run, exited ? SIZE_MAX : STEP_BYTES)) {
		run->socket_open = false;
		epoll_ctl(run->epoll, EPOLL_CTL_DEL, run->socket, NULL);
	}
	/* when it said its end there is nothing to wait for but its death */
	return exited || run->kill == DRIVER_RUN_DONE ? finish(run) : NULL;
}
