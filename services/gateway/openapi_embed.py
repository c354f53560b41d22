#!/usr/bin/env python3
"""Writes the OpenAPI description as JSON into a C array: openapi_embed.py openapi.yaml openapi.c"""
import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as source:
    text = json.dumps(yaml.safe_load(source), separators=(",", ":"), ensure_ascii=True)
data = text.encode()
rows = (data[i:i + 20] for i in range(0, len(data), 20))
with open(sys.argv[2], "w", encoding="ascii") as out:
    out.write('#include "services/gateway/documents.h"\n\nconst char openapi_json[] = {\n')
    out.writelines("\t" + ", ".join(str(byte) for byte in row) + ",\n" for row in rows)
    out.write(f"}};\nconst size_t openapi_json_size = {len(data)};\n")
