/* floor.h - the least that the same steps can cost: two processes with blocking clients do the same
 * two durable moves and the same five hops, and nothing else. bench -> A: PAID->RUNNING -> B -> A
 * -> B: RUNNING->DECIDED -> bench */
#ifndef WP_BENCH_FLOOR_H
#define WP_BENCH_FLOOR_H

#include "libcommon/types.h"
#include "tests/bench/pipeline/processes.h"

#include <stdint.h>

struct floor_message {
	char kind; /* 'P'aid, 'R'unning, re'Q'uest, 'C'hunk, 'D'ecided */
	struct wp_id id;
	uint64_t fence;
};

#define FLOOR_A     "floor-a.sock"
#define FLOOR_B     "floor-b.sock"
#define FLOOR_BENCH "floor-bench.sock"

/* Starts both. 0 or -errno. */
int floor_start(struct processes *processes);

#endif
