/* submission.h - one paid request from its local checks to its answer: presented to
 * payment-verifier, then waiting for the settlement, then, if the client prefers so, for the
 * verdict. The client may go away at any time; what was admitted goes on without it. */
#ifndef GATEWAY_SUBMISSION_H
#define GATEWAY_SUBMISSION_H

#include "services/gateway/reply.h"
#include "services/gateway/request.h"

#define SUBMISSION_SETTLE_MS     20000 /* then the answer says: not known yet */
#define SUBMISSION_RETRY_AFTER_S 2

/* Answers now or keeps the exchange. Takes request over; version is 1 or 2, header the payment. */
void submission_begin(
	struct reply *reply, struct request *request, unsigned version, const char *header);

#endif
