import { basename } from 'node:path'
import { z } from 'zod'
import { durationSchema } from '../config/duration.ts'
import { drillSchema } from '../drill/config.ts'
import { optionsOf, registerPassword } from '../drill/configured.ts'
import type { DrillRecord } from '../drill/record.ts'
import { packageVersion } from '../kernel/package.ts'
import { type CheckContext, defineCheck, fail, type Outcome, pass, undecided } from './define.ts'
import { emptyExpect, hasAny } from './expect/presence.ts'
import { MissingVariable, quoted, resolveServerUrl, serverUrl } from './options/reference.ts'
import { sabotageDrill } from './sabotage/drill.ts'

const expectation = z
  .strictObject({
    restores: z.literal(true).optional().describe('It restores, and what comes back is what is in the file'),
    tables: z.record(z.string(), z.int().min(0)).optional().describe('Least number of rows of each table'),
    rto: durationSchema.optional().describe('How long the restore may take'),
    rpo: durationSchema.optional().describe('How old the data may be'),
  })
  .refine(hasAny, emptyExpect)

const { backup, dir, pattern, order, engine, depth } = drillSchema.shape

const options = z.strictObject({
  backup,
  dir: dir.describe('Folder whose newest backup is drilled; without backup and dir, the demo that comes with gatekit'),
  pattern,
  order,
  engine,
  depth,
  url: serverUrl.optional().describe('The live source, to compare with; only read'),
  targetUrl: serverUrl.optional().describe('A scratch server'),
  expect: expectation,
})

/** A whole restore drill into scratch; its record is the evidence. */
export const drillCheck = defineCheck({
  type: 'drill',
  sabotage: sabotageDrill,
  summary: 'Restores the newest backup into a scratch database and proves that it is whole',
  options,
  example: { dir: 'backups', expect: { restores: true, tables: { cards: 1 }, rto: '15m', rpo: '24h' } },
  async run({ expect, url, targetUrl, ...given }, context): Promise<Outcome> {
    const reproduce = [commandLine(given)]
    try {
      const open = (reference: z.output<typeof serverUrl> | undefined) => {
        const found = reference === undefined ? undefined : resolveServerUrl(reference, context)
        if (found !== undefined) registerPassword(context.secrets, found)
        return found
      }
      const record = await drill(given, expect, { sourceUrl: open(url), targetUrl: open(targetUrl) }, context)
      await context.evidence('drill.json', JSON.stringify(record, null, 2))
      return { ...judge(record, context.signal), reproduce }
    } catch (error) {
      if (error instanceof MissingVariable) return { ...undecided(error.message), reproduce }
      throw error
    }
  },
})

async function drill(
  given: Omit<z.output<typeof options>, 'expect' | 'url' | 'targetUrl'>,
  { tables = {}, rto, rpo }: z.output<typeof expectation>,
  urls: { sourceUrl: string | undefined; targetUrl: string | undefined },
  { rootDir, clock, signal, secrets, progress, variables }: CheckContext,
): Promise<DrillRecord> {
  const { runDrill } = await import('../drill/flow.ts')
  const config = { ...drillSchema.parse({}), ...given, tables, rto, rpo }
  const world = { rootDir, clock, signal, secrets, env: variables(), tool: `gatekit ${packageVersion}`, ...urls }
  return runDrill({
    ...optionsOf(config, {
      ...world,
      onEvent: (event) => {
        if (event.kind === 'phase') progress(event.name)
      },
    }),
    // The record is evidence of this check; qa/restore is that of `gatekit drill`.
    evidence: undefined,
  })
}

function judge(record: DrillRecord, signal: AbortSignal): Outcome {
  const { status, reason, code, evidence, findings, rto, rpo } = record
  const details = {
    ...(evidence.backup && { backup: basename(evidence.backup.path), sha256: evidence.backup.sha256 }),
    ...(evidence.engine && {
      engine: `${evidence.engine.kind} ${evidence.engine.version}`,
      proof: evidence.engine.proof,
    }),
    tables: evidence.tables.length,
    rows: evidence.rows,
    ...(rto && { rtoMs: rto.ms }),
    ...(rpo && { ageMs: rpo.ms }),
    ...(code && { code }),
  }
  if (status === 'PASS') return pass(details)
  if (status === 'COULD_NOT_VERIFY')
    return undecided(`${code}: ${reason}`, signal.aborted ? 'timeout' : 'other', details)
  const wrong = findings.filter(({ exit }) => exit === 1 || exit === 6)
  const told = wrong.map(({ code: what, object = 'backup', message }) => ({
    subject: `${what} ${object}`,
    expected: 'a backup that restores',
    actual: message,
  }))
  return fail(`${code}: ${reason}`.slice(0, 300), told, details)
}

function commandLine({ backup, dir, pattern, engine, depth }: Omit<z.output<typeof options>, 'expect'>): string {
  const words = Object.entries({ backup, dir, pattern, engine, depth }).flatMap(([name, value]) =>
    value === undefined || value === 'auto' || value === 'full' ? [] : [`--${name} ${quoted(value)}`],
  )
  return ['gatekit drill restore', ...words].join(' ')
}
