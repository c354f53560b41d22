#include "services/payment-verifier/present.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"
#include "proto/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- reading ---- */

static int take(void *to, size_t size, const ProtobufCBinaryData *bytes)
{
	if (bytes->len != size)
		return -WP_E_FORMAT;
	memcpy(to, bytes->data, size);
	return 0;
}

/* An empty field is none. */
static int take_optional(struct wp_hash *to, bool *ret_has, const ProtobufCBinaryData *bytes)
{
	*ret_has = bytes->len != 0;
	return *ret_has ? take(to->bytes, sizeof to->bytes, bytes) : 0;
}

static int read_authorization(struct presentation *to, const Workproof__Authorization *from)
{
	uint8_t value[32];

	if (from == NULL || take(to->asset.bytes, 20, &from->asset) < 0 ||
		take(to->authorization.from.bytes, 20, &from->from) < 0 ||
		take(to->authorization.to.bytes, 20, &from->to) < 0 ||
		take(value, sizeof value, &from->value) < 0 ||
		take(to->authorization.nonce.bytes, 32, &from->nonce) < 0 ||
		take(to->signature, sizeof to->signature, &from->signature) < 0)
		return -WP_E_FORMAT;
	to->authorization.value = wp_amount_from_be(value);
	to->authorization.valid_after = from->valid_after;
	to->authorization.valid_before = from->valid_before;
	return 0;
}

static int read_request(struct presentation *to, const Workproof__Request *from)
{
	if (from == NULL || take(to->request_hash.bytes, 32, &from->request_hash) < 0 ||
		take(to->task_hash.bytes, 32, &from->task_hash) < 0 ||
		take(to->code_hash.bytes, 32, &from->code_hash) < 0 ||
		take_optional(&to->input_hash, &to->has_input_hash, &from->input_hash) < 0 ||
		take_optional(&to->expected_hash, &to->has_expected, &from->expected_hash) < 0 ||
		from->salt.len > WP_SALT_MAX_BYTES)
		return -WP_E_FORMAT;
	return 0;
}

int present_read(
	struct presentation *ret_presentation, const Workproof__Present *message, const char *trace)
{
	struct presentation read = { .message = message, .trace = trace };

	if (take(read.exchange, sizeof read.exchange, &message->exchange) < 0 ||
		take(read.id.bytes, sizeof read.id.bytes, &message->id) < 0 ||
		read_authorization(&read, message->authorization) < 0 ||
		read_request(&read, message->request) < 0)
		return -WP_E_FORMAT;
	if (message->x402_version != 1 && message->x402_version != 2)
		return -WP_E_FORMAT;
	*ret_presentation = read;
	return 0;
}

/* ---- judging ---- */

static bool content_is_as_hashed(const struct presentation *presentation)
{
	const Workproof__Request *request = presentation->message->request;
	struct wp_hash code = wp_task_content_hash(
		request->salt.data, request->salt.len, request->code.data, request->code.len);

	if (!wp_hash_equal(&code, &presentation->code_hash) ||
		(bool)request->has_input != presentation->has_input_hash)
		return false;
	if (!request->has_input)
		return true;
	struct wp_hash input = wp_task_content_hash(
		request->salt.data, request->salt.len, request->input.data, request->input.len);
	return wp_hash_equal(&input, &presentation->input_hash);
}

bool present_is_consistent(const struct presentation *presentation, uint64_t chain_id)
{
	const Workproof__Request *request = presentation->message->request;
	struct wp_hash hash;
	struct wp_task task = {
		.task_type = request->task_type,
		.code_hash = presentation->code_hash,
		.input_hash = presentation->input_hash,
		.has_expected = presentation->has_expected,
		.expected_hash = presentation->expected_hash,
		.engine = request->engine,
		.timeout_ms = request->timeout_ms,
		.clock_ms = request->clock_ms,
		.salt = request->salt.data,
		.salt_size = request->salt.len,
	};
	struct wp_id id = wp_task_payment_id(chain_id, &presentation->asset,
		&presentation->authorization.from, &presentation->authorization.nonce);

	return wp_id_equal(&id, &presentation->id) && content_is_as_hashed(presentation) &&
	       wp_task_hash(&hash, &task) == 0 && wp_hash_equal(&hash, &presentation->task_hash);
}

static bool is_signed_by_payer(
	const struct presentation *presentation, const struct wp_eip712_domain *token)
{
	struct wp_signature signature;
	struct wp_address signer;
	struct wp_hash digest = wp_authorization_digest(token, &presentation->authorization);

	return wp_signature_from_bytes(&signature, presentation->signature) == 0 &&
	       wp_secp_recover(&signer, &signature, &digest) == 0 &&
	       wp_address_equal(&signer, &presentation->authorization.from);
}

const char *present_refusal(
	const struct presentation *presentation, const struct present_terms *terms)
{
	const struct wp_authorization *authorization = &presentation->authorization;

	if (!wp_address_equal(&presentation->asset, &terms->token.verifying_contract))
		return "invalid_payment_requirements";
	if (!wp_address_equal(&authorization->to, &terms->wallet))
		return "invalid_exact_evm_recipient_mismatch";
	/* Paying ourselves is no payment. */
	if (wp_address_equal(&authorization->from, &terms->wallet))
		return "invalid_exact_evm_recipient_mismatch";
	if (wp_amount_compare(&authorization->value, &terms->price) != 0)
		return "invalid_exact_evm_payload_authorization_value_mismatch";
	if (!is_signed_by_payer(presentation, &terms->token))
		return "invalid_exact_evm_signature";
	return NULL;
}

const char *present_untimely(
	const struct presentation *presentation, const struct present_terms *terms, int64_t now_s)
{
	const struct wp_authorization *authorization = &presentation->authorization;
	uint64_t now = (uint64_t)now_s;
	uint64_t latest = now + (uint64_t)terms->offer_timeout_s + PRESENT_WINDOW_MORE_S;

	if (authorization->valid_after > now)
		return "invalid_exact_evm_payload_authorization_valid_after";
	if (authorization->valid_before < now + PRESENT_WINDOW_MIN_S ||
		authorization->valid_before > latest)
		return "invalid_exact_evm_payload_authorization_valid_before";
	return NULL;
}

/* ---- writing ---- */

static void put(struct present_fields *fields, enum wp_field field, const char *value)
{
	if (value != NULL && value[0] != '\0')
		fields->values[fields->count++] =
			(struct wp_field_value){ .field = field, .value = value };
}

static char *number(char text[static 24], uint64_t value)
{
	snprintf(text, 24, "%" PRIu64, value);
	return text;
}

static void write_payment(struct present_fields *to, const struct presentation *from,
	uint64_t chain_id, uint64_t seen_block)
{
	const struct wp_authorization *authorization = &from->authorization;

	wp_hex_encode0x(to->signature, from->signature, sizeof from->signature);
	put(to, WP_FIELD_method, from->message->x402_version == 1 ? "x402-v1" : "x402-v2");
	put(to, WP_FIELD_chain_id, number(to->chain_id, chain_id));
	put(to, WP_FIELD_asset, wp_address_text(to->asset, &from->asset));
	put(to, WP_FIELD_pay_to, wp_address_text(to->pay_to, &authorization->to));
	put(to, WP_FIELD_valid_after, number(to->valid_after, authorization->valid_after));
	put(to, WP_FIELD_valid_before, number(to->valid_before, authorization->valid_before));
	put(to, WP_FIELD_pay_nonce, wp_hash_text(to->pay_nonce, &authorization->nonce));
	put(to, WP_FIELD_pay_signature, to->signature);
	put(to, WP_FIELD_seen_block, number(to->seen_block, seen_block));
}

static void write_request(struct present_fields *to, const struct presentation *from)
{
	const Workproof__Request *request = from->message->request;

	put(to, WP_FIELD_task_type, request->task_type);
	put(to, WP_FIELD_task_hash, wp_hash_text(to->task_hash, &from->task_hash));
	put(to, WP_FIELD_code_hash, wp_hash_text(to->code_hash, &from->code_hash));
	if (from->has_input_hash)
		put(to, WP_FIELD_input_hash, wp_hash_text(to->input_hash, &from->input_hash));
	if (from->has_expected)
		put(to, WP_FIELD_expected_hash,
			wp_hash_text(to->expected_hash, &from->expected_hash));
	put(to, WP_FIELD_engine, request->engine);
	put(to, WP_FIELD_isolation_min, request->isolation);
	put(to, WP_FIELD_timeout_ms, number(to->timeout, request->timeout_ms));
	snprintf(to->clock, sizeof to->clock, "%" PRId64, request->clock_ms);
	put(to, WP_FIELD_clock_ms, to->clock);
	put(to, WP_FIELD_check_determinism, request->check_determinism);
	put(to, WP_FIELD_attest, request->attest);
	put(to, WP_FIELD_agent_id, request->agent_id);
	if (request->salt.len > 0) {
		wp_hex_encode0x(to->salt, request->salt.data, request->salt.len);
		put(to, WP_FIELD_salt, to->salt);
	}
}

void present_write(struct present_fields *ret_fields, const struct presentation *presentation,
	uint64_t chain_id, uint64_t seen_block)
{
	ret_fields->count = 0;
	put(ret_fields, WP_FIELD_trace, presentation->trace);
	write_request(ret_fields, presentation);
	write_payment(ret_fields, presentation, chain_id, seen_block);
}
