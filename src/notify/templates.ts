import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFile } from '../kernel/package.ts'
import type { Rendered } from '../outbox/entry.ts'
import { renderMoney } from './money.ts'
import { renderHtml, renderText, type Values } from './render.ts'

/** One folder of fixtures/notify/templates: subject.txt, text.txt, message.html and the values in sample.json. */
export interface Template {
  name: string
  subject: string
  text: string
  html: string
  sample: Values
}

export const templatesDir = packageFile('fixtures/notify/templates')

/** What is asked to be sent: the template's name, the recipient and the values. */
export interface RenderRequest {
  to: string
  template: string
  /** What the caller wants as subject; empty for the template's own. */
  subject: string
  data: Values
}

/** All three parts, every value filled in. */
export type RenderedMail = { [Part in keyof Rendered]-?: string }

/** Names of the templates in this folder, sorted. */
export const templateNames = (dir: string = templatesDir): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => name)
    .sort()

/** The template of this name, `generic` for a name nobody has made one for. */
export function loadTemplate(name: string, dir: string = templatesDir): Template {
  const known = templateNames(dir).includes(name) ? name : 'generic'
  const read = (file: string): string => readFileSync(join(dir, known, file), 'utf8')
  return {
    name: known,
    subject: read('subject.txt').trimEnd(),
    text: read('text.txt'),
    html: read('message.html'),
    sample: existsSync(join(dir, known, 'sample.json')) ? (JSON.parse(read('sample.json')) as Values) : {},
  }
}

/**
 * What the recipient gets. Beside the data, templates may use `to`, `subject`, `total` (amount and currency as money) and `details`
 * (the data as lines). Throws a problem with its place for every value that is missing.
 */
export function renderMessage(template: Template, request: RenderRequest): RenderedMail {
  const values = valuesOf(request)
  const file = (name: string): string => `${template.name}/${name}`
  return {
    subject: request.subject || renderText(template.subject, values, file('subject.txt')),
    text: renderText(template.text, values, file('text.txt')),
    html: renderHtml(template.html, values, file('message.html')),
  }
}

function valuesOf({ to, subject, data }: RenderRequest): Values {
  const total = renderMoney(data.amount, data.currency)
  const lines = Object.entries(data).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return { details: lines.join('\n') || 'There are no further details.', subject, to, ...(total && { total }), ...data }
}
