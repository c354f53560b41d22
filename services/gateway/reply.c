#include "services/gateway/reply.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/gateway/negotiate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const char *const standing_lines[] = {
	"Cache-Control: no-store",
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
	"X-Frame-Options: DENY",
	"X-Content-Type-Options: nosniff",
	"Referrer-Policy: no-referrer",
	"Vary: Origin",
};
static const char *const cors_lines[] = {
	"Access-Control-Expose-Headers: PAYMENT-REQUIRED, PAYMENT-RESPONSE, X-PAYMENT-RESPONSE, "
		"Location, Retry-After, X-Request-Id",
};
static const char *const preflight_lines[] = {
	"Access-Control-Allow-Methods: GET, POST",
	"Access-Control-Allow-Headers: Content-Type, Accept, Authorization, Prefer, "
		"Idempotency-Key, PAYMENT-SIGNATURE, X-PAYMENT, Access-Control-Expose-Headers, "
		"traceparent",
	"Access-Control-Max-Age: 600",
};
/* clang-format on */

#define LINES_MAX (WP_ARRAY_LEN(standing_lines) + WP_ARRAY_LEN(cors_lines) + REPLY_LINES_MAX + 5)

void reply_begin(struct reply *ret_reply, struct gateway *gateway, struct wp_exchange *exchange,
	enum route_class class)
{
	const char *origin = wp_exchange_header(exchange, "Origin");
	bool listed = origin && negotiate_origin_listed(gateway->settings->cors_origins, origin);
	*ret_reply = (struct reply){
		.gateway = gateway,
		.exchange = exchange,
		.class = class,
		.origin = listed ? origin : NULL,
		.started_us = wp_time_monotonic_us(),
	};
	trace_begin(&ret_reply->trace, wp_exchange_header(exchange, "traceparent"));
}

static void count(const struct reply *reply, unsigned status)
{
	struct gateway *gateway = reply->gateway;
	struct wp_metrics *metrics = gateway->context->metrics;
	int64_t took_us = wp_time_monotonic_us() - reply->started_us;
	gateway_count(gateway, METRIC_ANSWERS + (int)reply->class, status / 100 - 1);
	wp_metric_observe(metrics, gateway->metrics_base + METRIC_SECONDS, (size_t)reply->class,
		(double)took_us / 1e6);
}

static size_t add_lines(const char **lines, size_t used, const char *const *more, size_t more_count)
{
	for (size_t i = 0; i < more_count; i++)
		lines[used++] = more[i];
	return used;
}

void reply_send(struct reply *reply, unsigned status, const char *content_type,
	const char *const *lines, const void *body, size_t size)
{
	const char *all[LINES_MAX];
	char type_line[64], id_line[64], origin_line[288];
	size_t used = add_lines(all, 0, standing_lines, WP_ARRAY_LEN(standing_lines));
	snprintf(id_line, sizeof(id_line), "X-Request-Id: %s", reply->trace.id);
	all[used++] = id_line;
	if (content_type) {
		snprintf(type_line, sizeof(type_line), "Content-Type: %s", content_type);
		all[used++] = type_line;
	}
	if (reply->origin) {
		snprintf(origin_line, sizeof(origin_line), "Access-Control-Allow-Origin: %s",
			reply->origin);
		all[used++] = origin_line;
		used = add_lines(all, used, cors_lines, WP_ARRAY_LEN(cors_lines));
	}
	/* The edge brings the connection's next request to another gateway. */
	if (reply->gateway->draining)
		all[used++] = "Connection: close";
	for (size_t i = 0; lines && lines[i] && i < REPLY_LINES_MAX; i++)
		all[used++] = lines[i];
	all[used] = NULL;
	count(reply, status);
	/* Without memory a bare 500 was sent: there is nothing left to say. */
	(void)wp_exchange_answer(reply->exchange, status, all, body, size);
}

void reply_json(struct reply *reply, unsigned status, const char *const *lines, cJSON *json)
{
	char *text = json ? cJSON_PrintUnformatted(json) : NULL;
	cJSON_Delete(json);
	if (text)
		reply_send(reply, status,
			status >= 400 ? "application/problem+json" : "application/json", lines,
			text, strlen(text));
	else
		reply_send(reply, 500, NULL, NULL, "", 0);
	cJSON_free(text);
}

void reply_problem(struct reply *reply, const struct problem *problem, const char *const *lines)
{
	struct problem complete = *problem;
	complete.request_id = reply->trace.id;
	reply_json(reply, problem_row(problem->code)->status, lines, problem_json(&complete));
}

void reply_code(struct reply *reply, enum problem_code code)
{
	const struct problem problem = { .code = code };
	reply_problem(reply, &problem, NULL);
}

void reply_later(struct reply *reply, const struct problem *problem, int64_t retry_after_s)
{
	char line[48];
	const char *const lines[] = { line, NULL };
	snprintf(line, sizeof(line), "Retry-After: %" PRId64, retry_after_s);
	reply_problem(reply, problem, lines);
}

void reply_offer(struct reply *reply, const struct offer_answer *answer, const char *receipt_line)
{
	const char *const lines[] = { answer->header, receipt_line, NULL };
	reply_send(reply, 402, "application/problem+json", lines, answer->body, answer->body_size);
}

void reply_options(struct reply *reply, const char *allow)
{
	const char *lines[REPLY_LINES_MAX + 1] = { allow };
	bool preflight = reply->origin &&
			 wp_exchange_header(reply->exchange, "Access-Control-Request-Method");
	size_t used = 1;
	if (preflight)
		used = add_lines(lines, used, preflight_lines, WP_ARRAY_LEN(preflight_lines));
	lines[used] = NULL;
	reply_send(reply, 204, NULL, lines, "", 0);
}
