/* service.h - the one life of every daemon: parse and validate all settings, open (privileged),
 * start, loop, drain on SIGTERM/SIGINT, stop. main.c is a descriptor and one call.
 *
 *   --help, --version, --check-config, --config FILE
 * Exit status: 0 ended as asked, 64 bad usage or settings, 69 something needed is not there,
 * 70 broken invariant, 137 crash point. */
#ifndef WP_SERVICE_H
#define WP_SERVICE_H

#include "libcommon/bus.h"
#include "libcommon/conf.h"
#include "libcommon/http_client.h"
#include "libcommon/log.h"
#include "libcommon/loop.h"
#include "libcommon/metrics.h"
#include "libcommon/redis.h"

/* Settings every daemon has, parsed by the runner. */
struct wp_common_settings {
	char *redis;         /* WORKPROOF_REDIS: unix socket of the money instance */
	char *bus_directory; /* WORKPROOF_BUS_DIRECTORY: ipc sockets */
	char *admin_listen;  /* WORKPROOF_ADMIN_LISTEN: "127.0.0.1:0", "unix:/path"; livez, readyz,
				metrics */
	char *admin_port_file; /* WORKPROOF_ADMIN_PORT_FILE: the port chosen is written here; "" for
				  none */
	char *instance;        /* WORKPROOF_INSTANCE; "" makes "<service>-<pid>-<4 hex>" */
	int log_level;         /* WORKPROOF_LOG_LEVEL: debug|info|warning|error */
	int64_t drain_ms;      /* WORKPROOF_DRAIN: grace after SIGTERM, default 10s */
};

/* What the runner gives a daemon. All owned by the runner. */
struct wp_context {
	const struct wp_common_settings *common;
	const char *service;
	const char *instance;
	struct wp_loop *loop;
	struct wp_redis *redis;
	struct wp_bus *bus;
	struct wp_http_client *http;
	struct wp_metrics *metrics;
};

struct wp_service {
	const char *name; /* "log-streamer" */
	const struct wp_option *options;
	size_t option_count;
	size_t settings_size;
	const char *const *peers; /* services it sends to */
	int bus_capacity;
	const struct wp_metric *metrics;
	size_t metric_count;

	/* Makes the state; may block (key files, zygotes). 0 or -errno, having logged why.
	 * metrics_base is the number of metrics[0]. */
	int (*open)(struct wp_context *context, const void *settings, int metrics_base,
		void **ret_state);
	/* Work may begin: Redis answers and the bus is bound. Called once. 0 or -errno. */
	int (*start)(void *state);
	/* A bus message. */
	void (*on_message)(void *state, const uint8_t *data, size_t size);
	/* Besides "Redis connected": is it ready for work? NULL counts as yes. */
	bool (*ready)(void *state);
	/* SIGTERM: take no new work; the bus is withdrawn already. */
	void (*drain)(void *state);
	/* Polled while draining: true when nothing is under way. NULL: at once. */
	bool (*drained)(void *state);
	/* Frees the state. */
	void (*stop)(void *state);
};

/* Returns the exit status. */
int wp_service_main(const struct wp_service *service, int argc, char **argv);

#endif
