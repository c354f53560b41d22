/* program_tokens.h - splits ECMAScript source into tokens as far as the BLOCKED scan needs: names,
 * punctuators, and literals whose content is skipped. Pure. */
#ifndef WP_PROGRAM_TOKENS_H
#define WP_PROGRAM_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

enum wp_program_token_kind {
	WP_PROGRAM_TOKEN_END,
	WP_PROGRAM_TOKEN_NAME,       /* identifier or keyword; text spells it */
	WP_PROGRAM_TOKEN_LITERAL,    /* string, number, regular expression, template without
					substitution */
	WP_PROGRAM_TOKEN_PUNCTUATOR, /* text is the punctuator */
	WP_PROGRAM_TOKEN_UNSURE /* not to be told apart without parsing, or broken: stop here */
};

struct wp_program_token {
	enum wp_program_token_kind kind;
	const char *text;
	size_t size;
	bool after_newline; /* a line terminator lies before it */
};

#define WP_PROGRAM_NESTING_MAX 256 /* deeper: unsure */

struct wp_program_tokens {
	const char *at, *end;
	struct wp_program_token last;         /* what a slash means depends on it */
	char nesting[WP_PROGRAM_NESTING_MAX]; /* '(' '[' '{', and '`' for a substitution in a
						 template */
	size_t depth;
};

void wp_program_tokens_open(struct wp_program_tokens *tokens, const char *code, size_t size);
/* The next token, also in tokens->last; tokens->depth counts it already. After END or UNSURE it is
 * not called again. */
struct wp_program_token wp_program_tokens_next(struct wp_program_tokens *tokens);
bool wp_program_token_is(const struct wp_program_token *token, const char *text);

#endif
