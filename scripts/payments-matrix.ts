// Runs the payments gate over every mutant and every variant of the reference backend. Written for `npm run payments:matrix`; see --help.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutants } from '../src/backend/mutants/list.ts'
import { variants } from '../src/backend/variants/list.ts'
import {
  type HistoriesResult,
  type MatrixResult,
  type MatrixRow,
  type SeedResult,
  standingOf,
} from '../src/payments/matrix/define.ts'
import { playHistories } from '../src/payments/matrix/histories.ts'
import { renderMatrix } from '../src/payments/matrix/page.ts'
import { matrixRows } from '../src/payments/matrix/rows.ts'
import { runMatrixRow } from '../src/payments/matrix/run.ts'
import { runSeeds } from '../src/payments/matrix/seeds.ts'

const usage = `payments-matrix [--only B1,B4,slow] [--kind mutant|correct|noise] [--results FOLDER] [--resume] [--seed 1]
                [--mode smoke|default] [--named] [--jobs 1]
                [--seeds 1-20 | --histories 10000 [--chunk 500]] [--for SECONDS] [--page FILE] [--render]
  --named      mutants only by the probes that name their defect
  --seeds      mutants only: on each of these seeds, until a probe that names the defect is red
  --histories  right backends only: so many random histories, so many at a time on one process
  --results    keeps one line of JSON for each piece of work; --resume leaves out what is in it already
  --for        begins nothing new after so many seconds; go on with --resume
  --page       writes the table from all results; with --render nothing is run`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kind: { type: 'string' },
    mode: { type: 'string', default: 'default' },
    named: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
    results: { type: 'string', default: 'qa/payments-matrix' },
    resume: { type: 'boolean', default: false },
    render: { type: 'boolean', default: false },
    page: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    histories: { type: 'string' },
    chunk: { type: 'string', default: '500' },
    for: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const stop = new AbortController()
const { signal } = stop
const { env } = process
const until = values.for === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(values.for) * 1000
const seed = Number(values.seed)

async function chosenRows(): Promise<MatrixRow[]> {
  const only = values.only?.split(',')
  const kinds = values.kind?.split(',')
  return (await matrixRows({ variants, mutants }))
    .filter(({ id }) => !only || only.includes(id))
    .filter(({ kind }) => !kinds || kinds.includes(kind))
}

/** One file for each kind of work. */
const files = { rows: 'rows.ndjson', seeds: 'seeds.ndjson', histories: 'histories.ndjson' }

function read<Result>(name: keyof typeof files): Result[] {
  const path = join(values.results, files[name])
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

function keep(name: keyof typeof files, result: object, text: string): void {
  if (signal.aborted) return
  appendFileSync(join(values.results, files[name]), `${JSON.stringify(result)}\n`)
  console.log(text)
}

/** Pieces of work, so many at the same time, until they are done or the time is over. */
async function workOff(pieces: (() => Promise<void>)[]): Promise<void> {
  const queue = pieces.values()
  const work = async () => {
    for (const piece of queue) {
      if (signal.aborted || performance.now() > until) return
      await piece()
    }
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, work))
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

async function lookAtRows(): Promise<void> {
  const known = new Set(read<MatrixResult>('rows').map(({ id }) => id))
  const mode = values.mode === 'smoke' ? ('smoke' as const) : ('default' as const)
  const settings = { mode, seed, namedOnly: values.named, env, signal }
  const rows = (await chosenRows()).filter(({ id }) => !known.has(id))
  await workOff(
    rows.map((row) => async () => {
      const result = await runMatrixRow(row, settings)
      const reds = [...result.deadControls, ...result.reds].join(' ') || result.trouble || '-'
      keep('rows', result, `${standingOf(result).padEnd(9)} ${row.id.padEnd(12)} ${reds}  (${seconds(result.tookMs)})`)
    }),
  )
}

async function lookAtSeeds(range: string): Promise<void> {
  const [first = 1, last = first] = range.split('-').map(Number)
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const known = new Set(read<SeedResult>('seeds').map((each) => `${each.id} ${each.seed}`))
  const rows = (await chosenRows()).filter(({ kind }) => kind === 'mutant')
  const done = (result: SeedResult) => {
    const { id, red, yellow, tookMs, trouble = '-' } = result
    const found = red ?? (yellow ? `${yellow} (yellow)` : trouble)
    keep('seeds', result, `${id.padEnd(12)} seed ${String(result.seed).padEnd(3)} ${found}  (${seconds(tookMs)})`)
  }
  await workOff(
    rows.map((row) => async () => {
      const seeds = all.filter((each) => !known.has(`${row.id} ${each}`))
      if (seeds.length === 0) return
      await runSeeds(row, { seeds, env, signal, done }).catch((error: Error) => console.log(row.id, error.message))
    }),
  )
}

async function lookAtHistories(count: number): Promise<void> {
  const size = Number(values.chunk)
  const known = new Set(read<HistoriesResult>('histories').map((each) => `${each.id} ${each.seed} ${each.from}`))
  const rows = (await chosenRows()).filter(({ kind }) => kind !== 'mutant')
  const starts = Array.from({ length: Math.ceil(count / size) }, (_, index) => index * size)
  const pieces = starts.flatMap((from) => rows.map((row) => ({ row, from })))
  await workOff(
    pieces
      .filter(({ row, from }) => !known.has(`${row.id} ${seed} ${from}`))
      .map(({ row, from }) => async () => {
        const to = Math.min(from + size, count)
        const result = await playHistories(row, { seed, from, to, env, signal })
        const found = result.trouble ?? `${result.alarms.length} alarms, ${result.undecided} undecided`
        keep(
          'histories',
          result,
          `${row.id.padEnd(20)} ${from} to ${to}: ${result.histories} histories, ${found}  (${seconds(result.tookMs)})`,
        )
      }),
  )
}

async function run(): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  mkdirSync(values.results, { recursive: true })
  const name = values.histories !== undefined ? 'histories' : values.seeds !== undefined ? 'seeds' : 'rows'
  if (!values.resume) rmSync(join(values.results, files[name]), { force: true })
  if (values.histories !== undefined) return lookAtHistories(Number(values.histories))
  if (values.seeds !== undefined) return lookAtSeeds(values.seeds)
  return lookAtRows()
}

if (values.help) console.log(usage)
else {
  if (!values.render) await run()
  const matrix = {
    backends: await matrixRows({ variants, mutants }),
    rows: read<MatrixResult>('rows'),
    seeds: read<SeedResult>('seeds'),
    histories: read<HistoriesResult>('histories'),
  }
  if (values.page) writeFileSync(values.page, renderMatrix(matrix))
}
