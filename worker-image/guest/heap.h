/* heap.h - the engine's memory: size classes in one arena, larger blocks mapped alone. One
 * accounting, so that the limit falls at the same byte on every host. Single-threaded. */
#ifndef GUEST_HEAP_H
#define GUEST_HEAP_H

#include <stddef.h>

#define HEAP_ARENA_BYTES (320u << 20) /* address space, not memory */
#define HEAP_SMALL_MAX   32768u       /* larger blocks are mapped alone */

/* Reserves the arena. 0 or -errno. */
int heap_open(void);

/* Never NULL for a size > 0: at the limit the run ends with MEMORY. 8-byte aligned at least. */
void *heap_alloc(size_t size);
void *heap_realloc(void *block, size_t size);
void heap_free(void *block);
/* Bytes the block really has. */
size_t heap_size(const void *block);

#endif
