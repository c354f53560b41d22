/* negotiate.h - the request headers that decide about the form of an answer. Pure. */
#ifndef GATEWAY_NEGOTIATE_H
#define GATEWAY_NEGOTIATE_H

#include <stdbool.h>
#include <stdint.h>

#define NEGOTIATE_WAIT_MAX_S 30

/* Content-Type is application/json, charset absent or utf-8. NULL: no. */
bool negotiate_is_json(const char *content_type);
/* Accept leaves room for JSON (RFC 9110, section 12.5.1). NULL: yes. */
bool negotiate_accepts_json(const char *accept);
/* Seconds of "Prefer: wait=N" (RFC 7240), at most NEGOTIATE_WAIT_MAX_S; 0 without one. */
int64_t negotiate_wait_s(const char *prefer);
/* The token of "Authorization: Bearer <token>", or NULL. */
const char *negotiate_bearer(const char *authorization);
/* Is origin one of the comma-separated list? */
bool negotiate_origin_listed(const char *list, const char *origin);

#endif
