#!/bin/sh
# Holds the architecture (docs/architecture.md): which layer may include which, which file alone
# may include a library, and how long a file may be. Prints "file:line: what is wrong" for each
# violation and exits 1 when there is one.
#
#     tests/layers.sh [ROOT]      ROOT: the top of the source tree, by default this one
set -eu
cd "${1:-$(dirname "$0")/..}"

folders=
for folder in src ui tests; do
    if [ -d "$folder" ]; then folders="$folders $folder"; fi
done
# shellcheck disable=SC2086  # a list of words
files=$(find ${folders:-src} -name '*.[ch]' | LC_ALL=C sort)
if [ -z "$files" ]; then
    echo "$PWD: no C files to check" >&2
    exit 1
fi

# shellcheck disable=SC2086  # names in this project hold no spaces
awk '
BEGIN {
    longest = 600

    # A layer includes itself and those to its left.
    lower["base"] = "base"
    lower["io"] = "base io"
    lower["corpus"] = "base io corpus"
    lower["encode"] = "base io encode"
    lower["core"] = "base io core"
    lower["session"] = "base io corpus encode core session"
    lower["command"] = lower["session"] " command"
    lower["ui"] = lower["command"] " ui"
    lower["main"] = lower["ui"]

    # A library is included by one file, or by one folder.
    owner["cjson/"] = "src/io/json.c"
    owner["cJSON.h"] = "src/io/json.c"
    owner["zlib.h"] = "src/io/"
    owner["sys/mman.h"] = "src/io/mapping.c"
    owner["librsvg/"] = "src/io/png.c"
    owner["utf8proc.h"] = "src/base/text.c"
    owner["pthread.h"] = "src/base/jobs.c"
    owner["threads.h"] = "src/base/jobs.c"
    owner["omp.h"] = "nobody"
    owner["cblas"] = "src/core/linalg.c"
    owner["openblas"] = "src/core/linalg.c"
    owner["lapacke.h"] = "src/core/linalg.c"
    owner["curl/"] = "src/encode/wire.c"
    owner["ncurses"] = "ui/screen"
    owner["curses"] = "ui/screen"
    owner["panel.h"] = "ui/"
    owner["menu.h"] = "ui/"
    owner["form.h"] = "ui/"
    owner["term.h"] = "ui/screen"
    owner["readline/"] = "ui/repl"
}

function complain(what)
{
    print FILENAME ":" FNR ": " what
    wrong = 1
}

# The layer of the file being read: "main" for src/main.c, "" for tests that may see everything.
function layer_of(path,    part)
{
    split(path, part, "/")
    if (part[1] == "ui" || path ~ /^src\/ui\//)
        return "ui"
    if (part[1] == "tests")
        return part[3] != "" && part[2] in lower ? part[2] : ""
    return part[3] == "" ? "main" : part[2]
}

function check_own(name,    part, n, i, allowed)
{
    if (split(name, part, "/") != 2) {
        if (FILENAME !~ /^tests\// || name ~ /\//)
            complain("\"" name "\" must be written \"layer/file.h\"")
        return
    }
    if (layer == "")
        return
    n = split(lower[layer], allowed, " ")
    for (i = 1; i <= n; i++)
        if (allowed[i] == part[1])
            return
    complain(layer " must not include " part[1] " (\"" name "\")")
}

function check_system(name,    prefix)
{
    if (FILENAME ~ /^tests\//)
        return
    for (prefix in owner)
        if (index(name, prefix) == 1 && index(FILENAME, owner[prefix]) != 1 && \
            index(FILENAME, "src/" owner[prefix]) != 1)
            complain("<" name "> belongs to " owner[prefix])
}

FNR == 1 {
    layer = layer_of(FILENAME)
    if (layer != "" && !(layer in lower))
        complain("\"" layer "\" is no layer")
}
FNR == longest + 1 { complain("longer than " longest " lines") }

/^[ \t]*#[ \t]*include/ {
    name = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
    open = substr(name, 1, 1)
    name = substr(name, 2)
    if (open == "\"" && sub(/".*/, "", name))
        check_own(name)
    else if (open == "<" && sub(/>.*/, "", name))
        check_system(name)
    else
        complain("an include that names no file")
}
END { exit wrong }
' $files
