/* driver_process.h - isolates that need nothing but Linux: each run is a fork of a warm, jailed
 * zygote (worker-image/DESIGN.md). */
#ifndef WP_DRIVER_PROCESS_H
#define WP_DRIVER_PROCESS_H

#include "services/vm-orchestrator/driver.h"

extern const struct driver driver_process;

#endif
