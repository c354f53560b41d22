/* reaper.h - the net under the others: deadlines, overdue slots, orphaned isolates of this host. */
#ifndef WP_REAPER_H
#define WP_REAPER_H

#include "libcommon/service.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reaper_settings {
	int driver; /* index into reaper_drivers */
	char *guest_path;
	char *installation;
	int64_t sweep_ms;
};
extern const struct wp_option reaper_options[];
extern const size_t reaper_option_count;
extern const char *const reaper_drivers[];

enum reaper_metric {
	REAPER_SWEEPS,  /* by result: done, failed */
	REAPER_REFUNDS, /* verifications past their deadline */
	REAPER_SLOTS,   /* slots past their hard end */
	REAPER_KILLS,   /* isolates killed, by cause */
	REAPER_OVERDUE, /* queue entries that nobody claims */
	REAPER_HELD,    /* slots held now */
	REAPER_METRIC_COUNT
};
extern const struct wp_metric reaper_metrics[];

/* For struct wp_service. */
int reaper_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state);
int reaper_start(void *state);
void reaper_on_message(void *state, const uint8_t *data, size_t size);
bool reaper_drained(void *state);
void reaper_drain(void *state);
void reaper_stop(void *state);

#endif
