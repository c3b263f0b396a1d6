import type { Range, Want } from '../model/want.ts'
import type { Observation } from '../observe/types.ts'
import type { Failure } from './define.ts'

type Difference = Omit<Failure, 'subject'>

const isWithin = (value: number, { min, max }: Range): boolean => value >= min && value <= max

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

const rangeText = ({ min, max }: Range, word: string): string => {
  if (min === max) return count(min, word)
  return min === 0 ? `at most ${count(max, word)}` : `${min} to ${count(max, word)}`
}

/** What an observation shows against what must be; empty when all is as wanted. Says nothing of parts that were not observed. */
export function differencesOf(want: Want, observation: Observation): Difference[] {
  return [
    ...grantDifferences(want, observation),
    ...paymentDifferences(want, observation),
    ...countDifference('mail', want.mails, observation.mails?.length, 'mail', 'the buyer is told twice, or not at all'),
  ]
}

/** The same for the records that the contract names as effects. */
export function auditDifferences(
  want: Want,
  observation: Observation,
  effects: { capture?: string | undefined; refund?: string | undefined } | undefined,
): Difference[] {
  const named = (event: string | undefined) =>
    event === undefined ? undefined : observation.audit?.filter((record) => record.event === event).length
  return [
    ...countDifference(
      'audit',
      want.captures,
      named(effects?.capture),
      'audit record of the capture',
      'the books are wrong',
    ),
    ...countDifference(
      'audit',
      want.refunds,
      named(effects?.refund),
      'audit record of the refund',
      'the books are wrong',
    ),
  ]
}

function grantDifferences(want: Want, { active, total }: Observation): Difference[] {
  const found: Difference[] = []
  const add = (kind: string, range: Range, got: number, word: string, harm: string) =>
    found.push({ kind, want: `${rangeText(range, word)} (${want.because})`, got: count(got, word), harm })
  if (active !== undefined && !isWithin(active, want.active)) {
    const isMore = active > want.active.max
    add(
      isMore ? 'too-many' : 'too-few',
      want.active,
      active,
      'active grant',
      isMore ? harmOfMore(want) : harmOfFewer(want),
    )
  }
  const isDouble = total !== undefined && total > want.total.max && found.length === 0
  if (isDouble) add('too-many-ever', want.total, total, 'grant', 'goods were given more than once')
  return found
}

const harmOfMore = (want: Want): string => {
  if (want.active.max > 0) return 'goods given more than once'
  if (want.because.includes('refunded')) return 'money returned AND goods kept'
  if (want.because.includes('ended')) return 'the subscription is over AND goods are kept'
  if (want.because.includes('dispute')) return 'money taken back AND goods kept'
  return 'goods given without the money for them'
}

const harmOfFewer = (want: Want): string =>
  want.because.includes('refunded') ? 'goods taken away that are still paid for' : 'money taken AND goods missing'

function paymentDifferences(want: Want, { payment }: Observation): Difference[] {
  if (!payment?.found) return []
  const found: Difference[] = []
  const { amount, currency, refunded } = payment
  const { paid } = want
  if (paid && amount !== undefined && amount !== paid.amount)
    found.push({ kind: 'paid', want: `paid ${paid.amount}`, got: `paid ${amount}`, harm: 'the books are wrong' })
  if (paid && currency !== undefined && currency.toLowerCase() !== paid.currency.toLowerCase())
    found.push({
      kind: 'paid',
      want: `paid in ${paid.currency}`,
      got: `paid in ${currency}`,
      harm: 'the books are wrong',
    })
  if (want.refunded && refunded !== undefined && !isWithin(refunded, want.refunded))
    found.push({
      kind: 'refunded',
      want: `refunded ${want.refunded.min}`,
      got: `refunded ${refunded}`,
      harm: 'the books are wrong',
    })
  return found
}

function countDifference(
  kind: string,
  range: Range | undefined,
  got: number | undefined,
  word: string,
  harm: string,
): Difference[] {
  if (!range || got === undefined || isWithin(got, range)) return []
  return [
    {
      kind: got > range.max ? `${kind}-too-many` : `${kind}-too-few`,
      want: rangeText(range, word),
      got: count(got, word),
      harm,
    },
  ]
}
