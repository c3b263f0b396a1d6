import { defineResource } from '../define.ts'
import { changeTaxSettings, type SettingsInput, taxSettingsOf } from '../tax/settings.ts'

/** Where an account collects tax, and its settings for it: docs.stripe.com/tax/registrations-api, …/tax/settings-api. */
export const taxRegistrations = defineResource({
  object: 'tax.registration',

  create(ctx) {
    const active_from = timeOf(ctx.params.active_from, ctx.now)
    const expires_at = ctx.params.expires_at ?? null
    if (active_from > ctx.now) ctx.schedule('tax.registration', 'change', ctx.id, active_from)
    else if (expires_at !== null) ctx.schedule('tax.registration', 'change', ctx.id, expires_at)
    return { active_from, expires_at, status: statusAt(active_from, expires_at, ctx.now) }
  },

  update(ctx) {
    const { object, params } = ctx
    const active_from = params.active_from === undefined ? object.active_from : timeOf(params.active_from, ctx.now)
    const given = params.expires_at
    const expires_at = given === undefined ? object.expires_at : given ? timeOf(given, ctx.now) : null
    if (expires_at !== null && expires_at > ctx.now) ctx.schedule('tax.registration', 'change', ctx.id, expires_at)
    return { active_from, expires_at, status: statusAt(active_from, expires_at, ctx.now) }
  },

  operations: {
    'GET /v1/tax/settings': (ctx) => taxSettingsOf(ctx),
    'POST /v1/tax/settings': (ctx) => changeTaxSettings(ctx, ctx.params as SettingsInput),
  },

  jobs: {
    change(ctx) {
      const { active_from, expires_at, id } = ctx.object
      const status = statusAt(active_from, expires_at, ctx.now)
      if (status === 'active' && expires_at !== null) ctx.schedule('tax.registration', 'change', id, expires_at)
      ctx.tables['tax.registration'].patch(id, { status })
    },
  },
})

const timeOf = (given: number | string, now: number): number => (given === 'now' ? now : Number(given))

function statusAt(from: number, until: number | null, now: number): 'active' | 'expired' | 'scheduled' {
  if (until !== null && until <= now) return 'expired'
  return from > now ? 'scheduled' : 'active'
}
