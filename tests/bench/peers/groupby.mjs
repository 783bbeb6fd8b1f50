// groupby.mjs - the group-by benchmark's questions, asked of DuckDB, ClickHouse (chdb) and Polars on two threads.
//
// usage: node groupby.mjs duckdb-enum|duckdb|clickhouse|polars FILE RUNS [TASK ...]
//
// Prints a line for each run: TASK SECONDS ANSWER (see groupby.lua). A result stays where the program keeps tables, as in
// the published benchmark; nothing is handed over to JavaScript but the answer.
import { createRequire } from "node:module";

const require = createRequire(process.env.PEERS + "/");
const [program, file, n, ...wanted] = process.argv.slice(2);

const all = "id1, id2, id3, id4, id5, id6";
// By, measures a, b, c in SQL; of q8, the two largest v3 of each id6, the whole query.
const largest = {
  duckdb: `select id6, v3 as a from
    (select id6, v3, row_number() over (partition by id6 order by v3 desc) as r from x) where r <= 2`,
  clickhouse: "select id6, v3 as a from x order by v3 desc limit 2 by id6",
};
const questions = {
  q1: ["id1", ["sum(v1)"]],
  q2: ["id1, id2", ["sum(v1)"]],
  q3: ["id3", ["sum(v1)", "avg(v3)"]],
  q4: ["id4", ["avg(v1)", "avg(v2)", "avg(v3)"]],
  q5: ["id6", ["sum(v1)", "sum(v2)", "sum(v3)"]],
  q6: ["id4, id5", { duckdb: ["quantile_cont(v3, 0.5)", "stddev(v3)"],
    clickhouse: ["quantileExactInclusive(0.5)(v3)", "stddevSamp(v3)"] }],
  q7: ["id3", ["max(v1) - min(v2)"]],
  q8: ["id6", ["v3"]],
  q9: ["id2, id4", ["pow(corr(v1, v2), 2)"]],
  q10: [all, ["sum(v3)", "count(*)"]],
};
const names = ["a", "b", "c"];

function query(name, dialect) {
  const [by, list] = questions[name];
  if (name === "q8") return [largest[dialect], 1];
  const measures = Array.isArray(list) ? list : list[dialect];
  const columns = measures.map((m, i) => `${m} as ${names[i]}`).join(", ");
  return [`select ${by}, ${columns} from x group by ${by}`, measures.length];
}

const show = (values) => values.map((v) => {
  const text = Number(v).toPrecision(7);
  return String(Number(text));
}).join(" ");

async function duckdb(enums) {
  const { DuckDBInstance } = require("@duckdb/node-api");
  const db = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  const read = (types) => `read_csv('${file}', header=true, types={'id1': '${types[0]}', 'id2': '${types[1]}',
    'id3': '${types[2]}', 'id4': 'INTEGER', 'id5': 'INTEGER', 'id6': 'INTEGER', 'v1': 'INTEGER', 'v2': 'INTEGER',
    'v3': 'DOUBLE'})`;
  const texts = ["VARCHAR", "VARCHAR", "VARCHAR"];
  if (enums) {
    for (const id of ["id1", "id2", "id3"]) {
      await db.run(`create type ${id}_t as enum (select distinct ${id} from ${read(texts)} order by 1)`);
    }
  }
  await db.run(`create table x as select * from ${read(enums ? ["id1_t", "id2_t", "id3_t"] : texts)}`);
  const sums = async (columns) => Object.values((await db.runAndReadAll(`select count(*), ${columns.join(", ")} from ans`))
    .getRowObjects()[0]);
  return {
    ask: async (name) => db.run(`create or replace table ans as ${query(name, "duckdb")[0]}`),
    answer: async (name) => sums(names.slice(0, query(name, "duckdb")[1]).map((c) => `sum(${c})::double as ${c}`)),
  };
}

async function clickhouse() {
  const { Session } = require("chdb");
  const session = new Session();
  const id = "LowCardinality(String)";
  const structure = `id1 ${id}, id2 ${id}, id3 ${id}, id4 Int32, id5 Int32, id6 Int32, v1 Int32, v2 Int32, v3 Float64`;
  session.query(`create table x (${structure}) engine = Memory`);
  session.query(`insert into x select * from file('${file}', 'CSVWithNames', '${structure}')
    settings max_threads=2, max_insert_threads=2`);
  return {
    ask: async (name) => {
      session.query("drop table if exists ans");
      session.query(`create table ans engine = Memory as ${query(name, "clickhouse")[0]} settings max_threads=2`);
    },
    answer: async (name) => session.query(`select count(), ${names.slice(0, query(name, "clickhouse")[1])
      .map((c) => `sum(${c})`).join(", ")} from ans`, "TSV").trim().split("\t"),
  };
}

async function polars() {
  const pl = require("nodejs-polars");
  const category = pl.Categorical;
  const x = pl.readCSV(file, { dtypes: { id1: category, id2: category, id3: category, id4: pl.Int32, id5: pl.Int32,
    id6: pl.Int32, v1: pl.Int32, v2: pl.Int32, v3: pl.Float64 } });
  const sum = (c, as) => pl.col(c).sum().alias(as);
  const mean = (c, as) => pl.col(c).mean().alias(as);
  const measures = {
    q1: [sum("v1", "a")], q2: [sum("v1", "a")], q3: [sum("v1", "a"), mean("v3", "b")],
    q4: [mean("v1", "a"), mean("v2", "b"), mean("v3", "c")], q5: [sum("v1", "a"), sum("v2", "b"), sum("v3", "c")],
    q6: [pl.col("v3").median().alias("a"), pl.col("v3").std().alias("b")],
    q7: [pl.col("v1").max().sub(pl.col("v2").min()).alias("a")], q10: [sum("v3", "a"), pl.len().alias("b")],
  };
  let ans;
  return {
    has: (name) => measures[name] !== undefined,
    ask: async (name) => { ans = x.groupBy(...questions[name][0].split(", ")).agg(...measures[name]); },
    answer: async (name) => [ans.height, ...measures[name].map((_, i) => ans.getColumn(names[i]).cast(pl.Float64).sum())],
  };
}

const peer = program === "polars" ? await polars() : program === "clickhouse" ? await clickhouse()
  : await duckdb(program === "duckdb-enum");
for (const name of wanted.length ? wanted : Object.keys(questions)) {
  for (let i = 0; i < Number(n) && (!peer.has || peer.has(name)); i++) {
    const start = process.hrtime.bigint();
    await peer.ask(name);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    console.log(name, seconds.toFixed(6), show(await peer.answer(name)));
  }
}
