#include "proto/baton.h"

#include "libcommon/base.h"

#include <stdlib.h>
#include <string.h>

#define SMALL_ENVELOPE 1024 /* batons and requests are packed on the stack */

/* ---- envelopes ---- */

Workproof__Envelope *wp_envelope_read(const uint8_t *data, size_t size)
{
	return workproof__envelope__unpack(NULL, size, data);
}

/* endpoint NULL: to any instance of service. */
static int send_packed(struct wp_bus *bus, const char *service, const char *endpoint,
	const Workproof__Envelope *envelope)
{
	uint8_t small[SMALL_ENVELOPE];
	uint8_t *data = small;
	size_t size = workproof__envelope__get_packed_size(envelope);
	int status;

	if (size > WP_BUS_MESSAGE_MAX)
		return -EMSGSIZE;
	if (size > sizeof small)
		data = malloc(size);
	if (data == NULL)
		return -ENOMEM;
	workproof__envelope__pack(envelope, data);
	if (endpoint != NULL)
		status = wp_bus_send(bus, endpoint, data, size);
	else
		status = wp_bus_push(bus, service, data, size);
	if (data != small)
		free(data);
	return status;
}

int wp_envelope_push(struct wp_bus *bus, const char *service, const Workproof__Envelope *envelope)
{
	return send_packed(bus, service, NULL, envelope);
}

int wp_envelope_send(struct wp_bus *bus, const char *endpoint, const Workproof__Envelope *envelope)
{
	return send_packed(bus, NULL, endpoint, envelope);
}

int wp_envelope_id(struct wp_id *ret_id, const ProtobufCBinaryData *bytes)
{
	if (bytes->len != sizeof ret_id->bytes)
		return -WP_E_FORMAT;
	memcpy(ret_id->bytes, bytes->data, sizeof ret_id->bytes);
	return 0;
}

/* ---- batons ---- */

int wp_baton_push(struct wp_bus *bus, enum wp_state state, const struct wp_id *id, uint64_t fence,
	uint32_t attempt, const char *host, const char *traceparent)
{
	Workproof__Baton baton = WORKPROOF__BATON__INIT;
	Workproof__Envelope envelope = WORKPROOF__ENVELOPE__INIT;
	const char *mover = wp_state_mover(state);
	uint8_t bytes[sizeof id->bytes];

	if (mover == NULL)
		return -EINVAL;
	memcpy(bytes, id->bytes, sizeof bytes);
	baton.id = (ProtobufCBinaryData){ .data = bytes, .len = sizeof bytes };
	baton.fence = fence;
	baton.state = (uint32_t)state;
	baton.attempt = attempt;
	/* protobuf-c's texts are not const, but packing does not write to them. */
	if (host != NULL)
		baton.host = (char *)host;
	if (traceparent != NULL)
		envelope.traceparent = (char *)traceparent;
	envelope.body_case = WORKPROOF__ENVELOPE__BODY_BATON;
	envelope.baton = &baton;
	return wp_envelope_push(bus, mover, &envelope);
}

/* Copies text with its NUL; false if it does not fit. */
static bool copy_text(char *to, size_t capacity, const char *text)
{
	size_t length = strlen(text);

	if (length >= capacity)
		return false;
	memcpy(to, text, length + 1);
	return true;
}

int wp_baton_read(struct wp_baton *ret_baton, const Workproof__Envelope *envelope)
{
	struct wp_baton baton = { 0 };
	const Workproof__Baton *message = envelope->baton;

	if (envelope->body_case != WORKPROOF__ENVELOPE__BODY_BATON)
		return -ENOMSG;
	if (wp_envelope_id(&baton.id, &message->id) < 0)
		return -WP_E_FORMAT;
	if (message->state == WP_STATE_NONE || message->state >= WP_STATE_COUNT)
		return -WP_E_FORMAT;
	if (!copy_text(baton.host, sizeof baton.host, message->host) ||
		!copy_text(baton.trace, sizeof baton.trace, envelope->traceparent))
		return -WP_E_FORMAT;
	baton.state = (enum wp_state)message->state;
	baton.fence = message->fence;
	baton.attempt = message->attempt;
	*ret_baton = baton;
	return 0;
}
