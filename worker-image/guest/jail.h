/* jail.h - the walls around a run. The zygote builds once what children inherit
 * (jail_enter_zygote); each run adds what is its own (jail_enter_run). See worker-image/DESIGN.md
 * for the layers. */
#ifndef GUEST_JAIL_H
#define GUEST_JAIL_H

#include "guest/protocol.h"

#include <sys/types.h>

/* Gives up identity, network, file system and privileges for good; fills in layers and the first
 * failure. Nothing is rolled back on failure: the caller reports and ends. */
void jail_enter_zygote(struct guest_ready *ret_ready);

/* clone3 into fresh namespaces, as a child of our own parent: the host waits for it itself. Like
 * fork: pid, 0 in the child, or -errno. */
pid_t jail_clone(void);

/* In the child: dies with the host, has its limits, its alarm and the system calls of
 * seccomp.policy. 0 or -errno; on failure the child must end. */
int jail_enter_run(const struct guest_order *order);

#endif
