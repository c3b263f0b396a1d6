/** What can be bought: the monthly price in the currency's minor unit. */
export interface Plan {
  id: string
  title: string
  amount: number
  currency: string
}

const list: readonly Plan[] = [
  { id: 'basic', title: 'Basic', amount: 900, currency: 'usd' },
  { id: 'pro', title: 'Pro', amount: 2900, currency: 'usd' },
  { id: 'team', title: 'Team', amount: 9900, currency: 'usd' },
]

export const plans: ReadonlyMap<string, Plan> = new Map(list.map((plan) => [plan.id, plan]))
