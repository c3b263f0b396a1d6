import type { ProviderName, SubjectSpec } from '../history/define.ts'
import type { EventLabel } from '../model/labels.ts'

/** What can happen to one subject: events of which every order, and any repetition, must lead to the same end. */
export interface StoryPlan {
  spec: SubjectSpec
  events: readonly EventLabel[]
}

const stripe = (...events: EventLabel[]): StoryPlan => ({ spec: { kind: 'payment', provider: 'stripe' }, events })
const paypal = (...events: EventLabel[]): StoryPlan => ({ spec: { kind: 'payment', provider: 'paypal' }, events })
const subscription = (...events: EventLabel[]): StoryPlan => ({
  spec: { kind: 'subscription', provider: 'stripe' },
  events,
})

const small: Record<ProviderName, StoryPlan[]> = {
  stripe: [
    stripe('cap', 'cs', 'full'),
    stripe('cap', 'part', 'rest'),
    stripe('failed', 'cap', 'cs'),
    stripe('unpaid', 'cap', 'asyncOk'),
    stripe('cap', 'full', 'fullObject'),
  ],
  paypal: [paypal('cap', 'order', 'full'), paypal('cap', 'part', 'rest')],
}

const smallSubscriptions = [
  subscription('sc', 'su', 'sd'),
  subscription('sc', 'invOk', 'sd'),
  subscription('sc', 'subCs', 'inv'),
]

const long: Record<ProviderName, StoryPlan[]> = {
  stripe: [
    stripe('created', 'failed', 'cap', 'charge', 'cs', 'full', 'fullObject'),
    stripe('created', 'cap', 'cs', 'part', 'partObject', 'rest', 'restObject'),
    stripe('processing', 'unpaid', 'cap', 'asyncOk', 'full'),
    stripe('unpaid', 'failed', 'asyncFail'),
    stripe('cap', 'charge', 'cs', 'part', 'unknown'),
  ],
  paypal: [
    paypal('processing', 'cap', 'order', 'full'),
    paypal('order', 'cap', 'part', 'rest', 'unknown'),
    paypal('cap', 'order', 'part'),
  ],
}

const longSubscriptions = [
  subscription('sc', 'subCs', 'inv', 'invOk', 'su', 'renew', 'sd'),
  subscription('incomplete', 'su', 'inv', 'sd'),
  subscription('sc', 'inv', 'invOk', 'su', 'pastDue', 'unpaidInv', 'renew'),
]

interface Sound {
  providers: readonly ProviderName[]
  subscriptions: boolean
}

/** Three events each: small enough for every order. */
export const smallStories = ({ providers, subscriptions }: Sound): StoryPlan[] => [
  ...providers.flatMap((provider) => small[provider]),
  ...(subscriptions ? smallSubscriptions : []),
]

export const longStories = ({ providers, subscriptions }: Sound): StoryPlan[] => [
  ...providers.flatMap((provider) => long[provider]),
  ...(subscriptions ? longSubscriptions : []),
]
