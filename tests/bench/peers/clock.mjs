// clock.mjs - times the runs of a peer: each prints its seconds and its answer.

export async function runs(n, once, drop) {
  for (let i = 0; i < n; i++) {
    if (drop) await drop();
    const start = process.hrtime.bigint();
    const answer = await once();
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    console.log(seconds.toFixed(6), await answer());
  }
}
