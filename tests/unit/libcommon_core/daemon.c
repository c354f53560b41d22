/* A daemon that does nothing but live: test_service looks at its life from outside. */
#include "libcommon/base.h"
#include "libcommon/service.h"

#include <errno.h>
#include <stdlib.h>

struct settings {
	bool busy; /* never drained */
	bool broken;
	int64_t number;
};

struct state {
	struct wp_context *context;
	const struct settings *settings;
	int metrics_base;
};

enum { MESSAGES };

static const struct wp_option options[] = {
	{ "busy", WP_CONF_BOOL, offsetof(struct settings, busy), "false", 0, 0, NULL,
		"work is always under way" },
	{ "broken", WP_CONF_BOOL, offsetof(struct settings, broken), "false", 0, 0, NULL,
		"the opening fails" },
	{ "number", WP_CONF_INT, offsetof(struct settings, number), NULL, 1, 9, NULL, "a number" },
};

static const struct wp_metric metrics[] = {
	[MESSAGES] = { "workproof_core_messages_total", WP_COUNTER, "Messages.", NULL, NULL },
};

static int open_state(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state)
{
	struct state *state = calloc(1, sizeof *state);

	if (state == NULL)
		return -ENOMEM;
	state->context = context;
	state->settings = settings;
	state->metrics_base = metrics_base;
	if (state->settings->broken) {
		wp_log(WP_LOG_ERROR, "broken as asked for", NULL);
		free(state);
		return -EIO;
	}
	*ret_state = state;
	return 0;
}

static int start(void *arg)
{
	const struct state *state = arg;

	return wp_redis_connected(state->context->redis) ? 0 : -ENOTCONN;
}

static void on_message(void *arg, const uint8_t *data, size_t size)
{
	const struct state *state = arg;

	(void)data;
	(void)size;
	wp_metric_add(state->context->metrics, state->metrics_base + MESSAGES, 0, 1);
}

static bool drained(void *arg)
{
	return !((const struct state *)arg)->settings->busy;
}

int main(int argc, char **argv)
{
	static const struct wp_service service = { .name = "core",
		.options = options,
		.option_count = WP_ARRAY_LEN(options),
		.settings_size = sizeof(struct settings),
		.bus_capacity = 10,
		.metrics = metrics,
		.metric_count = WP_ARRAY_LEN(metrics),
		.open = open_state,
		.start = start,
		.on_message = on_message,
		.drained = drained,
		.stop = free };

	return wp_service_main(&service, argc, argv);
}
