#!/bin/sh
# The shipped data are what the program makes today, are small, and show what they are there to
# show: heads that specialise. data.sh MICROSCOPE SOURCE
set -eu
microscope=$1
data=$2/data
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

bytes=$(cat "$data"/* | wc -c)
if [ "$bytes" -ge 1500000 ]; then
    echo "data/ holds $bytes bytes, 1500000 are allowed" >&2
    exit 1
fi

"$microscope" synth --out "$folder/demo.jsonl" --quiet >"$folder/report"
gzip -dc "$data/demo.jsonl.gz" >"$folder/shipped.jsonl"
cmp "$folder/demo.jsonl" "$folder/shipped.jsonl"

# The mean accuracy of a row of the summary.
mean()
{
    "$microscope" eval "$data/demo.features.safetensors" "$data/demo.model.safetensors" \
        --mode csv --table summary --quiet | awk -F, -v row="$1" '$1 == row { print $2 }'
}
awk -v single="$(mean 'single head')" -v best="$(mean 'best head')" 'BEGIN {
    print "single head " single ", best head by attribute " best
    exit !(single > 0.5 && best > single + 0.1)
}'
