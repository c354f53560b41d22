#include "services/vm-orchestrator/serve.h"

static int send_chunk(struct wp_bus *bus, const char *endpoint, const char *trace,
	const struct wp_id *id, Workproof__OutputChunk *chunk)
{
	Workproof__Envelope envelope = WORKPROOF__ENVELOPE__INIT;

	chunk->id = (ProtobufCBinaryData){ .data = (uint8_t *)id->bytes, .len = sizeof id->bytes };
	envelope.traceparent = (char *)trace;
	envelope.body_case = WORKPROOF__ENVELOPE__BODY_OUTPUT_CHUNK;
	envelope.output_chunk = chunk;
	return wp_envelope_send(bus, endpoint, &envelope);
}

/* The trailer is a text with its own NUL only for as long as it is packed. */
static int send_part(struct run *run, const struct output_chunk *part)
{
	Workproof__OutputChunk chunk = WORKPROOF__OUTPUT_CHUNK__INIT;

	chunk.attempt = run->attempt;
	chunk.offset = part->offset;
	chunk.data = (ProtobufCBinaryData){ .data = (uint8_t *)part->data, .len = part->size };
	chunk.ended = part->ended;
	if (part->ended)
		chunk.trailer = (char *)run->output.trailer.data;
	return send_chunk(run->orchestrator->context->bus, run->follower.endpoint, run->trace,
		&run->node.id, &chunk);
}

void serve_run(struct run *run)
{
	struct output_chunk part;

	while (output_next_chunk(&run->follower, &run->output, &part)) {
		if (send_part(run, &part) < 0)
			return;
		output_chunk_sent(&run->follower, &part);
	}
}

static void tell_unknown(struct orchestrator *orchestrator, const struct wp_id *id,
	const Workproof__OutputRequest *request)
{
	Workproof__OutputChunk chunk = WORKPROOF__OUTPUT_CHUNK__INIT;

	chunk.attempt = request->attempt;
	chunk.offset = request->offset;
	chunk.unknown = true;
	send_chunk(orchestrator->context->bus, request->reply_to, "", id, &chunk);
}

void serve_on_request(struct orchestrator *orchestrator, const Workproof__OutputRequest *request)
{
	struct wp_id id;

	if (wp_envelope_id(&id, &request->id) < 0)
		return;
	struct run *run = run_find(orchestrator, &id, request->attempt);
	if (run == NULL) {
		tell_unknown(orchestrator, &id, request);
		return;
	}
	/* A fence below the one it was started under is older than the run itself. */
	if (request->fence >= run->fence &&
		output_follow(&run->follower, &run->output, request->fence, request->offset,
			request->reply_to))
		serve_run(run);
}

void serve_on_done(struct orchestrator *orchestrator, const Workproof__OutputDone *done)
{
	struct wp_id id;

	if (wp_envelope_id(&id, &done->id) < 0)
		return;
	struct run *run = run_find(orchestrator, &id, done->attempt);
	if (run != NULL && !run_is_live(run))
		run_forget(run);
}
