#!/bin/sh
# docs/reference.md and docs/topics.md are what the program writes, and the manual page is one that
# groff takes without a warning. pages.sh MICROSCOPE SOURCE
#
#     tests/pages.sh build/src/microscope . --write      writes the pages again
set -eu
microscope=$1
docs=$2/docs
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$microscope" help --all --mode markdown >"$folder/reference.md"
"$microscope" help --topics --mode markdown >"$folder/topics.md"
for page in reference topics; do
    if [ "${3-}" = --write ]; then
        cp "$folder/$page.md" "$docs/$page.md"
    elif ! diff -u "$docs/$page.md" "$folder/$page.md"; then
        echo "docs/$page.md is not current: tests/pages.sh MICROSCOPE SOURCE --write" >&2
        exit 1
    fi
done

"$microscope" help --man >"$folder/microscope.1"
if LC_ALL=C grep -n '[^ -~]' "$folder/microscope.1"; then
    echo "the manual page has a byte that is no ASCII" >&2
    exit 1
fi
if command -v groff >/dev/null; then
    groff -ww -man -Tutf8 "$folder/microscope.1" >"$folder/page" 2>"$folder/warnings"
    if [ -s "$folder/warnings" ]; then
        cat "$folder/warnings" >&2
        exit 1
    fi
    grep -q 'NAME' "$folder/page"
fi
