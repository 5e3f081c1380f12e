#!/bin/sh
# The check of the layers can fail: a good tree passes, and each violation put into it is refused
# by its file and line.
set -u
check=$(cd "$(dirname "$0")" && pwd)/layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

fail()
{
    echo "FAIL: $*"
    failed=1
}

make_good_tree()
{
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/src/base "$tree"/src/io "$tree"/src/corpus "$tree"/src/core \
        "$tree"/src/session "$tree"/ui "$tree"/tests/core
    printf '#include <stdio.h>\n#include "base/a.h"\n' >"$tree"/src/base/a.c
    printf '#include <pthread.h>\n' >"$tree"/src/base/jobs.c
    printf '#include <cjson/cJSON.h>\n#include "base/a.h"\n' >"$tree"/src/io/json.c
    printf '#include <cblas.h>\n' >"$tree"/src/core/linalg.c
    printf '#include "core/model.h"\n#include "corpus/pair.h"\n' >"$tree"/src/session/session.c
    printf '#include <ncurses.h>\n#include "session/session.h"\n' >"$tree"/ui/screen.c
    printf '#include "near.h"\n#include "core/model.h"\n' >"$tree"/tests/core/test_model.c
    printf '#include "session/session.h"\n#include "ui/loop.h"\n' >"$tree"/src/main.c
    awk 'BEGIN { for (i = 0; i < 600; i++) print "/* */" }' >"$tree"/src/base/long.c
}

# refuses FILE TEXT LINE PART: with TEXT in FILE the check fails and names FILE:LINE and PART.
refuses()
{
    make_good_tree
    mkdir -p "$tree/$(dirname "$1")"
    printf '%b' "$2" >"$tree/$1"
    if said=$("$check" "$tree"); then
        fail "$1 with $2 was let through"
        return
    fi
    case $said in
    "$1:$3: "*"$4"*) ;;
    *) fail "$1 with $2: wanted $1:$3 and '$4', got: $said" ;;
    esac
}

make_good_tree
said=$("$check" "$tree") || fail "the good tree was refused: $said"

refuses src/base/x.c '#include <stdio.h>\n#include "io/file.h"\n' 2 'base must not include io'
refuses src/io/x.h '\n\n  #  include "core/model.h"\n' 3 'io must not include core'
refuses src/corpus/x.c '#include "core/model.h"\n' 1 'corpus must not include core'
refuses src/core/x.c '#include "corpus/pair.h"\n' 1 'core must not include corpus'
refuses src/core/x.c '#include "encode/encoder.h"\n' 1 'core must not include encode'
refuses src/session/x.c '#include "command/call.h"\n' 1 'session must not include command'
refuses src/command/x.c '#include "ui/screen.h"\n' 1 'command must not include ui'
refuses tests/base/test_x.c '#include "near.h"\n#include "io/file.h"\n' 2 'base must not include io'
refuses src/base/x.c '#include "a.h"\n' 1 'must be written "layer/file.h"'
refuses src/base/x.c '#include "../io/file.h"\n' 1 'must be written "layer/file.h"'
refuses src/base/x.c '#include FILE_NAME\n' 1 'names no file'
refuses src/util/x.c '\n' 1 '"util" is no layer'
refuses src/io/file.c '#include <cjson/cJSON.h>\n' 1 'belongs to src/io/json.c'
refuses src/core/team.c '#include <stdio.h>\n#include <pthread.h>\n' 2 'belongs to src/base/jobs.c'
refuses src/core/model.c '#include <cblas.h>\n' 1 'belongs to src/core/linalg.c'
refuses src/corpus/x.c '#include <zlib.h>\n' 1 'belongs to src/io/'
refuses src/encode/x.c '#include <curl/curl.h>\n' 1 'belongs to src/encode/wire.c'
refuses src/command/x.c '#include <ncurses.h>\n' 1 'belongs to ui/'
refuses ui/x.c '#include <ncurses.h>\n' 1 'belongs to ui/screen'
refuses src/main.c '#include <readline/readline.h>\n' 1 'belongs to ui/'
refuses src/io/x.c "$(awk 'BEGIN { for (i = 0; i < 601; i++) printf "x\\n" }')" 601 'longer than 600 lines'

rm -rf "${tree:?}"/*
mkdir "$tree"/src
"$check" "$tree" >/dev/null 2>&1 && fail 'a tree without C files was let through'

[ "$failed" = 0 ] && echo "every violation was refused"
exit "$failed"
