import { usageError } from '../kernel/errors.ts'
import type { FlagRecord } from '../kernel/record.ts'

export const notifyModes = ['mock', 'sandbox', 'live'] as const
export type NotifyMode = (typeof notifyModes)[number]

/** Which provider is called, and how. Safe unless somebody says otherwise: everything mocked, no shadow calls. */
export interface ProviderFlags {
  stripeMock: boolean
  stripeTest: boolean
  notifyMode: NotifyMode
  shadowCalls: boolean
}

export const mockFirst: ProviderFlags = { stripeMock: true, stripeTest: false, notifyMode: 'mock', shadowCalls: false }

/** What gatekit's own backend runs with beside gatekit's own sandbox, where nothing can be charged or sent. */
export const sandboxFirst: ProviderFlags = {
  stripeMock: false,
  stripeTest: true,
  notifyMode: 'sandbox',
  shadowCalls: false,
}

const names = {
  stripeMock: 'STRIPE_MOCK',
  stripeTest: 'STRIPE_TEST',
  notifyMode: 'NOTIFY_MODE',
  shadowCalls: 'FEATURE_SHADOW_CALLS',
} as const satisfies Record<keyof ProviderFlags, string>

type Variables = Readonly<Record<string, string | undefined>>

/** The flags that the environment sets, over `defaults`; a value that is neither yes nor no is a usage error and never a guess. */
export function readFlags(env: Variables, defaults: ProviderFlags = mockFirst): ProviderFlags {
  return {
    stripeMock: readSwitch(env, names.stripeMock, defaults.stripeMock),
    stripeTest: readSwitch(env, names.stripeTest, defaults.stripeTest),
    notifyMode: readMode(env, defaults.notifyMode),
    shadowCalls: readSwitch(env, names.shadowCalls, defaults.shadowCalls),
  }
}

/** The flags as environment variables: `{ STRIPE_MOCK: '1', … }`. */
export function flagVariables(flags: ProviderFlags): Record<string, string> {
  const entries = Object.entries(names).map(([key, name]) => {
    const value = flags[key as keyof ProviderFlags]
    return [name, typeof value === 'boolean' ? (value ? '1' : '0') : value] as const
  })
  return Object.fromEntries(entries)
}

/** Each flag with the place its value came from, for the status page. */
export function describeFlags(flags: ProviderFlags, env: Variables, otherwise = 'default'): FlagRecord[] {
  return Object.entries(flagVariables(flags)).map(([name, value]) => ({
    name,
    value,
    origin: isSet(env[name]) ? 'environment' : otherwise,
  }))
}

const isSet = (text: string | undefined): text is string => text !== undefined && text.trim() !== ''

function readSwitch(env: Variables, name: string, otherwise: boolean): boolean {
  const text = env[name]
  if (!isSet(text)) return otherwise
  const word = text.trim().toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(word)) return true
  if (['0', 'false', 'no', 'off'].includes(word)) return false
  throw usageError(`${name} is neither yes nor no: "${text.slice(0, 20)}"`, `set ${name} to 1 or 0`)
}

function readMode(env: Variables, otherwise: NotifyMode): NotifyMode {
  const text = env[names.notifyMode]
  if (!isSet(text)) return otherwise
  const word = text.trim().toLowerCase()
  const mode = notifyModes.find((each) => each === word)
  if (mode) return mode
  throw usageError(`NOTIFY_MODE is not a mode: "${text.slice(0, 20)}"`, `set it to ${notifyModes.join(', ')}`)
}
