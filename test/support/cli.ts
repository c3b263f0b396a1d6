import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const tsx = fileURLToPath(new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url))

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunningCli {
  child: ChildProcess
  /** Resolves when stdout or stderr has matched. */
  seen(pattern: RegExp): Promise<RegExpMatchArray>
  ended: Promise<CliResult>
}

/** The flags and addresses of whoever runs the tests must not reach the commands under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = /^(STRIPE_|NOTIFY_|GATEKIT_|OI_|FEATURE_|DATABASE_URL|REDIS_URL|GITHUB_|CI$|NODE_TEST|FORCE_COLOR)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}

/** Starts the command as its user would, from the sources, in a folder of its own. */
export function startCli(cwd: string, args: string[], env: Record<string, string> = {}): RunningCli {
  const child = spawn(process.execPath, ['--import', tsx, main, ...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
  })
  const output = { stdout: '', stderr: '' }
  const waiting: (() => void)[] = []
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
      for (const look of waiting) look()
    })
  }
  const ended = new Promise<CliResult>((done) => child.once('close', (code) => done({ code, ...output })))
  const seen = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((found, missing) => {
      const look = () => {
        const match = `${output.stdout}\n${output.stderr}`.match(pattern)
        if (match) found(match)
      }
      waiting.push(look)
      look()
      void ended.then(({ stdout, stderr }) => missing(new Error(`ended without ${pattern}:\n${stdout}\n${stderr}`)))
    })
  return { child, seen, ended }
}

export const runCli = (cwd: string, args: string[], env: Record<string, string> = {}): Promise<CliResult> =>
  startCli(cwd, args, env).ended

/** A folder with these files, removed with the test. */
export async function makeProject(t: TestContext, files: Record<string, string> = {}): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'gatekit-case-')))
  t.after(() => rm(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  return dir
}

/** A gatekit.yaml with one gate `g` of these checks, each a line of YAML in flow style. */
export const oneGate = (checks: string[], extra = ''): string =>
  [
    'version: 1',
    'project: case',
    'gates:',
    '  - id: g',
    '    title: Case',
    extra && `    ${extra}`,
    '    checks:',
    ...checks.map((check) => `      - ${check}`),
    '',
  ]
    .filter((line) => line !== '')
    .join('\n')
