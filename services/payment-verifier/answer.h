/* answer.h - what a presentation is answered. Pure but for answer_send. */
#ifndef ANSWER_H
#define ANSWER_H

#include "libcommon/bus.h"
#include "proto/bus.pb-c.h"
#include "proto/store.h"
#include "services/payment-verifier/funds.h"

struct answer {
	Workproof__PresentAnswer__Outcome outcome;
	const char *reason;  /* stable code */
	const char *message; /* one sentence */
	enum wp_state state;
	uint32_t retry_after_ms;
};

struct answer answer_refused(const char *reason);
struct answer answer_unavailable(const char *reason, const char *message);
/* Of a payment that was not admitted because of its funds. */
struct answer answer_funds(const struct funds_answer *funds);
struct answer answer_admitted(const struct wp_admitted *admitted);
/* Sends it to the gateway that asked; lost is lost, it asks again. */
void answer_send(struct wp_bus *bus, const Workproof__Present *to, const struct answer *answer);

#endif
