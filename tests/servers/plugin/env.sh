#!/usr/bin/env bash
# A plugin that shows the names of its variables as one alert.
question='^\{"jsonrpc":"2\.0","id":("[^"]*"),"method":"([^"]*)"'
while IFS= read -r line; do
    [[ $line =~ $question ]] || continue
    id=${BASH_REMATCH[1]} result='{}'
    case ${BASH_REMATCH[2]} in
        initialize) result='{"protocol":1,"plugin":{"name":"env"},"capabilities":{"alerts":true}}' ;;
        alerts/list) result='{"items":[{"key":"F1","started_at":"2026-11-21T01:00:00Z","annotations":{"names":"'$(compgen -e | tr '\n' ' ')'"}}]}' ;;
    esac
    printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result"
done
