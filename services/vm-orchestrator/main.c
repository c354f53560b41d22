/* wp-vm-orchestrator: takes slots, runs programs in isolates, keeps and serves their output. */
#include "libcommon/service.h"
#include "services/vm-orchestrator/orchestrator.h"

static const char *const peers[] = { "log-streamer", NULL };

int main(int argc, char **argv)
{
	const struct wp_service service = {
		.name = "vm-orchestrator",
		.options = orchestrator_options,
		.option_count = orchestrator_option_count,
		.settings_size = sizeof(struct orchestrator_settings),
		.peers = peers,
		.bus_capacity = 1024,
		.metrics = orchestrator_metrics,
		.metric_count = ORCHESTRATOR_METRIC_COUNT,
		.open = orchestrator_open,
		.start = orchestrator_start,
		.on_message = orchestrator_on_message,
		.drain = orchestrator_drain,
		.drained = orchestrator_drained,
		.stop = orchestrator_stop,
	};

	return wp_service_main(&service, argc, argv);
}
