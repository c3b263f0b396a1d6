import { type HistoriesResult, type MatrixResult, type MatrixRow, type SeedResult, standingOf } from './define.ts'

export interface Matrix {
  backends: readonly MatrixRow[]
  /** One run of the gate for each backend, where there was one. */
  rows: readonly MatrixResult[]
  seeds: readonly SeedResult[]
  histories: readonly HistoriesResult[]
}

/** What is known of one defect. */
interface Caught {
  row: MatrixRow
  result: MatrixResult | undefined
  seeds: SeedResult[]
}

/** What is known of one backend that is right. */
interface Right {
  row: MatrixRow
  result: MatrixResult | undefined
  histories: HistoriesResult[]
}

/** The published table: what was put in front of the gate, and what it said. */
export function renderMatrix({ backends, rows, seeds, histories }: Matrix): string {
  const sorted = [...backends].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
  const resultOf = ({ id }: MatrixRow) => rows.find((each) => each.id === id)
  const mutants = sorted
    .filter(({ kind }) => kind === 'mutant')
    .map((row): Caught => ({ row, result: resultOf(row), seeds: seeds.filter(({ id }) => id === row.id) }))
  const right = sorted
    .filter(({ kind }) => kind !== 'mutant')
    .map((row): Right => ({ row, result: resultOf(row), histories: histories.filter(({ id }) => id === row.id) }))
  return [
    '# What the payments gate catches',
    '',
    'Written by `npm run payments:matrix`. **Self-authored**: gatekit’s own people wrote the backend, its defects and the gate, so the',
    'numbers tell that the gate does what it was made to do and nothing about defects that nobody here thought of.',
    '',
    ...defectSummary(mutants),
    '',
    ...rightSummary(right),
    '',
    '## With a defect',
    '',
    'Red: the probe that names the defect. Deliveries: of the largest history that shows it. Shrunk in: the longest time it took to make it small.',
    'Without a number of seeds: one run on one seed, which may be of an earlier version.',
    '',
    '| mutant | what is wrong | named by | red | caught on seeds | deliveries | shrunk in |',
    '|---|---|---|---|---|---|---|',
    ...mutants.map(caughtRow),
    '',
    '## Right, in other styles',
    '',
    '| backend | what is different | | random histories | alarms | gate red |',
    '|---|---|---|---|---|---|',
    ...right.map(rightRow),
    '',
  ].join('\n')
}

const isRed = ({ red }: SeedResult): boolean => red !== undefined

function standing({ result, seeds }: Caught): 'not run' | 'red' | 'yellow' | 'neither' | 'some seeds' {
  if (seeds.length > 0 && seeds.every(isRed)) return 'red'
  if (seeds.some(isRed)) return 'some seeds'
  if (result && standingOf(result) === 'caught') return 'red'
  const isAdvised = seeds.some(({ yellow }) => yellow !== undefined) || (result && standingOf(result) === 'advised')
  if (isAdvised) return 'yellow'
  return seeds.length > 0 || result ? 'neither' : 'not run'
}

function defectSummary(mutants: readonly Caught[]): string[] {
  const count = (name: ReturnType<typeof standing>) => mutants.filter((each) => standing(each) === name).length
  const all = mutants.flatMap(({ seeds }) => seeds)
  const shown = all.flatMap(({ deliveries }) => (deliveries === undefined ? [] : [deliveries]))
  const shrunk = all.flatMap(({ shrinkMs }) => (shrinkMs === undefined ? [] : [shrinkMs]))
  return [
    '| defects | red every time | red on some seeds | yellow: advice, no rule is broken | neither | not run |',
    '|---|---|---|---|---|---|',
    `| ${mutants.length} | ${count('red')} | ${count('some seeds')} | ${count('yellow')} | ${count('neither')} | ${count('not run')} |`,
    '',
    `${all.length} runs of a defect on a seed: ${all.filter(isRed).length} red by a probe that names it.`,
    ...(shown.length > 0
      ? [
          `Histories that show a defect have ${within(shown, 5)} at most 5 deliveries; making them small took ${within(shrunk, 5_000)} at most 5 s.`,
        ]
      : []),
  ]
}

const within = (numbers: readonly number[], most: number): string =>
  `in ${numbers.filter((each) => each <= most).length} of ${numbers.length} cases`

function rightSummary(right: readonly Right[]): string[] {
  const all = right.flatMap(({ histories }) => histories)
  const sum = (count: (each: HistoriesResult) => number) => all.reduce((total, each) => total + count(each), 0)
  const run = right.filter(({ result }) => result)
  const alarms = run.filter(({ result }) => result && standingOf(result) === 'alarm').length
  return [
    `${right.length} right backends: ${sum(({ histories }) => histories)} random histories with ${sum(({ deliveries }) => deliveries)} deliveries,`,
    `${sum(({ faulty }) => faulty)} of them with something broken and ${sum(({ killed }) => killed)} with a kill; ${sum(({ alarms }) => alarms.length)} false alarms, ${sum(({ undecided }) => undecided)} undecided.`,
    ...(run.length > 0 ? [`The gate’s own run on ${run.length} of them was red on ${alarms}.`] : []),
  ]
}

function caughtRow(caught: Caught): string {
  const { row, result, seeds } = caught
  const found = [...new Set([...seeds.flatMap(({ red }) => red ?? []), ...(result?.deadControls ?? [])])]
  const reds = found.length > 0 ? found : row.named.filter((id) => result?.reds.includes(id))
  const state = standing(caught)
  const red = reds.map((id) => `**${id}**`).join(' ') || (state === 'red' ? '' : state)
  const most = (numbers: (number | undefined)[]) => Math.max(...numbers.map((each) => each ?? 0))
  const deliveries = most(seeds.map((each) => each.deliveries))
  const shrunk = most(seeds.map((each) => each.shrinkMs))
  const cells = [
    row.id,
    row.summary,
    row.named.join(' '),
    red,
    seeds.length > 0 ? `${seeds.filter(isRed).length} of ${seeds.length}` : '',
    deliveries > 0 ? String(deliveries) : '',
    shrunk > 0 ? `${(shrunk / 1000).toFixed(1)} s` : '',
  ]
  return `| ${cells.join(' | ')} |`
}

function rightRow({ row, result, histories }: Right): string {
  const sum = (count: (each: HistoriesResult) => number) => histories.reduce((total, each) => total + count(each), 0)
  const troubles = histories.filter(({ trouble }) => trouble !== undefined).length
  const reds = result && [...result.deadControls, ...result.reds, ...result.yellows.map((id) => `${id} (yellow)`)]
  const looked = reds && (reds.join(' ') || `none (${result.looked})`)
  const alarms = histories.length > 0 ? String(sum((each) => each.alarms.length)) : ''
  const cells = [
    row.id,
    row.summary,
    row.kind,
    histories.length > 0 ? String(sum((each) => each.histories)) : 'not run',
    troubles > 0 ? `${alarms}, ${troubles} not run` : alarms,
    looked ?? 'not run',
  ]
  return `| ${cells.join(' | ')} |`
}
