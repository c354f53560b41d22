#include "services/chain-writer/senderror.h"

#include "libcommon/base.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *part;
	enum senderror error;
} table[] = {
	/* the first that fits */
	{ "already known", SENDERROR_SENT },     /* geth, reth */
	{ "already imported", SENDERROR_SENT },  /* anvil */
	{ "known transaction", SENDERROR_SENT }, /* older geth, besu */
	{ "AlreadyKnown", SENDERROR_SENT },      /* nethermind */
	{ "already in the pool", SENDERROR_SENT },
	{ "nonce too low", SENDERROR_NONCE_LOW },
	{ "nonce is too low", SENDERROR_NONCE_LOW },
	{ "OldNonce", SENDERROR_NONCE_LOW },      /* nethermind */
	{ "NONCE_TOO_LOW", SENDERROR_NONCE_LOW }, /* besu */
	{ "underpriced", SENDERROR_UNDERPRICED }, /* also "replacement transaction …" */
	{ "fee too low", SENDERROR_UNDERPRICED },
	{ "FeeTooLow", SENDERROR_UNDERPRICED },
	{ "max fee per gas less than block base fee", SENDERROR_UNDERPRICED },
	{ "less than the minimum", SENDERROR_UNDERPRICED },
	{ "insufficient funds", SENDERROR_FUNDS },
	{ "InsufficientFunds", SENDERROR_FUNDS },
	{ "upfront cost", SENDERROR_FUNDS }, /* besu */
	{ "intrinsic gas too low", SENDERROR_INVALID },
	{ "exceeds block gas limit", SENDERROR_INVALID },
	{ "gas limit too high", SENDERROR_INVALID },
	{ "invalid sender", SENDERROR_INVALID },
	{ "invalid chain", SENDERROR_INVALID },
	{ "invalid signature", SENDERROR_INVALID },
	{ "oversized data", SENDERROR_INVALID },
	{ "max initcode size", SENDERROR_INVALID },
	{ "transaction type not supported", SENDERROR_INVALID },
	{ "tip higher than fee cap", SENDERROR_INVALID },
	{ "max priority fee per gas higher than max fee per gas", SENDERROR_INVALID },
};

enum senderror senderror_of_message(const char *message)
{
	for (size_t i = 0; i < WP_ARRAY_LEN(table); i++)
		if (strcasestr(message, table[i].part) != NULL)
			return table[i].error;
	return SENDERROR_UNKNOWN;
}

enum senderror senderror_of(const struct wp_rpc_answer *answer)
{
	switch (answer->outcome) {
	case WP_RPC_OK:
		return SENDERROR_SENT;
	case WP_RPC_ERROR:
		return senderror_of_message(answer->error_message);
	case WP_RPC_LOST:
		return SENDERROR_UNKNOWN;
	}
	return SENDERROR_UNKNOWN;
}

const char *senderror_name(enum senderror error)
{
	switch (error) {
	case SENDERROR_SENT:
		return "sent";
	case SENDERROR_NONCE_LOW:
		return "nonce-low";
	case SENDERROR_UNDERPRICED:
		return "underpriced";
	case SENDERROR_FUNDS:
		return "funds";
	case SENDERROR_INVALID:
		return "invalid";
	case SENDERROR_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}
