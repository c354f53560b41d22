/* intake.h - a baton of PAID on its way to an isolate: read the record, take the slot, start. */
#ifndef WP_ORCHESTRATOR_INTAKE_H
#define WP_ORCHESTRATOR_INTAKE_H

#include "services/vm-orchestrator/orchestrator.h"

/* An advance answered later than this is not followed by a start: log-streamer may believe already
 * that nothing was started. Below the lease of RUNNING (5 s). */
#define INTAKE_START_DEADLINE_MS 2000
#define INTAKE_PARK_MS           500

/* Takes the baton up now, lets it wait, or hands it back. */
void intake_baton(struct orchestrator *orchestrator, const struct wp_baton *baton);
/* How many more could be taken up now. */
size_t intake_room(const struct orchestrator *orchestrator);
/* Takes up what waits, as far as there is room. */
void intake_next(struct orchestrator *orchestrator);
/* Hands back what waited too long; with all, everything that waits. */
void intake_hand_back(struct orchestrator *orchestrator, bool all);

#endif
