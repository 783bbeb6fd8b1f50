// queries_polars.mjs - the questions of the query benchmark, asked of Polars on two threads, with categoricals.
//
// usage: POLARS_MAX_THREADS=2 node queries_polars.mjs FILE RUNS [TASK ...]
//        prints a line for each run: TASK SECONDS ANSWER (see queries.lua)
//
// Polars has no cube: the margins of d4 are four groupings of the rows, those of d4_steps four of the finest groups.
import { createRequire } from "node:module";
import { answerAll } from "./answers.mjs";

const require = createRequire(process.env.PEERS + "/");
const pl = require("nodejs-polars");

const [file, n, ...wanted] = process.argv.slice(2);
const category = pl.Categorical;
const p = pl.readCSV(file, { sep: ";", dtypes: {
  pseudoniem: pl.Utf8, gemeente: category, arbeidsmarktregio: category, doelgroep: category, leeftijdsklasse: category,
  opleiding: category, geslacht: category, in_sonar: pl.Int8, klantprofiel: pl.Int8, zichtbaar: pl.Int8, uren: pl.Int8,
  peilmaand: category,
} }).withColumns(...["in_sonar", "klantprofiel", "zichtbaar"].map((name) => pl.col(name).eq(1).alias(name)));

const uren = pl.col("uren");
const count = pl.len().alias("n");
const margins = (frame, keys, measure) => [keys, [keys[0]], [keys[1]], []].map((by) => {
  const made = by.length ? frame.groupBy(...by).agg(measure) : frame.select(measure);
  return { by, rows: made };
});
const grouped = (by, ...measures) => [{ by, rows: p.groupBy(...by).agg(...measures) }];
const pair = ["arbeidsmarktregio", "doelgroep"];
const tasks = {
  d1: () => grouped(["arbeidsmarktregio"], count),
  d2: () => [{ by: ["gemeente"], rows: p.lazy().groupBy("gemeente").agg(count, pl.col("in_sonar").sum().alias("known"))
    .withColumns(pl.col("known").div(pl.col("n")).alias("share")).collectSync() }],
  d3: () => {
    const by = [...pair, "leeftijdsklasse"];
    return [{ by, rows: p.lazy().filter(pl.col("in_sonar")).groupBy(by).agg(count).collectSync() }];
  },
  d4: () => margins(p, pair, count),
  d4_steps: () => margins(p.groupBy(...pair).agg(count), pair, pl.col("n").sum()),
  d5: () => grouped(["gemeente", "peilmaand"], uren.cast(pl.Int64).sum().alias("n"), uren.mean().alias("average"),
    uren.min().alias("known"), uren.max().alias("most")),
  d6: () => [{ by: ["gemeente"], rows: p.lazy().filter(pl.col("opleiding").isNull().and(pl.col("zichtbaar").not()))
    .groupBy("gemeente").agg(count).collectSync() }],
  d8: () => grouped(["arbeidsmarktregio"], pl.col("pseudoniem").nUnique().alias("n")),
  d9: () => grouped(["gemeente"], uren.median().mul(2).alias("n")),
};

// In the order of keys: null last, a total after its parts.
const place = (row, key) => (!(key in row) ? [2, ""] : row[key] === null ? [1, ""] : [0, row[key]]);
const rowsOf = (parts) => {
  const keys = parts[0].by;
  return parts.flatMap(({ rows }) => rows.toRecords()).sort((a, b) => {
    for (const key of keys) {
      const [x, y] = [place(a, key), place(b, key)];
      const order = x[0] - y[0] || Buffer.compare(Buffer.from(x[1]), Buffer.from(y[1]));
      if (order) return order;
    }
    return 0;
  });
};
await answerAll(tasks, wanted, n, (task) => task(), rowsOf);
