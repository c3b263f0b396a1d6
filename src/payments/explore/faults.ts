import type { Contract } from '../contract/schema.ts'
import type { Fault } from '../history/define.ts'

/** What can be broken while a delivery is made; the backend may never meet some of them. */
export const faultsOf = ({ control, providers }: Contract): Fault[] => [
  ...(control.db || control.dbProxy ? ['db-down' as const] : []),
  ...(control.mail ? ['mail-down' as const] : []),
  ...(providers.stripe?.apiBaseEnv || providers.paypal ? ['provider-500' as const] : []),
]

export const faultsMissing = (contract: Contract): string | undefined =>
  faultsOf(contract).length > 0 ? undefined : 'control.db, control.mail or providers.stripe.api_base_env'
