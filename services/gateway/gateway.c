#include "services/gateway/gateway.h"

#include "libcommon/base.h"
#include "proto/baton.h"
#include "services/gateway/negotiate.h"
#include "services/gateway/present.h"
#include "services/gateway/reply.h"
#include "services/gateway/routes.h"
#include "services/gateway/wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTION_MAX 4096
#define IDLE_TIMEOUT_S 75 /* longer than the edge's, so that the edge closes */
#define BUS_CAPACITY   1000

/* ---- requests ---- */

static void refuse_method(struct reply *reply, const char *allow)
{
	const char *const lines[] = { allow, NULL };
	const struct problem problem = { .code = PROBLEM_METHOD_NOT_ALLOWED };
	reply_problem(reply, &problem, lines);
}

static void on_exchange(void *arg, struct wp_exchange *exchange)
{
	struct gateway *gateway = arg;
	struct route_match match;
	struct reply reply;
	const char *method = wp_exchange_method(exchange);
	route_find(&match, method, wp_exchange_path(exchange));
	reply_begin(&reply, gateway, exchange, match.route ? match.route->class : ROUTE_OTHER);
	if (wp_exchange_header_longest(exchange) > X402_HEADER_MAX)
		reply_code(&reply, PROBLEM_HEADER_TOO_LARGE);
	else if (!match.allow)
		reply_code(&reply, PROBLEM_NOT_FOUND);
	else if (strcmp(method, "OPTIONS") == 0)
		reply_options(&reply, match.allow);
	else if (!match.route)
		refuse_method(&reply, match.allow);
	else if (!negotiate_accepts_json(wp_exchange_header(exchange, "Accept")))
		reply_code(&reply, PROBLEM_NOT_ACCEPTABLE);
	else
		match.route->fn(&reply, match.parameter);
}

static void on_too_large(void *arg, struct wp_exchange *exchange)
{
	struct reply reply;
	reply_begin(&reply, arg, exchange, ROUTE_SUBMIT);
	reply_code(&reply, PROBLEM_BODY_TOO_LARGE);
}

/* ---- other daemons ---- */

static void on_message(void *state, const uint8_t *data, size_t size)
{
	struct gateway *gateway = state;
	Workproof__Envelope *envelope = wp_envelope_read(data, size);
	if (!envelope)
		return;
	if (envelope->body_case == WORKPROOF__ENVELOPE__BODY_PRESENT_ANSWER)
		present_on_answer(gateway->presents, envelope->present_answer);
	workproof__envelope__free_unpacked(envelope, NULL);
}

static void on_event(void *arg, const struct wp_event *event)
{
	struct gateway *gateway = arg;
	wait_wake(gateway->waits, &event->id);
}

static void on_lost(void *arg)
{
	struct gateway *gateway = arg;
	wait_wake_all(gateway->waits);
}

/* ---- life ---- */

static void gateway_stop(void *state)
{
	struct gateway *gateway = state;
	/* The server first: it tells those who wait that their clients are gone. */
	wp_http_server_free(gateway->server);
	wp_events_free(gateway->events);
	present_table_free(gateway->presents);
	wait_table_free(gateway->waits);
	wp_store_free(gateway->store);
	offer_free(gateway->offer);
	free(gateway->resource_url);
	free(gateway);
}

static int make_offer(struct gateway *gateway)
{
	const struct gateway_settings *settings = gateway->settings;
	if (asprintf(&gateway->resource_url, "%s/v1/verifications", settings->public_url) < 0) {
		gateway->resource_url = NULL;
		return -ENOMEM;
	}
	gateway->terms = (struct offer_terms){
		.url = gateway->resource_url,
		.chain_id = (uint64_t)settings->chain_id,
		.asset = settings->token_address,
		.token_name = settings->token_name,
		.token_version = settings->token_version,
		.token_decimals = (uint32_t)settings->token_decimals,
		.price = settings->price,
		.pay_to = settings->payment_wallet,
	};
	gateway->offer = offer_new(&gateway->terms);
	return gateway->offer ? 0 : -ENOMEM;
}

static int gateway_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state)
{
	struct gateway *gateway = calloc(1, sizeof(*gateway));
	if (!gateway)
		return -ENOMEM;
	gateway->context = context;
	gateway->settings = settings;
	gateway->metrics_base = metrics_base;
	gateway->store = wp_store_new(context->redis);
	gateway->presents = present_table_new(gateway);
	gateway->waits = wait_table_new();
	int error = make_offer(gateway);
	if (!error && (!gateway->store || !gateway->presents || !gateway->waits))
		error = -ENOMEM;
	if (error) {
		wp_log(WP_LOG_ERROR, "not opened", "error", wp_log_error(error), NULL);
		gateway_stop(gateway);
		return error;
	}
	*ret_state = gateway;
	return 0;
}

static int write_port(const struct gateway *gateway)
{
	const char *path = gateway->settings->port_file;
	if (!*path)
		return 0;
	FILE *file = fopen(path, "we");
	if (!file)
		return -errno;
	fprintf(file, "%u\n", wp_http_server_port(gateway->server));
	return fclose(file) == 0 ? 0 : -errno;
}

static int listen_for_clients(struct gateway *gateway)
{
	const struct wp_http_server_settings settings = {
		.listen = gateway->settings->listen,
		.body_max = WP_BODY_MAX_BYTES,
		.idle_timeout_s = IDLE_TIMEOUT_S,
		.connection_max = CONNECTION_MAX,
	};
	gateway->server = wp_http_server_new(
		gateway->context->loop, &settings, on_exchange, on_too_large, gateway);
	return gateway->server ? write_port(gateway) : -errno;
}

static int gateway_start(void *state)
{
	struct gateway *gateway = state;
	gateway->events = wp_events_new(gateway->context->loop, gateway->context->common->redis,
		on_event, on_lost, gateway);
	int error = gateway->events ? listen_for_clients(gateway) : -ENOMEM;
	if (error)
		wp_log(WP_LOG_ERROR, "cannot listen", "listen", gateway->settings->listen, "error",
			wp_log_error(error), NULL);
	return error;
}

static void gateway_drain(void *state)
{
	struct gateway *gateway = state;
	gateway->draining = true;
	if (gateway->server)
		wp_http_server_quiesce(gateway->server);
	/* Whoever waits is answered with what is known. */
	wait_wake_all(gateway->waits);
}

static bool gateway_drained(void *state)
{
	const struct gateway *gateway = state;
	return !gateway->server || wp_http_server_open_exchanges(gateway->server) == 0;
}

static const char *const peers[] = { "payment-verifier", NULL };

/* Completed by main.c with the table of settings, whose length only settings.c knows. */
const struct wp_service gateway_service = {
	.name = "gateway",
	.settings_size = sizeof(struct gateway_settings),
	.peers = peers,
	.bus_capacity = BUS_CAPACITY,
	.metrics = gateway_metrics,
	.metric_count = METRIC_COUNT,
	.open = gateway_open,
	.start = gateway_start,
	.on_message = on_message,
	.drain = gateway_drain,
	.drained = gateway_drained,
	.stop = gateway_stop,
};
