/* report.h - the JSON object of `workproof-worker run --json` (DESIGN §6). Pure. */
#ifndef WORKER_REPORT_H
#define WORKER_REPORT_H

#include "services/worker/task.h"

/* Appends the object and a newline. out->failed tells of a lack of memory. */
void report_write(struct wp_buffer *out, const struct task_outcome *outcome);

#endif
