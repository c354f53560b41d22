#include "services/vm-orchestrator/output.h"

#include <string.h>

void output_append(struct output *output, const void *data, size_t size)
{
	size_t room = OUTPUT_MAX - output->bytes.size;

	if (size > room) {
		output->overflow = true;
		size = room;
	}
	wp_buffer_append(&output->bytes, data, size);
}

void output_free(struct output *output)
{
	wp_buffer_free(&output->bytes);
	wp_buffer_free(&output->trailer);
	*output = (struct output){ 0 };
}

bool output_follow(struct output_follower *follower, const struct output *output, uint64_t fence,
	uint64_t offset, const char *endpoint)
{
	size_t length = strlen(endpoint);
	bool repeat = follower->present && fence == follower->fence;

	if (length == 0 || length >= sizeof follower->endpoint)
		return false;
	if (follower->present && fence < follower->fence)
		return false;
	*follower = (struct output_follower){ .present = true, .repeat = repeat, .fence = fence };
	follower->offset = offset < output->bytes.size ? offset : output->bytes.size;
	memcpy(follower->endpoint, endpoint, length + 1);
	return true;
}

bool output_next_chunk(const struct output_follower *follower, const struct output *output,
	struct output_chunk *ret_chunk)
{
	size_t left = output->bytes.size - (size_t)follower->offset;
	struct output_chunk chunk = { .offset = follower->offset, .size = left };

	if (!follower->present || follower->finished)
		return false;
	if (chunk.size > OUTPUT_CHUNK_MAX)
		chunk.size = OUTPUT_CHUNK_MAX;
	chunk.ended = output->ended && chunk.size == left;
	if (chunk.size == 0 && !chunk.ended && !follower->repeat)
		return false;
	if (chunk.size > 0)
		chunk.data = output->bytes.data + follower->offset;
	*ret_chunk = chunk;
	return true;
}

void output_chunk_sent(struct output_follower *follower, const struct output_chunk *chunk)
{
	follower->offset = chunk->offset + chunk->size;
	follower->finished = chunk->ended;
	follower->repeat = false;
}
