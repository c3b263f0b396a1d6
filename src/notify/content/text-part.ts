import { textOf } from '../html.ts'
import { defineContentCheck } from './define.ts'

/** Share of the html's words that the text has to have. */
const minShared = 0.5

/** Some people and most filters read the text part; it has to say what the html says. */
export const textPart = defineContentCheck({
  name: 'text-part',
  summary: 'html comes with a text that says the same',
  example: { content: { channel: 'mail', subject: 'x', html: '<p>Your receipt for order 42</p>' } },
  check({ text = '', html }) {
    if (html === undefined) return text.trim() ? [] : ['the message is empty']
    const shown = words(textOf(html))
    if (!text.trim()) return ['html without a text part']
    if (shown.size === 0) return []
    const said = words(text)
    const shared = [...shown].filter((word) => said.has(word)).length / shown.size
    return shared < minShared ? [`the text has ${Math.round(shared * 100)}% of the words of the html`] : []
  },
})

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [])
