#!/bin/sh
# Crawl, wait so many seconds, crawl again: what cron does, for a container that has no cron.
# SIGTERM reaches the crawl, which finishes what is in flight; then this ends too.
set -u
seconds=${1:-3600}
child=
stop() {
    if [ -n "$child" ]; then
        kill -TERM "$child" 2>/dev/null
        wait "$child"
    fi
    exit 0
}
trap stop TERM INT
while :; do
    hemero crawl --max-minutes 50 &
    child=$!
    wait "$child"
    sleep "$seconds" &
    child=$!
    wait "$child"
done
