import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'

/** What is set for automatic tax; Stripe keeps one per account. */
export interface TaxSettings {
  object: 'tax.settings'
  defaults: { provider: 'stripe'; tax_behavior: string | null; tax_code: string | null }
  head_office: { address: Record<string, string | null> } | null
  livemode: false
  status: 'active' | 'pending'
  status_details: { active?: object; pending?: { missing_fields: string[] } }
}

export interface SettingsInput {
  defaults?: { tax_behavior?: string; tax_code?: string }
  head_office?: { address: Record<string, string> }
}

const key = 'tax settings'

const none: TaxSettings = {
  object: 'tax.settings',
  defaults: { provider: 'stripe', tax_behavior: null, tax_code: null },
  head_office: null,
  livemode: false,
  status: 'pending',
  status_details: { pending: { missing_fields: ['head_office', 'defaults.tax_code'] } },
}

export const taxSettingsOf = (ctx: Context): TaxSettings =>
  (ctx.account.memory.get(key) as TaxSettings | undefined) ?? none

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }

/** Changes the settings: they are active with a head office and a tax code. Emits `tax.settings.updated`. */
export function changeTaxSettings(ctx: Context, { defaults, head_office }: SettingsInput): TaxSettings {
  const before = taxSettingsOf(ctx)
  const merged = {
    ...before,
    defaults: { ...before.defaults, ...defaults },
    head_office: head_office ? { address: { ...noAddress, ...head_office.address } } : before.head_office,
  }
  const missing_fields = [
    ...(merged.head_office?.address.country ? [] : ['head_office']),
    ...(merged.defaults.tax_code ? [] : ['defaults.tax_code']),
  ]
  const settings: TaxSettings =
    missing_fields.length === 0
      ? { ...merged, status: 'active', status_details: { active: {} } }
      : { ...merged, status: 'pending', status_details: { pending: { missing_fields } } }
  ctx.account.memory.set(key, settings)
  ctx.emit('tax.settings.updated', settings)
  return settings
}

/** Automatic tax wants to know where the seller is. */
export function needHeadOffice(ctx: Context): void {
  if (taxSettingsOf(ctx).head_office) return
  throw stripeError(
    400,
    'stripe_tax_inactive',
    'You must have a valid head office address to enable automatic tax calculation in test mode. Set one with `POST /v1/tax/settings`: `head_office[address][country]`.',
    'automatic_tax[enabled]',
  )
}
