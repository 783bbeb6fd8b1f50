// joins_polars.mjs - the questions of the join benchmark, asked of Polars on two threads.
//
// usage: POLARS_MAX_THREADS=2 node joins_polars.mjs FILE RUNS [TASK ...]
//        prints a line for each run: TASK SECONDS ANSWER (see joins.lua)
import { createRequire } from "node:module";

const require = createRequire(process.env.PEERS + "/");
const pl = require("nodejs-polars");

const [file, n, ...wanted] = process.argv.slice(2);
const c = pl.Categorical;
const p = pl.readCSV(file, { sep: ";", dtypes: {
  pseudoniem: pl.Utf8, gemeente: pl.Utf8, arbeidsmarktregio: c, doelgroep: c, leeftijdsklasse: c, opleiding: c, geslacht: c,
  in_sonar: pl.Int8, klantprofiel: pl.Int8, zichtbaar: pl.Int8, uren: pl.Int8, peilmaand: pl.Utf8,
} }).select("pseudoniem", "arbeidsmarktregio", "gemeente", "in_sonar", "uren",
  pl.col("peilmaand").str.slice(0, 4).cast(pl.Int64).mul(12).add(pl.col("peilmaand").str.slice(5, 2).cast(pl.Int64))
    .alias("m"));
const s = p.filter(pl.col("in_sonar").eq(1)).select("pseudoniem", pl.col("uren").cast(pl.Int64).alias("u")).sort("pseudoniem");
const marked = s.select("pseudoniem", pl.lit(1).cast(pl.Int64).alias("known"));
const narrow = p.select("pseudoniem", "gemeente", "m");

const weighed = (r) => {
  const rows = r.toRecords().sort((a, b) => (a.arbeidsmarktregio === null) - (b.arbeidsmarktregio === null)
    || (a.arbeidsmarktregio < b.arbeidsmarktregio ? -1 : 1));
  return `${rows.length} ${rows.reduce((sum, row, i) => sum + (i + 1) * (Number(row.n) + 3 * Number(row.known ?? 0)), 0)}`;
};
const summed = (column) => (r) => `${r.height} ${r.select(pl.col(column).cast(pl.Int64).sum()).row(0)[0]}`;
const cover = () => p.join(marked, { on: "pseudoniem", how: "left" }).groupBy("arbeidsmarktregio")
  .agg(pl.len().alias("n"), pl.col("known").sum().alias("known"));
const distinct = () => p.groupBy("arbeidsmarktregio").agg(pl.col("pseudoniem").nUnique().alias("n"));
const joined = (how) => () => narrow.join(s, { on: "pseudoniem", how });
const tasks = {
  d7_first: [cover, weighed], d7_again: [cover, weighed], d8_first: [distinct, weighed], d8_again: [distinct, weighed],
  inner: [joined("inner"), summed("u")], left: [joined("left"), summed("u")],
  semi: [joined("semi"), summed("m")], anti: [joined("anti"), summed("m")],
  sort: [() => p.select("pseudoniem", "uren").sort("pseudoniem"),
    (r) => `${r.row(0)[0]} ${r.row(r.height - 1)[0]}`],
};

for (const name of wanted.length ? wanted : Object.keys(tasks)) {
  const [task, answer] = tasks[name];
  for (let i = 0; i < Number(n); i++) {
    const start = process.hrtime.bigint();
    const made = task();
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    console.log(name, seconds.toFixed(6), answer(made));
  }
}
