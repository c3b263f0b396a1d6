import { textOf } from '../html.ts'
import { renderMoney } from '../money.ts'
import { defineContentCheck } from './define.ts'

/** A receipt that names another sum than was paid is worse than none; only judged where the payment is known. */
export const amount = defineContentCheck({
  name: 'amount',
  summary: 'the sum in the message is the sum that was paid',
  example: {
    content: { channel: 'mail', subject: 'Receipt', text: 'Total: €18.00' },
    context: { paid: { amount: 1900, currency: 'eur' } },
  },
  check({ text = '', html }, { paid }) {
    const money = paid && renderMoney(paid.amount, paid.currency)
    if (!money) return []
    const plain = money.replace(/[^\d.]/g, '')
    return Object.entries({ text, ...(html !== undefined && { html: textOf(html) }) })
      .filter(([, content]) => content !== '' && !sums(content).has(plain))
      .map(([part]) => `${part}: ${money} was paid, which it does not say`)
  },
})

/** Numbers as written with either separator: `1,900.00` and `1.900,00` both as `1900.00`; `1.900` as itself too, for three decimals. */
function sums(text: string): Set<string> {
  const found = text.match(/\d[\d.,'\u00a0\u202f]*\d|\d/g) ?? []
  return new Set(
    found.flatMap((number) =>
      [number.replace(/[.,'\u00a0\u202f](?=\d{3}(?!\d))/g, ''), number].map((each) => each.replace(',', '.')),
    ),
  )
}
