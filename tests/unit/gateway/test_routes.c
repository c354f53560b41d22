/* Who is served what: paths and methods (A1, A2, A4, A9), ids of payments, output tokens (A2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "services/gateway/lookup.h"
#include "services/gateway/routes.h"
#include "services/gateway/token.h"

#include <string.h>

#define ID "0x0102030405060708090a0b0c0d0e0f10"

static void found(void **state)
{
	static const struct {
		const char *method, *path, *pattern, *parameter;
	} cases[] = {
		{ "POST", "/v1/verifications", "/v1/verifications", "" },
		{ "POST", "/verify", "/verify", "" },
		{ "GET", "/v1/verifications", "/v1/verifications", "" },
		{ "GET", "/v1/verifications/" ID, "/v1/verifications/*", ID },
		{ "HEAD", "/verify/" ID, "/verify/*", ID },
		{ "GET", "/v1/verifications/" ID "/receipt", "/v1/verifications/*/receipt", ID },
		{ "GET", "/verify/" ID "/receipt", "/verify/*/receipt", ID },
		{ "GET", "/openapi.json", "/openapi.json", "" },
		{ "HEAD", "/v1/pricing", "/v1/pricing", "" },
		{ "GET", "/errors/gone", "/errors/*", "gone" },
	};
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct route_match match;
		route_find(&match, cases[i].method, cases[i].path);
		assert_non_null(match.route);
		assert_string_equal(match.route->path, cases[i].pattern);
		assert_string_equal(match.parameter, cases[i].parameter);
	}
}

static void not_found(void **state)
{
	static const char *const paths[] = { "", "/", "/v1", "/v1/verifications/", "/verify/",
		"/v1/verifications/x/", "/v1/verifications/x/receipt/",
		"/v1/verifications//receipt", "/v1/verifications/x/y/receipt", "/V1/verifications",
		"/verifyx", "*", "/errors/" };
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(paths); i++) {
		struct route_match match;
		route_find(&match, "GET", paths[i]);
		assert_null(match.route);
		assert_null(match.allow);
	}
}

static void not_allowed(void **state)
{
	static const struct {
		const char *method, *path, *allow;
	} cases[] = {
		{ "PUT", "/verify", "Allow: GET, HEAD, POST, OPTIONS" },
		{ "DELETE", "/v1/verifications/" ID, "Allow: GET, HEAD, OPTIONS" },
		{ "POST", "/openapi.json", "Allow: GET, HEAD, OPTIONS" },
		{ "get", "/verify", "Allow: GET, HEAD, POST, OPTIONS" },
		{ "OPTIONS", "/verify", "Allow: GET, HEAD, POST, OPTIONS" },
	};
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct route_match match;
		route_find(&match, cases[i].method, cases[i].path);
		assert_null(match.route);
		assert_string_equal(match.allow, cases[i].allow);
	}
}

/* A segment that no id is as long as does not overflow, and is no id. */
static void long_segments(void **state)
{
	char path[400] = "/verify/";
	struct route_match match;
	struct wp_id id;
	(void)state;
	memset(path + 8, '1', 300);
	route_find(&match, "GET", path);
	assert_non_null(match.route);
	assert_int_equal(strlen(match.parameter), ROUTE_PARAMETER_MAX - 1);
	assert_int_not_equal(wp_id_parse(&id, match.parameter), 0);
}

static void payments(void **state)
{
	static const char payer[] = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
	static const char nonce[] =
		"0x5b4e290cb13dfc3222ee117a7b35af3a559ce120f43b65a3e7b057fe04908079";
	struct wp_address address;
	struct wp_hash hash;
	char text[200];
	(void)state;
	snprintf(text, sizeof(text), "%s:%s", payer, nonce);
	assert_int_equal(lookup_payment_parse(&address, &hash, text), 0);
	assert_int_equal(address.bytes[0], 0x70);
	assert_int_equal(hash.bytes[31], 0x79);
	static const char *const bad[] = { "", ":", "0x12:0x34",
		"0x5b4e290cb13dfc3222ee117a7b35af3a559ce120f43b65a3e7b057fe04908079",
		"0x70997970C51812dc3A010C7d01b50e0d17dc79C8:",
		"0x70997970C51812dc3A010C7d01b50e0d17dc79C8:0x12",
		("0x70997970C51812dc3A010C7d01b50e0d17dc79Cx:"
		 "0x5b4e290cb13dfc3222ee117a7b35af3a559ce120f43b65a3e7b057fe04908079") };
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++)
		assert_int_equal(lookup_payment_parse(&address, &hash, bad[i]), -WP_E_FORMAT);
}

static void tokens(void **state)
{
	struct wp_secret key = { 0 }, other_key = { 0 };
	struct wp_id id = { { 1 } }, other = { { 2 } };
	char token[TOKEN_TEXT], broken[TOKEN_TEXT + 1];
	(void)state;
	assert_int_equal(wp_secret_set(&key, "0123456789abcdef0123456789abcdef", 32), 0);
	assert_int_equal(wp_secret_set(&other_key, "0123456789abcdef0123456789abcdeX", 32), 0);
	token_make(token, &key, &id);
	assert_int_equal(strlen(token), TOKEN_TEXT - 1);
	assert_true(token_opens(token, &key, &id));
	assert_false(token_opens(token, &key, &other));
	assert_false(token_opens(token, &other_key, &id));
	assert_false(token_opens(NULL, &key, &id));
	assert_false(token_opens("", &key, &id));
	for (size_t i = 0; i < TOKEN_TEXT - 1; i++) {
		memcpy(broken, token, sizeof(token));
		broken[i] = broken[i] == 'A' ? 'B' : 'A';
		assert_false(token_opens(broken, &key, &id));
	}
	snprintf(broken, sizeof(broken), "%sA", token);
	assert_false(token_opens(broken, &key, &id));
	wp_secret_wipe(&key);
	wp_secret_wipe(&other_key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(not_found),
		cmocka_unit_test(not_allowed),
		cmocka_unit_test(long_segments),
		cmocka_unit_test(payments),
		cmocka_unit_test(tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
