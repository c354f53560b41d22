/* payments.h - x402 payments as a client makes them, and broken ones. Include after cmocka.h. */
#ifndef WP_TEST_PAYMENTS_H
#define WP_TEST_PAYMENTS_H

#include "libcommon/base64.h"
#include "libcommon/evm/secp.h"
#include "libcommon/hex.h"
#include "services/gateway/offer.h"
#include "services/gateway/payment_x402.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYER     "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
#define PAYER_KEY "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
#define WALLET    "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
#define TOKEN     "0x036CbD53842c5426634e7929541eC2318f3dCF7e"
#define STRANGER  "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
#define NONCE     "0x5b4e290cb13dfc3222ee117a7b35af3a559ce120f43b65a3e7b057fe04908079"

/* What an installation on Base Sepolia offers: the terms of vector 0. */
static inline struct offer_terms payments_terms(void)
{
	struct offer_terms terms = {
		.url = "http://127.0.0.1:8080/v1/verifications",
		.chain_id = 84532,
		.token_name = "USDC",
		.token_version = "2",
		.token_decimals = 6,
	};
	assert_int_equal(wp_address_parse(&terms.asset, TOKEN), 0);
	assert_int_equal(wp_address_parse(&terms.pay_to, WALLET), 0);
	assert_int_equal(wp_amount_parse(&terms.price, "10000"), 0);
	return terms;
}

/* A whole payment by PAYER, signed over what its members say; to be changed and re-signed. */
struct payment_form {
	unsigned version;
	const char *to, *value;
	uint64_t valid_after, valid_before;
	const char *nonce;
	const char *domain_name, *domain_version;
	uint64_t domain_chain;
	const char *domain_contract;
};

static inline struct payment_form payments_form(unsigned version, int64_t now_s)
{
	return (struct payment_form){
		.version = version,
		.to = WALLET,
		.value = "10000",
		.valid_after = 0,
		.valid_before = (uint64_t)now_s + (version == 2 ? 300 : 60),
		.nonce = NONCE,
		.domain_name = "USDC",
		.domain_version = "2",
		.domain_chain = 84532,
		.domain_contract = TOKEN,
	};
}

static inline void payments_sign(char text[static 133], const struct payment_form *form)
{
	struct wp_eip712_domain domain = { .name = form->domain_name,
		.version = form->domain_version,
		.chain_id = form->domain_chain };
	struct wp_authorization authorization = { .valid_after = form->valid_after,
		.valid_before = form->valid_before };
	struct wp_secret key = { 0 };
	struct wp_signature signature;
	uint8_t bytes[65];
	assert_int_equal(wp_address_parse(&domain.verifying_contract, form->domain_contract), 0);
	assert_int_equal(wp_address_parse(&authorization.from, PAYER), 0);
	assert_int_equal(wp_address_parse(&authorization.to, form->to), 0);
	assert_int_equal(wp_amount_parse(&authorization.value, form->value), 0);
	assert_int_equal(wp_hash_parse(&authorization.nonce, form->nonce), 0);
	assert_int_equal(wp_secret_set(&key, PAYER_KEY, strlen(PAYER_KEY)), 0);
	assert_int_equal(wp_secret_from_hex(&key, 32), 0);
	struct wp_hash digest = wp_authorization_digest(&domain, &authorization);
	assert_int_equal(wp_secp_sign(&signature, &key, &digest), 0);
	wp_secret_wipe(&key);
	wp_signature_to_bytes(bytes, &signature);
	wp_hex_encode0x(text, bytes, sizeof(bytes));
}

static inline void payments_add_number(cJSON *object, const char *name, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	cJSON_AddStringToObject(object, name, text);
}

static inline cJSON *payments_accepted(void)
{
	cJSON *accepted = cJSON_CreateObject();
	cJSON_AddStringToObject(accepted, "scheme", "exact");
	cJSON_AddStringToObject(accepted, "network", "eip155:84532");
	cJSON_AddStringToObject(accepted, "amount", "10000");
	cJSON_AddStringToObject(accepted, "asset", TOKEN);
	cJSON_AddStringToObject(accepted, "payTo", WALLET);
	cJSON_AddNumberToObject(accepted, "maxTimeoutSeconds", 300);
	cJSON *extra = cJSON_AddObjectToObject(accepted, "extra");
	cJSON_AddStringToObject(extra, "name", "USDC");
	cJSON_AddStringToObject(extra, "version", "2");
	return accepted;
}

/* The JSON inside the header; the caller owns it. */
static inline cJSON *payments_json(const struct payment_form *form)
{
	char signature[133];
	cJSON *root = cJSON_CreateObject();
	cJSON_AddNumberToObject(root, "x402Version", form->version);
	if (form->version == 1) {
		cJSON_AddStringToObject(root, "scheme", "exact");
		cJSON_AddStringToObject(root, "network", "base-sepolia");
	} else {
		cJSON_AddItemToObject(root, "accepted", payments_accepted());
	}
	cJSON *payload = cJSON_AddObjectToObject(root, "payload");
	payments_sign(signature, form);
	cJSON_AddStringToObject(payload, "signature", signature);
	cJSON *authorization = cJSON_AddObjectToObject(payload, "authorization");
	cJSON_AddStringToObject(authorization, "from", PAYER);
	cJSON_AddStringToObject(authorization, "to", form->to);
	cJSON_AddStringToObject(authorization, "value", form->value);
	payments_add_number(authorization, "validAfter", form->valid_after);
	payments_add_number(authorization, "validBefore", form->valid_before);
	cJSON_AddStringToObject(authorization, "nonce", form->nonce);
	return root;
}

/* base64 of the JSON, which is freed; the caller frees the text. */
static inline char *payments_header(cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);
	char *header = malloc(WP_BASE64_TEXT(strlen(text)));
	wp_base64_encode(header, text, strlen(text));
	cJSON_free(text);
	cJSON_Delete(json);
	return header;
}

#endif
