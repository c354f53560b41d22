/* lookup.h - GET of a verification, by id or by its payment, and of its receipt. */
#ifndef GATEWAY_LOOKUP_H
#define GATEWAY_LOOKUP_H

#include "services/gateway/reply.h"

/* id: the path's segment, not decoded. */
void lookup_verification(struct reply *reply, const char *id);
void lookup_receipt(struct reply *reply, const char *id);
/* ?payment=0x<payer>:0x<nonce> */
void lookup_by_payment(struct reply *reply, const char *unused);

/* "0x<payer>:0x<nonce>". 0 or -WP_E_FORMAT. Pure. */
int lookup_payment_parse(struct wp_address *ret_payer, struct wp_hash *ret_nonce, const char *text);

#endif
