#include "libcommon/service.h"
#include "services/payment-verifier/verifier.h"

static const char *const peers[] = { "gateway", "chain-writer", "vm-orchestrator", NULL };

int main(int argc, char **argv)
{
	const struct wp_service service = {
		.name = "payment-verifier",
		.options = options_table,
		.option_count = options_count,
		.settings_size = sizeof(struct verifier_settings),
		.peers = peers,
		.bus_capacity = VERIFIER_PRESENTS_MAX,
		.metrics = verifier_metrics,
		.metric_count = VERIFIER_METRIC_COUNT,
		.open = verifier_open,
		.start = verifier_start,
		.on_message = verifier_on_message,
		.ready = verifier_ready,
		.drain = verifier_drain,
		.drained = verifier_drained,
		.stop = verifier_stop,
	};

	return wp_service_main(&service, argc, argv);
}
