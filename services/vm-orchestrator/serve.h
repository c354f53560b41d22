/* serve.h - the output of runs, sent to whoever follows them (SPEC X11). */
#ifndef WP_ORCHESTRATOR_SERVE_H
#define WP_ORCHESTRATOR_SERVE_H

#include "services/vm-orchestrator/orchestrator.h"
#include "services/vm-orchestrator/run.h"

void serve_on_request(struct orchestrator *orchestrator, const Workproof__OutputRequest *request);
void serve_on_done(struct orchestrator *orchestrator, const Workproof__OutputDone *done);
/* Sends what is new to the follower, if there is one. What does not leave is asked for again. */
void serve_run(struct run *run);

#endif
