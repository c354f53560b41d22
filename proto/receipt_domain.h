/* receipt_domain.h - inside proto/ only: the EIP-712 domain of receipts. */
#ifndef WP_RECEIPT_DOMAIN_H
#define WP_RECEIPT_DOMAIN_H

#define WP_RECEIPT_DOMAIN_NAME    "WorkProof"
#define WP_RECEIPT_DOMAIN_VERSION "1"

#endif
