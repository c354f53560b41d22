#include "proto/program.h"

#include "proto/program_tokens.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct absent_name {
	const char *name, *advice;
};

/* Names that no isolate has. One row each; the sentence says what to do instead. */
static const struct absent_name absent_names[] = {
	{ "require", "modules cannot be loaded: put the code you need into the program" },
	{ "fetch", "there is no network: pass the data in inputData and read it from input" },
	{ "XMLHttpRequest",
		"there is no network: pass the data in inputData and read it from input" },
	{ "WebSocket", "there is no network: pass the data in inputData and read it from input" },
	{ "process",
		"there is no process object: pass arguments in inputData and read them from input" },
	{ "module",
		"the program is a script, not a module: leave exports out, its last value is the result" },
	{ "exports",
		"the program is a script, not a module: leave exports out, its last value is the result" },
	{ "fs", "there are no files: pass the data in inputData and read it from input" },
	{ "setTimeout", "there are no timers: call the function, or await a promise" },
	{ "setInterval", "there are no timers: call the function in a loop" },
	{ "setImmediate", "there are no timers: call the function, or await a promise" },
	{ "Deno", "there is no host object: pass the data in inputData and read it from input" },
	{ "Bun", "there is no host object: pass the data in inputData and read it from input" },
	{ "window", "there is no browser: use globalThis and what the language has" },
	{ "document", "there is no browser: print with console.log" },
	{ "eval", "code cannot be made from strings: write it as a function" },
	{ "Intl", "there are no locale services: format by hand" },
	{ "Buffer", "there is no Buffer: use Uint8Array" },
};
#define NAMES (sizeof(absent_names) / sizeof(absent_names[0]))

/* What the scan knows when it has seen a token and the one after it. */
struct scan {
	struct wp_program_token before, token;
	char nesting[WP_PROGRAM_NESTING_MAX]; /* around token */
	size_t depth;
	bool conditional;       /* something in this statement decides whether its rest runs */
	const char *statement;  /* where it began */
	const char *use[NAMES]; /* the first use that is certain to run */
	size_t use_depth[NAMES];
	bool known[NAMES];   /* the program may have a thing of that name */
	bool reaches_global; /* the program may add to the global object */
	bool handles_rejections;
	const char *declaration; /* of an import or export, or an awaited import() */
	const char *advice;
};

static bool is_one_of(const struct wp_program_token *token, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (wp_program_token_is(token, words[i]))
			return true;
	}
	return false;
}
#define IS_ONE_OF(token, ...)                                                                      \
	is_one_of(token, (const char *const[]){ __VA_ARGS__ },                                     \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static bool is_top_level(const struct scan *scan)
{
	return memchr(scan->nesting, '{', scan->depth) == NULL;
}

static bool decides(const struct wp_program_token *token)
{
	return IS_ONE_OF(token, "if", "else", "for", "while", "do", "switch", "try", "catch",
		"function", "class", "with", "&&", "||", "??", "?", "?.", "=>",
		"&&=", "||=", "?\?=", "throw", "return");
}

static bool is_member_name(const struct scan *scan)
{
	return IS_ONE_OF(&scan->before, ".", "?.");
}

/* A name that is followed by one of these is used, not declared, unless it is declared right there.
 */
static bool is_use(const struct scan *scan, const struct wp_program_token *next)
{
	return IS_ONE_OF(next, "(", ".", "[") &&
	       !IS_ONE_OF(&scan->before, "function", "class", "var", "let", "const", "typeof", "*",
		       ".", "?.", "async", "get", "set", "static");
}

static void see_name(struct scan *scan, size_t i, const struct wp_program_token *next)
{
	if (!is_use(scan, next)) {
		scan->known[i] = true;
	} else if (is_top_level(scan) && !scan->conditional && !scan->use[i]) {
		scan->use[i] = scan->token.text;
		scan->use_depth[i] = scan->depth;
	}
}

/* What stood in brackets of this statement may have been the arrow's parameters: their defaults may
 * never be evaluated. */
static void see_arrow(struct scan *scan)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (scan->use[i] >= scan->statement && scan->use_depth[i] > scan->depth)
			scan->use[i] = NULL;
	}
}

static void see_import(struct scan *scan, const struct wp_program_token *next)
{
	bool awaited = wp_program_token_is(&scan->before, "await");

	if (scan->declaration || is_member_name(scan))
		return;
	if (scan->depth == 0 &&
		(next->kind == WP_PROGRAM_TOKEN_NAME || next->kind == WP_PROGRAM_TOKEN_LITERAL ||
			IS_ONE_OF(next, "{", "*"))) {
		scan->declaration = scan->token.text;
		scan->advice =
			"the program is a script, not a module: put the code you need into it";
	} else if (wp_program_token_is(next, "(") && awaited && is_top_level(scan) &&
		   !scan->conditional) {
		scan->declaration = scan->token.text;
		scan->advice = NULL; /* only if no handler could catch it */
	}
}

static void see_export(struct scan *scan, const struct wp_program_token *next)
{
	if (scan->declaration || is_member_name(scan) || scan->depth > 0 ||
		!IS_ONE_OF(next, "{", "*", "default", "const", "let", "var", "function", "class",
			"async"))
		return;
	scan->declaration = scan->token.text;
	scan->advice =
		"the program is a script, not a module: leave export out, its last value is the result";
}

static void see_word(struct scan *scan, const struct wp_program_token *next)
{
	const struct wp_program_token *token = &scan->token;

	if (memchr(token->text, '\\', token->size))
		scan->reaches_global = true; /* may spell anything */
	if (wp_program_token_is(token, "import"))
		see_import(scan, next);
	if (wp_program_token_is(token, "export"))
		see_export(scan, next);
	if (wp_program_token_is(token, "catch") || wp_program_token_is(token, "then"))
		scan->handles_rejections = true;
	if (wp_program_token_is(token, "globalThis") ||
		(wp_program_token_is(token, "this") && !wp_program_token_is(next, ".")))
		scan->reaches_global = true;
	for (size_t i = 0; i < NAMES; i++) {
		if (wp_program_token_is(token, absent_names[i].name))
			see_name(scan, i, next);
	}
}

/* A new statement begins: what was decided in the last one is over. */
static bool begins_statement(const struct scan *scan)
{
	return scan->depth == 0 &&
	       (IS_ONE_OF(&scan->before, ";") || IS_ONE_OF(&scan->token, "import", "export") ||
		       (scan->token.after_newline && wp_program_token_is(&scan->token, "const")));
}

/* True: the whole program was understood. */
static bool run_scan(struct scan *scan, const char *code, size_t size)
{
	struct wp_program_tokens tokens;

	wp_program_tokens_open(&tokens, code, size);
	scan->token = wp_program_tokens_next(&tokens);
	while (scan->token.kind != WP_PROGRAM_TOKEN_END &&
		scan->token.kind != WP_PROGRAM_TOKEN_UNSURE) {
		scan->depth = tokens.depth;
		memcpy(scan->nesting, tokens.nesting, tokens.depth);
		if (begins_statement(scan)) {
			scan->conditional = false;
			scan->statement = scan->token.text;
		}
		struct wp_program_token next = wp_program_tokens_next(&tokens);
		if (decides(&scan->token))
			scan->conditional = true;
		if (wp_program_token_is(&scan->token, "=>"))
			see_arrow(scan);
		if (scan->token.kind == WP_PROGRAM_TOKEN_NAME)
			see_word(scan, &next);
		scan->before = scan->token;
		scan->token = next;
	}
	return scan->token.kind == WP_PROGRAM_TOKEN_END;
}

static size_t line_end_at(const char *p, const char *end)
{
	if (*p == '\r')
		return end - p >= 2 && p[1] == '\n' ? 2 : 1;
	if (*p == '\n')
		return 1;
	return end - p >= 3 && (memcmp(p, "\xe2\x80\xa8", 3) == 0 ||
				       memcmp(p, "\xe2\x80\xa9", 3) == 0)
		       ? 3
		       : 0;
}

/* Line terminators before stop; ret_start is where the last line begins. */
static size_t count_line_ends(
	const char *code, const char *stop, const char *end, const char **ret_start)
{
	size_t count = 0;

	*ret_start = code;
	for (const char *p = code; p < stop;) {
		size_t n = line_end_at(p, end);
		p += n ? n : 1;
		if (n > 0) {
			count++;
			*ret_start = p;
		}
	}
	return count;
}

static enum wp_program_refusal refuse_at(const char *code, size_t size, const char *at,
	enum wp_program_refusal refusal, struct wp_program_problem *ret_problem)
{
	const char *start;

	ret_problem->line = count_line_ends(code, at, code + size, &start) + 1;
	ret_problem->column = (size_t)(at - start) + 1;
	return refusal;
}

static enum wp_program_refusal check_scan(
	const char *code, size_t size, struct wp_program_problem *ret_problem)
{
	struct scan scan = { .statement = code };
	bool understood = run_scan(&scan, code, size);
	bool by_declaration =
		scan.declaration && (scan.advice || (understood && !scan.handles_rejections));

	if (by_declaration) {
		snprintf(ret_problem->text, sizeof(ret_problem->text),
			"nothing can be imported or exported: %s",
			scan.advice ? scan.advice : "put the code you need into the program");
		return refuse_at(code, size, scan.declaration, WP_PROGRAM_BLOCKED, ret_problem);
	}
	if (!understood || scan.reaches_global)
		return WP_PROGRAM_FINE;
	for (size_t i = 0; i < NAMES; i++) {
		if (!scan.use[i] || scan.known[i])
			continue;
		snprintf(ret_problem->text, sizeof(ret_problem->text), "%s is not defined: %s",
			absent_names[i].name, absent_names[i].advice);
		return refuse_at(code, size, scan.use[i], WP_PROGRAM_BLOCKED, ret_problem);
	}
	return WP_PROGRAM_FINE;
}

/* The first byte that is no UTF-8 (RFC 3629), NULL if all is. */
static const char *find_no_utf8(const char *text, size_t size)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + size;

	while (s < end) {
		size_t n = *s < 0x80   ? 1
			   : *s < 0xc2 ? 0
			   : *s < 0xe0 ? 2
			   : *s < 0xf0 ? 3
			   : *s < 0xf5 ? 4
				       : 0;
		if (n == 0 || n > (size_t)(end - s))
			return (const char *)s;
		for (size_t i = 1; i < n; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return (const char *)s;
		}
		if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
			(*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
			return (const char *)s;
		s += n;
	}
	return NULL;
}

static size_t count_lines(const char *code, size_t size)
{
	const char *start, *end = code + size;
	size_t ends = count_line_ends(code, end, end, &start);

	return start < end ? ends + 1 : ends;
}

enum wp_program_refusal wp_program_check(
	const char *code, size_t size, struct wp_program_problem *ret_problem)
{
	*ret_problem = (struct wp_program_problem){ .line = 0 };
	if (size > WP_PROGRAM_SIZE_MAX) {
		snprintf(ret_problem->text, sizeof(ret_problem->text),
			"the program has %zu bytes, at most %u are run", size, WP_PROGRAM_SIZE_MAX);
		return WP_PROGRAM_SIZE;
	}
	const char *broken = find_no_utf8(code, size);
	if (broken) {
		snprintf(ret_problem->text, sizeof(ret_problem->text),
			"the program is not valid UTF-8");
		return refuse_at(code, size, broken, WP_PROGRAM_UNICODE, ret_problem);
	}
	size_t lines = count_lines(code, size);
	if (lines > WP_PROGRAM_LINES_MAX) {
		snprintf(ret_problem->text, sizeof(ret_problem->text),
			"the program has %zu lines, at most %u are run", lines,
			WP_PROGRAM_LINES_MAX);
		return WP_PROGRAM_LINES;
	}
	return check_scan(code, size, ret_problem);
}

const char *wp_program_refusal_text(enum wp_program_refusal refusal)
{
	switch (refusal) {
	case WP_PROGRAM_FINE:
		return "";
	case WP_PROGRAM_SIZE:
		return "SIZE";
	case WP_PROGRAM_LINES:
		return "LINES";
	case WP_PROGRAM_UNICODE:
		return "SYNTAX";
	case WP_PROGRAM_BLOCKED:
		return "BLOCKED";
	}
	return "";
}
