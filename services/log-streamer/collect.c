#include "services/log-streamer/collect.h"

enum collect_step collect_chunk(
	struct wp_buffer *bytes, uint64_t offset, const void *data, size_t size, bool ended)
{
	if (offset > COLLECT_MAX || size > COLLECT_MAX - offset)
		return COLLECT_BAD;
	if (offset > bytes->size)
		return COLLECT_GAP;
	uint64_t end = offset + size;
	size_t known = bytes->size - (size_t)offset;

	if (end > bytes->size)
		wp_buffer_append(bytes, (const uint8_t *)data + known, size - known);
	if (bytes->failed)
		return COLLECT_BAD;
	if (!ended)
		return COLLECT_MORE;
	/* An end before bytes we hold contradicts what we were sent. */
	return end == bytes->size ? COLLECT_ENDED : COLLECT_BAD;
}
