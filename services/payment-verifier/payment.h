/* payment.h - the EIP-3009 payment of one verification as its record tells it. Shared with
 * chain-writer. Pure. */
#ifndef PAYMENT_H
#define PAYMENT_H

#include "libcommon/evm/eip712.h"
#include "libcommon/evm/secp.h"
#include "proto/record.h"
#include "services/payment-verifier/proof.h"

#define PAYMENT_KEY_TEXT 256

struct payment {
	struct wp_id id;
	uint64_t chain_id;
	struct wp_address asset;
	struct wp_authorization authorization;
	struct wp_signature signature;
	uint64_t seen_block;
};

/* Reads the fields of admission. 0; -WP_E_FORMAT when one is missing or malformed; -WP_E_REFUSED
 * when the id is not that of this payment. */
int payment_parse(struct payment *ret_payment, const struct wp_record *record);

struct proof_claim payment_claim(const struct payment *payment, uint64_t confirmations);
/* "84532:0x<token>:0x<transaction>:<log>" */
char *payment_consume_key(char text[static PAYMENT_KEY_TEXT], const struct payment *payment,
	const struct proof *proof);

/* Calldata of transferWithAuthorization(…,uint8,bytes32,bytes32). -ENOMEM shows in out->failed. */
void payment_calldata(struct wp_buffer *out, const struct wp_authorization *authorization,
	const struct wp_signature *signature);
/* authorizationState(from, nonce) and balanceOf(owner). */
void payment_state_calldata(
	struct wp_buffer *out, const struct wp_address *from, const struct wp_hash *nonce);
void payment_balance_calldata(struct wp_buffer *out, const struct wp_address *owner);

/* EIP-3009 nonce of the one refund an id can have: keccak256("refund" || id) (SPEC P8). */
struct wp_hash payment_refund_nonce(const struct wp_id *id);

#endif
