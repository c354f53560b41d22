#include "services/vm-orchestrator/driver_run.h"
#include "services/vm-orchestrator/driver_text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static void set(struct driver_result *result, enum driver_outcome outcome,
	enum driver_error_code code, const char *message)
{
	result->outcome = outcome;
	result->error_code = code;
	snprintf(result->error_message, sizeof(result->error_message), "%s", message);
}

static void decide_frames(const struct driver_frames *frames, struct driver_result *result)
{
	switch (frames->state) {
	case DRIVER_FRAMES_ENDED:
		if (frames->code == DRIVER_NONE && frames->result &&
			!driver_text_is_json(frames->result, frames->result_size)) {
			set(result, DRIVER_ERROR, DRIVER_TRAP,
				"the guest sent a result that is not JSON");
			return;
		}
		set(result, frames->code == DRIVER_NONE ? DRIVER_OK : DRIVER_ERROR, frames->code,
			"");
		driver_text_clean(result->error_message, sizeof(result->error_message),
			frames->message, frames->message_size);
		return;
	case DRIVER_FRAMES_FULL:
		set(result, DRIVER_ERROR, DRIVER_OUTPUT, "the program printed more than 1 MB");
		return;
	case DRIVER_FRAMES_VIOLATED:
	case DRIVER_FRAMES_OPEN:
		set(result, DRIVER_ERROR, DRIVER_TRAP, "the guest broke the protocol");
		return;
	}
}

/* It ended by itself without saying so. No system call that a run may make can send it SIGKILL:
 * that came from outside, and is not the program's doing. */
static void decide_death(const struct driver_run_end *end, struct driver_result *result)
{
	int status = end->wait_status;
	char text[80];

	if (end->cpu_us >= end->timeout_us)
		set(result, DRIVER_TIMEOUT, DRIVER_NONE, "the program used up its time");
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		set(result, DRIVER_FAILED, DRIVER_NONE, "the isolate was killed from outside");
	else if (end->wall_over)
		set(result, DRIVER_FAILED, DRIVER_NONE,
			"the host was too busy to run the program in time");
	else if (WIFEXITED(status))
		set(result, DRIVER_ERROR, DRIVER_TRAP, "the guest ended without a result");
	else {
		snprintf(text, sizeof(text), "the guest died by signal %d", WTERMSIG(status));
		set(result, DRIVER_ERROR, DRIVER_TRAP, text);
	}
}

void driver_run_decide(const struct driver_run_end *end, const struct driver_frames *frames,
	struct driver_result *ret_result)
{
	switch (end->kill) {
	case DRIVER_RUN_CPU:
		set(ret_result, DRIVER_TIMEOUT, DRIVER_NONE, "the program used up its time");
		return;
	case DRIVER_RUN_WALL:
		set(ret_result, DRIVER_FAILED, DRIVER_NONE,
			"the host was too busy to run the program in time");
		return;
	case DRIVER_RUN_REQUEST:
		set(ret_result, DRIVER_FAILED, DRIVER_NONE, "killed");
		return;
	case DRIVER_RUN_TROUBLE:
		set(ret_result, DRIVER_FAILED, DRIVER_NONE, "out of memory");
		return;
	case DRIVER_RUN_DONE:
		decide_frames(frames, ret_result);
		return;
	case DRIVER_RUN_ALIVE:
		if (frames->state != DRIVER_FRAMES_OPEN)
			decide_frames(frames, ret_result);
		else
			decide_death(end, ret_result);
		return;
	}
}
