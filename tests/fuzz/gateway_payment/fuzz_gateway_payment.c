/* A payment header either passes every check, and is then what we ask for, or is refused with a
 * reason. Inputs are headers as they come, JSON that is wrapped into a header, or whole payments
 * built from the bytes. A payment that was not signed never passes. */
#include "libcommon/base.h"
#include "libcommon/base64.h"
#include "services/gateway/offer.h"
#include "services/gateway/payment_x402.h"
#include "tests/fuzz/harness.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#define NOW   INT64_C(1795167134)
#define TOKEN "0x036CbD53842c5426634e7929541eC2318f3dCF7e"

static const struct offer_terms *terms(void)
{
	static struct offer_terms ours = { .url = "http://x/v1/verifications",
		.chain_id = 84532,
		.token_name = "USDC",
		.token_version = "2" };
	if (wp_address_is_zero(&ours.asset)) {
		CHECK(wp_address_parse(&ours.asset, TOKEN) == 0);
		CHECK(wp_address_parse(
			      &ours.pay_to, "0x90F79bf6EB2c4f870365E785982E1f101E93b906") == 0);
		CHECK(wp_amount_parse(&ours.price, "10000") == 0);
	}
	return &ours;
}

/* True if the authorization was read. */
static bool check_header(const char *header)
{
	bool read = false;
	for (unsigned version = 1; version <= 2; version++) {
		struct x402_payment payment;
		enum x402_reason reason =
			payment_x402_check(&payment, terms(), version, header, NOW);
		CHECK(reason < X402_REASON_COUNT && payment.version == version);
		CHECK(!payment.is_signed || payment.has_authorization);
		read = read || payment.has_authorization;
		if (reason != X402_OK)
			continue;
		CHECK(payment.is_signed);
		CHECK(wp_amount_compare(&payment.authorization.value, &terms()->price) == 0);
		CHECK(wp_address_equal(&payment.authorization.to, &terms()->pay_to));
		CHECK(payment.signature[64] == 27 || payment.signature[64] == 28);
	}
	return read;
}

static bool check_json(const uint8_t *data, size_t size)
{
	char *header = malloc(WP_BASE64_TEXT(size));
	bool read = check_header(wp_base64_encode(header, data, size));
	free(header);
	return read;
}

static void add_hex(cJSON *object, const char *name, struct fuzz_bytes *bytes, size_t count)
{
	char text[2 * 66 + 3] = "0x";
	for (size_t i = 0; i < count; i++)
		snprintf(text + 2 + 2 * i, 3, "%02x", fuzz_byte(bytes));
	cJSON_AddStringToObject(object, name, text);
}

static void add_number(cJSON *object, const char *name, struct fuzz_bytes *bytes)
{
	static const char *const numbers[] = { "0", "10000", "9999", "1795167434", "1795167194",
		"18446744073709551616", "-1", "01", "" };
	cJSON_AddStringToObject(object, name, numbers[fuzz_byte(bytes) % WP_ARRAY_LEN(numbers)]);
}

static void add_offer(cJSON *root)
{
	cJSON *accepted = cJSON_AddObjectToObject(root, "accepted");
	cJSON_AddStringToObject(accepted, "scheme", "exact");
	cJSON_AddStringToObject(accepted, "network", "eip155:84532");
	cJSON_AddStringToObject(accepted, "amount", "10000");
	cJSON_AddStringToObject(accepted, "asset", TOKEN);
	cJSON_AddStringToObject(accepted, "payTo", "0x90F79bf6EB2c4f870365E785982E1f101E93b906");
	cJSON_AddNumberToObject(accepted, "maxTimeoutSeconds", 300);
	cJSON *extra = cJSON_AddObjectToObject(accepted, "extra");
	cJSON_AddStringToObject(extra, "name", "USDC");
	cJSON_AddStringToObject(extra, "version", "2");
}

static bool check_built(struct fuzz_bytes *bytes)
{
	uint8_t shape = fuzz_byte(bytes);
	cJSON *root = cJSON_CreateObject();
	cJSON_AddNumberToObject(root, "x402Version", shape % 2 + 1);
	cJSON_AddStringToObject(root, "scheme", "exact");
	cJSON_AddStringToObject(root, "network", "base-sepolia");
	add_offer(root);
	cJSON *payload = cJSON_AddObjectToObject(root, "payload");
	add_hex(payload, "signature", bytes, shape & 2 ? 65 : shape % 67);
	cJSON *authorization = cJSON_AddObjectToObject(payload, "authorization");
	add_hex(authorization, "from", bytes, 20);
	add_hex(authorization, "to", bytes, 20);
	add_number(authorization, "value", bytes);
	add_number(authorization, "validAfter", bytes);
	add_number(authorization, "validBefore", bytes);
	add_hex(authorization, "nonce", bytes, shape & 4 ? 32 : shape % 40);
	char *text = cJSON_PrintUnformatted(root);
	bool read = check_json((const uint8_t *)text, strlen(text));
	cJSON_free(text);
	cJSON_Delete(root);
	return read;
}

static bool check_outside(const uint8_t *data, size_t size)
{
	char *header = malloc(size + 1);
	memcpy(header, data, size);
	header[size] = '\0';
	bool read = check_header(header);
	free(header);
	return read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct fuzz_bytes bytes = { data + 1, data + size };
	if (data[0] % 3 == 0)
		fuzz_count(check_outside(data + 1, size - 1));
	else if (data[0] % 3 == 1)
		fuzz_count(check_json(data + 1, size - 1));
	else
		fuzz_count(check_built(&bytes));
	return 0;
}
