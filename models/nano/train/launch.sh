#!/bin/sh
# One process with one thread, in the background, at the lowest priority.
# Usage: ./launch.sh rundir [nano_train.py options]; its id goes to rundir/pid, its output to rundir/log.txt
out=$1; shift
mkdir -p "$out"
export OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1
setsid nohup nice -n 19 "${PY:-python}" -u nano_train.py --out "$out" "$@" >> "$out/log.txt" 2>&1 &
echo $! | tee "$out/pid"
