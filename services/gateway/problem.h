/* problem.h - the public errors as one table (RFC 9457): what the code is called, its HTTP status,
 * whether the same request may succeed later, and what happened to the money. Served as
 * /errors/{code}. */
#ifndef GATEWAY_PROBLEM_H
#define GATEWAY_PROBLEM_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define MONEY_UNTOUCHED "nothing was taken"
#define MONEY_UNREAD    "nothing was taken; a payment sent along was not looked at and is still unused"
#define MONEY_REFUSED   "nothing was taken; the payment was refused and starts nothing"
#define MONEY_RETRY     "nothing was taken by this request; present the same payment again"
/* What a store or a verifier did before it was lost is not known. */
#define MONEY_UNKNOWN                                                                              \
	"untouched as far as is known; present the same payment again, it is served once"
#define MONEY_NONE "no money is involved"

/* clang-format off */
/*      name                    code                          status retry  title, money */
#define PROBLEMS(X) \
	X(MALFORMED_JSON,        "malformed-json",              400, false, \
		"The body is not strict JSON", MONEY_UNREAD) \
	X(INVALID_REQUEST,       "invalid-request",             400, false, \
		"The body does not describe a verification", MONEY_UNREAD) \
	X(INVALID_ID,            "invalid-id",                  400, false, \
		"That is not the id of a verification", MONEY_NONE) \
	X(INVALID_QUERY,         "invalid-query",               400, false, \
		"The query is not understood", MONEY_NONE) \
	X(INVALID_HEADER,        "invalid-header",              400, false, \
		"A header is not understood", MONEY_UNREAD) \
	X(METHOD_NOT_OFFERED,    "payment-method-not-offered",  400, false, \
		"This payment method is not offered", MONEY_UNREAD) \
	X(PAYMENT_REQUIRED,      "payment-required",            402, true, \
		"One verification has to be paid for", MONEY_UNTOUCHED) \
	X(PAYMENT_REFUSED,       "payment-refused",             402, true, \
		"The payment was refused", MONEY_REFUSED) \
	X(PAYMENT_FAILED,        "payment-failed",              402, true, \
		"The payment never arrived and never will", \
		"nothing was kept; this payment is proven never to become ours") \
	X(NOT_FOUND,             "not-found",                   404, false, \
		"There is no such resource", MONEY_NONE) \
	X(UNKNOWN_VERIFICATION,  "unknown-verification",        404, false, \
		"There is no such verification", \
		"no payment is known under this id; an authorization that was never settled is still the payer's") \
	X(RECEIPT_NOT_READY,     "receipt-not-ready",           404, true, \
		"The receipt is not signed yet", "unchanged; see the verification's payment member") \
	X(NO_RECEIPT,            "no-receipt",                  404, false, \
		"This verification ended without a receipt", \
		"unchanged; see the verification's payment and refund members") \
	X(METHOD_NOT_ALLOWED,    "method-not-allowed",          405, false, \
		"The resource does not have this method", MONEY_UNREAD) \
	X(NOT_ACCEPTABLE,        "not-acceptable",              406, false, \
		"The answer exists as JSON only", MONEY_UNREAD) \
	X(PAYMENT_CONFLICT,      "payment-conflict",            409, false, \
		"This payment was used for another request", \
		"the payment stays with the request it was first presented with; nothing more was taken") \
	X(GONE,                  "gone",                        410, false, \
		"This verification was served and its retention is over", \
		"the payment was used up by that verification; nothing more was taken") \
	X(LENGTH_REQUIRED,       "length-required",             411, false, \
		"A body needs a Content-Length", MONEY_UNREAD) \
	X(BODY_TOO_LARGE,        "body-too-large",              413, false, \
		"The body is over 1,048,576 bytes", MONEY_UNREAD) \
	X(UNSUPPORTED_MEDIA,     "unsupported-media-type",      415, false, \
		"The body has to be application/json in UTF-8 without a content coding", MONEY_UNREAD) \
	X(PROGRAM_TOO_LARGE,     "program-too-large",           422, false, \
		"The program is over 102,400 bytes (SIZE)", MONEY_UNREAD) \
	X(PROGRAM_TOO_LONG,      "program-too-long",            422, false, \
		"The program is over 5,000 lines (LINES)", MONEY_UNREAD) \
	X(PROGRAM_BLOCKED,       "program-blocked",             422, false, \
		"The program needs what no sandbox has (BLOCKED)", MONEY_UNREAD) \
	X(UNSUPPORTED_OPTION,    "unsupported-option",          422, false, \
		"This installation does not serve that option", MONEY_UNREAD) \
	X(HEADER_TOO_LARGE,      "header-too-large",            431, false, \
		"A header is over 8,192 bytes", MONEY_UNREAD) \
	X(INTERNAL,              "internal",                    500, true, \
		"We failed", "unchanged; present the same payment again, it is served once") \
	X(UNAVAILABLE,           "unavailable",                 503, true, \
		"Not now", MONEY_UNKNOWN) \
	X(BUSY,                  "busy",                        503, true, \
		"Too many payments are being looked at", MONEY_RETRY) \
	X(VERIFIER_UNAVAILABLE,  "payment-verifier-unavailable", 503, true, \
		"payment-verifier unavailable", MONEY_UNKNOWN) \
	X(STORE_UNAVAILABLE,     "store-unavailable",           503, true, \
		"The records cannot be read now", MONEY_UNKNOWN)
/* clang-format on */

enum problem_code {
#define X(name, code, status, retryable, title, money) PROBLEM_##name,
	PROBLEMS(X)
#undef X
		PROBLEM_COUNT
};

struct problem_row {
	const char *code;
	unsigned status;
	bool retryable;
	const char *title;
	const char *money;
};

/* A bad member of the body; pointer is an RFC 6901 JSON pointer ("/timeoutSeconds"). */
struct problem_field {
	const char *pointer;
	const char *detail;
};

struct problem {
	enum problem_code code;
	const char *detail; /* NULL: the title says it all */
	const struct problem_field *fields;
	size_t field_count;
	const char *reason;     /* a finer stable code, NULL: none */
	const char *request_id; /* NULL: none */
};

const struct problem_row *problem_row(enum problem_code code);
/* The row of a code text, NULL if there is none. */
const struct problem_row *problem_find(const char *code);

/* {"type","title","status","code","retryable","money"[,"detail","errors","reason","requestId"]}:
 * the caller owns it. NULL: no memory. */
cJSON *problem_json(const struct problem *problem);

#endif
