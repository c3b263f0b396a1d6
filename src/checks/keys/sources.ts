import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { globExpression } from '../../config/glob.ts'
import { type FoundKey, findKeys } from '../../config/keys.ts'
import type { Place } from '../../kernel/errors.ts'
import type { CheckContext } from '../define.ts'
import { readText } from '../files/content.ts'
import { locateFile, locateFiles, shownPath } from '../files/locate.ts'
import { codeOf } from '../network/trouble.ts'
import { scanHistory } from './history.ts'

const names = z.array(z.string().min(1)).min(1)

/** Something to look for keys in. */
export const sourceSchema = z.union([
  z.strictObject({ env: z.union([z.literal(true), names]).describe('All environment variables, or these') }),
  z.strictObject({
    file: z.string().min(1).describe('A .env file, tfvars, source …; relative to the project'),
    optional: z.literal(true).optional().describe('The file need not exist'),
  }),
  z.strictObject({
    glob: z.string().min(1),
    exclude: z.array(z.string().min(1)).optional().describe('Patterns of files that are passed over'),
    within: z
      .array(z.string().min(1))
      .default([])
      .describe('Folders outside the project that the pattern may lead into'),
  }),
  z.strictObject({ git: z.literal('history').describe('Every line that was ever added, on any branch') }),
])

type Source = z.output<typeof sourceSchema>

export interface LocatedKey extends FoundKey {
  /** `STRIPE_SECRET_KEY`, `.env:3` */
  where: string
  place?: Place
}

export interface Scan {
  keys: LocatedKey[]
  /** What each source held: variables with a value, or files that were read. An optional file that is not there is left out. */
  counts: { source: string; scanned: number }[]
}

/** Reads every source; stand-ins such as `sk_live_xxxx` are no keys. Throws what reading throws, ENOENT for a missing file included. */
export async function scanSources(sources: readonly Source[], context: CheckContext): Promise<Scan> {
  const scan: Scan = { keys: [], counts: [] }
  for (const source of sources) {
    const part = await scanSource(source, context)
    if (!part) continue
    scan.keys.push(...part.keys.filter(({ isPlaceholder }) => !isPlaceholder))
    scan.counts.push(...part.counts)
  }
  return scan
}

async function scanSource(source: Source, context: CheckContext): Promise<Scan | undefined> {
  if ('env' in source) return scanVariables(source.env, context)
  if ('git' in source) {
    const { keys, commits } = await scanHistory(context)
    return { keys, counts: [{ source: 'git history', scanned: commits }] }
  }
  const { rootDir } = context
  if ('file' in source) {
    const path = await locateFile(source.file, { rootDir, within: [] })
    if (source.optional && !(await isThere(path))) return undefined
    return { keys: await scanFile(path, context.rootDir), counts: [{ source: source.file, scanned: 1 }] }
  }
  const excluded = (source.exclude ?? []).map(globExpression)
  const files = (await locateFiles(source.glob, { rootDir, within: source.within })).filter(
    (path) => !excluded.some((expression) => expression.test(shownPath(path, context.rootDir))),
  )
  const keys: LocatedKey[] = []
  for (const path of files) {
    context.signal.throwIfAborted()
    keys.push(...(await scanFile(path, context.rootDir)))
  }
  return { keys, counts: [{ source: source.glob, scanned: files.length }] }
}

function scanVariables(wanted: true | readonly string[], context: CheckContext): Scan {
  const all = context.variables()
  const present = (wanted === true ? Object.keys(all) : wanted).filter((name) => all[name])
  const keys = present.flatMap((name) => findKeys(all[name]!).map((key) => ({ ...key, where: name })))
  const source = wanted === true ? 'environment' : `environment: ${wanted.join(', ')}`
  return { keys, counts: [{ source, scanned: present.length }] }
}

async function scanFile(path: string, rootDir: string): Promise<LocatedKey[]> {
  const file = shownPath(path, rootDir)
  return findKeys(await readText(path)).map((key) => ({
    ...key,
    where: `${file}:${key.line}`,
    place: { file, line: key.line, column: key.column, length: key.value.length },
  }))
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error) => {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    },
  )
