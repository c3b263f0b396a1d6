import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** The binary of the official CLI inside its npm package; undefined where npm left it out. */
export const cliPath: string | undefined = [
  `../../node_modules/@stripe/cli-${process.platform}-${process.arch}/bin/stripe`,
  `../../node_modules/@stripe/cli-${process.platform}-${process.arch}/bin/stripe.exe`,
]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))

/** Without the binary a test is skipped with a reason that shows, but in CI it runs and fails. */
export const needsCli =
  cliPath === undefined && !process.env.CI ? { skip: 'the binary of @stripe/cli is not installed' } : {}

export interface CliRun {
  code: number | null
  stdout: string
  stderr: string
}

export interface Cli {
  /** Runs a command to its end; killed after 60 seconds. */
  run(args: readonly string[], input?: string): Promise<CliRun>
  /** Starts a command that goes on; it ends with the test. */
  start(args: readonly string[]): RunningCli
}

export interface RunningCli {
  /** Everything it wrote so far, both streams. */
  output(): string
  /** Resolves with the match as soon as the output has one; rejects when the command ends or 20 seconds pass before. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  stop(): Promise<void>
}

export interface CliOptions {
  url: string
  key: string
  /** Path of a Unix socket all its requests go through, whatever their host. */
  socket?: string
}

/** The official CLI with a configuration folder of its own, pointed at a sandbox. */
export function createCli(context: TestContext, { key, socket, url }: CliOptions): Cli {
  if (cliPath === undefined) throw new Error('the binary of @stripe/cli is not installed: npm ci --include=optional')
  const path = cliPath
  const home = mkdtempSync(join(tmpdir(), 'stripe-cli-'))
  const running = new Set<RunningCli>()
  context.after(async () => {
    await Promise.all([...running].map((cli) => cli.stop()))
    rmSync(home, { recursive: true, force: true })
  })
  const launch = (args: readonly string[]) =>
    spawn(path, [...args, '--api-key', key, '--color', 'off'], {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        XDG_CONFIG_HOME: home,
        STRIPE_CLI_TELEMETRY_OPTOUT: '1',
        STRIPE_NO_AUTO_UPDATE: '1',
        ...(socket !== undefined && { STRIPE_CLI_UNIX_SOCKET: socket }),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  return {
    run: (args, input) => finish(launch([...args, '--api-base', url]), input),
    start(args) {
      const cli = follow(launch([...args, '--api-base', url]))
      running.add(cli)
      return cli
    },
  }
}

type Child = ReturnType<typeof spawn>

function finish(child: Child, input = ''): Promise<CliRun> {
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  child.stdin?.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}

function follow(child: Child): RunningCli {
  let text = ''
  let hasEnded = false
  const listeners = new Set<() => void>()
  const notify = () => {
    for (const listener of listeners) listener()
  }
  const take = (chunk: Buffer) => {
    text += chunk.toString('utf8')
    notify()
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      hasEnded = true
      notify()
      resolve()
    }),
  )
  return {
    output: () => text,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => settle(() => reject(new Error(`no ${pattern} within 20 s in:\n${text}`))),
          20_000,
        )
        const look = () => {
          const match = pattern.exec(text)
          if (match) settle(() => resolve(match))
          else if (hasEnded) settle(() => reject(new Error(`it ended without ${pattern}:\n${text}`)))
        }
        const settle = (done: () => void) => {
          clearTimeout(timer)
          listeners.delete(look)
          done()
        }
        listeners.add(look)
        look()
      }),
    async stop() {
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 2000)
      await ended
      clearTimeout(hard)
    },
  }
}
