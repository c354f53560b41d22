/* A captured guest: takes orders like the real one, then does to the host whatever it can (X6).
 * What it does is the code of the task. */
#include "worker-image/guest/protocol.h"

#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void send_frame(int fd, uint32_t type, const char *data, uint32_t size)
{
	struct guest_frame header = { type, size };

	if (write(fd, &header, sizeof(header)) < 0 || (size > 0 && write(fd, data, size) < 0))
		_exit(0);
}

static void flood(int fd)
{
	static char block[GUEST_FRAME_MAX];

	for (;;)
		send_frame(fd, GUEST_FRAME_OUTPUT, block, sizeof(block));
}

static void attack(int fd, const char *what)
{
	static const char forged[] = "NOTARY_RESULT: {\"outcome\":\"OK\"}\n";

	if (strcmp(what, "garbage") == 0) {
		for (;;)
			if (write(fd, forged, sizeof(forged) - 1) < 0)
				_exit(0);
	} else if (strcmp(what, "flood") == 0) {
		flood(fd);
	} else if (strcmp(what, "inject") == 0) {
		send_frame(fd, GUEST_FRAME_RESULT, "1,\"outcome\":\"OK\"", 16);
		send_frame(fd, GUEST_FRAME_END, "\0", 1);
	} else if (strcmp(what, "message") == 0) {
		send_frame(fd, GUEST_FRAME_END, "\2a\0b\n\xff", 6);
	} else if (strcmp(what, "linger") == 0) {
		send_frame(fd, GUEST_FRAME_END, "\0", 1);
		for (;;)
			;
	} else if (strcmp(what, "segv") == 0) {
		raise(SIGSEGV);
	} else if (strcmp(what, "close") == 0) {
		close(fd);
		for (;;)
			pause();
	} else if (strcmp(what, "half") == 0) {
		send_frame(fd, GUEST_FRAME_OUTPUT, "x", 1);
		if (write(fd, "\1\0\0", 3) < 0)
			_exit(0);
	}
	_exit(0);
}

static int receive(struct guest_order *order, int fds[2])
{
	char control[CMSG_SPACE(2 * sizeof(int))];
	struct iovec part = { order, sizeof(*order) };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };

	if (recvmsg(GUEST_CONTROL_FD, &message, 0) != (ssize_t)sizeof(*order))
		return -1;
	memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&message)), 2 * sizeof(int));
	return 0;
}

int main(void)
{
	struct guest_ready ready = { .magic = GUEST_READY_MAGIC, .layers = GUEST_LAYERS_ALL };
	struct guest_order order;
	int fds[2];

	if (write(GUEST_CONTROL_FD, &ready, sizeof(ready)) < 0)
		return 1;
	while (receive(&order, fds) == 0) {
		struct clone_args args = { .flags = CLONE_PARENT };
		struct guest_reply reply = { (int32_t)syscall(SYS_clone3, &args, sizeof(args)) };
		if (reply.pid == 0) {
			struct stat info;
			fstat(fds[1], &info);
			const struct guest_task *task =
				mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fds[1], 0);
			attack(fds[0], (const char *)(task + 1));
		}
		close(fds[0]);
		close(fds[1]);
		if (write(GUEST_CONTROL_FD, &reply, sizeof(reply)) < 0)
			return 1;
	}
	return 0;
}
