/* lane_rows.c - looks after the stored rows of a lane: sends them, raises them, marks them final.
 */
#include "services/chain-writer/lane_internal.h"

#include "libcommon/base.h"
#include "libcommon/log.h"
#include "libcommon/time.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- sending ---- */

struct sending {
	struct lane *lane;
	uint64_t nonce;
	void (*fn)(void *arg);
	void *arg;
};

static void note_send(struct lane *lane, struct row *row, enum senderror error)
{
	row->busy = false;
	switch (error) {
	case SENDERROR_SENT:
		lane->starved = false;
		watch_send(&lane->watch, false, wp_time_monotonic_ms());
		break;
	case SENDERROR_UNDERPRICED:
		row->underpriced = true;
		break;
	case SENDERROR_FUNDS:
		lane->starved = true;
		watch_send(&lane->watch, true, wp_time_monotonic_ms());
		break;
	case SENDERROR_INVALID:
		row->dead = true;
		break;
	case SENDERROR_NONCE_LOW: /* the next count tells */
	case SENDERROR_UNKNOWN:   /* sent again */
		break;
	}
}

static void on_sent(void *arg, const struct wp_rpc_answer *answer)
{
	struct sending *sending = arg;
	struct lane *lane = sending->lane;
	struct row *row = rows_find(&lane->rows, sending->nonce);
	enum senderror error = senderror_of(answer);

	if (row != NULL)
		note_send(lane, row, error);
	if (error != SENDERROR_SENT && error != SENDERROR_NONCE_LOW)
		wp_log(WP_LOG_WARNING, "a transaction was not taken", "lane", lane->name, "nonce",
			wp_log_i64((int64_t)sending->nonce), "class", senderror_name(error), "text",
			answer->error_message, NULL);
	if (sending->fn != NULL)
		sending->fn(sending->arg);
	free(sending);
	lane_call_ended(lane);
}

static int send_raw(struct lane *lane, const struct row *row, struct sending *sending)
{
	cJSON *params = cJSON_CreateArray();

	cJSON_AddItemToArray(params, cJSON_CreateString(row->raw));
	return wp_rpc_call(
		lane->settings.chain->rpc, "eth_sendRawTransaction", params, on_sent, sending);
}

void lane_send_row(struct lane *lane, uint64_t nonce, void (*fn)(void *arg), void *arg)
{
	struct row *row = rows_find(&lane->rows, nonce);
	struct sending *sending = calloc(1, sizeof *sending);

	if (row == NULL || sending == NULL || lane->freed) {
		free(sending);
		if (fn != NULL)
			fn(arg); /* it is stored: the lane sends it later */
		return;
	}
	*sending = (struct sending){ .lane = lane, .nonce = nonce, .fn = fn, .arg = arg };
	row->busy = true;
	row->sent_ms = wp_time_monotonic_ms();
	lane->under_way++;
	if (send_raw(lane, row, sending) == 0)
		return;
	row->busy = false;
	free(sending);
	lane->under_way--;
	if (fn != NULL)
		fn(arg);
}

/* ---- one more version ---- */

struct raising {
	struct lane *lane;
	uint64_t nonce;
	bool is_row; /* a no-op row of its own, in a gap */
	char *raw;
	struct wp_hash hash;
};

static void free_raising(struct raising *raising)
{
	free(raising->raw);
	free(raising);
}

static void on_version(void *arg, int status, const char *text)
{
	struct raising *raising = arg;
	struct lane *lane = raising->lane;
	struct row *row = rows_find(&lane->rows, raising->nonce);
	int64_t now_ms = wp_time_monotonic_ms();

	(void)text;
	if (row != NULL)
		row->busy = false;
	if (status != 0) {
		lane->loaded = false;
		lane_reload(lane);
	} else if (raising->is_row) {
		rows_add(&lane->rows, raising->nonce, NULL, "noop", raising->raw, &raising->hash,
			now_ms);
		lane_count(lane);
	} else if (rows_replace(&lane->rows, raising->nonce, raising->raw, &raising->hash,
			   now_ms) == 0) {
		WP_CRASH_POINT("bump-stored");
		lane_send_row(lane, raising->nonce, NULL, NULL);
	}
	free_raising(raising);
	lane_call_ended(lane);
}

/* Stores the version in raising; then it is sent. */
static void store_version(struct lane *lane, struct raising *raising, const struct wp_id *id,
	const char *kind, const struct fees *fees)
{
	char text[FEES_TEXT];
	const struct wp_row row = {
		.lane = lane->name,
		.lane_fence = lane->fence,
		.nonce = raising->nonce,
		.kind = kind,
		.hash = raising->hash,
		.raw = raising->raw,
		.fees = fees_text(text, fees),
		.open_max = LANE_ROWS_MAX,
	};

	lane->under_way++;
	if (wp_store_row_version(lane->settings.store, &row, id, on_version, raising) == 0)
		return;
	struct row *raised = rows_find(&lane->rows, raising->nonce);
	if (raised != NULL)
		raised->busy = false; /* the next round tries again */
	free_raising(raising);
	lane->under_way--;
}

static struct raising *raising_new(struct lane *lane, uint64_t nonce)
{
	struct raising *raising = calloc(1, sizeof *raising);

	if (raising != NULL) {
		raising->lane = lane;
		raising->nonce = nonce;
	}
	return raising;
}

/* Fees that replace the row's newest version, or false: then the old bytes go out once more. */
static bool fees_above(const struct lane *lane, const struct row *row, struct fees *ret_fees)
{
	struct fees old;

	return lane_row_fees(row, &old) == 0 &&
	       fees_bump(ret_fees, &old, &lane->suggestion, &lane->settings.terms->max_fee);
}

static void raise_row(struct lane *lane, struct row *row, bool noop)
{
	struct fees fees;
	struct raising *raising = raising_new(lane, row->nonce);
	int status = raising ? 0 : -ENOMEM;

	if (status == 0 && !fees_above(lane, row, &fees))
		status = -WP_E_RANGE;
	if (status == 0)
		status = noop ? lane_sign_noop(
					lane, row->nonce, &fees, &raising->raw, &raising->hash)
			      : lane_sign_again(lane, row, &fees, &raising->raw, &raising->hash);
	if (status < 0) {
		free(raising);
		row->underpriced = false;
		row->stored_ms = wp_time_monotonic_ms();
		lane_send_row(lane, row->nonce, NULL, NULL);
		return;
	}
	row->busy = true;
	store_version(lane, raising, &row->id, noop ? "noop" : row->kind, &fees);
}

/* The chain's count is ahead of our rows: something we do not know of spent these nonces. Rows have
 * no gap, so each is given a no-op that will never be mined. */
static void fill_gap(struct lane *lane)
{
	struct raising *raising = raising_new(lane, lane->rows.next);

	if (raising == NULL)
		return;
	raising->is_row = true;
	if (lane_sign_noop(lane, raising->nonce, &lane->suggestion, &raising->raw, &raising->hash) <
		0) {
		free_raising(raising);
		return;
	}
	wp_log(WP_LOG_ERROR, "a nonce was spent by a transaction that is not stored", "lane",
		lane->name, "nonce", wp_log_i64((int64_t)raising->nonce), NULL);
	store_version(lane, raising, NULL, "noop", &lane->suggestion);
}

/* ---- final ---- */

struct ending {
	struct lane *lane;
	uint64_t nonce;
};

static void on_final(void *arg, int status, const char *text)
{
	struct ending *ending = arg;
	struct lane *lane = ending->lane;
	struct row *row = rows_find(&lane->rows, ending->nonce);

	(void)text;
	if (row != NULL)
		row->busy = false;
	if (status == 0 || status == -ENOENT)
		rows_remove(&lane->rows, ending->nonce);
	else if (status == -WP_E_STALE)
		lane_lost(lane);
	free(ending);
	lane_call_ended(lane);
}

static void finish_row(struct lane *lane, struct row *row)
{
	struct ending *ending = calloc(1, sizeof *ending);

	if (ending == NULL)
		return;
	*ending = (struct ending){ .lane = lane, .nonce = row->nonce };
	row->busy = true;
	lane->under_way++;
	if (wp_store_row_final(lane->settings.store, lane->name, lane->fence, row->nonce, on_final,
		    ending) == 0)
		return;
	row->busy = false;
	free(ending);
	lane->under_way--;
}

/* ---- the round ---- */

static void tend(struct lane *lane, struct row *row, const struct rows_view *view)
{
	switch (rows_plan(row, view)) {
	case ROWS_REST:
		break;
	case ROWS_FINAL:
		finish_row(lane, row);
		break;
	case ROWS_RESEND:
		lane_send_row(lane, row->nonce, NULL, NULL);
		break;
	case ROWS_BUMP:
		raise_row(lane, row, false);
		break;
	case ROWS_NOOP:
		raise_row(lane, row, true);
		break;
	}
}

static void tend_all(struct lane *lane)
{
	const struct rows_view view = {
		.latest = lane->latest,
		.final_known = lane->final_known,
		.final = lane->final,
		.now_ms = wp_time_monotonic_ms(),
		.block_time_ms = lane->settings.chain->block_time_ms,
	};

	for (size_t i = 0; i < lane->rows.count; i++)
		tend(lane, &lane->rows.list[i], &view);
	if (lane->rows.any && lane->latest > lane->rows.next && lane->storing == NULL)
		fill_gap(lane);
	lane_pump(lane);
}

static void counts_done(struct lane *lane)
{
	if (--lane->counts_waiting > 0)
		return;
	lane->counting = false;
	if (!lane->counts_lost) {
		lane->latest = lane->new_latest;
		lane->final = lane->new_final;
		lane->counted = true;
		lane->counted_ms = wp_time_monotonic_ms();
		if (lane_is_ours(lane))
			watch_count(&lane->watch, lane->latest,
				rows_unmined(&lane->rows, lane->latest), lane->counted_ms);
		if (lane_is_ours(lane) && lane->priced && !lane->freed)
			tend_all(lane);
	}
	lane_call_ended(lane);
}

static void on_latest(void *arg, const struct wp_rpc_answer *answer)
{
	struct lane *lane = arg;

	if (answer->outcome != WP_RPC_OK || wp_rpc_get_u64(&lane->new_latest, answer->result) < 0)
		lane->counts_lost = true;
	counts_done(lane);
}

static void on_final_count(void *arg, const struct wp_rpc_answer *answer)
{
	struct lane *lane = arg;

	/* A node without the tag, or without that old state: nothing is final yet. */
	lane->final_known = answer->outcome == WP_RPC_OK &&
			    wp_rpc_get_u64(&lane->new_final, answer->result) == 0;
	counts_done(lane);
}

static void ask_count(struct lane *lane, cJSON *block, wp_rpc_fn *fn)
{
	char text[WP_ADDRESS_TEXT];
	cJSON *params = cJSON_CreateArray();

	cJSON_AddItemToArray(params, cJSON_CreateString(wp_address_text(text, &lane->address)));
	cJSON_AddItemToArray(params, block);
	lane->counts_waiting++;
	if (wp_rpc_call(lane->settings.chain->rpc, "eth_getTransactionCount", params, fn, lane) <
		0) {
		lane->counts_lost = true;
		lane->counts_waiting--;
	}
}

void lane_count(struct lane *lane)
{
	const struct chain *chain = lane->settings.chain;
	const char *tag = chain_final_tag(chain->finality);
	uint64_t number = 0;

	if (lane->counting || lane->freed || !chain->checked)
		return;
	lane->counting = true;
	lane->counts_lost = false;
	lane->counts_waiting = 1;
	lane->under_way++;
	ask_count(lane, cJSON_CreateString("latest"), on_latest);
	if (tag != NULL)
		ask_count(lane, cJSON_CreateString(tag), on_final_count);
	else if (chain_final_number(lane->head, chain->confirmations, &number))
		ask_count(lane, wp_rpc_quantity(number), on_final_count);
	counts_done(lane);
}

void lane_look(struct lane *lane, uint64_t head, const struct fees *suggestion)
{
	lane->head = head;
	lane->suggestion = *suggestion;
	lane->priced = true;
	if (lane_is_ours(lane))
		lane_count(lane);
}
