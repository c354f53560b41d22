/* prelude_compile - compiles the bundled prelude to QuickJS bytecode as a C header, with the same
 * engine source that the guest holds. Usage: prelude_compile PRELUDE.js HEADER */
#include "guest/inside.h"

#include <quickjs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static char *read_file(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");

	if (!file || fseek(file, 0, SEEK_END))
		return NULL;
	long size = ftell(file);
	char *text = size < 0 ? NULL : calloc(1, (size_t)size + 1);
	rewind(file);
	if (text && fread(text, 1, (size_t)size, file) != (size_t)size)
		return NULL;
	fclose(file);
	*ret_size = (size_t)size;
	return text;
}

static int write_header(const char *path, const uint8_t *code, size_t size)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return -1;
	fprintf(file,
		"/* made from worker-image/prelude */\n#include <stddef.h>\n#include <stdint.h>\n");
	fprintf(file, "static const size_t prelude_bytecode_size = %zu;\n", size);
	fprintf(file, "static const uint8_t prelude_bytecode[] = {");
	for (size_t i = 0; i < size; i++)
		fprintf(file, "%s%u,", i % 20 ? "" : "\n\t", code[i]);
	fprintf(file, "\n};\n");
	return fclose(file);
}

int main(int argc, char **argv)
{
	size_t text_size, code_size;

	if (argc != 3)
		return 2;
	char *text = read_file(argv[1], &text_size);
	JSRuntime *runtime = JS_NewRuntime();
	JSContext *context = runtime ? JS_NewContext(runtime) : NULL;
	if (!text || !context)
		return 1;
	JS_SetStripInfo(runtime, JS_STRIP_DEBUG);
	JSValue program = JS_Eval(context, text, text_size, "prelude",
		JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY);
	uint8_t *code = JS_WriteObject(context, &code_size, program, JS_WRITE_OBJ_BYTECODE);
	if (!code || write_header(argv[2], code, code_size)) {
		fprintf(stderr, "prelude_compile: cannot compile %s\n", argv[1]);
		return 1;
	}
	return 0;
}
