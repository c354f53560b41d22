#include "services/vm-orchestrator/intake.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "proto/task.h"
#include "services/vm-orchestrator/fitness.h"
#include "services/vm-orchestrator/release.h"
#include "services/vm-orchestrator/run.h"
#include "services/vm-orchestrator/waiting.h"

#include <stdlib.h>
#include <string.h>

/* Ended runs whose output nobody fetched: past this many nothing new is taken. */
#define RUNS_KEPT_MAX 4096

/* A baton in work, from the reads to the start. */
struct intake {
	struct orchestrator *orchestrator;
	struct wp_baton baton;
	struct fitness_facts facts;
	enum fitness fitness;
	unsigned reads_left;
	int status; /* of the reads: the first failure */
	char *code, *input;
	size_t code_size, input_size;
	int64_t begun_us, asked_ms;
};

static void finish(struct intake *intake)
{
	struct orchestrator *orchestrator = intake->orchestrator;

	free(intake->code);
	free(intake->input);
	free(intake);
	orchestrator->starting--;
	orchestrator_next(orchestrator);
}

/* ---- handing back ---- */

/* Whatever the answer: the baton is no longer ours. */
static void on_parked(void *arg, const struct wp_moved *moved)
{
	(void)moved;
	orchestrator_let_go(arg);
}

static void park(struct orchestrator *orchestrator, const struct wp_baton *baton,
	enum orchestrator_parked why)
{
	int64_t delay_ms = why == ORCHESTRATOR_PARKED_DRAIN ? 0 : INTAKE_PARK_MS;

	orchestrator_count(orchestrator, ORCHESTRATOR_PARKED, why);
	/* A baton that cannot even be parked is claimed by somebody when its lease is over. */
	if (wp_store_park(orchestrator->store, &baton->id, baton->fence, WP_STATE_PAID, delay_ms,
		    NULL, 0, on_parked, orchestrator) == 0)
		orchestrator_hold(orchestrator);
}

static void drop(struct intake *intake, int status)
{
	orchestrator_count(intake->orchestrator, ORCHESTRATOR_DROPPED, 0);
	wp_log(WP_LOG_DEBUG, "baton dropped", "id", wp_log_id(&intake->baton.id), "error",
		wp_log_error(status), NULL);
	finish(intake);
}

/* ---- the start ---- */

static void start(struct intake *intake, uint64_t fence, uint32_t attempt)
{
	struct orchestrator *orchestrator = intake->orchestrator;
	struct wp_bus *bus = orchestrator->context->bus;
	struct run_program program = {
		.id = intake->baton.id,
		.attempt = attempt,
		.fence = fence,
		.trace = intake->baton.trace,
		.facts = &intake->facts,
		.code = intake->code,
		.code_size = intake->code_size,
		.input = intake->input,
		.input_size = intake->input_size,
	};

	/* The next stage reads the record while the isolate starts; its request for output is
	 * answered after this call. */
	wp_baton_push(bus, WP_STATE_RUNNING, &program.id, fence, attempt, wp_bus_endpoint(bus),
		intake->baton.trace);
	WP_CRASH_POINT("baton-sent");
	if (wp_time_monotonic_ms() - intake->asked_ms <= INTAKE_START_DEADLINE_MS) {
		run_start(orchestrator, &program);
		wp_log(WP_LOG_INFO, "isolate started", "id", wp_log_id(&program.id), "attempt",
			wp_log_i64(attempt), NULL);
		orchestrator_observe(orchestrator, ORCHESTRATOR_START, intake->begun_us);
	} else {
		wp_log(WP_LOG_WARNING, "slot came too late, nothing is started", "id",
			wp_log_id(&program.id), NULL);
		release_slot(orchestrator, &program.id, attempt);
	}
	WP_CRASH_POINT("spawned");
}

static void on_advanced(void *arg, const struct wp_moved *moved)
{
	struct intake *intake = arg;
	struct orchestrator *orchestrator = intake->orchestrator;

	if (!orchestrator->stopped && moved->status == 0) {
		WP_CRASH_POINT("slot-taken");
		start(intake, moved->fence, moved->attempt);
		finish(intake);
	} else if (!orchestrator->stopped && moved->status == -WP_E_FULL) {
		park(orchestrator, &intake->baton, ORCHESTRATOR_PARKED_FULL);
		finish(intake);
	} else {
		drop(intake, moved->status);
	}
	orchestrator_let_go(orchestrator);
}

static void advance(struct intake *intake)
{
	struct orchestrator *orchestrator = intake->orchestrator;
	struct wp_field_value fields[] = {
		{ WP_FIELD_host, wp_bus_endpoint(orchestrator->context->bus) },
		{ WP_FIELD_driver, orchestrator->driver->name },
		{ WP_FIELD_isolation, orchestrator->driver->isolation },
	};
	struct wp_move move = {
		.id = intake->baton.id,
		.fence = intake->baton.fence,
		.from = WP_STATE_PAID,
		.to = WP_STATE_RUNNING,
		.fields = fields,
		.field_count = WP_ARRAY_LEN(fields),
		.slot_max = orchestrator->settings->slots_max,
		.slot_ms = wp_lifetime_run_ms(intake->facts.timeout_ms),
	};

	intake->asked_ms = wp_time_monotonic_ms();
	int status = wp_store_advance(orchestrator->store, &move, on_advanced, intake);
	if (status < 0)
		drop(intake, status);
	else
		orchestrator_hold(orchestrator);
}

/* ---- the reads ---- */

static void decide(struct intake *intake)
{
	struct orchestrator *orchestrator = intake->orchestrator;

	if (intake->status < 0 || orchestrator->stopped) {
		drop(intake, intake->status);
	} else if (intake->fitness != FITNESS_OK) {
		wp_log(intake->fitness == FITNESS_RECORD ? WP_LOG_ERROR : WP_LOG_INFO,
			"not ours to run", "id", wp_log_id(&intake->baton.id), "why",
			fitness_text(intake->fitness), NULL);
		park(orchestrator, &intake->baton, ORCHESTRATOR_PARKED_UNFIT);
		finish(intake);
	} else {
		advance(intake);
	}
}

static void read_done(struct intake *intake, int status)
{
	struct orchestrator *orchestrator = intake->orchestrator;

	if (status < 0 && intake->status == 0)
		intake->status = status;
	if (--intake->reads_left == 0)
		decide(intake);
	orchestrator_let_go(orchestrator);
}

static void on_record(void *arg, int status, const struct wp_record *record)
{
	struct intake *intake = arg;
	struct wp_baton *baton = &intake->baton;

	if (status == 0 && (wp_record_state(record) != WP_STATE_PAID ||
				   wp_record_fence(record) != baton->fence))
		status = -WP_E_STALE;
	if (status == 0) {
		const char *trace = wp_record_text(record, WP_FIELD_trace);

		intake->fitness =
			fitness_of(&intake->facts, record, intake->orchestrator->driver->isolation);
		if (baton->trace[0] == '\0' && strlen(trace) < sizeof baton->trace)
			memcpy(baton->trace, trace, strlen(trace) + 1);
	}
	read_done(intake, status);
}

static char *copy_bytes(const char *data, size_t size)
{
	char *copy = malloc(size + 1);

	if (copy != NULL) {
		if (size > 0)
			memcpy(copy, data, size);
		copy[size] = '\0';
	}
	return copy;
}

static void on_body(void *arg, int status, const struct wp_body *body)
{
	struct intake *intake = arg;

	if (status == 0) {
		intake->code = copy_bytes(body->code, body->code_size);
		intake->code_size = body->code_size;
		if (body->input != NULL) {
			intake->input = copy_bytes(body->input, body->input_size);
			intake->input_size = body->input_size;
		}
		if (intake->code == NULL || (body->input != NULL && intake->input == NULL))
			status = -ENOMEM;
	}
	read_done(intake, status);
}

/* Both reads go out in one turn, so that they cost one way to Redis. */
static void begin(struct orchestrator *orchestrator, const struct wp_baton *baton)
{
	struct intake *intake = calloc(1, sizeof *intake);

	if (intake == NULL)
		return;
	intake->orchestrator = orchestrator;
	intake->baton = *baton;
	intake->begun_us = wp_time_monotonic_us();
	intake->reads_left = 1;
	orchestrator->starting++;
	orchestrator_hold(orchestrator);
	int status = wp_store_get(orchestrator->store, &baton->id, on_record, intake);
	if (status == 0) {
		intake->reads_left++;
		orchestrator_hold(orchestrator);
		status = wp_store_get_body(orchestrator->store, &baton->id, on_body, intake);
		if (status == 0) {
			intake->reads_left++;
			orchestrator_hold(orchestrator);
		}
	}
	read_done(intake, status);
}

/* ---- room ---- */

size_t intake_room(const struct orchestrator *orchestrator)
{
	size_t busy = orchestrator->live + orchestrator->starting;
	size_t capacity = orchestrator->capacity;

	if (orchestrator->draining || busy >= capacity ||
		orchestrator->runs.count >= RUNS_KEPT_MAX + capacity ||
		orchestrator->kept_bytes >= (size_t)orchestrator->settings->output_memory_bytes)
		return 0;
	return capacity - busy;
}

void intake_baton(struct orchestrator *orchestrator, const struct wp_baton *baton)
{
	if (orchestrator->draining)
		park(orchestrator, baton, ORCHESTRATOR_PARKED_DRAIN);
	else if (intake_room(orchestrator) > 0)
		begin(orchestrator, baton);
	else if (!waiting_add(orchestrator->waiting, baton, wp_time_monotonic_ms()))
		park(orchestrator, baton, ORCHESTRATOR_PARKED_BUSY);
	orchestrator_gauge(
		orchestrator, ORCHESTRATOR_WAITING, (double)orchestrator->waiting->count);
}

void intake_next(struct orchestrator *orchestrator)
{
	struct wp_baton baton;

	while (intake_room(orchestrator) > 0 && waiting_take(orchestrator->waiting, &baton))
		begin(orchestrator, &baton);
	orchestrator_gauge(
		orchestrator, ORCHESTRATOR_WAITING, (double)orchestrator->waiting->count);
}

void intake_hand_back(struct orchestrator *orchestrator, bool all)
{
	struct wp_baton baton;
	int64_t now_ms = wp_time_monotonic_ms();

	if (all) {
		while (waiting_take(orchestrator->waiting, &baton))
			park(orchestrator, &baton, ORCHESTRATOR_PARKED_DRAIN);
	} else {
		while (waiting_take_long(orchestrator->waiting, now_ms, &baton))
			park(orchestrator, &baton, ORCHESTRATOR_PARKED_BUSY);
	}
	orchestrator_gauge(
		orchestrator, ORCHESTRATOR_WAITING, (double)orchestrator->waiting->count);
}
