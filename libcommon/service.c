#include "libcommon/service.h"

#include "libcommon/base.h"
#include "libcommon/service_admin.h"
#include "libcommon/time.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define EXIT_USAGE       64
#define EXIT_UNAVAILABLE 69
#define EXIT_BROKEN      70
#define REDIS_WAIT_MS    10000
#define DRAINED_POLL_MS  20

enum stage { OPENING, WAITING, SERVING, DRAINING };

struct life {
	const struct wp_service *service;
	struct wp_common_settings common;
	void *settings;
	struct wp_context context;
	void *state;
	enum stage stage;
	int status; /* exit status, once the loop has ended */
	char instance[WP_BUS_INSTANCE_MAX + 1];
	struct wp_admin *admin;
	struct wp_watch *signals;
	struct wp_timer *patience; /* for Redis before the start, for the daemon while draining */
	struct wp_timer *drained;
};

static const char *const log_levels[] = { "debug", "info", "warning", "error", NULL };

#define MEMBER(name) offsetof(struct wp_common_settings, name)

static const struct wp_option common_options[] = {
	{ "redis", WP_CONF_PATH, MEMBER(redis), NULL, 0, 0, NULL, "unix socket of Redis" },
	{ "bus_directory", WP_CONF_PATH, MEMBER(bus_directory), NULL, 0, 0, NULL,
		"directory of the sockets between daemons" },
	{ "admin_listen", WP_CONF_TEXT, MEMBER(admin_listen), "127.0.0.1:0", 0, 0, NULL,
		"where /livez, /readyz and /metrics are served: address:port or unix:/path" },
	{ "admin_port_file", WP_CONF_PATH, MEMBER(admin_port_file), "", 0, 0, NULL,
		"the admin port is written to this file" },
	{ "instance", WP_CONF_TEXT, MEMBER(instance), "", 0, 0, NULL,
		"unique name of this instance, [0-9a-z-]{1,48}; made up when empty" },
	{ "log_level", WP_CONF_CHOICE, MEMBER(log_level), "info", 0, 0, log_levels,
		"least level that is logged" },
	{ "drain", WP_CONF_DURATION, MEMBER(drain_ms), "10s", 0, 600000, NULL,
		"grace for work under way after SIGTERM" },
};

/* Written by the signal handler; one daemon per process. */
static int signal_fd = -1;

static void on_signal(int number)
{
	int saved = errno;
	uint64_t one = 1;

	(void)number;
	(void)!write(signal_fd, &one, sizeof one);
	errno = saved;
}

/* ---- the end ---- */

static void end(struct life *life, int status)
{
	life->status = status;
	wp_loop_stop(life->context.loop);
}

static void on_drained(void *arg)
{
	struct life *life = arg;
	bool (*drained)(void *) = life->service->drained;

	if (drained == NULL || drained(life->state))
		end(life, 0);
}

static void begin_drain(struct life *life)
{
	life->stage = DRAINING;
	wp_log(WP_LOG_INFO, "draining", NULL);
	wp_bus_withdraw(life->context.bus);
	if (life->service->drain != NULL)
		life->service->drain(life->state);
	wp_timer_start(life->drained, 0, DRAINED_POLL_MS);
	wp_timer_start(life->patience, life->common.drain_ms, 0);
}

static void on_signal_read(void *arg, unsigned events)
{
	struct life *life = arg;
	uint64_t count = 0;

	(void)events;
	if (read(signal_fd, &count, sizeof count) < 0)
		return;
	if (life->stage == SERVING && count == 1)
		begin_drain(life);
	else
		end(life, 0);
}

static void on_patience(void *arg)
{
	struct life *life = arg;

	if (life->stage == DRAINING) {
		wp_log(WP_LOG_WARNING, "work was under way when the grace ended", NULL);
		end(life, 0);
	} else {
		wp_log(WP_LOG_ERROR, "Redis does not answer", "redis", life->common.redis, NULL);
		end(life, EXIT_UNAVAILABLE);
	}
}

/* ---- the start ---- */

static void start(struct life *life)
{
	int error = wp_bus_start(life->context.bus);

	wp_timer_stop(life->patience);
	life->stage = SERVING;
	if (error < 0)
		wp_log(WP_LOG_ERROR, "the bus cannot be bound", "directory",
			life->common.bus_directory, "error", wp_log_error(error), NULL);
	else if (life->service->start != NULL && (error = life->service->start(life->state)) < 0)
		wp_log(WP_LOG_ERROR, "the start failed", "error", wp_log_error(error), NULL);
	if (error < 0)
		end(life, EXIT_UNAVAILABLE);
	else
		wp_log(WP_LOG_INFO, "started", "version", WORKPROOF_VERSION, NULL);
}

static void on_redis_change(void *arg, bool connected)
{
	struct life *life = arg;

	if (connected && life->stage == WAITING)
		start(life);
	else if (connected)
		wp_log(WP_LOG_INFO, "Redis is back", NULL);
	else
		wp_log(WP_LOG_ERROR, "Redis is lost", NULL);
}

static void on_message(void *arg, const uint8_t *data, size_t size)
{
	struct life *life = arg;

	if (life->service->on_message != NULL)
		life->service->on_message(life->state, data, size);
}

static struct wp_admin_checks on_check(void *arg)
{
	const struct life *life = arg;
	bool (*ready)(void *) = life->service->ready;
	bool opened = life->stage != OPENING;

	return (struct wp_admin_checks){
		.redis = wp_redis_connected(life->context.redis),
		.bus = wp_bus_registered(life->context.bus),
		.service = opened && (ready == NULL || ready(life->state)),
		.serving = life->stage == SERVING,
	};
}

/* ---- opening ---- */

static int failed(const char *what, const char *detail, int error)
{
	wp_log(WP_LOG_ERROR, what, "detail", detail, "error", wp_log_error(error), NULL);
	return error;
}

static int watch_signals(struct life *life)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (signal_fd < 0)
		return -errno;
	life->signals =
		wp_watch_new(life->context.loop, signal_fd, WP_LOOP_READ, on_signal_read, life);
	if (life->signals == NULL)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	return 0;
}

static int open_bus(struct life *life)
{
	const struct wp_service *service = life->service;
	struct wp_bus_settings settings = { .service = service->name,
		.instance = life->instance,
		.directory = life->common.bus_directory,
		.peers = service->peers,
		.capacity = service->bus_capacity > 0 ? service->bus_capacity : 1,
		.start_later = true };

	life->context.bus =
		wp_bus_new(life->context.loop, life->context.redis, &settings, on_message, life);
	return life->context.bus != NULL ? 0 : -errno;
}

/* No ZeroMQ socket and so no thread exists before the daemon's own open, which may fork. */
static int open_parts(struct life *life)
{
	struct wp_context *context = &life->context;
	int error;

	context->loop = wp_loop_new();
	if (context->loop == NULL)
		return failed("the loop cannot be made", "", -ENOMEM);
	context->metrics = wp_metrics_new();
	context->http = wp_http_client_new(context->loop);
	life->patience = wp_timer_new(context->loop, on_patience, life);
	life->drained = wp_timer_new(context->loop, on_drained, life);
	if (context->metrics == NULL || context->http == NULL || life->patience == NULL ||
		life->drained == NULL)
		return failed("no memory", "", -ENOMEM);
	error = watch_signals(life);
	if (error < 0)
		return failed("signals cannot be watched", "", error);
	context->redis = wp_redis_new(context->loop, life->common.redis);
	if (context->redis == NULL)
		return failed("Redis cannot be used", life->common.redis, -errno);
	wp_redis_on_change(context->redis, on_redis_change, life);
	error = open_bus(life);
	if (error < 0)
		return failed("the bus cannot be used", life->common.bus_directory, error);
	return 0;
}

static int open_service(struct life *life)
{
	const struct wp_service *service = life->service;
	struct wp_context *context = &life->context;
	int base = wp_metrics_add(context->metrics, service->metrics, service->metric_count);

	if (base < 0)
		return failed("no memory", "", base);
	if (service->open != NULL) {
		int error = service->open(context, life->settings, base, &life->state);
		if (error < 0)
			return error;
	}
	life->stage = WAITING;
	life->admin = wp_admin_new(context->loop, context->metrics, life->common.admin_listen,
		life->common.admin_port_file, on_check, life);
	if (life->admin == NULL)
		return failed(
			"the admin listener cannot be opened", life->common.admin_listen, -errno);
	life->stage = WAITING;
	return 0;
}

static void close_parts(struct life *life)
{
	struct wp_context *context = &life->context;

	if (life->stage != OPENING && life->service->stop != NULL)
		life->service->stop(life->state);
	wp_admin_free(life->admin);
	wp_bus_free(context->bus);
	wp_http_client_free(context->http);
	wp_redis_free(context->redis);
	wp_metrics_free(context->metrics);
	wp_timer_free(life->patience);
	wp_timer_free(life->drained);
	wp_watch_free(life->signals);
	wp_loop_free(context->loop);
	if (signal_fd >= 0)
		close(signal_fd);
}

/* ---- settings and the process ---- */

static int check_instance(const char *instance)
{
	if (instance[0] == '\0' || wp_bus_is_instance(instance))
		return 0;
	fprintf(stderr, "WORKPROOF_INSTANCE: must be 1 to %d of a-z, 0-9 and -\n",
		WP_BUS_INSTANCE_MAX);
	return -EINVAL;
}

static void name_instance(struct life *life)
{
	if (life->common.instance[0] != '\0')
		snprintf(life->instance, sizeof life->instance, "%s", life->common.instance);
	else
		snprintf(life->instance, sizeof life->instance, "%s-%d-%04x", life->service->name,
			(int)getpid(), (unsigned)randombytes_uniform(0x10000));
}

/* Core dumps and debuggers would see keys. */
static void harden(const struct wp_service *service)
{
	char name[16];

#ifndef WORKPROOF_FAULTS
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	snprintf(name, sizeof name, "wp-%s", service->name);
	prctl(PR_SET_NAME, name, 0, 0, 0);
	wp_crash_service(service->name);
}

static int run(struct life *life)
{
	name_instance(life);
	wp_log_open(life->service->name, life->instance, (enum wp_log_level)life->common.log_level);
	life->context.common = &life->common;
	life->context.service = life->service->name;
	life->context.instance = life->instance;
	life->status = EXIT_UNAVAILABLE;
	if (open_parts(life) == 0 && open_service(life) == 0) {
		wp_timer_start(life->patience, REDIS_WAIT_MS, 0);
		int error = wp_loop_run(life->context.loop);
		if (error < 0) {
			failed("the loop failed", "", error);
			life->status = EXIT_BROKEN;
		}
	}
	close_parts(life);
	wp_log(WP_LOG_INFO, "stopped", "status", wp_log_i64(life->status), NULL);
	return life->status;
}

struct arguments {
	bool help, version, check;
	const char *file;
};

static int parse_arguments(struct arguments *ret_arguments, int argc, char **argv)
{
	struct arguments arguments = { 0 };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			arguments.help = true;
		else if (strcmp(argv[i], "--version") == 0)
			arguments.version = true;
		else if (strcmp(argv[i], "--check-config") == 0)
			arguments.check = true;
		else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			arguments.file = argv[++i];
		else
			return -EINVAL;
	}
	*ret_arguments = arguments;
	return 0;
}

static void print_help(
	const struct wp_service *service, const struct wp_conf_table *tables, FILE *out)
{
	fprintf(out,
		"usage: wp-%s [--config FILE] [--check-config]\n"
		"       wp-%s --help | --version\n",
		service->name, service->name);
	if (tables == NULL)
		return;
	fprintf(out,
		"Settings, from the environment or as KEY=value lines of FILE; NAME_FILE names a\n"
		"file that holds the value:\n");
	wp_conf_help(tables, 2, out);
}

int wp_service_main(const struct wp_service *service, int argc, char **argv)
{
	struct life life = { .service = service };
	struct wp_conf_table tables[2] = {
		{ common_options, WP_ARRAY_LEN(common_options), &life.common },
		{ service->options, service->option_count, NULL },
	};
	struct wp_conf_source source = { .environment = wp_conf_environment() };
	struct arguments arguments;
	int status = EXIT_USAGE;

	if (parse_arguments(&arguments, argc, argv) < 0) {
		print_help(service, NULL, stderr);
		return EXIT_USAGE;
	}
	if (arguments.help) {
		print_help(service, tables, stdout);
		return 0;
	}
	if (arguments.version) {
		printf("wp-%s %s\n", service->name, WORKPROOF_VERSION);
		return 0;
	}
	harden(service);
	if (sodium_init() < 0)
		return EXIT_UNAVAILABLE;
	life.settings = calloc(1, service->settings_size + 1);
	if (life.settings == NULL)
		return EXIT_UNAVAILABLE;
	tables[1].settings = life.settings;
	source.file = arguments.file;
	if (wp_conf_load(tables, 2, &source, stderr) == 0 &&
		check_instance(life.common.instance) == 0) {
		if (arguments.check)
			puts("settings are valid");
		status = arguments.check ? 0 : run(&life);
	}
	wp_conf_free(tables, 2);
	free(life.settings);
	return status;
}
