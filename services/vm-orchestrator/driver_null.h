/* driver_null.h - no isolate at all: answers "null" at once without running anything. For tests and
 * for measuring everything around the sandbox. */
#ifndef WP_DRIVER_NULL_H
#define WP_DRIVER_NULL_H

#include "services/vm-orchestrator/driver.h"

extern const struct driver driver_null;

#endif
