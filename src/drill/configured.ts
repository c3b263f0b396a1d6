import { resolve } from 'node:path'
import { parseDuration } from '../kernel/duration.ts'
import { usageError } from '../kernel/errors.ts'
import { packageFile } from '../kernel/package.ts'
import type { DrillConfig } from './config.ts'
import type { DrillOptions } from './options.ts'

/** The world that a drill lives in, and what only its caller knows. */
export type DrillWorld = Pick<
  DrillOptions,
  'rootDir' | 'env' | 'clock' | 'signal' | 'secrets' | 'tool' | 'onEvent' | 'targetUrl' | 'sourceUrl' | 'redisUrl'
>

/** What the demo backup must hold: somebody who named no backup gets one that comes with gatekit. */
const demoTables = { cards: 1000, purchases: 500, artists: 50 }

export const isDemo = ({ backup, dir }: Pick<DrillConfig, 'backup' | 'dir'>): boolean => !backup && !dir

/** A configuration as `runDrill` takes it; paths are relative to the project. A duration that is none is a usage error. */
export function optionsOf(config: DrillConfig, world: DrillWorld): DrillOptions {
  const { rootDir, env, secrets } = world
  const at = (path: string) => resolve(rootDir, path)
  const demo = isDemo(config)
  const key = env.GATEKIT_EVIDENCE_KEY
  if (key) secrets.add('GATEKIT_EVIDENCE_KEY', key)
  const timeoutMs = ms('timeout', config.timeout)
  const { wal } = config.recovery
  return {
    ...world,
    select: {
      ...(config.backup !== undefined && { backup: at(config.backup) }),
      ...(config.dir !== undefined && { dir: at(config.dir) }),
      ...(demo && { dir: packageFile('fixtures/drill/demo') }),
      ...(config.order !== undefined && { order: config.order }),
      ...(config.pattern !== undefined && { pattern: config.pattern }),
      checksum: config.checksum,
      stableMs: demo ? 0 : ms('stable', config.stable),
    },
    decrypt: config.decrypt as DrillOptions['decrypt'],
    allow: config.allow,
    engine: config.engine,
    database: config.database,
    depth: config.depth,
    rtoMs: config.rto === undefined ? undefined : ms('rto', config.rto),
    rpoMs: config.rpo === undefined ? undefined : ms('rpo', config.rpo),
    timeoutMs,
    statementTimeoutMs: Math.min(ms('statementTimeout', config.statementTimeout), timeoutMs),
    expectations: demo ? { ...config, tables: { ...demoTables, ...config.tables } } : config,
    recovery: { ...config.recovery, ...(wal !== undefined && { wal: at(wal) }) },
    evidence: {
      dir: at(config.evidenceDir),
      validForMs: ms('validFor', config.validFor),
      binding: config.previous === 'bind',
      ...(key && { key }),
    },
  }
}

function ms(name: string, value: string): number {
  const parsed = parseDuration(value)
  if (parsed === undefined) throw usageError(`${name}: ${value} is no duration`, 'write it with its unit: 15m, 24h, 8d')
  return parsed
}

/** The password of a URL, as it is written there and as it is, is never shown. */
export function registerPassword(secrets: DrillOptions['secrets'], url: string): void {
  if (!URL.canParse(url)) return
  const { password } = new URL(url)
  if (password) for (const each of new Set([password, decodeURIComponent(password)])) secrets.add('password', each)
}
