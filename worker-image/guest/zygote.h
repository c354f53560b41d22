/* zygote.h - one warm, jailed process that forks a run per order. It lives and dies with the host.
 */
#ifndef GUEST_ZYGOTE_H
#define GUEST_ZYGOTE_H

#include "guest/engine.h"

/* Takes orders from GUEST_CONTROL_FD until the host closes it; runs return never. title is the argv
 * area (title_room bytes, writable) that a run's name is written into. Returns the exit status. */
int zygote_main(const struct engine *engine, char *title, size_t title_room);

#endif
