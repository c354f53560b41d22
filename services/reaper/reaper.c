#include "services/reaper/reaper.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "proto/installer.h"
#include "proto/store.h"
#include "proto/task.h"
#include "services/reaper/orphans.h"
#include "services/vm-orchestrator/driver.h"

#include <stdlib.h>

/* What an isolate may outlive its slot by: its own alarm starts when it does, up to 2 s after the
 * slot was taken. */
#define SLOT_GRACE_MS WP_BOOT_MARGIN_MS
/* Slots that took longer to come are too old to kill by; below ORPHANS_YOUNG_MS. */
#define SLOTS_FRESH_MS 1000

struct reaper {
	struct wp_context *context;
	const struct reaper_settings *settings;
	int metrics;
	struct wp_store *store;
	struct wp_installer *installer;
	const struct driver *driver;
	void *driver_state;
	struct wp_timer *timer;
	int64_t asked_ms;
	unsigned held;
	bool draining, stopped;
};

struct listing {
	struct reaper *reaper;
	const struct wp_slot *slots;
	size_t slot_count;
};

static void free_state(struct reaper *reaper)
{
	wp_store_free(reaper->store);
	free(reaper);
}

static void let_go(struct reaper *reaper)
{
	if (--reaper->held == 0 && reaper->stopped)
		free_state(reaper);
}

static void count(struct reaper *reaper, enum reaper_metric metric, size_t label, int64_t by)
{
	wp_metric_add(reaper->context->metrics, reaper->metrics + (int)metric, label, (double)by);
}

static void gauge(struct reaper *reaper, enum reaper_metric metric, int64_t value)
{
	wp_metric_set(reaper->context->metrics, reaper->metrics + (int)metric, 0, (double)value);
}

/* ---- orphans ---- */

static void kill_orphan(
	struct reaper *reaper, const char *name, int64_t age_ms, enum orphans_fate fate)
{
	int status = reaper->driver->kill_by_name(reaper->driver_state, name);

	/* Gone already: it ended, or another reaper was first. */
	if (status == -ESRCH)
		return;
	wp_log(status < 0 ? WP_LOG_ERROR : WP_LOG_WARNING, "isolate killed", "isolate", name,
		"cause", orphans_fate_text(fate), "age_ms", wp_log_i64(age_ms), "error",
		status < 0 ? wp_log_error(status) : "", NULL);
	if (status == 0)
		count(reaper, REAPER_KILLS, fate == ORPHANS_OVERDUE ? 1u : 0u, 1);
}

static void on_isolate(void *arg, const char *name, int64_t age_ms)
{
	const struct listing *listing = arg;
	enum orphans_fate fate =
		orphans_fate_of(name, age_ms, listing->slots, listing->slot_count, SLOT_GRACE_MS);

	switch (fate) {
	case ORPHANS_KEEP:
	case ORPHANS_UNKNOWN:
		break;
	case ORPHANS_NO_SLOT:
	case ORPHANS_OVERDUE:
		WP_CRASH_POINT("orphan-seen");
		kill_orphan(listing->reaper, name, age_ms, fate);
		break;
	}
}

static void on_slots(void *arg, int status, const struct wp_slot *slots, size_t slot_count)
{
	struct reaper *reaper = arg;
	struct listing listing = { reaper, slots, slot_count };

	if (reaper->stopped || reaper->draining)
		goto out;
	/* Without the slots nothing is known, so nothing is killed. */
	if (status == 0 && wp_time_monotonic_ms() - reaper->asked_ms <= SLOTS_FRESH_MS) {
		gauge(reaper, REAPER_HELD, (int64_t)slot_count);
		status = reaper->driver->list(reaper->driver_state, on_isolate, &listing);
	} else if (status == 0) {
		status = -ETIMEDOUT;
	}
	if (status < 0)
		wp_log(WP_LOG_WARNING, "isolates not looked at", "error", wp_log_error(status),
			NULL);
	count(reaper, REAPER_SWEEPS, status < 0 ? 1u : 0u, 1);
out:
	let_go(reaper);
}

/* ---- the net in Redis ---- */

static void on_reaped(void *arg, int status, const struct wp_reaped *reaped)
{
	struct reaper *reaper = arg;

	if (!reaper->stopped && status == 0) {
		count(reaper, REAPER_REFUNDS, 0, reaped->refunds);
		count(reaper, REAPER_SLOTS, 0, reaped->slots);
		gauge(reaper, REAPER_OVERDUE, reaped->leases);
		if (reaped->refunds > 0 || reaped->slots > 0)
			wp_log(WP_LOG_WARNING, "reaped", "refunds", wp_log_i64(reaped->refunds),
				"slots", wp_log_i64(reaped->slots), NULL);
	}
	let_go(reaper);
}

static void sweep(void *arg)
{
	struct reaper *reaper = arg;

	/* One sweep at a time: a Redis that hangs is not asked twice. */
	if (reaper->held > 0 || reaper->draining)
		return;
	reaper->asked_ms = wp_time_monotonic_ms();
	if (wp_store_reap(reaper->store, SLOT_GRACE_MS, on_reaped, reaper) == 0)
		reaper->held++;
	if (wp_store_slots(reaper->store, on_slots, reaper) == 0)
		reaper->held++;
	WP_CRASH_POINT("swept");
}

/* ---- the life of the daemon ---- */

int reaper_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state)
{
	struct reaper *reaper = calloc(1, sizeof *reaper);
	const char *why = "";

	if (reaper == NULL)
		return -ENOMEM;
	reaper->context = context;
	reaper->settings = settings;
	reaper->metrics = metrics_base;
	reaper->driver = driver_by_name(reaper_drivers[reaper->settings->driver]);
	struct driver_settings driver = {
		.installation = reaper->settings->installation,
		.guest_path = reaper->settings->guest_path[0] == '\0'
				      ? NULL
				      : reaper->settings->guest_path,
		.capacity = 1,
	};
	int status = reaper->driver == NULL
			     ? -ENOENT
			     : reaper->driver->open(&driver, &reaper->driver_state, &why);
	if (status < 0) {
		wp_log(WP_LOG_ERROR, "driver cannot be opened", "driver",
			reaper_drivers[reaper->settings->driver], "why", why == NULL ? "" : why,
			"error", wp_log_error(status), NULL);
		free(reaper);
		return status;
	}
	*ret_state = reaper;
	return 0;
}

int reaper_start(void *state)
{
	struct reaper *reaper = state;

	reaper->store = wp_store_new(reaper->context->redis);
	reaper->timer = wp_timer_new(reaper->context->loop, sweep, reaper);
	if (reaper->store == NULL || reaper->timer == NULL)
		return -ENOMEM;
	reaper->installer = wp_installer_new(reaper->context->loop, reaper->context->redis);
	if (reaper->installer == NULL)
		return -ENOMEM;
	wp_timer_start(reaper->timer, 0, reaper->settings->sweep_ms);
	return 0;
}

/* Nobody has anything to tell the reaper. */
void reaper_on_message(void *state, const uint8_t *data, size_t size)
{
	(void)state;
	(void)data;
	(void)size;
}

void reaper_drain(void *state)
{
	((struct reaper *)state)->draining = true;
}

bool reaper_drained(void *state)
{
	return ((const struct reaper *)state)->held == 0;
}

void reaper_stop(void *state)
{
	struct reaper *reaper = state;

	wp_installer_free(reaper->installer);
	wp_timer_free(reaper->timer);
	reaper->driver->close(reaper->driver_state);
	reaper->stopped = true;
	if (reaper->held == 0)
		free_state(reaper);
}
