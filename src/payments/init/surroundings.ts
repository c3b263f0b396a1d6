import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the files of a project tell about how it is started and configured; never a value of a secret. */
export interface Surroundings {
  start?: string
  secretEnv: string
  apiKeyEnv?: string
  apiBaseEnv?: string
  paypalWebhookIdEnv?: string
  paypalBaseEnv?: string
  hasPort: boolean
}

/** Reads package.json, Procfile, pyproject-like entry files and examples of environments in a folder. */
export async function readSurroundings(dir: string): Promise<Surroundings> {
  const text = (name: string) => readFile(join(dir, name), 'utf8').catch(() => '')
  const [manifest, procfile, ...examples] = await Promise.all(
    ['package.json', 'Procfile', '.env.example', '.env.sample', '.env.template', 'docker-compose.yml'].map(text),
  )
  const start = startOf(manifest ?? '', procfile ?? '')
  const names = [...examples.join('\n').matchAll(/^[\s-]*(?:export\s+)?([A-Z][A-Z0-9_]+)\s*[=:]/gm)].map(
    ([, name]) => name!,
  )
  const like = (pattern: RegExp) => names.find((name) => pattern.test(name))
  const found = {
    start,
    apiKeyEnv: like(/STRIPE.*(SECRET|API)_?KEY|STRIPE_KEY/),
    apiBaseEnv: like(/STRIPE.*(BASE|HOST|URL)/),
    paypalWebhookIdEnv: like(/PAYPAL.*WEBHOOK.*ID/),
    paypalBaseEnv: like(/PAYPAL.*(BASE|HOST|URL)/),
  }
  return {
    ...(Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<Surroundings>),
    secretEnv: like(/STRIPE.*(WEBHOOK|SIGNING|ENDPOINT).*SECRET/) ?? 'STRIPE_WEBHOOK_SECRET',
    hasPort: like(/^PORT$/) !== undefined,
  }
}

function startOf(manifest: string, procfile: string): string | undefined {
  const web = /^web:\s*(.+)$/m.exec(procfile)?.[1]?.trim()
  if (web) return web
  try {
    const scripts = (JSON.parse(manifest) as { scripts?: Record<string, unknown> }).scripts
    return typeof scripts?.start === 'string' ? 'npm run start' : undefined
  } catch {
    return undefined
  }
}
