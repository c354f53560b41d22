/* wp-reaper: the net under the others: deadlines, overdue slots, orphaned isolates. */
#include "libcommon/service.h"
#include "services/reaper/reaper.h"

static const char *const peers[] = { NULL };

int main(int argc, char **argv)
{
	const struct wp_service service = {
		.name = "reaper",
		.options = reaper_options,
		.option_count = reaper_option_count,
		.settings_size = sizeof(struct reaper_settings),
		.peers = peers,
		.bus_capacity = 16,
		.metrics = reaper_metrics,
		.metric_count = REAPER_METRIC_COUNT,
		.open = reaper_open,
		.start = reaper_start,
		.on_message = reaper_on_message,
		.drain = reaper_drain,
		.drained = reaper_drained,
		.stop = reaper_stop,
	};

	return wp_service_main(&service, argc, argv);
}
