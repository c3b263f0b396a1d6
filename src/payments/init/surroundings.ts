import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the files of a project tell about how it is started and configured; never a value of a secret. */
export interface Surroundings {
  start?: string
  secretEnv: string
  apiKeyEnv?: string
  apiBaseEnv?: string
  paypalWebhookIdEnv?: string
  paypalBaseEnv?: string
  portEnv?: string
  /** Variable that turns production mode on. */
  productionEnv?: string
}

const configured = ['.env.example', '.env.sample', '.env.template', 'docker-compose.yml', 'compose.yml']
const source = /\.(?:[cm]?[jt]s|py|rb|php|go)$/
const others = new Set([
  'node_modules',
  '.git',
  'dist',
  'build',
  'vendor',
  '__pycache__',
  '.venv',
  'venv',
  'test',
  'tests',
])
const mostFiles = 400
const mostBytes = 512 * 1024
const deepest = 3

/** Names of variables: as examples of environments set them, and as source code asks for them. */
const settings = /^[\s-]*(?:export\s+)?([A-Z][A-Z0-9_]+)\s*[=:]/gm
const asking =
  /(?:process\.env|import\.meta\.env|environ|getenv|Getenv|\bENV|\benv)\b[^\n\w]{0,3}(?:get|fetch)?[^\n\w]{0,3}([A-Z][A-Z0-9_]{2,})\b/g

/** Reads package.json, Procfile, examples of environments and source files of a folder. */
export async function readSurroundings(dir: string): Promise<Surroundings> {
  const text = (name: string) => readFile(join(dir, name), 'utf8').catch(() => '')
  const [manifest = '', procfile = '', ...examples] = await Promise.all(
    ['package.json', 'Procfile', ...configured].map(text),
  )
  const files = await sourcesUnder(dir, '', deepest)
  const code = await Promise.all(files.slice(0, mostFiles).map(async (name) => ({ name, text: await text(name) })))
  const names = [
    ...[...examples.join('\n').matchAll(settings)].map(([, name]) => name!),
    ...code.flatMap((each) => [...each.text.slice(0, mostBytes).matchAll(asking)].map(([, name]) => name!)),
  ]
  const like = (pattern: RegExp) => names.find((name) => pattern.test(name))
  const found = {
    start: startOf(manifest, procfile, code),
    apiKeyEnv: like(/^STRIPE_(?:.*_)?(?:SECRET_KEY|API_KEY|KEY)$/),
    apiBaseEnv: like(/^STRIPE_.*(?:BASE|HOST|URL)$/),
    paypalWebhookIdEnv: like(/^PAYPAL_.*WEBHOOK.*ID$/),
    paypalBaseEnv: like(/^PAYPAL_.*(?:BASE|HOST|URL)$/),
    portEnv: like(/^PORT$/),
    productionEnv: like(/^(?:APP_ENV|NODE_ENV|ENVIRONMENT)$/),
  }
  return {
    ...(Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<Surroundings>),
    secretEnv: like(/STRIPE.*(?:WEBHOOK|SIGNING|ENDPOINT).*SECRET/) ?? 'STRIPE_WEBHOOK_SECRET',
  }
}

async function sourcesUnder(dir: string, below: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(dir, below), { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries
      .filter(({ name }) => !others.has(name) && !name.startsWith('.'))
      .map(async (entry) => {
        const path = join(below, entry.name)
        if (entry.isDirectory()) return depth > 0 ? sourcesUnder(dir, path, depth - 1) : []
        return entry.isFile() && source.test(entry.name) ? [path] : []
      }),
  )
  return found.flat().sort()
}

/** What listens, in the words of the usual servers. */
const serving = /serve_forever|uvicorn\.run|app\.run\(|\.listen\(|createServer|serve\(\{|ThreadingHTTPServer/
const runners: Record<string, string> = { py: 'python3', js: 'node', mjs: 'node', cjs: 'node', rb: 'ruby', php: 'php' }

function startOf(
  manifest: string,
  procfile: string,
  code: readonly { name: string; text: string }[],
): string | undefined {
  const web = /^web:\s*(.+)$/m.exec(procfile)?.[1]?.trim()
  if (web) return web
  if (hasStartScript(manifest)) return 'npm run start'
  // A program of the folder itself that serves, where there is only one.
  const programs = code.filter(({ name, text }) => !name.includes('/') && serving.test(text))
  const [only] = programs
  const runner = runners[only?.name.split('.').at(-1) ?? '']
  return programs.length === 1 && only && runner ? `${runner} ${only.name}` : undefined
}

function hasStartScript(manifest: string): boolean {
  try {
    const { scripts } = JSON.parse(manifest) as { scripts?: Record<string, unknown> }
    return typeof scripts?.start === 'string'
  } catch {
    return false
  }
}
