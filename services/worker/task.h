/* task.h - one program, its checks and its run. */
#ifndef WORKER_TASK_H
#define WORKER_TASK_H

#include "libcommon/buffer.h"
#include "proto/program.h"
#include "services/vm-orchestrator/driver.h"
#include "services/worker/options.h"

struct task_outcome {
	const struct driver *driver;
	const char *engine;              /* as asked for */
	enum wp_program_refusal refusal; /* not FINE: it was not run */
	struct wp_program_problem problem;
	struct driver_result result; /* with its own copy of result.result */
	struct wp_buffer output;
	char why[200]; /* of a driver that cannot work fully, or at all */
};

/* Reads the files, checks, runs to the end. 0; -errno: nothing was decided, why says more. */
int task_run(const struct options *options, struct task_outcome *ret_outcome);
void task_outcome_free(struct task_outcome *outcome);

#endif
