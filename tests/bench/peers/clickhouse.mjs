// clickhouse.mjs - ClickHouse as a library (chdb) on two threads: engine Memory, LowCardinality for categories.
//
// usage: node clickhouse.mjs typed|found FILE RUNS
import { createRequire } from "node:module";
import { runs } from "./clock.mjs";

const require = createRequire(process.env.PEERS + "/");
const { Session } = require("chdb");

const [task, file, n] = process.argv.slice(2);
const session = new Session();
const category = "LowCardinality(Nullable(String))";
const structure = `pseudoniem String, gemeente ${category}, arbeidsmarktregio ${category}, doelgroep ${category},
  leeftijdsklasse ${category}, opleiding ${category}, geslacht ${category}, in_sonar UInt8, klantprofiel UInt8,
  zichtbaar UInt8, uren Nullable(UInt8), peilmaand ${category}`;
const settings = "settings max_threads=2, max_insert_threads=2, format_csv_delimiter=';', " +
  "input_format_csv_empty_as_default=1, schema_inference_make_columns_nullable=1, input_format_null_as_default=1";

const read = async () => {
  if (task === "typed") {
    session.query(`create table p (${structure}) engine = Memory`);
    session.query(`insert into p select * from file('${file}', 'CSVWithNames', '${structure}') ${settings}`);
  } else {
    session.query(`create table p engine = Memory as select * from file('${file}', 'CSVWithNames') ${settings}`);
  }
  return async () => session.query(`select count(), countIf(in_sonar = 1), countIf(ifNull(opleiding, '') = ''), sum(uren),
    uniqExact(gemeente) from p`, "TSV").trim().split("\t").join(" ");
};
await runs(Number(n), read, async () => { session.query("drop table if exists p"); });
session.close();
