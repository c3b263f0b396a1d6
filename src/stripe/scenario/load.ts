import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { usageError } from '../../kernel/errors.ts'
import { packageFile } from '../../kernel/package.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import { type Scenario, scenario } from './scenario.ts'

/** What is shipped: data sets, and what makes events happen. */
export type Kind = 'seeds' | 'triggers'

const folderOf = (kind: Kind): string => packageFile(join('fixtures', 'stripe', kind))

/** The names of what is shipped, in order. */
export async function scenarioNames(kind: Kind): Promise<string[]> {
  const files = await readdir(folderOf(kind)).catch(() => [])
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/** A shipped scenario; a name that is none is a usage error with the nearest one. */
export async function loadScenario(kind: Kind, name: string): Promise<Scenario> {
  const names = await scenarioNames(kind)
  if (!names.includes(name)) {
    const hint = didYouMean(name, names)
    const title = kind === 'triggers' ? `no trigger for the event "${name}"` : `no seed called "${name}"`
    const all = kind === 'triggers' ? 'gatekit trigger lists them' : `known: ${names.join(', ')}`
    throw usageError(title, hint ?? all)
  }
  const path = join(folderOf(kind), `${name}.yaml`)
  return parseScenario(await readFile(path, 'utf8'), path)
}

/** Reads JSON or YAML; `name` is what errors call it. */
export function parseScenario(text: string, name: string): Scenario {
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 20 })
  } catch (error) {
    throw usageError(`${name}: ${(error as Error).message.split('\n')[0]}`, 'write steps in YAML or JSON')
  }
  const parsed = scenario.safeParse(value)
  if (parsed.success) return parsed.data
  throw usageError(`${name}: ${z.prettifyError(parsed.error)}`, 'a step is { name?, call: "POST /v1/…", params? }')
}
