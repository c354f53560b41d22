/* present.h - presents checked payments to payment-verifier over the bus and brings its answers
 * back. The bus may lose either, so a presentation is repeated until it is answered or its time is
 * over. */
#ifndef GATEWAY_PRESENT_H
#define GATEWAY_PRESENT_H

#include "proto/baton.h"
#include "services/gateway/payment_x402.h"
#include "services/gateway/request.h"

#define PRESENT_REPEAT_MS   500
#define PRESENT_DEADLINE_MS 8000
#define PRESENTS_MAX        2048        /* without an answer */
#define PRESENTS_MAX_BYTES  (64u << 20) /* in their messages: whoever can sign can open one */

struct gateway;
struct present;
struct present_table;

struct present_order { /* borrowed during present_begin */
	const struct wp_id *id;
	const struct x402_payment *payment;
	const struct wp_address *asset;
	const struct request *request; /* sealed */
	const char *traceparent;
};

/* answer NULL: none came in time. The presentation is over and freed when this is called. */
typedef void present_fn(void *arg, const Workproof__PresentAnswer *answer);

struct present_table *present_table_new(struct gateway *gateway); /* NULL: no memory */
/* Open presentations are dropped without a call. NULL is fine. */
void present_table_free(struct present_table *table);

/* 0, -WP_E_FULL (a limit above), -ENOMEM. fn is called later, never from inside. */
int present_begin(struct present **ret_present, struct present_table *table,
	const struct present_order *order, present_fn *fn, void *arg);
/* fn is not called any more. */
void present_cancel(struct present *present);

/* An answer from the bus; one that nobody waits for is dropped. */
void present_on_answer(struct present_table *table, const Workproof__PresentAnswer *answer);

#endif
