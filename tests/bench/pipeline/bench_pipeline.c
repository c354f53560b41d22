/* bench_pipeline - added latency from PAID to DECIDED with the null driver: the three real daemons,
 * a real Redis with fsync always, beside the floor of the same steps in the same run. The benchmark
 * admits and pays by the store and stands where chain-writer stands.
 *   bench_pipeline [BIN_DIRECTORY] [RATE_PER_S] [SECONDS] */
#include "libcommon/base.h"
#include "libcommon/time.h"
#include "proto/baton.h"
#include "tests/bench/pipeline/floor.h"
#include "tests/bench/pipeline/processes.h"
#include "tests/support/redis_server.h"
#include "tests/system/pipeline/feed.h"

#include <czmq.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS         3
#define UNLOADED_COUNT 300
#define WARM_RATE      100
#define WARM_COUNT     300
#define RATE_DEFAULT   1000
#define RATE_MAX       20000
#define SECONDS_MAX    30
#define PATIENCE_MS    10000 /* after the last was fed */

struct phase {
	const char *name;
	int64_t rate; /* per second; 0: one after the other */
	size_t count;
	bool floor;
	size_t fed, paid, done;
	int64_t begun_us, ended_us, last_fed_ms;
	int64_t *begin_us, *took_us; /* by index */
};

struct bench {
	struct wp_loop *loop;
	struct wp_redis *redis;
	struct wp_store *store;
	struct wp_bus *bus;
	struct wp_timer *timer;
	zsock_t *floor_in, *floor_out;
	struct phase *phase;
	uint32_t series; /* makes ids unique over the phases */
};

static const char code[] = "1";

/* ---- one verification ---- */

static struct wp_id id_of(const struct bench *bench, size_t index)
{
	uint32_t seed[2] = { bench->series, (uint32_t)index };
	struct wp_hash hash = wp_sha256(seed, sizeof seed);
	struct wp_id id;

	memcpy(id.bytes, hash.bytes, 8);
	memcpy(id.bytes + 8, seed, 8);
	return id;
}

struct feeding {
	struct bench *bench;
	struct phase *phase;
	size_t index;
};

static void send_first(struct bench *bench, const struct wp_id *id, uint64_t fence)
{
	struct floor_message message = { .kind = 'P', .id = *id, .fence = fence };

	if (bench->phase->floor)
		zmq_send(zsock_resolve(bench->floor_out), &message, sizeof message, 0);
	else
		wp_baton_push(bench->bus, WP_STATE_PAID, id, fence, 0, NULL, NULL);
}

static void on_paid(void *arg, int status, uint64_t fence)
{
	struct feeding *feeding = arg;
	struct bench *bench = feeding->bench;

	if (status == 0 && bench->phase == feeding->phase) {
		struct wp_id id = id_of(bench, feeding->index);

		bench->phase->paid++;
		bench->phase->begin_us[feeding->index] = wp_time_monotonic_us();
		send_first(bench, &id, fence);
	} else {
		fprintf(stderr, "not fed: %s\n", wp_strerror(status));
	}
	free(feeding);
}

static void feed_one(struct bench *bench)
{
	struct phase *phase = bench->phase;
	struct feeding *feeding = malloc(sizeof *feeding);
	struct feed_item item = { .id = id_of(bench, phase->fed),
		.code = code,
		.code_size = sizeof code - 1,
		.timeout_ms = 5000,
		.budget_ms = 600000 };

	*feeding = (struct feeding){ bench, phase, phase->fed };
	phase->fed++;
	phase->last_fed_ms = wp_time_monotonic_ms();
	if (feed_pay(bench->store, &item, on_paid, feeding) != 0)
		free(feeding);
}

static void decided(struct bench *bench, const struct wp_id *id)
{
	struct phase *phase = bench->phase;
	uint32_t seed[2];

	memcpy(seed, id->bytes + 8, sizeof seed);
	if (phase == NULL || seed[0] != bench->series || phase->took_us[seed[1]] != 0)
		return;
	phase->ended_us = wp_time_monotonic_us();
	phase->took_us[seed[1]] = phase->ended_us - phase->begin_us[seed[1]];
	phase->done++;
	if (phase->done == phase->count)
		wp_loop_stop(bench->loop);
	else if (phase->rate == 0)
		feed_one(bench);
}

static void on_message(void *arg, const uint8_t *data, size_t size)
{
	Workproof__Envelope *envelope = wp_envelope_read(data, size);
	struct wp_baton baton;

	if (envelope != NULL && wp_baton_read(&baton, envelope) == 0 &&
		baton.state == WP_STATE_DECIDED)
		decided(arg, &baton.id);
	if (envelope != NULL)
		workproof__envelope__free_unpacked(envelope, NULL);
}

static void on_floor(void *arg, unsigned events)
{
	struct bench *bench = arg;
	struct floor_message message;

	(void)events;
	while (zmq_recv(zsock_resolve(bench->floor_in), &message, sizeof message, ZMQ_DONTWAIT) ==
		sizeof message)
		decided(bench, &message.id);
}

/* ---- phases ---- */

static void on_timer(void *arg)
{
	struct bench *bench = arg;
	struct phase *phase = bench->phase;
	int64_t now_us = wp_time_monotonic_us();

	while (phase->rate > 0 && phase->fed < phase->count &&
		(int64_t)phase->fed * 1000000 <= (now_us - phase->begun_us) * phase->rate)
		feed_one(bench);
	if (now_us / 1000 - phase->last_fed_ms > PATIENCE_MS)
		wp_loop_stop(bench->loop);
}

static void run_phase(struct bench *bench, struct phase *phase)
{
	phase->begin_us = calloc(phase->count, sizeof *phase->begin_us);
	phase->took_us = calloc(phase->count, sizeof *phase->took_us);
	if (phase->begin_us == NULL || phase->took_us == NULL)
		abort();
	bench->phase = phase;
	bench->series++;
	phase->begun_us = wp_time_monotonic_us();
	feed_one(bench);
	wp_timer_start(bench->timer, 1, 1);
	wp_loop_run(bench->loop);
	wp_timer_stop(bench->timer);
	if (phase->done < phase->count)
		fprintf(stderr, "%s %s: %zu of %zu fed, %zu decided\n",
			phase->floor ? "floor" : "workproof", phase->name, phase->fed, phase->count,
			phase->done);
	bench->phase = NULL;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double percentile_ms(const struct phase *phase, size_t per_mille)
{
	size_t lost = phase->count - phase->done;

	/* Sorted; those that never came are zeros in front. */
	return (double)phase->took_us[lost + (phase->done - 1) * per_mille / 1000] / 1000;
}

static void free_phase(struct phase *phase)
{
	free(phase->begin_us);
	free(phase->took_us);
}

/* ---- the bench ---- */

static int open_floor_sockets(struct bench *bench, const char *directory)
{
	bench->floor_in = zsock_new(ZMQ_PULL);
	bench->floor_out = zsock_new(ZMQ_PUSH);
	zsock_set_linger(bench->floor_out, 0);
	if (zsock_bind(bench->floor_in, "ipc://%s/bus/%s", directory, FLOOR_BENCH) < 0 ||
		zsock_connect(bench->floor_out, "ipc://%s/bus/%s", directory, FLOOR_A) < 0)
		return -EIO;
	return wp_watch_socket_new(bench->loop, bench->floor_in, on_floor, bench) == NULL ? -ENOMEM
											  : 0;
}

static void on_installed(void *arg, int status, const char *text)
{
	struct bench *bench = arg;

	if (status < 0)
		fprintf(stderr, "functions: %s %s\n", wp_strerror(status), text);
	wp_loop_stop(bench->loop);
}

static int open_bench(struct bench *bench, const struct processes *processes)
{
	static const char *const peers[] = { "vm-orchestrator", NULL };
	char bus_directory[256];
	struct wp_bus_settings settings = { .service = "chain-writer",
		.instance = "chain-writer",
		.directory = bus_directory,
		.capacity = 10000,
		.peers = peers };

	snprintf(bus_directory, sizeof bus_directory, "%s/bus", processes->directory);
	bench->loop = wp_loop_new();
	bench->redis = wp_redis_new(bench->loop, processes->redis);
	bench->store = wp_store_new(bench->redis);
	bench->timer = wp_timer_new(bench->loop, on_timer, bench);
	if (wp_store_install(bench->store, on_installed, bench) < 0)
		return -EIO;
	wp_loop_run(bench->loop);
	bench->bus = wp_bus_new(bench->loop, bench->redis, &settings, on_message, bench);
	if (bench->bus == NULL)
		return -errno;
	return open_floor_sockets(bench, processes->directory);
}

static void close_bench(struct bench *bench)
{
	wp_bus_free(bench->bus);
	wp_redis_free(bench->redis);
	wp_store_free(bench->store);
	wp_timer_free(bench->timer);
	wp_loop_free(bench->loop);
	zsock_destroy(&bench->floor_in);
	zsock_destroy(&bench->floor_out);
}

static void start_daemons(struct processes *processes)
{
	char result_key[300], statement_key[300];
	const char *orchestrator[] = { "WORKPROOF_DRIVER=null", "WORKPROOF_CAPACITY=64", result_key,
		NULL };
	const char *streamer[] = { result_key, statement_key, NULL };
	const char *reaper[] = { "WORKPROOF_DRIVER=null", NULL };

	snprintf(result_key, sizeof result_key, "WORKPROOF_RESULT_KEY_FILE=%s/result.key",
		processes->directory);
	snprintf(statement_key, sizeof statement_key,
		"WORKPROOF_STATEMENT_KEY_FILE=%s/statement.key", processes->directory);
	processes_start(processes, "vm-orchestrator", orchestrator);
	processes_start(processes, "log-streamer", streamer);
	processes_start(processes, "reaper", reaper);
}

/* The round with the lowest 99th percentile of those that are complete; NULL: none is. */
static const struct phase *best_of(const struct phase *rounds)
{
	const struct phase *best = NULL;

	for (size_t i = 0; i < ROUNDS; i++) {
		const struct phase *phase = &rounds[i];

		qsort(phase->took_us, phase->count, sizeof *phase->took_us, compare);
		if (phase->done == phase->count &&
			(best == NULL || percentile_ms(phase, 990) < percentile_ms(best, 990)))
			best = phase;
		if (phase->done < phase->count)
			printf("  a round of %s lost %zu\n", phase->name,
				phase->count - phase->done);
	}
	return best;
}

static void show(const char *name, const struct phase *phase)
{
	printf("  %-10s %9.0f %9.2f %9.2f %9.2f %9.2f\n", name,
		(double)phase->done * 1e6 / (double)(phase->ended_us - phase->begun_us),
		percentile_ms(phase, 500), percentile_ms(phase, 900), percentile_ms(phase, 990),
		percentile_ms(phase, 1000));
}

static void report(const struct phase *real_rounds, const struct phase *least_rounds)
{
	const struct phase *real = best_of(real_rounds), *least = best_of(least_rounds);

	if (real == NULL || least == NULL)
		return;
	printf("%-12s %9s %9s %9s %9s %9s\n", real->name, "per s", "p50 ms", "p90 ms", "p99 ms",
		"max ms");
	show("workproof", real);
	show("floor", least);
	printf("  %-10s %9s %9.2f %9.2f %9.2f\n", "ratio", "",
		percentile_ms(real, 500) / percentile_ms(least, 500),
		percentile_ms(real, 900) / percentile_ms(least, 900),
		percentile_ms(real, 990) / percentile_ms(least, 990));
}

static int64_t argument(int argc, char **argv, int index, int64_t fallback, int64_t max)
{
	int64_t value = argc > index ? strtoll(argv[index], NULL, 10) : fallback;

	return value < 1 ? 1 : value > max ? max : value;
}

static struct phase phase_of(const char *name, int64_t rate, size_t count, size_t floor)
{
	return (struct phase){ .name = name, .rate = rate, .count = count, .floor = floor == 1 };
}

/* [0]: workproof, [1]: the floor */
static void measure(
	struct bench *bench, const struct processes *processes, int64_t rate, size_t count)
{
	struct phase warm[2], unloaded[2][ROUNDS], fed[2][ROUNDS];
	double cpu = 0;

	for (size_t floor = 0; floor < 2; floor++) {
		warm[floor] = phase_of("warm", WARM_RATE, WARM_COUNT, floor);
		run_phase(bench, &warm[floor]);
		free_phase(&warm[floor]);
	}
	for (size_t i = 0; i < 2 * ROUNDS; i++) {
		struct phase *one = &unloaded[i % 2][i / 2], *many = &fed[i % 2][i / 2];
		double before;

		*one = phase_of("unloaded", 0, UNLOADED_COUNT, i % 2);
		run_phase(bench, one);
		before = processes_cpu_seconds(processes);
		*many = phase_of("fed", rate, count, i % 2);
		run_phase(bench, many);
		if (i % 2 == 0)
			cpu += processes_cpu_seconds(processes) - before;
	}
	report(unloaded[0], unloaded[1]);
	report(fed[0], fed[1]);
	printf("  CPU of the three daemons: %.0f us per verification\n",
		cpu * 1e6 / (double)(ROUNDS * count));
	for (size_t i = 0; i < 2 * ROUNDS; i++) {
		free_phase(&unloaded[i % 2][i / 2]);
		free_phase(&fed[i % 2][i / 2]);
	}
}

int main(int argc, char **argv)
{
	char own[300] = { 0 };
	struct wp_test_redis redis = { 0 };
	struct processes processes = { 0 };
	struct bench bench = { 0 };
	int64_t rate = argument(argc, argv, 2, RATE_DEFAULT, RATE_MAX);
	size_t count = (size_t)(rate * argument(argc, argv, 3, 3, SECONDS_MAX));

	if (readlink("/proc/self/exe", own, sizeof own - 1) < 0 || wp_test_redis_start(&redis) < 0)
		return 69;
	processes.bin = argc > 1 ? argv[1] : dirname(own);
	processes.directory = redis.directory;
	processes.redis = redis.socket;
	int status = processes_prepare(&processes);
	/* Forked before ZeroMQ has threads here. */
	if (status == 0)
		status = floor_start(&processes);
	if (status == 0)
		status = open_bench(&bench, &processes);
	if (status < 0) {
		fprintf(stderr, "bench_pipeline: %s\n", wp_strerror(status));
		goto out;
	}
	start_daemons(&processes);
	measure(&bench, &processes, rate, count);
out:
	processes_stop(&processes);
	if (bench.loop != NULL)
		close_bench(&bench);
	wp_test_redis_stop(&redis);
	return status < 0 ? 70 : 0;
}
