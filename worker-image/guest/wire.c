#include "guest/wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	struct guest_frame header;
	char payload[GUEST_FRAME_MAX];
} frame;

static size_t printed;
static bool closed;

static void leave(void)
{
	for (;;)
		syscall(SYS_exit_group, 0);
}

static void send_all(const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(GUEST_CONTROL_FD, data, size);
		if (n <= 0)
			leave();
		data += n;
		size -= (size_t)n;
	}
}

static void flush(enum guest_frame_type type)
{
	if (frame.header.size == 0)
		return;
	frame.header.type = type;
	send_all((const char *)&frame, sizeof(frame.header) + frame.header.size);
	frame.header.size = 0;
}

static void add(enum guest_frame_type type, const char *data, size_t size)
{
	while (size > 0) {
		size_t room = GUEST_FRAME_MAX - frame.header.size;
		size_t n = size < room ? size : room;
		memcpy(frame.payload + frame.header.size, data, n);
		frame.header.size += (uint32_t)n;
		data += n;
		size -= n;
		if (frame.header.size == GUEST_FRAME_MAX)
			flush(type);
	}
}

void wire_output(const void *data, size_t size)
{
	size_t room = GUEST_OUTPUT_MAX - printed;

	if (closed)
		return;
	add(GUEST_FRAME_OUTPUT, data, size < room ? size : room);
	if (size > room)
		wire_end(GUEST_END_OUTPUT, "the program printed more than 1 MB");
	printed += size;
}

void wire_output_close(void)
{
	closed = true;
	flush(GUEST_FRAME_OUTPUT);
}

bool wire_output_is_empty(void)
{
	return printed == 0;
}

void wire_result(const char *json, size_t size)
{
	wire_output_close();
	if (size > GUEST_RESULT_MAX)
		wire_end(GUEST_END_OUTPUT, "the completion value is larger than 1 MB as JSON");
	add(GUEST_FRAME_RESULT, json, size);
	flush(GUEST_FRAME_RESULT);
}

_Noreturn void wire_end(enum guest_end end, const char *message)
{
	size_t size = strlen(message);
	char code = (char)end;

	if (size > GUEST_MESSAGE_MAX)
		size = GUEST_MESSAGE_MAX;
	flush(GUEST_FRAME_OUTPUT);
	frame.header.size = 0;
	add(GUEST_FRAME_END, &code, 1);
	add(GUEST_FRAME_END, message, size);
	flush(GUEST_FRAME_END);
	leave();
	__builtin_unreachable();
}

_Noreturn void wire_unsupported(const char *what)
{
	char message[256];

	snprintf(message, sizeof(message),
		"%s is not supported: only Node's own engine words it so", what);
	wire_end(GUEST_END_UNSUPPORTED, message);
}
