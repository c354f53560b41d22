/* senderror.h - what a node's refusal of eth_sendRawTransaction means. Nodes agree on no code, so
 * the message decides (geth, erigon, nethermind, besu, reth, anvil). Pure. */
#ifndef SENDERROR_H
#define SENDERROR_H

#include "libcommon/evm/rpc.h"

enum senderror {
	SENDERROR_SENT,        /* accepted, or known already */
	SENDERROR_NONCE_LOW,   /* its nonce is spent: the transaction count tells by what */
	SENDERROR_UNDERPRICED, /* needs a higher fee */
	SENDERROR_FUNDS,       /* the key cannot pay for it */
	SENDERROR_INVALID,     /* no node will ever take these bytes */
	SENDERROR_UNKNOWN      /* anything else, and no answer: treated as sent, sent again */
};

enum senderror senderror_of(const struct wp_rpc_answer *answer);
enum senderror senderror_of_message(const char *message);
const char *senderror_name(enum senderror error);

#endif
