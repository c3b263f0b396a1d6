import type { Context } from '../define.ts'
import type { PaymentMethod } from '../payment/payment-method.ts'
import type { Given, Stored } from '../wire.ts'

export interface Acceptance {
  accepted_at?: number | null | undefined
  type: 'offline' | 'online'
  online?: { ip_address?: string | null; user_agent?: string | null } | null | undefined
}

type Mandate = Stored<'mandate'>

/** Bank debits are pulled under a mandate of the customer. */
export const needsMandate = (type: string): boolean => type.endsWith('_debit') || type.endsWith('_bank_account')

/** Records that the customer allowed debits; without an acceptance it was given on paper. */
export function createMandate(ctx: Context, method: PaymentMethod, acceptance?: Acceptance): Mandate {
  const { online, type } = acceptance ?? { type: 'offline' as const }
  return ctx.tables.mandate.create({
    customer_acceptance: {
      accepted_at: acceptance?.accepted_at ?? ctx.now,
      type,
      ...(type === 'online'
        ? { online: { ip_address: online?.ip_address ?? null, user_agent: online?.user_agent ?? null } }
        : { offline: {} }),
    },
    multi_use: {},
    payment_method: method.id,
    payment_method_details: detailsOf(ctx, method),
    status: 'active',
    type: 'multi_use',
  })
}

function detailsOf(ctx: Context, { id, type }: PaymentMethod): Given<Mandate>['payment_method_details'] {
  const reference = id.slice(-16).toUpperCase()
  const url = ctx.url(`/mandates/${id}`)
  switch (type) {
    case 'sepa_debit':
      return { type, sepa_debit: { reference, url } }
    case 'bacs_debit':
      return {
        type,
        bacs_debit: {
          display_name: 'Gatekit Sandbox',
          network_status: 'accepted',
          reference,
          revocation_reason: null,
          service_user_number: '123456',
          url,
        },
      }
    case 'au_becs_debit':
      return { type, au_becs_debit: { url } }
    case 'acss_debit':
      return {
        type,
        acss_debit: { interval_description: null, payment_schedule: 'sporadic', transaction_type: 'personal' },
      }
    default:
      return { type, [type]: {} }
  }
}
