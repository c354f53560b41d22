/* native.h - what the prelude asks the engine: the questions of Node's internalBinding('util') that
 * JavaScript itself cannot answer. The object exists while the prelude runs; programs never see it.
 */
#ifndef GUEST_NATIVE_H
#define GUEST_NATIVE_H

#include <quickjs.h>

/* A fresh object of functions. The prelude sets its property "format" for console_install. */
JSValue native_object(JSContext *ctx);

#endif
