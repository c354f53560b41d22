#include "guest/zygote.h"

#include "guest/host_hooks.h"
#include "guest/jail.h"
#include "guest/protocol.h"
#include "guest/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ORDER_SOCKET, ORDER_TASK, ORDER_DESCRIPTORS };

/* The next order and its descriptors; 0, or -1 when the host is gone or speaks nonsense. */
static int receive_order(struct guest_order *ret_order, int ret_fds[ORDER_DESCRIPTORS])
{
	union {
		char bytes[CMSG_SPACE(ORDER_DESCRIPTORS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { ret_order, sizeof(*ret_order) };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	ssize_t n;

	do
		n = recvmsg(GUEST_CONTROL_FD, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	struct cmsghdr *head = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (n != (ssize_t)sizeof(*ret_order) || ret_order->magic != GUEST_ORDER_MAGIC || !head ||
		head->cmsg_len != CMSG_LEN(ORDER_DESCRIPTORS * sizeof(int)))
		return -1;
	memcpy(ret_fds, CMSG_DATA(head), ORDER_DESCRIPTORS * sizeof(int));
	return 0;
}

/* The task, mapped for good; NULL if it is not one. */
static const struct guest_task *map_task(int fd)
{
	struct stat info;

	if (fstat(fd, &info) || (size_t)info.st_size < sizeof(struct guest_task))
		return NULL;
	size_t size = (size_t)info.st_size;
	const struct guest_task *task =
		mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (task == MAP_FAILED || task->magic != GUEST_TASK_MAGIC ||
		sizeof(*task) + task->code_size + 1 + task->input_size + 1 != size)
		return NULL;
	return task;
}

/* ps, list and kill_by_name find a run by these. */
static void set_title(const struct guest_order *order, char *title, size_t title_room)
{
	memset(title, 0, title_room);
	size_t size = strnlen(order->title, sizeof(order->title));
	memcpy(title, order->title, size < title_room ? size : title_room - 1);
	prctl(PR_SET_NAME, order->comm, 0, 0, 0);
}

static _Noreturn void run(const struct engine *engine, const struct guest_order *order,
	const int fds[ORDER_DESCRIPTORS], char *title, size_t title_room)
{
	const struct guest_task *task = map_task(fds[ORDER_TASK]);

	set_title(order, title, title_room);
	if (!task || dup2(fds[ORDER_SOCKET], GUEST_CONTROL_FD) < 0)
		_exit(1);
	syscall(SYS_close_range, 0, GUEST_CONTROL_FD - 1, 0);
	syscall(SYS_close_range, GUEST_CONTROL_FD + 1, ~0u, 0);
	if (jail_enter_run(order))
		_exit(1);
	host_start(task->clock_ms, task->seed);
	const char *code = (const char *)(task + 1);
	struct engine_program program = { .code = code,
		.code_size = task->code_size,
		.input = task->has_input ? code + task->code_size + 1 : NULL,
		.input_size = task->input_size };
	engine->run(&program);
	_exit(1);
}

int zygote_main(const struct engine *engine, char *title, size_t title_room)
{
	struct guest_ready ready = { .magic = GUEST_READY_MAGIC };
	struct guest_order order;
	int fds[ORDER_DESCRIPTORS];

	jail_enter_zygote(&ready);
	if (engine->warm() == 0)
		ready.layers |= GUEST_LAYER_ENGINE;
	if (send(GUEST_CONTROL_FD, &ready, sizeof(ready), MSG_NOSIGNAL) != (ssize_t)sizeof(ready))
		return 1;
	while (receive_order(&order, fds) == 0) {
		struct guest_reply reply = { jail_clone() };
		if (reply.pid == 0)
			run(engine, &order, fds, title, title_room);
		close(fds[ORDER_SOCKET]);
		close(fds[ORDER_TASK]);
		if (send(GUEST_CONTROL_FD, &reply, sizeof(reply), MSG_NOSIGNAL) < 0)
			return 1;
	}
	return 0;
}
