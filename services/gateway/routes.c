#include "services/gateway/routes.h"

#include "libcommon/base.h"
#include "services/gateway/documents.h"
#include "services/gateway/lookup.h"
#include "services/gateway/submit.h"

#include <string.h>

static void post(struct reply *reply, const char *unused)
{
	(void)unused;
	submit_post(reply);
}

/* clang-format off */
static const struct route routes[] = {
	{ "POST", "/v1/verifications",           ROUTE_SUBMIT,   post },
	{ "POST", "/verify",                     ROUTE_SUBMIT,   post },
	{ "GET",  "/v1/verifications",           ROUTE_READ,     lookup_by_payment },
	{ "GET",  "/verify",                     ROUTE_READ,     lookup_by_payment },
	{ "GET",  "/v1/verifications/*",         ROUTE_READ,     lookup_verification },
	{ "GET",  "/verify/*",                   ROUTE_READ,     lookup_verification },
	{ "GET",  "/v1/verifications/*/receipt", ROUTE_READ,     lookup_receipt },
	{ "GET",  "/verify/*/receipt",           ROUTE_READ,     lookup_receipt },
	{ "GET",  "/v1/pricing",                 ROUTE_DOCUMENT, document_pricing },
	{ "GET",  "/openapi.json",               ROUTE_DOCUMENT, document_openapi },
	{ "GET",  "/errors",                     ROUTE_DOCUMENT, document_errors },
	{ "GET",  "/errors/*",                   ROUTE_DOCUMENT, document_error },
};
/* clang-format on */

static bool matches(
	char parameter[static ROUTE_PARAMETER_MAX], const char *pattern, const char *path)
{
	const char *star = strchr(pattern, '*');
	parameter[0] = '\0';
	if (!star)
		return strcmp(pattern, path) == 0;
	size_t before = (size_t)(star - pattern);
	if (strncmp(pattern, path, before) != 0)
		return false;
	size_t length = strcspn(path + before, "/");
	if (length == 0 || strcmp(path + before + length, star + 1) != 0)
		return false;
	if (length >= ROUTE_PARAMETER_MAX)
		length = ROUTE_PARAMETER_MAX - 1;
	memcpy(parameter, path + before, length);
	parameter[length] = '\0';
	return true;
}

static const char *allow_line(bool get, bool post_too)
{
	if (get && post_too)
		return "Allow: GET, HEAD, POST, OPTIONS";
	return get ? "Allow: GET, HEAD, OPTIONS" : "Allow: POST, OPTIONS";
}

void route_find(struct route_match *ret_match, const char *method, const char *path)
{
	bool has_get = false, has_post = false;
	*ret_match = (struct route_match){ 0 };
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	for (size_t i = 0; i < WP_ARRAY_LEN(routes); i++) {
		char parameter[ROUTE_PARAMETER_MAX];
		if (!matches(parameter, routes[i].path, path))
			continue;
		has_get = has_get || strcmp(routes[i].method, "GET") == 0;
		has_post = has_post || strcmp(routes[i].method, "POST") == 0;
		ret_match->allow = allow_line(has_get, has_post);
		if (strcmp(routes[i].method, method) != 0)
			continue;
		ret_match->route = &routes[i];
		memcpy(ret_match->parameter, parameter, sizeof(parameter));
	}
}
