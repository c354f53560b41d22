#!/usr/bin/env bash
# Copies the fetched QuickJS source to OUT and applies our patches. Usage: patch.sh PATCHES OUT
set -euo pipefail
patches=$1 out=$2
rm -rf "$out" && mkdir -p "$out"
cp "${XDG_CACHE_HOME:-$HOME/.cache}/workproof/quickjs-2025.04.26"/*.[ch] "$out/"
for file in "$patches"/*.patch; do
	patch --quiet --no-backup-if-mismatch -d "$out" -p1 < "$file"
done
