#include "libcommon/service_admin.h"

#include "libcommon/base.h"
#include "libcommon/http_server.h"
#include "libcommon/time.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BODY_MAX       0
#define IDLE_S         30
#define CONNECTION_MAX 64

struct wp_admin {
	struct wp_http_server *server;
	struct wp_metrics *metrics;
	int metrics_base;
	int64_t start_ms;
	wp_admin_check_fn *check;
	void *arg;
};

static const char *const versions[] = { WORKPROOF_VERSION, NULL };

enum { BUILD_INFO, RESIDENT_MEMORY, OPEN_FDS, START_TIME };

static const struct wp_metric process_metrics[] = {
	[BUILD_INFO] = { "workproof_build_info", WP_GAUGE, "1; the label is the version.",
		"version", versions },
	[RESIDENT_MEMORY] = { "process_resident_memory_bytes", WP_GAUGE, "Resident memory.", NULL,
		NULL },
	[OPEN_FDS] = { "process_open_fds", WP_GAUGE, "Open file descriptors.", NULL, NULL },
	[START_TIME] = { "process_start_time_seconds", WP_GAUGE, "Start of the process, Unix time.",
		NULL, NULL },
};

static double resident_memory(void)
{
	unsigned long total = 0;
	unsigned long resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu %lu", &total, &resident) != 2)
		resident = 0;
	fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double open_fds(void)
{
	double count = 0;
	DIR *directory = opendir("/proc/self/fd");

	if (directory == NULL)
		return 0;
	for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count - 1; /* without the directory's own */
}

/* ---- answers ---- */

static void answer(
	struct wp_exchange *exchange, unsigned status, const char *type, const char *body)
{
	const char *const headers[] = { type, "Cache-Control: no-store", NULL };

	wp_exchange_answer(exchange, status, headers, body, strlen(body));
}

static void answer_text(struct wp_exchange *exchange, unsigned status, const char *body)
{
	answer(exchange, status, "Content-Type: text/plain; charset=utf-8", body);
}

static void answer_ready(const struct wp_admin *admin, struct wp_exchange *exchange)
{
	struct wp_admin_checks checks = admin->check(admin->arg);
	bool ready = checks.redis && checks.bus && checks.service && checks.serving;
	cJSON *object = cJSON_CreateObject();
	cJSON *list;
	char *text;

	cJSON_AddBoolToObject(object, "ready", ready);
	list = cJSON_AddObjectToObject(object, "checks");
	cJSON_AddBoolToObject(list, "redis", checks.redis);
	cJSON_AddBoolToObject(list, "bus", checks.bus);
	cJSON_AddBoolToObject(list, "service", checks.service);
	cJSON_AddBoolToObject(list, "serving", checks.serving);
	text = cJSON_PrintUnformatted(object);
	answer(exchange, ready ? 200 : 503, "Content-Type: application/json",
		text != NULL ? text : "");
	cJSON_free(text);
	cJSON_Delete(object);
}

static void answer_metrics(const struct wp_admin *admin, struct wp_exchange *exchange)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int base = admin->metrics_base;

	if (out == NULL) {
		answer_text(exchange, 500, "no memory\n");
		return;
	}
	wp_metric_set(admin->metrics, base + BUILD_INFO, 0, 1);
	wp_metric_set(admin->metrics, base + RESIDENT_MEMORY, 0, resident_memory());
	wp_metric_set(admin->metrics, base + OPEN_FDS, 0, open_fds());
	wp_metric_set(admin->metrics, base + START_TIME, 0, (double)admin->start_ms / 1000);
	wp_metrics_write(admin->metrics, out);
	if (fclose(out) == 0)
		answer(exchange, 200, "Content-Type: text/plain; version=0.0.4; charset=utf-8",
			text);
	else
		answer_text(exchange, 500, "no memory\n");
	free(text);
}

static void on_exchange(void *arg, struct wp_exchange *exchange)
{
	const char *method = wp_exchange_method(exchange);
	const char *path = wp_exchange_path(exchange);

	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		answer_text(exchange, 405, "only GET\n");
	else if (strcmp(path, "/livez") == 0)
		answer_text(exchange, 200, "ok\n");
	else if (strcmp(path, "/readyz") == 0)
		answer_ready(arg, exchange);
	else if (strcmp(path, "/metrics") == 0)
		answer_metrics(arg, exchange);
	else
		answer_text(exchange, 404, "not found\n");
}

static void on_too_large(void *arg, struct wp_exchange *exchange)
{
	(void)arg;
	answer_text(exchange, 413, "no body wanted\n");
}

/* ---- life ---- */

/* Readers see the whole file or none. */
static int write_port(const char *path, unsigned port)
{
	char temporary[PATH_MAX];
	int size = snprintf(temporary, sizeof temporary, "%s.new", path);
	FILE *file;

	if (size < 0 || (size_t)size >= sizeof temporary)
		return -ENAMETOOLONG;
	file = fopen(temporary, "we");
	if (file == NULL)
		return -errno;
	fprintf(file, "%u\n", port);
	if (fclose(file) != 0 || rename(temporary, path) < 0) {
		int error = -errno;
		unlink(temporary);
		return error;
	}
	return 0;
}

struct wp_admin *wp_admin_new(struct wp_loop *loop, struct wp_metrics *metrics, const char *listen,
	const char *port_file, wp_admin_check_fn *check, void *arg)
{
	struct wp_http_server_settings settings = { .listen = listen,
		.body_max = BODY_MAX,
		.idle_timeout_s = IDLE_S,
		.connection_max = CONNECTION_MAX };
	struct wp_admin *admin = calloc(1, sizeof *admin);
	int error = -ENOMEM;

	if (admin == NULL)
		return NULL;
	admin->metrics = metrics;
	admin->start_ms = wp_time_wall_ms();
	admin->check = check;
	admin->arg = arg;
	admin->metrics_base =
		wp_metrics_add(metrics, process_metrics, WP_ARRAY_LEN(process_metrics));
	if (admin->metrics_base < 0)
		goto fail;
	admin->server = wp_http_server_new(loop, &settings, on_exchange, on_too_large, admin);
	error = admin->server != NULL ? 0 : -errno;
	if (error == 0 && port_file[0] != '\0')
		error = write_port(port_file, wp_http_server_port(admin->server));
	if (error == 0)
		return admin;
fail:
	wp_admin_free(admin);
	errno = -error;
	return NULL;
}

void wp_admin_free(struct wp_admin *admin)
{
	if (admin == NULL)
		return;
	wp_http_server_free(admin->server);
	free(admin);
}
