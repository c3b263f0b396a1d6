import { namedBank, rememberedBank } from '../connect/external-account.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { bankFields } from '../payout/bank.ts'
import type { Stored } from '../wire.ts'

/** Saves a bank account the old way, as a source of a customer; it is verified before it can be charged: docs.stripe.com/ach-deprecated. */
export function makeBankSource(ctx: Context, token: string, customer: string): Stored<'bank_account'> {
  const input = namedBank(token) ?? rememberedBank(ctx, token)
  if (!input) throw stripeError(400, 'resource_missing', `No such token: '${token}'`, 'source')
  const isVerified = token.startsWith('btok_us_verified')
  return ctx.tables.bank_account.create({
    ...bankFields(input, 'source'),
    customer,
    status: isVerified ? 'verified' : 'new',
  })
}

/** The two small deposits: 32 and 45 in test mode. */
export function verifyBankSource(
  ctx: Context,
  bank: Stored<'bank_account'>,
  amounts: readonly number[] | undefined,
): Stored<'bank_account'> {
  if (bank.status === 'verified') throw stripeError(400, undefined, 'This bank account has already been verified.')
  if (!amounts) throw stripeError(400, 'parameter_missing', 'Missing required param: amounts.', 'amounts')
  if ([...amounts].sort((a, b) => a - b).join(' ') === '32 45')
    return ctx.tables.bank_account.patch(bank.id, { status: 'verified' })
  throw stripeError(
    400,
    undefined,
    'The amounts provided do not match the amounts that were sent to the bank account.',
    'amounts',
  )
}
