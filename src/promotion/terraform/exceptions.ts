import { parseDay } from '../../config/waiver.ts'
import { matchesAddress } from './address.ts'
import type { PlanException } from './options.ts'

const dayMs = 86_400_000

const addressOf = (exception: PlanException): string => (typeof exception === 'string' ? exception : exception.address)

export const isExpired = (exception: PlanException, now: number): boolean =>
  typeof exception !== 'string' && now >= parseDay(exception.expires) + dayMs

/**
 * The exception that covers an address today. What holds state cannot be excepted by a bare address: such an exception would still be there
 * when everybody has forgotten why, so it needs a reason and a last day.
 */
export function exceptionFor(
  address: string,
  exceptions: readonly PlanException[],
  { now, isStateful }: { now: number; isStateful: boolean },
): PlanException | undefined {
  return exceptions.find(
    (exception) =>
      matchesAddress(addressOf(exception), address) &&
      !isExpired(exception, now) &&
      !(isStateful && typeof exception === 'string'),
  )
}

/** Exceptions that no change of the plan needs; `addresses` are those of all effective changes. */
export const deadExceptions = (exceptions: readonly PlanException[], addresses: readonly string[]): PlanException[] =>
  exceptions.filter((exception) => !addresses.some((address) => matchesAddress(addressOf(exception), address)))

export const shownException = (exception: PlanException): string =>
  typeof exception === 'string' ? exception : `${exception.address} (${exception.reason}, until ${exception.expires})`
