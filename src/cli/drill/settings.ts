import { dirname, resolve } from 'node:path'
import { nearestConfig, readYamlFile } from '../../config/find.ts'
import { type DrillConfig, drillSchema } from '../../drill/config.ts'
import { isDemo, optionsOf, registerPassword } from '../../drill/configured.ts'
import type { DrillOptions } from '../../drill/options.ts'
import { systemClock } from '../../kernel/clock.ts'
import { GatekitError, usageError } from '../../kernel/errors.ts'
import { packageVersion } from '../../kernel/package.ts'
import { schemaProblems } from '../../kernel/schema-problems.ts'
import { createSecrets } from '../../kernel/secrets.ts'
import type { CommandContext } from '../define.ts'

/** What `gatekit drill restore` was asked to do: flags over `drill:` of gatekit.yaml over what is there when nobody says anything. */
export async function drillOptions(
  context: Pick<CommandContext, 'cwd' | 'env' | 'options' | 'signal'>,
  onEvent: DrillOptions['onEvent'],
): Promise<DrillOptions & { isDemo: boolean }> {
  const { options, env, cwd, signal } = context
  const { config, rootDir } = await readConfig(cwd, text(options.config))
  const secrets = createSecrets()
  const urlOf = (flag: string, named: { env: string } | undefined): string | undefined => {
    const url = text(options[flag]) ?? (named ? variable(env, named.env) : undefined)
    if (url !== undefined) registerPassword(secrets, url)
    return url
  }
  const chosen = { ...config, ...flags(options), ...whichBackup(config, context) }
  const world = {
    ...{ rootDir, env, signal, secrets, onEvent, clock: systemClock, tool: `gatekit ${packageVersion}` },
    targetUrl: urlOf('targetUrl', config.targetUrl),
    sourceUrl: urlOf('url', config.url),
    redisUrl: urlOf('redisUrl', config.redisUrl),
  }
  return { ...optionsOf(chosen, world), isDemo: isDemo(chosen) }
}

/** The section `drill:` of the gatekit.yaml that is named or nearest; throws GatekitError with the place of each mistake. */
export async function readConfig(
  cwd: string,
  named: string | undefined,
): Promise<{ config: DrillConfig; rootDir: string }> {
  const path = named === undefined ? await nearestConfig(cwd) : resolve(cwd, named)
  if (path === undefined) return { config: drillSchema.parse({}), rootDir: cwd }
  const source = await readYamlFile(path, cwd)
  if (source.problems.length > 0) throw new GatekitError(source.problems)
  const section = (source.value as { drill?: unknown } | null)?.drill ?? {}
  const parsed = drillSchema.safeParse(section, { reportInput: true })
  if (!parsed.success)
    throw new GatekitError(schemaProblems(parsed.error.issues, drillSchema, source, { base: ['drill'] }))
  return { config: parsed.data, rootDir: dirname(path) }
}

/** What was typed counts alone; then the section; then BACKUP_PATH, as the first drill script had it. */
function whichBackup(
  config: DrillConfig,
  { options, env, cwd }: Pick<CommandContext, 'options' | 'env' | 'cwd'>,
): Partial<DrillConfig> {
  const [backup, dir] = [text(options.backup), text(options.dir)]
  if (backup !== undefined || dir !== undefined)
    return { backup: backup && resolve(cwd, backup), dir: dir && resolve(cwd, dir) }
  return isDemo(config) && env.BACKUP_PATH ? { dir: resolve(cwd, env.BACKUP_PATH) } : {}
}

const names = [
  'engine',
  'depth',
  'rto',
  'rpo',
  'order',
  'pattern',
  'timeout',
  'database',
  'checksum',
  'previous',
] as const

/** Flags that stand for a key of the section. */
function flags(options: Record<string, unknown>): Partial<DrillConfig> {
  const given = Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  )
  const parsed = drillSchema.partial().safeParse(given)
  if (parsed.success) return given
  const [issue] = parsed.error.issues
  throw usageError(`--${String(issue?.path[0])}: ${issue?.message}`, 'gatekit drill restore --help')
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw usageError(`${name} is not set`, `gatekit.yaml takes a URL from it: set ${name}`)
  return value
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
