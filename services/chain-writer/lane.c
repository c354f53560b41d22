#include "services/chain-writer/lane.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/chain-writer/lane_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- life ---- */

void lane_call_ended(struct lane *lane)
{
	if (--lane->under_way > 0 || !lane->freed)
		return;
	rows_clear(&lane->rows);
	lane->on_freed(lane->freed_arg);
	free(lane);
}

static void fail(struct lane_order *order, int status)
{
	order->failed(order->arg, status);
}

static void fail_waiting(struct lane *lane)
{
	while (lane->first != NULL) {
		struct lane_order *order = lane->first;
		lane->first = order->next;
		lane->waiting--;
		if (lane->first == NULL)
			lane->last = &lane->first;
		fail(order, -EAGAIN);
	}
}

void lane_lost(struct lane *lane)
{
	lane->owned = false;
	lane->loaded = false;
	lane->fence = 0;
	lane->counted = false;
	lane->watch = (struct watch){ 0 };
	fail_waiting(lane);
}

/* ---- what is stored ---- */

static void on_rows(void *arg, int status, const struct wp_lane_row *rows, size_t count)
{
	struct lane *lane = arg;

	lane->filling = false;
	if (status == 0 && lane->owned && !lane->freed &&
		rows_load(&lane->rows, rows, count, wp_time_monotonic_ms()) == 0) {
		lane->loaded = true;
		lane_count(lane);
	}
	lane_call_ended(lane);
}

void lane_reload(struct lane *lane)
{
	if (lane->freed || lane->filling || !lane->owned)
		return;
	lane->loaded = false;
	lane->filling = true;
	lane->under_way++;
	if (wp_store_rows(lane->settings.store, lane->name, on_rows, lane) < 0) {
		lane->filling = false;
		lane->under_way--;
	}
}

/* ---- the lease ---- */

static void on_taken(void *arg, int status, uint64_t fence)
{
	struct lane *lane = arg;

	if (status == -EBUSY) {
		lane_lost(lane);
	} else if (status == 0 && !lane->freed) {
		bool is_new = !lane->owned || fence != lane->fence;
		lane->owned = true;
		lane->fence = fence;
		/* Not loaded in spite of being ours: an answer was lost. */
		if (is_new || !lane->loaded)
			lane_reload(lane);
	}
	lane_call_ended(lane);
}

static void take(void *arg)
{
	struct lane *lane = arg;

	lane->under_way++;
	if (wp_store_lane_take(lane->settings.store, lane->name, lane->settings.owner,
		    lane->settings.lease_ms, on_taken, lane) < 0)
		lane->under_way--;
}

struct lane *lane_new(const struct lane_settings *settings)
{
	char address[WP_ADDRESS_TEXT];
	struct lane *lane = calloc(1, sizeof *lane);

	if (lane == NULL)
		return NULL;
	lane->settings = *settings;
	lane->last = &lane->first;
	lane->address = settings->terms->senders[settings->guard];
	snprintf(lane->name, sizeof lane->name, "%s:%" PRIu64 ":%s", settings->kind,
		settings->terms->chain_id, wp_address_text(address, &lane->address));
	lane->take_timer = wp_timer_new(settings->loop, take, lane);
	if (lane->take_timer == NULL) {
		free(lane);
		return NULL;
	}
	return lane;
}

void lane_start(struct lane *lane)
{
	wp_timer_start(lane->take_timer, 0, LANE_TAKE_MS);
}

void lane_close(struct lane *lane)
{
	lane->closing = true;
}

static void on_release(void *arg, int status, uint64_t fence)
{
	struct lane *lane = arg;

	(void)status;
	(void)fence;
	lane_lost(lane);
	lane->on_released(lane->released_arg);
	lane_call_ended(lane);
}

int lane_release(struct lane *lane, void (*fn)(void *arg), void *arg)
{
	if (lane->take_timer != NULL)
		wp_timer_stop(lane->take_timer);
	if (!lane->owned)
		return -ENOENT;
	lane->on_released = fn;
	lane->released_arg = arg;
	lane->under_way++;
	/* The shortest lease: it is over when the next owner asks. */
	int status = wp_store_lane_take(
		lane->settings.store, lane->name, lane->settings.owner, 1, on_release, lane);
	if (status < 0)
		lane->under_way--;
	return status;
}

void lane_free(struct lane *lane, void (*freed)(void *arg), void *arg)
{
	wp_timer_free(lane->take_timer);
	lane->take_timer = NULL;
	lane->closing = true;
	lane->on_freed = freed;
	lane->freed_arg = arg;
	lane->under_way++;
	fail_waiting(lane);
	lane->freed = true;
	lane_call_ended(lane);
}

/* ---- questions ---- */

bool lane_is_ours(const struct lane *lane)
{
	return lane->owned && lane->loaded;
}

bool lane_is_idle(const struct lane *lane)
{
	return lane->waiting == 0 && lane->storing == NULL;
}

const struct wp_address *lane_address(const struct lane *lane)
{
	return &lane->address;
}

/* Nonces spent by what no row tells of: filled first, see lane_rows.c. */
static bool has_gap(const struct lane *lane)
{
	return lane->rows.any && lane->latest > lane->rows.next;
}

static bool is_open(const struct lane *lane)
{
	return !lane->closing && lane_is_ours(lane) && lane->counted && lane->priced &&
	       !has_gap(lane);
}

size_t lane_room(struct lane *lane)
{
	if (!is_open(lane))
		return 0;
	size_t busy =
		rows_unmined(&lane->rows, lane->latest) + lane->waiting + (lane->storing != NULL);
	size_t most = lane->settings.in_flight_max;

	/* What was mined meanwhile makes room. */
	if (2 * busy >= most)
		lane_count(lane);
	/* An empty key is not given more to do until what it has is through. */
	if (lane->starved && busy > 0)
		return 0;
	return busy < most ? most - busy : 0;
}

bool lane_has_row(const struct lane *lane, const struct wp_id *id)
{
	return rows_of(&lane->rows, id, lane->settings.kind) != NULL;
}

struct lane_outlook lane_outlook(const struct lane *lane)
{
	return (struct lane_outlook){ .ours = lane_is_ours(lane),
		.counted = lane->counted,
		.priced = lane->priced,
		.unmined = rows_unmined(&lane->rows, lane->latest),
		.still_ms = watch_still_ms(&lane->watch),
		.starved_ms = watch_starved_ms(&lane->watch) };
}

struct lane_stats lane_stats(const struct lane *lane)
{
	return (struct lane_stats){ .open = lane->rows.count,
		.unmined = rows_unmined(&lane->rows, lane->latest),
		.waiting = lane->waiting,
		.ours = lane_is_ours(lane),
		.starved = lane->starved };
}

/* ---- orders: one is stored at a time, so that nonces have no gap ---- */

static void order_sent(void *arg)
{
	struct lane_order *order = arg;

	order->sent(order->arg);
}

static void store_ended(struct lane *lane)
{
	free(lane->storing_raw);
	lane->storing_raw = NULL;
	lane->storing = NULL;
}

static void on_stored(void *arg, const struct wp_moved *answer)
{
	struct lane *lane = arg;
	struct lane_order *order = lane->storing;
	int status = answer->status;

	if (status == 0 &&
		rows_add(&lane->rows, lane->storing_nonce, &order->move.id, lane->settings.kind,
			lane->storing_raw, &lane->storing_hash, wp_time_monotonic_ms()) < 0)
		lane->loaded = false; /* stored all the same: loaded again before the next */
	store_ended(lane);
	if (status == 0) {
		order->stored(order->arg, answer->fence);
		lane_send_row(lane, lane->storing_nonce, order_sent, order);
	} else {
		/* The baton may be stale, or the lane, or nobody knows: look before the next one.
		 */
		lane->loaded = false;
		fail(order, status);
	}
	if (!lane->loaded)
		lane_reload(lane);
	lane_pump(lane);
	lane_call_ended(lane);
}

static int sign_order(struct lane *lane, const struct lane_order *order)
{
	const struct wp_tx tx = {
		.chain_id = lane->settings.terms->chain_id,
		.nonce = lane->storing_nonce,
		.max_fee = lane->suggestion.max_fee,
		.max_priority_fee = lane->suggestion.priority_fee,
		.gas_limit = order->gas_limit,
		.to = order->to,
		.data = order->data,
		.data_size = order->data_size,
	};

	return lane_sign(lane, &tx, &lane->storing_raw, &lane->storing_hash);
}

static int store_order(struct lane *lane, struct lane_order *order)
{
	char fees[FEES_TEXT];
	const struct wp_row row = {
		.lane = lane->name,
		.lane_fence = lane->fence,
		.nonce = lane->storing_nonce,
		.kind = lane->settings.kind,
		.hash = lane->storing_hash,
		.raw = lane->storing_raw,
		.fees = fees_text(fees, &lane->suggestion),
		.open_max = LANE_ROWS_MAX,
	};

	order->move.row = &row;
	int status = wp_store_advance(lane->settings.store, &order->move, on_stored, lane);
	order->move.row = NULL;
	return status;
}

void lane_pump(struct lane *lane)
{
	while (lane->storing == NULL && lane->first != NULL && lane_is_ours(lane) &&
		!has_gap(lane) && !lane->freed) {
		struct lane_order *order = lane->first;
		lane->first = order->next;
		if (lane->first == NULL)
			lane->last = &lane->first;
		lane->waiting--;
		lane->storing_nonce = rows_next(&lane->rows, lane->latest);
		int status = sign_order(lane, order);
		if (status == 0) {
			order->prepare(order->arg, &lane->storing_hash);
			lane->storing = order;
			status = store_order(lane, order);
		}
		if (status == 0) {
			lane->under_way++;
			return;
		}
		store_ended(lane);
		fail(order, status);
	}
}

int lane_submit(struct lane *lane, struct lane_order *order)
{
	if (lane_room(lane) == 0)
		return -EAGAIN;
	order->next = NULL;
	*lane->last = order;
	lane->last = &order->next;
	lane->waiting++;
	lane_pump(lane);
	return 0;
}

int lane_resend(struct lane *lane, const struct wp_id *id, void (*fn)(void *arg), void *arg)
{
	const struct row *row = rows_of(&lane->rows, id, lane->settings.kind);

	if (row == NULL)
		return -ENOENT;
	lane_send_row(lane, row->nonce, fn, arg);
	return 0;
}
