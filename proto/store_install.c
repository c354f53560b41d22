/* store_install.c - loads the function library unless Redis has this or a newer one. Several
 * daemons of several releases may do so at once: the version found is watched (wp:library changes
 * with every load), so a load that follows from an outdated look does not happen. */
#include "libcommon/base.h"
#include "proto/store_call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY_KEY "wp:library"
#define TRIES_MAX   32

struct install {
	struct wp_redis *redis;
	wp_store_done_fn *fn;
	void *arg;
	int tries;
	int unsent; /* what a load that was cut short failed with */
};

static int look(struct install *install);

static void finish(struct install *install, int status, const char *text)
{
	install->fn(install->arg, status, text);
	free(install);
}

static void on_loaded(void *arg, const redisReply *reply)
{
	struct install *install = arg;
	const redisReply *load = wp_reply_at(reply, 1);

	if (reply == NULL)
		finish(install, -WP_E_UNKNOWN, "");
	else if (reply->type == REDIS_REPLY_ERROR)
		finish(install, -EPROTO, wp_reply_text(reply));
	else if (reply->type == REDIS_REPLY_ARRAY && load != NULL &&
		 load->type != REDIS_REPLY_ERROR)
		finish(install, 0, "");
	else if (reply->type == REDIS_REPLY_ARRAY)
		finish(install, -EPROTO, wp_reply_text(load));
	else if (++install->tries == TRIES_MAX)
		finish(install, -EAGAIN, "others keep loading");
	else if (look(install) != 0) /* somebody was faster */
		finish(install, -WP_E_UNKNOWN, "");
}

/* The load could not be sent whole: now that there is room again, what was sent of it is undone. */
static void on_multi(void *arg, const redisReply *reply)
{
	static const char *const discard[] = { "DISCARD" };
	struct install *install = arg;

	if (install->unsent == 0)
		return; /* on_loaded follows */
	if (reply != NULL)
		wp_redis_send(install->redis, 1, discard, NULL, NULL, NULL);
	finish(install, install->unsent, "");
}

/* One transaction: the version is written and the library is loaded, if nobody loaded since the
 * look. On failure nothing of it was sent. */
static int load(struct install *install)
{
	static const char *const multi[] = { "MULTI" };
	static const char *const exec[] = { "EXEC" };
	char version[24];
	const char *set[] = { "SET", LIBRARY_KEY, version };
	const char *function[] = { "FUNCTION", "LOAD", "REPLACE", (const char *)wp_library_text };
	const size_t sizes[] = { 8, 4, 7, wp_library_size };

	snprintf(version, sizeof version, "%" PRId64, wp_library_version);
	int rc = wp_redis_send(install->redis, 1, multi, NULL, on_multi, install);
	if (rc != 0)
		return rc;
	rc = wp_redis_send(install->redis, 3, set, NULL, NULL, NULL);
	if (rc == 0)
		rc = wp_redis_send(install->redis, 4, function, sizes, NULL, NULL);
	if (rc == 0)
		rc = wp_redis_send(install->redis, 1, exec, NULL, on_loaded, install);
	install->unsent = rc;
	return 0;
}

static bool has_none(const redisReply *reply)
{
	static const char text[] = "ERR Function not found";

	return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, text, sizeof text - 1) == 0;
}

static bool has_older(const redisReply *reply)
{
	return reply->type == REDIS_REPLY_INTEGER && reply->integer < wp_library_version;
}

static void on_version(void *arg, const redisReply *reply)
{
	static const char *const unwatch[] = { "UNWATCH" };
	struct install *install = arg;

	if (reply == NULL) {
		finish(install, -WP_E_UNKNOWN, "");
	} else if (has_none(reply) || has_older(reply)) {
		int rc = load(install);
		if (rc != 0)
			finish(install, rc, "");
	} else {
		wp_redis_send(install->redis, 1, unwatch, NULL, NULL, NULL);
		if (reply->type == REDIS_REPLY_INTEGER)
			finish(install, 0, "");
		else if (reply->type == REDIS_REPLY_ERROR)
			finish(install, -EAGAIN, wp_reply_text(reply));
		else
			finish(install, -EAGAIN, "the version is no number");
	}
}

static int look(struct install *install)
{
	static const char *const watch[] = { "WATCH", LIBRARY_KEY };
	static const char *const version[] = { "FCALL_RO", "wp_version", "0" };

	int rc = wp_redis_send(install->redis, 2, watch, NULL, NULL, NULL);
	if (rc == 0)
		rc = wp_redis_send(install->redis, 3, version, NULL, on_version, install);
	return rc;
}

int wp_store_install(struct wp_store *store, wp_store_done_fn *fn, void *arg)
{
	struct install *install = malloc(sizeof *install);

	if (install == NULL)
		return -ENOMEM;
	*install = (struct install){ wp_store_redis(store), fn, arg, 0, 0 };
	int rc = look(install);
	if (rc != 0)
		free(install);
	return rc;
}
