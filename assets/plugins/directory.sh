#!/usr/bin/env bash
# A directory of files as alerts, as a plugin for Watchfire: each file is an alert, its name the alert's, its first line
# the summary, its age the alert's. Whoever can write a file can raise an alert; whoever removes it resolves it.
# Bash, date and stat; no jq.
#
#     [[source]]
#     name = "problems"
#     kind = "plugin"
#     [source.plugin]
#     command = ["/usr/local/libexec/watchfire/directory.sh", "/var/lib/problems"]
#
# With "systemd" in place of a directory, the failed units of this machine are the alerts.
set -u
LC_ALL=C.UTF-8
what=${1:-/var/lib/problems}

log() { printf '%s! %s\n' "$1" "$2" >&2; }

# A text as a JSON string. Other control characters than these three have no place in a line.
quoted() {
    local text=${1//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\t'/\\t}
    text=${text//[[:cntrl:]]/ }
    printf '"%s"' "$text"
}

answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
fail() { printf '{"jsonrpc":"2.0","id":%s,"error":{"code":%s,"message":%s}}\n' "$1" "$2" "$(quoted "$3")"; }

# A key, a title, a summary, seconds since 1970.
item() {
    local at
    at=$(date -u -d "@$4" +%Y-%m-%dT%H:%M:%SZ) || return
    printf '{"key":%s,"title":%s,"state":"firing","severity":"warning","annotations":{"summary":%s},"started_at":"%s"}' \
        "$(quoted "$1")" "$(quoted "$2")" "$(quoted "$3")" "$at"
}

# One part a hundred items: a line may not be longer than 4 MiB.
part() { printf '{"jsonrpc":"2.0","method":"$/partial","params":{"id":%s,"seq":%d,"items":[%s]}}\n' "$1" "$2" "$3"; }

files() {
    local file
    for file in "$what"/*; do
        [ -f "$file" ] || continue
        local first=''
        IFS= read -r -n 500 first <"$file" || :
        printf '%s\x1f%s\x1f%s\x1f%s\n' "${file##*/}" "${file##*/}" "${first//$'\x1f'/ }" "$(stat -c %Y -- "$file" 2>/dev/null || echo 0)"
    done
}

units() {
    local unit since
    while read -r unit _; do
        since=$(systemctl show -p StateChangeTimestamp --value -- "$unit")
        printf '%s\x1f%s\x1f%s\x1f%s\n' "$unit" "UnitFailed" "$unit has failed" "$(date -d "$since" +%s 2>/dev/null || echo 0)"
    done < <(systemctl list-units --failed --plain --no-legend --no-pager)
}

list() {
    local id=$1 items='' seq=0 count=0 key title summary at one
    if [ "$what" != systemd ] && [ ! -r "$what" ]; then
        fail "$id" -32010 "$what cannot be read"
        return
    fi
    while IFS=$'\x1f' read -r key title summary at; do
        one=$(item "$key" "$title" "$summary" "$at") || continue
        items+=${items:+,}$one
        count=$((count + 1))
        if [ $((count % 100)) -eq 0 ]; then
            part "$id" "$seq" "$items"
            seq=$((seq + 1)) items=''
        fi
    done < <(if [ "$what" = systemd ]; then units; else files; fi)
    [ -z "$items" ] || part "$id" "$seq" "$items"
    answer "$id" '{"complete":true}'
}

# Watchfire writes a question as jsonrpc, id, method, params, in this order and without spaces.
question='^\{"jsonrpc":"2\.0","id":("[^"\\]*"),"method":"([^"\\]*)"'
while IFS= read -r line; do
    if [[ ! $line =~ $question ]]; then
        case $line in
            '{"jsonrpc":"2.0","method":'*) ;; # a word that needs no answer
            *) log W 'a line that is no message was passed over' ;;
        esac
        continue
    fi
    id=${BASH_REMATCH[1]} method=${BASH_REMATCH[2]}
    case $method in
        initialize) answer "$id" '{"protocol":1,"plugin":{"name":"directory.sh","version":"1"},"capabilities":{"alerts":{"watch":{"mode":"poll","floor_ms":10000}}}}' ;;
        alerts/list) list "$id" ;;
        ping | shutdown) answer "$id" '{}' ;;
        *) fail "$id" -32601 "there is no method $method" ;;
    esac
done
