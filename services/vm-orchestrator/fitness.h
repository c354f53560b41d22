/* fitness.h - what of a record a run needs, and whether this instance may run it. Pure. */
#ifndef WP_ORCHESTRATOR_FITNESS_H
#define WP_ORCHESTRATOR_FITNESS_H

#include "libcommon/types.h"
#include "proto/record.h"

#include <stdint.h>

struct fitness_facts {
	char engine[64];      /* "quickjs@2025-04-26" */
	char engine_name[32]; /* "quickjs" */
	int64_t timeout_ms;
	int64_t clock_ms;
	uint8_t seed[32]; /* of Math.random */
};

enum fitness {
	FITNESS_OK,
	FITNESS_ENGINE,    /* another version of the engine, or one we do not hold: another
			      orchestrator's work */
	FITNESS_ISOLATION, /* a stronger isolate was asked for */
	FITNESS_RECORD     /* a field is missing or malformed: nobody can run it */
};

/* isolation: the class our driver gives ("process", "vm", "none"). ret_facts is filled when OK. */
enum fitness fitness_of(
	struct fitness_facts *ret_facts, const struct wp_record *record, const char *isolation);
/* "engine"; a metric's label. */
const char *fitness_text(enum fitness fitness);

#endif
