/* gateway.h - the state of the process, shared by its rooms. One thread, one loop. */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "libcommon/http_server.h"
#include "libcommon/service.h"
#include "proto/id_table.h"
#include "proto/store.h"
#include "services/gateway/metrics.h"
#include "services/gateway/offer.h"
#include "services/gateway/settings.h"

struct present_table;
struct wait_table;

struct gateway {
	struct wp_context *context;
	const struct gateway_settings *settings;
	int metrics_base;
	char *resource_url; /* what is paid for: <public_url>/v1/verifications */
	struct offer_terms terms;
	struct offer *offer;
	struct wp_store *store;
	struct wp_events *events;
	struct wp_http_server *server;
	struct present_table *presents;
	struct wait_table *waits;
	bool draining;
};

extern const struct wp_service gateway_service;

static inline void gateway_count(const struct gateway *gateway, int metric, size_t label)
{
	wp_metric_add(gateway->context->metrics, gateway->metrics_base + metric, label, 1);
}

#endif
