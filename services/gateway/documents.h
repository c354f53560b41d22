/* documents.h - what the service says about itself: prices, errors, the API description. */
#ifndef GATEWAY_DOCUMENTS_H
#define GATEWAY_DOCUMENTS_H

#include "services/gateway/reply.h"

void document_openapi(struct reply *reply, const char *unused);
void document_pricing(struct reply *reply, const char *unused);
void document_errors(struct reply *reply, const char *unused);
void document_error(struct reply *reply, const char *code);

/* proto/openapi.yaml as JSON, made by the build. */
extern const char openapi_json[];
extern const size_t openapi_json_size;

#endif
