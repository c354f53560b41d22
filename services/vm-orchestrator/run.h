/* run.h - one isolate from its start to its death, and its output for as long as it is kept. */
#ifndef WP_ORCHESTRATOR_RUN_H
#define WP_ORCHESTRATOR_RUN_H

#include "services/vm-orchestrator/fitness.h"
#include "services/vm-orchestrator/orchestrator.h"
#include "services/vm-orchestrator/output.h"

struct run {
	struct wp_id_node node; /* in orchestrator->runs */
	struct orchestrator *orchestrator;
	uint32_t attempt;
	uint64_t fence; /* of RUNNING when it was started */
	char engine[64];
	char trace[WP_TRACE_MAX];
	struct driver_run *isolate; /* NULL: dead, or never started */
	struct wp_watch *watch;
	struct output output;
	struct output_follower follower;
	size_t kept_bytes; /* counted in orchestrator->kept_bytes */
	int64_t started_us, ended_ms;
};

/* What is run: bytes are borrowed for the call. */
struct run_program {
	struct wp_id id;
	uint32_t attempt;
	uint64_t fence;
	const char *trace;
	const struct fitness_facts *facts;
	const char *code;
	size_t code_size;
	const char *input; /* NULL: none */
	size_t input_size;
};

/* Starts the isolate; one that cannot be started has ended as FAILED at once, its slot is given
 * back. 0, or -ENOMEM (nothing remains, the slot is given back). */
int run_start(struct orchestrator *orchestrator, const struct run_program *program);
/* The run of that name, live or kept; NULL: unknown here. */
struct run *run_find(struct orchestrator *orchestrator, const struct wp_id *id, uint32_t attempt);
bool run_is_live(const struct run *run);
/* Frees an ended one with its output. */
void run_forget(struct run *run);
/* Once a second: forgets what ended output_keep ago. */
void run_sweep(struct orchestrator *orchestrator);
/* At the stop: all, live ones are killed. */
void run_free_all(struct orchestrator *orchestrator);

#endif
