/* rawtx.h - reads back a signed EIP-1559 transaction, so that a stored row can be signed again with
 * other fees. Strict: what wp_tx_sign wrote, and nothing else. Pure. */
#ifndef RAWTX_H
#define RAWTX_H

#include "libcommon/evm/tx.h"

/* bytes: the envelope. The transaction's data points into it. 0 or -WP_E_FORMAT. */
int rawtx_read(struct wp_tx *ret_tx, const uint8_t *bytes, size_t size);

#endif
