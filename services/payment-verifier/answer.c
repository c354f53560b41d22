#include "services/payment-verifier/answer.h"

#include "libcommon/base.h"
#include "proto/baton.h"

#define RETRY_AFTER_MS 2000

struct answer answer_refused(const char *reason)
{
	return (struct answer){ .outcome = WORKPROOF__PRESENT_ANSWER__OUTCOME__REFUSED,
		.reason = reason,
		.message = "This is no payment for what was offered; nothing was taken." };
}

struct answer answer_unavailable(const char *reason, const char *message)
{
	return (struct answer){ .outcome = WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE,
		.reason = reason,
		.message = message,
		.retry_after_ms = RETRY_AFTER_MS };
}

struct answer answer_funds(const struct funds_answer *funds)
{
	if (funds->outcome == FUNDS_UNAVAILABLE)
		return answer_unavailable(funds->reason, funds->message);
	return (struct answer){ .outcome = WORKPROOF__PRESENT_ANSWER__OUTCOME__REFUSED,
		.reason = funds->reason,
		.message = funds->message };
}

static struct answer plain(Workproof__PresentAnswer__Outcome outcome, const char *reason,
	const char *message, enum wp_state state)
{
	return (struct answer){
		.outcome = outcome, .reason = reason, .message = message, .state = state
	};
}

static struct answer conflict(void)
{
	return plain(WORKPROOF__PRESENT_ANSWER__OUTCOME__CONFLICT,
		"payment-used-for-another-request", "This payment belongs to another request.",
		WP_STATE_NONE);
}

struct answer answer_admitted(const struct wp_admitted *admitted)
{
	switch (admitted->status) {
	case 0:
		return plain(WORKPROOF__PRESENT_ANSWER__OUTCOME__ADMITTED, "", "", admitted->state);
	case -EEXIST:
		return plain(WORKPROOF__PRESENT_ANSWER__OUTCOME__EXISTS, "", "", admitted->state);
	case -WP_E_CONFLICT:
		return conflict();
	case -WP_E_GONE:
		return plain(WORKPROOF__PRESENT_ANSWER__OUTCOME__GONE, "gone",
			"This verification was served; its retention is over.", WP_STATE_NONE);
	case -WP_E_FULL:
		return answer_unavailable(
			"capacity", "All places are taken; nothing was taken from you.");
	case -EBUSY:
		return answer_unavailable("payer-open-limit",
			"Too many payments of this payer wait to be settled; nothing was taken.");
	}
	return answer_unavailable(
		"store-unavailable", "The payment could not be stored; ask again.");
}

void answer_send(struct wp_bus *bus, const Workproof__Present *to, const struct answer *answer)
{
	Workproof__PresentAnswer message = WORKPROOF__PRESENT_ANSWER__INIT;
	Workproof__Envelope envelope = WORKPROOF__ENVELOPE__INIT;

	message.exchange = to->exchange;
	message.outcome = answer->outcome;
	/* protobuf-c's texts are not const, but packing does not write to them. */
	message.reason = (char *)answer->reason;
	message.message = (char *)answer->message;
	message.state = (uint32_t)answer->state;
	message.retry_after_ms = answer->retry_after_ms;
	envelope.body_case = WORKPROOF__ENVELOPE__BODY_PRESENT_ANSWER;
	envelope.present_answer = &message;
	wp_envelope_send(bus, to->reply_to, &envelope);
}
