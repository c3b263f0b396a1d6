/**
 * How an event is written as bytes. All of them are the same event, and each is signed over exactly these bytes: each must take effect.
 * `float`, `with-unknown-fields` add fields that nobody knows, the unusual texts stand in a description.
 */
export const bodyForms = [
  'compact',
  'pretty',
  'escaped',
  'spaced',
  'trailing-newline',
  'float',
  'with-unknown-fields',
  'reordered',
  'unicode',
  'emoji',
  'separators',
  'large',
] as const

export type BodyForm = (typeof bodyForms)[number]

type Json = Record<string, unknown>

const texts: Partial<Record<BodyForm, string>> = {
  escaped: 'Zoë Müller-Łukasz',
  unicode: 'Zoë Müller-Łukasz, 東京都, Ελλάδα',
  emoji: 'Pack 🎉 👩‍👩‍👧 𝒳 𠜎',
  separators: 'line\u2028paragraph\u2029end\u0085\u00a0\ufeff',
  large: 'A genuine event can be large. '.repeat(1_900),
}

/** The bytes of an event in one of its forms. */
export function writeBody(event: unknown, form: BodyForm = 'compact'): Buffer {
  if (typeof event !== 'object' || event === null) return Buffer.from(JSON.stringify(event) ?? '')
  const described = texts[form] === undefined ? (event as Json) : describe(event as Json, texts[form])
  return Buffer.from(render(described, form), 'utf8')
}

function render(event: Json, form: BodyForm): string {
  switch (form) {
    case 'pretty':
      return JSON.stringify(event, null, 2)
    case 'escaped':
      return escapeAll(JSON.stringify(event))
    case 'spaced':
      return spaced(JSON.stringify(event, null, 1))
    case 'trailing-newline':
      return `${JSON.stringify(event)}\n`
    case 'float':
      return JSON.stringify(event).replace(/^\{/, '{"sample_ratio":1.0,"sample_exponent":1e2,')
    case 'with-unknown-fields':
      return JSON.stringify(withUnknownFields(event))
    case 'reordered':
      return JSON.stringify(reordered(event))
    default:
      return JSON.stringify(event)
  }
}

/** Puts a text into the object that the event speaks of. */
function describe(event: Json, text: string): Json {
  if (isObject(event.resource)) return { ...event, resource: { ...event.resource, note_to_payer: text } }
  const data = event.data as { object?: Json } | undefined
  return isObject(data?.object) ? { ...event, data: { ...data, object: { ...data.object, description: text } } } : event
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Legal JSON that most serialisers would write otherwise: `\u00eb`, `\/`. */
const escapeAll = (text: string): string =>
  text
    .replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/')

/** White space where JSON allows it; line breaks stand only between tokens, for inside texts they are escaped. */
const spaced = (text: string): string => text.replace(/\n( *)/g, '\r\n\t$1 ').replace(/^\{/, '{ ')

const withUnknownFields = (event: Json): Json => {
  const extra = { brand_new_field: { nested: [1, null, 'x'] }, another_one: null }
  const data = event.data as { object?: Json } | undefined
  if (isObject(event.resource)) return { ...extra, ...event, resource: { ...event.resource, ...extra } }
  if (!isObject(data?.object)) return { ...extra, ...event }
  return { ...extra, ...event, data: { ...data, object: { ...data.object, ...extra } } }
}

function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reordered(each)]),
  )
}

/** With a space behind every comma and colon, as several languages write JSON by default. */
export const writeLoose = (event: unknown): Buffer =>
  Buffer.from(
    JSON.stringify(event, null, 1)
      .replace(/,\n\s*/g, ', ')
      .replace(/\n\s*/g, ''),
    'utf8',
  )
