// snapshot.mjs - files of their own that DuckDB and Polars keep a table in, for the benchmark; two threads.
//
// usage: node snapshot.mjs duckdb|parquet save FILE.csv OUT RUNS      a line for each run: SECONDS BYTES
//        node snapshot.mjs duckdb|parquet open OUT                    SECONDS ANSWER, from opening to the first count
import { createRequire } from "node:module";
import { rmSync, statSync } from "node:fs";

const require = createRequire(process.env.PEERS + "/");
const [kind, task, file, out, n] = process.argv.slice(2);
const categories = ["gemeente", "arbeidsmarktregio", "doelgroep", "leeftijdsklasse", "opleiding", "geslacht", "peilmaand"];

const seconds = (start) => (Number(process.hrtime.bigint() - start) / 1e9).toFixed(6);

// Rows of [region, count], in the order of regions.
const tell = (start, rows) => {
  const took = seconds(start);
  const sum = rows.reduce((total, row, place) => total + (place + 1) * Number(row[1]), 0);
  console.log(took, rows.length, sum);
};

const saveAll = async (save) => {
  for (let i = 0; i < Number(n); i++) {
    rmSync(out, { force: true });
    const start = process.hrtime.bigint();
    await save();
    console.log(seconds(start), statSync(out).size);
  }
};

const duckdb = async () => {
  const { DuckDBInstance } = require("@duckdb/node-api");
  if (task === "open") {
    const start = process.hrtime.bigint();
    const instance = await DuckDBInstance.create(file, { threads: "2", access_mode: "READ_ONLY" });
    const db = await instance.connect();
    const asked = await db.runAndReadAll("select arbeidsmarktregio, count(*) from p group by all order by 1");
    return tell(start, asked.getRows());
  }
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const db = await instance.connect();
  await db.run(`create table raw as select * from read_csv('${file}', delim=';', header=true, types={'peilmaand': 'VARCHAR',
    'pseudoniem': 'VARCHAR', 'in_sonar': 'BOOLEAN', 'klantprofiel': 'BOOLEAN', 'zichtbaar': 'BOOLEAN', 'uren': 'TINYINT'})`);
  for (const name of categories) {
    await db.run(`create type ${name}_t as enum (select distinct ${name} from raw where ${name} is not null order by 1)`);
  }
  const coded = categories.map((name) => `${name}::${name}_t as ${name}`).join(", ");
  await db.run(`create table p as select * replace (${coded}) from raw`);
  await db.run("drop table raw");
  await saveAll(async () => {
    await db.run(`attach '${out}' as kept`);
    await db.run("create table kept.p as select * from p");
    await db.run("checkpoint kept");
    await db.run("detach kept");
  });
};

// Arrow's own files, which Polars writes too, cannot hold its categories: their dictionary grows from batch to batch.
const polars = async () => {
  const pl = require("nodejs-polars");
  if (task === "open") {
    const start = process.hrtime.bigint();
    const counts = await pl.scanParquet(file).groupBy("arbeidsmarktregio").agg(pl.len().alias("n")).collect();
    const rows = counts.rows().map(([region, count]) => [String(region), count]);
    rows.sort((a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])));
    return tell(start, rows);
  }
  const dtypes = { pseudoniem: pl.Utf8, in_sonar: pl.Int8, klantprofiel: pl.Int8, zichtbaar: pl.Int8, uren: pl.Int8 };
  for (const name of categories) dtypes[name] = pl.Categorical;
  const p = pl.readCSV(file, { sep: ";", dtypes });
  await saveAll(() => p.writeParquet(out));
};

await (kind === "duckdb" ? duckdb() : polars());
