#include "guest/heap.h"

#include "guest/host_hooks.h"
#include "guest/protocol.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* Classes: 16, 32, … 512 in steps of 16; then four per doubling up to HEAP_SMALL_MAX. A span of the
 * arena holds blocks of one class, so a block's size follows from its address. */
#define SPAN_SHIFT   16
#define SPAN_BYTES   ((size_t)1 << SPAN_SHIFT)
#define SPANS        (HEAP_ARENA_BYTES >> SPAN_SHIFT)
#define LINEAR_MAX   512u
#define CLASSES      (LINEAR_MAX / 16 + 4 * 6)
#define LARGE_HEADER 64 /* in front of a block mapped alone; keeps it aligned */

struct large_header {
	size_t mapped; /* bytes, header included */
};
struct free_block {
	struct free_block *next;
};

static char *arena;
static size_t spans_used;
static uint8_t span_class[SPANS];
static struct free_block *free_list[CLASSES];
static char *fresh[CLASSES]; /* never used part of the class's newest span */
static char *fresh_end[CLASSES];
static uint32_t class_bytes[CLASSES];
static size_t in_use;

static unsigned class_of(size_t size)
{
	if (size <= LINEAR_MAX)
		return (unsigned)((size + 15) / 16 - 1);
	unsigned top = 63u - (unsigned)__builtin_clzl(size - 1); /* 2^top < size <= 2^(top+1) */
	unsigned quarter = (unsigned)(((size - 1) >> (top - 2)) & 3);
	return LINEAR_MAX / 16 + (top - 9) * 4 + quarter;
}

static void classes_open(void)
{
	for (unsigned i = 0; i < LINEAR_MAX / 16; i++)
		class_bytes[i] = (i + 1) * 16;
	for (unsigned i = LINEAR_MAX / 16; i < CLASSES; i++) {
		unsigned n = i - LINEAR_MAX / 16;
		class_bytes[i] = (512u << (n / 4)) / 4 * (5 + n % 4);
	}
}

int heap_open(void)
{
	void *p = mmap(NULL, HEAP_ARENA_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	arena = p;
	classes_open();
	return 0;
}

static void account(size_t size)
{
	in_use += size;
	if (in_use > GUEST_MEMORY_MAX)
		host_limit_memory();
}

static bool is_small(const void *block)
{
	return (uintptr_t)block - (uintptr_t)arena < HEAP_ARENA_BYTES;
}

static struct large_header *large_of(const void *block)
{
	return (struct large_header *)((uintptr_t)block - LARGE_HEADER);
}

static size_t large_mapped(size_t size)
{
	return (size + LARGE_HEADER + 4095) & ~(size_t)4095;
}

static void *large_alloc(size_t size)
{
	if (size > GUEST_MEMORY_MAX)
		host_limit_memory();
	size_t mapped = large_mapped(size);
	account(mapped);
	char *p = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		host_limit_memory();
	((struct large_header *)p)->mapped = mapped;
	return p + LARGE_HEADER;
}

static void *large_realloc(void *block, size_t size)
{
	struct large_header *header = large_of(block);

	if (size > GUEST_MEMORY_MAX)
		host_limit_memory();
	size_t before = header->mapped;
	size_t mapped = large_mapped(size);
	if (mapped == before)
		return block;
	in_use -= before;
	account(mapped);
	char *p = mremap(header, before, mapped, MREMAP_MAYMOVE);
	if (p == MAP_FAILED)
		host_limit_memory();
	((struct large_header *)p)->mapped = mapped;
	return p + LARGE_HEADER;
}

static void span_take(unsigned class)
{
	if (spans_used == SPANS)
		host_limit_memory();
	span_class[spans_used] = (uint8_t) class;
	fresh[class] = arena + spans_used * SPAN_BYTES;
	fresh_end[class] = fresh[class] + SPAN_BYTES;
	spans_used++;
}

void *heap_alloc(size_t size)
{
	if (size == 0)
		return NULL;
	if (size > HEAP_SMALL_MAX)
		return large_alloc(size);
	unsigned class = class_of(size);
	size_t bytes = class_bytes[class];
	account(bytes);
	struct free_block *block = free_list[class];
	if (block) {
		free_list[class] = block->next;
		return block;
	}
	if ((size_t)(fresh_end[class] - fresh[class]) < bytes)
		span_take(class);
	char *p = fresh[class];
	fresh[class] += bytes;
	return p;
}

void heap_free(void *block)
{
	if (!block)
		return;
	if (!is_small(block)) {
		struct large_header *header = large_of(block);
		in_use -= header->mapped;
		munmap(header, header->mapped);
		return;
	}
	unsigned class = span_class[((uintptr_t)block - (uintptr_t)arena) >> SPAN_SHIFT];
	struct free_block *freed = block;
	freed->next = free_list[class];
	free_list[class] = freed;
	in_use -= class_bytes[class];
}

size_t heap_size(const void *block)
{
	if (!block)
		return 0;
	if (!is_small(block))
		return large_of(block)->mapped - LARGE_HEADER;
	return class_bytes[span_class[((uintptr_t)block - (uintptr_t)arena) >> SPAN_SHIFT]];
}

void *heap_realloc(void *block, size_t size)
{
	if (!block)
		return heap_alloc(size);
	if (size == 0) {
		heap_free(block);
		return NULL;
	}
	size_t before = heap_size(block);
	if (!is_small(block) && size > HEAP_SMALL_MAX)
		return large_realloc(block, size);
	if (is_small(block) && size <= HEAP_SMALL_MAX && class_bytes[class_of(size)] == before)
		return block;
	void *moved = heap_alloc(size);
	memcpy(moved, block, before < size ? before : size);
	heap_free(block);
	return moved;
}
