/* conclude.h - the move out of RUNNING: signed verdict, one more run, or the money back. */
#ifndef WP_STREAMER_CONCLUDE_H
#define WP_STREAMER_CONCLUDE_H

#include "services/log-streamer/follow.h"

/* The output and its result line are complete and the record is read. */
void conclude_ended(struct follow *follow);
/* The isolate is dead, or was never started; the record is read. */
void conclude_lost(struct follow *follow);

#endif
