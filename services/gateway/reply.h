/* reply.h - one request and its answer: what every answer carries (security headers, CORS, request
 * id), counted and timed. */
#ifndef GATEWAY_REPLY_H
#define GATEWAY_REPLY_H

#include "services/gateway/gateway.h"
#include "services/gateway/problem.h"
#include "services/gateway/trace.h"

#define REPLY_LINES_MAX 8 /* header lines a handler may add */

struct reply {
	struct gateway *gateway;
	struct wp_exchange *exchange;
	enum route_class class;
	const char *origin; /* the caller's, if it is a configured one; else NULL */
	struct trace trace;
	int64_t started_us;
};

void reply_begin(struct reply *ret_reply, struct gateway *gateway, struct wp_exchange *exchange,
	enum route_class class);

/* Each of these answers; the exchange is dead afterwards. lines: further header lines,
 * NULL-terminated, at most REPLY_LINES_MAX, may be NULL. */
void reply_send(struct reply *reply, unsigned status, const char *content_type,
	const char *const *lines, const void *body, size_t size);
/* Takes ownership of json; NULL (no memory) answers 500. */
void reply_json(struct reply *reply, unsigned status, const char *const *lines, cJSON *json);
/* problem->request_id is filled in. */
void reply_problem(struct reply *reply, const struct problem *problem, const char *const *lines);
void reply_code(struct reply *reply, enum problem_code code);
/* 503 and others that may be tried again in so many seconds. */
void reply_later(struct reply *reply, const struct problem *problem, int64_t retry_after_s);
/* A 402 with a fresh offer, and the header line of a failed payment if there was one. */
void reply_offer(struct reply *reply, const struct offer_answer *answer, const char *receipt_line);
/* The answer to a CORS preflight or a plain OPTIONS. */
void reply_options(struct reply *reply, const char *allow);

#endif
