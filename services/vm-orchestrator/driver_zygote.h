/* driver_zygote.h - the host's end of the warm guest process: starts it, orders runs from it. A run
 * becomes our own child, so it outlives its zygote and is waited for here. */
#ifndef WP_DRIVER_ZYGOTE_H
#define WP_DRIVER_ZYGOTE_H

#include "services/vm-orchestrator/driver.h"
#include "worker-image/guest/protocol.h"

struct driver_zygote {
	int image;   /* the guest binary, open for reading: what was hashed is what is started */
	int control; /* -1: none runs */
	pid_t pid;
	uint32_t layers;  /* what its jail consists of (enum guest_layer) */
	bool small_stack; /* the host refused the stack that GUEST_STACK_MAX needs */
	struct wp_hash digest;
	char why[160]; /* of the last failure, or of a layer that is missing */
};

/* Opens and hashes the guest at path (NULL: beside our own executable). 0 or -errno, why is set. */
int driver_zygote_open(struct driver_zygote *zygote, const char *path);
void driver_zygote_close(struct driver_zygote *zygote);

/* Starts it unless it runs and waits until it is warm. 0; -errno, -EPERM when the host lacks a
 * layer that there is no isolate without; why says what. */
int driver_zygote_start(struct driver_zygote *zygote);

/* One run: socket and task become its own (the caller still closes its copies). A zygote that died
 * is replaced once. 0 or -errno. */
int driver_zygote_order(struct driver_zygote *zygote, const struct guest_order *order, int socket,
	int task, pid_t *ret_pid);

#endif
