/* release.h - slots of isolates that are dead are given back, until that succeeds. */
#ifndef WP_ORCHESTRATOR_RELEASE_H
#define WP_ORCHESTRATOR_RELEASE_H

#include "services/vm-orchestrator/orchestrator.h"

void release_slot(struct orchestrator *orchestrator, const struct wp_id *id, uint32_t attempt);
/* Once a second: those whose call failed are sent again. */
void release_retry(struct orchestrator *orchestrator);
/* At the stop: what is left ends with its hard end. */
void release_forget(struct orchestrator *orchestrator);

#endif
