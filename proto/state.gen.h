/* state.gen.h - the states of a verification; generated from states.txt by generate.py. */
#ifndef WP_STATE_GEN_H
#define WP_STATE_GEN_H

#include <stdbool.h>
#include <stdint.h>

enum wp_state {
	WP_STATE_NONE,
	WP_STATE_SETTLE_DUE,    /* the settlement to be signed */
	WP_STATE_SETTLE_SIGNED, /* the stored settlement to be sent */
	WP_STATE_SETTLE_SENT,   /* the payment's logs at enough confirmations */
	WP_STATE_PAY_WAIT,      /* a native payment to be seen and confirmed */
	WP_STATE_PAID,          /* a slot and an isolate */
	WP_STATE_RUNNING,       /* the result line */
	WP_STATE_DECIDED,       /* the receipt to be signed */
	WP_STATE_ATT_SIGNED,    /* the stored attestation to be sent */
	WP_STATE_ATT_SENT,      /* the attestation to be final */
	WP_STATE_REFUND_DUE,    /* the payment to be final, then the refund to be signed */
	WP_STATE_REF_SIGNED,    /* the stored refund to be sent */
	WP_STATE_REF_SENT,      /* the refund's logs to be final */
	WP_STATE_LAPSED,        /* the payer to present the payment again */
	WP_STATE_DONE,          /* nothing: ended with a verdict */
	WP_STATE_REFUNDED,      /* nothing: ended, the money went back */
	WP_STATE_REJECTED,      /* nothing: this payment can never be ours */
	WP_STATE_VOID,          /* nothing: the money is provably gone */
	WP_STATE_MANUAL,        /* an operator */
	WP_STATE_COUNT
};

struct wp_state_row {
	const char *name;   /* "SETTLE_DUE"; "" for NONE */
	const char *mover;  /* service that claims it, NULL: nobody */
	int64_t lease_ms;   /* due time given to the holder on entry */
	const char *status; /* what the API calls it; "" for NONE */
	bool is_end;
	uint32_t moves; /* bit n: may move to state n */
};
extern const struct wp_state_row wp_state_rows[WP_STATE_COUNT];

/* Any value is fine; one outside the table answers as NONE does. */
const char *wp_state_text(enum wp_state state);   /* "PAID"; "" */
enum wp_state wp_state_parse(const char *text);   /* NONE when unknown or NULL */
const char *wp_state_public(enum wp_state state); /* "PENDING"; "" */
const char *wp_state_mover(enum wp_state state);  /* "chain-writer"; NULL: nobody */
int64_t wp_state_lease_ms(enum wp_state state);
bool wp_state_is_end(enum wp_state state);
bool wp_state_may_move(enum wp_state from, enum wp_state to);

#endif
