import { html, type Markup } from '../../../report/html/markup.ts'
import type { Code } from '../../../stripe/catalogue/codes.ts'
import type { CatalogueOperation } from '../../../stripe/catalogue/model.ts'
import type { Schema } from '../../../stripe/catalogue/schema.ts'
import { hiddenAccount, type Page } from '../page.ts'
import { facts, nothing, type Row, rows, section } from '../rows.ts'
import type { View } from '../view.ts'
import { counted } from '../words.ts'

/** Every operation that this sandbox answers, as the SDK it was compiled from declares it; `?word=refund` keeps those with that word. */
export function apiPage(view: View): Page {
  const { catalogue } = view.source.server.schema
  const term = view.query.get('word')?.trim().toLowerCase() ?? ''
  const found = catalogue.operations.filter(({ path, sdk, verb }) =>
    `${verb} ${path} ${sdk}`.toLowerCase().includes(term),
  )
  const list = found.map(
    ({ path, sdk, verb }): Row => ({
      key: sdk,
      main: html`<a href="${view.href(`/api/${encodeURIComponent(sdk)}`)}"><span class="verb">${verb}</span> ${path}</a>`,
      note: html`<code>${callOf(sdk)}</code>`,
    }),
  )
  const main = html`<h1>API</h1>
    <p class="note">Version ${catalogue.api}, as <code>stripe</code> ${catalogue.stripe} declares it. What each operation does is said at <code>docs.stripe.com/api</code>; what tests turn by hand is below <code>/_gatekit/</code>, in <code>docs/stripe-sandbox.md</code>.</p>
    <form class="filter" action="/api" method="get">${hiddenAccount(view)}
      <label>Operation <input type="search" name="word" value="${view.query.get('word')}" placeholder="refunds" autocomplete="off" spellcheck="false"></label><button>Filter</button></form>
    <p class="note">${counted(found.length, 'operation')}</p>
    ${found.length === 0 ? nothing('No operation has that word.') : rows('Operations', ['', 'Path', 'In the SDK', ''], list)}`
  return { title: 'API', section: 'api', main }
}

/** `stripe.billing.meters.list()` of `Billing.Meters.list`. */
const callOf = (sdk: string): string =>
  `stripe.${sdk.replace('OAuth', 'oauth').replace(/(^|\.)([A-Z])/g, (start) => start.toLowerCase())}()`

/** What one operation takes and answers. Undefined when there is none of that name. */
export function operationPage(view: View, sdk: string): Page | undefined {
  const { schema, url } = view.source.server
  const operation = schema.catalogue.operations.find((each) => each.sdk === sdk)
  if (!operation) return undefined
  const { path, verb } = operation
  const takes = fieldsOf(schema, operation.in, 3)
  const answers = fieldsOf(schema, operation.out, 2)
  const main = html`<p class="eyebrow"><a href="${view.href('/api')}">API</a></p>
    <h1 class="id"><span class="verb">${verb}</span> ${path}</h1>
    ${facts({
      'In the SDK': html`<code>${callOf(sdk)}</code>`,
      Answers: html`<code>${wordsOf(schema.code(operation.out))}</code>`,
      Requests: html`<a href="${view.href('/requests', { path: path.split('/{')[0] })}">to this path</a>`,
    })}
    <pre tabindex="0"><code>${curlOf(operation, url, takes)}</code></pre>
    ${section('takes', 'Parameters', fieldTable('Parameters', takes, true))}
    ${section('answers', 'Answer', fieldTable('Answer', answers, false))}`
  return { title: `${verb} ${path}`, section: 'api', main }
}

interface FieldLine {
  name: string
  words: string
  isRequired: boolean
}

/** Longest list of fields that is shown: some parameters have thousands inside. */
const mostFields = 400

/** The fields of a type and of the types in it, as many levels down: `card[exp_month]`. */
function fieldsOf(schema: Schema, code: string | undefined, depth: number): FieldLine[] {
  const lines: FieldLine[] = []
  const add = (of: Code | undefined, before: string, levels: number, parents: readonly string[]): void => {
    const type = of && schema.answerType(of)
    if (!type || levels === 0 || parents.includes(type.name)) return
    for (const { code: inner, isOptional, name } of type.fields) {
      if (lines.length >= mostFields) return
      const full = before === '' ? name : `${before}[${name}]`
      lines.push({ name: full, words: wordsOf(inner), isRequired: !isOptional })
      const isInside = ['object', 'array', 'union', 'partial', 'map'].includes(inner.kind)
      if (isInside) add(inner, full + (inner.kind === 'array' ? '[]' : ''), levels - 1, [...parents, type.name])
    }
  }
  add(code === undefined ? undefined : schema.code(code), '', depth, [])
  return lines
}

function fieldTable(caption: string, lines: readonly FieldLine[], isInput: boolean): Markup {
  if (lines.length === 0) return nothing(isInput ? 'None.' : 'No fields that are known.')
  const list = lines.map(
    ({ isRequired, name, words }): Row => ({
      key: name,
      main: html`<code>${name}</code>`,
      note: words,
      time: isInput && isRequired ? html`required` : html``,
    }),
  )
  const rest = lines.length === mostFields && html`<p class="note">… and more, further inside.</p>`
  return html`${rows(caption, ['', 'Name', isInput ? 'Takes' : 'Holds', ''], list)}${rest}`
}

const kinds: Partial<Record<Code['kind'], string>> = {
  timestamp: 'time, in seconds since 1970',
  metadata: 'texts by name',
  void: 'nothing',
  any: 'anything',
  bytes: 'bytes',
  decimal: 'decimal as text',
}

/** A type in a few words: `text of at most 500 characters`, `one of: usd, eur`, `list of Refund`. */
function wordsOf(code: Code): string {
  const also = code.isEmptyable ? ', or "" to clear it' : code.isNullable ? ', or null' : ''
  return bareWords(code) + also + (code.isDeprecated ? ' (deprecated)' : '')
}

function bareWords({ either, kind, maxLength, of, types, values = [] }: Code): string {
  if (kind === 'string') return maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`
  if (kind === 'literal') return `"${values[0]}"`
  if (kind === 'enum') return `one of: ${values.slice(0, 12).join(', ')}${values.length > 12 ? ', …' : ''}`
  if (kind === 'expandable') return `id, or expanded ${(types ?? []).join(' or ')}`
  if (kind === 'object') return types?.join(' or ') ?? 'object'
  if (kind === 'union') return (either ?? []).map(wordsOf).join(' or ')
  if (of) return `${kind === 'partial' ? 'some of' : `${kind} of`} ${wordsOf(of)}`
  return kinds[kind] ?? kind
}

function curlOf({ path, verb }: CatalogueOperation, url: string, takes: readonly FieldLine[]): string {
  const required = takes.filter(({ isRequired, name }) => isRequired && !name.includes('['))
  const method = verb === 'DELETE' ? ['-X DELETE'] : verb === 'GET' && required.length > 0 ? ['-G'] : []
  const isEmptyPost = verb === 'POST' && required.length === 0
  const parts = [
    `curl ${url}${path}`,
    '-u "$STRIPE_SECRET_KEY:"',
    ...(isEmptyPost ? ['-X POST'] : method),
    ...required.map(({ name }) => `-d ${name}=…`),
  ]
  return parts.join(' \\\n  ')
}
