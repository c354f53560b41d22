#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/evm/eip712.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/evm/secp.h"
#include "tests/unit/vectors.h"

#define TRANSFER                                                                                   \
	"TransferWithAuthorization(address from,address to,uint256 value,"                         \
	"uint256 validAfter,uint256 validBefore,bytes32 nonce)"

/* The key that signed the vectors: the second account of the usual test mnemonic. */
#define PAYER_KEY "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"

static struct wp_hash keccak_text(const char *text)
{
	return wp_keccak256(text, strlen(text));
}

static void assert_hash(const struct wp_hash *hash, const char *expected)
{
	assert_hex_equal(hash->bytes, sizeof(hash->bytes), expected);
}

static struct wp_address address_of(const char *text)
{
	struct wp_address address;
	assert_int_equal(wp_address_parse_strict(&address, text), 0);
	return address;
}

static struct wp_amount amount_of(const char *text)
{
	struct wp_amount amount;
	assert_int_equal(wp_amount_parse(&amount, text), 0);
	return amount;
}

static void assert_signed(
	const char *key_text, const struct wp_hash *digest, const char *signature_text)
{
	struct wp_secret key = { 0 };
	struct wp_signature signature, parsed;
	struct wp_address signer, recovered;
	uint8_t bytes[65];
	assert_int_equal(wp_secret_set(&key, key_text, strlen(key_text)), 0);
	assert_int_equal(wp_secret_from_hex(&key, 32), 0);
	assert_int_equal(wp_secp_sign(&signature, &key, digest), 0);
	wp_signature_to_bytes(bytes, &signature);
	assert_hex_equal(bytes, sizeof(bytes), signature_text);
	assert_int_equal(wp_signature_from_bytes(&parsed, bytes), 0);
	assert_int_equal(wp_secp_recover(&recovered, &parsed, digest), 0);
	assert_int_equal(wp_secp_address(&signer, &key), 0);
	assert_true(wp_address_equal(&recovered, &signer));
	wp_secret_wipe(&key);
}

static struct wp_hash person(const char *name, const char *wallet)
{
	struct wp_address address = address_of(wallet);
	const struct wp_abi_value members[] = { wp_abi_string(name), wp_abi_address(&address) };
	return wp_eip712_struct_hash("Person(string name,address wallet)", members, 2);
}

/* The Mail example of EIP-712, signed with the key keccak256("cow"). */
static void mail_example(void **state)
{
	(void)state;
	struct wp_eip712_domain domain = { .name = "Ether Mail", .version = "1", .chain_id = 1 };
	domain.verifying_contract = address_of("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC");
	struct wp_hash separator = wp_eip712_domain_separator(&domain);
	assert_hash(
		&separator, "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
	struct wp_hash from = person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826");
	struct wp_hash to = person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB");
	const struct wp_abi_value members[] = { wp_abi_hash(&from), wp_abi_hash(&to),
		wp_abi_string("Hello, Bob!") };
	struct wp_hash mail = wp_eip712_struct_hash("Mail(Person from,Person to,string contents)"
						    "Person(string name,address wallet)",
		members, 3);
	assert_hash(&mail, "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
	struct wp_hash digest = wp_eip712_digest(&separator, &mail);
	assert_hash(&digest, "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
	char key[WP_HASH_TEXT];
	struct wp_hash cow = keccak_text("cow");
	assert_signed(wp_hash_text(key, &cow), &digest,
		"0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
		"07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c");
}

static void every_kind_of_member(void **state)
{
	(void)state;
	cJSON *root = vectors_load("evm.json");
	const cJSON *vector = vectors_member(root, "typed");
	struct wp_eip712_domain domain = { .name = "WorkProof", .version = "1", .chain_id = 84532 };
	domain.verifying_contract = address_of("0x5FbDB2315678afecb367f032d93F642f64180aa3");
	struct wp_address account = address_of("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
	struct wp_amount largest =
		amount_of("115792089237316195423570985008687907853269984665640564"
			  "039457584007913129639935");
	struct wp_hash hash;
	memset(hash.bytes, 0xa1, sizeof(hash.bytes));
	const struct wp_abi_value members[] = {
		wp_abi_string("Grüße"),
		wp_abi_bytes("\x00\xff", 2),
		wp_abi_hash(&hash),
		wp_abi_fixed("\xde\xad\xbe\xef", 4),
		wp_abi_amount(&largest),
		wp_abi_bool(true),
		wp_abi_address(&account),
	};
	struct wp_hash sample = wp_eip712_struct_hash(
		"Sample(string text,bytes data,bytes32 hash,bytes4 short,uint256 number,bool flag,"
		"address account)",
		members, WP_ARRAY_LEN(members));
	struct wp_hash separator = wp_eip712_domain_separator(&domain);
	struct wp_hash digest = wp_eip712_digest(&separator, &sample);
	assert_hash(&digest, vectors_text(vector, "digest"));
	assert_signed(
		vectors_text(vector, "privateKey"), &digest, vectors_text(vector, "signature"));
	cJSON_Delete(root);
}

static void members_up_to_the_limit(void **state)
{
	(void)state;
	struct wp_abi_value members[WP_EIP712_MEMBERS_MAX];
	struct wp_hash words[1 + WP_EIP712_MEMBERS_MAX];
	words[0] = keccak_text("T()");
	for (size_t i = 0; i < WP_EIP712_MEMBERS_MAX; i++) {
		members[i] = wp_abi_u64(i);
		memcpy(words[i + 1].bytes, members[i].word, 32);
	}
	struct wp_hash expected = wp_keccak256(words, sizeof(words));
	struct wp_hash actual = wp_eip712_struct_hash("T()", members, WP_EIP712_MEMBERS_MAX);
	assert_true(wp_hash_equal(&actual, &expected));
}

static void type_hashes(void **state)
{
	(void)state;
	cJSON *root = vectors_load("x402-eip712.json");
	const cJSON *permit2 = vectors_member(root, "permit2");
	const cJSON *receipt = vectors_member(root, "receipt");
	const struct {
		const char *type, *hash;
	} cases[] = {
		{ TRANSFER, vectors_text(root, "typeHash") },
		{ "EIP712Domain(string name,string version,uint256 chainId,"
		  "address verifyingContract)",
			vectors_text(root, "domainTypeHash") },
		{ vectors_text(permit2, "typeString"), vectors_text(permit2, "typeHash") },
		{ "Witness(address to,uint256 validAfter)",
			vectors_text(permit2, "witnessTypeHash") },
		{ "TokenPermissions(address token,uint256 amount)",
			vectors_text(permit2, "tokenPermissionsTypeHash") },
		{ "EIP712Domain(string name,uint256 chainId,address verifyingContract)",
			vectors_text(permit2, "domainTypeHash") },
		{ vectors_text(receipt, "typeString"), vectors_text(receipt, "typeHash") },
		{ "Transfer(address,address,uint256)", vectors_text(root, "transferTopic") },
		{ "AuthorizationUsed(address,bytes32)",
			vectors_text(root, "authorizationUsedTopic") },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_hash hash = keccak_text(cases[i].type);
		assert_hash(&hash, cases[i].hash);
	}
	cJSON_Delete(root);
}

/* An EIP-3009 vector with the full range of its numbers. */
struct payment {
	struct wp_eip712_domain domain;
	struct wp_address from, to;
	struct wp_amount value, valid_after, valid_before;
	struct wp_hash nonce;
};

static struct payment read_payment(const cJSON *vector)
{
	const cJSON *domain = vectors_member(vector, "domain");
	const cJSON *authorization = vectors_member(vector, "authorization");
	struct payment payment = {
		.domain = { .name = vectors_text(domain, "name"),
			.version = vectors_text(domain, "version"),
			.chain_id = (uint64_t)vectors_member(domain, "chainId")->valueint,
			.verifying_contract =
				address_of(vectors_text(domain, "verifyingContract")) },
		.from = address_of(vectors_text(authorization, "from")),
		.to = address_of(vectors_text(authorization, "to")),
		.value = amount_of(vectors_text(authorization, "value")),
		.valid_after = amount_of(vectors_text(authorization, "validAfter")),
		.valid_before = amount_of(vectors_text(authorization, "validBefore")),
	};
	assert_int_equal(wp_hash_parse(&payment.nonce, vectors_text(authorization, "nonce")), 0);
	return payment;
}

static void check_typed_data(const struct payment *payment, const cJSON *vector)
{
	const struct wp_abi_value members[] = {
		wp_abi_address(&payment->from),
		wp_abi_address(&payment->to),
		wp_abi_amount(&payment->value),
		wp_abi_amount(&payment->valid_after),
		wp_abi_amount(&payment->valid_before),
		wp_abi_hash(&payment->nonce),
	};
	struct wp_hash separator = wp_eip712_domain_separator(&payment->domain);
	assert_hash(&separator, vectors_text(vector, "domainSeparator"));
	struct wp_hash struct_hash =
		wp_eip712_struct_hash(TRANSFER, members, WP_ARRAY_LEN(members));
	assert_hash(&struct_hash, vectors_text(vector, "structHash"));
	struct wp_hash digest = wp_eip712_digest(&separator, &struct_hash);
	assert_hash(&digest, vectors_text(vector, "digest"));
	assert_signed(PAYER_KEY, &digest, vectors_text(vector, "signature"));
}

/* True if the times fit 64 bits, as the product requires. */
static bool check_authorization(const struct payment *payment, const cJSON *vector)
{
	struct wp_authorization authorization = {
		.from = payment->from,
		.to = payment->to,
		.value = payment->value,
		.nonce = payment->nonce,
	};
	if (!wp_amount_to_u64(&authorization.valid_after, &payment->valid_after) ||
		!wp_amount_to_u64(&authorization.valid_before, &payment->valid_before))
		return false;
	struct wp_hash digest = wp_authorization_digest(&payment->domain, &authorization);
	assert_hash(&digest, vectors_text(vector, "digest"));
	return true;
}

static void assert_call(const char *signature, const struct wp_abi_value *arguments, size_t count,
	const char *expected)
{
	struct wp_buffer out = { 0 };
	wp_abi_call(&out, signature, arguments, count);
	assert_hex_equal(out.data, out.size, expected);
	wp_buffer_free(&out);
}

static void check_calldata(const struct payment *payment, const cJSON *vector)
{
	size_t size;
	struct wp_signature signature;
	uint8_t *bytes = vectors_bytes(vectors_text(vector, "signature"), &size);
	assert_int_equal(size, 65);
	assert_int_equal(wp_signature_from_bytes(&signature, bytes), 0);
	assert_int_equal(bytes[64], vectors_member(vector, "v")->valueint);
	const struct wp_abi_value settle[] = {
		wp_abi_address(&payment->from),
		wp_abi_address(&payment->to),
		wp_abi_amount(&payment->value),
		wp_abi_amount(&payment->valid_after),
		wp_abi_amount(&payment->valid_before),
		wp_abi_hash(&payment->nonce),
		wp_abi_u64(27u + signature.parity),
		wp_abi_fixed(signature.r, 32),
		wp_abi_fixed(signature.s, 32),
	};
	assert_call("transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,"
		    "uint8,bytes32,bytes32)",
		settle, WP_ARRAY_LEN(settle), vectors_text(vector, "settleCalldata"));
	const struct wp_abi_value payer[] = { wp_abi_address(&payment->from) };
	assert_call("balanceOf(address)", payer, 1, vectors_text(vector, "balanceOfCalldata"));
	const struct wp_abi_value used[] = { wp_abi_address(&payment->from),
		wp_abi_hash(&payment->nonce) };
	assert_call("authorizationState(address,bytes32)", used, 2,
		vectors_text(vector, "authorizationStateCalldata"));
	free(bytes);
}

/* P4: what a stock client signs is what we recover. */
static void payments_of_stock_clients(void **state)
{
	(void)state;
	cJSON *root = vectors_load("x402-eip712.json");
	const cJSON *vector;
	size_t count = 0, short_times = 0;
	cJSON_ArrayForEach(vector, vectors_member(root, "vectors"))
	{
		struct payment payment = read_payment(vector);
		check_typed_data(&payment, vector);
		check_calldata(&payment, vector);
		short_times += check_authorization(&payment, vector);
		count++;
	}
	assert_int_equal(count, 3);
	assert_int_equal(short_times, 2);
	cJSON_Delete(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_example),
		cmocka_unit_test(every_kind_of_member),
		cmocka_unit_test(members_up_to_the_limit),
		cmocka_unit_test(type_hashes),
		cmocka_unit_test(payments_of_stock_clients),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
