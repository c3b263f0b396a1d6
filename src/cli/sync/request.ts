import { resolve } from 'node:path'
import { GatekitError, usageError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import type { CommandContext } from '../define.ts'

export interface SyncRequest {
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

type What = 'products' | 'usage'

/** What to send: the request of a contract, or that of the reference backend. */
export async function syncRequest(context: CommandContext, what: What): Promise<SyncRequest> {
  const wish = wishOf(context)
  const { contract: file } = context.options as { contract?: string }
  return file === undefined ? ownRequest(context, what, wish) : declaredRequest(context, what, wish, file)
}

interface Wish {
  from: string
  to: string
  customer?: string
  id?: string
  force: boolean
}

const day = 86_400_000

function wishOf({ options }: CommandContext): Wish {
  const { customer, id, force } = options as { customer?: string; id?: string; force?: boolean }
  const now = Date.now()
  const time = (name: 'from' | 'to', otherwise: number): string => {
    const text = options[name] as string | undefined
    const at = text === undefined ? otherwise : Date.parse(text)
    if (Number.isNaN(at)) throw usageError(`--${name} ${text}: no time`, 'write it as 2026-06-21T04:00:00Z')
    return new Date(at).toISOString()
  }
  return {
    from: time('from', now - day),
    to: time('to', now),
    force: force === true,
    ...(customer !== undefined && { customer }),
    ...(id !== undefined && { id }),
  }
}

function ownRequest({ options, env }: CommandContext, what: What, wish: Wish): SyncRequest {
  const base = String(options.baseUrl ?? env.GATEKIT_BASE_URL ?? 'http://127.0.0.1:8422').replace(/\/+$/, '')
  if (!URL.canParse(base) || !/^https?:/.test(base))
    throw usageError(`"${base}" is no URL`, 'such as --base-url http://127.0.0.1:8422')
  const token = (options.token as string | undefined) ?? env.GATEKIT_ADMIN_TOKEN
  if (!token) throw usageError('no token of an administrator', 'name it with --token, or set GATEKIT_ADMIN_TOKEN')
  const headers = { authorization: `Bearer ${token}` }
  if (what === 'products') {
    const path = wish.id === undefined ? '/admin/sync' : `/admin/sync/${encodeURIComponent(wish.id)}`
    return { url: base + path, method: 'POST', headers, body: {} }
  }
  const { from, to, force, customer } = wish
  const body = { time_from: from, time_to: to, force_rerun: force, ...(customer && { entity_id: customer }) }
  return { url: `${base}/v1/stripe/sync/manual`, method: 'POST', headers, body }
}

async function declaredRequest(context: CommandContext, what: What, wish: Wish, file: string): Promise<SyncRequest> {
  const { cwd, env, options } = context
  const { loadContract } = await import('../../payments/contract/load.ts')
  const { fillJson, fillPath } = await import('../../payments/contract/template.ts')
  const allow = String(options.allow ?? '')
    .split(',')
    .filter(Boolean)
  const { facts, target } = await loadContract(resolve(cwd, file), { cwd, env, allow })
  const declared = what === 'products' ? facts.catalogue?.sync : facts.metering?.sync
  if (!declared) {
    const entry = what === 'products' ? 'facts.catalogue' : 'facts.metering'
    throw new GatekitError(
      { title: `${file} has no ${entry}`, remedy: 'see docs/payments-contract.md' },
      exitCodes.usage,
    )
  }
  const { customer, from, to, force } = wish
  if (customer === undefined && JSON.stringify([declared.path, declared.body]).includes('{customer}'))
    throw usageError('this contract reports usage of one customer at a time', 'name it with --customer')
  const fillings = { from, to, ...(customer !== undefined && { customer }) }
  return {
    url: target.baseUrl + fillPath(declared.path, fillings),
    method: declared.method,
    headers: { ...(what === 'usage' && facts.metering?.headers), ...declared.headers },
    body: fillJson(declared.body, { ...fillings, force }),
  }
}
