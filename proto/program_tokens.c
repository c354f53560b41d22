#include "proto/program_tokens.h"

#include <string.h>

static bool is_name_start(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
	       c == '#' || c == '\\' || c >= 0x80;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of the line terminator at p, 0 if there is none. */
static size_t newline_at(const char *p, const char *end)
{
	if (*p == '\n' || *p == '\r')
		return 1;
	return end - p >= 3 && (memcmp(p, "\xe2\x80\xa8", 3) == 0 ||
				       memcmp(p, "\xe2\x80\xa9", 3) == 0)
		       ? 3
		       : 0;
}

/* Bytes of white space beyond ASCII that may stand between tokens: no-break space, byte order mark.
 */
static size_t wide_space_at(const char *p, const char *end)
{
	if (end - p >= 2 && memcmp(p, "\xc2\xa0", 2) == 0)
		return 2;
	return end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool starts(const struct wp_program_tokens *t, const char *text)
{
	size_t n = strlen(text);
	return (size_t)(t->end - t->at) >= n && memcmp(t->at, text, n) == 0;
}

static void skip_line(struct wp_program_tokens *t)
{
	while (t->at < t->end && !newline_at(t->at, t->end))
		t->at++;
}

/* False: the comment does not end. */
static bool skip_block_comment(struct wp_program_tokens *t, bool *ret_newline)
{
	for (t->at += 2; t->at < t->end; t->at++) {
		if (starts(t, "*/")) {
			t->at += 2;
			return true;
		}
		if (newline_at(t->at, t->end))
			*ret_newline = true;
	}
	return false;
}

static bool skip_space(struct wp_program_tokens *t, bool *ret_newline)
{
	while (t->at < t->end) {
		size_t n = newline_at(t->at, t->end);
		if (n > 0) {
			*ret_newline = true;
			t->at += n;
		} else if ((n = wide_space_at(t->at, t->end)) > 0) {
			t->at += n;
		} else if (strchr(" \t\v\f", *t->at) && *t->at != '\0') {
			t->at++;
		} else if (starts(t, "//")) {
			skip_line(t);
		} else if (starts(t, "/*")) {
			if (!skip_block_comment(t, ret_newline))
				return false;
		} else {
			break;
		}
	}
	return true;
}

static bool skip_string(struct wp_program_tokens *t)
{
	char quote = *t->at++;

	while (t->at < t->end) {
		char c = *t->at++;
		if (c == quote)
			return true;
		if (c == '\n' || c == '\r')
			return false;
		if (c == '\\' && t->at < t->end)
			t->at += starts(t, "\r\n") ? 2 : 1;
	}
	return false;
}

/* From inside a template to its end or its next substitution. False: neither comes. */
static bool skip_template(struct wp_program_tokens *t, bool *ret_substitution)
{
	while (t->at < t->end) {
		if (*t->at == '\\') {
			t->at += t->end - t->at >= 2 ? 2 : 1;
		} else if (*t->at == '`') {
			t->at++;
			*ret_substitution = false;
			return true;
		} else if (starts(t, "${")) {
			t->at += 2;
			*ret_substitution = true;
			return true;
		} else {
			t->at++;
		}
	}
	return false;
}

static bool skip_regexp(struct wp_program_tokens *t)
{
	bool in_class = false;

	for (t->at++; t->at < t->end && !newline_at(t->at, t->end); t->at++) {
		if (*t->at == '\\') {
			if (++t->at == t->end || newline_at(t->at, t->end))
				return false;
		} else if (*t->at == '[') {
			in_class = true;
		} else if (*t->at == ']') {
			in_class = false;
		} else if (*t->at == '/' && !in_class) {
			t->at++;
			while (t->at < t->end && is_name_start((unsigned char)*t->at))
				t->at++;
			return true;
		}
	}
	return false;
}

enum slash { SLASH_DIVIDES, SLASH_REGEXP, SLASH_UNSURE };

/* A regular expression ends on its line: a slash alone there divides. */
static bool another_slash_on_line(const struct wp_program_tokens *t)
{
	for (const char *p = t->at + 1; p < t->end && !newline_at(p, t->end); p++) {
		if (*p == '/')
			return true;
	}
	return false;
}

static bool is_operator_word(const struct wp_program_token *token)
{
	static const char *const words[] = { "return", "typeof", "case", "in", "of", "delete",
		"void", "throw", "new", "instanceof", "do", "else", "await", "yield" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (wp_program_token_is(token, words[i]))
			return true;
	}
	return false;
}

static enum slash meaning_of_slash(const struct wp_program_tokens *t)
{
	const struct wp_program_token *last = &t->last;

	switch (last->kind) {
	case WP_PROGRAM_TOKEN_END:
		return SLASH_REGEXP; /* nothing before it */
	case WP_PROGRAM_TOKEN_LITERAL:
		return SLASH_DIVIDES;
	case WP_PROGRAM_TOKEN_NAME:
		if (!is_operator_word(last) || !another_slash_on_line(t))
			return SLASH_DIVIDES;
		/* "of", "await", "yield" may be variables, "x.return" a property */
		return SLASH_UNSURE;
	case WP_PROGRAM_TOKEN_PUNCTUATOR:
		if (wp_program_token_is(last, "]"))
			return SLASH_DIVIDES;
		if (wp_program_token_is(last, ")") || wp_program_token_is(last, "}") ||
			wp_program_token_is(last, "++") || wp_program_token_is(last, "--"))
			return another_slash_on_line(t) ? SLASH_UNSURE : SLASH_DIVIDES;
		return SLASH_REGEXP;
	case WP_PROGRAM_TOKEN_UNSURE:
		return SLASH_UNSURE;
	}
	return SLASH_UNSURE;
}

static const char *const punctuators[] = { ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>",
	"&&=", "||=", "?\?=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--",
	"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**" };

static size_t punctuator_size(const struct wp_program_tokens *t)
{
	for (size_t i = 0; i < sizeof(punctuators) / sizeof(punctuators[0]); i++) {
		if (starts(t, punctuators[i]))
			return strlen(punctuators[i]);
	}
	return 1;
}

/* Opens or closes a bracket. False: they do not match. */
static bool nest(struct wp_program_tokens *t, char c)
{
	static const char open[] = "([{", close[] = ")]}";
	const char *opening = strchr(open, c), *closing = strchr(close, c);

	if (opening) {
		if (t->depth == WP_PROGRAM_NESTING_MAX)
			return false;
		t->nesting[t->depth++] = c;
	} else if (closing) {
		if (t->depth == 0 || t->nesting[t->depth - 1] != open[closing - close])
			return false;
		t->depth--;
	}
	return true;
}

/* The token that starts with a template's text: a literal, or an opening bracket of a substitution.
 */
static enum wp_program_token_kind take_template(struct wp_program_tokens *t)
{
	bool substitution;

	if (!skip_template(t, &substitution))
		return WP_PROGRAM_TOKEN_UNSURE;
	if (!substitution)
		return WP_PROGRAM_TOKEN_LITERAL;
	if (t->depth == WP_PROGRAM_NESTING_MAX)
		return WP_PROGRAM_TOKEN_UNSURE;
	t->nesting[t->depth++] = '`';
	return WP_PROGRAM_TOKEN_PUNCTUATOR;
}

static void skip_word(struct wp_program_tokens *t)
{
	while (t->at < t->end &&
		(is_name_start((unsigned char)*t->at) || is_digit((unsigned char)*t->at)) &&
		!newline_at(t->at, t->end) && !wide_space_at(t->at, t->end))
		t->at++;
}

static enum wp_program_token_kind take_number(struct wp_program_tokens *t)
{
	while (t->at < t->end && (is_name_start((unsigned char)*t->at) ||
					 is_digit((unsigned char)*t->at) || *t->at == '.')) {
		bool exponent = *t->at == 'e' || *t->at == 'E';
		t->at++;
		if (exponent && t->at < t->end && (*t->at == '+' || *t->at == '-') &&
			t->end - t->at >= 2 && is_digit((unsigned char)t->at[1]))
			t->at++;
	}
	return WP_PROGRAM_TOKEN_LITERAL;
}

static enum wp_program_token_kind take_slash(struct wp_program_tokens *t)
{
	switch (meaning_of_slash(t)) {
	case SLASH_DIVIDES:
		t->at += starts(t, "/=") ? 2 : 1;
		return WP_PROGRAM_TOKEN_PUNCTUATOR;
	case SLASH_REGEXP:
		return skip_regexp(t) ? WP_PROGRAM_TOKEN_LITERAL : WP_PROGRAM_TOKEN_UNSURE;
	case SLASH_UNSURE:
		return WP_PROGRAM_TOKEN_UNSURE;
	}
	return WP_PROGRAM_TOKEN_UNSURE;
}

static enum wp_program_token_kind take_punctuator(struct wp_program_tokens *t)
{
	char c = *t->at;

	if (starts(t, "<!--") || starts(t, "-->"))
		return WP_PROGRAM_TOKEN_UNSURE; /* a comment in scripts only */
	if (c == '}' && t->depth > 0 && t->nesting[t->depth - 1] == '`') {
		t->depth--;
		t->at++;
		return take_template(t);
	}
	t->at += punctuator_size(t);
	return nest(t, c) ? WP_PROGRAM_TOKEN_PUNCTUATOR : WP_PROGRAM_TOKEN_UNSURE;
}

static enum wp_program_token_kind take(struct wp_program_tokens *t)
{
	unsigned char c = (unsigned char)*t->at;

	if (c == '"' || c == '\'')
		return skip_string(t) ? WP_PROGRAM_TOKEN_LITERAL : WP_PROGRAM_TOKEN_UNSURE;
	if (c == '`') {
		t->at++;
		return take_template(t);
	}
	if (is_digit(c) || (c == '.' && t->end - t->at >= 2 && is_digit((unsigned char)t->at[1])))
		return take_number(t);
	if (is_name_start(c)) {
		skip_word(t);
		return WP_PROGRAM_TOKEN_NAME;
	}
	if (c == '/')
		return take_slash(t);
	return take_punctuator(t);
}

void wp_program_tokens_open(struct wp_program_tokens *tokens, const char *code, size_t size)
{
	memset(tokens, 0, sizeof(*tokens));
	tokens->at = code;
	tokens->end = code + size;
	if (starts(tokens, "#!"))
		skip_line(tokens);
}

struct wp_program_token wp_program_tokens_next(struct wp_program_tokens *t)
{
	struct wp_program_token token = { .kind = WP_PROGRAM_TOKEN_UNSURE };

	if (!skip_space(t, &token.after_newline)) {
		t->last = token;
		return token;
	}
	token.text = t->at;
	if (t->at == t->end)
		token.kind = t->depth == 0 ? WP_PROGRAM_TOKEN_END : WP_PROGRAM_TOKEN_UNSURE;
	else
		token.kind = take(t);
	if (t->at > t->end)
		t->at = t->end;
	token.size = (size_t)(t->at - token.text);
	t->last = token;
	return token;
}

bool wp_program_token_is(const struct wp_program_token *token, const char *text)
{
	return token->size == strlen(text) && memcmp(token->text, text, token->size) == 0;
}
