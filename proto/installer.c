#include "proto/installer.h"

#include "libcommon/log.h"
#include "proto/store.h"

#include <stdlib.h>

#define AGAIN_MS 2000

struct wp_installer {
	struct wp_store *store;
	struct wp_timer *timer;
	bool under_way;
	bool freed;
};

static void end(struct wp_installer *installer)
{
	wp_store_free(installer->store);
	free(installer);
}

static void on_installed(void *arg, int status, const char *text)
{
	struct wp_installer *installer = arg;

	installer->under_way = false;
	if (installer->freed) {
		end(installer);
	} else if (status < 0) {
		wp_log(WP_LOG_WARNING, "the function library is not loaded yet", "why", text,
			"error", wp_log_error(status), NULL);
		wp_timer_start(installer->timer, AGAIN_MS, 0);
	}
}

static void try(void *arg)
{
	struct wp_installer *installer = arg;

	installer->under_way = true;
	if (wp_store_install(installer->store, on_installed, installer) < 0) {
		installer->under_way = false;
		wp_timer_start(installer->timer, AGAIN_MS, 0);
	}
}

struct wp_installer *wp_installer_new(struct wp_loop *loop, struct wp_redis *redis)
{
	struct wp_installer *installer = calloc(1, sizeof *installer);

	if (installer == NULL)
		return NULL;
	installer->store = wp_store_new(redis);
	installer->timer = wp_timer_new(loop, try, installer);
	if (installer->store == NULL || installer->timer == NULL) {
		wp_timer_free(installer->timer);
		end(installer);
		return NULL;
	}
	try(installer);
	return installer;
}

void wp_installer_free(struct wp_installer *installer)
{
	if (installer == NULL)
		return;
	wp_timer_free(installer->timer);
	installer->timer = NULL;
	installer->freed = true;
	if (!installer->under_way)
		end(installer);
}
