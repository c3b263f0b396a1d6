import { dirname, join, resolve } from 'node:path'
import { nearestConfig, readYamlFile } from '../../config/find.ts'
import { type DrillConfig, drillSchema } from '../../drill/config.ts'
import type { DrillOptions } from '../../drill/options.ts'
import { systemClock } from '../../kernel/clock.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { GatekitError, usageError } from '../../kernel/errors.ts'
import { packageFile, packageVersion } from '../../kernel/package.ts'
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
  const choice = { ...config, ...flags(options) }
  const secrets = createSecrets()
  const urlOf = (flag: string, named: { env: string } | undefined): string | undefined => {
    const url = text(options[flag]) ?? (named ? variable(env, named.env) : undefined)
    if (url !== undefined) registerPassword(secrets, url)
    return url
  }
  const at = (path: string) => resolve(rootDir, path)
  const given = text(options.backup) ?? text(options.dir)
  const backup = given === undefined ? config.backup && at(config.backup) : optional(options.backup, cwd)
  const dir =
    given === undefined
      ? (config.dir && at(config.dir)) || (backup === undefined ? optional(env.BACKUP_PATH, cwd) : undefined)
      : optional(options.dir, cwd)
  const isDemo = !backup && !dir
  const key = env.GATEKIT_EVIDENCE_KEY
  if (key) secrets.add('GATEKIT_EVIDENCE_KEY', key)
  return {
    isDemo,
    rootDir,
    env,
    clock: systemClock,
    signal,
    secrets,
    tool: `gatekit ${packageVersion}`,
    select: {
      ...(backup && { backup }),
      ...(dir && { dir }),
      ...(isDemo && { dir: packageFile('fixtures/drill/demo') }),
      order: choice.order,
      ...(choice.pattern !== undefined && { pattern: choice.pattern }),
      checksum: choice.checksum,
      stableMs: isDemo ? 0 : ms('stable', choice.stable),
    },
    decrypt: choice.decrypt as DrillOptions['decrypt'],
    allow: choice.allow,
    engine: choice.engine,
    targetUrl: urlOf('targetUrl', config.targetUrl),
    sourceUrl: urlOf('url', config.url),
    database: choice.database,
    depth: choice.depth,
    rtoMs: choice.rto === undefined ? undefined : ms('rto', choice.rto),
    rpoMs: choice.rpo === undefined ? undefined : ms('rpo', choice.rpo),
    timeoutMs: ms('timeout', choice.timeout),
    statementTimeoutMs: Math.min(ms('statement-timeout', choice.statementTimeout), ms('timeout', choice.timeout)),
    expectations: isDemo ? drillSchema.parse({ tables: { cards: 1000, purchases: 500, artists: 50 } }) : choice,
    recovery: { ...choice.recovery, ...(choice.recovery.wal !== undefined && { wal: at(choice.recovery.wal) }) },
    evidence: {
      dir: resolve(rootDir, choice.evidenceDir),
      validForMs: ms('valid-for', choice.validFor),
      ...(key && { key }),
    },
    onEvent,
  }
}

async function readConfig(cwd: string, named: string | undefined): Promise<{ config: DrillConfig; rootDir: string }> {
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

/** Flags that stand for a key of the section. */
function flags(options: Record<string, unknown>): Partial<DrillConfig> {
  const names = ['engine', 'depth', 'rto', 'rpo', 'order', 'pattern', 'timeout', 'database', 'checksum'] as const
  const given = Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  )
  const parsed = drillSchema.partial().safeParse(given)
  if (parsed.success) return Object.fromEntries(names.flatMap((name) => (name in given ? [[name, given[name]]] : [])))
  const [issue] = parsed.error.issues
  throw usageError(`--${String(issue?.path[0])}: ${issue?.message}`, 'gatekit drill restore --help')
}

function ms(flag: string, value: string): number {
  const parsed = parseDuration(value)
  if (parsed === undefined)
    throw usageError(`--${flag} ${value} is no duration`, 'write it with its unit: 15m, 24h, 8d')
  return parsed
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw usageError(`${name} is not set`, `gatekit.yaml takes a URL from it: set ${name}`)
  return value
}

/** The password of a URL, as it is written there and as it is. */
function registerPassword(secrets: DrillOptions['secrets'], url: string): void {
  if (!URL.canParse(url)) return
  const { password } = new URL(url)
  if (password) for (const each of [password, decodeURIComponent(password)]) secrets.add('password', each)
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const optional = (value: unknown, cwd: string): string | undefined =>
  typeof value === 'string' && value !== '' ? resolve(cwd, value) : undefined

export const outputPath = (cwd: string, file: string): string => join(resolve(cwd), file)
