#!/usr/bin/env bash
# Fetches the sources of QuickJS 2025-04-26 as Debian packages them (source package of trixie), through an
# apt state of its own, so that the host's package lists stay as they are. Checks the pinned SHA-256.
# Quick when they are there. Usage: fetch-quickjs.sh [DIR]; DIR/quickjs-2025.04.26 appears.
set -euo pipefail
version=2025.04.26
sha256=ec81da5b3249ed648dbc7df4a1654988910e66a118d9b71cb63534216efcfbbe
dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/workproof}
archive=quickjs_$version.orig.tar.xz

check() { echo "$sha256  $1" | sha256sum --check --status; }

unpack() {
	local fresh
	fresh=$(mktemp -d "$dir/unpack.XXXXXX")
	tar -xJf "$dir/$archive" -C "$fresh" --strip-components=1
	rm -rf "$dir/quickjs-$version"
	mv "$fresh" "$dir/quickjs-$version"
}

debian_uri() {
	local uri
	uri=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
	[ -n "$uri" ] || uri=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)
	[ -n "$uri" ] || { echo "fetch-quickjs.sh: this host names no Debian archive for apt" >&2; exit 1; }
	echo "$uri"
}

download() {
	local state apt
	state=$(mktemp -d "$dir/apt.XXXXXX")
	trap 'rm -rf "$state"' RETURN
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_uri) trixie main" > "$state/trixie.list"
	apt=(apt-get -qq -o "Dir::Etc::SourceList=$state/trixie.list" -o Dir::Etc::SourceParts=/dev/null
		-o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root)
	"${apt[@]}" update
	(cd "$state" && "${apt[@]}" source --download-only "quickjs=$version-1")
	check "$state/$archive" || { echo "fetch-quickjs.sh: $archive has another SHA-256 than the pinned one" >&2; exit 1; }
	mv "$state/$archive" "$dir/$archive"
}

mkdir -p "$dir"
if [ ! -f "$dir/$archive" ] || ! check "$dir/$archive"; then
	download
	rm -rf "$dir/quickjs-$version"
fi
[ -f "$dir/quickjs-$version/quickjs.c" ] || unpack
