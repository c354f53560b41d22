/* wp-log-streamer: follows a run's output to its result line, decides the verdict and signs it. */
#include "libcommon/service.h"
#include "services/log-streamer/streamer.h"

static const char *const peers[] = { "vm-orchestrator", "chain-writer", NULL };

int main(int argc, char **argv)
{
	const struct wp_service service = {
		.name = "log-streamer",
		.options = streamer_options,
		.option_count = streamer_option_count,
		.settings_size = sizeof(struct streamer_settings),
		.peers = peers,
		.bus_capacity = 1024,
		.metrics = streamer_metrics,
		.metric_count = STREAMER_METRIC_COUNT,
		.open = streamer_open,
		.start = streamer_start,
		.on_message = streamer_on_message,
		.drain = streamer_drain,
		.drained = streamer_drained,
		.stop = streamer_stop,
	};

	return wp_service_main(&service, argc, argv);
}
