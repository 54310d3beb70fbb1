#!/bin/sh
# Two ranks with one thread each, in the background, at the lowest priority.
# Usage: ./launch.sh rundir [nano_train.py options]; process ids go to rundir/pids
out=$1; shift
mkdir -p "$out"
export OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=${MASTER_PORT:-29517}
PY=${PY:-python}
for rank in 0 1; do
  RANK=$rank setsid nohup nice -n 19 "$PY" -u nano_train.py --out "$out" "$@" > "$out/rank$rank.log" 2>&1 &
  [ $rank = 0 ] && echo $! > "$out/pids" || echo $! >> "$out/pids"
done
cat "$out/pids"
