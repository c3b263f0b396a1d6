import { dirname, resolve } from 'node:path'
import { readYamlFile } from '../../config/find.ts'
import { GatekitError, type Problem } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import type { YamlSource } from '../../kernel/place.ts'
import { schemaProblems } from '../../kernel/schema-problems.ts'
import { secretProblems } from '../../kernel/secret-problems.ts'
import { placeholderProblems } from './placeholders.ts'
import { refusalsOf } from './refusals.ts'
import { type Contract, contractSchema } from './schema.ts'

export interface LoadSettings {
  /** Where the path begins, and what paths in messages are relative to. */
  cwd: string
  /** The gate's own environment, which the target will inherit. */
  env: Readonly<Record<string, string | undefined>>
  /** Hosts beyond this machine that may be contacted, besides `target.allow`. */
  allow?: readonly string[]
}

/**
 * Reads a contract. Throws one GatekitError with every problem and its place: exit 6 for what is refused for safety (a foreign host, a
 * live key, an observer that writes), exit 2 for what is wrong.
 */
export async function loadContract(file: string, { cwd, env, allow = [] }: LoadSettings): Promise<Contract> {
  const path = resolve(cwd, file)
  return parseContract(await readYamlFile(path, cwd), path, { env, allow })
}

/** The same for a text that was read already; `path` is where it stands or would stand. */
export function parseContract(
  source: YamlSource,
  path: string,
  { env, allow }: Required<Pick<LoadSettings, 'env' | 'allow'>>,
): Contract {
  const refusals = refusalsOf(source, { env, allow })
  if (refusals.length > 0) throw new GatekitError(refusals, exitCodes.refused)
  const problems: Problem[] = [...source.problems, ...secretProblems([source])]
  const parsed = contractSchema.safeParse(source.value, { reportInput: true })
  if (!parsed.success && source.value !== undefined)
    problems.push(...schemaProblems(parsed.error.issues, contractSchema, source))
  problems.push(...placeholderProblems(source))
  if (problems.length > 0 || !parsed.success) throw new GatekitError(problems)
  return { ...parsed.data, file: path, dir: dirname(path) }
}
