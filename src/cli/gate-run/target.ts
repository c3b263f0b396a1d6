import { join } from 'node:path'
import { readOnly } from '../../backend/db/read-only.ts'
import type { ReadOnlyDatabase } from '../../checks/define.ts'
import type { Environment } from '../../config/environment.ts'
import { flagVariables, type ProviderFlags } from '../../config/flags.ts'
import { systemClock } from '../../kernel/clock.ts'
import { GatekitError, refusal } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { packageVersion } from '../../kernel/package.ts'
import { embeddedDatabaseUrl, makeKey } from '../../sandbox/credentials.ts'
import type { Service } from '../../sandbox/ports.ts'
import { renderProblems } from '../problems.ts'
import type { Screen } from '../screen.ts'
import type { GateOptions } from './options.ts'

export interface TargetRequest {
  options: GateOptions
  environment: Environment
  flags: ProviderFlags
  /** Whether some gate speaks of a `${service.…}`. */
  needsServices: boolean
  /** No gate is run: nothing has to be there. */
  isIdle: boolean
  qaDir: string
  /** The project's folder, where the paths in checks begin. */
  rootDir: string
  cwd: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  screen: Screen
  sha?: string
  redact(text: string): string
}

/** What the gates judge, running. */
export interface Target {
  services: Partial<Record<Service, string>>
  /** The caller's variables with those of the sandbox laid over them. */
  variables: Record<string, string | undefined>
  secrets: Record<string, string>
  database(url: string): ReadOnlyDatabase | undefined
  /** Why nothing runs after all. */
  unready?: string
  close(): Promise<void>
}

/** Starts what is needed and nothing else: all of it, the sandbox beside the user's application, or nothing. */
async function openTarget(request: TargetRequest): Promise<Target> {
  refuseLiveKeys(request.env, request.environment)
  const { environment, options, needsServices } = request
  if (request.isIdle) return plain(request)
  if (environment.embedded) return openEmbedded(request, ['stripe', 'notify', 'app'])
  if (options.start === undefined && !needsServices) return plain(request)
  const sandbox = await openEmbedded(request, ['stripe', 'notify'])
  if (options.start === undefined) return { ...sandbox, variables: { ...request.env } }
  try {
    return await startBeside(request, sandbox, options.start)
  } catch (error) {
    await sandbox.close()
    throw error
  }
}

/**
 * As openTarget, but an application that does not start, and a Ctrl-C while it does, are results: without a record of them the outputs of
 * the run before would be read as those of this one.
 */
export async function openTargetOrNone(request: TargetRequest): Promise<Target> {
  const { screen, signal } = request
  try {
    return await openTarget(request)
  } catch (error) {
    if (signal.aborted) return { ...plain(request), unready: 'interrupted' }
    if (!(error instanceof GatekitError) || error.exitCode !== exitCodes.undecided) throw error
    screen.complain(renderProblems(error.problems, screen.paint).trimEnd())
    return { ...plain(request), unready: error.problems.map(({ title }) => title).join('; ') }
  }
}

const plain = ({ env }: TargetRequest): Target => ({
  services: {},
  variables: { ...env },
  secrets: {},
  database: () => undefined,
  close: async () => {},
})

async function openEmbedded(request: TargetRequest, only: readonly Service[]): Promise<Target> {
  const { startSystem } = await import('../../sandbox/system.ts')
  request.screen.progress('starting the sandbox …')
  const system = await startSystem({
    only,
    port: 0,
    flags: request.flags,
    clock: systemClock,
    env: request.env,
    qaDir: request.qaDir,
    rootDir: request.rootDir,
    build: { version: packageVersion, ...(request.sha && { sha: request.sha }) },
  })
  return {
    services: system.urls,
    variables: { ...request.env, ...system.variables },
    secrets: system.secrets,
    database: (url) => (url === embeddedDatabaseUrl && system.database ? readOnly(system.database) : undefined),
    close: system.close,
  }
}

/** Starts the user's application with the addresses and keys of the sandbox; what the caller has set already stays as it is. */
async function startBeside(request: TargetRequest, sandbox: Target, command: string): Promise<Target> {
  const { startApp } = await import('../start-app.ts')
  const { environment, options, env, flags, screen, redact } = request
  const baseUrl = environment.baseUrl ?? 'http://127.0.0.1:8000'
  const { port } = new URL(baseUrl)
  const given = {
    ...flagVariables(flags),
    ...sandbox.variables,
    GATEKIT_BASE_URL: baseUrl,
    STRIPE_WEBHOOK_SECRET: env.STRIPE_WEBHOOK_SECRET ?? makeKey('whsec_', undefined),
    NOTIFY_OUTBOX_DIR: join(request.qaDir, 'notify', 'outbox'),
    ...(port && { PORT: port }),
  }
  const variables = { ...given, ...env }
  screen.progress(`starting ${command} …`)
  const app = await startApp({
    command,
    baseUrl,
    waitFor: options.waitFor,
    timeoutMs: options.waitTimeoutMs,
    cwd: request.cwd,
    env: variables,
    signal: request.signal,
    redact,
  })
  const close = async () => {
    await app.stop()
    await sandbox.close()
  }
  return { ...sandbox, services: { ...sandbox.services, app: baseUrl }, variables, close }
}

/** A live key in the environment of a run that is not live would reach an application that may use it. */
function refuseLiveKeys(env: NodeJS.ProcessEnv, { name, mode }: Environment): void {
  if (mode === 'live') return
  const found = Object.entries(env).find(([, value]) => /^[sr]k_live_/.test(value ?? ''))
  if (!found) return
  throw refusal(
    `${found[0]} holds a live key, and environment ${name} is not live`,
    'use a test key, or an environment with mode: live',
  )
}
