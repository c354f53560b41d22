/* x402 version 2, scheme exact, EIP-3009 (reference: x402 specification v2, "exact" on EVM). */
#include "libcommon/base64.h"
#include "libcommon/evm/eip712.h"
#include "libcommon/evm/secp.h"
#include "libcommon/hex.h"
#include "libcommon/json.h"
#include "libcommon/time.h"
#include "services/cli/cli.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct offer {
	const cJSON *entry; /* as it stands in accepts */
	const char *amount_text;
	const char *name, *version;
	struct wp_eip712_domain token;
	struct wp_authorization authorization;
};

static cJSON *header_decode(const char *header)
{
	size_t length = strlen(header), size;
	uint8_t *text = malloc(length + 1);
	cJSON *root = NULL;

	if (text && wp_base64_decode(text, length, header, length, &size) == 0)
		if (wp_json_parse(&root, (const char *)text, size, NULL, NULL) < 0)
			root = NULL;
	free(text);
	return root;
}

/* Reads one entry of accepts; 0 if it is an EIP-3009 offer. */
static int offer_read(struct offer *offer, const cJSON *entry)
{
	const char *scheme, *network, *asset, *pay_to;
	const cJSON *extra;
	int64_t seconds;
	uint64_t now = (uint64_t)(wp_time_wall_ms() / 1000);

	offer->entry = entry;
	if (wp_json_string(entry, "scheme", &scheme) < 0 || strcmp(scheme, "exact") != 0 ||
		wp_json_string(entry, "network", &network) < 0 ||
		sscanf(network, "eip155:%" SCNu64, &offer->token.chain_id) != 1)
		return -WP_E_REFUSED;
	if (wp_json_string(entry, "asset", &asset) < 0 ||
		wp_json_string(entry, "payTo", &pay_to) < 0 ||
		wp_json_string(entry, "amount", &offer->amount_text) < 0 ||
		wp_json_integer(entry, "maxTimeoutSeconds", 1, 86400, &seconds) < 0 ||
		wp_json_object(entry, "extra", &extra) < 0 ||
		wp_json_string(extra, "name", &offer->token.name) < 0 ||
		wp_json_string(extra, "version", &offer->token.version) < 0)
		return -WP_E_FORMAT;
	if (wp_address_parse_strict(&offer->token.verifying_contract, asset) < 0 ||
		wp_address_parse_strict(&offer->authorization.to, pay_to) < 0 ||
		wp_amount_parse(&offer->authorization.value, offer->amount_text) < 0)
		return -WP_E_FORMAT;
	offer->authorization.valid_after = 0;
	offer->authorization.valid_before = now + (uint64_t)seconds;
	randombytes_buf(offer->authorization.nonce.bytes, sizeof(offer->authorization.nonce.bytes));
	return 0;
}

static int offer_choose(struct offer *ret_offer, const cJSON *required, const char *max_amount)
{
	struct wp_amount most;
	const cJSON *accepts, *entry;
	bool dear = false;

	if (wp_amount_parse(&most, max_amount) < 0)
		return cli_fail(CLI_USAGE, "--max-amount: '%s' is no whole number of atomic units",
			max_amount);
	if (wp_json_array(required, "accepts", &accepts) < 0)
		return cli_fail(CLI_DATA, "the offer has no accepts array");
	cJSON_ArrayForEach(entry, accepts)
	{
		struct offer offer = { 0 };

		if (offer_read(&offer, entry) < 0)
			continue;
		if (wp_amount_compare(&offer.authorization.value, &most) > 0) {
			dear = true;
			continue;
		}
		*ret_offer = offer;
		return CLI_OK;
	}
	if (dear)
		return cli_fail(CLI_UNPAID, "the price is above --max-amount (%s)", max_amount);
	return cli_fail(CLI_UNPAID, "there is no offer that this program can pay");
}

static cJSON *authorization_json(const struct wp_authorization *authorization)
{
	char address[WP_ADDRESS_TEXT], amount[WP_AMOUNT_TEXT], number[24], hash[WP_HASH_TEXT];
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "from", wp_address_checksum(address, &authorization->from));
	cJSON_AddStringToObject(json, "to", wp_address_checksum(address, &authorization->to));
	cJSON_AddStringToObject(json, "value", wp_amount_text(amount, &authorization->value));
	snprintf(number, sizeof(number), "%" PRIu64, authorization->valid_after);
	cJSON_AddStringToObject(json, "validAfter", number);
	snprintf(number, sizeof(number), "%" PRIu64, authorization->valid_before);
	cJSON_AddStringToObject(json, "validBefore", number);
	cJSON_AddStringToObject(json, "nonce", wp_hash_text(hash, &authorization->nonce));
	return json;
}

static cJSON *payload_json(const cJSON *required, const struct offer *offer, const char *signature)
{
	cJSON *root = cJSON_CreateObject(), *payload;
	const cJSON *resource = cJSON_GetObjectItemCaseSensitive(required, "resource");

	cJSON_AddNumberToObject(root, "x402Version", 2);
	if (resource)
		cJSON_AddItemToObject(root, "resource", cJSON_Duplicate(resource, true));
	cJSON_AddItemToObject(root, "accepted", cJSON_Duplicate(offer->entry, true));
	payload = cJSON_AddObjectToObject(root, "payload");
	cJSON_AddStringToObject(payload, "signature", signature);
	cJSON_AddItemToObject(payload, "authorization", authorization_json(&offer->authorization));
	return root;
}

static char *header_line(cJSON *payload)
{
	static const char name[] = "PAYMENT-SIGNATURE: ";
	char *text = cJSON_PrintUnformatted(payload), *line = NULL;

	if (text) {
		line = malloc(sizeof(name) + WP_BASE64_TEXT(strlen(text)));
		if (line) {
			memcpy(line, name, sizeof(name));
			wp_base64_encode(line + sizeof(name) - 1, text, strlen(text));
		}
	}
	cJSON_free(text);
	return line;
}

int cli_payment_header(
	char **ret_line, const char *header, const struct wp_secret *key, const char *max_amount)
{
	cJSON *required = header_decode(header), *payload = NULL;
	struct offer offer = { 0 };
	struct wp_signature signature;
	struct wp_hash digest;
	uint8_t bytes[65];
	char text[2 * sizeof(bytes) + 3];
	int status;

	if (!required)
		return cli_fail(CLI_DATA, "the PAYMENT-REQUIRED header is not base64 of JSON");
	status = offer_choose(&offer, required, max_amount);
	if (status != CLI_OK)
		goto out;
	status = CLI_DATA;
	if (wp_secp_address(&offer.authorization.from, key) < 0) {
		cli_fail(status, "the key file holds no valid private key");
		goto out;
	}
	digest = wp_authorization_digest(&offer.token, &offer.authorization);
	if (wp_secp_sign(&signature, key, &digest) < 0)
		goto out;
	wp_signature_to_bytes(bytes, &signature);
	wp_hex_encode0x(text, bytes, sizeof(bytes));
	payload = payload_json(required, &offer, text);
	*ret_line = header_line(payload);
	status = *ret_line ? CLI_OK : CLI_SOFTWARE;
out:
	cJSON_Delete(payload);
	cJSON_Delete(required);
	return status;
}
