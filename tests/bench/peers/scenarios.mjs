// scenarios.mjs - the what-ifs of the scenario benchmark, asked of DuckDB in memory on two threads.
//
// usage: node scenarios.mjs FILE RUNS        prints a line for each run: TASK SECONDS QUESTIONS ANSWER CPU
// (see scenarios.lua)
import { createRequire } from "node:module";

const require = createRequire(process.env.PEERS + "/");
const { DuckDBInstance } = require("@duckdb/node-api");

const [file, given] = process.argv.slice(2);
const runs = Number(given);
const names = ["gemeente", "arbeidsmarktregio", "doelgroep", "geslacht"];
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const db = await instance.connect();

for (const name of names) {
  await db.run(`create type ${name}_t as enum (select distinct ${name} from
    read_csv('${file}', delim=';', header=true, all_varchar=true) where ${name} is not null order by 1)`);
}
const types = names.map((name) => `'${name}': '${name}_t'`).join(", ");
await db.run(`create table persons as select ${names.join(", ")}, in_sonar from
  read_csv('${file}', delim=';', header=true, types={${types}, 'in_sonar': 'BOOLEAN'})`);
const make_cells = `create or replace table cells as
  select gemeente, arbeidsmarktregio, doelgroep, geslacht, in_sonar, count(*) n from persons group by all`;

// What part of a cell is known where shares $a of the women and then $b of the Wajong who are still unknown register.
const part = (a, b) => `case when in_sonar then 1 else
  1 - (1 - case when geslacht = 'V' then ${a} else 0 end) * (1 - case when doelgroep = 'Wajong' then ${b} else 0 end) end`;
const number = (value) => Number(value);

async function rows(sql) {
  return (await db.runAndReadAll(sql)).getRows();
}

async function timed(task, n, ask, answer_of) {
  for (let run = 0; run < runs; run++) {
    const start = process.hrtime.bigint(), cpu = process.cpuUsage();
    const result = await ask();
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const used = process.cpuUsage(cpu);
    console.log(task, seconds.toFixed(6), n, (answer_of ? await answer_of() : result).toFixed(3),
      ((used.user + used.system) / 1e6).toFixed(6));
  }
}

await db.run(`create table points as select (row_number() over (order by a, b)) - 1 as i, a, b
  from (select range / 100.0 as a from range(100)), (select range / 100.0 as b from range(100))`);
const points = (await rows("select a, b from points order by i")).map((row) => row.map(number));

await timed("cells", 1, async () => {
  await db.run(make_cells);
  return number((await rows("select sum(n) from cells"))[0][0]);
});

// One by one: every 97th point, on the rows fewer.
async function one_by_one(table, weight, step) {
  let sum = 0;
  for (let i = 0; i < 10000; i += step) {
    const [a, b] = points[i];
    const [[, known]] = await rows(`select sum(${weight}), sum(${weight} * (${part(a, b)})) from ${table}`);
    sum += number(known);
  }
  return sum;
}
await timed("one_full", 4, () => one_by_one("persons", "1", 2500));
await timed("one_cells", 104, () => one_by_one("cells", "n", 97));

// A sweep is a table of its results; adding its rows up, each by its place modulo 7, is not timed.
async function swept(task, n, sql, order) {
  await timed(task, n, () => db.run(`create or replace table result as ${sql}`), async () =>
    (await rows(`select known from result order by ${order}`))
      .reduce((sum, row, i) => sum + number(row[0]) * ((i % 7) + 1), 0));
}

// All at once: the cells are put together by what the question tells apart, then joined with the points.
const lumps = (by) => `select ${by} geslacht, doelgroep, in_sonar, sum(n) n from
  (select ${by} in_sonar, n, case when geslacht = 'V' then 'V' end geslacht,
   case when doelgroep = 'Wajong' then 'Wajong' end doelgroep from cells) group by all`;
await swept("sweep_total", 10000, `with c as (${lumps("")})
  select i, register, known, known / register dekking from
  (select i, sum(n) register, sum(n * (${part("a", "b")})) known from points, c group by i)`, "i");
await swept("sweep_region", 10000, `with c as (${lumps("arbeidsmarktregio,")})
  select i, arbeidsmarktregio, register, known, known / register dekking from (select i, arbeidsmarktregio,
  sum(n) register, sum(n * (${part("a", "b")})) known from points, c group by i, arbeidsmarktregio)`,
  "i, arbeidsmarktregio nulls last");

await db.run(`create table places as select (row_number() over (order by a, gemeente)) - 1 as i, gemeente, a from
  (select distinct gemeente from persons where gemeente is not null), (select range / 30.0 as a from range(30))`);
const [[n_places]] = await rows("select count(*) from places");
await swept("sweep_place", number(n_places), `with u as (select gemeente, sum(n) n from cells where not in_sonar
  group by 1), t as (select sum(n) register, sum(n) filter (where in_sonar) known from cells)
  select i, t.register, t.known + a * u.n known, (t.known + a * u.n) / t.register dekking
  from places join u using (gemeente), t`, "i");
