#include "services/vm-orchestrator/orchestrator.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/vm-orchestrator/intake.h"
#include "services/vm-orchestrator/release.h"
#include "services/vm-orchestrator/run.h"
#include "services/vm-orchestrator/serve.h"
#include "services/vm-orchestrator/waiting.h"

#include <stdlib.h>
#include <unistd.h>

#define TICK_MS 250

static const enum wp_state own_states[] = { WP_STATE_PAID };

/* ---- shared by the parts ---- */

static void free_state(struct orchestrator *orchestrator)
{
	wp_store_free(orchestrator->store);
	free(orchestrator->waiting);
	free(orchestrator);
}

void orchestrator_hold(struct orchestrator *orchestrator)
{
	orchestrator->held++;
}

void orchestrator_let_go(struct orchestrator *orchestrator)
{
	if (--orchestrator->held == 0 && orchestrator->stopped)
		free_state(orchestrator);
}

/* Metrics may be gone once stopped. */
void orchestrator_count(
	struct orchestrator *orchestrator, enum orchestrator_metric metric, size_t label)
{
	if (!orchestrator->stopped)
		wp_metric_add(orchestrator->context->metrics, orchestrator->metrics + (int)metric,
			label, 1);
}

void orchestrator_gauge(
	struct orchestrator *orchestrator, enum orchestrator_metric metric, double value)
{
	if (!orchestrator->stopped)
		wp_metric_set(orchestrator->context->metrics, orchestrator->metrics + (int)metric,
			0, value);
}

void orchestrator_observe(
	struct orchestrator *orchestrator, enum orchestrator_metric metric, int64_t since_us)
{
	wp_metric_observe(orchestrator->context->metrics, orchestrator->metrics + (int)metric, 0,
		(double)(wp_time_monotonic_us() - since_us) / 1e6);
}

void orchestrator_next(struct orchestrator *orchestrator)
{
	if (orchestrator->stopped)
		return;
	intake_next(orchestrator);
	if (intake_room(orchestrator) > 0)
		wp_claimer_more(orchestrator->claimer);
}

/* ---- the life of the daemon ---- */

static size_t claim_room(void *arg, enum wp_state state)
{
	(void)state;
	return intake_room(arg);
}

static void on_claimed(void *arg, const struct wp_baton *baton)
{
	intake_baton(arg, baton);
}

static void on_tick(void *arg)
{
	struct orchestrator *orchestrator = arg;

	intake_hand_back(orchestrator, orchestrator->draining);
	release_retry(orchestrator);
	run_sweep(orchestrator);
	orchestrator_next(orchestrator);
}

/* One isolate per processor unless told: every program may use up its CPU time, and one that shares
 * a processor with many others would come to its hard end before its own limit. */
static unsigned isolates_at_once(const struct orchestrator_settings *settings)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (settings->capacity > 0)
		return (unsigned)settings->capacity;
	return processors > 0 ? (unsigned)processors : 1;
}

static int open_driver(struct orchestrator *orchestrator)
{
	const struct orchestrator_settings *settings = orchestrator->settings;
	const char *name = orchestrator_drivers[settings->driver];
	const char *why = "";

	orchestrator->capacity = isolates_at_once(settings);
	struct driver_settings driver = {
		.installation = settings->installation,
		.guest_path = settings->guest_path[0] == '\0' ? NULL : settings->guest_path,
		.capacity = orchestrator->capacity,
	};

	orchestrator->driver = driver_by_name(name);
	if (orchestrator->driver == NULL) {
		wp_log(WP_LOG_ERROR, "no such driver", "driver", name, NULL);
		return -ENOENT;
	}
	int status = orchestrator->driver->open(&driver, &orchestrator->driver_state, &why);
	if (status < 0)
		wp_log(WP_LOG_ERROR, "driver cannot be opened", "driver", name, "why",
			why == NULL ? "" : why, "error", wp_log_error(status), NULL);
	return status;
}

int orchestrator_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state)
{
	struct orchestrator *orchestrator = calloc(1, sizeof *orchestrator);

	if (orchestrator == NULL)
		return -ENOMEM;
	orchestrator->context = context;
	orchestrator->settings = settings;
	orchestrator->metrics = metrics_base;
	orchestrator->waiting = calloc(1, sizeof *orchestrator->waiting);
	int status = orchestrator->waiting == NULL ? -ENOMEM : open_driver(orchestrator);
	if (status < 0) {
		free_state(orchestrator);
		return status;
	}
	*ret_state = orchestrator;
	return 0;
}

int orchestrator_start(void *state)
{
	struct orchestrator *orchestrator = state;
	struct wp_context *context = orchestrator->context;

	orchestrator->store = wp_store_new(context->redis);
	orchestrator->tick = wp_timer_new(context->loop, on_tick, orchestrator);
	if (orchestrator->store == NULL || orchestrator->tick == NULL)
		return -ENOMEM;
	orchestrator->claimer = wp_claimer_new(context->loop, orchestrator->store, own_states,
		WP_ARRAY_LEN(own_states), claim_room, on_claimed, orchestrator);
	if (orchestrator->claimer == NULL)
		return -ENOMEM;
	orchestrator->installer = wp_installer_new(context->loop, context->redis);
	if (orchestrator->installer == NULL)
		return -ENOMEM;
	wp_timer_start(orchestrator->tick, TICK_MS, TICK_MS);
	wp_claimer_start(orchestrator->claimer);
	return 0;
}

static void on_baton(struct orchestrator *orchestrator, const Workproof__Envelope *envelope)
{
	struct wp_baton baton;

	if (wp_baton_read(&baton, envelope) == 0 && baton.state == WP_STATE_PAID)
		intake_baton(orchestrator, &baton);
}

void orchestrator_on_message(void *state, const uint8_t *data, size_t size)
{
	struct orchestrator *orchestrator = state;
	Workproof__Envelope *envelope = wp_envelope_read(data, size);

	if (envelope == NULL)
		return;
	if (envelope->body_case == WORKPROOF__ENVELOPE__BODY_BATON)
		on_baton(orchestrator, envelope);
	else if (envelope->body_case == WORKPROOF__ENVELOPE__BODY_OUTPUT_REQUEST)
		serve_on_request(orchestrator, envelope->output_request);
	else if (envelope->body_case == WORKPROOF__ENVELOPE__BODY_OUTPUT_DONE)
		serve_on_done(orchestrator, envelope->output_done);
	workproof__envelope__free_unpacked(envelope, NULL);
}

void orchestrator_drain(void *state)
{
	struct orchestrator *orchestrator = state;

	orchestrator->draining = true;
	wp_claimer_stop(orchestrator->claimer);
	intake_hand_back(orchestrator, true);
}

/* Outputs that were not fetched yet would cost an attempt. */
bool orchestrator_drained(void *state)
{
	const struct orchestrator *orchestrator = state;

	return orchestrator->starting == 0 && orchestrator->live == 0 &&
	       orchestrator->runs.count == 0 && orchestrator->releases == NULL &&
	       orchestrator->held == 0;
}

void orchestrator_stop(void *state)
{
	struct orchestrator *orchestrator = state;

	wp_installer_free(orchestrator->installer);
	wp_claimer_free(orchestrator->claimer);
	wp_timer_free(orchestrator->tick);
	run_free_all(orchestrator);
	release_forget(orchestrator);
	orchestrator->driver->close(orchestrator->driver_state);
	orchestrator->stopped = true;
	if (orchestrator->held == 0)
		free_state(orchestrator);
}
