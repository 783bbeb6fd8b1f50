// polars.mjs - Polars on two threads, with categorical columns where types are stated.
//
// usage: POLARS_MAX_THREADS=2 node polars.mjs typed|found FILE RUNS
import { createRequire } from "node:module";
import { runs } from "./clock.mjs";

const require = createRequire(process.env.PEERS + "/");
const pl = require("nodejs-polars");

const [task, file, n] = process.argv.slice(2);
const category = pl.Categorical;
const dtypes = {
  pseudoniem: pl.Utf8, gemeente: category, arbeidsmarktregio: category, doelgroep: category, leeftijdsklasse: category,
  opleiding: category, geslacht: category, in_sonar: pl.Int8, klantprofiel: pl.Int8, zichtbaar: pl.Int8, uren: pl.Int8,
  peilmaand: category,
};

const read = async () => {
  const p = pl.readCSV(file, task === "typed" ? { sep: ";", dtypes } : { sep: ";", inferSchemaLength: 10000 });
  return async () => {
    const found = p.select(
      pl.len().alias("rows"),
      pl.col("in_sonar").cast(pl.Int64).sum().alias("known"),
      pl.col("opleiding").nullCount().alias("empty"),
      pl.col("uren").cast(pl.Int64).sum().alias("hours"),
      pl.col("gemeente").nUnique().alias("places"),
    ).row(0);
    return found.join(" ");
  };
};
await runs(Number(n), read);
