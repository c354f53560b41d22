/* token.h - the output token: opens the private output of one verification to whoever paid for it.
 * base64url(HMAC-SHA256(key, id)), so that every replica makes and knows the same one. */
#ifndef GATEWAY_TOKEN_H
#define GATEWAY_TOKEN_H

#include "libcommon/secret.h"
#include "libcommon/types.h"

#include <stdbool.h>

#define TOKEN_TEXT 44 /* 43 characters and NUL */

char *token_make(char text[static TOKEN_TEXT], const struct wp_secret *key, const struct wp_id *id);
/* Takes the same time for every wrong token. given may be NULL. */
bool token_opens(const char *given, const struct wp_secret *key, const struct wp_id *id);

#endif
