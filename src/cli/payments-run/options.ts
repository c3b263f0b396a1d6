import { resolve } from 'node:path'
import { parseDuration } from '../../config/duration.ts'
import { usageError } from '../../kernel/errors.ts'
import { probes } from '../../payments/probes/list.ts'
import type { CommandContext } from '../define.ts'

export interface PaymentsOptions {
  contract: string
  /** Absolute path, or true to print it. */
  json?: string | true
  mode: 'smoke' | 'default' | 'budget'
  budgetMs?: number
  seed: number
  strict: boolean
  only?: string[]
  reporters: string[]
  /** Absolute. */
  out: string
  /** Absolute. */
  replay?: string
  allow: string[]
}

export const defaultContract = 'payments.contract.yaml'
const knownReporters = ['junit', 'sarif', 'html']

export function readPaymentsOptions({ options, cwd }: Pick<CommandContext, 'options' | 'cwd'>): PaymentsOptions {
  const text = (name: string) => options[name] as string | undefined
  const seed = Number(text('seed') ?? 1)
  if (!Number.isSafeInteger(seed)) throw usageError('--seed takes a whole number')
  if (options.smoke && text('budget') !== undefined) throw usageError('--smoke and --budget exclude each other')
  const budgetMs = text('budget') === undefined ? undefined : budgetOf(text('budget')!)
  const only = namesIn(text('only'))
  const unknown = only.filter((id) => !Object.hasOwn(probes, id))
  if (unknown.length > 0)
    throw usageError(`--only ${unknown.join(',')}: no such probe`, `use some of: ${Object.keys(probes).join(', ')}`)
  const reporters = namesIn(text('reporter'))
  const strange = reporters.find((name) => !knownReporters.includes(name))
  if (strange !== undefined)
    throw usageError(`unknown reporter "${strange}"`, `use some of: ${knownReporters.join(', ')}`)
  const { json } = options
  return {
    contract: text('contract') ?? defaultContract,
    ...(json !== undefined && json !== false && { json: typeof json === 'string' ? resolve(cwd, json) : true }),
    mode: options.smoke ? 'smoke' : budgetMs === undefined ? 'default' : 'budget',
    ...(budgetMs !== undefined && { budgetMs }),
    seed,
    strict: Boolean(options.strict),
    ...(only.length > 0 && { only }),
    reporters,
    out: resolve(cwd, text('out') ?? 'qa/payments'),
    ...(text('replay') !== undefined && { replay: resolve(cwd, text('replay')!) }),
    allow: namesIn(text('allow')),
  }
}

function budgetOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms < 1_000 || ms > 86_400_000)
    throw usageError(`--budget ${text}: not a duration`, 'write it as 90s, 10m, 1h')
  return ms
}

const namesIn = (list: string | undefined): string[] => [
  ...new Set(
    (list ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
]
