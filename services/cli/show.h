/* show.h - a verification as the service tells it, for people and for scripts. */
#ifndef WP_CLI_SHOW_H
#define WP_CLI_SHOW_H

#include "services/cli/cli.h"

/* Prints the JSON as it is, or in a few lines of words. */
void cli_show(const cJSON *verification, bool as_json);
/* What the exit code says of it: CLI_OK, CLI_NEGATIVE, CLI_UNDECIDED, CLI_UNPAID. */
int cli_show_exit(const cJSON *verification);
/* Nothing about it will change any more (attested as far as it is going to be). */
bool cli_show_is_final(const cJSON *verification);

/* Asks for it once. CLI_OK, or an exit code having said why. token may be NULL. */
int cli_fetch(cJSON **ret_verification, const char *url, const char *id, const char *token);

#endif
