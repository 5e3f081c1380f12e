#!/bin/sh
# The examples of scripts run and write their files, and a session that one of them saves gives the
# same numbers again. examples.sh MICROSCOPE SOURCE
set -eu
microscope=$1
source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

complain()
{
    echo "$*" >&2
    failed=1
}

for script in "$source"/docs/examples/*.ms; do
    name=$(basename "$script" .ms)
    mkdir "$folder/$name"
    if ! DATA=$source/data OUT=$folder/$name "$microscope" run "$script" --quiet \
        >"$folder/$name.out" 2>"$folder/$name.err"; then
        complain "$script ends with an error: $(cat "$folder/$name.err")"
        continue
    fi
    files=$(sed -n 's/^[^#]*"\$OUT\/\([^"]*\)".*/\1/p' "$script")
    if [ -z "$files" ]; then
        complain "$script writes no file"
    fi
    for file in $files; do
        if [ ! -s "$folder/$name/$file" ]; then
            complain "$script does not write $file"
        fi
    done
done

# What the saved session shows is what was shown when it was saved.
cp "$folder/prune/prune.ms" "$folder/again.ms"
echo "last after --table summary > '$folder/again.md'" >>"$folder/again.ms"
"$microscope" run "$folder/again.ms" --quiet >"$folder/again.out"
if ! cmp -s "$folder/prune/after.md" "$folder/again.md"; then
    complain "the session that prune.ms saves gives other numbers"
fi
exit $failed
