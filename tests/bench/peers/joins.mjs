// joins.mjs - the questions of the join benchmark, asked of DuckDB in memory on two threads, with ENUM columns.
//
// usage: node joins.mjs FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER (see joins.lua)
import { createRequire } from "node:module";

const require = createRequire(process.env.PEERS + "/");
const { DuckDBInstance } = require("@duckdb/node-api");

const [file, n, ...wanted] = process.argv.slice(2);
const categories = ["gemeente", "arbeidsmarktregio"];
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const db = await instance.connect();

for (const name of categories) {
  await db.run(`create type ${name}_t as enum (select distinct ${name} from
    read_csv('${file}', delim=';', header=true, all_varchar=true) where ${name} is not null order by 1)`);
}
const types = categories.map((name) => `'${name}': '${name}_t'`).join(", ");
await db.run(`create table p as select pseudoniem, gemeente, arbeidsmarktregio, in_sonar, uren,
  cast(left(peilmaand, 4) as integer) * 12 + cast(right(peilmaand, 2) as integer) m
  from read_csv('${file}', delim=';', header=true, types={${types}, 'pseudoniem': 'VARCHAR', 'in_sonar': 'BOOLEAN',
  'uren': 'TINYINT', 'peilmaand': 'VARCHAR'})`);
await db.run("create table s as select pseudoniem, uren u from p where in_sonar order by pseudoniem");
await db.run("create table c as select gemeente, m, count(*) n from p where m % 5 = 0 and gemeente is not null group by all");

const cover = `select arbeidsmarktregio, count(*) n, count(s.pseudoniem) known, count(s.pseudoniem) / count(*) as ratio
  from p left join s using (pseudoniem) group by all order by 1 nulls last`;
const distinct = "select arbeidsmarktregio, count(distinct pseudoniem) n, 0 known from p group by all order by 1 nulls last";
const made = (query, column) => [`create or replace table r as ${query}`, `select count(*) a, sum(${column}) b from r`];
const tasks = {
  d7_first: [cover],
  d7_again: [cover],
  d8_first: [distinct],
  d8_again: [distinct],
  inner: made("select pseudoniem, gemeente, m, u from p join s using (pseudoniem)", "u"),
  left: made("select pseudoniem, gemeente, m, u from p left join s using (pseudoniem)", "u"),
  semi: made("select pseudoniem, gemeente, m from p semi join s using (pseudoniem)", "m"),
  anti: made("select pseudoniem, gemeente, m from p anti join s using (pseudoniem)", "m"),
  as_of: made(`select p.pseudoniem, p.gemeente, p.m, c.n from p asof left join c
    on p.gemeente = c.gemeente and p.m >= c.m`, "n"),
  sort: ["create or replace table r as select pseudoniem, uren from p order by pseudoniem",
    "select min(pseudoniem) a, max(pseudoniem) b from r"],
};

for (const name of wanted.length ? wanted : Object.keys(tasks)) {
  const [task, answer] = tasks[name];
  for (let i = 0; i < Number(n); i++) {
    const start = process.hrtime.bigint();
    let rows = (await db.runAndReadAll(task)).getRowObjects();
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    let shown;
    if (answer) {
      const row = (await db.runAndReadAll(answer)).getRowObjects()[0];
      shown = `${row.a} ${row.b}`;
    } else {
      const sum = rows.reduce((s, row, place) => s + (place + 1) * (Number(row.n) + 3 * Number(row.known)), 0);
      shown = `${rows.length} ${sum.toFixed(0)}`;
    }
    console.log(name, seconds.toFixed(6), shown);
  }
}
