#include "libcommon/service.h"
#include "services/chain-writer/writer.h"

static const char *const peers[] = { "payment-verifier", NULL };

int main(int argc, char **argv)
{
	const struct wp_service service = {
		.name = "chain-writer",
		.options = writer_options_table,
		.option_count = writer_options_count,
		.settings_size = sizeof(struct writer_settings),
		.peers = peers,
		.bus_capacity = WRITER_JOBS_MAX,
		.metrics = writer_metrics,
		.metric_count = WRITER_METRIC_COUNT,
		.open = writer_open,
		.start = writer_start,
		.on_message = writer_on_message,
		.ready = writer_ready,
		.drain = writer_drain,
		.drained = writer_drained,
		.stop = writer_stop,
	};

	return wp_service_main(&service, argc, argv);
}
