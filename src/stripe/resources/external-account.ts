import { externalAccountsOf, refreshAccount } from '../connect/account.ts'
import {
  addExternalAccount,
  type ExternalAccountInput,
  makeDefault,
  needExternalAccount,
  removeExternalAccount,
} from '../connect/external-account.ts'
import { defineResource, type OperationContext } from '../define.ts'
import { pageOf } from '../protocol/small-list.ts'

/** Bank accounts, and the external accounts of connected accounts: docs.stripe.com/api/external_accounts. */
export const bankAccounts = defineResource({
  object: 'bank_account',
  indexes: ['account', 'customer'],

  operations: {
    'GET /v1/accounts/{id}/external_accounts'(ctx) {
      const { own } = ofAccount(ctx, ctx.path.id)
      const { object } = ctx.params as { object?: string }
      const items = externalAccountsOf(own)
        .reverse()
        .filter((each) => !object || each.object === object)
      return pageOf(items, ctx.params, `/v1/accounts/${own.account.id}/external_accounts`)
    },

    'POST /v1/accounts/{id}/external_accounts'(ctx) {
      const { own, platform } = ofAccount(ctx, ctx.path.id)
      const added = addExternalAccount(platform, own, ctx.params as ExternalAccountInput)
      own.emit('account.external_account.created', added)
      refreshAccount(platform, own.account.id)
      return added
    },

    'GET /v1/accounts/{accountId}/external_accounts/{id}': (ctx) =>
      needExternalAccount(ofAccount(ctx, ctx.path.accountId).own, ctx.path.id),

    'POST /v1/accounts/{accountId}/external_accounts/{id}'(ctx) {
      const { own, platform } = ofAccount(ctx, ctx.path.accountId)
      const before = needExternalAccount(own, ctx.path.id)
      const { account_holder_name, account_holder_type, account_type, default_for_currency, metadata } =
        ctx.params as Changes
      const after = own.tables[before.object as 'bank_account'].patch(before.id, {
        account_holder_name,
        account_holder_type,
        account_type,
        metadata: metadata && { ...before.metadata, ...metadata },
        ...(default_for_currency && makeDefault(own, before)),
      })
      own.emit('account.external_account.updated', after)
      refreshAccount(platform, own.account.id)
      return after
    },

    'DELETE /v1/accounts/{accountId}/external_accounts/{id}'(ctx) {
      const { own, platform } = ofAccount(ctx, ctx.path.accountId)
      const account = needExternalAccount(own, ctx.path.id)
      removeExternalAccount(own, account)
      own.emit('account.external_account.deleted', account)
      refreshAccount(platform, own.account.id)
      return { id: account.id, object: account.object, currency: account.currency, deleted: true }
    },
  },
})

interface Changes {
  account_holder_name?: string
  account_holder_type?: string
  account_type?: string
  default_for_currency?: boolean
  metadata?: Record<string, string>
}

/** The platform's context and the account's own; a connected account may speak for itself. */
function ofAccount(ctx: OperationContext, id: string | undefined) {
  const platform = ctx.account.platform ? ctx.on(ctx.account.platform) : ctx
  const account = platform.tables.account.need(id)
  return { platform, own: ctx.on(account.id) }
}
