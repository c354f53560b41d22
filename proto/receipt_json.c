/* receipt_json.c - a receipt as JSON. The members of "message" are those of the signed type, in the
 * form EIP-712 wallets take them (64-bit numbers as decimal texts); nothing unsigned may stand
 * among them. */
#include "proto/receipt.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"
#include "libcommon/json.h"
#include "proto/receipt_domain.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { HASH, TEXT, U64 };

/* The members but id, verdict, runs and charged. */
static const struct member {
	const char *name;
	enum kind kind;
	size_t offset, size;
} members[] = {
#define MEMBER(name, kind, field)                                                                  \
	{                                                                                          \
		name, kind, offsetof(struct wp_receipt, field),                                    \
			sizeof(((struct wp_receipt *)0)->field)                                    \
	}
	MEMBER("taskHash", HASH, task_hash),
	MEMBER("codeHash", HASH, code_hash),
	MEMBER("inputHash", HASH, input_hash),
	MEMBER("outputHash", HASH, output_hash),
	MEMBER("engine", TEXT, engine),
	MEMBER("guestDigest", HASH, guest_digest),
	MEMBER("driver", TEXT, driver),
	MEMBER("isolation", TEXT, isolation),
	MEMBER("timeoutMs", U64, timeout_ms),
	MEMBER("memoryLimitBytes", U64, memory_limit_bytes),
	MEMBER("outputLimitBytes", U64, output_limit_bytes),
	MEMBER("timeMs", U64, time_ms),
	MEMBER("memoryPeakBytes", U64, memory_peak_bytes),
	MEMBER("payment", TEXT, payment),
	MEMBER("issuedAt", U64, issued_at),
#undef MEMBER
};

static const char *const top_names[] = { "type", "domain", "message", "verifier", "signature",
	"digest", NULL };
static const char *const domain_names[] = { "name", "version", "chainId", "verifyingContract",
	NULL };
static const char *const message_names[] = { "id", "taskHash", "codeHash", "inputHash",
	"outputHash", "verdict", "engine", "guestDigest", "driver", "isolation", "runs",
	"timeoutMs", "memoryLimitBytes", "outputLimitBytes", "timeMs", "memoryPeakBytes", "payment",
	"charged", "issuedAt", NULL };

/* ---- writing ---- */

static bool add_text(cJSON *object, const char *name, const char *text)
{
	return cJSON_AddStringToObject(object, name, text) != NULL;
}

static bool add_member(
	cJSON *message, const struct member *member, const struct wp_receipt *receipt)
{
	const char *at = (const char *)receipt + member->offset;
	char text[WP_HASH_TEXT];

	switch (member->kind) {
	case HASH:
		wp_hash_text(text, (const struct wp_hash *)(const void *)at);
		return add_text(message, member->name, text);
	case TEXT:
		return add_text(message, member->name, at);
	case U64:
		snprintf(text, sizeof text, "%" PRIu64, *(const uint64_t *)(const void *)at);
		return add_text(message, member->name, text);
	}
	return false;
}

static bool add_message(cJSON *root, const struct wp_receipt *receipt)
{
	cJSON *message = cJSON_AddObjectToObject(root, "message");
	char id[WP_ID_TEXT];

	for (size_t i = 0; message != NULL && i < WP_ARRAY_LEN(members); i++) {
		if (!add_member(message, &members[i], receipt))
			return false;
	}
	return message != NULL && add_text(message, "id", wp_id_text(id, &receipt->id)) &&
	       cJSON_AddNumberToObject(message, "verdict", (double)receipt->verdict) != NULL &&
	       cJSON_AddNumberToObject(message, "runs", receipt->runs) != NULL &&
	       cJSON_AddBoolToObject(message, "charged", receipt->charged) != NULL;
}

static bool add_domain(cJSON *root, const struct wp_receipt *receipt)
{
	cJSON *domain = cJSON_AddObjectToObject(root, "domain");
	char registry[WP_ADDRESS_TEXT];

	return domain != NULL && add_text(domain, "name", WP_RECEIPT_DOMAIN_NAME) &&
	       add_text(domain, "version", WP_RECEIPT_DOMAIN_VERSION) &&
	       cJSON_AddNumberToObject(domain, "chainId", (double)receipt->chain_id) != NULL &&
	       add_text(domain, "verifyingContract",
		       wp_address_checksum(registry, &receipt->registry));
}

static bool add_signature(cJSON *root, const struct wp_signed_receipt *receipt)
{
	struct wp_hash digest = wp_receipt_digest(&receipt->receipt);
	char verifier[WP_ADDRESS_TEXT], digest_text[WP_HASH_TEXT], text[2 * 65 + 3];
	uint8_t bytes[65];

	wp_signature_to_bytes(bytes, &receipt->signature);
	wp_hex_encode0x(text, bytes, sizeof bytes);
	return add_text(root, "verifier", wp_address_checksum(verifier, &receipt->verifier)) &&
	       add_text(root, "signature", text) &&
	       add_text(root, "digest", wp_hash_text(digest_text, &digest));
}

int wp_receipt_write(struct wp_buffer *out, const struct wp_signed_receipt *receipt)
{
	cJSON *root = cJSON_CreateObject();
	int rc = -ENOMEM;

	if (root != NULL && add_text(root, "type", "Receipt") &&
		add_domain(root, &receipt->receipt) && add_message(root, &receipt->receipt) &&
		add_signature(root, receipt))
		rc = wp_json_canonical(out, root);
	cJSON_Delete(root);
	return rc;
}

/* ---- reading ---- */

static bool read_u64(uint64_t *value, const char *text)
{
	struct wp_amount amount;

	return wp_amount_parse(&amount, text) == 0 && wp_amount_to_u64(value, &amount);
}

static bool read_member(
	struct wp_receipt *receipt, const struct member *member, const cJSON *message)
{
	char *at = (char *)receipt + member->offset;
	const char *text;

	if (wp_json_string(message, member->name, &text) != 0)
		return false;
	switch (member->kind) {
	case HASH:
		return wp_hash_parse((struct wp_hash *)(void *)at, text) == 0;
	case TEXT:
		if (strlen(text) >= member->size)
			return false;
		memcpy(at, text, strlen(text) + 1);
		return true;
	case U64:
		return read_u64((uint64_t *)(void *)at, text);
	}
	return false;
}

static bool read_message(struct wp_receipt *receipt, const cJSON *root)
{
	const cJSON *message;
	const char *id;
	int64_t verdict, runs;

	if (wp_json_object(root, "message", &message) != 0 ||
		wp_json_unknown_member(message, message_names) != NULL ||
		wp_json_string(message, "id", &id) != 0 || wp_id_parse(&receipt->id, id) != 0 ||
		wp_json_integer(message, "verdict", 1, UINT8_MAX, &verdict) != 0 ||
		wp_json_integer(message, "runs", 0, UINT8_MAX, &runs) != 0 ||
		wp_json_bool(message, "charged", &receipt->charged) != 0)
		return false;
	receipt->verdict = (enum wp_verdict)verdict;
	receipt->runs = (uint8_t)runs;
	for (size_t i = 0; i < WP_ARRAY_LEN(members); i++) {
		if (!read_member(receipt, &members[i], message))
			return false;
	}
	return wp_verdict_text(receipt->verdict)[0] != '\0';
}

static bool read_domain(struct wp_receipt *receipt, const cJSON *root)
{
	const cJSON *domain;
	const char *name, *version, *registry;
	int64_t chain_id;

	if (wp_json_object(root, "domain", &domain) != 0 ||
		wp_json_unknown_member(domain, domain_names) != NULL ||
		wp_json_string(domain, "name", &name) != 0 ||
		strcmp(name, WP_RECEIPT_DOMAIN_NAME) != 0 ||
		wp_json_string(domain, "version", &version) != 0 ||
		strcmp(version, WP_RECEIPT_DOMAIN_VERSION) != 0 ||
		wp_json_integer(domain, "chainId", 0, (INT64_C(1) << 53) - 1, &chain_id) != 0 ||
		wp_json_string(domain, "verifyingContract", &registry) != 0 ||
		wp_address_parse_strict(&receipt->registry, registry) != 0)
		return false;
	receipt->chain_id = (uint64_t)chain_id;
	return true;
}

/* *ret_digest: what the text claims. */
static bool read_signature(
	struct wp_signed_receipt *receipt, struct wp_hash *ret_digest, const cJSON *root)
{
	const char *verifier, *signature, *digest;
	uint8_t bytes[65];

	return wp_json_string(root, "verifier", &verifier) == 0 &&
	       wp_address_parse_strict(&receipt->verifier, verifier) == 0 &&
	       wp_json_string(root, "signature", &signature) == 0 &&
	       wp_hex_decode(bytes, sizeof bytes, signature, strlen(signature)) == 0 &&
	       wp_signature_from_bytes(&receipt->signature, bytes) == 0 &&
	       wp_json_string(root, "digest", &digest) == 0 &&
	       wp_hash_parse(ret_digest, digest) == 0;
}

static int read_receipt(struct wp_signed_receipt *receipt, const cJSON *root)
{
	const char *type;
	struct wp_hash digest, claimed;
	struct wp_address signer;

	if (wp_json_string(root, "type", &type) != 0 || strcmp(type, "Receipt") != 0 ||
		wp_json_unknown_member(root, top_names) != NULL ||
		!read_domain(&receipt->receipt, root) || !read_message(&receipt->receipt, root) ||
		!read_signature(receipt, &claimed, root))
		return -WP_E_FORMAT;
	digest = wp_receipt_digest(&receipt->receipt);
	if (!wp_hash_equal(&digest, &claimed) ||
		wp_secp_recover(&signer, &receipt->signature, &digest) != 0 ||
		!wp_address_equal(&signer, &receipt->verifier))
		return -WP_E_REFUSED;
	return 0;
}

int wp_receipt_read(struct wp_signed_receipt *ret_signed, const char *text, size_t size)
{
	struct wp_signed_receipt receipt = { 0 };
	cJSON *root = NULL;

	if (wp_json_parse(&root, text, size, NULL, NULL) != 0)
		return -WP_E_FORMAT;
	int rc = read_receipt(&receipt, root);
	cJSON_Delete(root);
	if (rc == 0)
		*ret_signed = receipt;
	return rc;
}
