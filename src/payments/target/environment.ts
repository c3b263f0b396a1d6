import type { Contract } from '../contract/schema.ts'
import type { EnvironmentChanges } from './types.ts'

/** Later changes win; what is undefined in the end is not there at all. */
export function composeEnvironment(...layers: readonly EnvironmentChanges[]): Record<string, string> {
  const all = Object.assign({}, ...layers) as EnvironmentChanges
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** What commands and observers of a contract see: the gate's own environment and that of the target. */
export const contractEnvironment = (contract: Contract, own: EnvironmentChanges): Record<string, string> =>
  composeEnvironment(own, contract.target.env)
