#!/bin/bash
# Make the runs of one scenario, or of a folder of scenarios, with the workers of a Slurm job:
#
#     sbatch --ntasks=65 slurm.sh scenarios/lesotho-2014/status-quo.yaml 10000000
#
# One task is for the scheduler and the driver, each of the others for a worker. The ledger is on the file system that
# the nodes share. When time is up, submit the same again: it goes on from what is sealed.
#SBATCH --job-name=sim
#SBATCH --ntasks=65
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2G
#SBATCH --time=02:00:00
#SBATCH --signal=B:TERM@60
set -euo pipefail

what=${1:?expected a scenario or a folder of them}
runs=${2:?expected a number of runs}
ledger=${LEDGER:-$SLURM_SUBMIT_DIR/ledger}
workers=$((SLURM_NTASKS - 1))
port=$((20000 + SLURM_JOB_ID % 10000))   # another for each job, as several may share this node
address="tls://$(hostname):$port"

# Others who use the cluster can reach the ports. So all parts of this job have one certificate, which nobody else has.
keys=$(mktemp -d "$SLURM_SUBMIT_DIR/keys-XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$keys"' EXIT
openssl req -x509 -newkey rsa:3072 -nodes -days 30 -subj "/CN=sim" \
    -keyout "$keys/key.pem" -out "$keys/certificate.pem" 2>/dev/null
export DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES="[]" DASK_DISTRIBUTED__WORKER__HTTP__ROUTES="[]"   # no pages
export DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=true
export DASK_DISTRIBUTED__COMM__TLS__CA_FILE="$keys/certificate.pem"
for role in SCHEDULER WORKER CLIENT; do
    export "DASK_DISTRIBUTED__COMM__TLS__${role}__CERT=$keys/certificate.pem"
    export "DASK_DISTRIBUTED__COMM__TLS__${role}__KEY=$keys/key.pem"
done

log=$SLURM_SUBMIT_DIR/dask-$SLURM_JOB_ID.log
dask scheduler --protocol tls --host "$(hostname)" --port "$port" --no-dashboard --dashboard-address :0 >>"$log" 2>&1 &
srun --ntasks="$workers" --overlap dask worker "$address" --protocol tls --nthreads 1 --memory-limit 0 \
    --no-dashboard --local-directory "${TMPDIR:-$PWD}" --death-timeout 120 >>"$log" 2>&1 &

sim run "$what" --runs "$runs" --ledger "$ledger" --cluster "$address" --workers "$workers" --wait &
driver=$!
trap 'kill -TERM $driver' TERM           # Slurm sends it a minute before the end: what is done by then is sealed
wait $driver && done=0 || done=$?        # the signal ends this, so the driver is waited for again
if kill -0 $driver 2>/dev/null; then wait $driver && done=0 || done=$?; fi
exit $done
