import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { type Action, begin, needPresentable, presentCard } from '../terminal/action.ts'

/** Simulated card readers, driven by the server: docs.stripe.com/terminal/payments/setup-reader/simulated. */
export const readers = defineResource({
  object: 'terminal.reader',
  indexes: ['location', 'serial_number'],

  create(ctx) {
    const { params, tables } = ctx
    const device = /^simulated-(wpe|s700|s710|mobile)/.exec(params.registration_code)?.[1]
    if (!device)
      throw stripeError(
        400,
        'resource_missing',
        `No such registration code: '${params.registration_code}'`,
        'registration_code',
      )
    if (params.location) tables['terminal.location'].need(params.location, 'location')
    const kind =
      device === 'wpe' ? 'simulated_wisepos_e' : device === 's710' ? 'simulated_stripe_s710' : 'simulated_stripe_s700'
    return {
      action: null,
      device_sw_version: '',
      device_type: kind,
      ip_address: '0.0.0.0',
      label: params.label ?? `${kind}-${ctx.newSecret(6).toLowerCase()}`,
      last_seen_at: ctx.now * 1000,
      location: params.location ?? null,
      metadata: params.metadata ?? {},
      serial_number: `${device}-simulated-${ctx.newSecret(8)}`,
      status: 'online',
    }
  },

  actions: {
    process_payment_intent(ctx) {
      const { id } = needPresentable(ctx, ctx.params.payment_intent)
      return begin(ctx, ctx.object, { type: 'process_payment_intent', process_payment_intent: { payment_intent: id } })
    },

    confirm_payment_intent(ctx) {
      const { id } = needPresentable(ctx, ctx.params.payment_intent)
      return begin(ctx, ctx.object, { type: 'confirm_payment_intent', confirm_payment_intent: { payment_intent: id } })
    },

    collect_payment_method(ctx) {
      const { id } = needPresentable(ctx, ctx.params.payment_intent)
      return begin(ctx, ctx.object, { type: 'collect_payment_method', collect_payment_method: { payment_intent: id } })
    },

    process_setup_intent(ctx) {
      const { id } = ctx.tables.setup_intent.need(ctx.params.setup_intent, 'setup_intent')
      return begin(ctx, ctx.object, { type: 'process_setup_intent', process_setup_intent: { setup_intent: id } })
    },

    set_reader_display(ctx) {
      const shown = {
        type: 'set_reader_display',
        set_reader_display: ctx.params,
        status: 'succeeded',
      } as unknown as Action
      return begin(ctx, ctx.object, shown)
    },

    cancel_action(ctx) {
      const { action } = ctx.object
      if (action?.status === 'in_progress' || action === null) return { action: null }
      throw stripeError(400, undefined, 'There is no action in progress that could be canceled.')
    },
  },

  operations: {
    'POST /v1/test_helpers/terminal/readers/{id}/present_payment_method': (ctx) =>
      presentCard(ctx, ctx.tables['terminal.reader'].need(ctx.path.id)),
  },
})
