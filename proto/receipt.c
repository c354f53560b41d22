/* receipt.c - digest, signature and calldata of a receipt. */
#include "proto/receipt.h"

#include "libcommon/base.h"
#include "libcommon/evm/eip712.h"
#include "proto/receipt_domain.h"

#include <string.h>

#define MEMBER_COUNT 19
#define ATTEST_RECEIPT                                                                               \
	"attestReceipt((bytes16,bytes32,bytes32,bytes32,bytes32,uint8,string,bytes32,string,string," \
	"uint8,uint64,uint64,uint64,uint64,uint64,string,bool,uint64),bytes)"

/* In the order of WP_RECEIPT_TYPE; borrows the receipt's texts. */
static void members_of(
	struct wp_abi_value members[static MEMBER_COUNT], const struct wp_receipt *receipt)
{
	const struct wp_abi_value all[MEMBER_COUNT] = {
		wp_abi_fixed(receipt->id.bytes, sizeof receipt->id.bytes),
		wp_abi_hash(&receipt->task_hash),
		wp_abi_hash(&receipt->code_hash),
		wp_abi_hash(&receipt->input_hash),
		wp_abi_hash(&receipt->output_hash),
		wp_abi_u64((uint64_t)receipt->verdict),
		wp_abi_string(receipt->engine),
		wp_abi_hash(&receipt->guest_digest),
		wp_abi_string(receipt->driver),
		wp_abi_string(receipt->isolation),
		wp_abi_u64(receipt->runs),
		wp_abi_u64(receipt->timeout_ms),
		wp_abi_u64(receipt->memory_limit_bytes),
		wp_abi_u64(receipt->output_limit_bytes),
		wp_abi_u64(receipt->time_ms),
		wp_abi_u64(receipt->memory_peak_bytes),
		wp_abi_string(receipt->payment),
		wp_abi_bool(receipt->charged),
		wp_abi_u64(receipt->issued_at),
	};

	memcpy(members, all, sizeof all);
}

struct wp_hash wp_receipt_digest(const struct wp_receipt *receipt)
{
	const struct wp_eip712_domain domain = {
		.name = WP_RECEIPT_DOMAIN_NAME,
		.version = WP_RECEIPT_DOMAIN_VERSION,
		.chain_id = receipt->chain_id,
		.verifying_contract = receipt->registry,
	};
	struct wp_abi_value members[MEMBER_COUNT];

	members_of(members, receipt);
	struct wp_hash separator = wp_eip712_domain_separator(&domain);
	struct wp_hash hash = wp_eip712_struct_hash(WP_RECEIPT_TYPE, members, MEMBER_COUNT);
	return wp_eip712_digest(&separator, &hash);
}

int wp_receipt_calldata(struct wp_buffer *out, const struct wp_signed_receipt *receipt)
{
	struct wp_abi_value members[MEMBER_COUNT];
	uint8_t signature[65];

	members_of(members, &receipt->receipt);
	wp_signature_to_bytes(signature, &receipt->signature);
	const struct wp_abi_value arguments[] = {
		wp_abi_tuple(members, MEMBER_COUNT),
		wp_abi_bytes(signature, sizeof signature),
	};
	wp_abi_call(out, ATTEST_RECEIPT, arguments, WP_ARRAY_LEN(arguments));
	return out->failed ? -ENOMEM : 0;
}

int wp_receipt_sign(struct wp_signed_receipt *ret_signed, const struct wp_receipt *receipt,
	const struct wp_secret *key)
{
	struct wp_signed_receipt made = { .receipt = *receipt };
	struct wp_hash digest = wp_receipt_digest(receipt);

	if (wp_secp_address(&made.verifier, key) != 0 ||
		wp_secp_sign(&made.signature, key, &digest) != 0)
		return -WP_E_RANGE;
	*ret_signed = made;
	return 0;
}
