#include "services/vm-orchestrator/driver_zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_TIMEOUT_MS 10000
#define REPLY_TIMEOUT_MS 5000
#define GUEST_FILE       "workproof-guest"

static const char *layer_text(uint32_t layer)
{
	switch ((enum guest_layer)layer) {
	case GUEST_LAYER_USER:
		return "user namespaces";
	case GUEST_LAYER_MOUNT:
		return "a mount namespace with an empty root";
	case GUEST_LAYER_NET:
		return "a network namespace";
	case GUEST_LAYER_IPC:
		return "an IPC namespace";
	case GUEST_LAYER_UTS:
		return "a UTS namespace";
	case GUEST_LAYER_PID:
		return "process namespaces";
	case GUEST_LAYER_LANDLOCK:
		return "Landlock";
	case GUEST_LAYER_LIMITS:
		return "resource limits";
	case GUEST_LAYER_SECCOMP:
		return "seccomp";
	case GUEST_LAYER_ENGINE:
		return "a warm engine";
	}
	return "a layer";
}

static int guest_path(char path[static PATH_MAX], const char *wanted)
{
	if (wanted) {
		snprintf(path, PATH_MAX, "%s", wanted);
		return 0;
	}
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof(GUEST_FILE) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	char *slash = strrchr(path, '/');
	if (!slash)
		return -ENOENT;
	memcpy(slash + 1, GUEST_FILE, sizeof(GUEST_FILE));
	return 0;
}

static int hash_file(int fd, struct wp_hash *ret_hash)
{
	crypto_hash_sha256_state state;
	uint8_t buffer[1 << 16];
	ssize_t n;
	off_t at = 0;

	crypto_hash_sha256_init(&state);
	while ((n = pread(fd, buffer, sizeof(buffer), at)) > 0) {
		crypto_hash_sha256_update(&state, buffer, (size_t)n);
		at += n;
	}
	if (n < 0)
		return -errno;
	crypto_hash_sha256_final(&state, ret_hash->bytes);
	return 0;
}

int driver_zygote_open(struct driver_zygote *zygote, const char *wanted)
{
	char path[PATH_MAX];
	int error = guest_path(path, wanted);

	*zygote = (struct driver_zygote){ .image = -1, .control = -1 };
	if (!error && (zygote->image = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		error = -errno;
	if (!error)
		error = hash_file(zygote->image, &zygote->digest);
	if (error)
		snprintf(zygote->why, sizeof(zygote->why), "cannot read the guest %.100s: %s", path,
			strerror(-error));
	return error;
}

static void stop(struct driver_zygote *zygote)
{
	if (zygote->control < 0)
		return;
	close(zygote->control);
	zygote->control = -1;
	kill(zygote->pid, SIGKILL); /* not yet waited for: the pid is still its own */
	while (waitpid(zygote->pid, NULL, __WALL) < 0 && errno == EINTR)
		;
}

void driver_zygote_close(struct driver_zygote *zygote)
{
	stop(zygote);
	if (zygote->image >= 0)
		close(zygote->image);
	zygote->image = -1;
}

/* In the child: only system calls until the guest takes over. Its descriptors are /dev/null three
 * times and the control socket; its environment is empty. */
static _Noreturn void become_guest(const struct driver_zygote *zygote, int control, int null)
{
	static char title[GUEST_TITLE_ROOM];
	static char name[] = GUEST_FILE, mode[] = "--zygote";
	char *const arguments[] = { name, mode, title, NULL };
	char *const environment[] = { NULL };
	sigset_t none;

	memset(title, ' ', sizeof(title) - 1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* clear of the numbers that are about to be taken */
	int image = fcntl(zygote->image, F_DUPFD_CLOEXEC, 16);
	int socket = fcntl(control, F_DUPFD_CLOEXEC, 16);
	null = fcntl(null, F_DUPFD_CLOEXEC, 16);
	for (int fd = 0; fd < GUEST_CONTROL_FD; fd++)
		dup2(null, fd);
	dup2(socket, GUEST_CONTROL_FD);
	/* sanitizers and libraries may hold descriptors without close-on-exec */
	syscall(SYS_close_range, GUEST_CONTROL_FD + 1, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
	syscall(SYS_execveat, image, "", arguments, environment, AT_EMPTY_PATH);
	_exit(127);
}

/* The zygote inherits the stack limit at its start; afterwards it could not grow. */
static bool raise_stack(struct rlimit *ret_before)
{
	struct rlimit wanted;

	if (getrlimit(RLIMIT_STACK, ret_before))
		return false;
	wanted = *ret_before;
	if (wanted.rlim_max != RLIM_INFINITY && wanted.rlim_max < GUEST_STACK_RLIMIT)
		return false;
	wanted.rlim_cur = GUEST_STACK_RLIMIT;
	return setrlimit(RLIMIT_STACK, &wanted) == 0;
}

/* Like fork, without a signal to us when it ends, which its runs inherit: no SIGCHLD handler or
 * setting of the daemon can take them from us. */
static pid_t fork_silently(void)
{
	struct clone_args args = { .flags = 0, .exit_signal = 0 };
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static int launch(struct driver_zygote *zygote)
{
	int pair[2], error = 0;
	struct rlimit before;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		error = -errno;
		if (null >= 0)
			close(null);
		return error;
	}
	zygote->small_stack = !raise_stack(&before);
	zygote->pid = fork_silently();
	if (zygote->pid == 0)
		become_guest(zygote, pair[1], null);
	if (zygote->pid < 0)
		error = -errno;
	if (!zygote->small_stack)
		setrlimit(RLIMIT_STACK, &before);
	close(null);
	close(pair[1]);
	if (error)
		close(pair[0]);
	else
		zygote->control = pair[0];
	return error;
}

/* Receives one datagram of exactly size bytes. 0, -errno; -EPIPE: the zygote is gone. */
static int receive(const struct driver_zygote *zygote, void *data, size_t size, int timeout_ms)
{
	struct pollfd poll_fd = { zygote->control, POLLIN, 0 };
	int n;

	do
		n = poll(&poll_fd, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : -ETIMEDOUT;
	return recv(zygote->control, data, size, MSG_DONTWAIT) == (ssize_t)size ? 0 : -EPIPE;
}

static int check_ready(struct driver_zygote *zygote, const struct guest_ready *ready)
{
	uint32_t missing = GUEST_LAYERS_REQUIRED & ~ready->layers;

	zygote->layers = ready->layers;
	if (ready->failed_errno)
		snprintf(zygote->why, sizeof(zygote->why), "this host does not give %s: %s",
			layer_text(ready->failed_layer), strerror(ready->failed_errno));
	else if (missing)
		snprintf(zygote->why, sizeof(zygote->why), "the guest did not start: no %s",
			layer_text(missing & ~(missing - 1)));
	else if (zygote->small_stack)
		snprintf(zygote->why, sizeof(zygote->why),
			"this host refuses a stack of 96 MB: deeply nested programs end earlier");
	return missing ? -EPERM : 0;
}

int driver_zygote_start(struct driver_zygote *zygote)
{
	struct guest_ready ready;

	if (zygote->control >= 0)
		return 0;
	zygote->why[0] = '\0';
	int error = launch(zygote);
	if (!error)
		error = receive(zygote, &ready, sizeof(ready), READY_TIMEOUT_MS);
	if (!error && ready.magic != GUEST_READY_MAGIC)
		error = -EPROTO;
	if (error)
		snprintf(zygote->why, sizeof(zygote->why), "the guest did not start: %s",
			strerror(-error));
	else
		error = check_ready(zygote, &ready);
	if (error)
		stop(zygote);
	return error;
}

static int send_order(
	const struct driver_zygote *zygote, const struct guest_order *order, int socket, int task)
{
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec part = { (void *)(uintptr_t)order, sizeof(*order) };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int fds[2] = { socket, task };

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(head), fds, sizeof(fds));
	return sendmsg(zygote->control, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*order) ? 0
											   : -errno;
}

static int order_once(struct driver_zygote *zygote, const struct guest_order *order, int socket,
	int task, pid_t *ret_pid)
{
	struct guest_reply reply;
	int error = driver_zygote_start(zygote);

	if (error)
		return error;
	error = send_order(zygote, order, socket, task);
	if (!error)
		error = receive(zygote, &reply, sizeof(reply), REPLY_TIMEOUT_MS);
	if (error) {
		stop(zygote);
		return -EPIPE;
	}
	if (reply.pid < 0)
		return reply.pid;
	*ret_pid = reply.pid;
	return 0;
}

int driver_zygote_order(struct driver_zygote *zygote, const struct guest_order *order, int socket,
	int task, pid_t *ret_pid)
{
	int error = order_once(zygote, order, socket, task, ret_pid);

	return error == -EPIPE ? order_once(zygote, order, socket, task, ret_pid) : error;
}
