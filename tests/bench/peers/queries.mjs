// queries.mjs - the questions of the query benchmark, asked of DuckDB in memory on two threads, with ENUM columns.
//
// usage: node queries.mjs FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER (see queries.lua)
import { createRequire } from "node:module";
import { answerAll } from "./answers.mjs";

const require = createRequire(process.env.PEERS + "/");
const { DuckDBInstance } = require("@duckdb/node-api");

const [file, n, ...wanted] = process.argv.slice(2);
const categories = ["gemeente", "arbeidsmarktregio", "doelgroep", "leeftijdsklasse", "opleiding", "geslacht", "peilmaand"];
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const db = await instance.connect();

for (const name of categories) {
  await db.run(`create type ${name}_t as enum (select distinct ${name} from
    read_csv('${file}', delim=';', header=true, all_varchar=true) where ${name} is not null order by 1)`);
}
const types = categories.map((name) => `'${name}': '${name}_t'`).join(", ");
await db.run(`create table p as select * from read_csv('${file}', delim=';', header=true, types={${types},
  'pseudoniem': 'VARCHAR', 'in_sonar': 'BOOLEAN', 'klantprofiel': 'BOOLEAN', 'zichtbaar': 'BOOLEAN', 'uren': 'TINYINT'})`);

// Numbers of a row that count in the answer: n, known, most, as in queries.lua; 0 where a task has none.
const tasks = {
  d1: "select arbeidsmarktregio, count(*) n, 0 known, 0 most from p group by all order by 1 nulls last",
  d2: `select gemeente, count(*) n, count(*) filter (where in_sonar) known, 0 most,
       count(*) filter (where in_sonar) / count(*) as ratio from p group by all order by 1 nulls last`,
  d3: `select arbeidsmarktregio, doelgroep, leeftijdsklasse, count(*) n, 0 known, 0 most from p where in_sonar
       group by all order by 1 nulls last, 2 nulls last, 3 nulls last`,
  d4: `select arbeidsmarktregio, doelgroep, count(*) n, 0 known, 0 most from p
       group by cube (arbeidsmarktregio, doelgroep)
       order by grouping(arbeidsmarktregio), 1 nulls last, grouping(doelgroep), 2 nulls last`,
  d4_steps: `select arbeidsmarktregio, doelgroep, sum(n) n, 0 known, 0 most
       from (select arbeidsmarktregio, doelgroep, count(*) n from p group by all)
       group by cube (arbeidsmarktregio, doelgroep)
       order by grouping(arbeidsmarktregio), 1 nulls last, grouping(doelgroep), 2 nulls last`,
  d5: `select gemeente, peilmaand, sum(uren) n, min(uren) known, max(uren) most, avg(uren) average from p
       group by all order by 1 nulls last, 2 nulls last`,
  d6: `select gemeente, count(*) n, 0 known, 0 most from p where opleiding is null and not zichtbaar
       group by all order by 1 nulls last`,
  d8: `select arbeidsmarktregio, count(distinct pseudoniem) n, 0 known, 0 most from p
       group by all order by 1 nulls last`,
  d9: "select gemeente, 2 * quantile_cont(uren, 0.5) n, 0 known, 0 most from p group by all order by 1 nulls last",

  // Asked for by name: see queries.lua.
  equal: "select count(*) n, 0 known, 0 most from p where pseudoniem = '8000000000000000'",
  starts: `select gemeente, count(*) n, 0 known, 0 most from p where starts_with(pseudoniem, 'ab') group by all
       order by 1 nulls last`,
  contains: "select count(*) n, 0 known, 0 most from p where contains(pseudoniem, 'abc')",
  regexp: "select count(*) n, 0 known, 0 most from p where regexp_matches(pseudoniem, '^a.*f$')",
  part: "select substr(pseudoniem, 1, 2) k, count(*) n, 0 known, 0 most from p group by all order by 1 nulls last",
  length: "select length(pseudoniem) k, count(*) n, 0 known, 0 most from p group by all order by 1 nulls last",
  upper: `select upper(pseudoniem) k, count(*) n, 0 known, 0 most from p where uren = 40 group by all
       order by 1 nulls last`,
  joined: "select geslacht || '-' || opleiding k, count(*) n, 0 known, 0 most from p group by all order by 1 nulls last",
  case: `select gemeente, sum(case when uren > 20 then uren else 0 end) n, 0 known, 0 most from p group by all
       order by 1 nulls last`,
  coalesce: "select gemeente, sum(coalesce(uren, 10)) n, 0 known, 0 most from p group by all order by 1 nulls last",
  either: `select gemeente, count(*) n, 0 known, 0 most from p
       where uren > 30 or in_sonar and not zichtbaar or opleiding is null group by all order by 1 nulls last`,
  round: "select round(uren / 7, 1) k, count(*) n, 0 known, 0 most from p group by all order by 1 nulls last",
  deviation: "select gemeente, stddev(uren) n, 0 known, 0 most from p group by all order by 1 nulls last",
  mode: "select gemeente, count(*) n, 0 known, 0 most, mode(opleiding) m from p group by all order by 1 nulls last",
  least: "select gemeente, count(*) n, 0 known, 0 most, min(pseudoniem) m from p group by all order by 1 nulls last",
  filters: `select gemeente, count(*) filter (where uren > 20) n,
       count(*) filter (where in_sonar and klantprofiel) known, sum(uren) filter (where zichtbaar) most
       from p group by all order by 1 nulls last`,
  six: `select arbeidsmarktregio, doelgroep, leeftijdsklasse, opleiding, geslacht, peilmaand, count(*) n, 0 known,
       sum(uren) most from p group by all order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last,
       5 nulls last, 6 nulls last`,
};
const always = Object.keys(tasks).filter((name) => /^d\d/.test(name));

await answerAll(tasks, wanted.length ? wanted : always, n, (task) => db.runAndReadAll(task), (reader) => reader.getRowObjects());
