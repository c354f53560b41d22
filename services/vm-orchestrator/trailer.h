/* trailer.h - the result line of a run: what the host itself saw, with its MAC (SPEC X6). Pure. */
#ifndef WP_ORCHESTRATOR_TRAILER_H
#define WP_ORCHESTRATOR_TRAILER_H

#include "libcommon/secret.h"
#include "libcommon/types.h"
#include "services/vm-orchestrator/driver.h"
#include "services/vm-orchestrator/output.h"

#include <stdint.h>

struct trailer_source {
	struct wp_id id;
	uint32_t attempt;
	const char *engine; /* name@version the record asked for, told when the driver names none */
	const struct driver *driver;
	const struct driver_result *result;
};

/* Ends the output with its result line. What contradicts itself (more bytes than allowed, another
 * length than the driver counted) is told as our failure; a completion value too large for the bus
 * is dropped, and is ERROR OUTPUT where nothing else was printed. 0, -ENOMEM, -WP_E_RANGE (the
 * output is not ended then). */
int trailer_end(
	struct output *output, const struct trailer_source *source, const struct wp_secret *key);

#endif
