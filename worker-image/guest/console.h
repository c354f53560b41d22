/* console.h - console.log and its kin: what a program prints, as Node prints it. */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <quickjs.h>

/* Puts the console object into the context. format is the JavaScript formatter (Node's
 * formatWithOptions without options): called with the arguments, gives the line. Takes ownership.
 */
void console_install(JSContext *ctx, JSValue format);

#endif
