/* submit.h - POST /v1/verifications: what can be said before any money moves. What can never run is
 * refused, an unpaid request gets the offer, a paid one becomes a submission. */
#ifndef GATEWAY_SUBMIT_H
#define GATEWAY_SUBMIT_H

#include "services/gateway/reply.h"

void submit_post(struct reply *reply);

#endif
