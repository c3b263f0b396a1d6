// Runs the payments gate over every mutant and every variant of the reference backend. Written for `npm run payments:matrix`; see --help.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { mutants } from '../src/backend/mutants/list.ts'
import { variants } from '../src/backend/variants/list.ts'
import { type MatrixResult, type MatrixRow, standingOf } from '../src/payments/matrix/define.ts'
import { renderMatrix } from '../src/payments/matrix/page.ts'
import { runMatrixRow } from '../src/payments/matrix/run.ts'

const usage = `payments-matrix [--only B1,B4,slow] [--kind mutant|variant] [--mode smoke|default] [--named] [--jobs 1]
                [--results FILE] [--resume] [--page FILE] [--seed 1]
  --named    mutants only by the probes that name their defect
  --results  one line of JSON per row; --resume leaves out what is in it already
  --page     writes the table, by default docs/payments-matrix.md; with --render nothing is run`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kind: { type: 'string' },
    mode: { type: 'string', default: 'default' },
    named: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
    results: { type: 'string', default: 'qa/payments-matrix.ndjson' },
    resume: { type: 'boolean', default: false },
    render: { type: 'boolean', default: false },
    page: { type: 'string' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})

async function rowsOf(): Promise<MatrixRow[]> {
  const rows: MatrixRow[] = [
    { id: 'reference', kind: 'correct', summary: 'the reference backend itself', named: [], args: [] },
  ]
  for (const entry of Object.values(variants)) {
    const { id, kind, summary, contract: edit } = await entry.load()
    rows.push({ id, kind, summary, named: [], args: ['--variant', id], edit })
  }
  for (const entry of Object.values(mutants)) {
    const { id, summary, defect, contract: edit } = await entry.load()
    rows.push({ id, kind: 'mutant', summary, named: [defect].flat(), args: ['--mutant', id], edit })
  }
  const only = values.only?.split(',')
  return rows
    .filter(({ id }) => !only || only.includes(id))
    .filter(({ kind }) => !values.kind || (kind === 'mutant') === (values.kind === 'mutant'))
}

const readResults = (): MatrixResult[] =>
  existsSync(values.results)
    ? readFileSync(values.results, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : []

async function run(): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  if (!values.resume && !values.render) writeFileSync(values.results, '')
  const known = new Set(readResults().map(({ id }) => id))
  const queue = (await rowsOf()).filter(({ id }) => !known.has(id))
  const settings = {
    mode: values.mode === 'smoke' ? ('smoke' as const) : ('default' as const),
    seed: Number(values.seed),
    namedOnly: values.named,
    env: process.env,
    signal: stop.signal,
  }
  const work = async (): Promise<void> => {
    for (let row = queue.shift(); row && !stop.signal.aborted; row = queue.shift()) {
      const result = await runMatrixRow(row, settings)
      if (stop.signal.aborted) return
      appendFileSync(values.results, `${JSON.stringify(result)}\n`)
      const reds = [...result.deadControls, ...result.reds].join(' ') || result.trouble || '-'
      console.log(
        `${standingOf(result).padEnd(9)} ${row.id.padEnd(12)} ${reds}  (${Math.round(result.tookMs / 1000)} s)`,
      )
    }
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, work))
}

if (values.help) console.log(usage)
else {
  if (!values.render) await run()
  if (values.page) writeFileSync(values.page, renderMatrix(readResults()))
}
