// queries_clickhouse.mjs - the questions of the query benchmark, asked of ClickHouse as a library (chdb) on two threads:
// engine Memory, LowCardinality for categories.
//
// usage: node queries_clickhouse.mjs FILE RUNS [TASK ...]   prints a line for each run: TASK SECONDS ANSWER (see queries.lua)
import { createRequire } from "node:module";
import { answerAll } from "./answers.mjs";

const require = createRequire(process.env.PEERS + "/");
const { Session } = require("chdb");

const [file, n, ...wanted] = process.argv.slice(2);
const session = new Session();
const category = "LowCardinality(Nullable(String))";
const structure = `pseudoniem String, gemeente ${category}, arbeidsmarktregio ${category}, doelgroep ${category},
  leeftijdsklasse ${category}, opleiding ${category}, geslacht ${category}, in_sonar UInt8, klantprofiel UInt8,
  zichtbaar UInt8, uren Nullable(UInt8), peilmaand ${category}`;
session.query(`create table p (${structure}) engine = Memory`);
session.query(`insert into p select * from file('${file}', 'CSVWithNames', '${structure}') settings max_threads=2,
  max_insert_threads=2, format_csv_delimiter=';', input_format_csv_empty_as_default=1, input_format_null_as_default=1`);

// Of each row the last three fields count: n, known, most; keys stand before them.
const cube = (from, measure) => `select arbeidsmarktregio, doelgroep, ${measure}, 0, 0 from ${from}
  group by cube (arbeidsmarktregio, doelgroep) order by grouping(arbeidsmarktregio), arbeidsmarktregio nulls last,
  grouping(doelgroep), doelgroep nulls last`;
const by = (keys, measures, where = "") => `select ${keys}, ${measures} from p ${where} group by ${keys}
  order by ${keys.split(", ").map((key) => key + " nulls last").join(", ")}`;
const tasks = {
  d1: by("arbeidsmarktregio", "count(), 0, 0"),
  d2: by("gemeente", "countIf(in_sonar = 1) / count(), count(), countIf(in_sonar = 1), 0"),
  d3: by("arbeidsmarktregio, doelgroep, leeftijdsklasse", "count(), 0, 0", "where in_sonar = 1"),
  d4: cube("p", "count()"),
  d4_steps: cube(`(select arbeidsmarktregio, doelgroep, count() n from p group by arbeidsmarktregio, doelgroep)`, "sum(n)"),
  d5: by("gemeente, peilmaand", "avg(uren), sum(uren), min(uren), max(uren)"),
  d6: by("gemeente", "count(), 0, 0", "where opleiding is null and zichtbaar = 0"),
  d8: by("arbeidsmarktregio", "uniqExact(pseudoniem), 0, 0"),
  d9: by("gemeente", "2 * quantileExactInclusive(0.5)(uren), 0, 0"),
};

const number = (field) => (field === "\\N" ? 0 : Number(field));
const rowsOf = (text) => text.split("\n").filter((line) => line !== "").map((line) => {
  const [count, known, most] = line.split("\t").slice(-3).map(number);
  return { n: count, known, most };
});
await answerAll(tasks, wanted, n, (task) => session.query(`${task} settings max_threads=2`, "TSV"), rowsOf);
session.close();
