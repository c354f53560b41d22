#include "services/vm-orchestrator/run.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "proto/task.h"
#include "services/vm-orchestrator/release.h"
#include "services/vm-orchestrator/serve.h"
#include "services/vm-orchestrator/trailer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void count_kept(struct run *run)
{
	struct orchestrator *orchestrator = run->orchestrator;
	size_t bytes = run->output.bytes.capacity + run->output.trailer.capacity;

	orchestrator->kept_bytes += bytes;
	orchestrator->kept_bytes -= run->kept_bytes;
	run->kept_bytes = bytes;
	orchestrator_gauge(orchestrator, ORCHESTRATOR_KEPT, (double)orchestrator->kept_bytes);
}

static void on_output(void *arg, const uint8_t *data, size_t size)
{
	struct run *run = arg;

	output_append(&run->output, data, size);
	count_kept(run);
}

/* ---- the end ---- */

static void end(struct run *run, const struct driver_result *result)
{
	struct orchestrator *orchestrator = run->orchestrator;
	struct trailer_source source = {
		.id = run->node.id,
		.attempt = run->attempt,
		.engine = run->engine,
		.driver = orchestrator->driver,
		.result = result,
	};
	int status = trailer_end(&run->output, &source, &orchestrator->settings->result_key);

	if (status < 0)
		wp_log(WP_LOG_ERROR, "result line cannot be written", "id",
			wp_log_id(&run->node.id), "error", wp_log_error(status), NULL);
	run->ended_ms = wp_time_monotonic_ms();
	orchestrator_count(orchestrator, ORCHESTRATOR_RUNS, (size_t)result->outcome);
	orchestrator_observe(orchestrator, ORCHESTRATOR_RUN, run->started_us);
	if (result->outcome == DRIVER_FAILED)
		wp_log(WP_LOG_WARNING, "run failed", "id", wp_log_id(&run->node.id), "attempt",
			wp_log_i64(run->attempt), "why", result->error_message, NULL);
	count_kept(run);
}

static void bury(struct run *run)
{
	struct orchestrator *orchestrator = run->orchestrator;

	wp_watch_free(run->watch);
	run->watch = NULL;
	orchestrator->driver->free(run->isolate);
	run->isolate = NULL;
	orchestrator->live--;
	orchestrator_gauge(orchestrator, ORCHESTRATOR_ISOLATES, orchestrator->live);
}

static void on_event(void *arg, unsigned events)
{
	struct run *run = arg;
	struct orchestrator *orchestrator = run->orchestrator;
	const struct driver_result *result = orchestrator->driver->step(run->isolate);

	(void)events;
	if (result == NULL) {
		serve_run(run);
		return;
	}
	end(run, result);
	bury(run);
	WP_CRASH_POINT("ended");
	/* The verdict waits for the trailer; the slot can wait. */
	serve_run(run);
	WP_CRASH_POINT("trailer-sent");
	release_slot(orchestrator, &run->node.id, run->attempt);
	/* An output that could not be ended is as good as lost: better unknown than silent. */
	if (!run->output.ended)
		run_forget(run);
	orchestrator_next(orchestrator);
}

/* ---- the start ---- */

static void fail_start(struct run *run, int error)
{
	struct driver_result result = { .outcome = DRIVER_FAILED };

	snprintf(result.error_message, sizeof result.error_message, "not started: %s",
		wp_strerror(error));
	end(run, &result);
	release_slot(run->orchestrator, &run->node.id, run->attempt);
}

static int spawn(struct run *run, const struct run_program *program)
{
	struct orchestrator *orchestrator = run->orchestrator;
	const struct driver *driver = orchestrator->driver;
	char name[DRIVER_NAME_MAX];
	char id[WP_ID_TEXT];
	struct driver_task task = {
		.name = name,
		.code = program->code,
		.code_size = program->code_size,
		.input = program->input,
		.input_size = program->input_size,
		.engine = program->facts->engine_name,
		.timeout_ms = program->facts->timeout_ms,
		.wall_ms = wp_lifetime_run_ms(program->facts->timeout_ms),
		.clock_ms = program->facts->clock_ms,
	};

	snprintf(name, sizeof name, "%s:%" PRIu32, wp_id_text(id, &program->id), program->attempt);
	memcpy(task.seed, program->facts->seed, sizeof task.seed);
	int status =
		driver->spawn(orchestrator->driver_state, &task, on_output, run, &run->isolate);
	if (status < 0)
		return status;
	run->watch = wp_watch_new(
		orchestrator->context->loop, driver->fd(run->isolate), WP_LOOP_READ, on_event, run);
	if (run->watch == NULL) {
		status = -errno;
		driver->free(run->isolate);
		run->isolate = NULL;
		return status;
	}
	orchestrator->live++;
	orchestrator_gauge(orchestrator, ORCHESTRATOR_ISOLATES, orchestrator->live);
	return 0;
}

int run_start(struct orchestrator *orchestrator, const struct run_program *program)
{
	struct run *run = calloc(1, sizeof *run);

	if (run == NULL) {
		release_slot(orchestrator, &program->id, program->attempt);
		return -ENOMEM;
	}
	run->orchestrator = orchestrator;
	run->node.id = program->id;
	run->attempt = program->attempt;
	run->fence = program->fence;
	run->started_us = wp_time_monotonic_us();
	snprintf(run->engine, sizeof run->engine, "%s", program->facts->engine);
	snprintf(run->trace, sizeof run->trace, "%s", program->trace);
	wp_id_table_add(&orchestrator->runs, &run->node);
	int status = spawn(run, program);
	if (status < 0)
		fail_start(run, status);
	return 0;
}

/* ---- those that are kept ---- */

bool run_is_live(const struct run *run)
{
	return run->isolate != NULL;
}

struct run *run_find(struct orchestrator *orchestrator, const struct wp_id *id, uint32_t attempt)
{
	struct wp_id_node *node = wp_id_table_find(&orchestrator->runs, id);

	while (node != NULL && ((struct run *)node)->attempt != attempt)
		node = wp_id_table_next(node);
	return (struct run *)node;
}

void run_forget(struct run *run)
{
	struct orchestrator *orchestrator = run->orchestrator;

	wp_id_table_remove(&orchestrator->runs, &run->node);
	orchestrator->kept_bytes -= run->kept_bytes;
	output_free(&run->output);
	free(run);
}

static void forget_old(void *arg, struct wp_id_node *node)
{
	struct run *run = (struct run *)node;
	int64_t now_ms = *(const int64_t *)arg;

	if (!run_is_live(run) &&
		now_ms - run->ended_ms >= run->orchestrator->settings->output_keep_ms)
		run_forget(run);
}

void run_sweep(struct orchestrator *orchestrator)
{
	int64_t now_ms = wp_time_monotonic_ms();

	wp_id_table_each(&orchestrator->runs, forget_old, &now_ms);
	orchestrator_gauge(orchestrator, ORCHESTRATOR_KEPT, (double)orchestrator->kept_bytes);
}

static void free_any(void *arg, struct wp_id_node *node)
{
	struct run *run = (struct run *)node;

	(void)arg;
	if (run_is_live(run))
		bury(run);
	run_forget(run);
}

void run_free_all(struct orchestrator *orchestrator)
{
	wp_id_table_each(&orchestrator->runs, free_any, NULL);
}
