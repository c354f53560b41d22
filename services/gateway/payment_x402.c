#include "services/gateway/payment_x402.h"

#include "libcommon/base.h"
#include "libcommon/base64.h"
#include "libcommon/evm/secp.h"
#include "libcommon/hex.h"
#include "libcommon/json.h"
#include "services/gateway/offer.h"

#include <string.h>

static const struct {
	const char *text, *sentence;
} reasons[X402_REASON_COUNT] = { [X402_OK] = { "", "" },
#define X(name, text, sentence) [X402_##name] = { text, sentence },
	X402_REASONS(X)
#undef X
};

const char *x402_reason_text(enum x402_reason reason)
{
	return reasons[reason].text;
}

const char *x402_reason_sentence(enum x402_reason reason)
{
	return reasons[reason].sentence;
}

static enum x402_reason decode(cJSON **ret_root, const char *header)
{
	uint8_t bytes[WP_BASE64_BYTES(X402_HEADER_MAX)];
	size_t size;
	size_t length = strnlen(header, X402_HEADER_MAX + 1);
	if (length > X402_HEADER_MAX ||
		wp_base64_decode(bytes, sizeof(bytes), header, length, &size) != 0)
		return X402_PAYLOAD;
	cJSON *root;
	if (wp_json_parse(&root, (const char *)bytes, size, NULL, NULL) != 0)
		return X402_PAYLOAD;
	if (!cJSON_IsObject(root)) {
		cJSON_Delete(root);
		return X402_PAYLOAD;
	}
	*ret_root = root;
	return X402_OK;
}

static bool member_is(const cJSON *object, const char *name, const char *expected)
{
	const char *text;
	return wp_json_string(object, name, &text) == 0 && strcmp(text, expected) == 0;
}

/* In any spelling of the hex digits: clients re-write addresses in their own case. */
static bool member_is_address(
	const cJSON *object, const char *name, const struct wp_address *expected)
{
	const char *text;
	struct wp_address address;
	return wp_json_string(object, name, &text) == 0 && wp_address_parse(&address, text) == 0 &&
	       wp_address_equal(&address, expected);
}

static bool member_is_amount(
	const cJSON *object, const char *name, const struct wp_amount *expected)
{
	const char *text;
	struct wp_amount amount;
	return wp_json_string(object, name, &text) == 0 && wp_amount_parse(&amount, text) == 0 &&
	       wp_amount_compare(&amount, expected) == 0;
}

/* Version, scheme and network: of the payment itself in v1, of `accepted` in v2. */
static enum x402_reason check_kind(
	const cJSON *root, unsigned version, const struct offer_terms *terms)
{
	int64_t number;
	int error = wp_json_integer(root, "x402Version", 0, 1000, &number);
	if (error || number != (int64_t)version)
		return X402_VERSION;
	const cJSON *kind = root;
	if (version == 2 && wp_json_object(root, "accepted", &kind) != 0)
		return X402_PAYLOAD;
	if (!member_is(kind, "scheme", "exact"))
		return X402_SCHEME;
	char network_v2[32];
	const char *network = version == 2 ? offer_network_v2(network_v2, terms->chain_id)
					   : offer_network_v1(terms->chain_id);
	return network && member_is(kind, "network", network) ? X402_OK : X402_NETWORK;
}

/* The payer's copy of our offer: equal in every core field; in extra he may add, not change. */
static enum x402_reason check_accepted(const cJSON *root, const struct offer_terms *terms)
{
	const cJSON *accepted, *extra;
	int64_t timeout_s;
	if (wp_json_object(root, "accepted", &accepted) != 0)
		return X402_PAYLOAD;
	if (!member_is_amount(accepted, "amount", &terms->price) ||
		!member_is_address(accepted, "asset", &terms->asset) ||
		!member_is_address(accepted, "payTo", &terms->pay_to) ||
		wp_json_integer(accepted, "maxTimeoutSeconds", OFFER_TIMEOUT_V2_S,
			OFFER_TIMEOUT_V2_S, &timeout_s) != 0)
		return X402_REQUIREMENTS;
	const char *name, *version;
	if (wp_json_object(accepted, "extra", &extra) != 0 ||
		wp_json_string(extra, "name", &name) != 0 ||
		wp_json_string(extra, "version", &version) != 0)
		return X402_DOMAIN;
	if (strcmp(name, terms->token_name) != 0)
		return X402_TOKEN_NAME;
	return strcmp(version, terms->token_version) == 0 ? X402_OK : X402_TOKEN_VERSION;
}

static bool read_amount(struct wp_amount *ret_amount, const cJSON *object, const char *name)
{
	const char *text;
	return wp_json_string(object, name, &text) == 0 && wp_amount_parse(ret_amount, text) == 0;
}

static bool read_address(struct wp_address *ret_address, const cJSON *object, const char *name)
{
	const char *text;
	return wp_json_string(object, name, &text) == 0 && wp_address_parse(ret_address, text) == 0;
}

static bool has_0x(const char *text)
{
	return text[0] == '0' && text[1] == 'x';
}

static enum x402_reason read_times(struct wp_authorization *ret_authorization, const cJSON *object)
{
	struct wp_amount after, before;
	if (!read_amount(&after, object, "validAfter") ||
		!read_amount(&before, object, "validBefore"))
		return X402_PAYLOAD;
	/* What no clock will ever reach needs no further look. */
	if (!wp_amount_to_u64(&ret_authorization->valid_before, &before))
		return X402_VALID_BEFORE;
	if (!wp_amount_to_u64(&ret_authorization->valid_after, &after))
		return X402_VALID_AFTER;
	return X402_OK;
}

static enum x402_reason read_signature(uint8_t *ret_bytes, const cJSON *payload)
{
	const char *text;
	if (wp_json_string(payload, "signature", &text) != 0 || !has_0x(text))
		return X402_PAYLOAD;
	size_t length = strlen(text);
	if (length > 2 + 2 * X402_SIGNATURE_BYTES)
		return X402_SMART_WALLET;
	return wp_hex_decode(ret_bytes, X402_SIGNATURE_BYTES, text, length) == 0 ? X402_OK
										 : X402_SIGNATURE;
}

static enum x402_reason read_authorization(struct x402_payment *ret_payment, const cJSON *root)
{
	struct wp_authorization *authorization = &ret_payment->authorization;
	const cJSON *payload, *object;
	const char *nonce;
	if (wp_json_object(root, "payload", &payload) != 0 ||
		wp_json_object(payload, "authorization", &object) != 0 ||
		!read_address(&authorization->from, object, "from") ||
		!read_address(&authorization->to, object, "to") ||
		!read_amount(&authorization->value, object, "value") ||
		wp_json_string(object, "nonce", &nonce) != 0 || !has_0x(nonce) ||
		wp_hash_parse(&authorization->nonce, nonce) != 0)
		return X402_PAYLOAD;
	enum x402_reason reason = read_times(authorization, object);
	if (reason == X402_OK)
		reason = read_signature(ret_payment->signature, payload);
	ret_payment->has_authorization = reason == X402_OK;
	return reason;
}

/* Brings the signature into the one form the token takes (v 27 or 28) on the way. */
static bool is_signed_by_payer(struct x402_payment *payment, const struct offer_terms *terms)
{
	struct wp_signature signature;
	if (wp_signature_from_bytes(&signature, payment->signature) != 0)
		return false;
	const struct wp_eip712_domain domain = {
		.name = terms->token_name,
		.version = terms->token_version,
		.chain_id = terms->chain_id,
		.verifying_contract = terms->asset,
	};
	struct wp_hash digest = wp_authorization_digest(&domain, &payment->authorization);
	struct wp_address signer;
	if (wp_secp_recover(&signer, &signature, &digest) != 0 ||
		!wp_address_equal(&signer, &payment->authorization.from))
		return false;
	wp_signature_to_bytes(payment->signature, &signature);
	return true;
}

static enum x402_reason check_authorization(
	const struct x402_payment *payment, const struct offer_terms *terms, int64_t now_s)
{
	const struct wp_authorization *authorization = &payment->authorization;
	uint64_t now = (uint64_t)now_s;
	uint64_t longest = payment->version == 2 ? OFFER_TIMEOUT_V2_S : OFFER_TIMEOUT_V1_S;
	if (!wp_address_equal(&authorization->to, &terms->pay_to))
		return X402_RECIPIENT;
	if (authorization->valid_before < now + X402_EARLY_MARGIN_S ||
		authorization->valid_before > now + longest + X402_LATE_MARGIN_S)
		return X402_VALID_BEFORE;
	if (authorization->valid_after > now)
		return X402_VALID_AFTER;
	if (wp_amount_compare(&authorization->value, &terms->price) != 0)
		return X402_VALUE;
	return X402_OK;
}

static enum x402_reason check(struct x402_payment *payment, const struct offer_terms *terms,
	const cJSON *root, int64_t now_s)
{
	enum x402_reason reason = check_kind(root, payment->version, terms);
	if (reason == X402_OK)
		reason = read_authorization(payment, root);
	if (reason != X402_OK)
		return reason;
	/* Who signed is learned even when the offer does not match any more: a payment that was
	 * served once is recognised by it. */
	payment->is_signed = is_signed_by_payer(payment, terms);
	if (payment->version == 2)
		reason = check_accepted(root, terms);
	if (reason == X402_OK && !payment->is_signed)
		reason = X402_SIGNATURE;
	return reason == X402_OK ? check_authorization(payment, terms, now_s) : reason;
}

enum x402_reason payment_x402_check(struct x402_payment *ret_payment,
	const struct offer_terms *terms, unsigned version, const char *header, int64_t now_s)
{
	*ret_payment = (struct x402_payment){ .version = version };
	cJSON *root;
	enum x402_reason reason = decode(&root, header);
	if (reason != X402_OK)
		return reason;
	reason = check(ret_payment, terms, root, now_s);
	cJSON_Delete(root);
	return reason;
}
