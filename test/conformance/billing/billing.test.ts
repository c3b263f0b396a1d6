import { after, before, test } from 'node:test'
import { type Mall, openMall } from '../../stripe/billing/shop.ts'
import { features } from './features.ts'
import { lifecycle } from './lifecycle.ts'
import { money } from './money.ts'

let mall: Mall
before(async () => {
  mall = await openMall()
})
after(() => mall.close())

for (const [index, { page, promise, story }] of [...lifecycle, ...money, ...features].entries())
  test(`${page}: ${promise}`, () => story(mall.open(`row${index}`)))
