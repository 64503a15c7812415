# One PostgreSQL server for tests, on loopback, in a folder that vanishes with it. Arguments: the server's programs, the
# folder, the port. Orders come line by line on standard input (start, stop); each is answered by a line. The end of the
# input, which also comes when the test process dies, ends the server and removes the folder.
set -u
bin=$1 folder=$2 port=$3
data=$folder/data
trap 'rm -rf "$folder"' EXIT

"$bin/initdb" --pgdata="$data" --username=cronwright --pwfile="$folder/password" --auth=scram-sha-256 \
  --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || { tail -3 "$folder/initdb.log"; exit 1; }
cat >>"$data/postgresql.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
fsync = off
max_connections = 300
SETTINGS
cat "$folder/settings" >>"$data/postgresql.conf"

while read -r order; do
  case $order in
    start) "$bin/pg_ctl" --pgdata="$data" --log="$folder/log" --wait --timeout=60 start >/dev/null 2>&1 ;;
    stop) "$bin/pg_ctl" --pgdata="$data" --wait --mode=immediate stop >/dev/null 2>&1 ;;
  esac && echo done || { tail -3 "$folder/log"; exit 1; }
done
"$bin/pg_ctl" --pgdata="$data" --wait --mode=immediate stop >/dev/null 2>&1
