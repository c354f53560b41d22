#include "services/gateway/submit.h"

#include "libcommon/base.h"
#include "services/gateway/negotiate.h"
#include "services/gateway/request.h"
#include "services/gateway/submission.h"

static const char header_v1[] = "X-PAYMENT", header_v2[] = "PAYMENT-SIGNATURE",
		  header_native[] = "X-402-Payment", header_payer[] = "X-402-Payer-Signature";

static void refuse_body(struct reply *reply, const struct request_fault *fault)
{
	const struct problem problem = {
		.code = fault->code,
		.detail = fault->detail[0] ? fault->detail : NULL,
		.fields = fault->fields,
		.field_count = fault->field_count,
	};
	reply_problem(reply, &problem, NULL);
}

static void refuse_header(struct reply *reply, enum problem_code code, const char *detail)
{
	const struct problem problem = { .code = code, .detail = detail };
	reply_problem(reply, &problem, NULL);
}

/* Which payment header came: 0 none, 1, 2. False: answered. */
static bool find_payment(struct reply *reply, unsigned *ret_version, const char **ret_header)
{
	const struct wp_exchange *exchange = reply->exchange;
	size_t v1 = wp_exchange_header_count(exchange, header_v1);
	size_t v2 = wp_exchange_header_count(exchange, header_v2);
	if (wp_exchange_header_count(exchange, header_native) > 0) {
		refuse_header(reply, PROBLEM_METHOD_NOT_OFFERED,
			"native payment is not offered here; the transaction X-402-Payment names was "
			"not looked at");
		return false;
	}
	/* Ignored, it would promise a binding of payment and request that nobody checks. */
	if (wp_exchange_header_count(exchange, header_payer) > 0) {
		refuse_header(reply, PROBLEM_METHOD_NOT_OFFERED,
			"X-402-Payer-Signature is not served here; send the payment without it");
		return false;
	}
	if (v1 + v2 > 1) {
		refuse_header(reply, PROBLEM_INVALID_HEADER,
			"send one payment: X-PAYMENT or PAYMENT-SIGNATURE, once");
		return false;
	}
	*ret_version = v2 ? 2 : v1 ? 1 : 0;
	*ret_header = v2 ? wp_exchange_header(exchange, header_v2)
			 : wp_exchange_header(exchange, header_v1);
	return true;
}

static void challenge(struct reply *reply)
{
	gateway_count(reply->gateway, METRIC_CHALLENGES, 0);
	reply_offer(reply, offer_unpaid(reply->gateway->offer), NULL);
}

static bool is_json(const struct wp_exchange *exchange)
{
	return negotiate_is_json(wp_exchange_header(exchange, "Content-Type")) &&
	       !wp_exchange_header(exchange, "Content-Encoding");
}

void submit_post(struct reply *reply)
{
	unsigned version;
	const char *header;
	size_t size;
	const char *body = wp_exchange_body(reply->exchange, &size);
	if (!find_payment(reply, &version, &header))
		return;
	if (size == 0 && version == 0) {
		challenge(reply);
		return;
	}
	if (!is_json(reply->exchange)) {
		reply_code(reply, PROBLEM_UNSUPPORTED_MEDIA);
		return;
	}
	struct request request;
	struct request_fault fault;
	int error = request_parse(&request, &fault, body, size);
	if (error == -WP_E_REFUSED) {
		refuse_body(reply, &fault);
	} else if (error) {
		reply_code(reply, PROBLEM_INTERNAL);
	} else if (version == 0) {
		request_free(&request);
		challenge(reply);
	} else {
		submission_begin(reply, &request, version, header);
	}
}
