import { stripeError } from '../error.ts'

export interface DepositAnswer {
  amounts?: readonly number[] | undefined
  descriptor_code?: string | undefined
}

export type DepositOutcome = 'verified' | 'attempts_exceeded' | 'timeout'

const outcomes: Record<string, DepositOutcome> = {
  '32 45': 'verified',
  SM11AA: 'verified',
  '10 11': 'attempts_exceeded',
  SM33CC: 'attempts_exceeded',
  '40 41': 'timeout',
  SM44DD: 'timeout',
}

/** What the documented test amounts and codes mean; throws for others, which may be tried again: docs.stripe.com/payments/ach-direct-debit. */
export function judgeDeposits({ amounts, descriptor_code }: DepositAnswer): DepositOutcome {
  if (!amounts && !descriptor_code)
    throw stripeError(400, 'parameter_missing', 'You must provide either `amounts` or `descriptor_code`.')
  const given = descriptor_code ?? [...(amounts ?? [])].sort((a, b) => a - b).join(' ')
  const outcome = outcomes[given]
  if (outcome) return outcome
  const [code, what] = descriptor_code ? ['descriptor_code', 'descriptor code'] : ['amounts', 'amounts']
  throw stripeError(
    400,
    `payment_method_microdeposit_verification_${code}_mismatch`,
    `The ${what} provided do not match the ${what} that were sent to the bank account. Please try again.`,
    code,
  )
}

/** Why a verification that cannot be tried again failed. */
export const depositMessages = {
  attempts_exceeded: 'You have exceeded the number of allowed verification attempts.',
  timeout: 'Microdeposit verification timed out. Customer did not complete verification in time.',
} as const
