/* admission.h - Present: a payment is looked up, seen to be funded, and admitted; or answered why
 * not (SPEC P4, DESIGN §2.4). */
#ifndef ADMISSION_H
#define ADMISSION_H

#include "services/payment-verifier/verifier.h"

/* Takes the envelope, whose body is a Present, and answers it once. */
void admission_present(struct verifier *verifier, Workproof__Envelope *envelope);

#endif
