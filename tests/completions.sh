#!/bin/sh
# The scripts for shells complete what they should: bash by asking it, zsh and fish where they are
# installed. completions.sh MICROSCOPE
set -eu
microscope=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for shell in bash zsh fish; do
    "$microscope" completions "$shell" >"$folder/script.$shell"
done

failed=0

# expect WANT WORD..: the candidates for the last word, sorted, on one line.
expect()
{
    want=$1
    shift
    got=$(cd "$folder" && bash -c '
        source ./script.bash
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _microscope
        printf "%s\n" "${COMPREPLY[@]}"' - "$@" | LC_ALL=C sort | tr '\n' ' ')
    if [ "$got" != "$want " ]; then
        echo "'$*' gives '$got', not '$want'" >&2
        failed=1
    fi
}

if command -v bash >/dev/null; then
    : >"$folder/pairs.jsonl"
    : >"$folder/pairs of mine.jsonl"
    expect 'train' microscope tr
    expect '--help --help-all' microscope --h
    expect 'bash fish zsh' microscope completions ''
    expect '--threads --threshold' microscope prune --thr
    expect 'linear' microscope train --router l
    expect 'linear' microscope train --router = l
    expect 'json jsonl' microscope eval x --mode j
    expect 'pairs of mine.jsonl pairs.jsonl' microscope encode pairs
    expect 'pairs.jsonl' microscope encode x --out pairs.
    expect 'margin' microscope help marg
    expect '' microscope train --heads ''
else
    echo 'bash is not installed; its script was not asked'
fi
if command -v zsh >/dev/null; then
    zsh -n "$folder/script.zsh"
    zsh -f -c 'autoload -U compinit; compinit -D -u; source "$1"; whence -w _microscope' - \
        "$folder/script.zsh" | grep -q 'function'
fi
if command -v fish >/dev/null; then
    fish --no-execute "$folder/script.fish"
    got=$(HOME=$folder fish -c 'source $argv[1]; complete -C "microscope train --router l"' \
        "$folder/script.fish" | cut -f 1 | tr '\n' ' ')
    if [ "$got" != 'linear ' ]; then
        echo "fish gives '$got', not 'linear'" >&2
        failed=1
    fi
fi
exit "$failed"
