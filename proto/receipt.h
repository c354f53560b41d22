/* receipt.h - the receipt: EIP-712 typed data signed by the verifier key, and its JSON form. The
 * same type stands in contracts/src/WorkProofRegistry.sol. */
#ifndef WP_RECEIPT_H
#define WP_RECEIPT_H

#include "libcommon/buffer.h"
#include "libcommon/evm/abi.h"
#include "libcommon/evm/secp.h"
#include "libcommon/types.h"
#include "proto/verdict.h"

#define WP_RECEIPT_TYPE                                                                              \
	"Receipt(bytes16 id,bytes32 taskHash,bytes32 codeHash,bytes32 inputHash,bytes32 outputHash," \
	"uint8 verdict,string engine,bytes32 guestDigest,string driver,string isolation,uint8 runs," \
	"uint64 timeoutMs,uint64 memoryLimitBytes,uint64 outputLimitBytes,uint64 timeMs,"            \
	"uint64 memoryPeakBytes,string payment,bool charged,uint64 issuedAt)"

struct wp_receipt {
	uint64_t chain_id;
	struct wp_address registry;
	struct wp_id id;
	struct wp_hash task_hash, code_hash, input_hash, output_hash;
	enum wp_verdict verdict;
	char engine[64];
	struct wp_hash guest_digest;
	char driver[16];
	char isolation[16];
	uint8_t runs; /* that agreed */
	uint64_t timeout_ms, memory_limit_bytes, output_limit_bytes;
	uint64_t time_ms, memory_peak_bytes;
	char payment[256]; /* "eip155:<chain>/<asset>/<transaction>/<log index>" */
	bool charged;
	uint64_t issued_at; /* Unix seconds */
};

struct wp_signed_receipt {
	struct wp_receipt receipt;
	struct wp_address verifier;
	struct wp_signature signature;
};

struct wp_hash wp_receipt_digest(const struct wp_receipt *receipt);
/* Calldata of attestReceipt(Receipt,bytes). 0 or -ENOMEM. */
int wp_receipt_calldata(struct wp_buffer *out, const struct wp_signed_receipt *receipt);
/* The attestation's key at the registry: (signer, id); see contracts/. */

/* Fills verifier and signature. 0 or -WP_E_RANGE. */
int wp_receipt_sign(struct wp_signed_receipt *ret_signed, const struct wp_receipt *receipt,
	const struct wp_secret *key);
/* JSON: {"type":"Receipt","domain":{…},"message":{…},"verifier","signature","digest"}.
 * 0, -ENOMEM. */
int wp_receipt_write(struct wp_buffer *out, const struct wp_signed_receipt *receipt);
/* Parses it and checks that the signature is by `verifier`. 0, -WP_E_FORMAT, -WP_E_REFUSED. */
int wp_receipt_read(struct wp_signed_receipt *ret_signed, const char *text, size_t size);

#endif
