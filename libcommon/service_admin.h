/* service_admin.h - the admin listener of a daemon: /livez, /readyz, /metrics. For service.c only.
 */
#ifndef WP_SERVICE_ADMIN_H
#define WP_SERVICE_ADMIN_H

#include "libcommon/service.h"

struct wp_admin;

/* What /readyz shows; ready when all are true. */
struct wp_admin_checks {
	bool redis;   /* connected */
	bool bus;     /* registered, so that others find us */
	bool service; /* the daemon's own view */
	bool serving; /* started and not draining */
};
typedef struct wp_admin_checks wp_admin_check_fn(void *arg);

/* Listens and writes the port to port_file ("": does not). NULL: errno says why. */
struct wp_admin *wp_admin_new(struct wp_loop *loop, struct wp_metrics *metrics, const char *listen,
	const char *port_file, wp_admin_check_fn *check, void *arg);
void wp_admin_free(struct wp_admin *admin); /* NULL is fine */

#endif
