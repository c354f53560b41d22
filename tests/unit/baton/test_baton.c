/* Batons as they come from the bus: what is taken and what is not. */
#include "proto/baton.h"

#include "libcommon/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint8_t id_bytes[17] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 };

struct message {
	Workproof__Baton baton;
	Workproof__Envelope envelope;
};

static void prepare(struct message *message)
{
	workproof__baton__init(&message->baton);
	workproof__envelope__init(&message->envelope);
	message->baton.id = (ProtobufCBinaryData){ .data = id_bytes, .len = 16 };
	message->baton.fence = UINT64_MAX;
	message->baton.state = WP_STATE_RUNNING;
	message->baton.attempt = 3;
	message->baton.host = (char *)"ipc:///run/bus/x";
	message->envelope.traceparent = (char *)"00-aa-bb-01";
	message->envelope.body_case = WORKPROOF__ENVELOPE__BODY_BATON;
	message->envelope.baton = &message->baton;
}

static void survives_the_wire(void **state)
{
	struct message message;
	struct wp_baton baton;
	uint8_t data[512];

	(void)state;
	prepare(&message);
	size_t size = workproof__envelope__pack(&message.envelope, data);
	Workproof__Envelope *envelope = wp_envelope_read(data, size);
	assert_non_null(envelope);
	assert_int_equal(wp_baton_read(&baton, envelope), 0);
	workproof__envelope__free_unpacked(envelope, NULL);
	assert_memory_equal(baton.id.bytes, id_bytes, 16);
	assert_true(baton.fence == UINT64_MAX);
	assert_int_equal(baton.state, WP_STATE_RUNNING);
	assert_int_equal(baton.attempt, 3);
	assert_string_equal(baton.host, "ipc:///run/bus/x");
	assert_string_equal(baton.trace, "00-aa-bb-01");
}

static int read_of(struct message *message)
{
	struct wp_baton baton;

	return wp_baton_read(&baton, &message->envelope);
}

static void refuses_what_is_no_baton(void **state)
{
	struct message message;

	(void)state;
	prepare(&message);
	message.envelope.body_case = WORKPROOF__ENVELOPE__BODY__NOT_SET;
	assert_int_equal(read_of(&message), -ENOMSG);
	for (size_t size = 0; size <= 17; size++) {
		prepare(&message);
		message.baton.id.len = size;
		assert_int_equal(read_of(&message), size == 16 ? 0 : -WP_E_FORMAT);
	}
	prepare(&message);
	message.baton.state = WP_STATE_NONE;
	assert_int_equal(read_of(&message), -WP_E_FORMAT);
	message.baton.state = WP_STATE_COUNT - 1;
	assert_int_equal(read_of(&message), 0);
	message.baton.state = WP_STATE_COUNT;
	assert_int_equal(read_of(&message), -WP_E_FORMAT);
}

static void bounds_its_texts(void **state)
{
	struct message message;
	char host[WP_BUS_ENDPOINT_MAX + 1], trace[WP_TRACE_MAX + 1];

	(void)state;
	memset(host, 'h', sizeof host);
	memset(trace, 't', sizeof trace);
	prepare(&message);
	host[WP_BUS_ENDPOINT_MAX - 1] = '\0';
	trace[WP_TRACE_MAX - 1] = '\0';
	message.baton.host = host;
	message.envelope.traceparent = trace;
	assert_int_equal(read_of(&message), 0);
	host[WP_BUS_ENDPOINT_MAX - 1] = 'h';
	host[WP_BUS_ENDPOINT_MAX] = '\0';
	assert_int_equal(read_of(&message), -WP_E_FORMAT);
	message.baton.host = (char *)"";
	trace[WP_TRACE_MAX - 1] = 't';
	trace[WP_TRACE_MAX] = '\0';
	assert_int_equal(read_of(&message), -WP_E_FORMAT);
}

static void refuses_bytes_that_are_no_envelope(void **state)
{
	static const uint8_t garbage[] = { 0x52, 0xff, 0xff, 0xff, 0xff, 0x0f, 1 };

	(void)state;
	assert_null(wp_envelope_read(garbage, sizeof garbage));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_the_wire),
		cmocka_unit_test(refuses_what_is_no_baton),
		cmocka_unit_test(bounds_its_texts),
		cmocka_unit_test(refuses_bytes_that_are_no_envelope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
