// duckdb.mjs - answers questions of the tests in DuckDB.
//
// usage: PEERS=FOLDER node duckdb.mjs STATEMENTS
//
// STATEMENTS holds a statement a line. A line that begins with "select" is a question: its rows are printed, a row a line, fields
// behind tabs as DuckDB shows them as text, null as \N, then a line "==". A question that fails prints "error" and why.
import { createRequire } from "node:module";
import { readFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";

const require = createRequire(resolve(process.env.PEERS) + "/");
const { DuckDBInstance } = require("@duckdb/node-api");
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const db = await instance.connect();

const plain = (text) => text.replace(/[\\\t\n\r]/g, (c) => ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" })[c]);

let said = "";
for (const statement of readFileSync(process.argv[2], "utf8").split("\n").filter((line) => line !== "")) {
  if (!statement.startsWith("select")) {
    await db.run(statement);
    continue;
  }
  try {
    const reader = await db.runAndReadAll(`select columns(*)::varchar from (${statement})`);
    for (const row of reader.getRows()) {
      said += row.map((value) => (value === null ? "\\N" : plain(String(value)))).join("\t") + "\n";
    }
  } catch (failure) {
    said += "error\t" + plain(String(failure.message)) + "\n";
  }
  said += "==\n";
}
for (let left = Buffer.from(said); left.length > 0; ) {
  left = left.subarray(writeSync(1, left));
}
