/* watch.h - SETTLE_SENT: looks at the chain until the payment is proven, or proven impossible. */
#ifndef WATCH_H
#define WATCH_H

#include "services/payment-verifier/verifier.h"

/* Takes the baton; a stale one ends silently. */
void watch_take(struct verifier *verifier, const struct wp_baton *baton);

#endif
