import { z } from 'zod'
import { jsonPathSchema, selectJson } from '../../kernel/json-path.ts'
import { openReadOnly } from '../database/open.ts'
import { querySchema } from '../database/query.ts'
import type { CheckContext } from '../define.ts'
import { readText } from '../files/content.ts'
import { locateFiles } from '../files/locate.ts'
import { send } from '../network/exchange.ts'
import { buildRequest, requestSchema } from '../network/request.ts'
import { resolveServerUrl } from '../options/reference.ts'

/** Where the effect of an event shows, as a number; `${event.…}` in its texts is filled in. */
export const probeSchema = z
  .strictObject({
    sql: querySchema.optional().describe('A query that selects one number'),
    http: requestSchema
      .safeExtend({
        count: jsonPathSchema.describe('A number, a list (its length), or [*] (the number of matches)'),
        zeroStatus: z.int().min(400).max(499).optional().describe('This status means that there is no effect yet'),
      })
      .optional(),
    file: z
      .strictObject({ glob: z.string().min(1), contains: z.string().min(1).optional() })
      .optional()
      .describe('Number of files, of those that contain a text where one is given'),
  })
  .refine((probe) => Object.values(probe).filter((each) => each !== undefined).length === 1, {
    error: 'expected exactly one of sql, http and file',
  })

export type Probe = z.output<typeof probeSchema>

/** The probe answered, and not with a number. */
export class BrokenProbe extends Error {
  override readonly name = 'BrokenProbe'
}

/** Counts effects now. Throws BrokenProbe, and whatever asking throws. */
export interface EffectCounter {
  count(): Promise<number>
  close(): Promise<void>
}

/** Opens a filled-in probe; a database connection is kept between counts. */
export async function openProbe(probe: Probe, context: CheckContext): Promise<EffectCounter> {
  const nothing = async () => {}
  if (probe.http) {
    const { http } = probe
    return { count: () => countByHttp(http, context), close: nothing }
  }
  if (probe.file) {
    const { file } = probe
    return { count: () => countFiles(file, context), close: nothing }
  }
  const { db, query, params } = probe.sql!
  const database = await openReadOnly(resolveServerUrl(db, context), context, { statementTimeoutMs: 10_000 })
  return {
    close: () => database.close(),
    async count() {
      const { rows } = await database.query(query, params)
      const cells = rows.flatMap((row) => Object.values(row))
      if (cells.length !== 1)
        throw new BrokenProbe(`probe.sql selected ${cells.length} values; it must select one number`)
      return asCount(cells[0], 'probe.sql')
    },
  }
}

async function countByHttp(
  { count, zeroStatus, ...request }: NonNullable<Probe['http']>,
  context: CheckContext,
): Promise<number> {
  const { response } = await send(buildRequest(request, context), context)
  if (response.status === zeroStatus) return 0
  if (response.status >= 300) throw new BrokenProbe(`probe.http answered ${response.status}`)
  let document: unknown
  try {
    document = JSON.parse(response.body)
  } catch {
    throw new BrokenProbe('probe.http did not answer with JSON')
  }
  const matches = selectJson(document, count)
  if (count.includes('*')) return matches.length
  const value = matches[0]?.value
  return Array.isArray(value) ? value.length : asCount(value, `probe.http, ${count}`)
}

async function countFiles({ glob, contains }: NonNullable<Probe['file']>, { rootDir }: CheckContext): Promise<number> {
  const files = await locateFiles(glob, { rootDir, within: [] })
  if (contains === undefined) return files.length
  const texts = await Promise.all(files.map((file) => readText(file)))
  return texts.filter((text) => text.includes(contains)).length
}

function asCount(value: unknown, what: string): number {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count
  throw new BrokenProbe(`${what} is not a number of effects`)
}
