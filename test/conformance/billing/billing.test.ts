import { after, before, test } from 'node:test'
import { type Mall, openMall } from '../../stripe/billing/shop.ts'
import { declare } from '../inventory.ts'
import { checkoutTaxes } from './checkout-taxes.ts'
import { features } from './features.ts'
import { lifecycle } from './lifecycle.ts'
import { money } from './money.ts'
import { pauses } from './pauses.ts'
import type { Row } from './rows.ts'
import { taxes } from './taxes.ts'
import { thresholds } from './thresholds.ts'

const rows = [...checkoutTaxes, ...lifecycle, ...money, ...features, ...pauses, ...taxes, ...thresholds]
if (!declare(rows)) tell(rows)

function tell(stories: readonly Row[]): void {
  let mall: Mall
  before(async () => {
    mall = await openMall()
  })
  after(() => mall.close())
  for (const [index, { page, promise, story }] of stories.entries())
    test(`${page}: ${promise}`, () => story(mall.open(`row${index}`)))
}
