/** What can be bought, at which price: amounts in the currency's minor unit. Nothing a client sends changes it. */
export interface Item {
  id: string
  title: string
  kind: 'pack' | 'plan'
  amount: number
  currency: string
  /** Cards that come with it; those of a plan stay as long as the plan does. */
  cards: number
  /** Of plans. */
  interval?: 'month' | 'year'
  /** Of plans: the id under which clients name the price. */
  priceId?: string
}

const list: readonly Item[] = [
  { id: 'black', title: 'Black pack', kind: 'pack', amount: 4999, currency: 'usd', cards: 5 },
  { id: 'silver', title: 'Silver pack', kind: 'pack', amount: 1999, currency: 'usd', cards: 5 },
  { id: 'bronze', title: 'Bronze pack', kind: 'pack', amount: 435, currency: 'usd', cards: 1 },
  { id: 'crate', title: 'Crate', kind: 'pack', amount: 8990, currency: 'usd', cards: 11 },
  { id: 'vault', title: 'Vault', kind: 'pack', amount: 49_900, currency: 'usd', cards: 101 },
  { id: 'sakura', title: 'Sakura pack', kind: 'pack', amount: 500, currency: 'jpy', cards: 5 },
  { id: 'dinar', title: 'Dinar pack', kind: 'pack', amount: 1230, currency: 'kwd', cards: 5 },
  {
    id: 'club',
    title: 'Club',
    kind: 'plan',
    amount: 999,
    currency: 'usd',
    cards: 5,
    interval: 'month',
    priceId: 'price_club',
  },
  {
    id: 'monthly',
    title: 'Monthly',
    kind: 'plan',
    amount: 499,
    currency: 'usd',
    cards: 0,
    interval: 'month',
    priceId: 'price_monthly',
  },
  {
    id: 'annual',
    title: 'Annual',
    kind: 'plan',
    amount: 4990,
    currency: 'usd',
    cards: 0,
    interval: 'year',
    priceId: 'price_annual',
  },
]

export const catalogue: ReadonlyMap<string, Item> = new Map(list.map((item) => [item.id, item]))

/** The item of this kind under this id; undefined for everything else, whatever type it has. */
export function itemOf(kind: Item['kind'], id: unknown): Item | undefined {
  const item = typeof id === 'string' ? catalogue.get(id) : undefined
  return item?.kind === kind ? item : undefined
}

export const itemOfPrice = (priceId: string): Item | undefined => list.find((item) => item.priceId === priceId)
