// answers.mjs - asks a peer the questions of the query benchmark, and prints a line for each run: TASK SECONDS ANSWER.
//
// ask answers a question within the clock; rowsOf makes of its answer, outside of it, the rows in the order of their keys,
// with the numbers n, known and most that count (see queries.lua).

const number = (value) => Number(value ?? 0);

export async function answerAll(tasks, wanted, n, ask, rowsOf) {
  for (const name of wanted.length ? wanted : Object.keys(tasks)) {
    for (let i = 0; i < Number(n); i++) {
      const start = process.hrtime.bigint();
      const answer = await ask(tasks[name]);
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const rows = rowsOf(answer);
      let sum = 0;
      rows.forEach((row, place) => {
        sum += (place + 1) * (number(row.n) + 3 * number(row.known) + 7 * number(row.most));
      });
      console.log(name, seconds.toFixed(6), rows.length, sum.toFixed(0));
    }
  }
}
