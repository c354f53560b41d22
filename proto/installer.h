/* installer.h - brings the function library along: every daemon asks for it at its start, and again
 * until Redis has it. Whoever is first loads it; a newer one is never replaced. */
#ifndef WP_INSTALLER_H
#define WP_INSTALLER_H

#include "libcommon/loop.h"
#include "libcommon/redis.h"

struct wp_installer;

/* Begins at once. NULL: no memory. Free it before redis. */
struct wp_installer *wp_installer_new(struct wp_loop *loop, struct wp_redis *redis);
void wp_installer_free(struct wp_installer *installer); /* NULL is fine */

#endif
