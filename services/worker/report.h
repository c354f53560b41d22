/* report.h - what `workproof-worker run` prints and how it exits. */
#ifndef WORKER_REPORT_H
#define WORKER_REPORT_H

#include "services/worker/task.h"

#include <stdbool.h>

/* Exit status: a verdict was reached, the program failed, wrong arguments, this host is at fault.
 */
enum { EXIT_VERDICT = 0, EXIT_PROGRAM = 1, EXIT_USAGE = 64, EXIT_HOST = 70 };

/* The object of --json (DESIGN §6) and a newline are appended. out->failed tells of a lack of
 * memory. */
void report_write(struct wp_buffer *out, const struct task_outcome *outcome);

/* Prints the outcome, as JSON or as the program's own output; returns the exit status. */
int report_print(const struct task_outcome *outcome, bool as_json);

#endif
