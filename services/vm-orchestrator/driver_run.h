/* driver_run.h - one process isolate as the host sees it: its socket, its process, its clock. */
#ifndef WP_DRIVER_RUN_H
#define WP_DRIVER_RUN_H

#include "services/vm-orchestrator/driver.h"
#include "services/vm-orchestrator/driver_frames.h"

#include <sys/resource.h>

enum driver_run_kill { /* why we killed it */
	DRIVER_RUN_ALIVE,
	DRIVER_RUN_CPU,     /* its own time is used up */
	DRIVER_RUN_WALL,    /* the hard end */
	DRIVER_RUN_DONE,    /* it said its end, or broke a rule: nothing more is wanted of it */
	DRIVER_RUN_REQUEST, /* somebody asked */
	DRIVER_RUN_TROUBLE  /* we cannot go on: no memory */
};

/* All that is known of a run when its process is gone. */
struct driver_run_end {
	enum driver_run_kill kill;
	int wait_status; /* as of waitpid */
	int64_t cpu_us, timeout_us;
	bool wall_over; /* the hard end had come: its own alarm may have ended it */
};

/* The verdict of the isolate. Pure; does not look at ret_result->result. */
void driver_run_decide(const struct driver_run_end *end, const struct driver_frames *frames,
	struct driver_result *ret_result);

struct driver_run {
	struct driver_run *next, **link; /* of the driver's live runs; link NULL: not in it */
	unsigned *live;
	pid_t pid; /* 0: waited for */
	int pidfd, socket, timer, epoll;
	bool socket_open;
	bool told;
	enum driver_run_kill kill;
	int64_t start_us, timeout_us, wall_us;
	driver_output_fn *output;
	void *arg;
	struct driver_frames frames;
	struct driver_result result;
};

/* Takes over socket and pid. 0 or -errno: then the process is dead and waited for, the socket
 * closed. */
int driver_run_new(struct driver_run **ret_run, const struct driver_task *task, int64_t start_us,
	int socket, pid_t pid, driver_output_fn *output, void *arg);
void driver_run_free(struct driver_run *run); /* NULL is fine */
const struct driver_result *driver_run_step(struct driver_run *run);
void driver_run_kill(struct driver_run *run, enum driver_run_kill why);

#endif
