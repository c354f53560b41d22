/* attested.h - is the attestation of (verifier, id) on the chain, and how deep? Reads the
 * registry's event from one endpoint; the deciding part is pure. */
#ifndef ATTESTED_H
#define ATTESTED_H

#include "libcommon/buffer.h"
#include "services/payment-verifier/chain.h"

enum attested_depth {
	ATTESTED_NONE,      /* no such event */
	ATTESTED_PENDING,   /* mined, or in doubt */
	ATTESTED_CONFIRMED, /* confirmations deep */
	ATTESTED_SAFE,
	ATTESTED_FINALIZED
};
/* "none", "pending", "confirmed", "safe", "finalized" */
const char *attested_depth_text(enum attested_depth depth);

struct attested_evidence {
	uint64_t confirmations;
	enum chain_finality finality;
	struct proof_block head, safe,
		finalized; /* the last two only where finality asks for them */
	bool logged;
	struct wp_evm_log log;    /* ReceiptAttested of (verifier, id) */
	struct wp_hash digest;    /* its receiptDigest */
	struct proof_block block; /* canonical, at the log's height */
};
struct attested {
	enum attested_depth depth;
	bool final; /* as deep as the setting asks for */
};
struct attested attested_decide(const struct attested_evidence *evidence);

struct attested_look { /* the caller's memory; lives until fn is called */
	const struct chain *chain;
	void (*fn)(void *arg, int error, const struct attested_evidence *evidence);
	void *arg;
	struct attested_evidence evidence;
	struct wp_address registry, verifier;
	struct wp_id id;
	uint64_t from_block;
	int waiting;
	bool lost;
	void (*next)(struct attested_look *look);
};
/* chain, fn, arg, registry, verifier, id, from_block are set by the caller. fn is called exactly
 * once, later; error 0 or -WP_E_UNKNOWN. 0 or -ENOMEM (then it is not). */
int attested_start(struct attested_look *look);

/* Calldata of attestationIdOf(verifier, id). */
void attested_calldata(
	struct wp_buffer *out, const struct wp_address *verifier, const struct wp_id *id);

#endif
