import { textOf } from '../html.ts'
import { defineContentCheck } from './define.ts'

const traces: readonly [string, RegExp][] = [
  ['an unfilled {{ }}', /\{\{[^{}]{0,80}\}\}/],
  ['an unfilled ${ }', /\$\{[^{}]{0,80}\}/],
  ['an unfilled <%= %>', /<%=?[^%]{0,80}%>|&lt;%=?[^%]{0,80}%&gt;/],
  ['a format sign', /(?<![\d%])%(?:[sdj](?![\w-])|\(\w+\)[sd])/],
  ['[object Object]', /\[object [A-Z]\w*\]/],
  ['Invalid Date', /\bInvalid Date\b/],
  ['undefined', /\bundefined\b/],
  ['null', /(?:^|[\s:>(])null(?:[\s.,!<)]|$)/],
  ['NaN', /\bNaN\b/],
]

/** A value that never arrived leaves a trace: braces, format signs, or JavaScript's words for nothing. */
export const placeholders = defineContentCheck({
  name: 'placeholders',
  summary: 'nothing is left unrendered',
  example: { content: { channel: 'mail', subject: 'Hello {{name}}', text: 'You paid undefined.' } },
  check: ({ subject, text = '', html = '' }) =>
    Object.entries({ subject, text, html: textOf(html) }).flatMap(([part, content]) =>
      traces.flatMap(([what, trace]) => {
        const [found] = trace.exec(content) ?? []
        return found === undefined ? [] : [`${part}: ${what}: ${JSON.stringify(found.trim())}`]
      }),
    ),
})
