import { refreshAccount } from '../connect/account.ts'
import { type PersonInput, personFields } from '../connect/person.ts'
import { type Context, defineResource } from '../define.ts'

/** The people behind an account; what is known of them decides what the account may do: docs.stripe.com/api/persons. */
export const persons = defineResource({
  object: 'person',
  indexes: ['account'],
  events: { create: false, update: false, remove: false },

  create(ctx) {
    const account = ctx.path.id ?? ''
    const person = ctx.save({ ...personFields(ctx.params as PersonInput), account })
    announce(ctx, account, 'person.created', person)
    return person
  },

  update(ctx) {
    const { object, params } = ctx
    const person = ctx.save(personFields(params as PersonInput, object))
    announce(ctx, object.account, 'person.updated', person)
    return person
  },

  remove(ctx) {
    const { id, object, tables } = ctx
    tables.person.remove(id)
    announce(ctx, object.account, 'person.deleted', object)
  },
})

function announce(ctx: Context, account: string, event: string, person: object): void {
  ctx.on(account).emit(event, person)
  refreshAccount(ctx, account)
}
