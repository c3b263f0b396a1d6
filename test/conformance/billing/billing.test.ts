import { after, before, test } from 'node:test'
import { type Mall, openMall } from '../../stripe/billing/shop.ts'
import { lifecycle } from './lifecycle.ts'

let mall: Mall
before(async () => {
  mall = await openMall()
})
after(() => mall.close())

for (const [index, { page, promise, story }] of [...lifecycle].entries())
  test(`${page}: ${promise}`, () => story(mall.open(`row${index}`)))
