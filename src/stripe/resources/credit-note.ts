import { defineResource } from '../define.ts'
import { type CreditNoteParams, creditNoteFields, issueCreditNote, voidCreditNote } from '../invoicing/credit-note.ts'
import { clockOf, onClock } from '../invoicing/time.ts'

/** Rules: docs.stripe.com/invoicing/integration/programmatic-credit-notes. */
export const creditNotes = defineResource({
  object: 'credit_note',
  indexes: ['invoice', 'customer'],

  create(context) {
    const { customer } = context.tables.invoice.need(context.params.invoice, 'invoice')
    const ctx = onClock(context, clockOf(context, customer))
    const note = context.save(creditNoteFields(ctx, context.params, context.id))
    return issueCreditNote(ctx, note, context.params)
  },

  actions: {
    void: (ctx) => voidCreditNote(onClock(ctx, clockOf(ctx, ctx.object.customer)), ctx.object),
  },

  operations: {
    'GET /v1/credit_notes/preview'(ctx) {
      const id = ctx.newId('credit_note')
      const note = ctx.tables.credit_note.create(creditNoteFields(ctx, ctx.params as unknown as CreditNoteParams, id))
      ctx.tables.credit_note.remove(id)
      return note
    },

    'GET /v1/credit_notes/preview/lines'(ctx) {
      const id = ctx.newId('credit_note')
      const note = ctx.tables.credit_note.create(creditNoteFields(ctx, ctx.params as unknown as CreditNoteParams, id))
      ctx.tables.credit_note.remove(id)
      return { ...note.lines, url: '/v1/credit_notes/preview/lines' }
    },

    'GET /v1/credit_notes/{id}/lines': (ctx) => ctx.tables.credit_note.need(ctx.path.id).lines,
  },
})
