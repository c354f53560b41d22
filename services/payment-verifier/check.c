#include "services/payment-verifier/check.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/payment-verifier/payment.h"

#include <stdlib.h>
#include <string.h>

/* A height known for so long still serves: it only makes the search for logs start earlier. */
#define HEAD_KEPT_MS 60000

struct waiter {
	struct waiter *next;
	check_fn *fn;
	void *arg;
};

struct check {
	struct verifier *verifier;
	struct check *next, **link; /* among verifier->checks */
	struct wp_id id;
	struct wp_authorization authorization;
	uint8_t signature[65];
	struct waiter *waiters;
	struct funds_evidence evidence;
	uint64_t head;
	int waiting;
	bool lost;
};

/* ---- the end ---- */

static void finish(struct check *check, const struct funds_answer *answer)
{
	*check->link = check->next;
	if (check->next != NULL)
		check->next->link = check->link;
	while (check->waiters != NULL) {
		struct waiter *waiter = check->waiters;
		check->waiters = waiter->next;
		waiter->fn(waiter->arg, answer, check->head);
		free(waiter);
	}
	free(check);
}

static void finish_unavailable(struct check *check, const char *reason, const char *message)
{
	const struct funds_answer answer = { FUNDS_UNAVAILABLE, reason, message };

	finish(check, &answer);
}

static void decide(struct check *check)
{
	struct funds_answer answer = funds_decide(&check->authorization.value, &check->evidence);

	chain_note(&check->verifier->chain, !check->lost);
	if (check->lost) {
		verifier_count(check->verifier, VERIFIER_RPC_LOST, 0);
		finish_unavailable(check, "chain-unavailable",
			"The chain could not be asked whether this payment is funded; nothing was taken.");
		return;
	}
	finish(check, &answer);
}

/* ---- RPC ---- */

static void call(struct check *check, const char *method, cJSON *params, wp_rpc_fn *fn)
{
	check->waiting++;
	if (wp_rpc_call(check->verifier->chain.rpc, method, params, fn, check) < 0) {
		check->lost = true;
		check->waiting--;
	}
}

static void call_token(struct check *check, struct wp_buffer *data, wp_rpc_fn *fn)
{
	const struct wp_address *token = &check->verifier->settings->token_address;

	call(check, "eth_call", chain_call_params(NULL, token, data->data, data->size, NULL), fn);
	wp_buffer_free(data);
}

static void more_done(struct check *check)
{
	if (--check->waiting == 0)
		decide(check);
}

static void on_balance(void *arg, const struct wp_rpc_answer *answer)
{
	struct check *check = arg;
	struct wp_hash word;

	if (answer->outcome == WP_RPC_OK && chain_read_word(&word, answer->result) == 0) {
		check->evidence.balance_known = true;
		check->evidence.balance = wp_amount_from_be(word.bytes);
	}
	more_done(check);
}

static void on_state(void *arg, const struct wp_rpc_answer *answer)
{
	struct check *check = arg;
	struct wp_hash word;

	if (answer->outcome == WP_RPC_OK && chain_read_word(&word, answer->result) == 0) {
		check->evidence.state_known = true;
		check->evidence.state_used = !wp_hash_is_zero(&word);
	}
	more_done(check);
}

static void ask_more(struct check *check)
{
	struct wp_buffer balance = { 0 };
	struct wp_buffer state = { 0 };

	check->waiting = 1;
	payment_balance_calldata(&balance, &check->authorization.from);
	call_token(check, &balance, on_balance);
	if (check->evidence.simulation == FUNDS_SIMULATION_REVERTED) {
		payment_state_calldata(
			&state, &check->authorization.from, &check->authorization.nonce);
		call_token(check, &state, on_state);
	}
	more_done(check);
}

static void simulation_done(struct check *check)
{
	if (--check->waiting > 0)
		return;
	if (!check->lost && funds_needs_more(&check->evidence))
		ask_more(check);
	else
		decide(check);
}

static void on_simulated(void *arg, const struct wp_rpc_answer *answer)
{
	struct check *check = arg;

	if (answer->outcome == WP_RPC_OK)
		check->evidence.simulation = FUNDS_SIMULATION_PASSED;
	else if (chain_is_revert(answer))
		check->evidence.simulation = FUNDS_SIMULATION_REVERTED;
	simulation_done(check);
}

static void on_head(void *arg, const struct wp_rpc_answer *answer)
{
	struct check *check = arg;
	struct verifier *verifier = check->verifier;

	if (answer->outcome == WP_RPC_OK && wp_rpc_get_u64(&check->head, answer->result) == 0) {
		verifier->head = check->head;
		verifier->head_ms = wp_time_monotonic_ms();
	} else {
		check->lost = true;
	}
	simulation_done(check);
}

static void simulate(struct check *check)
{
	struct verifier *verifier = check->verifier;
	struct wp_signature signature;
	struct wp_buffer data = { 0 };

	if (wp_signature_from_bytes(&signature, check->signature) < 0) {
		decide(check);
		return;
	}
	check->waiting = 1;
	check->head = verifier->head;
	if (verifier->head == 0 || wp_time_monotonic_ms() - verifier->head_ms > HEAD_KEPT_MS)
		call(check, "eth_blockNumber", NULL, on_head);
	payment_calldata(&data, &check->authorization, &signature);
	call_token(check, &data, on_simulated);
	simulation_done(check);
}

/* ---- Redis ---- */

static void on_open(void *arg, int status, const struct wp_amount *sum, int64_t count)
{
	struct check *check = arg;
	struct verifier *verifier = check->verifier;

	if (status < 0 || verifier->stopped) {
		finish_unavailable(check, "store-unavailable",
			"The payment could not be looked up; ask again.");
	} else if (count >= verifier->settings->open_max) {
		finish_unavailable(check, "payer-open-limit",
			"Too many payments of this payer wait to be settled; nothing was taken.");
	} else {
		check->evidence.open_sum = *sum;
		check->evidence.open_count = count;
		simulate(check);
	}
}

static struct check *find(const struct verifier *verifier, const struct presentation *presentation)
{
	struct check *check = verifier->checks;

	while (check != NULL && !(wp_id_equal(&check->id, &presentation->id) &&
					memcmp(check->signature, presentation->signature,
						sizeof check->signature) == 0))
		check = check->next;
	return check;
}

static struct check *check_new(struct verifier *verifier, const struct presentation *presentation)
{
	struct check *check = calloc(1, sizeof *check);

	if (check == NULL)
		return NULL;
	check->verifier = verifier;
	check->id = presentation->id;
	check->authorization = presentation->authorization;
	memcpy(check->signature, presentation->signature, sizeof check->signature);
	if (wp_store_open_sum(verifier->store, &presentation->authorization.from, on_open, check) <
		0) {
		free(check);
		return NULL;
	}
	check->next = verifier->checks;
	check->link = &verifier->checks;
	if (check->next != NULL)
		check->next->link = &check->next;
	verifier->checks = check;
	return check;
}

int check_start(
	struct verifier *verifier, const struct presentation *presentation, check_fn *fn, void *arg)
{
	struct waiter *waiter = calloc(1, sizeof *waiter);
	struct check *check = find(verifier, presentation);

	if (waiter == NULL)
		return -ENOMEM;
	if (check == NULL)
		check = check_new(verifier, presentation);
	if (check == NULL) {
		free(waiter);
		return -ENOMEM;
	}
	*waiter = (struct waiter){ .next = check->waiters, .fn = fn, .arg = arg };
	check->waiters = waiter;
	return 0;
}
