/* wire.h - the guest's side of the protocol: what a run tells the host. Nothing here returns an
 * error: when the host no longer listens, the run ends. */
#ifndef GUEST_WIRE_H
#define GUEST_WIRE_H

#include "guest/protocol.h"

#include <stdbool.h>
#include <stddef.h>

/* Adds printed bytes. Past GUEST_OUTPUT_MAX it keeps what fits and ends the run with OUTPUT. Bytes
 * after wire_output_close are dropped. */
void wire_output(const void *data, size_t size);
void wire_output_close(void);
bool wire_output_is_empty(void);

/* The completion value as JSON; larger than GUEST_RESULT_MAX ends the run with OUTPUT. */
void wire_result(const char *json, size_t size);

/* Sends all, then the end, and leaves the process. message is cut at GUEST_MESSAGE_MAX. */
_Noreturn void wire_end(enum guest_end end, const char *message);

/* Ends the run because it needs text that only V8 makes: "printing <what> …". */
_Noreturn void wire_unsupported(const char *what);

#endif
