/* pipeline_feed - makes one paid verification in a Redis and ends:
 *   pipeline_feed SOCKET ID CODE EXPECTED|- TIMEOUT_MS BUDGET_MS [ENGINE|-] [ISOLATION]
 * No baton is sent: whoever is to run it finds it by its claims. Status 0: it is PAID. */
#include "libcommon/base.h"
#include "tests/system/pipeline/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct feeding {
	struct wp_loop *loop;
	struct wp_store *store;
	struct feed_item item;
	int status;
};

static void on_paid(void *arg, int status, uint64_t fence)
{
	struct feeding *feeding = arg;

	(void)fence;
	feeding->status = status;
	wp_loop_stop(feeding->loop);
}

static void on_installed(void *arg, int status, const char *text)
{
	struct feeding *feeding = arg;

	if (status == 0)
		status = feed_pay(feeding->store, &feeding->item, on_paid, feeding);
	if (status == 0)
		return;
	fprintf(stderr, "%s %s\n", wp_strerror(status), text);
	feeding->status = status;
	wp_loop_stop(feeding->loop);
}

static int feed(struct feeding *feeding, const char *socket)
{
	struct wp_redis *redis = NULL;

	feeding->loop = wp_loop_new();
	if (feeding->loop != NULL)
		redis = wp_redis_new(feeding->loop, socket);
	if (redis != NULL)
		feeding->store = wp_store_new(redis);
	if (feeding->store != NULL && wp_store_install(feeding->store, on_installed, feeding) == 0)
		wp_loop_run(feeding->loop);
	wp_store_free(feeding->store);
	wp_redis_free(redis);
	wp_loop_free(feeding->loop);
	return feeding->status;
}

int main(int argc, char **argv)
{
	struct feeding feeding = { .status = -EIO };
	struct feed_item *item = &feeding.item;

	if (argc < 7 || argc > 9 || wp_id_parse(&item->id, argv[2]) < 0) {
		fputs("usage: pipeline_feed SOCKET ID CODE EXPECTED|- TIMEOUT_MS BUDGET_MS"
		      " [ENGINE|-] [ISOLATION]\n",
			stderr);
		return 64;
	}
	item->code = argv[3];
	item->code_size = strlen(argv[3]);
	item->expected_hash = strcmp(argv[4], "-") == 0 ? NULL : argv[4];
	item->timeout_ms = strtoll(argv[5], NULL, 10);
	item->budget_ms = strtoll(argv[6], NULL, 10);
	item->engine = argc > 7 && strcmp(argv[7], "-") != 0 ? argv[7] : NULL;
	item->isolation = argc > 8 ? argv[8] : NULL;
	item->due_ms = 1;
	int status = feed(&feeding, argv[1]);
	if (status < 0)
		fprintf(stderr, "not fed: %s\n", wp_strerror(status));
	return status < 0;
}
