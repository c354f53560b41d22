#include "services/gateway/offer.h"

#include "libcommon/base.h"
#include "libcommon/base64.h"
#include "libcommon/evm/secp.h"
#include "services/gateway/problem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIPTION                                                                                \
	"Re-executes a program in a fresh sandbox and compares its output with the claim"

struct offer {
	struct offer_terms terms;
	struct offer_answer unpaid;
	struct offer_answer refused[X402_REASON_COUNT];
};

const char *offer_network_v1(uint64_t chain_id)
{
	/* The names v1 clients know; they refuse every other. */
	static const struct {
		uint64_t chain_id;
		const char *name;
	} networks[] = {
		{ 8453, "base" },
		{ 84532, "base-sepolia" },
		{ 43114, "avalanche" },
		{ 43113, "avalanche-fuji" },
		{ 137, "polygon" },
		{ 80002, "polygon-amoy" },
		{ 1329, "sei" },
		{ 1328, "sei-testnet" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(networks); i++)
		if (networks[i].chain_id == chain_id)
			return networks[i].name;
	return NULL;
}

char *offer_network_v2(char text[static 32], uint64_t chain_id)
{
	snprintf(text, 32, "eip155:%" PRIu64, chain_id);
	return text;
}

static cJSON *add_extra(cJSON *entry, const struct offer_terms *terms)
{
	cJSON *extra = cJSON_AddObjectToObject(entry, "extra");
	if (extra && cJSON_AddStringToObject(extra, "name", terms->token_name) &&
		cJSON_AddStringToObject(extra, "version", terms->token_version))
		return entry;
	return NULL;
}

static bool add_address(cJSON *object, const char *name, const struct wp_address *address)
{
	char text[WP_ADDRESS_TEXT];
	return cJSON_AddStringToObject(object, name, wp_address_checksum(text, address));
}

static bool add_amount(cJSON *object, const char *name, const struct wp_amount *amount)
{
	char text[WP_AMOUNT_TEXT];
	return cJSON_AddStringToObject(object, name, wp_amount_text(text, amount));
}

static bool fill_entry_v2(cJSON *entry, const struct offer_terms *terms)
{
	char network[32];
	return cJSON_AddStringToObject(entry, "scheme", "exact") &&
	       cJSON_AddStringToObject(
		       entry, "network", offer_network_v2(network, terms->chain_id)) &&
	       add_amount(entry, "amount", &terms->price) &&
	       add_address(entry, "asset", &terms->asset) &&
	       add_address(entry, "payTo", &terms->pay_to) &&
	       cJSON_AddNumberToObject(entry, "maxTimeoutSeconds", OFFER_TIMEOUT_V2_S) &&
	       add_extra(entry, terms);
}

static bool fill_entry_v1(cJSON *entry, const struct offer_terms *terms)
{
	return cJSON_AddStringToObject(entry, "scheme", "exact") &&
	       cJSON_AddStringToObject(entry, "network", offer_network_v1(terms->chain_id)) &&
	       add_amount(entry, "maxAmountRequired", &terms->price) &&
	       cJSON_AddStringToObject(entry, "resource", terms->url) &&
	       cJSON_AddStringToObject(entry, "description", DESCRIPTION) &&
	       cJSON_AddStringToObject(entry, "mimeType", "application/json") &&
	       add_address(entry, "payTo", &terms->pay_to) &&
	       cJSON_AddNumberToObject(entry, "maxTimeoutSeconds", OFFER_TIMEOUT_V1_S) &&
	       add_address(entry, "asset", &terms->asset) && add_extra(entry, terms);
}

/* accepts:[entry]. v1 clients parse every entry strictly, so theirs holds v1 entries alone. */
static bool add_accepts(cJSON *object, const struct offer_terms *terms, unsigned version)
{
	cJSON *accepts = cJSON_AddArrayToObject(object, "accepts");
	if (!accepts)
		return false;
	if (version == 1 && !offer_network_v1(terms->chain_id))
		return true;
	cJSON *entry = cJSON_CreateObject();
	if (!entry || !cJSON_AddItemToArray(accepts, entry))
		return false;
	return version == 1 ? fill_entry_v1(entry, terms) : fill_entry_v2(entry, terms);
}

static cJSON *challenge_v2(const struct offer_terms *terms, const char *error)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *resource = NULL;
	if (root && cJSON_AddNumberToObject(root, "x402Version", 2) &&
		cJSON_AddStringToObject(root, "error", error) &&
		(resource = cJSON_AddObjectToObject(root, "resource")) &&
		cJSON_AddStringToObject(resource, "url", terms->url) &&
		cJSON_AddStringToObject(resource, "description", DESCRIPTION) &&
		cJSON_AddStringToObject(resource, "mimeType", "application/json") &&
		add_accepts(root, terms, 2) && cJSON_AddObjectToObject(root, "extensions"))
		return root;
	cJSON_Delete(root);
	return NULL;
}

/* "0.01" of 10000 with 6 decimals: trailing zeros are dropped. */
static void money_words(char words[static WP_AMOUNT_TEXT + 40], const struct offer_terms *terms)
{
	char digits[WP_AMOUNT_TEXT];
	wp_amount_text(digits, &terms->price);
	size_t length = strlen(digits), decimals = terms->token_decimals;
	char padded[WP_AMOUNT_TEXT + 40];
	size_t zeros = length <= decimals ? decimals + 1 - length : 0;
	memset(padded, '0', zeros);
	memcpy(padded + zeros, digits, length + 1);
	length += zeros;
	size_t whole = length - decimals;
	while (length > whole && padded[length - 1] == '0')
		length--;
	snprintf(words, WP_AMOUNT_TEXT + 40, "%.*s%s%.*s", (int)whole, padded,
		length > whole ? "." : "", (int)(length - whole), padded + whole);
}

static bool add_words(cJSON *body, const struct offer_terms *terms)
{
	char words[WP_AMOUNT_TEXT + 40], digits[WP_AMOUNT_TEXT], network[32];
	char address[WP_ADDRESS_TEXT], wallet[WP_ADDRESS_TEXT], text[1200];
	money_words(words, terms);
	snprintf(text, sizeof(text),
		"One verification costs %s %s: exactly %s atomic units of the token %s on %s, to %s. "
		"Pay with an x402 client (scheme exact, EIP-3009): sign the authorization and send the "
		"same request again with the header PAYMENT-SIGNATURE (x402 v2; the offer is in the "
		"header PAYMENT-REQUIRED) or X-PAYMENT (x402 v1; the offer is in accepts). No account "
		"and no key of ours is needed. If we fail, the money goes back by itself.",
		words, terms->token_name, wp_amount_text(digits, &terms->price),
		wp_address_checksum(address, &terms->asset),
		offer_network_v2(network, terms->chain_id),
		wp_address_checksum(wallet, &terms->pay_to));
	return cJSON_AddStringToObject(body, "howToPay", text);
}

static char *header_line(const char *name, const cJSON *object)
{
	char *json = cJSON_PrintUnformatted(object);
	char *line = NULL;
	if (json) {
		size_t size = strlen(json), name_size = strlen(name);
		line = malloc(name_size + 2 + WP_BASE64_TEXT(size));
		if (line) {
			memcpy(line, name, name_size);
			memcpy(line + name_size, ": ", 2);
			wp_base64_encode(line + name_size + 2, json, size);
		}
	}
	cJSON_free(json);
	return line;
}

/* v1's answer and a problem report in one: v1 clients take what they know and leave the rest. */
static char *body_v1(
	const struct offer_terms *terms, const struct problem *problem, const char *error)
{
	cJSON *body = problem_json(problem);
	char *text = NULL;
	if (body && cJSON_AddNumberToObject(body, "x402Version", 1) &&
		cJSON_AddStringToObject(body, "error", error) && add_accepts(body, terms, 1) &&
		add_words(body, terms))
		text = cJSON_PrintUnformatted(body);
	cJSON_Delete(body);
	return text;
}

static int answer_make(struct offer_answer *ret_answer, const struct offer_terms *terms,
	const struct problem *problem, const char *error)
{
	cJSON *challenge = challenge_v2(terms, error);
	struct offer_answer answer = {
		.header = challenge ? header_line("PAYMENT-REQUIRED", challenge) : NULL,
		.body = body_v1(terms, problem, error),
	};
	cJSON_Delete(challenge);
	if (!answer.header || !answer.body) {
		offer_answer_free(&answer);
		return -ENOMEM;
	}
	answer.body_size = strlen(answer.body);
	*ret_answer = answer;
	return 0;
}

int offer_answer_make(struct offer_answer *ret_answer, const struct offer_terms *terms,
	const char *reason, bool failed)
{
	const struct problem problem = {
		.code = failed ? PROBLEM_PAYMENT_FAILED : PROBLEM_PAYMENT_REFUSED,
		.reason = reason,
	};
	return answer_make(ret_answer, terms, &problem, reason);
}

void offer_answer_free(struct offer_answer *answer)
{
	free(answer->header);
	cJSON_free(answer->body);
	*answer = (struct offer_answer){ 0 };
}

static int make_all(struct offer *offer)
{
	const struct problem unpaid = {
		.code = PROBLEM_PAYMENT_REQUIRED,
		.detail = "send the same request again with a payment; see howToPay",
	};
	int error = answer_make(&offer->unpaid, &offer->terms, &unpaid,
		"payment required: no X-PAYMENT or PAYMENT-SIGNATURE header came with the request");
	for (enum x402_reason i = X402_OK + 1; !error && i < X402_REASON_COUNT; i++) {
		const struct problem refused = {
			.code = PROBLEM_PAYMENT_REFUSED,
			.detail = x402_reason_sentence(i),
			.reason = x402_reason_text(i),
		};
		error = answer_make(
			&offer->refused[i], &offer->terms, &refused, x402_reason_text(i));
	}
	return error;
}

struct offer *offer_new(const struct offer_terms *terms)
{
	struct offer *offer = calloc(1, sizeof(*offer));
	if (!offer)
		return NULL;
	offer->terms = *terms;
	if (make_all(offer) != 0) {
		offer_free(offer);
		return NULL;
	}
	return offer;
}

void offer_free(struct offer *offer)
{
	if (!offer)
		return;
	offer_answer_free(&offer->unpaid);
	for (size_t i = 0; i < X402_REASON_COUNT; i++)
		offer_answer_free(&offer->refused[i]);
	free(offer);
}

const struct offer_answer *offer_unpaid(const struct offer *offer)
{
	return &offer->unpaid;
}

const struct offer_answer *offer_refused(const struct offer *offer, enum x402_reason reason)
{
	return &offer->refused[reason];
}

static bool fill_receipt(cJSON *object, const struct offer_receipt *receipt)
{
	char network_v2[32];
	const char *network = receipt->version == 2
				      ? offer_network_v2(network_v2, receipt->chain_id)
				      : offer_network_v1(receipt->chain_id);
	bool success = receipt->reason == NULL;
	return cJSON_AddBoolToObject(object, "success", success) &&
	       (success || cJSON_AddStringToObject(object, "errorReason", receipt->reason)) &&
	       cJSON_AddStringToObject(
		       object, "transaction", receipt->transaction ? receipt->transaction : "") &&
	       cJSON_AddStringToObject(object, "network", network ? network : "") &&
	       (!receipt->payer || add_address(object, "payer", receipt->payer));
}

char *offer_receipt_line(const struct offer_receipt *receipt)
{
	cJSON *object = cJSON_CreateObject();
	char *line = NULL;
	if (object && fill_receipt(object, receipt))
		line = header_line(
			receipt->version == 2 ? "PAYMENT-RESPONSE" : "X-PAYMENT-RESPONSE", object);
	cJSON_Delete(object);
	return line;
}
